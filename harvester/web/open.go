package web

import (
	"encoding/json"
	"net/http"
	"net/url"

	"portico/catalog"
	"portico/harvester"
)

// A What says what a connector reads: in Italian and English, for errors, and
// the version of its reading, which is new whenever the same document would
// make other records.
type What struct{ Version, It, En string }

// Open is how connectors of documents begin: it checks the address of a source
// and reads its options into a struct, of which nil says that there are none.
// What the Reader remembers is of this version and of these options.
func Open(src catalog.Source, client *http.Client, what What, options any) (*url.URL, Reader, error) {
	u, err := Address(src.URL, what.It, what.En)
	if err != nil {
		return nil, Reader{}, err
	}
	if options == nil {
		options = &struct{}{}
	}
	if err := Options(src.Options, options); err != nil {
		return nil, Reader{}, err
	}
	return u, Reader{Client: client, Version: Hash(what.Version, string(src.Options))}, nil
}

// Unreadable is the error of a record that is no dataset's, whatever else it
// may be.
func Unreadable(raw json.RawMessage) error {
	return harvester.Reject(catalog.Problemf("record", string(raw), "json-unreadable",
		"La scheda non è quella di un dataset.", "The record is not that of a dataset."))
}

// ByHost is what a Probe says of a portal that has no title of its own: its
// host stands in for it. One that answers rightly, though with nothing, is
// likely to be of the kind.
func ByHost(found Batch, host string) (sure float64, title string) {
	if len(found.Items) == 0 {
		return 0.7, ""
	}
	return 0.95, host
}

// Same yields harvester.ErrSame for the records of a document that has not
// changed, but for those seen before, and reports whether to go on.
func Same(ids []string, seen map[string]bool, yield func(harvester.Record, error) bool) bool {
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		if !yield(harvester.Record{ID: id}, harvester.ErrSame) {
			return false
		}
	}
	return true
}
