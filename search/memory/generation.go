package memory

import (
	"bytes"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"portico/search"
)

// A generation is the whole index between two compactions. Documents have
// numbers that only grow: a document that is replaced gets a new one.
type generation struct {
	next    uint32 // number
	live    *roaring.Bitmap
	columns map[search.Field]*column
	texts   map[search.Field]*words
	dates   map[search.Field]*numbers
	ints    map[search.Field]*numbers
	forms   *forms
}

func newGeneration() *generation {
	g := &generation{
		live:    roaring.New(),
		columns: map[search.Field]*column{},
		texts:   map[search.Field]*words{},
		dates:   map[search.Field]*numbers{},
		ints:    map[search.Field]*numbers{},
		forms:   newForms(),
	}
	g.columns[search.ID] = newColumn()
	return g
}

func (g *generation) len() int { return int(g.live.GetCardinality()) }

func (g *generation) add(x *entry) {
	doc := g.next
	g.next++
	g.live.Add(doc)
	for _, v := range x.strings {
		slot(g.columns, v.field, newColumn).add(doc, v.values)
	}
	for _, v := range x.texts {
		slot(g.texts, v.field, newWords).add(doc, v)
		g.forms.add(v.words)
	}
	for _, v := range x.numbers {
		in := g.ints
		if v.date {
			in = g.dates
		}
		slot(in, v.field, func() *numbers { return &numbers{} }).add(doc, v.value)
	}
}

// slot returns what m has for f, made by create where it is new. The name of a
// field is copied, for it may be part of something much longer.
func slot[T any](m map[search.Field]*T, f search.Field, create func() *T) *T {
	if v := m[f]; v != nil {
		return v
	}
	v := create()
	m[search.Field(strings.Clone(string(f)))] = v
	return v
}

func (g *generation) remove(id string) {
	doc, ok := g.columns[search.ID].doc(id)
	if !ok {
		return
	}
	g.live.Remove(doc)
	for _, c := range g.columns {
		c.remove(doc)
	}
	for _, w := range g.texts {
		w.remove(doc)
	}
}

// wasteful reports whether a compaction is due.
func (g *generation) wasteful() bool {
	gone := int(g.next) - g.len()
	return gone > 1000 && gone > g.len()/2
}

// compact returns a generation of the same documents, numbered anew. It only
// reads g.
func (g *generation) compact() *generation {
	n := newGeneration()
	moved := make([]uint32, g.next) // new number + 1, or 0 for one that is gone
	for it := g.live.Iterator(); it.HasNext(); n.next++ {
		moved[it.Next()] = n.next + 1
	}
	n.live.AddRange(0, uint64(n.next))
	for f, c := range g.columns {
		n.columns[f] = c.compact(moved)
	}
	for f, w := range g.texts {
		n.texts[f] = w.compact(moved)
	}
	for f, c := range g.dates {
		n.dates[f] = c.compact(moved)
	}
	for f, c := range g.ints {
		n.ints[f] = c.compact(moved)
	}
	n.forms = g.forms.compact(n.texts)
	return n
}

func (c *column) compact(moved []uint32) *column {
	out := newColumn()
	var values []string
	for doc, to := range moved {
		row, ok := c.rows.row(uint32(doc))
		if to == 0 || !ok {
			continue
		}
		values = values[:0]
		for _, n := range c.at(row) {
			values = append(values, c.dict.values[n])
		}
		out.add(to-1, values)
	}
	return out
}

func (c *numbers) compact(moved []uint32) *numbers {
	out := &numbers{}
	for doc, to := range moved {
		if row, ok := c.rows.row(uint32(doc)); ok && to != 0 {
			out.add(to-1, c.values[row])
		}
	}
	return out
}

func (w *words) compact(moved []uint32) *words {
	out := newWords()
	var places []uint32
	var p posting
	for term := range w.postings {
		p = posting{data: p.data[:0], places: p.places[:0]}
		for at := w.postings[term].walk(); at.step(); {
			if to := moved[at.doc]; to != 0 {
				places = at.unpack(places[:0])
				p.add(to-1, places)
				out.total += uint64(len(places))
			}
		}
		if p.n > 0 {
			*out.posting(w.dict.values[term]) = posting{n: p.n, next: p.next, data: bytes.Clone(p.data), places: bytes.Clone(p.places)}
		}
	}
	for doc, n := range w.lengths {
		if to := moved[doc]; to != 0 && n > 0 {
			out.setLength(to-1, n)
		}
	}
	return out
}

// compact keeps the forms whose terms are still in use.
func (f *forms) compact(texts map[search.Field]*words) *forms {
	out := newForms()
	for n, form := range f.dict.values {
		for _, w := range texts {
			if _, used := w.dict.find(f.terms[n]); used {
				out.dict.add(form)
				out.terms = append(out.terms, f.terms[n])
				break
			}
		}
	}
	return out
}
