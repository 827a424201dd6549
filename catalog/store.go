package catalog

import (
	"context"
	"time"
)

// What follows is how the catalog is kept. Package store has it all for
// SQLite and Postgres; storetest.Run says how every engine must behave.
//
// Reads see what ActorOf(ctx) may see, by one SQL predicate: a visitor sees
// datasets that are Active and not Private, System sees everything. What an
// actor may not see answers NotFound, or Denied when it is private or a draft,
// or Gone when it has been public.

// Datasets keeps the datasets of the catalog.
type Datasets interface {
	// Dataset returns the dataset with the given ID or name.
	Dataset(ctx context.Context, ref string) (*Dataset, error)

	// DatasetsByID returns the datasets with the given IDs, in that order.
	// IDs that are not there, or not to be seen, are left out.
	DatasetsByID(ctx context.Context, ids []string) ([]*Dataset, error)

	// ListDatasets returns one page of the datasets that match f, and how many
	// match in all.
	ListDatasets(ctx context.Context, f DatasetFilter) (page []*Dataset, total int, err error)

	// DatasetNames returns names, sorted by code point; limit < 0 = all.
	DatasetNames(ctx context.Context, offset, limit int) ([]string, error)

	// PutDataset creates d, or replaces the dataset with its ID or Origin, and
	// marks it stale, all in one transaction with its activity. It sets ID,
	// Name (made from the title and unique, where empty; kept on replacing),
	// Created, Updated and Revision. An equal Origin.Digest, or an equal body,
	// changes nothing: the answer is Unchanged and Updated stays.
	// A name of another dataset is Invalid with Fields["name"].
	//
	// A distribution keeps the File and Table that are stored for it when d has
	// none, so that metadata harvested again do not lose the loaded tables; its
	// Created and Updated are set here, and its ID where it has none.
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
	ModifiedSince time.Time // Updated at or after
	Fed           bool      // only what RDF feeds may hold: visible to all, not in quarantine
	Quarantined   bool      // only what everybody sees and feeds may not hold
	AnyState      bool      // in any state, not only Active
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
	// to Retired, in one transaction, and returns how many they were.
	RetireDatasets(ctx context.Context, source string, records []string) (int, error)

	// Digest returns the digest and dataset ID of a record kept before; ok is
	// false when there is none or when it is gone.
	Digest(ctx context.Context, source, record string) (digest, id string, ok bool, err error)
}

// Organizations keeps organizations and groups. Lists are sorted by name in
// code point order and count the datasets that the actor may see.
type Organizations interface {
	Organization(ctx context.Context, ref string) (*Organization, error) // by ID or name
	Organizations(ctx context.Context) ([]*Organization, error)          // the Active ones
	// PutOrganization creates or replaces o by ID, or by name where ID is "".
	// It sets ID and Created.
	PutOrganization(ctx context.Context, o *Organization) error
	Group(ctx context.Context, ref string) (*Group, error)
	Groups(ctx context.Context) ([]*Group, error)
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

// A Stale dataset is one whose search document is out of date. If the dataset
// is there no more, or is Gone, its document should go too.
type Stale struct {
	ID      string
	Version int
}

// Sources keeps sources and their runs.
type Sources interface {
	Source(ctx context.Context, ref string) (*Source, error) // by ID or name
	Sources(ctx context.Context) ([]*Source, error)          // by name
	PutSource(ctx context.Context, s *Source) error          // sets ID, Name, Created
	RemoveSource(ctx context.Context, ref string) error      // its datasets stay
	// StartRun records a run as running, and every other run of the source
	// that still says so as interrupted.
	StartRun(ctx context.Context, source string) (*Run, error)
	FinishRun(ctx context.Context, r *Run) error
	Runs(ctx context.Context, source string, limit int) ([]*Run, error) // latest first; source "" = all
}

// Users keeps users and tokens.
type Users interface {
	User(ctx context.Context, ref string) (*User, error) // by ID or name
	Users(ctx context.Context) ([]*User, error)
	PutUser(ctx context.Context, u *User) error
	RemoveUser(ctx context.Context, ref string) error // and its tokens
	PutToken(ctx context.Context, t *Token) error
	Tokens(ctx context.Context, user string) ([]*Token, error)
	RemoveToken(ctx context.Context, id string) error
	// UserByToken returns the user of the token with the given SHA-256 that
	// has not expired, and notes its use (to the minute), or NotFound.
	UserByToken(ctx context.Context, hash string) (*User, *Token, error)
}

// Activities tells what changed, latest first.
type Activities interface {
	Activities(ctx context.Context, object string, limit int) ([]*Activity, error) // object "" = all
}
