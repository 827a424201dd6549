package catalog

import (
	"context"
	"encoding/json"
	"time"
)

// What follows is how the catalog is kept. Package store has it all for
// SQLite and Postgres; storetest.Run says how every engine must behave.
//
// Reads see what ActorOf(ctx) may see, by one SQL predicate: a visitor sees
// datasets that are Active and not Private, System sees everything. What an
// actor may not see answers NotFound, or Denied when it is private or a draft,
// or Gone when it has been public.

// DatasetReads finds the datasets of the catalog.
type DatasetReads interface {
	// Dataset returns the dataset with the given ID or name. To members of its
	// organization, to who made it where it is in none, and to sysadmins it
	// returns it in any State, though lists leave out what is gone.
	Dataset(ctx context.Context, ref string) (*Dataset, error)

	// DatasetID returns the ID and state of the dataset with the given ID or
	// name, whoever asks, or NotFound. It is for those who check that a name is
	// free or that a thing is there, and reads no more than an index. The name
	// of a Deleted dataset finds it until another has that name.
	DatasetID(ctx context.Context, ref string) (id string, state State, err error)

	// DatasetsByID returns the datasets with the given IDs, in that order.
	// IDs that are not there, or not to be seen, are left out.
	DatasetsByID(ctx context.Context, ids []string) ([]*Dataset, error)

	// ListDatasets returns one page of the datasets that match f, and how many
	// match in all.
	ListDatasets(ctx context.Context, f DatasetFilter) (page []*Dataset, total int, err error)

	// DatasetNames returns names, sorted by code point; limit < 0 = all.
	DatasetNames(ctx context.Context, offset, limit int) ([]string, error)
}

// Datasets keeps the datasets of the catalog.
type Datasets interface {
	DatasetReads

	// PutDataset creates d, or replaces the dataset with its ID or Origin, and
	// marks it stale, all in one transaction with its activity. It sets ID,
	// Name (made from the title and unique, where empty; kept on replacing),
	// Created, Updated and Revision. An equal Origin.Digest, or an equal body,
	// changes nothing: the answer is Unchanged and Updated stays.
	// A name of another dataset is Invalid with Fields["name"]. An ID that is
	// known, with a Revision > 0 that is not the stored one, is Conflict and
	// changes nothing: somebody else was faster.
	//
	// A distribution keeps the File, Table and Hold that are stored for it when d has
	// none, so that metadata harvested again do not lose the loaded tables; its
	// Created and Updated are set here, and its ID where it has none. A File or
	// Table that is there but zero takes the stored one away.
	//
	// What comes from its source (Origin set, and no ID or a new digest) does
	// not overrule people: it keeps name and state, unless that is Retired,
	// which becomes Active; it stays Private once it is; and what a person
	// deleted stays so, Unchanged. An equal Origin.Digest counts only without
	// ID, so that an edit of a harvested dataset is not lost.
	PutDataset(ctx context.Context, d *Dataset) (Change, error)

	// SetDatasetState moves a dataset to state. Moving a Withdrawn or Retired
	// dataset back to Active is allowed.
	SetDatasetState(ctx context.Context, ref string, state State, successor string) error

	// PurgeDataset forgets a dataset for good; its activity stays.
	PurgeDataset(ctx context.Context, ref string) error

	// UpdateDistribution changes one distribution of a dataset in place: f is
	// given the stored one, within the transaction. The record's Updated moves
	// only when f changed something.
	UpdateDistribution(ctx context.Context, dataset, distribution string, f func(*Distribution) error) error
}

// A DatasetFilter chooses datasets. Its zero value chooses all that the actor
// may see and that are Active, by ID.
type DatasetFilter struct {
	Organization  string    // ID
	Source        string    // ID of the source that it was harvested from
	Holder        string    // holder identifier
	Creator       string    // ID of the user who made it
	ModifiedSince time.Time // Updated at or after
	Fed           bool      // only what RDF feeds may hold: visible to all, not in quarantine
	Quarantined   bool      // only what everybody sees and feeds may not hold
	NotRNDT       bool      // without the geodata that the RNDT describes (Dataset.InRNDT)
	RNDT          bool      // only those
	AnyState      bool      // in any state, not only Active
	Drafts        bool      // Active or Draft
	After         string    // ID after which to begin (keyset paging)
	Sort          DatasetSort
	Offset, Limit int // Limit < 0 = all
}

// A DatasetSort is an order of datasets that the database can give.
type DatasetSort int

// The orders. Each is total: ties are broken by ID.
const (
	ByID         DatasetSort = iota
	ByName                   // code point order
	ByUpdated                // latest first
	ByUpdatedAsc             // oldest first
	ByCreated                // latest first
	ByTitle                  // Title.String(), code point order
	ByTitleDesc              // the same, backwards
	ByNameDesc               // code point order, backwards
	ByIDDesc                 // backwards
	ByCreatedAsc             // oldest first
)

// A Change says what PutDataset did.
type Change int

