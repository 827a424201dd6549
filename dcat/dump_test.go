package dcat_test

import (
	"bytes"
	"testing"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

// TestADumpSaysWhatThePageSays compares the dump with one page that holds the
// whole catalogue, two of whose datasets want one IRI.
func TestADumpSaysWhatThePageSays(t *testing.T) {
	twin := full(2)
	twin.URI, twin.ID = full(1).URI, catalog.StableID("twin")
	referring := full(3)
	referring.LandingPage = full(4).URI // of a later one
	ds := []*catalog.Dataset{full(1), twin, referring, full(4), everything(t)}
	modified := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

	var page, whole bytes.Buffer
	if err := dcat.DCATAPIT.WriteCatalog(&page, rdf.NTriples, site, dcat.Page{Number: 1, PerPage: 100, Modified: modified}, ds, nil); err != nil {
		t.Fatal(err)
	}
	dump, err := dcat.NewDump(&whole, site, modified)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds[:4] { // the last has come since
		dump.Reserve(d)
	}
	for _, d := range ds {
		if err := dump.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := dump.Close(); err != nil {
		t.Fatal(err)
	}
	want, got := graphOf(t, page.Bytes()), graphOf(t, whole.Bytes())
	if !got.Equal(want) {
		t.Errorf("the dump has %d triples and the page %d, or says other things", len(got.All()), len(want.All()))
	}
	if n := bytes.Count(whole.Bytes(), []byte("\n")); int64(n) != dump.Triples() {
		t.Errorf("%d lines, and %d triples are told", n, dump.Triples())
	}
}

func graphOf(t *testing.T, doc []byte) *rdf.Graph {
	t.Helper()
	d, err := rdf.Read(bytes.NewReader(doc), rdf.NTriples, site.Origin, rdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return rdf.NewGraph(d.Triples)
}
