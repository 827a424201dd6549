package catalog

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// A Source is a remote catalog that we harvest.
type Source struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"` // slug, unique
	Title        string          `json:"title,omitempty"`
	Notes        string          `json:"notes,omitempty"` // what it is, for people
	Kind         string          `json:"kind"`            // the name of a connector, such as "ckan"
	URL          string          `json:"url"`             // or a path, for the files connector
	Organization string          `json:"organization,omitempty"`
	Draft        bool            `json:"draft,omitempty"`         // new datasets are drafts
	AllowPrivate bool            `json:"allow_private,omitempty"` // may be at a private address
	WithData     bool            `json:"with_data,omitempty"`     // fetch tables, too
	Paused       bool            `json:"paused,omitempty"`
	Held         bool            `json:"held,omitempty"`     // the brake stopped its latest run; waits for approval
	Approved     bool            `json:"approved,omitempty"` // the next run may do what the brake would hold
	Options      json.RawMessage `json:"options,omitempty"`  // the connector's own

	Schedule  string     `json:"schedule,omitempty"`  // a word such as "daily" or five fields of cron; "" = by hand
	Gone      GonePolicy `json:"gone,omitempty"`      // what becomes of datasets that the source no longer has
	Holder    Agent      `json:"holder,omitzero"`     // of what names none
	License   string     `json:"license,omitempty"`   // of what names none, in any form that vocab.License takes
	Theme     string     `json:"theme,omitempty"`     // code, of what has none
	Frequency string     `json:"frequency,omitempty"` // code, of what has none
	Rules     []Rule     `json:"rules,omitempty"`     // applied to each record, in order
	Include   []string   `json:"include,omitempty"`   // conditions such as "theme=ENVI" or "title~^Aria": one must hold
	Exclude   []string   `json:"exclude,omitempty"`   // none may hold
	// BrakePercent and BrakeCount are how much may be missing before a run
	// stops and waits for a person; 0 = 20 percent and 10 datasets.
	BrakePercent int       `json:"brake_percent,omitempty"`
	BrakeCount   int       `json:"brake_count,omitempty"`
	Notify       []string  `json:"notify,omitempty"`     // e-mail addresses to tell of failures
	Webhook      string    `json:"webhook,omitempty"`    // address that is sent a JSON message of failures
	SecretFor    string    `json:"secret_for,omitempty"` // origin for which a credential is kept; "" = none
	Created      time.Time `json:"created"`

	// Credential is there during a run alone: it is kept apart, sealed, and no
	// form of a source that is shown or stored has it.
	Credential Credential `json:"-"`
}

// Shown reports whether everybody may know of s and of what it sent: it keeps
// no drafts, and is read from the web without a credential.
func (s *Source) Shown() bool {
	return !s.Draft && !s.AllowPrivate && s.SecretFor == "" && (strings.HasPrefix(s.URL, "http://") || strings.HasPrefix(s.URL, "https://"))
}

// A GonePolicy says what becomes of the datasets that a source no longer has.
type GonePolicy string

// The policies.
const (
	GoneArchive GonePolicy = "archive" // retired: their address answers 410 with their last metadata; the same as ""
	GoneDelete  GonePolicy = "delete"  // deleted: their name is free again
	GoneIgnore  GonePolicy = "ignore"  // they stay as they are
)

// A Rule changes one field of every record of a source. One of Set, Map, Split
// and Regex says how.
type Rule struct {
	Field string `json:"field"`          // what is changed, such as "theme" or "extras.codice"
	From  string `json:"from,omitempty"` // the field to read; "" = Field itself

	Set     *string           `json:"set,omitempty"`     // the value to put
	Map     map[string]string `json:"map,omitempty"`     // values for values; what is not in it stays, or becomes Default
	Default *string           `json:"default,omitempty"` // with Map
	Split   string            `json:"split,omitempty"`   // parts one value into several at this text
	Regex   string            `json:"regex,omitempty"`   // RE2; what it finds is replaced
	Replace string            `json:"replace,omitempty"` // with Regex; $1 is its first group
	IfEmpty bool              `json:"if_empty,omitempty"`
}

// A Credential is what a source wants to be told before it answers. Whichever
// way it is printed, it tells nothing.
type Credential struct {
	User     string
	Password string
	Token    string // Authorization: Bearer
	Header   string // the name of a header of the source's own, with Value
	Value    string
}

// IsZero reports whether there is no credential.
func (c Credential) IsZero() bool { return c == Credential{} }

// String implements fmt.Stringer and tells nothing.
func (Credential) String() string { return "***" }

// GoString implements fmt.GoStringer and tells nothing.
func (Credential) GoString() string { return "***" }

// MarshalJSON implements json.Marshaler and tells nothing.
func (Credential) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }

// A RunStatus says how a harvest run stands.
type RunStatus string

// The states of a run.
const (
	RunRunning     RunStatus = "running"
	RunDone        RunStatus = "done"        // read to its end
	RunFailed      RunStatus = "failed"      // could not be read to its end; nothing was retired
	RunHeld        RunStatus = "held"        // read, but too much was missing; nothing was retired
	RunInterrupted RunStatus = "interrupted" // the program went away
	RunCancelled   RunStatus = "cancelled"   // a person stopped it
)

// A Run is one harvest of a Source, as it is kept and shown. While it is
// Running it holds the lease of its source: no other run of it can begin.
type Run struct {
	ID       string          `json:"id"`
	Source   string          `json:"source"`
	Status   RunStatus       `json:"status"`
	Started  time.Time       `json:"started"`
	Finished time.Time       `json:"finished,omitzero"`
	Slot     time.Time       `json:"slot,omitzero"`    // the moment of the schedule that it is for; zero = by hand
	Error    string          `json:"error,omitempty"`  // safe to show
	Report   json.RawMessage `json:"report,omitempty"` // harvester.Report
}

// LeaseFor is how long a run that shows no sign of life keeps its source.
const LeaseFor = time.Minute

// A SourceState is what is known of a source beside what people say of it.
type SourceState struct {
	Due      time.Time       // when it is to be harvested next; zero = by hand
	Failures int             // runs that failed one after another
	Runs     int             // that were read to their end, as far as runs are kept
	Memo     json.RawMessage // what its connector wants to remember
}

type fenceKey struct{}

// WithFence returns a context whose writes are refused, as a Conflict, from
// the moment when the run with the given ID no longer holds its source: what a
// process does that was taken for dead must not count.
func WithFence(ctx context.Context, run string) context.Context {
	return context.WithValue(ctx, fenceKey{}, run)
}

// FenceOf returns the run that WithFence has set, or "".
func FenceOf(ctx context.Context) string {
	run, _ := ctx.Value(fenceKey{}).(string)
	return run
}
