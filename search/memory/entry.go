package memory

import (
	"maps"
	"slices"
	"strings"
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
	words []analysis.Token // as they stand in the texts
	n     int              // words in the text, the joined ones left out where Solr does
}

type fieldNumber struct {
	field search.Field
	date  bool
	value int64
}

// digest is the field of what Document.Digest said; no query names it.
const digest search.Field = "\x00digest"

// gap keeps phrases from running over from one text of a field to the next.
const gap = 100

func newEntry(t *tokens, d *search.Document) *entry {
	x := &entry{id: d.ID}
	x.strings = append(x.strings, fieldValues{search.ID, []string{d.ID}})
	for _, f := range slices.Sorted(maps.Keys(d.Strings)) {
		if f != search.ID && len(d.Strings[f]) > 0 {
			x.strings = append(x.strings, fieldValues{f, distinct(d.Strings[f])})
		}
	}
	for _, f := range slices.Sorted(maps.Keys(d.Texts)) {
		if !t.analyzers.hold(f) {
			continue
		}
		if w := t.words(t.analyzers.of(f), d.Texts[f]); w.n > 0 {
			w.field = f
			x.texts = append(x.texts, w)
		}
	}
	for f, at := range d.Dates {
		x.numbers = append(x.numbers, fieldNumber{f, true, millis(at)})
	}
	for f, n := range d.Ints {
		x.numbers = append(x.numbers, fieldNumber{f, false, n})
	}
	x.numbers = append(x.numbers, fieldNumber{digest, false, d.Digest()})
	clear(t.long)
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

// A tokens makes words of texts and remembers some: long texts stand in two
// fields of a document, short ones in many documents. One goroutine uses it.
type tokens struct {
	analyzers analyzers
	short     map[analysed][]analysis.Token
	long      map[analysed][]analysis.Token // of the document at work
}

type analysed struct {
	by   *analysis.Analyzer
	text string
}

func newTokens(a analyzers) *tokens {
	return &tokens{a, map[analysed][]analysis.Token{}, map[analysed][]analysis.Token{}}
}

const (
	short    = 64   // bytes
	remember = 8192 // short texts
)

// of returns the words of a text, the first at place 0.
func (t *tokens) of(a *analysis.Analyzer, text string) []analysis.Token {
	in := t.long
	if len(text) <= short {
		in = t.short
	}
	if words, ok := in[analysed{a, text}]; ok {
		return words
	}
	if len(text) <= short {
		text = strings.Clone(text) // it may be part of something much longer
		if len(t.short) >= remember {
			clear(t.short)
		}
	}
	words, end := a.Tokens(nil, text, 0)
	words = append(words, analysis.Token{Pos: end})
	in[analysed{a, text}] = words
	return words
}

func (t *tokens) words(a *analysis.Analyzer, texts []string) fieldWords {
	var w fieldWords
	all, n := make([][]analysis.Token, len(texts)), 0
	for i, s := range texts {
		all[i] = t.of(a, s)
		n += len(all[i]) - 1
	}
	w.words = make([]analysis.Token, 0, n)
	pos := 0
	for _, own := range all {
		end := own[len(own)-1].Pos
		for _, x := range own[:len(own)-1] {
			x.Pos += pos
			w.words = append(w.words, x)
		}
		pos += end + gap
	}
	for i := range w.words {
		if !w.words[i].Joined || !a.Solr() {
			w.n++
		}
	}
	return w
}
