package searchtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portico/search"
)

var (
	nouns = strings.Fields("parcheggio bilancio scuola strada museo albero farmacia delibera mercato palestra")
	kinds = strings.Fields("comunale storico annuale pubblico privato")
)

// thousand returns documents whose every property follows from their number.
func thousand() []search.Document {
	var out []search.Document
	for i := range 1000 {
		title := nouns[i%10] + " " + kinds[i/10%5]
		d := document(fmt.Sprintf("n%04d", i), title, "", map[search.Field][]string{
			search.Organization: {fmt.Sprintf("org-%02d", i%37)},
			search.Keyword:      {fmt.Sprintf("tag%03d", i%211), fmt.Sprintf("tag%03d", i%89+300)},
		}, day(2020, 1, 1+i%500), int64(i%7))
		delete(d.Texts, search.Description)
		out = append(out, d)
	}
	return out
}

// testThousand compares an engine with loops over the documents.
func testThousand(t *testing.T, e search.Engine) {
	docs := thousand()
	put(t, e, docs...)
	var gone []string
	for i := 0; i < 1000; i += 10 {
		gone = append(gone, docs[i].ID)
	}
	remove(t, e, gone...)
	docs = slices.DeleteFunc(docs, func(d search.Document) bool { return slices.Contains(gone, d.ID) })
	wantLen(t, e, 900)

	for _, noun := range nouns {
		for _, org := range []string{"org-03", "org-36"} {
			want := keep(docs, func(d search.Document) bool {
				return strings.Contains(d.Texts[search.Title][0], noun) && d.Strings[search.Organization][0] != org
			})
			q := search.Query{
				Root:    search.Bool{Must: nodes(words(search.Title, noun)), Not: nodes(term(search.Organization, org))},
				Sort:    []search.Sort{{Field: search.Updated, Desc: true}},
				Facets:  []search.Facet{{Field: search.Keyword, Limit: 20}},
				Filters: nodes(search.Range{Field: search.Distributions, Low: "0", High: "6"}),
				Limit:   200,
			}
			page := find(t, e, q)
			slices.SortStableFunc(want, func(a, b search.Document) int {
				return cmp.Or(b.Dates[search.Updated].Compare(a.Dates[search.Updated]), cmp.Compare(a.ID, b.ID))
			})
			var order []string
			for _, d := range want {
				order = append(order, d.ID)
			}
			wantOrder(t, page, order...)
			wantFacet(t, page, search.Keyword, count(want, search.Keyword, 20)...)
		}
	}
	page := find(t, e, search.Query{Facets: []search.Facet{{Field: search.Keyword, Limit: -1}, {Field: search.Organization, Limit: 5}}})
	wantFacet(t, page, search.Keyword, count(docs, search.Keyword, -1)...)
	wantFacet(t, page, search.Organization, count(docs, search.Organization, 5)...)
}

func keep(docs []search.Document, f func(search.Document) bool) []search.Document {
	var out []search.Document
	for _, d := range docs {
		if f(d) {
			out = append(out, d)
		}
	}
	return out
}

func count(docs []search.Document, f search.Field, limit int) []search.Count {
	n := map[string]int{}
	for _, d := range docs {
		for _, v := range d.Strings[f] {
			n[v]++
		}
	}
	var out []search.Count
	for v, x := range n {
		out = append(out, search.Count{Value: v, N: x})
	}
	slices.SortFunc(out, func(a, b search.Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
	})
	if limit >= 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}
