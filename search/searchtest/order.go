package searchtest

import (
	"fmt"
	"slices"
	"testing"

	"portico/search"
)

func by(f search.Field, desc bool) []search.Sort { return []search.Sort{{Field: f, Desc: desc}} }

func testSort(t *testing.T, e search.Engine) {
	put(t, e, corpus()...)
	put(t, e, document("zebra", "bilancio minuscolo", "", nil, day(2024, 3, 5), 1))
	tests := []struct {
		name string
		sort []search.Sort
		want []string
	}{
		{"strings by code point", by(search.TitleSort, false), ids("bilancio", "musei", "parcheggi", "acqua", "rifiuti", "zebra", "vuoto")},
		{"backwards, missing still last", by(search.TitleSort, true), ids("zebra", "rifiuti", "acqua", "parcheggi", "musei", "bilancio", "vuoto")},
		{"dates, ties by ID", by(search.Updated, true), ids("bilancio", "rifiuti", "zebra", "parcheggi", "acqua", "musei", "vuoto")},
		{"oldest first", by(search.Updated, false), ids("musei", "acqua", "parcheggi", "bilancio", "rifiuti", "zebra", "vuoto")},
		{"ints, then strings", []search.Sort{{Field: search.Distributions}, {Field: search.TitleSort, Desc: true}}, ids("zebra", "musei", "bilancio", "parcheggi", "rifiuti", "acqua", "vuoto")},
		{"the ID", by(search.ID, true), ids("zebra", "vuoto", "rifiuti", "parcheggi", "musei", "bilancio", "acqua")},
		{"a field that nobody has leaves the ID", by("extra:nothing", true), ids("acqua", "bilancio", "musei", "parcheggi", "rifiuti", "vuoto", "zebra")},
		{"no order asked: latest first", nil, ids("bilancio", "rifiuti", "zebra", "parcheggi", "acqua", "musei", "vuoto")},
		{"relevance of everything is one", by(search.Score, true), ids("acqua", "bilancio", "musei", "parcheggi", "rifiuti", "vuoto", "zebra")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantOrder(t, find(t, e, search.Query{Sort: tt.sort, Limit: 100}), tt.want...)
		})
	}
	t.Run("the best is first", func(t *testing.T) {
		root := search.DisMax{Of: nodes(search.Boost{Of: words(search.Title, "museo"), By: 4}, words(search.All, "museo"))}
		put(t, e, document("nota", "Calendario", "Un giorno anche il museo aprirà, forse, dopo molte altre parole che parlano di cose diverse.", nil, day(2025, 1, 1), 1))
		wantOrder(t, find(t, e, search.Query{Root: root, Limit: 10}), "musei", "nota")
		wantOrder(t, find(t, e, search.Query{Root: root, Sort: by(search.Updated, true), Limit: 10}), "nota", "musei")
	})
	t.Run("scores are told when asked for", func(t *testing.T) {
		root := search.DisMax{Of: nodes(search.Boost{Of: words(search.Title, "museo"), By: 4}, words(search.All, "museo"))}
		if page := find(t, e, search.Query{Root: root, Limit: 10}); page.Scores != nil {
			t.Errorf("nobody asked for scores: %v", page.Scores)
		}
		page := find(t, e, search.Query{Root: root, Limit: 10, Scores: true})
		if len(page.Scores) != 2 || page.Scores[0] < page.Scores[1] || page.Scores[1] <= 0 {
			t.Errorf("got scores %v of %q, want two, the better first", page.Scores, page.IDs)
		}
		page = find(t, e, search.Query{Sort: by(search.ID, true), Limit: 2, Scores: true})
		if !slices.Equal(page.Scores, []float32{1, 1}) {
			t.Errorf("everything scores %v, want 1", page.Scores)
		}
	})
}

func testPages(t *testing.T, e search.Engine) {
	var docs []search.Document
	var want []string
	for i := range 25 {
		id := fmt.Sprintf("p%02d", i)
		want = append(want, id)
		docs = append(docs, document(id, "Pagina", "", nil, day(2024, 1, 1), 1))
	}
	slices.Reverse(docs)
	put(t, e, docs...)
	for _, root := range []search.Node{nil, words(search.Title, "pagina")} {
		for _, limit := range []int{1, 4, 7, 25, 100} {
			var got []string
			for offset := 0; offset < 25; offset += limit {
				page := find(t, e, search.Query{Root: root, Sort: by(search.ID, false), Offset: offset, Limit: limit})
				if page.Total != 25 {
					t.Fatalf("total %d at offset %d, want 25", page.Total, offset)
				}
				got = append(got, page.IDs...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("limit %d: got %q", limit, got)
			}
		}
		wantOrder(t, find(t, e, search.Query{Root: root, Sort: by(search.ID, false), Offset: 23, Limit: 5}), "p23", "p24")
		for _, q := range []search.Query{{Offset: 25, Limit: 5}, {Offset: 1000, Limit: 5}, {Limit: 0}} {
			q.Root = root
			if page := find(t, e, q); page.Total != 25 || len(page.IDs) != 0 {
				t.Errorf("offset %d, limit %d: total %d, IDs %q; want 25 and none", q.Offset, q.Limit, page.Total, page.IDs)
			}
		}
	}
}

func testFacets(t *testing.T, e search.Engine) {
	put(t, e, corpus()...)
	count := func(v string, n int) search.Count { return search.Count{Value: v, N: n} }
	facets := []search.Facet{
		{Field: search.Theme, Limit: 2},
		{Field: search.Organization, Limit: -1},
		{Field: search.Format, Limit: -1, Min: 2},
		{Field: search.Visibility, Limit: 10},
		{Field: search.Keyword, Limit: 3},
		{Field: "extra:nothing", Limit: 10},
	}
	page := find(t, e, search.Query{Facets: facets, Limit: 1})
	wantFacet(t, page, search.Theme, count("ENVI", 2), count("ECON", 1))
	wantFacet(t, page, search.Organization, count("comune-di-trento", 3), count("comune-di-lecce", 2))
	wantFacet(t, page, search.Format, count("CSV", 2))
	wantFacet(t, page, search.Visibility, count("public", 5), count("private", 1))
	wantFacet(t, page, search.Keyword, count("ambiente", 2), count("acqua", 1), count("bilancio", 1))
	if got, ok := page.Facets["extra:nothing"]; !ok || len(got) != 0 {
		t.Errorf("a field that nobody has: %v, %v; want an empty facet", got, ok)
	}

	page = find(t, e, search.Query{Root: words(search.All, "rete"), Facets: facets})
	wantFacet(t, page, search.Theme, count("ENVI", 1))
	wantFacet(t, page, search.Format)
	page = find(t, e, search.Query{Filters: nodes(term(search.Visibility, "public")), Facets: facets})
	wantFacet(t, page, search.Visibility, count("public", 5))
	wantFacet(t, page, search.Organization, count("comune-di-lecce", 2), count("comune-di-trento", 2))
	page = find(t, e, search.Query{Root: search.Nothing{}, Facets: facets})
	wantFacet(t, page, search.Organization)
	remove(t, e, "bilancio")
	page = find(t, e, search.Query{Facets: facets})
	wantFacet(t, page, search.Theme, count("ENVI", 2), count("EDUC", 1))
}
