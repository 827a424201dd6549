package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portico/api"
	"portico/catalog"
	"portico/internal/rdf"
)

// TestAFeedIsMadeOfFragments changes one of many datasets, and an organization:
// only the fragments of what says something else now are made anew, and pages
// of single datasets are made of the same ones.
func TestAFeedIsMadeOfFragments(t *testing.T) {
	w := newWorld(t)
	body := &catalog.Organization{Name: "unione-di-esempio", Title: catalog.It("Unione di Esempio"), Identifier: "uc_x000", State: catalog.Active}
	w.must(w.store.PutOrganization(w.ctx, body))
	const n = 30
	for i := range n {
		d := feedable(i)
		if i < 3 { // whose holder is the organization
			d.Holder, d.Publisher, d.Organization = catalog.Agent{}, catalog.Agent{}, body.ID
		}
		w.put(d)
	}
	before := map[string]any{}
	anew := func(ext string, format rdf.Format) (made int) {
		t.Helper()
		for i := range n {
			id := feedable(i).ID
			now := api.Fragment(w.server, format, id)
			if now == nil {
				t.Fatalf("%s: %s has no fragment", ext, id)
			}
			if before[ext+id] != any(now) {
				made++
			}
			before[ext+id] = now
		}
		return made
	}
	for _, f := range []struct {
		ext    string
		format rdf.Format
	}{{"ttl", rdf.Turtle}, {"rdf", rdf.RDFXML}} {
		address := "/catalog." + f.ext
		page := func(want int) string {
			t.Helper()
			rec := w.do("GET", address, "")
			if rec.Code != http.StatusOK {
				t.Fatal(rec.Code)
			}
			if got := anew(f.ext, f.format); got != want {
				t.Errorf("%s: %d fragments were made, want %d", address, got, want)
			}
			return rec.Body.String()
		}
		page(n)
		d := feedable(17)
		d.Title = catalog.It("Un passo cambiato in " + f.ext)
		w.put(d)
		if !strings.Contains(page(1), d.Title.String()) {
			t.Errorf("%s does not have the change", address)
		}
		single := "/dataset/" + feedable(1).ID + "." + f.ext
		tag := w.do("GET", single, "").Header().Get("ETag")
		body.Title = catalog.It("Unione che si chiama altrimenti, in " + f.ext)
		w.must(w.store.PutOrganization(w.ctx, body))
		if !strings.Contains(page(3), body.Title.String()) {
			t.Errorf("%s has the old name of the holder", address)
		}
		rec := w.do("GET", single, "", "If-None-Match", tag)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), body.Title.String()) {
			t.Errorf("%s: %d after its holder has another name", single, rec.Code)
		}
		if got := anew(f.ext, f.format); got != 0 {
			t.Errorf("%s is not made of the fragments of the catalogue", single)
		}
		w.must(w.store.PurgeDataset(w.ctx, d.ID))
		again := feedable(17)
		again.Title = catalog.It("Tornato")
		w.put(again)
		if !strings.Contains(page(1), "Tornato") {
			t.Errorf("%s has what was purged", address)
		}
	}
}

// TestTheCatalogueIsTheUnionOfItsDatasets reads every page, and every dataset by
// itself: together they say the same, but for what pages say of themselves.
func TestTheCatalogueIsTheUnionOfItsDatasets(t *testing.T) {
	w := newWorld(t).fill()
	for i := range 120 {
		w.put(feedable(i))
	}
	w.follow()
	for _, ext := range []string{"nt", "ttl", "rdf", "jsonld"} {
		format := map[string]rdf.Format{"nt": rdf.NTriples, "ttl": rdf.Turtle, "rdf": rdf.RDFXML, "jsonld": rdf.JSONLD}[ext]
		graphs := 0
		parse := func(target string) []rdf.Triple {
			t.Helper()
			rec := w.do("GET", target, "")
			doc, err := rdf.Read(bytes.NewReader(rec.Body.Bytes()), format, origin, rdf.DefaultLimits)
			if err != nil || rec.Code != http.StatusOK {
				t.Fatalf("%s: %d %v", target, rec.Code, err)
			}
			graphs++
			for i, tr := range doc.Triples {
				doc.Triples[i] = apart(tr, graphs)
			}
			return doc.Triples
		}
		var whole, union []rdf.Triple
		datasets, ofTheCatalogue := map[string]bool{}, map[string]bool{origin: true}
		for page := 1; page <= 2; page++ {
			ts := parse(fmt.Sprintf("/catalog.%s?page=%d", ext, page))
			g := rdf.NewGraph(ts)
			for _, s := range g.Typed("http://www.w3.org/ns/dcat#Dataset") {
				datasets[rdf.Value(s)] = true
			}
			for _, tr := range g.Triples(rdf.NewIRI(origin)) { // its publisher, language, …
				ofTheCatalogue[rdf.Value(tr.Obj)] = !datasets[rdf.Value(tr.Obj)]
			}
			for _, s := range g.Typed(hydra + "PagedCollection") {
				ofTheCatalogue[rdf.Value(s)] = true
			}
			for _, tr := range ts {
				if !ofTheCatalogue[rdf.Value(tr.Subj)] {
					whole = append(whole, tr)
				}
			}
		}
		for iri := range datasets {
			for _, tr := range parse(strings.TrimPrefix(iri, origin) + "." + ext) {
				if !ofTheCatalogue[rdf.Value(tr.Subj)] {
					union = append(union, tr)
				}
			}
		}
		if len(datasets) < 121 {
			t.Errorf("%s: only %d datasets", ext, len(datasets))
		}
		if !rdf.NewGraph(whole).Equal(rdf.NewGraph(union)) {
			t.Errorf("%s: the catalogue says other things than its datasets: %d triples, %d", ext, len(whole), len(union))
		}
	}
}

// apart keeps the blank nodes of several documents apart.
func apart(tr rdf.Triple, graph int) rdf.Triple {
	if rdf.IsBlank(tr.Subj) {
		tr.Subj = rdf.NewBlank(fmt.Sprintf("g%d%s", graph, rdf.Value(tr.Subj)))
	}
	if rdf.IsBlank(tr.Obj) {
		tr.Obj = rdf.NewBlank(fmt.Sprintf("g%d%s", graph, rdf.Value(tr.Obj)))
	}
	return tr
}