// What PutDataset can have done.
const (
	Unchanged Change = iota
	Created
	Changed
)

// Origins knows what was harvested from where.
type Origins interface {
	// RecordIDs returns the record IDs of the datasets of a source that are not
	// gone, each with its dataset's ID.
	RecordIDs(ctx context.Context, source string) (map[string]string, error)

	// RetireDatasets moves the datasets of the source with the given record IDs
	// to Retired or Deleted, in one transaction, and returns how many they were.
	// Each comes back with its record.
	RetireDatasets(ctx context.Context, source string, records []string, to State) (int, error)

	// Digest returns the digest and dataset ID of a record kept before; ok is
	// false when there is none or when it is gone.
	Digest(ctx context.Context, source, record string) (digest, id string, ok bool, err error)
}

// Bodies is what organizations and groups have in common: they share their
// IDs and names.
type Bodies interface {
	// BodyID returns the ID and state of the organization or group with the
	// given ID or name, and which of both it is, whoever asks, or NotFound.
	// They share their names; a Deleted one is found where no other has its
	// name.
	BodyID(ctx context.Context, ref string) (id string, organization bool, state State, err error)
	// PurgeBody forgets an organization or group for good, with its members;
	// its datasets stay, in none. Organization's and Group's State = Deleted is
	// the milder way.
	PurgeBody(ctx context.Context, ref string) error
}

// Organizations keeps organizations and groups. Lists are sorted by name in
// code point order and count the datasets that the actor may see.
type Organizations interface {
	Bodies

	Organization(ctx context.Context, ref string) (*Organization, error) // by ID or name
	Organizations(ctx context.Context) ([]*Organization, error)          // the Active ones
	// PutOrganization creates or replaces o by ID, or by name where ID is "".
	// It sets ID and Created.
	PutOrganization(ctx context.Context, o *Organization) error
	Group(ctx context.Context, ref string) (*Group, error)
	Groups(ctx context.Context) ([]*Group, error)
	// PutGroup is to groups what PutOrganization is to organizations. Datasets
	// follow a group that changes its name.
	PutGroup(ctx context.Context, g *Group) error
}

// Index tells followers (search, rendered copies) what they have yet to learn.
type Index interface {
	// Stale returns up to limit datasets that changed since they were indexed.
	Stale(ctx context.Context, limit int) ([]Stale, error)

	// Indexed takes them off the list, but for those that changed again since
	// Stale returned them.
	Indexed(ctx context.Context, done []Stale) error

	// MarkAllStale puts every dataset on the list, for an index made anew.
	MarkAllStale(ctx context.Context) error

	// Revision is a number that grows with every change to any dataset,
	// organization or group. Caches of the whole catalog are keyed by it.
	Revision(ctx context.Context) (int64, error)
}

// Snapshots says what has changed since a snapshot of a search index was made,
// so that it can be caught up. A snapshot is known by its token. Whoever makes
// one calls SnapshotBegun, indexes all that is stale, writes the snapshot, and
// calls SnapshotKept; whenever it breaks off, what the older snapshot needs is
// still there.
type Snapshots interface {
	// SnapshotBegun keeps from now on what the snapshot will lack.
	SnapshotBegun(ctx context.Context, token string) error

	// SnapshotKept forgets every other snapshot, and what only those lacked.
	SnapshotKept(ctx context.Context, token string) error

	// SnapshotRead makes stale again what was indexed since the snapshot was
	// begun. Of a snapshot that is not known, known is false.
	SnapshotRead(ctx context.Context, token string) (known bool, err error)

	// SnapshotsGone forgets every snapshot.
	SnapshotsGone(ctx context.Context) error

	// StaleCount returns how many datasets are stale.
	StaleCount(ctx context.Context) (int, error)
}

// A Stale dataset is one whose search document is out of date. If the dataset
// is there no more, or is Gone, its document should go too.
type Stale struct {
	ID      string
	Version int
}

// Sources keeps sources and their runs.
type Sources interface {
	Runs

	Source(ctx context.Context, ref string) (*Source, error) // by ID or name
	Sources(ctx context.Context) ([]*Source, error)          // by name
	PutSource(ctx context.Context, s *Source) error          // sets ID, Name, Created
	RemoveSource(ctx context.Context, ref string) error      // its datasets stay
	SourceState(ctx context.Context, id string) (SourceState, error)
	// UpdateSourceState lets f change Due, Failures and Memo in one
	// transaction. It is no change that the activity log tells of.
	UpdateSourceState(ctx context.Context, id string, f func(*SourceState)) error
}

