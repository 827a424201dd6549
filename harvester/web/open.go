package web

import (
	"context"
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

// ProbePortal is a harvester.Prober's answer for a portal that has no title of
// its own: its host stands in for it. One that answers rightly at one of the
// addresses, though with nothing, is likely to be of the kind.
func (r *Reader) ProbePortal(ctx context.Context, host string, addresses []string, accept string, parse Parser) (sure float64, title string, err error) {
	found, _, err := r.Probe(ctx, addresses, accept, parse)
	switch {
	case err != nil:
		return 0, "", err
	case len(found.Items) == 0:
		return 0.7, "", nil
	}
	return 0.95, host, nil
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
