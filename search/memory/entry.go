package memory

import (
	"maps"
	"slices"
	"time"

	"portico/search"
	"portico/search/analysis"
)

// digest is the field of what Document.Digest said; no query names it.
const digest search.Field = "\x00digest"

// gap keeps phrases from running over from one text of a field to the next.
const gap = 100

// add files a document, with the help of t.
func (g *segment) add(t *tokens, d *search.Document) {
	doc := g.docs
	g.docs++
	slot(g.columns, search.ID, newColumn).add(doc, []string{d.ID})
	for f, values := range d.Strings {
		if f != search.ID && len(values) > 0 {
			slot(g.columns, f, newColumn).add(doc, distinct(values))
		}
	}
	clear(t.long)
	t.room = t.room[:0]
	// In order, for of two terms of one form the first counts.
	t.fields = slices.AppendSeq(t.fields[:0], maps.Keys(d.Texts))
	slices.Sort(t.fields)
	for _, f := range t.fields {
		if !t.analyzers.hold(f) {
			continue
		}
		if words, n := t.words(f, d.Texts[f]); n > 0 {
			t.file(g, f, doc, words, n)
		}
	}
	for f, at := range d.Dates {
		slot(g.dates, f, newNumbers).add(doc, millis(at))
	}
	for f, n := range d.Ints {
		slot(g.ints, f, newNumbers).add(doc, n)
	}
	slot(g.ints, digest, newNumbers).add(doc, d.Digest())
}

// distinct returns the values, each once.
func distinct(vs []string) []string {
	for i, v := range vs {
		if slices.Contains(vs[:i], v) {
			out := slices.Clone(vs[:i])
			for _, v := range vs[i:] {
				if !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
			return out
		}
	}
	return vs
}

func millis(t time.Time) int64 { return t.UnixMilli() }

// A tokens makes words of the texts of documents, one after the other. What it
// needs on the way it uses again. One goroutine uses it.
type tokens struct {
	analyzers analyzers
	memos     map[*analysis.Analyzer]*analysis.Memo
	long      map[analysed]ready // of the document at work: long texts stand in two fields
	room      []analysis.Token
	fields    []search.Field
	buffer    []analysis.Token
	filing    filing
}

type analysed struct {
	by   *analysis.Analyzer
	text string
}

// A ready says where in the room the words of a text are, the first at place 0.
type ready struct{ from, to, end int }

func newTokens(a analyzers) *tokens {
	t := &tokens{analyzers: a, memos: map[*analysis.Analyzer]*analysis.Memo{}, long: map[analysed]ready{}}
	for _, by := range []*analysis.Analyzer{a.words, a.plain} {
		t.memos[by] = by.Memo()
	}
	return t
}

// words returns the words of the texts of a field, which are there until it is
// called again, and how many there are, the joined ones left out where Solr does.
func (t *tokens) words(f search.Field, texts []string) (words []analysis.Token, n int) {
	by := t.analyzers.of(f)
	memo, pos := t.memos[by], 0
	t.buffer = t.buffer[:0]
	for _, s := range texts {
		pos = t.append(by, memo, s, pos) + gap
	}
	for i := range t.buffer {
		if !t.buffer[i].Joined || !by.Solr() {
			n++
		}
	}
	return t.buffer, n
}

// append adds the words of a text to the buffer and returns the place after the
// last.
func (t *tokens) append(by *analysis.Analyzer, memo *analysis.Memo, text string, pos int) (end int) {
	const long = 64 // bytes
	if len(text) <= long {
		t.buffer, end = memo.Tokens(t.buffer, text, pos)
		return end
	}
	known, ok := t.long[analysed{by, text}]
	if !ok {
		known.from = len(t.room)
		t.room, known.end = memo.Tokens(t.room, text, 0)
		known.to = len(t.room)
		t.long[analysed{by, text}] = known
	}
	for _, w := range t.room[known.from:known.to] {
		w.Pos += pos
		t.buffer = append(t.buffer, w)
	}
	return pos + known.end
}
