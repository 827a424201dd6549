package dcat_test

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/fixtures"
	"portico/internal/rdf"
)

// TestTheGoodSamplesAreReproduced reads the samples that every shape passes,
// in each syntax, and writes what was read: each of their triples comes out
// again.
func TestTheGoodSamplesAreReproduced(t *testing.T) {
	const origin = "https://dati.comune.esempio.it"
	for _, file := range []string{"good.ttl", "good.rdf", "good.flat.rdf", "good.nt", "good.jsonld"} {
		t.Run(file, func(t *testing.T) {
			found, info, want := read(t, fixtures.Path(t, "shapes", "samples", file), origin+"/catalog")
			own := catalog.Site{Title: info.Title.String(), Description: info.Description.String(), Origin: origin, Locale: "it", Publisher: info.Publisher, Issued: "2026-01-15"}
			var ds []*catalog.Dataset
			for i := range found {
				d := &found[i].Dataset
				d.ID = path.Base(d.URI)
				ds = append(ds, d)
			}
			slices.SortFunc(ds, func(a, b *catalog.Dataset) int { return cmp.Compare(a.ID, b.ID) })
			page := dcat.Page{
				Number: 1, PerPage: 100, Total: len(ds), Link: func(int) string { return origin + "/catalog.ttl?page=1" },
				Modified: time.Date(2026, 11, 20, 8, 30, 0, 0, time.FixedZone("CET", 3600)),
			}
			var buf bytes.Buffer
			if err := dcat.DCATAPIT.WriteCatalog(&buf, rdf.NTriples, own, page, ds, nil); err != nil {
				t.Fatal(err)
			}
			got := graphOf(t, buf.Bytes())
			for _, line := range difference(want, got) {
				if line != otherTitle {
					t.Errorf("missing: %s", line)
				}
			}
			for _, line := range difference(got, want) {
				if !expected(line) {
					t.Errorf("too much: %s", line)
				}
			}
		})
	}
}

// otherTitle is what a site has no room for: it has one title.
const otherTitle = `<https://dati.comune.esempio.it> http://purl.org/dc/terms/title "Open data of the Municipality of Esempio"@en`

// expected reports whether a triple may be there beyond those of the samples:
// what an entry of a vocabulary is and is called, and our page about a dataset
// that has no other.
func expected(line string) bool {
	for _, vocabulary := range []string{"<http://publications.europa.eu/resource/authority/", "<http://data.europa.eu/bna/", "<http://purl.org/adms/publishertype/", "<http://www.iana.org/assignments/media-types/"} {
		if strings.HasPrefix(line, vocabulary) && (strings.Contains(line, "core#prefLabel ") || strings.Contains(line, "rdf-syntax-ns#type ")) {
			return true
		}
	}
	return strings.HasSuffix(line, "http://www.w3.org/ns/dcat#landingPage <https://dati.comune.esempio.it/dataset/7a1f8d3e-0c2b-4c55-9a51-0c7d1e1f0a02>")
}

// difference returns the lines of a that are not in b. Blank nodes are known by
// what is said of them.
func difference(a, b *rdf.Graph) []string {
	has := map[string]bool{}
	for _, l := range lines(b) {
		has[l] = true
	}
	return slices.DeleteFunc(lines(a), func(l string) bool { return has[l] })
}

func lines(g *rdf.Graph) []string {
	var out []string
	for _, s := range g.Subjects() {
		for _, tr := range g.Triples(s) {
			if strings.HasPrefix(rdf.Value(tr.Pred), "http://schema.org/") && rdf.IsBlank(s) {
				continue
			}
			out = append(out, named(g, s, 0)+" "+rdf.Value(tr.Pred)+" "+named(g, tr.Obj, 0))
		}
	}
	slices.Sort(out)
	return out
}

// named returns a name of a term that does not depend on labels. A telephone
// is known by its number, which the samples give without an address of its own;
// periods are said in a third vocabulary beside the two of the samples; and a
// moment is the same in every zone.
func named(g *rdf.Graph, x rdf.Term, depth int) string {
	if l, ok := x.(rdf.Literal); ok && strings.HasSuffix(l.DataType.String(), "#dateTime") {
		if at, err := time.Parse(time.RFC3339, l.String()); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	if !rdf.IsBlank(x) && !strings.HasSuffix(rdf.Value(x), "#tel") || depth > 4 {
		return x.Serialize(0)
	}
	var parts []string
	for _, tr := range g.Triples(x) {
		if p := rdf.Value(tr.Pred); !strings.HasPrefix(p, "http://schema.org/") {
			parts = append(parts, p+" "+named(g, tr.Obj, depth+1))
		}
	}
	slices.Sort(parts)
	return "[" + strings.Join(parts, "; ") + "]"
}
