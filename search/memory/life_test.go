package memory_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

// TestReplacingForEver replaces documents until the index was made anew
// several times, and compares it with one that was filled once.
func TestReplacingForEver(t *testing.T) {
	g := newGenerator()
	var docs []search.Document
	for i := range 600 {
		docs = append(docs, g.document(i))
	}
	worn, fresh := memory.New("it"), memory.New("it")
	for range 12 {
		for part := range slices.Chunk(docs, 100) {
			if err := worn.Put(t.Context(), part...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := fresh.Put(t.Context(), docs...); err != nil {
		t.Fatal(err)
	}
	queries := []search.Query{
		{Facets: sixFacets, Limit: 50},
		{Root: search.Words{Field: search.All, Text: "anagrafe"}, Facets: sixFacets, Limit: 50, Sort: []search.Sort{{Field: search.TitleSort, Desc: true}}},
		{Root: search.Phrase{Field: search.All, Text: "elenco dell'anagrafe", Slop: 3}, Limit: 50, Sort: []search.Sort{{Field: search.ID}}},
		{Root: search.Wildcard{Field: search.All, Pattern: "*zione"}, Facets: sixFacets, Limit: 50, Sort: []search.Sort{{Field: search.Updated}}},
		{Root: search.Range{Field: search.Distributions, Low: "3", High: "9"}, Facets: sixFacets, Limit: 50},
	}
	for i, q := range queries {
		a, errA := worn.Search(t.Context(), q)
		b, errB := fresh.Search(t.Context(), q)
		if errA != nil || errB != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("query %d: %v, %v\n%v\n%v", i, errA, errB, a, b)
		}
	}
}

// TestNoSearchSeesHalfAPut changes pairs of documents together while others
// search for them.
func TestNoSearchSeesHalfAPut(t *testing.T) {
	e := memory.New("it")
	pair := func(i int) []search.Document {
		word := map[search.Field][]string{search.All: {fmt.Sprintf("turno%d", i)}}
		value := map[search.Field][]string{search.Theme: {fmt.Sprint(i)}}
		return []search.Document{{ID: "a", Texts: word, Strings: value}, {ID: "b", Texts: word, Strings: value}}
	}
	if err := e.Put(t.Context(), pair(0)...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				page, err := e.Search(t.Context(), search.Query{Limit: 10, Facets: []search.Facet{{Field: search.Theme, Limit: -1}}, Sort: []search.Sort{{Field: search.Theme}}})
				if err != nil || page.Total != 2 || len(page.Facets[search.Theme]) != 1 || page.Facets[search.Theme][0].N != 2 {
					t.Errorf("half a Put: %+v, %v", page, err)
					return
				}
			}
		})
	}
	for i := 1; i < 1000; i++ {
		if err := e.Put(t.Context(), pair(i)...); err != nil {
			t.Error(err)
		}
	}
	cancel()
	readers.Wait()
}

func TestBounds(t *testing.T) {
	e := memory.New("it")
	if err := e.Put(t.Context(), search.Document{ID: "x", Texts: map[search.Field][]string{search.All: {"parola"}}}); err != nil {
		t.Fatal(err)
	}
	deep := search.Node(search.Everything{})
	for range 200 {
		deep = search.Bool{Must: []search.Node{deep}}
	}
	wide := search.Bool{Should: make([]search.Node, 20_000)}
	for _, n := range []search.Node{deep, wide} {
		if _, err := e.Search(t.Context(), search.Query{Root: n}); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("got %v, want Invalid", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Search(ctx, search.Query{}); err == nil {
		t.Error("a search that was given up answered")
	}
}

func TestSlopIsHowFarWordsMayStandFromTheirPlace(t *testing.T) {
	e := memory.New("en")
	if err := e.Put(t.Context(), search.Document{ID: "x", Texts: map[search.Field][]string{search.All: {"quick brown lazy foxes", "jumping"}}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		slop int
		want int
	}{
		{"quick fox", 1, 0}, {"quick fox", 2, 1}, {"brown quick", 1, 0}, {"brown quick", 2, 1}, {"fox jump", 50, 0}, {"lazy fox", 0, 1},
	} {
		page, err := e.Search(t.Context(), search.Query{Root: search.Phrase{Field: search.All, Text: tt.text, Slop: tt.slop}})
		if err != nil || page.Total != tt.want {
			t.Errorf("%q, %d: %d, %v; want %d", tt.text, tt.slop, page.Total, err, tt.want)
		}
	}
}
