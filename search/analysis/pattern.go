package analysis

import (
	"strings"
	"unicode/utf8"
)

// A Pattern matches some of many strings.
type Pattern interface {
	Folded() Pattern // the same for folded words
	Begins() string  // with what all begin that it matches
	Matches(s string) bool
}

// A Prefix matches strings that begin with it.
type Prefix string

// Folded returns the same for folded words.
func (p Prefix) Folded() Pattern { return Prefix(Fold(string(p))) }

// Begins returns with what all begin that it matches.
func (p Prefix) Begins() string { return string(p) }

// Matches reports whether it matches s.
func (p Prefix) Matches(s string) bool { return strings.HasPrefix(s, string(p)) }

// A Wildcard is a Pattern with * for any characters and ? for one.
type Wildcard []rune

// NewWildcard returns the Wildcard of s.
func NewWildcard(s string) Wildcard {
	out := make(Wildcard, 0, len(s))
	for _, r := range s {
		if r == '*' && len(out) > 0 && out[len(out)-1] == '*' {
			continue
		}
		out = append(out, r)
	}
	return out
}

// Folded returns the same for folded words.
func (w Wildcard) Folded() Pattern { return NewWildcard(Fold(string(w))) }

// Begins returns with what all begin that it matches.
func (w Wildcard) Begins() string {
	s := string(w)
	if i := strings.IndexAny(s, "*?"); i >= 0 {
		s = s[:i]
	}
	return s
}

// Matches reports whether it matches s. It needs no more than one step back,
// to the last star, so that no pattern takes more than len(s) times its length.
func (w Wildcard) Matches(s string) bool {
	p, star, mark := 0, -1, ""
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case p < len(w) && w[p] == '*':
			star, mark = p, s
			p++
			continue
		case p < len(w) && (w[p] == '?' || w[p] == r):
			p++
			s = s[n:]
			continue
		case star < 0:
			return false
		}
		_, n = utf8.DecodeRuneInString(mark)
		mark = mark[n:]
		s, p = mark, star+1
	}
	for p < len(w) && w[p] == '*' {
		p++
	}
	return p == len(w)
}

// A Fuzzy matches strings at an edit distance, in which two neighbours that
// changed places count as one edit, as in Lucene.
type Fuzzy struct {
	value []rune
	most  int
}

// longest is beyond what anybody misspells; longer values match exactly.
const longest = 64

// NewFuzzy returns a Fuzzy of value; the distance is 0 to 2.
func NewFuzzy(value string, distance int) Fuzzy {
	f := Fuzzy{[]rune(value), min(max(distance, 0), 2)}
	if len(f.value) > longest {
		f.most = 0
	}
	return f
}

// Folded returns the same for folded words.
func (f Fuzzy) Folded() Pattern { return NewFuzzy(Fold(string(f.value)), f.most) }

// Begins returns with what all begin that it matches.
func (f Fuzzy) Begins() string {
	if f.most == 0 {
		return string(f.value)
	}
	return ""
}

// Matches reports whether it matches s.
func (f Fuzzy) Matches(s string) bool {
	if f.most == 0 {
		return s == string(f.value)
	}
	if len(s) > len(f.value)*utf8.UTFMax+f.most*utf8.UTFMax {
		return false
	}
	n := utf8.RuneCountInString(s)
	if n > len(f.value)+f.most || n < len(f.value)-f.most {
		return false
	}
	return f.near(s)
}

// near fills the table of the optimal string alignment row by row.
func (f Fuzzy) near(s string) bool {
	var space [3][longest + 4]int
	before, above, row := space[0][:], space[1][:], space[2][:]
	for j := range len(f.value) + 1 {
		above[j] = j
	}
	i, last := 0, rune(0)
	for _, r := range s {
		i++
		row[0] = i
		least := i
		for j := 1; j <= len(f.value); j++ {
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+unequal(r, f.value[j-1]))
			if i > 1 && j > 1 && r == f.value[j-2] && last == f.value[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > f.most {
			return false
		}
		before, above, row = above, row, before
		last = r
	}
	return above[len(f.value)] <= f.most
}

func unequal(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
