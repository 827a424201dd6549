package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/internal/rdf"
)

// TestOthersReadTheCatalogueWhole reads a catalog of several pages as
// ckanext-harvest's CKAN harvester does, call by call, and as a program that
// walks DCAT from page to page does.
func TestOthersReadTheCatalogueWhole(t *testing.T) {
	const n = 230
	data := t.TempDir()
	origin := serve(t, "serve", "--data", data)
	if rep, code := harvest(t, "ckan", manyPackages(t, n), "--allow-private", "--data", data); code != exitDone || rep.Changed != n {
		t.Fatalf("exit %d: %+v", code, rep)
	}
	want := map[string]bool{}
	for _, d := range datasets(t, data, nil) {
		want[d.ID] = true
	}
	indexed(t, origin, n)
	t.Run("ckanext-harvest, all", func(t *testing.T) { ckanHarvester(t, origin, nil, want) })
	t.Run("ckanext-harvest, what has changed since", func(t *testing.T) {
		since := time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000000")
		ckanHarvester(t, origin, []string{"metadata_modified:[" + since + "Z TO *]"}, want)
		later := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000000")
		ckanHarvester(t, origin, []string{"metadata_modified:[" + later + "Z TO *]"}, nil)
	})
	t.Run("ckanext-harvest, by organization", func(t *testing.T) {
		some := map[string]bool{}
		for _, d := range datasets(t, data, nil) {
			if d.Holder.Identifier == "c_x001" || d.Holder.Identifier == "c_x002" {
				some[d.ID] = true
			}
		}
		if len(some) < 50 {
			t.Fatalf("%d datasets of two bodies", len(some))
		}
		// What organizations_filter_include asks for with two organizations, which
		// Solr, and so every CKAN, takes for a wish and no condition.
		ckanHarvester(t, origin, []string{"organization:comune-1 OR organization:comune-2"}, want)
		ckanHarvester(t, origin, []string{"organization:(comune-1 OR comune-2)"}, some)
		since := time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000000")
		ckanHarvester(t, origin, []string{"organization:(comune-1 OR comune-2)", "metadata_modified:[" + since + "Z TO *]"}, some)
		rest := map[string]bool{}
		for id := range want {
			rest[id] = !some[id]
		}
		ckanHarvester(t, origin, []string{"-organization:comune-1", "-organization:comune-2"}, rest)
	})
	for _, ext := range []string{"rdf", "ttl", "jsonld"} {
		t.Run("a DCAT walker, "+ext, func(t *testing.T) { dcatWalker(t, origin+"/catalog."+ext, n) })
	}
}

