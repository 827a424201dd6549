package dcat_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

// A counter is a shelf that says how many fragments were made.
type counter struct {
	kept map[string]*dcat.Fragment
	made int
}

func shelfKey(d *catalog.Dataset) string { return fmt.Sprintf("%s %d", d.ID, d.Revision) }

func (c *counter) Fragment(d *catalog.Dataset) *dcat.Fragment { return c.kept[shelfKey(d)] }

func (c *counter) Keep(d *catalog.Dataset, f *dcat.Fragment) {
	c.kept[shelfKey(d)] = f
	c.made++
}

func (c *counter) Fed(d *catalog.Dataset) (*catalog.Dataset, error) { return d, nil }

// TestOnlyWhatHasChangedIsWrittenAnew renders a page twice, with one dataset
// changed in between.
func TestOnlyWhatHasChangedIsWrittenAnew(t *testing.T) {
	var ds []*catalog.Dataset
	for i := range 20 {
		ds = append(ds, full(i))
	}
	page := dcat.Page{Number: 1, PerPage: 100, Total: 20, Link: link, Modified: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	for _, f := range formats {
		shelf := &counter{kept: map[string]*dcat.Fragment{}}
		render := func(want int) string {
			t.Helper()
			shelf.made = 0
			var b bytes.Buffer
			if err := dcat.DCATAPIT.WriteCatalog(&b, f, site, page, ds, shelf); err != nil {
				t.Fatal(err)
			}
			if shelf.made != want {
				t.Errorf("%s: %d fragments were made, want %d", f, shelf.made, want)
			}
			return b.String()
		}
		first := render(20)
		if again := render(0); again != first {
			t.Errorf("%s: the same datasets make another page", f)
		}
		was := ds[7]
		changed := *was
		changed.Title, changed.Revision = catalog.It("Un altro titolo"), was.Revision+1
		ds[7] = &changed
		if other := render(1); other == first || !bytes.Contains([]byte(other), []byte("Un altro titolo")) {
			t.Errorf("%s: the page does not have the change", f)
		}
		ds[7] = was
		var alone bytes.Buffer
		if err := dcat.DCATAPIT.WriteDataset(&alone, f, site, was, shelf); err != nil {
			t.Fatal(err)
		}
		if shelf.made != 1 {
			t.Errorf("%s: the page of one dataset is not made of its fragment", f)
		}
	}
}

// quarrelsome returns datasets that want the same IRIs for different things, as
// those of several sources do.
func quarrelsome(dice *rand.Rand, n int) []*catalog.Dataset {
	iri := func() string { return fmt.Sprintf("https://altrove.example/%d", dice.IntN(12)) }
	ds := make([]*catalog.Dataset, n)
	for i := range ds {
		d := full(i)
		ds[i] = d
		if dice.IntN(3) > 0 { // most agree
			continue
		}
		d.Distributions = d.Distributions[:1+dice.IntN(len(d.Distributions))]
		for _, change := range []func(){
			func() { d.URI = iri() },
			func() { d.Holder.URI = iri() },
			func() { d.Holder.Name = catalog.It("Ente " + iri()) },
			func() { d.Contacts[0].URI = iri() },
			func() { d.Contacts[0].Name = catalog.It("Ufficio " + iri()) },
			func() { d.Distributions[0].URI = iri() },
			func() { d.Pages = []string{iri(), iri()} },
			func() { d.LandingPage = iri() },
			func() { d.ConformsTo[0].URI = iri() },
			func() { d.ConformsTo[0].Title = catalog.It("Norma " + iri()) },
			func() { d.Distributions[0].License = "Una licenza di " + iri() },
			func() {
				d.Spatial = []catalog.Place{{URI: iri(), Name: catalog.It(iri())}, {Name: catalog.It("Altrove")}}
			},
			func() { d.InSeries, d.Samples, d.Legislation = []string{iri()}, []string{iri()}, []string{iri()} },
			func() {
				d.Distributions[0].Services = []catalog.Service{{URI: iri(), EndpointURLs: []string{iri()}, License: "Testo libero", Contacts: d.Contacts[:1]}}
			},
		} {
			if dice.IntN(3) == 0 {
				change()
			}
		}
	}
	return ds
}

// TestAPageOfFragmentsIsThePageWrittenWhole compares the bytes, with fragments
// that were made for other pages, of datasets that agree and of such as do not.
func TestAPageOfFragmentsIsThePageWrittenWhole(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 11))
	const rounds = 2
	for _, as := range []dcat.Profile{dcat.DCATAPIT, dcat.GeoDCAT} {
		for _, f := range formats {
			for round := range rounds {
				all := quarrelsome(dice, 24)
				shelf := &counter{kept: map[string]*dcat.Fragment{}}
				page := dcat.Page{Number: 1, PerPage: 12, Total: 24, Link: link}
				for _, ds := range [][]*catalog.Dataset{all[:12], all[12:], all[6:18], all} {
					var whole, pasted bytes.Buffer
					if err := as.WriteCatalogWhole(&whole, f, site, page, ds); err != nil {
						t.Fatal(err)
					}
					if err := as.WriteCatalog(&pasted, f, site, page, ds, shelf); err != nil {
						t.Fatal(err)
					}
					if whole.String() != pasted.String() {
						t.Fatalf("%s in %s, round %d: the pages differ, %s", as, f, round, firstDifference(whole.String(), pasted.String()))
					}
				}
				if shelf.made != 24 {
					t.Fatalf("%d fragments were made of 24 datasets", shelf.made)
				}
			}
		}
	}
}

func firstDifference(want, got string) string {
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	from := max(0, i-200)
	return fmt.Sprintf("whole:\n%.400s\nof fragments:\n%.400s", want[from:], got[from:])
}

// TestBlankNodesOfTwoDatasetsHaveTheirOwnLabels joins what was written of each
// alone, as who concatenates N-Triples does.
func TestBlankNodesOfTwoDatasetsHaveTheirOwnLabels(t *testing.T) {
	one, two := ntriples(t, full(1)), ntriples(t, full(2))
	count := func(data []byte) int {
		doc, err := rdf.Read(bytes.NewReader(data), rdf.NTriples, "", rdf.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		blanks := map[string]bool{}
		for _, tr := range doc.Triples {
			if rdf.IsBlank(tr.Subj) {
				blanks[rdf.Value(tr.Subj)] = true
			}
		}
		return len(blanks)
	}
	if a, b, both := count(one), count(two), count(append(one[:len(one):len(one)], two...)); a == 0 || both != a+b {
		t.Errorf("%d and %d blank nodes, %d together", a, b, both)
	}
	if !bytes.Equal(ntriples(t, full(1)), one) {
		t.Error("the same dataset is written in other words the second time")
	}
}

// BenchmarkAPageOfKeptFragments is what a page costs after a change of another:
// compare with BenchmarkCataloguePage, which makes each fragment.
func BenchmarkAPageOfKeptFragments(b *testing.B) {
	var ds []*catalog.Dataset
	for i := range 100 {
		ds = append(ds, full(i))
	}
	page := dcat.Page{Number: 1, PerPage: 100, Total: 100, Link: link}
	for _, f := range formats {
		b.Run(string(f), func(b *testing.B) {
			shelf := &counter{kept: map[string]*dcat.Fragment{}}
			var buf bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				buf.Reset()
				if err := dcat.DCATAPIT.WriteCatalog(&buf, f, site, page, ds, shelf); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(buf.Len()))
		})
	}
}
