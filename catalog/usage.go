package catalog

import (
	"context"
	"time"
)

// A UseKind says what somebody did with a dataset.
type UseKind string

// The kinds of use.
const (
	UseView     UseKind = "view"     // a page was looked at
	UseDownload UseKind = "download" // a file was taken, in any format
	UseQuery    UseKind = "query"    // rows were asked for through the API
)

// UseKinds are all kinds of use, in the order in which they are told.
var UseKinds = []UseKind{UseView, UseDownload, UseQuery}

// A Use is how often something was done on one day.
type Use struct {
	Dataset      string // ID
	Distribution string // ID; "" = the dataset as a whole
	Kind         UseKind
	Day          time.Time // its beginning, UTC
	N            int64
}

// A UseTotal is how often a dataset was used in a time.
type UseTotal struct {
	Dataset string
	N       map[UseKind]int64
}

// Usages counts how datasets are used. Nothing in it tells who did.
type Usages interface {
	// AddUsage adds what was counted. What belongs to a dataset that is not
	// there is left out.
	AddUsage(ctx context.Context, uses []Use) error
	// UsageOf returns the uses of a dataset from the given day on, by day,
	// kind and distribution. ref is an ID or a name; The errors are those of Dataset.
	UsageOf(ctx context.Context, ref string, from time.Time) ([]Use, error)
	// MostUsed returns the n datasets that the actor may see with the most
	// uses of a kind on the days from one to before another, with all their
	// numbers.
	MostUsed(ctx context.Context, kind UseKind, from, before time.Time, n int) ([]UseTotal, error)
	// UsageByDay returns how often the datasets that the actor may see were
	// used, all together, from the given day on; Dataset and Distribution are "".
	UsageByDay(ctx context.Context, from time.Time) ([]Use, error)
	// EachUsage gives every Use of the datasets that the actor may see, by day.
	EachUsage(ctx context.Context, from time.Time, yield func(Use) error) error
}
