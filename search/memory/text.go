package memory

import (
	"portico/search"
	"portico/search/analysis"
)

// words answers search.Words. What only a person would leave out, such as an
// article, is left out.
func (s *searching) words(n search.Words) found {
	w := s.text(n.Field)
	if w == nil {
		if s.column(n.Field) != nil {
			return s.term(search.Term{Field: n.Field, Value: n.Text})
		}
		return found{set: s.empty()}
	}
	words := s.analyzers.of(n.Field).Words(n.Text)
	if !n.Prefix || len(words) == 0 {
		words = analysis.Significant(words)
		if n.Any {
			return s.any(w, words)
		}
		return s.all(w, words)
	}
	last := words[len(words)-1]
	of := []found{s.beginning(w, last)}
	of = append(of, s.each(w, analysis.Telling(words[:len(words)-1]))...)
	if n.Any {
		return s.either(of)
	}
	return s.both(of)
}

// beginning matches a word that may be unfinished.
func (s *searching) beginning(w []held[words], x analysis.Word) found {
	end := x.Parts[len(x.Parts)-1]
	of := []found{s.either([]found{
		s.one(w, end.Term),
		s.terms(w, analysis.Prefix(end.Form)),
	})}
	for _, part := range x.Parts[:len(x.Parts)-1] {
		of = append(of, s.one(w, part.Term))
	}
	return s.both(of)
}

func (s *searching) all(w []held[words], of []analysis.Word) found { return s.both(s.each(w, of)) }
func (s *searching) any(w []held[words], of []analysis.Word) found { return s.either(s.each(w, of)) }

func (s *searching) each(w []held[words], of []analysis.Word) []found {
	var out []found
	for _, x := range of {
		out = append(out, s.word(w, x))
	}
	return out
}

// word matches all the parts of a word, or what they make together.
func (s *searching) word(w []held[words], x analysis.Word) found {
	var parts []found
	for _, p := range x.Parts {
		parts = append(parts, s.one(w, p.Term))
	}
	f := s.both(parts)
	if x.Joined != "" {
		f = s.either([]found{f, s.one(w, x.Joined)})
	}
	return f
}

// both matches what all of of match: nothing, when there are none.
func (s *searching) both(of []found) found {
	if len(of) == 1 {
		return of[0]
	}
	b := s.empty()
	for i, f := range of {
		if i == 0 {
			b.or(f.set)
		} else {
			b.and(f.set)
		}
	}
	return found{b, sum(b, of)}
}

func (s *searching) either(of []found) found {
	if len(of) == 1 {
		return of[0]
	}
	b := s.empty()
	for _, f := range of {
		b.or(f.set)
	}
	return found{b, sum(b, of)}
}

// one matches one term.
func (s *searching) one(w []held[words], term string) found {
	b := s.empty()
	hits := make([]hit, 0, len(w))
	for _, x := range w {
		n, ok := x.of.dict.find(term)
		if !ok {
			continue
		}
		p := &x.of.postings[n]
		to := x.local(b)
		for at := p.walk(); at.step(); {
			to.set(at.doc)
		}
		hits = append(hits, hit{x, p})
	}
	if len(hits) == 0 {
		return found{set: b}
	}
	return found{b, func(docs []uint32) []float32 { return score(w, hits, docs) }}
}

// A hit is a term that a part has.
type hit struct {
	held[words]
	posting *posting
}

// phrase answers search.Phrase: as Lucene's sloppy phrase, the words are where
// the phrase has them, but for Slop places in all.
func (s *searching) phrase(n search.Phrase) found {
	w := s.text(n.Field)
	if w == nil {
		return s.term(search.Term{Field: n.Field, Value: n.Text})
	}
	var parts []analysis.Token
	for _, x := range s.analyzers.of(n.Field).Words(n.Text) {
		parts = append(parts, x.Parts...)
	}
	if len(parts) < 2 {
		return s.all(w, s.analyzers.of(n.Field).Words(n.Text))
	}
	b := s.empty()
	var docs, freqs []uint32
	for _, x := range w {
		walks, ok := x.of.walks(parts)
		if !ok {
			continue
		}
		places := make([][]uint32, len(parts))
		for together(walks) {
			for i := range walks {
				places[i] = walks[i].unpack(places[i][:0])
			}
			if freq := occurrences(places, parts, max(0, n.Slop)); freq > 0 {
				doc := x.from + walks[0].doc
				docs, freqs = append(docs, doc), append(freqs, freq)
				b.set(doc)
			}
		}
	}
	if len(docs) == 0 {
		return found{set: b}
	}
	weight := 0.0
	for _, p := range parts {
		weight += idf(textDocs(w), documents(w, p.Term))
	}
	return found{b, func(of []uint32) []float32 { return scorePhrase(w, weight, docs, freqs, of) }}
}

// walks returns where each part stands; ok is false when one does nowhere.
func (w *words) walks(parts []analysis.Token) (walks []walk, ok bool) {
	walks = make([]walk, len(parts))
	for i, p := range parts {
		term, ok := w.dict.find(p.Term)
		if !ok {
			return nil, false
		}
		walks[i] = w.postings[term].walk()
	}
	return walks, true
}

// together moves all walks on to the next document that they share.
func together(walks []walk) bool {
	if !walks[0].step() {
		return false
	}
	doc := walks[0].doc
	for i := 0; i < len(walks); {
		for walks[i].doc < doc || walks[i].next == 0 {
			if !walks[i].step() {
				return false
			}
		}
		if walks[i].doc > doc {
			doc, i = walks[i].doc, 0
			continue
		}
		i++
	}
	return true
}

// occurrences counts the windows in which each part stands at most slop places
// from where the phrase has it.
func occurrences(places [][]uint32, parts []analysis.Token, slop int) uint32 {
	at := make([]int, len(parts))
	place := func(i int) int { return int(places[i][at[i]]) - (parts[i].Pos - parts[0].Pos) }
	n := uint32(0)
	for {
		low, first, high := place(0), 0, place(0)
		for i := 1; i < len(parts); i++ {
			p := place(i)
			if p < low {
				low, first = p, i
			}
			high = max(high, p)
		}
		if high-low <= slop {
			n++
		}
		at[first]++
		if at[first] == len(places[first]) {
			return n
		}
	}
}
