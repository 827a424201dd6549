package dcat_test

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/fixtures"
	"portico/internal/rdf"
)

// TestAHarvestedCatalogueSurvivesAnotherHarvest reads every shared fixture,
// completes it, writes it as our own catalogue and reads that: the second
// catalogue has to say what the first one does. Addresses that we minted in
// between are the only difference.
func TestAHarvestedCatalogueSurvivesAnotherHarvest(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtures.Path(t, "fixtures", "b_dcat"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "dcat_dataset_full.ttl") { // is no Turtle
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			found, _, _ := read(t, file, "http://127.0.0.1:8000/"+filepath.Base(file))
			for _, f := range formats {
				surviveHarvest(t, f, found)
			}
		})
	}
}

func surviveHarvest(t *testing.T, f rdf.Format, found []dcat.Found) {
	t.Helper()
	def := dcat.Defaults{Holder: comune, License: "cc-by", Now: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	first := map[string]catalog.Dataset{}
	var ds []*catalog.Dataset
	for i := range found {
		d := found[i].Dataset
		d.ID = catalog.StableID(d.URI, d.Title.String())
		d.Name = d.ID
		dcat.Complete(&d, def)
		ds = append(ds, &d)
		first[dcat.DatasetURI(&d, site)] = d
	}
	var buf bytes.Buffer
	page := dcat.Page{Number: 1, PerPage: 100, Total: len(ds), Link: link, Modified: def.Now}
	if err := dcat.DCATAPIT.WriteCatalog(&buf, f, site, page, ds, nil); err != nil {
		t.Fatal(err)
	}
	again := readBytes(t, buf.Bytes(), f)
	if len(again) != len(ds) {
		t.Fatalf("%s: %d datasets, want %d", f, len(again), len(ds))
	}
	for i := range again {
		want, got := first[again[i].URI], again[i].Dataset
		dcat.Complete(&got, def)
		if diff := cmp.Diff(want, got, cmp.FilterPath(isMinted, cmp.Ignore())); diff != "" {
			t.Errorf("%s: %s (-first +second)\n%s", f, want.Title, diff)
		}
		for _, n := range got.Notes {
			if n.Rule != "format-unknown" { // we write what we know
				t.Errorf("%s: the second harvest completes %s %s", f, n.Rule, n.Value)
			}
		}
	}
}

// isMinted tells the fields of which our writer makes an address where the
// source gave none, and those that are not in RDF.
func isMinted(p cmp.Path) bool {
	switch p.Last().String() {
	case ".URI", ".LandingPage", ".ID", ".Notes", ".Status":
		return true
	case ".Name":
		return p.Index(-2).Type() == reflect.TypeFor[catalog.Dataset]()
	}
	return false
}
