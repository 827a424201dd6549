package memory_test

import (
	"math"
	"testing"

	"portico/search"
	"portico/search/memory"
)

// TestEnglishScoresAsLuceneDoes holds the formula to what is worked out by
// hand: BM25 with k1 = 1.2 and b = 0.75, documents that are gone counted still.
func TestEnglishScoresAsLuceneDoes(t *testing.T) {
	e := memory.New("en")
	for id, title := range map[string]string{"a": "acqua", "b": "acqua potabile", "c": "aria"} {
		put(t, e, id, title)
	}
	put(t, e, "c", "aria pulita") // the one before counts until the next compaction
	const k1, b, docs = 1.2, 0.75, 4.0
	weight := func(n float64) float64 { return math.Log(1 + (docs-n+0.5)/(n+0.5)) }
	average := (1.0 + 2 + 1 + 2) / docs
	long := 1 / (1 + k1*(1-b+b*2/average))
	for name, tc := range map[string]struct {
		root search.Node
		want map[string]float64
	}{
		"a word":             {search.Words{Field: search.Title, Text: "acqua"}, map[string]float64{"a": weight(2) / (1 + k1*(1-b+b/average)), "b": weight(2) * long}},
		"a phrase":           {search.Phrase{Field: search.Title, Text: "acqua potabile"}, map[string]float64{"b": (weight(2) + weight(1)) * long}},
		"a value":            {search.Term{Field: search.Name, Value: "a"}, map[string]float64{"a": weight(1) / (1 + k1)}},
		"a value once gone":  {search.Term{Field: search.Name, Value: "c"}, map[string]float64{"c": weight(2) / (1 + k1)}},
		"any of two parts":   {search.Words{Field: search.Title, Text: "acqua-potabile", Any: true}, map[string]float64{"a": weight(2) / (1 + k1*(1-b+b/average)), "b": (weight(2) + weight(1)) * long}},
		"a pattern is one":   {search.Prefix{Field: search.Title, Value: "potab"}, map[string]float64{"b": 1}},
		"everything is one":  {nil, map[string]float64{"a": 1, "b": 1, "c": 1}},
		"text of its own":    {search.Words{Field: search.Text, Text: "h501"}, map[string]float64{}},
		"a name is as it is": {search.Words{Field: search.Author, Text: "Uffici"}, map[string]float64{}},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := e.Search(t.Context(), search.Query{Root: tc.root, Limit: 10, Scores: true})
			if err != nil || len(page.IDs) != len(tc.want) {
				t.Fatalf("got %q, %v, want %v", page.IDs, err, tc.want)
			}
			for i, id := range page.IDs {
				if got := float64(page.Scores[i]); math.Abs(got-tc.want[id]) > 1e-6 {
					t.Errorf("%s: got %v, want %v", id, got, tc.want[id])
				}
			}
		})
	}
}

func TestEnglishCountsTheWordsOfAText(t *testing.T) {
	e := memory.New("en")
	put(t, e, "a", "Comune di Lecce")
	put(t, e, "b", "Comune di Trento")
	page, err := e.Search(t.Context(), search.Query{Facets: []search.Facet{{Field: search.Title, Limit: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	got := page.Facets[search.Title]
	if len(got) != 3 || got[0] != (search.Count{Value: "comun", N: 2}) || got[1] != (search.Count{Value: "di", N: 2}) || got[2].N != 1 {
		t.Errorf("got %v", got)
	}
}

func put(t *testing.T, e *memory.Engine, id, title string) {
	t.Helper()
	err := e.Put(t.Context(), search.Document{
		ID:      id,
		Strings: map[search.Field][]string{search.Name: {id}},
		Texts:   map[search.Field][]string{search.Title: {title}, search.All: {title, "H501"}, search.Text: {title}, search.Author: {"Ufficio"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}
