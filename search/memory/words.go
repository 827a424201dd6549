package memory

import (
	"slices"

	"portico/search/analysis"
)

// A words is the inverted index of a text field. As in a column, nothing is
// taken out: documents that are gone count in the statistics until they are
// left out of a merge, as in Lucene.
type words struct {
	dict     dictionary
	postings []posting // by term
	lengths  []uint16  // by document; 0 = it has no text
	total    uint64    // words filed
	docs     int       // with text
}

func newWords() *words { return &words{} }

// add files the words of doc, which is greater than all before.
func (w *words) add(doc uint32, x fieldWords) {
	at := make([]uint64, len(x.words)) // term and place of each word
	for i := range x.words {
		n, added := w.dict.add(x.words[i].Term)
		if added {
			w.postings = append(w.postings, posting{})
		}
		at[i] = uint64(n)<<32 | uint64(uint32(x.words[i].Pos))
	}
	slices.Sort(at)
	var places []uint32
	for i := 0; i < len(at); {
		term := at[i] >> 32
		places = places[:0]
		for ; i < len(at) && at[i]>>32 == term; i++ {
			if place := uint32(at[i]); len(places) == 0 || places[len(places)-1] != place {
				places = append(places, place)
			}
		}
		w.postings[term].add(doc, places)
	}
	w.total += uint64(len(x.words))
	w.setLength(doc, uint16(min(x.n, 1<<16-1)))
}

func (w *words) posting(term string) *posting {
	n, added := w.dict.add(term)
	if added {
		w.postings = append(w.postings, posting{})
	}
	return &w.postings[n]
}

func (w *words) setLength(doc uint32, n uint16) {
	for len(w.lengths) <= int(doc) {
		w.lengths = append(w.lengths, 0)
	}
	w.lengths[doc] = n
	w.docs++
}

// A forms leads from words as they are written to the terms by which they are
// indexed, for prefixes, wildcards and misspellings. Forms that are their own
// terms are not in it.
type forms struct {
	dict  dictionary
	stems dictionary
	terms []uint32 // by form: its stem
}

func (f *forms) add(words []analysis.Token) {
	for i := range words {
		if words[i].Form != words[i].Term {
			f.file(words[i].Form, words[i].Term)
		}
	}
}

func (f *forms) file(form, term string) {
	if _, added := f.dict.add(form); added {
		n, _ := f.stems.add(term)
		f.terms = append(f.terms, n)
	}
}

// term returns the term of a form.
func (f *forms) term(form uint32) string { return f.stems.values[f.terms[form]] }
