package memory

import "portico/search/analysis"

// A words is the inverted index of a text field.
type words struct {
	dict     dictionary
	postings []posting // by term
	lengths  []uint16  // by document; 0 = it has no text
	total    uint64    // words filed, of documents that are gone, too
	docs     int       // with text, those that are gone, too
}

func newWords() *words { return &words{dict: newDictionary()} }

// add files the sorted words of doc, which is greater than all before.
func (w *words) add(doc uint32, x fieldWords) {
	var places []uint32
	for i := 0; i < len(x.words); {
		term := x.words[i].Term
		places = places[:0]
		for ; i < len(x.words) && x.words[i].Term == term; i++ {
			at := uint32(x.words[i].Pos)
			if len(places) == 0 || places[len(places)-1] != at {
				places = append(places, at)
			}
		}
		w.posting(term).add(doc, places)
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

// remove forgets the length of doc. Its postings stay, and count, until the
// next compaction, as in Lucene; searches leave out documents that are gone.
func (w *words) remove(doc uint32) {
	if int(doc) < len(w.lengths) {
		w.lengths[doc] = 0
	}
}

// A forms leads from words as they are written to the terms by which they are
// indexed, for prefixes, wildcards and misspellings. Forms that are their own
// terms are not in it.
type forms struct {
	dict  dictionary
	terms []string
}

func newForms() *forms { return &forms{dict: newDictionary()} }

func (f *forms) add(words []analysis.Token) {
	for i := range words {
		if words[i].Form == words[i].Term {
			continue
		}
		if _, added := f.dict.add(words[i].Form); added {
			f.terms = append(f.terms, words[i].Term)
		}
	}
}
