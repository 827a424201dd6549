package memory

import (
	"slices"

	"portico/search"
)

// A joined is a segment made of others.
type joined struct {
	*segment
	moved [][]uint32 // by part and document: its number + 1, or 0 for one that was left out
}

// join makes one segment of the parts, with or without what is gone from them.
// It only reads them.
func join(of []part, drop bool) joined {
	j := joined{segment: newSegment()}
	for _, p := range of {
		moved := make([]uint32, p.docs)
		for doc := range p.docs {
			if !drop || p.live.has(doc) {
				j.docs++
				moved[doc] = j.docs
			}
		}
		j.moved = append(j.moved, moved)
	}
	texts := map[search.Field][]source{}
	for i, p := range of {
		j.append(p.segment, j.moved[i])
		for f, w := range p.texts {
			texts[f] = append(texts[f], source{w, j.moved[i], drop && p.gone > 0})
		}
	}
	for f, c := range j.columns {
		c.sortAs(of, f)
	}
	for f, sources := range texts {
		slot(j.texts, f, newWords).join(sources)
	}
	for _, p := range of {
		j.adopt(&p.forms, drop)
	}
	return j
}

// append adds all of another but the words.
func (g *segment) append(of *segment, moved []uint32) {
	for f, c := range of.columns {
		slot(g.columns, f, newColumn).append(c, moved)
	}
	for f, c := range of.dates {
		slot(g.dates, f, newNumbers).append(c, moved)
	}
	for f, c := range of.ints {
		slot(g.ints, f, newNumbers).append(c, moved)
	}
}

// adopt adds forms: all of them, or those whose terms are in use.
func (g *segment) adopt(of *forms, used bool) {
	for n, form := range of.dict.values {
		if term := of.term(uint32(n)); !used || g.uses(term) {
			g.forms.file(form, term)
		}
	}
}

// sortAs puts the values of c in order beforehand when somebody has asked for
// the order of one of those it was made of.
func (c *column) sortAs(of []part, f search.Field) {
	for _, p := range of {
		if was := p.columns[f]; was != nil && was.dict.ordered() {
			c.dict.ranks()
			return
		}
	}
}

// uses reports whether any text has the term.
func (g *segment) uses(term string) bool {
	for _, w := range g.texts {
		if _, used := w.dict.find(term); used {
			return true
		}
	}
	return false
}

// renumbering gives the values of one dictionary their numbers in another.
func renumbering(from, to *dictionary) func(n uint32) uint32 {
	known := make([]uint32, len(from.values)) // number + 1
	return func(n uint32) uint32 {
		if known[n] == 0 {
			m, _ := to.add(from.values[n])
			known[n] = m + 1
		}
		return known[n] - 1
	}
}

func (c *column) append(of *column, moved []uint32) {
	number := renumbering(&of.dict, &c.dict)
	for doc, to := range moved {
		row, ok := of.rows.row(uint32(doc))
		if to == 0 || !ok {
			continue
		}
		values := of.at(row)
		c.row(to-1, len(values))
		for _, n := range values {
			c.file(number(n), to-1)
		}
	}
}

func (c *numbers) append(of *numbers, moved []uint32) {
	for doc, to := range moved {
		if row, ok := of.rows.row(uint32(doc)); ok && to != 0 {
			c.add(to-1, of.values[row])
		}
	}
}

// A source is the words of one part, to be joined with others.
type source struct {
	*words
	moved []uint32
	holes bool // some documents are left out
}

// join fills w, which is empty, from the sources.
func (w *words) join(of []source) {
	places := make([][]uint32, len(of)) // by source and term of w: the source's term + 1
	for i, s := range of {
		if !s.holes {
			w.total += s.total
		}
		for term := range s.postings {
			n, _ := w.dict.add(s.dict.values[term])
			for int(n) >= len(places[i]) {
				places[i] = append(places[i], 0)
			}
			places[i][n] = uint32(term) + 1
		}
		for doc, n := range s.lengths {
			if to := s.moved[doc]; to != 0 && n > 0 {
				w.setLength(to-1, n)
			}
		}
	}
	w.postings = make([]posting, len(w.dict.values))
	var room arena
	var p posting
	for term := range w.postings {
		p = posting{data: p.data[:0], places: p.places[:0]}
		for i, s := range of {
			if term < len(places[i]) && places[i][term] != 0 {
				w.total += p.append(&s.postings[places[i][term]-1], s.moved, s.holes)
			}
		}
		w.postings[term] = posting{n: p.n, next: p.next, data: room.keep(p.data), places: room.keep(p.places)}
	}
	w.forget()
}

// forget leaves out the terms that no document has.
func (w *words) forget() {
	if !slices.ContainsFunc(w.postings, func(p posting) bool { return p.n == 0 }) {
		return
	}
	old, postings := w.dict.values, w.postings
	w.dict, w.postings = dictionary{}, nil
	for term, p := range postings {
		if p.n > 0 {
			*w.posting(old[term]) = p
		}
	}
}

// append files the documents of another posting under their new numbers. When
// they all move together, only the first step differs. Where there are holes it
// returns how many places there are.
func (p *posting) append(of *posting, moved []uint32, holes bool) (total uint64) {
	if of.n == 0 {
		return 0
	}
	at := of.walk()
	if !holes {
		at.step()
		p.head(moved[at.doc]-1, at.freq)
		p.data = append(p.data, at.rest...)
		p.places = append(p.places, of.places...)
		p.n += of.n
		p.next = moved[of.next-1]
		return 0
	}
	var places []uint32
	for at.step() {
		if to := moved[at.doc]; to != 0 {
			places = at.unpack(places[:0])
			p.add(to-1, places)
			total += uint64(len(places))
		}
	}
	return total
}

// An arena holds many small lists in few large blocks.
type arena []byte

func (a *arena) keep(b []byte) []byte {
	const block = 256 << 10
	if cap(*a)-len(*a) < len(b) {
		*a = make([]byte, 0, max(block, len(b)))
	}
	at := len(*a)
	*a = append(*a, b...)
	return (*a)[at:len(*a):len(*a)]
}
