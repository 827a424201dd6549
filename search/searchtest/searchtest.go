// Package searchtest says how every search.Engine must behave, by testing it.
// Where engines may differ (scores, tolerance of misspelling) it asks only for
// what search.Engine promises.
package searchtest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"portico/search"
)

// Run tests the engines that open returns, each of which is empty and for
// Italian. The tests run one after another, each with an engine of its own.
func Run(t *testing.T, open func(t *testing.T) search.Engine) {
	tests := []struct {
		name string
		test func(*testing.T, search.Engine)
	}{
		{"what is put is found and what is deleted is not", testLife},
		{"every change is seen at once", testVisible},
		{"queries match what they say", testQueries},
		{"orders are total and documents without come last", testSort},
		{"pages follow each other without a gap", testPages},
		{"facets count the whole result", testFacets},
		{"hostile values are values", testHostile},
		{"misspelt words are near others", testVocabulary},
		{"a thousand documents agree with a plain count", testThousand},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

func put(t *testing.T, e search.Engine, docs ...search.Document) {
	t.Helper()
	if err := e.Put(t.Context(), docs...); err != nil {
		t.Fatalf("put: %v", err)
	}
}

func remove(t *testing.T, e search.Engine, ids ...string) {
	t.Helper()
	if err := e.Delete(t.Context(), ids...); err != nil {
		t.Fatalf("delete: %v", err)
	}
}

func find(t *testing.T, e search.Engine, q search.Query) search.Page {
	t.Helper()
	page, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("search %+v: %v", q, err)
	}
	return page
}

// wantIDs wants exactly the IDs, in any order, and their number as the total.
func wantIDs(t *testing.T, page search.Page, want ...string) {
	t.Helper()
	got := slices.Sorted(slices.Values(page.IDs))
	slices.Sort(want)
	if !slices.Equal(got, want) || page.Total != len(want) {
		t.Errorf("got %d: %q\nwant %d: %q", page.Total, got, len(want), want)
	}
}

// wantOrder wants the IDs as they are given.
func wantOrder(t *testing.T, page search.Page, want ...string) {
	t.Helper()
	if !slices.Equal(page.IDs, want) {
		t.Errorf("got  %q\nwant %q", page.IDs, want)
	}
}

func wantFacet(t *testing.T, page search.Page, f search.Field, want ...search.Count) {
	t.Helper()
	if d := cmp.Diff(want, page.Facets[f], cmpopts.EquateEmpty()); d != "" {
		t.Errorf("facet %s (-want +got):\n%s", f, d)
	}
}

func wantLen(t *testing.T, e search.Engine, want int) {
	t.Helper()
	if n, err := e.Len(t.Context()); n != want || err != nil {
		t.Errorf("Len = %d, %v; want %d", n, err, want)
	}
}

func term(f search.Field, v string) search.Node     { return search.Term{Field: f, Value: v} }
func words(f search.Field, text string) search.Node { return search.Words{Field: f, Text: text} }
func nodes(ns ...search.Node) []search.Node         { return ns }
