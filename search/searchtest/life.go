package searchtest

import (
	"fmt"
	"strings"
	"testing"

	"portico/search"
)

func testLife(t *testing.T, e search.Engine) {
	wantLen(t, e, 0)
	wantIDs(t, find(t, e, search.Query{Limit: 10}))
	put(t, e)
	remove(t, e)
	put(t, e, corpus()...)
	wantLen(t, e, 6)

	changed := document("acqua", "Fontane", "Dove bere.", map[search.Field][]string{search.Theme: {"HEAL"}}, day(2025, 1, 1), 9)
	put(t, e, changed)
	wantLen(t, e, 6)
	wantIDs(t, find(t, e, search.Query{Root: words(search.All, "fontana"), Limit: 10}), "acqua")
	wantIDs(t, find(t, e, search.Query{Root: words(search.All, "qualità dell'acqua"), Limit: 10}))
	wantIDs(t, find(t, e, search.Query{Root: term(search.Theme, "ENVI"), Limit: 10}), "rifiuti")
	wantIDs(t, find(t, e, search.Query{Root: search.Exists{Field: search.Keyword}, Limit: 10}), "parcheggi", "bilancio", "musei", "rifiuti")

	remove(t, e, "acqua", "none", "acqua")
	wantLen(t, e, 5)
	wantIDs(t, find(t, e, search.Query{Root: words(search.All, "fontane"), Limit: 10}))
	put(t, e, changed, document("acqua", "Laghi", "", nil, day(2025, 1, 2), 0))
	wantLen(t, e, 6)
	wantIDs(t, find(t, e, search.Query{Root: words(search.Title, "lago"), Limit: 10}), "acqua")

	if err := e.Clear(t.Context()); err != nil {
		t.Fatalf("clear: %v", err)
	}
	wantLen(t, e, 0)
	wantIDs(t, find(t, e, search.Query{Limit: 10, Facets: []search.Facet{{Field: search.Theme, Limit: -1}}}))
	put(t, e, corpus()[0])
	wantIDs(t, find(t, e, search.Query{Limit: 10}), "parcheggi")
}

func testVisible(t *testing.T, e search.Engine) {
	for i := range 5 {
		id := fmt.Sprintf("d%d", i)
		put(t, e, document(id, "Titolo "+nouns[i], "", nil, day(2024, 1, 1+i), 1))
		wantIDs(t, find(t, e, search.Query{Root: words(search.Title, nouns[i]), Limit: 10}), id)
		wantLen(t, e, i+1)
	}
	remove(t, e, "d3")
	wantIDs(t, find(t, e, search.Query{Limit: 10}), "d0", "d1", "d2", "d4")
}

// testHostile puts values that would end a string, a filter or a request, if
// they were let.
func testHostile(t *testing.T, e search.Engine) {
	hostile := []string{
		`"`, `'`, `\`, `\"`, `" OR id EXISTS OR "`, "{}", "[]", "a\x00b", "\n", " x ", "TO", "=", "𝔘𝔫𝔦🏛", "é", "e\u0301",
		"ｗｉｄｅ", "ß", "SS", "null", "x*y?", "%s${jndi:x}", "<script>", long(300), long(3000), long(2999) + "z", "",
	}
	var docs []search.Document
	for i, v := range hostile {
		docs = append(docs, search.Document{
			ID:      "id " + v,
			Strings: map[search.Field][]string{search.Keyword: {v}, search.Field("extra:" + v): {"here"}},
			Texts:   map[search.Field][]string{search.All: {v, sign(i)}},
		})
	}
	put(t, e, docs...)
	wantLen(t, e, len(hostile))
	for i, v := range hostile {
		id := "id " + v
		wantIDs(t, find(t, e, search.Query{Filters: nodes(term(search.Keyword, v)), Limit: 100}), id)
		wantIDs(t, find(t, e, search.Query{Filters: nodes(search.IDs{Of: []string{id}}), Limit: 100}), id)
		wantIDs(t, find(t, e, search.Query{Root: words(search.All, sign(i)), Limit: 100}), id)
		wantIDs(t, find(t, e, search.Query{Filters: nodes(term(search.Field("extra:"+v), "here")), Limit: 100}), id)
		find(t, e, search.Query{Root: search.Bool{Should: nodes(
			words(search.All, v), search.Prefix{Field: search.All, Value: v}, search.Phrase{Field: search.All, Text: v + " " + v},
			search.Prefix{Field: search.Keyword, Value: v}, search.Range{Field: search.Keyword, Low: v, High: v},
		)}, Limit: 1})
	}
	page := find(t, e, search.Query{Facets: []search.Facet{{Field: search.Keyword, Limit: -1}}})
	if len(page.Facets[search.Keyword]) != len(hostile) {
		t.Errorf("%d values in the facet, want %d", len(page.Facets[search.Keyword]), len(hostile))
	}
	for _, v := range hostile {
		remove(t, e, "id "+v)
	}
	wantLen(t, e, 0)
}

// sign is a word that is far from its likes, for engines that forgive.
func sign(i int) string { return strings.Repeat(string(rune('a'+i)), 6) + "1" }

func long(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "Lorem Ipsum "[i%12]
	}
	return string(b)
}
