package search

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"portico/dcat/vocab"
	"portico/search/analysis"
)

// fieldsOf are the fields that have the names of each kind.
var fieldsOf = map[SuggestionKind][]Field{
	KindDataset: {TitleSort}, KindOrganization: {Organization}, KindTheme: {Theme}, KindPlace: {HolderName, Municipality}, KindColumn: {Column},
}

// A suggestion is a name by the words of which it is suggested.
type suggestion struct {
	text, value string
	field       uint8 // of fieldsOf
	n           int
}

// suggestions has names by the beginnings of their words: the words in order,
// each with the numbers of the names that have it. Names of one kind stand
// together, those that most datasets have first.
type suggestions struct {
	all     []suggestion
	ends    map[SuggestionKind][2]uint32 // the numbers of a kind
	words   []string
	names   [][]uint32 // by word
	partial bool       // the engine has more titles than it tells
}

// newSuggestions makes them of an answer with the facets of fieldsOf. titles
// are those of the organizations, by name.
func newSuggestions(found Found, titles map[string]string) *suggestions {
	s := &suggestions{ends: map[SuggestionKind][2]uint32{}}
	byWord := map[string][]uint32{}
	named := 0
	for _, q := range quotas {
		first := uint32(len(s.all))
		for _, x := range namesOf(q.kind, found, titles) {
			if q.kind == KindDataset {
				named += x.n
			}
			for _, w := range suggestedBy(q.kind, x) {
				if of := byWord[w]; len(of) == 0 || of[len(of)-1] != uint32(len(s.all)) {
					byWord[w] = append(of, uint32(len(s.all)))
				}
			}
			s.all = append(s.all, x)
		}
		s.ends[q.kind] = [2]uint32{first, uint32(len(s.all))}
	}
	s.partial = named < found.Total
	s.words = slices.Sorted(maps.Keys(byWord))
	s.names = make([][]uint32, len(s.words))
	for i, w := range s.words {
		s.names[i] = slices.Clip(byWord[w])
	}
	return s
}

// namesOf returns the names of a kind, each once, those of most datasets first.
func namesOf(kind SuggestionKind, found Found, titles map[string]string) []suggestion {
	var out []suggestion
	seen := map[string]bool{}
	for i, f := range fieldsOf[kind] {
		for _, c := range found.Facets[f] {
			text := c.Value
			if kind == KindOrganization {
				text = cmp.Or(titles[c.Value], c.Value)
			}
			if folded := analysis.Fold(text); !seen[folded] && utf8.ValidString(text) && len(text) <= maxName {
				seen[folded] = true
				out = append(out, suggestion{text: text, value: c.Value, field: uint8(i), n: c.N})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b suggestion) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.text, b.text)) })
	return out
}

// maxName is how long a name may be to be suggested.
const maxName = 500

// suggestedBy returns the folded words of a name.
func suggestedBy(kind SuggestionKind, x suggestion) []string {
	text := x.text
	switch kind {
	case KindTheme:
		if t, ok := vocab.Theme(x.value); ok {
			text = t.Label["it"] + " " + t.Label["en"]
		}
	case KindOrganization:
		text += " " + x.value
	default: // the text is all there is
	}
	return strings.FieldsFunc(analysis.Fold(text), func(r rune) bool { return !isWord(r) })
}

// matching returns for each kind the names with words that begin as those of
// text do: first those that begin as text itself does.
func (s *suggestions) matching(text string) map[SuggestionKind][]suggestion {
	folded := analysis.Fold(text)
	words := strings.FieldsFunc(folded, func(r rune) bool { return !isWord(r) })
	if len(words) == 0 {
		return nil
	}
	const most = 12
	set := s.beginning(words[0])
	for _, w := range words[1:min(most, len(words))] {
		for i, x := range s.beginning(w) {
			set[i] &= x
		}
	}
	out := make(map[SuggestionKind][]suggestion, len(quotas))
	for _, q := range quotas {
		var begun, others []suggestion
		for _, x := range s.first(set, s.ends[q.kind]) {
			if strings.HasPrefix(analysis.Fold(x.text), folded) {
				begun = append(begun, x)
			} else {
				others = append(others, x)
			}
		}
		out[q.kind] = append(begun, others...)
	}
	return out
}

// first returns the first of a kind that are in set; there are never many more
// looked at than are shown.
func (s *suggestions) first(set []uint64, ends [2]uint32) []suggestion {
	const enough = 100
	var out []suggestion
	for at := ends[0]; at < ends[1] && len(out) < enough; {
		word := set[at/64] >> (at % 64)
		if word == 0 {
			at = (at/64 + 1) * 64
			continue
		}
		if at += uint32(bits.TrailingZeros64(word)); at < ends[1] {
			out = append(out, s.all[at])
		}
		at++
	}
	return out
}

// beginning returns the set of the names with a word that begins as w does. An
// ending that no name has is left out: it may be a plural or a singular.
func (s *suggestions) beginning(w string) []uint64 {
	set := make([]uint64, (len(s.all)+63)/64)
	const stem = 5
	low, high := s.span(w)
	if low == high && len(w) > stem && strings.ContainsRune("aeio", rune(w[len(w)-1])) {
		low, high = s.span(w[:len(w)-1])
	}
	for _, of := range s.names[low:high] {
		for _, n := range of {
			set[n/64] |= 1 << (n % 64)
		}
	}
	return set
}

func (s *suggestions) span(w string) (low, high int) {
	low, _ = slices.BinarySearch(s.words, w)
	high, _ = slices.BinarySearchFunc(s.words[low:], w, func(x, w string) int {
		if strings.HasPrefix(x, w) {
			return -1
		}
		return 1
	})
	return low, low + high
}
