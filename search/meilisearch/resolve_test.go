package meilisearch

import "testing"

func TestApart(t *testing.T) {
	for _, tt := range []struct {
		text  string
		terms []string
		slop  int
		want  bool
	}{
		{"a b", []string{"a", "b"}, 0, true},
		{"a x b", []string{"a", "b"}, 0, false},
		{"a x b", []string{"a", "b"}, 1, true},
		{"b a", []string{"a", "b"}, 1, false},
		{"b a", []string{"a", "b"}, 2, true},
		{"a x x b a b", []string{"a", "b"}, 0, true},
		{"a . b", []string{"a", "b"}, 500, false},
		{"a x c x b", []string{"a", "b", "c"}, 2, false},
		{"a", []string{"a", "b"}, 9, false},
		{"", []string{"a", "b"}, 9, false},
	} {
		if got := apart(tt.text, tt.terms, tt.slop); got != tt.want {
			t.Errorf("%q in %q, at most %d apart: %v", tt.terms, tt.text, tt.slop, got)
		}
	}
}
