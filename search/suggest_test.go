package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

// A shop is a stack with what a Suggester needs beside.
type shop struct {
	*stack
	catalog.Index // of which no other method is called

	revision int64
	behind   bool // whether the engine has yet to learn of something
}

func (s *shop) Revision(context.Context) (int64, error) { return s.revision, nil }

func (s *shop) Stale(context.Context, int) ([]catalog.Stale, error) {
	if s.behind {
		return []catalog.Stale{{}}, nil
	}
	return nil, nil
}

func (s *shop) Organizations(context.Context) ([]*catalog.Organization, error) {
	return []*catalog.Organization{{Name: "comune-di-lecce", Title: catalog.It("Comune di Lecce")}, {Name: "asl", Title: catalog.It("Azienda sanitaria")}}, nil
}

func (s *shop) suggester() *search.Suggester {
	return &search.Suggester{Engine: s.engine, Datasets: s, Organizations: s, Index: s}
}

func open(t testing.TB, ds ...*catalog.Dataset) *shop {
	t.Helper()
	return &shop{stack: stacked(t, memory.New("it"), ds)}
}

func goods() []*catalog.Dataset {
	ds := written("Raccolta dei rifiuti", "Rifiuti speciali", "Qualità dell'acqua", "Bilancio")
	ds[0].Organization, ds[1].Organization = "comune-di-lecce", "asl"
	ds[0].Themes = []catalog.Theme{{Code: "ENVI"}}
	ds[0].Holder = catalog.Agent{Name: catalog.It("Comune di Lecce")}
	ds[1].Spatial = []catalog.Place{{Name: catalog.It("Lecce")}}
	ds[2].Distributions = []catalog.Distribution{{Table: &catalog.Table{Columns: []catalog.Column{{Header: "Punto di prelievo"}, {Name: "rif_analisi"}}}}}
	return ds
}

func suggested(t testing.TB, s *search.Suggester, text string) []string {
	t.Helper()
	got, err := s.Suggest(t.Context(), text, "it", 20)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	out := []string{}
	for _, x := range got {
		out = append(out, fmt.Sprintf("%s %s (%d)", x.Kind, x.Text, x.N))
	}
	return out
}

func TestSuggestions(t *testing.T) {
	s := open(t, goods()...).suggester()
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"titles that begin so come first", "rif", []string{"dataset Rifiuti speciali (0)", "dataset Raccolta dei rifiuti (0)", "column rif_analisi (1)"}},
		{"every word counts", "rifiuti racc", []string{"dataset Raccolta dei rifiuti (0)"}},
		{"a singular finds the plural", "rifiuto", []string{"dataset Raccolta dei rifiuti (0)", "dataset Rifiuti speciali (0)"}},
		{"accents may be missing", "qualita", []string{"dataset Qualità dell'acqua (0)"}},
		{"organizations and places", "lecce", []string{"organization Comune di Lecce (1)", "place Lecce (1)", "place Comune di Lecce (1)"}},
		{"themes", "amb", []string{"theme Ambiente (1)"}},
		{"themes in the other language", "environ", []string{"theme Ambiente (1)"}},
		{"columns", "prelievo", []string{"column Punto di prelievo (1)"}},
		{"one letter is too little", "r", []string{}},
		{"signs are no words", "*?\"", []string{}},
		{"too much is nobody's", strings.Repeat("a", 101), []string{}},
		{"nothing", "zzz", []string{}},
	} {
		if got := suggested(t, s, tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q suggests %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
	got, err := s.Suggest(t.Context(), "rif", "it", 1)
	if err != nil || len(got) != 1 {
		t.Errorf("got %d, %v; want one", len(got), err)
	}
}

func TestWhatIsHiddenIsNotSuggested(t *testing.T) {
	shop := open(t, goods()...)
	s := shop.suggester()
	suggested(t, s, "rifiuti") // it knows all names now
	shop.byID["d02"].Private = true
	shop.byID["d00"].Private = true
	shop.behind = true
	shop.revision++
	for _, text := range []string{"qualità", "prelievo", "raccolta", "ambiente", "comune"} {
		if got := suggested(t, s, text); len(got) != 0 {
			t.Errorf("%q still suggests %q", text, got)
		}
	}
	if got := suggested(t, s, "bilancio"); len(got) != 1 {
		t.Errorf("got %q, want the balance, which is there", got)
	}
}

func TestWhatIsNewIsSuggested(t *testing.T) {
	shop := open(t, goods()...)
	s := shop.suggester()
	if got := suggested(t, s, "farmac"); len(got) != 0 {
		t.Fatalf("got %q, want nothing yet", got)
	}
	d := &catalog.Dataset{ID: "new", Name: "new", Title: catalog.It("Farmacie"), State: catalog.Active}
	shop.byID["new"] = d
	if err := shop.engine.Put(t.Context(), search.NewDocument(d, "", "")); err != nil {
		t.Fatal(err)
	}
	shop.revision++
	var got []string
	for range 100 {
		if got = suggested(t, s, "farmac"); len(got) == 1 {
			return
		}
	}
	t.Errorf("got %q, want the new dataset", got)
}

// crowd returns n datasets such as municipalities have, a thousand of them, with
// words that repeat and some that do not.
func crowd(n int) []*catalog.Dataset {
	subjects := strings.Fields("rifiuti parcheggi bilancio scuole farmacie incidenti alberi musei biblioteche strade acqua aria elezioni popolazione turismo")
	out := make([]*catalog.Dataset, n)
	for i := range out {
		d := &catalog.Dataset{
			ID: fmt.Sprintf("c%07d", i), Name: fmt.Sprintf("c%07d", i), State: catalog.Active, Organization: fmt.Sprintf("comune-%d", i%1000),
			Title:  catalog.It(fmt.Sprintf("Comune%d: %s e %s %d, zona z%x", i%1000, subjects[i%15], subjects[i/15%15], 2010+i%15, i)),
			Holder: catalog.Agent{Name: catalog.It(fmt.Sprintf("Comune%d", i%1000))},
		}
		d.Distributions = []catalog.Distribution{{Table: &catalog.Table{Columns: []catalog.Column{{Header: "comune"}, {Header: subjects[i%15]}, {Header: fmt.Sprintf("colonna_%d", i%5000)}}}}}
		out[i] = d
	}
	return out
}

func BenchmarkSuggest(b *testing.B) {
	for _, n := range []int{2000, 100_000} {
		s := open(b, crowd(n)...).suggester()
		for _, text := range []string{"co", "rifiuti", "comune7 bil", "z1f"} {
			suggested(b, s, text)
			b.Run(fmt.Sprintf("%d/%s", n, text), func(b *testing.B) {
				for b.Loop() {
					suggested(b, s, text)
				}
			})
		}
	}
}

func BenchmarkCorrections(b *testing.B) {
	s := open(b, crowd(100_000)...)
	for b.Loop() {
		if _, err := search.Corrections(b.Context(), s.engine, "parchegi comune7"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAsk(b *testing.B) {
	s := open(b, crowd(100_000)...)
	for _, text := range []string{"rifiuti scuole", "parcheggio", "parchegi bilancio", "rifiuti xyzzyq"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := search.Ask(b.Context(), s.engine, s, search.Query{Limit: 20, Facets: []search.Facet{{Field: search.Organization, Limit: 30}}}, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
