package memory

import "math"

// A numbers is the column of a date field, in milliseconds, or of an int field.
type numbers struct {
	rows   sparse
	values []int64
}

func newNumbers() *numbers { return &numbers{} }

func (c *numbers) add(doc uint32, v int64) {
	c.rows.add(doc)
	c.values = append(c.values, v)
}

// collect adds the documents with a value from low to high to b.
func (c *numbers) collect(b bitset, low, high int64) {
	for row, v := range c.values {
		if v < low || v > high {
			continue
		}
		doc := uint32(row)
		if c.rows.docs != nil {
			doc = c.rows.docs[row]
		}
		b.set(doc)
	}
}

// keys is as column.keys.
func (c *numbers) keys(out []int64, docs []uint32, from uint32, desc bool) {
	at := 0
	for i, doc := range docs {
		row, ok := c.rows.seek(doc-from, &at)
		switch {
		case !ok:
			out[i] = last
		case desc:
			out[i] = -max(c.values[row], math.MinInt64+1)
		default:
			out[i] = c.values[row]
		}
	}
}
