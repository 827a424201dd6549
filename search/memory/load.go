package memory

import (
	"encoding/binary"
	"errors"
	"math"

	"portico/search"
)

// errUnsound says that what Load reads is nothing that Save wrote.
var errUnsound = errors.New("the snapshot of the search index is not sound")

// Load puts what Save wrote in the place of the whole index. What another
// version or language wrote, or what is not sound, changes nothing and is an
// error.
func (e *Engine) Load(b []byte) error {
	in := decoder{rest: b}
	if in.number() != format || in.number() != e.fingerprint() {
		return errors.New("the snapshot of the search index is of another version or language")
	}
	parts := make([]part, in.count())
	for i := range parts {
		parts[i] = in.part()
	}
	if in.bad || len(in.rest) > 0 {
		return errUnsound
	}
	e.change(func(*view) []part { return parts })
	return nil
}

// A decoder reads what an encoder wrote. Once something is wrong it is bad,
// and reads nothing but zeros.
type decoder struct {
	rest []byte
	bad  bool
}

func (in *decoder) fail() {
	in.bad, in.rest = true, nil
}

func (in *decoder) number() uint64 {
	if len(in.rest) > 0 && in.rest[0] < 0x80 {
		n := in.rest[0]
		in.rest = in.rest[1:]
		return uint64(n)
	}
	v, n := binary.Uvarint(in.rest)
	if n <= 0 {
		in.fail()
		return 0
	}
	in.rest = in.rest[n:]
	return v
}

// below reads a number that must be less than limit.
func (in *decoder) below(limit int) uint32 {
	n := in.number()
	if n >= uint64(limit) {
		in.fail()
		return 0
	}
	return uint32(n)
}

// count reads how many things follow that take a byte each, or more.
func (in *decoder) count() int {
	n := in.number()
	if n > uint64(len(in.rest)) {
		in.fail()
		return 0
	}
	return int(n)
}

func (in *decoder) bytes(n int) []byte {
	if n > len(in.rest) {
		in.fail()
		return nil
	}
	b := in.rest[:n]
	in.rest = in.rest[n:]
	return b
}

func (in *decoder) text() string { return string(in.bytes(in.count())) }

func (in *decoder) part() part {
	g := newSegment()
	docs := in.number()
	if docs > uint64(len(in.rest))*8 {
		in.fail()
		return part{segment: g}
	}
	g.docs = uint32(docs)
	p := part{segment: g, live: newBitset(int(docs)), gone: int(docs)}
	for i, b := 0, in.bytes(8*len(p.live)); i < len(b)/8; i++ {
		p.live[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	p.gone -= p.live.count()
	if n := docs & 63; n != 0 && p.live[len(p.live)-1]>>n != 0 {
		in.fail()
	}
	held := func(read func(f search.Field)) {
		for range in.count() {
			read(search.Field(in.text()))
		}
	}
	held(func(f search.Field) { g.columns[f] = in.column(g.docs) })
	held(func(f search.Field) { g.texts[f] = in.words(g.docs) })
	held(func(f search.Field) { g.dates[f] = in.numbers(g.docs) })
	held(func(f search.Field) { g.ints[f] = in.numbers(g.docs) })
	in.dictionary(&g.forms.dict)
	in.dictionary(&g.forms.stems)
	if n := in.count(); n != len(g.forms.dict.values) {
		in.fail()
	}
	for range g.forms.dict.values {
		g.forms.terms = append(g.forms.terms, in.below(len(g.forms.stems.values)))
	}
	if ids := g.columns[search.ID]; ids.rows.n != int(docs) || ids.starts != nil {
		in.fail() // every document has one ID
	}
	return p
}

func (in *decoder) column(docs uint32) *column {
	c := newColumn()
	in.dictionary(&c.dict)
	rows := in.rows(docs)
	for row := range rows.n {
		doc := rows.doc(row)
		n := in.count()
		c.row(doc, n)
		for range n {
			c.file(in.below(len(c.dict.values)), doc)
		}
		if in.bad {
			return newColumn()
		}
	}
	if len(c.one) != len(c.dict.values) {
		in.fail() // a value that no document has
	}
	return c
}

func (in *decoder) words(docs uint32) *words {
	w := newWords()
	in.dictionary(&w.dict)
	w.total = in.number()
	n := in.count()
	if n > int(docs) {
		in.fail()
	}
	for doc := range n {
		if length := in.below(math.MaxUint16 + 1); length > 0 {
			w.setLength(uint32(doc), uint16(length))
		}
	}
	w.postings = make([]posting, len(w.dict.values))
	sizes := make([]int, 2*len(w.postings))
	for i := range sizes {
		sizes[i] = in.count()
	}
	var room arena
	for i := range w.postings {
		p := &w.postings[i]
		p.data, p.places = room.keep(in.bytes(sizes[2*i])), room.keep(in.bytes(sizes[2*i+1]))
		if in.bad || !p.measure(len(w.lengths)) {
			in.fail()
			return newWords()
		}
	}
	return w
}

// measure counts the documents of p, and reports whether they are below the
// limit, and every place is there.
func (p *posting) measure(limit int) bool {
	in, places := decoder{rest: p.data}, uint64(0)
	for len(in.rest) > 0 {
		v := in.number()
		freq := uint64(1)
		if v&1 != 0 {
			freq = in.number()
		}
		if v>>1 >= uint64(limit) || freq == 0 || freq > uint64(len(p.places)) {
			return false
		}
		p.next += uint32(v>>1) + 1
		p.n++
		places += freq
		if in.bad || int(p.next) > limit {
			return false
		}
	}
	return p.n > 0 && p.has(places)
}

// has reports whether p has exactly so many places.
func (p *posting) has(places uint64) bool {
	in := decoder{rest: p.places}
	for ; len(in.rest) > 0; places-- {
		if in.number() > math.MaxUint32 || places == 0 {
			return false
		}
	}
	return places == 0 && !in.bad
}

func (in *decoder) numbers(docs uint32) *numbers {
	c := newNumbers()
	rows := in.rows(docs)
	for row := range rows.n {
		v, n := binary.Varint(in.rest)
		if n <= 0 {
			in.fail()
			return newNumbers()
		}
		in.rest = in.rest[n:]
		c.add(rows.doc(row), v)
	}
	return c
}

func (in *decoder) rows(docs uint32) sparse {
	n := in.count()
	if n > int(docs) {
		in.fail()
		return sparse{}
	}
	if in.number() == 0 {
		return sparse{n: n}
	}
	s := sparse{n: n, docs: make([]uint32, n)}
	next := uint32(0)
	for i := range s.docs {
		step := in.below(int(docs))
		s.docs[i] = next + step
		next = s.docs[i] + 1
		if s.docs[i] >= docs {
			in.fail()
			return sparse{}
		}
	}
	return s
}

// dictionary reads strings into d, which is empty.
func (in *decoder) dictionary(d *dictionary) {
	lengths := make([]int, in.count())
	total := 0
	for i := range lengths {
		lengths[i] = in.count()
		total += lengths[i]
	}
	all := in.text()
	if total != len(all) {
		in.fail()
		return
	}
	d.room(len(lengths))
	for _, n := range lengths {
		s := all[:n]
		all = all[n:]
		at := d.slot(s)
		if d.table[at] != 0 {
			in.fail() // it is there twice
			return
		}
		d.values = append(d.values, s)
		d.table[at] = uint32(len(d.values))
	}
}
