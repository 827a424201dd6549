package catalog

import (
	"errors"
	"net/url"
	"time"
)

// ErrHeld is the cause of an error that says that data were kept aside rather
// than published, for they seem to be personal.
var ErrHeld = errors.New("held for personal data")

// A HoldState says what was decided of data that seem to hold personal data.
type HoldState string

// The states of a hold.
const (
	Held     HoldState = "held"     // kept aside until somebody decides
	Released HoldState = "released" // published as they are, with a legal basis
	Masked   HoldState = "masked"   // published without some columns
)

// A HoldNote is what everybody may know of a hold: it stands with the
// distribution, beside the data that are public. What was found in which column
// is in a Record for those who may change the dataset.
type HoldNote struct {
	State   HoldState `json:"state"`
	Since   time.Time `json:"since"` // of the state
	Kinds   []string  `json:"kinds,omitempty"`
	Basis   string    `json:"basis,omitempty"`   // the legal basis, of what was released
	Dropped []string  `json:"dropped,omitempty"` // the columns that were taken away, of what was masked
}

// Screened reports whether what a source offers for x is not what is public: it
// waits for a decision, or columns were taken out of it. Nobody is led to it
// then.
func (x *Distribution) Screened() bool {
	return x.Hold != nil && (x.Hold.State == Held || x.Hold.State == Masked)
}

// Offered returns the addresses of x that are told, in a dataset with the given
// ID or name: its own or, where the source offers more than may be public, ours.
func (x *Distribution) Offered(site Site, dataset string) (access, download string) {
	if !x.Screened() {
		return x.AccessURL, x.DownloadURL
	}
	access = site.Link("/dataset/" + url.PathEscape(dataset) + "/resource/" + url.PathEscape(x.ID))
	if x.File != nil && x.File.Hash != "" {
		download = access + "/download/" + url.PathEscape(x.File.Name)
	}
	return access, download
}

// Withheld reports whether there is a file of x of which nothing is public.
func (x *Distribution) Withheld() bool {
	return x.File != nil && x.File.Hash == "" && x.File.Name != ""
}