// indexed waits until the search knows all.
func indexed(t *testing.T, origin string, n int) {
	t.Helper()
	for range 200 {
		var out struct{ Count int }
		ckanCall(t, origin, "package_search", url.Values{"rows": {"0"}, "fq": {"metadata_modified:[2000-01-01T00:00:00Z TO *]"}}, &out) // by the index; all is known without it
		if out.Count == n {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the search never knew of all")
}

// ckanCall calls an action as ckanext-harvest does.
func ckanCall(t *testing.T, origin, name string, q url.Values, into any) []byte {
	t.Helper()
	body := fetched(t, origin+"/api/3/action/"+name+"?"+q.Encode())
	env := struct {
		Success bool
		Result  any
	}{Result: into}
	if err := json.Unmarshal(body, &env); err != nil || !env.Success {
		t.Fatalf("%s %v: %v %.300s", name, q, err, body)
	}
	return body
}

func fetched(t *testing.T, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %.300s", address, resp.Status, err, body)
	}
	return body
}

// A foreignPackage is what the harvester's import stage looks at.
type foreignPackage struct {
	ID, Name, Title, Type, State string
	Modified                     string `json:"metadata_modified"`
	Organization                 *struct{ ID, Name string }
	Groups                       []struct{ ID, Name string }
	Resources                    []struct{ ID, URL string }
	Tags                         []struct{ Name string }
	Extras                       []struct{ Key, Value string }
}

// ckanHarvester does what CKANHarvester.gather_stage and import_stage do:
// package_search in pages of 100 sorted by ID until a page is empty, none of
// which may be as the one before, then group_show and organization_show of what
// the packages name. Harvest sources must not be among them.
func ckanHarvester(t *testing.T, origin string, fq []string, want map[string]bool) {
	t.Helper()
	const rows = 100
	seen, groups, organizations := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var before []byte
	for start := 0; ; start += rows {
		q := url.Values{"rows": {strconv.Itoa(rows)}, "start": {strconv.Itoa(start)}, "sort": {"id asc"}}
		if len(fq) > 0 {
			q.Set("fq", strings.Join(fq, " "))
		}
		var page struct{ Results []foreignPackage }
		if body := ckanCall(t, origin, "package_search", q, &page); bytes.Equal(body, before) {
			t.Fatalf("the page from %d on is the one before it", start)
		} else {
			before = body
		}
		if len(page.Results) == 0 {
			break
		}
		for _, p := range page.Results {
			if seen[p.ID] {
				t.Errorf("%s comes twice", p.ID)
			}
			seen[p.ID] = true
			if p.Type != "dataset" || p.State != "active" || p.Name == "" || p.Title == "" || p.Modified == "" || p.Organization == nil || len(p.Resources) != 2 || p.Resources[0].URL == "" || len(p.Extras) == 0 || len(p.Tags) == 0 {
				t.Errorf("%s is not whole: %+v", p.ID, p)
				continue
			}
			organizations[p.Organization.ID] = true
			for _, g := range p.Groups {
				groups[g.ID] = true
			}
		}
	}
	for id, wanted := range want {
		if seen[id] != wanted {
			t.Errorf("%s: seen %t, want %t", id, seen[id], wanted)
		}
	}
	for id := range seen {
		if !want[id] {
			t.Errorf("%s was not asked for", id)
		}
	}
	for name, ids := range map[string]map[string]bool{"group_show": groups, "organization_show": organizations} {
		for id := range ids {
			var body struct{ ID, Name string }
			if ckanCall(t, origin, name, url.Values{"id": {id}}, &body); body.ID != id || body.Name == "" {
				t.Errorf("%s %s: %+v", name, id, body)
			}
		}
	}
}

// dcatWalker follows hydra's pages and counts the datasets that are described,
// and their distributions.
func dcatWalker(t *testing.T, address string, n int) {
	t.Helper()
	const dcat, hydra = "http://www.w3.org/ns/dcat#", "http://www.w3.org/ns/hydra/core#"
	syntax := map[string]rdf.Format{"rdf": rdf.RDFXML, "ttl": rdf.Turtle, "jsonld": rdf.JSONLD}[address[strings.LastIndex(address, ".")+1:]]
	seen, been, files := map[string]bool{}, map[string]bool{}, 0
	for next := address; next != "" && !been[next] && len(been) < 20; {
		been[next] = true
		doc, err := rdf.Read(strings.NewReader(string(fetched(t, next))), syntax, next, rdf.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		g := rdf.NewGraph(doc.Triples)
		for _, s := range g.Typed(dcat + "Dataset") {
			if seen[rdf.Value(s)] {
				t.Errorf("%s comes twice", rdf.Value(s))
			}
			seen[rdf.Value(s)] = true
			for _, x := range g.Objects(s, dcat+"distribution") {
				if g.Object(x, dcat+"accessURL") != nil {
					files++
				}
			}
		}
		next = ""
		for _, s := range g.Subjects() {
			if o := g.Object(s, hydra+"next"); o != nil {
				next = rdf.Value(o)
			} else if o := g.Object(s, hydra+"nextPage"); o != nil && next == "" {
				next = rdf.Value(o)
			}
		}
	}
	if len(seen) != n || files != 2*n || len(been) < 2 {
		t.Errorf("%d datasets with %d files on %d pages, want %d and %d", len(seen), files, len(been), n, 2*n)
	}
}
