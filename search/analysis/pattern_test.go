package analysis_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"portico/search/analysis"
)

func FuzzWildcard(f *testing.F) {
	f.Add("a*b?", "axxbc")
	f.Add("**", "")
	f.Add("*?*è", "caffè")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(s) || len(pattern) > 100 {
			return
		}
		expr := regexp.QuoteMeta(pattern)
		expr = strings.NewReplacer(`\*`, `(?s:.*)`, `\?`, `(?s:.)`).Replace(expr)
		want := regexp.MustCompile(`\A` + expr + `\z`).MatchString(s)
		w := analysis.NewWildcard(pattern)
		if got := w.Matches(s); got != want {
			t.Fatalf("%q matches %q: %v, want %v", pattern, s, got, want)
		}
		if want && !strings.HasPrefix(s, w.Begins()) {
			t.Fatalf("%q does not begin with %q", s, w.Begins())
		}
	})
}

func TestFuzzy(t *testing.T) {
	tests := []struct {
		value, s string
		distance int
		want     bool
	}{
		{"museo", "museo", 0, true},
		{"museo", "musei", 0, false},
		{"museo", "musei", 1, true},
		{"museo", "muse", 1, true},
		{"museo", "mmuseo", 1, true},
		{"museo", "umseo", 1, true},
		{"museo", "umsoe", 1, false},
		{"museo", "umsoe", 2, true},
		{"città", "citta", 1, true},
		{"", "ab", 2, true},
		{"", "abc", 2, false},
		{strings.Repeat("x", 100), strings.Repeat("x", 101), 2, false},
		{strings.Repeat("x", 64), strings.Repeat("x", 66), 9, true},
	}
	for _, tt := range tests {
		if got := analysis.NewFuzzy(tt.value, tt.distance).Matches(tt.s); got != tt.want {
			t.Errorf("%q, %q within %d: %v, want %v", tt.value, tt.s, tt.distance, got, tt.want)
		}
	}
}
