package ui_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"portico/bulk"
	"portico/catalog"
	"portico/ui"
)

// files is a Bulk whose list is given.
type files struct {
	index bulk.Index
	err   error
}

func (f files) Index() (*bulk.Index, error) { return &f.index, f.err }

// TestThePageOfTheWholeCatalogue reads what people are told of the files, before
// there are any and after.
func TestThePageOfTheWholeCatalogue(t *testing.T) {
	w := newWorld(t)
	says := func(path string, want ...string) {
		t.Helper()
		rec := w.get(t, path)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s = %d", path, rec.Code)
		}
		for _, s := range append(want, `href="/bulk/index.json"`, "<h1") {
			if !strings.Contains(rec.Body.String(), s) {
				t.Errorf("%s does not say %q", path, s)
			}
		}
	}
	says("/bulk", "non sono ancora stati preparati", "Come usarli")
	says("/en/bulk", "have not been made yet", "How to use them")
	if home := w.get(t, "/en/").Body.String(); !strings.Contains(home, `href="/en/bulk"`) {
		t.Error("no page leads to it")
	}
	x := bulk.Index{Made: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC), Datasets: 1234, Fed: 1200, Files: []bulk.File{
		{Name: "catalog.nt.gz", Title: catalog.Text{"it": "Il catalogo in RDF", "en": "The catalogue in RDF"}, Size: 3 << 20, SHA256: "abc123", Entries: 45678},
		{Name: "catalog.csv", Title: catalog.Text{"it": "I dataset in CSV", "en": "The datasets as CSV"}, Size: 2048, SHA256: "def456", Entries: 1234},
	}}
	w.serve(func(c *ui.Config) { c.Bulk = files{index: x} })
	says("/bulk", "20/11/2026", "di cui 1.200 in RDF", `href="/bulk/catalog.nt.gz" download`, "45.678 triple", "1.234 righe", "abc123", "Il catalogo in RDF", "quarantena")
	says("/en/bulk", "20 November 2026", "of which 1,200 in RDF", `href="/bulk/catalog.csv" download`, "45,678 triples", "1,234 rows", "quarantine")
	w.serve(func(c *ui.Config) { c.Bulk = files{err: errors.New("the disk is gone")} })
	if rec := w.get(t, "/bulk"); rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "disk") {
		t.Errorf("a list that cannot be read: %d", rec.Code)
	}
}
