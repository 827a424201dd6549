package memory

import (
	"maps"
	"slices"

	"portico/search"
	"portico/search/analysis"
)

// pattern answers the nodes that match more than one value of a field.
func (s *searching) pattern(f search.Field, p analysis.Pattern) found {
	if cs := s.column(f); cs != nil {
		b := s.empty()
		for _, c := range cs {
			c.of.collect(c.local(b), matching(&c.of.dict, p))
		}
		return found{set: b}
	}
	return s.terms(s.text(f), p.Folded())
}

// terms matches a pattern of words against what stands in the texts, and
// against the terms that were made of it.
func (s *searching) terms(ws []held[words], p analysis.Pattern) found {
	b := s.empty()
	for _, w := range ws {
		terms := map[uint32]bool{}
		for _, n := range matching(&w.of.dict, p) {
			terms[n] = true
		}
		for _, form := range matching(&w.forms.dict, p) {
			if n, ok := w.of.dict.find(w.forms.term(form)); ok {
				terms[n] = true
			}
		}
		w.of.collect(w.local(b), slices.Collect(maps.Keys(terms)))
	}
	return found{set: b}
}

func matching(d *dictionary, p analysis.Pattern) []uint32 {
	var out []uint32
	for _, n := range d.withPrefix(p.Begins()) {
		if p.Matches(d.values[n]) {
			out = append(out, n)
		}
	}
	return out
}
