package dcat_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

var formats = []rdf.Format{rdf.Turtle, rdf.RDFXML, rdf.NTriples, rdf.JSONLD}

// notInRDF are the fields that are ours and not the profile's.
var notInRDF = cmpopts.IgnoreFields(catalog.Dataset{}, "ID", "Name", "Updated")

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	for _, f := range formats {
		t.Run(string(f), func(t *testing.T) {
			want := full(1)
			var buf bytes.Buffer
			if err := dcat.DCATAPIT.WriteDataset(&buf, f, site, want, nil); err != nil {
				t.Fatal(err)
			}
			found := readBytes(t, buf.Bytes(), f)
			if len(found) != 1 {
				t.Fatalf("%d datasets, want 1", len(found))
			}
			if diff := cmp.Diff(*want, found[0].Dataset, notInRDF); diff != "" {
				t.Errorf("read(write(d)) is not d (-want +got):\n%s", diff)
			}
			if len(found[0].Problems) > 1 { // the format that is in no vocabulary
				t.Errorf("problems in our own RDF: %v", found[0].Problems)
			}
		})
	}
}

func readBytes(t testing.TB, data []byte, f rdf.Format) []dcat.Found {
	t.Helper()
	const base = "https://dati.comune.esempio.it/catalog.ttl"
	doc, err := rdf.Read(bytes.NewReader(data), f, base, rdf.DefaultLimits)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	found, _ := dcat.Read(rdf.NewGraph(doc.Triples), base)
	return found
}

func link(n int) string { return fmt.Sprintf("https://dati.comune.esempio.it/catalog.ttl?page=%d", n) }

