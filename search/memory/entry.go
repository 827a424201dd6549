package memory

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"portico/search"
	"portico/search/analysis"
)

// An entry is a document that has been analysed and only needs filing.
type entry struct {
	id      string
	strings []fieldValues
	texts   []fieldWords
	numbers []fieldNumber
}

type fieldValues struct {
	field  search.Field
	values []string // distinct, at least one
}

type fieldWords struct {
	field search.Field
	words []analysis.Token // by term, then place, each once
	n     int              // words in the text, the joined ones left out where Solr does
}

type fieldNumber struct {
	field search.Field
	date  bool
	value int64
}

// gap keeps phrases from running over from one text of a field to the next.
const gap = 100

func newEntry(a analyzers, d *search.Document) *entry {
	x := &entry{id: d.ID}
	x.strings = append(x.strings, fieldValues{search.ID, []string{d.ID}})
	for _, f := range slices.Sorted(maps.Keys(d.Strings)) {
		if f != search.ID && len(d.Strings[f]) > 0 {
			x.strings = append(x.strings, fieldValues{f, distinct(d.Strings[f])})
		}
	}
	for _, f := range slices.Sorted(maps.Keys(d.Texts)) {
		if !a.hold(f) {
			continue
		}
		if w := analyse(a.of(f), d.Texts[f]); w.n > 0 {
			w.field = f
			x.texts = append(x.texts, w)
		}
	}
	for f, t := range d.Dates {
		x.numbers = append(x.numbers, fieldNumber{f, true, millis(t)})
	}
	for f, n := range d.Ints {
		x.numbers = append(x.numbers, fieldNumber{f, false, n})
	}
	return x
}

func distinct(vs []string) []string {
	out := make([]string, 0, len(vs))
	for _, v := range vs {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func analyse(a *analysis.Analyzer, texts []string) fieldWords {
	var w fieldWords
	pos := 0
	for _, s := range texts {
		w.words, pos = a.Tokens(w.words, s, pos)
		pos += gap
	}
	for i := range w.words {
		if !w.words[i].Joined || !a.Solr() {
			w.n++
		}
	}
	slices.SortFunc(w.words, func(a, b analysis.Token) int {
		return cmp.Or(cmp.Compare(a.Term, b.Term), cmp.Compare(a.Pos, b.Pos))
	})
	return w
}
