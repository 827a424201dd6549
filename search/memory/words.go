package memory

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

func (f *forms) file(form, term string) {
	if _, added := f.dict.add(form); added {
		n, _ := f.stems.add(term)
		f.terms = append(f.terms, n)
	}
}

// term returns the term of a form.
func (f *forms) term(form uint32) string { return f.stems.values[f.terms[form]] }
