package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/internal/testdb"
	"portico/store"
)

// engines are the databases that the program is tested on, each with a flag
// that gives it a fresh one.
func engines() map[string]func(t *testing.T) []string {
	return map[string]func(t *testing.T) []string{
		"sqlite": func(*testing.T) []string { return nil },
		"postgres": func(t *testing.T) []string {
			return []string{"--database-url", testdb.Postgres(t)}
		},
	}
}

// TestTheCatalogueHarvestsItself harvests the demo's sources into A, and A by
// both of its borders, RDF and CKAN, into others: all come out equal.
func TestTheCatalogueHarvestsItself(t *testing.T) {
	for engine, flags := range engines() {
		t.Run(engine, func(t *testing.T) {
			data := t.TempDir()
			db := flags(t)
			a := serve(t, append([]string{"serve", "--data", data}, db...)...)
			for _, src := range demoSources(t) {
				if _, code := harvest(t, append(src, append([]string{"--data", data}, db...)...)...); code != exitDone {
					t.Fatalf("harvest %v = %d", src, code)
				}
			}
			want := datasets(t, data, db)
			if len(want) != 16 {
				t.Fatalf("%d datasets, want 16", len(want))
			}
			for _, src := range [][]string{{"dcat", a + "/catalog.ttl"}, {"dcat", a + "/catalog.rdf"}, {"dcat", a + "/catalog.jsonld"}, {"ckan", a}} {
				t.Run(src[0]+filepath.Ext(src[1]), func(t *testing.T) {
					into, db := t.TempDir(), flags(t)
					args := append(append([]string{}, src...), append([]string{"--allow-private", "--data", into}, db...)...)
					first, code := harvest(t, args...)
					if code != exitDone || first.Changed != 16 || first.Published != 16 || first.Quarantined != 0 {
						t.Fatalf("exit %d: %+v", code, first)
					}
					got := datasets(t, into, db)
					if diff := cmp.Diff(comparable(want, a), comparable(got, a)); diff != "" {
						t.Errorf("the copy differs (-A +copy):\n%s", diff)
					}
					if src[0] == "ckan" { // a name is CKAN's; RDF knows none
						if diff := cmp.Diff(names(want), names(got)); diff != "" {
							t.Errorf("names differ (-A +copy):\n%s", diff)
						}
					}
					for range 2 {
						if again, code := harvest(t, args...); code != exitDone || again.Changed != 0 || again.Same != 16 {
							t.Errorf("again: exit %d: %+v", code, again)
						}
					}
					if diff := cmp.Diff(ids(got), ids(datasets(t, into, db))); diff != "" {
						t.Errorf("IDs changed:\n%s", diff)
					}
				})
			}
		})
	}
}

// datasets returns what an instance has.
func datasets(t *testing.T, data string, db []string) []*catalog.Dataset {
	t.Helper()
	dsn := "sqlite:" + filepath.Join(data, "portico.db")
	if len(db) == 2 {
		dsn = db[1]
	}
	st, err := store.Open(t.Context(), dsn, discard)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ds, _, err := st.ListDatasets(t.Context(), catalog.DatasetFilter{Limit: -1, Sort: catalog.ByTitle})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func names(ds []*catalog.Dataset) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Name)
	}
	return out
}

func ids(ds []*catalog.Dataset) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.ID)
		for _, x := range d.Distributions {
			out = append(out, x.ID)
		}
	}
	return out
}

// comparable takes out of datasets what is an instance's own: IDs and times
// of records, kept files, notes; and what names the first instance's pages.
func comparable(ds []*catalog.Dataset, origin string) []map[string]any {
	var out []map[string]any
	for _, d := range ds {
		c := *d
		c.Notes, c.Extras, c.URI, c.LicenseID = nil, nil, "", ""
		if strings.HasPrefix(c.LandingPage, origin) {
			c.LandingPage = ""
		}
		c.Publisher.URI, c.Holder.URI = "", ""
		c.Keywords = slices.SortedFunc(slices.Values(c.Keywords), func(a, b catalog.Keyword) int { return strings.Compare(a.Name, b.Name) }) // CKAN sorts them
		c.Contacts = slices.Clone(c.Contacts)
		for i := range c.Contacts {
			c.Contacts[i].URI = ""
		}
		c.Distributions = slices.Clone(c.Distributions)
		for i := range c.Distributions {
			x := &c.Distributions[i]
			x.ID, x.URI, x.Extras, x.File, x.Table = "", "", nil, nil, nil
			x.Created, x.Updated = d.Created, d.Created
			// A file that only A has is had from A.
			if strings.HasPrefix(x.AccessURL, origin) {
				x.AccessURL = ""
			}
			if strings.HasPrefix(x.DownloadURL, origin) {
				x.DownloadURL = ""
			}
		}
		b, err := json.Marshal(&c)
		if err != nil {
			panic(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			panic(err)
		}
		for _, x := range m["distributions"].([]any) {
			delete(x.(map[string]any), "created")
			delete(x.(map[string]any), "updated")
		}
		out = append(out, m)
	}
	return out
}