func TestACataloguePageIsTheUnionOfItsDatasets(t *testing.T) {
	ds := []*catalog.Dataset{full(1), full(2), full(3)}
	page := dcat.Page{Number: 2, PerPage: 3, Total: 9, Link: link, Modified: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	var union []rdf.Triple
	for i, d := range ds {
		for _, tr := range dcat.Write(d, site) {
			union = append(union, rename(tr, i))
		}
	}
	for _, f := range formats {
		t.Run(string(f), func(t *testing.T) {
			var buf bytes.Buffer
			if err := dcat.DCATAPIT.WriteCatalog(&buf, f, site, page, ds, nil); err != nil {
				t.Fatal(err)
			}
			doc, err := rdf.Read(&buf, f, "", rdf.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			catalogue := map[string]bool{site.Origin: true, site.Origin + "/#": true, link(2): true, "http://publications.europa.eu/resource/authority/data-theme": true}
			var rest []rdf.Triple
			for _, tr := range doc.Triples {
				if !catalogue[rdf.Value(tr.Subj)] {
					rest = append(rest, tr)
				}
			}
			if !rdf.NewGraph(rest).Equal(rdf.NewGraph(union)) {
				t.Error("the page says other things than its datasets do alone")
			}
		})
	}
}

// rename keeps the blank nodes of several graphs apart.
func rename(tr rdf.Triple, graph int) rdf.Triple {
	if rdf.IsBlank(tr.Subj) {
		tr.Subj = rdf.NewBlank(fmt.Sprintf("g%d%s", graph, strings.TrimPrefix(rdf.Value(tr.Subj), "_:")))
	}
	if rdf.IsBlank(tr.Obj) {
		tr.Obj = rdf.NewBlank(fmt.Sprintf("g%d%s", graph, strings.TrimPrefix(rdf.Value(tr.Obj), "_:")))
	}
	return tr
}

func TestPagingEnds(t *testing.T) {
	for _, tc := range []struct {
		name       string
		page       dcat.Page
		next       string
		total      int
		hasPaging  bool
		isPrevious bool
	}{
		{"the first of three has a next and no previous", dcat.Page{Number: 1, PerPage: 2, Total: 5, Link: link}, link(2), 5, true, false},
		{"the last has no next", dcat.Page{Number: 3, PerPage: 2, Total: 5, Link: link}, "", 5, true, true},
		{"beyond the last there is no next", dcat.Page{Number: 9, PerPage: 2, Total: 5, Link: link}, "", 5, true, true},
		{"an empty catalogue has no paging", dcat.Page{Number: 1, PerPage: 2, Link: link}, "", 0, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := dcat.DCATAPIT.WriteCatalog(&buf, rdf.Turtle, site, tc.page, nil, nil); err != nil {
				t.Fatal(err)
			}
			text := buf.String()
			doc, err := rdf.Read(&buf, rdf.Turtle, "", rdf.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			_, info := dcat.Read(rdf.NewGraph(doc.Triples), "")
			if info.Next != tc.next || info.Total != tc.total {
				t.Errorf("next %q of %d, want %q of %d", info.Next, info.Total, tc.next, tc.total)
			}
			if got := strings.Contains(text, "hydra:previousPage"); got != tc.isPrevious {
				t.Errorf("previous page: %v, want %v", got, tc.isPrevious)
			}
			if got := strings.Contains(text, "hydra:PagedCollection"); got != tc.hasPaging {
				t.Errorf("paging: %v, want %v", got, tc.hasPaging)
			}
			if info.Title.String() != site.Title || info.Publisher.Identifier != "c_a001" {
				t.Errorf("catalogue %v by %v", info.Title, info.Publisher)
			}
		})
	}
}

func TestMintedAddresses(t *testing.T) {
	d := full(1)
	d.URI, d.LandingPage, d.Holder.URI, d.Contacts = "", "", "", nil
	d.Distributions = d.Distributions[:1]
	x := &d.Distributions[0]
	x.URI, x.AccessURL = "", ""
	page := "https://dati.comune.esempio.it/dataset/" + d.ID + "/resource/" + x.ID
	if got := dcat.DatasetURI(d, site); got != "https://dati.comune.esempio.it/dataset/"+d.ID {
		t.Error(got)
	}
	if got := dcat.DistributionURI(d, x, site); got != page {
		t.Error(got)
	}
	g := rdf.NewGraph(dcat.Write(d, site))
	s := rdf.NewIRI(dcat.DatasetURI(d, site))
	if got := rdf.Value(g.Object(s, "http://www.w3.org/ns/dcat#landingPage")); got != "https://dati.comune.esempio.it/dataset/dataset-1" {
		t.Error(got)
	}
	if got := rdf.Value(g.Object(s, "http://purl.org/dc/terms/rightsHolder")); got != "https://dati.comune.esempio.it/agent/c_a001" {
		t.Error(got)
	}
	if got := rdf.Value(g.Object(rdf.NewIRI(page), "http://www.w3.org/ns/dcat#accessURL")); got != page {
		t.Error(got)
	}
}

func TestOneBadAddressDoesNotBreakTheRest(t *testing.T) {
	d := full(1)
	d.Pages = []string{"http://example.org/a b|{c}", "niente", "javascript", ""}
	d.Distributions[0].DownloadURL = "C:\\dati\\file.csv"
	for _, f := range formats {
		var buf bytes.Buffer
		if err := dcat.DCATAPIT.WriteDataset(&buf, f, site, d, nil); err != nil {
			t.Fatal(err)
		}
		found := readBytes(t, buf.Bytes(), f)
		if diff := cmp.Diff([]string{"http://example.org/a%20b%7C%7Bc%7D"}, found[0].Dataset.Pages); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
		if got := found[0].Dataset.Distributions[0].DownloadURL; got != "" {
			t.Errorf("%s: download address %q", f, got)
		}
	}
}

func TestBodiesThatShareACodeKeepTheirNames(t *testing.T) {
	d := full(1)
	d.Publisher = catalog.Agent{Identifier: "c_a001", Name: catalog.It("Stato civile")}
	d.Holder.URI = ""
	found := readBytes(t, ntriples(t, d), rdf.NTriples)
	if got := found[0].Dataset; got.Publisher.Name.String() != "Stato civile" || got.Holder.Name.String() != "Comune di Borgo Esempio" {
		t.Errorf("publisher %v, holder %v", got.Publisher, got.Holder)
	}
}

func TestAContactIsNeverAnAgent(t *testing.T) {
	d := full(1)
	d.Contacts = d.Contacts[:1]
	d.Contacts[0].URI = d.Holder.URI
	g := rdf.NewGraph(dcat.Write(d, site))
	for _, a := range g.Typed("http://dati.gov.it/onto/dcatapit#Agent") {
		for _, c := range g.Typed("http://dati.gov.it/onto/dcatapit#Organization") {
			if a == c {
				t.Errorf("%v is both", a)
			}
		}
	}
}

func ntriples(t testing.TB, d *catalog.Dataset) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := dcat.DCATAPIT.WriteDataset(&buf, rdf.NTriples, site, d, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func BenchmarkCataloguePage(b *testing.B) {
	var ds []*catalog.Dataset
	for i := range 100 {
		ds = append(ds, full(i))
	}
	page := dcat.Page{Number: 1, PerPage: 100, Total: 100, Link: link}
	for _, f := range formats {
		b.Run(string(f), func(b *testing.B) {
			var buf bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				buf.Reset()
				if err := dcat.DCATAPIT.WriteCatalog(&buf, f, site, page, ds, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(buf.Len()))
		})
	}
}