// Runs keeps the runs of sources. At most one run of a source is Running.
type Runs interface {
	// StartRun records a run as running; slot is the moment of the schedule
	// that it is for, or zero. It is a Conflict while another run of the source
	// is alive, and when one for slot was finished already. One that is not
	// alive is recorded as interrupted.
	StartRun(ctx context.Context, source string, slot time.Time) (*Run, error)
	// Beat says that a run is alive, and returns whether somebody wants it to
	// stop. A run that has lost its source is a Conflict.
	Beat(ctx context.Context, run string) (stop bool, err error)
	// FinishRun records how a run ended. One that is no longer Running is a
	// Conflict, one that is not there NotFound.
	FinishRun(ctx context.Context, r *Run) error
	// StopRun asks the run of a source that is Running to stop, and reports
	// whether there was one.
	StopRun(ctx context.Context, source string) (bool, error)
	// Interrupt records the runs that show no sign of life as interrupted and
	// returns them.
	Interrupt(ctx context.Context) ([]*Run, error)
	Runs(ctx context.Context, source string, limit int) ([]*Run, error) // latest first; source "" = all
	Run(ctx context.Context, id string) (*Run, error)
	// ForgetRuns removes the runs of a source that are no longer Running, and
	// returns how many they were. The source counts as new after it: its next
	// runs retire nothing.
	ForgetRuns(ctx context.Context, source string) (int, error)
}

// Secrets keeps the sealed credentials of sources. What is in them only their
// key tells, which is not in the database.
type Secrets interface {
	// Secret returns the sealed credential of a source, or "".
	Secret(ctx context.Context, source string) (string, error)
	PutSecret(ctx context.Context, source, sealed string) error // "" takes it away
}

// Twins knows which datasets tell of the same data: those of one holder with
// one identifier, which may come from several sources.
type Twins interface {
	// Twins returns the other datasets with the holder and identifier of the
	// given one that the actor may see, the oldest first.
	Twins(ctx context.Context, dataset string) ([]Twin, error)
}

// A Twin is another record of the same data.
type Twin struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Title  string `json:"title"`
	Source string `json:"source,omitempty"` // ID; "" = made here
}

// Tokens keeps the tokens of users.
type Tokens interface {
	PutToken(ctx context.Context, t *Token) error
	Tokens(ctx context.Context, user string) ([]*Token, error) // the oldest first
	RemoveToken(ctx context.Context, id string) error
	// TokenByHash returns the token with the given SHA-256, whose use it does
	// not note, or NotFound.
	TokenByHash(ctx context.Context, hash string) (*Token, error)
	// UserByToken returns the user of the token with the given SHA-256 that
	// has not expired, and notes its use (to the minute), or NotFound. A user
	// who is Deleted has no token.
	UserByToken(ctx context.Context, hash string) (*User, *Token, error)
}

// Users keeps users, their tokens, and in which bodies they are members.
type Users interface {
	Tokens

	User(ctx context.Context, ref string) (*User, error) // by ID or name
	Users(ctx context.Context) ([]*User, error)          // by name, in any state
	// PutUser creates u, or replaces the user with its ID, and sets ID and
	// Created. A name of another user, or an e-mail address of another active
	// one in any case of letters, is Invalid with its field. An empty Password
	// keeps the stored one.
	PutUser(ctx context.Context, u *User) error
	RemoveUser(ctx context.Context, ref string) error // for good, with tokens and memberships
	// Roles returns what a user is in each organization and group that is
	// Active, by ID.
	Roles(ctx context.Context, user string) (map[string]Role, error)
}

// Members keeps who is in organizations and groups. Everybody may read it: it
// is for api to decide what it shows.
type Members interface {
	// Members returns the members of a body, the oldest first.
	Members(ctx context.Context, body string) ([]*Member, error)
	// PutMember adds a member, or changes the role of the one with the same
	// Body, Kind and Object; it sets ID and Created. A body or object that is
	// not there is NotFound.
	PutMember(ctx context.Context, m *Member) error
	// RemoveMember is NotFound where there is no such member.
	RemoveMember(ctx context.Context, body string, kind MemberKind, object string) error
}

// Records keeps what CKAN's clients keep here.
type Records interface {
	// Record returns the one with the given kind and key, or NotFound.
	Record(ctx context.Context, kind RecordKind, key string) (*Record, error)
	// Records returns those of a kind, by Position, Created and Key; about and
	// owner narrow them where they are not "".
	Records(ctx context.Context, kind RecordKind, about, owner string) ([]*Record, error)
	// PutRecord creates r, or replaces the one with its Kind and Key, whose
	// Created stays.
	PutRecord(ctx context.Context, r *Record) error
	// SwapRecord is PutRecord where the stored record still has the body was,
	// or, where was is nil, where there is none. Otherwise it is Conflict and
	// changes nothing: somebody else was faster.
	SwapRecord(ctx context.Context, r *Record, was json.RawMessage) error
	RemoveRecord(ctx context.Context, kind RecordKind, key string) error // NotFound where there is none
}

// Activities tells what changed, latest first.
type Activities interface {
	// Activities returns the activities that match f and that the actor may
	// see: of a dataset they may see, those after which it was public or, to
	// members of its organization, all; of users, tokens and sources only to
	// sysadmins, and to a user their own. With f.After and without f.Before the
	// page is the one next to After, as CKAN's clients page backwards.
	Activities(ctx context.Context, f ActivityFilter) ([]*Activity, error)
}
