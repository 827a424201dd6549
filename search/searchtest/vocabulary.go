package searchtest

import (
	"cmp"
	"slices"
	"testing"

	"portico/search"
)

// testVocabulary asks an engine for its words, if it can tell them.
func testVocabulary(t *testing.T, e search.Engine) {
	v, ok := e.(search.Vocabulary)
	if !ok {
		return
	}
	put(t, e, corpus()...)
	put(t, e, document("parchi", "Parchi e parcheggi", "", nil, day(2024, 1, 1), 1))
	public := nodes(term(search.Visibility, "public"))
	tests := []struct {
		name, form string
		distance   int
		shown      []search.Node
		want       []search.Spelling
	}{
		{"a letter is missing", "parchegi", 1, nil, []search.Spelling{{Word: "parcheggi", Distance: 1, N: 2}}},
		{"two letters changed places", "blianci", 1, nil, nil},
		{"two edits", "bilanxxo", 2, nil, []search.Spelling{{Word: "bilancio", Distance: 2, N: 1}}},
		{"two edits are not one", "bilanxxo", 1, nil, nil},
		{"the word itself is not near it", "parcheggi", 1, nil, nil},
		{"of what everybody may see", "rifuti", 1, public, nil},
		{"of everything", "rifuti", 1, nil, []search.Spelling{{Word: "rifiuti", Distance: 1, N: 1}}},
		{"a filter that nothing matches", "rifuti", 1, nodes(search.Nothing{}), nil},
		{"meanings are no words", "=immondiz", 2, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := v.Near(t.Context(), tt.form, tt.distance, tt.shown)
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(got, func(a, b search.Spelling) int { return cmp.Compare(a.Word, b.Word) })
			if !slices.Equal(got, tt.want) {
				t.Errorf("near %q: got %+v, want %+v", tt.form, got, tt.want)
			}
		})
	}
}
