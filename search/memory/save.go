package memory

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"

	"portico/search/analysis"
)

// format is the version of what Save writes. It grows whenever that changes.
const format = 1

// fingerprint tells analyzers apart that make other words of a text.
func (e *Engine) fingerprint() uint64 {
	const probe = "L'acqua dell'incidente nella città: Wi-Fi, ISTAT H501 e H.501; i parcheggi, musei, biblioteche, spazzatura, CamelCase 2024-05-06 asili nido bus running"
	h := fnv.New64a()
	for _, a := range []*analysis.Analyzer{e.analyzers.words, e.analyzers.plain} {
		words, _ := a.Tokens(nil, probe, 0)
		fmt.Fprint(h, e.lang, a.Fingerprint())
		for _, w := range words {
			fmt.Fprint(h, w.Term, w.Form, w.Pos, w.Joined)
		}
	}
	return h.Sum64()
}

// Save writes the index as it is at this moment to w, for Load to read. Whoever
// searches or writes meanwhile may.
func (e *Engine) Save(w io.Writer) error {
	v := e.now.Load()
	out := encoder{w: bufio.NewWriterSize(w, 1<<16)}
	out.number(format)
	out.number(e.fingerprint())
	out.number(uint64(len(v.parts)))
	for i := range v.parts {
		out.part(&v.parts[i])
	}
	if err := out.w.Flush(); err != nil {
		return fmt.Errorf("save the search index: %w", err)
	}
	return nil
}

// An encoder writes numbers, lists and texts one after another. Flush tells
// what went wrong.
type encoder struct {
	w   *bufio.Writer
	buf []byte
}

func (o *encoder) number(n uint64) {
	o.buf = binary.AppendUvarint(o.buf[:0], n)
	_, _ = o.w.Write(o.buf)
}

func (o *encoder) text(s string) {
	o.number(uint64(len(s)))
	_, _ = o.w.WriteString(s)
}

func list[T uint16 | uint32](o *encoder, of []T) {
	o.number(uint64(len(of)))
	for _, n := range of {
		o.number(uint64(n))
	}
}

func (o *encoder) part(p *part) {
	o.number(uint64(p.docs))
	for _, w := range p.live {
		o.buf = binary.LittleEndian.AppendUint64(o.buf[:0], w)
		_, _ = o.w.Write(o.buf)
	}
	fields(o, p.columns, o.column)
	fields(o, p.texts, o.words)
	fields(o, p.dates, o.numbers)
	fields(o, p.ints, o.numbers)
	o.dictionary(&p.forms.dict)
	o.dictionary(&p.forms.stems)
	list(o, p.forms.terms)
}

func fields[F ~string, T any](o *encoder, m map[F]*T, write func(*T)) {
	o.number(uint64(len(m)))
	for _, f := range slices.Sorted(maps.Keys(m)) {
		o.text(string(f))
		write(m[f])
	}
}

func (o *encoder) column(c *column) {
	o.dictionary(&c.dict)
	o.rows(&c.rows)
	for row := range c.rows.n {
		list(o, c.at(row))
	}
}

func (o *encoder) words(w *words) {
	o.dictionary(&w.dict)
	o.number(w.total)
	list(o, w.lengths)
	for i := range w.postings {
		p := &w.postings[i]
		o.number(uint64(len(p.data)))
		o.number(uint64(len(p.places)))
	}
	for i := range w.postings {
		_, _ = o.w.Write(w.postings[i].data)
		_, _ = o.w.Write(w.postings[i].places)
	}
}

func (o *encoder) numbers(c *numbers) {
	o.rows(&c.rows)
	for _, v := range c.values {
		o.buf = binary.AppendVarint(o.buf[:0], v)
		_, _ = o.w.Write(o.buf)
	}
}

// rows writes a sparse: its number and, unless they are 0, 1, 2 …, its steps.
func (o *encoder) rows(s *sparse) {
	o.number(uint64(s.n))
	if s.docs == nil {
		o.number(0)
		return
	}
	o.number(1)
	next := uint32(0)
	for _, doc := range s.docs {
		o.number(uint64(doc - next))
		next = doc + 1
	}
}

// dictionary writes the lengths of the strings, then all of them as one.
func (o *encoder) dictionary(d *dictionary) {
	o.number(uint64(len(d.values)))
	total := 0
	for _, v := range d.values {
		o.number(uint64(len(v)))
		total += len(v)
	}
	o.number(uint64(total))
	for _, v := range d.values {
		_, _ = o.w.WriteString(v)
	}
}
