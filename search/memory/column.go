package memory

import (
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// A column holds the values of a string field twice: by document, for facets
// and orders, and by value, for filters. Nothing is ever taken out of it: the
// documents that are gone are the affair of who reads.
type column struct {
	dict dictionary
	one  []uint32                   // by value: its only document + 1, or 0
	many map[uint32]*roaring.Bitmap // the documents of the other values

	rows   sparse
	starts []uint32 // where a row's values begin; nil while every row has one
	values []uint32
}

func newColumn() *column { return &column{many: map[uint32]*roaring.Bitmap{}} }

// add files the values of doc, which is greater than all before.
func (c *column) add(doc uint32, values []string) {
	c.row(doc, len(values))
	for _, v := range values {
		n, _ := c.dict.add(v)
		c.file(n, doc)
	}
}

// row begins the row of doc, which is to have n values.
func (c *column) row(doc uint32, n int) {
	c.rows.add(doc)
	if n != 1 && c.starts == nil {
		c.starts = make([]uint32, len(c.values), len(c.values)+1)
		for i := range c.starts {
			c.starts[i] = uint32(i)
		}
	}
	if c.starts != nil {
		c.starts = append(c.starts, uint32(len(c.values)))
	}
}

// file adds a value to the row of doc, which is the last.
func (c *column) file(value, doc uint32) {
	c.values = append(c.values, value)
	for int(value) >= len(c.one) {
		c.one = append(c.one, 0)
	}
	if b := c.many[value]; b != nil {
		b.Add(doc)
		return
	}
	if c.one[value] == 0 {
		c.one[value] = doc + 1
		return
	}
	c.many[value] = roaring.BitmapOf(c.one[value]-1, doc)
	c.one[value] = 0
}

// at returns the values of a row.
func (c *column) at(row int) []uint32 {
	if c.starts == nil {
		return c.values[row : row+1]
	}
	end := len(c.values)
	if row+1 < len(c.starts) {
		end = int(c.starts[row+1])
	}
	return c.values[c.starts[row]:end]
}

// size returns how many documents have a value.
func (c *column) size(value uint32) int {
	if b := c.many[value]; b != nil {
		return int(b.GetCardinality())
	}
	return min(1, int(c.one[value]))
}

// docs calls yield with every document that has a value, until it says no.
func (c *column) docs(value string, yield func(doc uint32) bool) {
	n, ok := c.dict.find(value)
	if !ok {
		return
	}
	if m := c.many[n]; m != nil {
		m.Iterate(yield)
	} else {
		yield(c.one[n] - 1)
	}
}

// collect adds the documents with one of the values to b, which is empty.
func (c *column) collect(b bitset, values []uint32) {
	for i, n := range values {
		if m := c.many[n]; m != nil && i == 0 {
			m.WriteDenseTo(b)
		} else if m != nil {
			collect(b, m)
		} else if c.one[n] != 0 {
			b.set(c.one[n] - 1)
		}
	}
}

func collect(b bitset, m *roaring.Bitmap) {
	it := m.ManyIterator()
	var buf [256]uint32
	for n := it.NextMany(buf[:]); n > 0; n = it.NextMany(buf[:]) {
		for _, doc := range buf[:n] {
			b.set(doc)
		}
	}
}

// counts returns how many of the docs, whose numbers begin with from, have each
// value.
func (c *column) counts(docs []uint32, from uint32) []int32 {
	out := make([]int32, len(c.dict.values))
	at := 0
	for _, doc := range docs {
		row, ok := c.rows.seek(doc-from, &at)
		if !ok {
			continue
		}
		for _, n := range c.at(row) {
			out[n]++
		}
	}
	return out
}

// keys writes to out for each of docs, whose numbers begin with from, the rank
// of its value in an ascending order, or in a descending one the rank
// backwards; last for documents without.
func (c *column) keys(out []int64, docs []uint32, from uint32, desc bool) {
	ranks := c.dict.ranks()
	at := 0
	for i, doc := range docs {
		row, ok := c.rows.seek(doc-from, &at)
		if !ok {
			out[i] = last
			continue
		}
		out[i] = key(ranks, c.at(row), desc)
	}
}

// last is the key of documents without a value.
const last = math.MaxInt64

// value returns the value that a key of keys stands for.
func (c *column) value(key int64) string {
	return c.dict.values[c.dict.sorted()[max(key, -key)]]
}

// key is made of the least of several values, or the greatest backwards.
func key(ranks, values []uint32, desc bool) int64 {
	best := int64(math.MaxInt64)
	for _, n := range values {
		k := int64(ranks[n])
		if desc {
			k = -k
		}
		best = min(best, k)
	}
	return best
}

// sparse is the ascending list of the documents that have a row. While they
// are 0, 1, 2 … without a gap, only their number is kept.
type sparse struct {
	n    int
	docs []uint32
}

func (s *sparse) add(doc uint32) {
	if s.docs == nil && int(doc) != s.n {
		s.docs = make([]uint32, s.n, s.n+1)
		for i := range s.docs {
			s.docs[i] = uint32(i)
		}
	}
	if s.docs != nil {
		s.docs = append(s.docs, doc)
	}
	s.n++
}

// row returns the row of doc.
func (s *sparse) row(doc uint32) (int, bool) {
	if s.docs == nil {
		return int(doc), int(doc) < s.n
	}
	return slices.BinarySearch(s.docs, doc)
}

// seek is row for callers that ask in ascending order: at begins with 0 and is
// carried from call to call.
func (s *sparse) seek(doc uint32, at *int) (int, bool) {
	if s.docs == nil {
		return int(doc), int(doc) < s.n
	}
	i := *at
	if i < len(s.docs) && s.docs[i] < doc {
		step := 1
		for i+step < len(s.docs) && s.docs[i+step] < doc {
			i += step
			step *= 2
		}
		n, _ := slices.BinarySearch(s.docs[i+1:min(i+step+1, len(s.docs))], doc)
		i += 1 + n
	}
	*at = i
	return i, i < len(s.docs) && s.docs[i] == doc
}

// collect adds the documents to b.
func (s *sparse) collect(b bitset) {
	if s.docs != nil {
		for _, doc := range s.docs {
			b.set(doc)
		}
		return
	}
	for doc := range s.n {
		b.set(uint32(doc))
	}
}

// doc returns the document of a row.
func (s *sparse) doc(row int) uint32 {
	if s.docs == nil {
		return uint32(row)
	}
	return s.docs[row]
}
