package harvester_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester"
)

// told is a source whose records come with what was sent.
type told map[string]error

// Records implements harvester.Connector.
func (s told) Records(context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		for id, err := range s {
			rec := record(id, id)
			rec.Raw = func() ([]byte, string) { return []byte(`{"id":"` + id + `"}`), "application/json" }
			if !yield(rec, err) {
				return
			}
		}
	}
}

// Records are kept as they came, also those of which no dataset is made, and a
// dry run keeps none.
func TestRecordsAreKeptAsTheyCame(t *testing.T) {
	h := open(t)
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
		return told{"a": nil, "b": errors.New("broken")}, nil
	}})
	h.Raw = h.db
	kept := func(id string) *catalog.RawRecord {
		rec, err := h.db.Record(t.Context(), catalog.RecordRaw, catalog.StableID(h.src.ID, id))
		if catalog.KindOf(err) == catalog.NotFound {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := catalog.RawOf(rec)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	if _, err := h.Run(t.Context(), h.src, harvester.Options{DryRun: true}); err != nil || kept("a") != nil || kept("b") != nil {
		t.Errorf("a dry run keeps records: %v", err)
	}
	rep, err := h.Run(t.Context(), h.src, harvester.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := kept("a"), kept("b")
	if a == nil || a.Text != `{"id":"a"}` || a.Rejected || a.Run != rep.Run || a.Record != "a" {
		t.Errorf("%+v", a)
	}
	if b == nil || b.Text != `{"id":"b"}` || !b.Rejected {
		t.Errorf("%+v", b)
	}
}
