package memory

import (
	"portico/search"
	"portico/search/analysis"
)

// pattern answers the nodes that match more than one value of a field.
func (s *searching) pattern(f search.Field, p analysis.Pattern) found {
	if c := s.column(f); c != nil {
		b := s.empty()
		c.collect(b, matching(&c.dict, p))
		return found{set: b}
	}
	if w := s.text(f); w != nil {
		return s.terms(w, p.Folded())
	}
	return found{set: s.empty()}
}

// terms matches a pattern of words against what stands in the texts, and
// against the terms that were made of it.
func (s *searching) terms(w *words, p analysis.Pattern) found {
	terms := map[uint32]bool{}
	for _, n := range matching(&w.dict, p) {
		terms[n] = true
	}
	for _, form := range matching(&s.g.forms.dict, p) {
		if n, ok := w.dict.find(s.g.forms.terms[form]); ok {
			terms[n] = true
		}
	}
	b := s.empty()
	for n := range terms {
		for at := w.postings[n].walk(); at.step(); {
			b.set(at.doc)
		}
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
