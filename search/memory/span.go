package memory

import (
	"math"
	"strconv"

	"portico/search"
)

// inRange answers search.Range in the terms of what the field holds.
func (s *searching) inRange(n search.Range) found {
	b := s.empty()
	if cs := s.column(n.Field); cs != nil {
		for _, c := range cs {
			c.of.collect(c.local(b), span(&c.of.dict, n))
		}
	} else if ws := s.text(n.Field); ws != nil {
		for _, w := range ws {
			w.of.collect(w.local(b), span(&w.of.dict, n))
		}
	} else if cs := every(s.v, n.Field, datesOf); cs != nil {
		low, high := int64(math.MinInt64), int64(math.MaxInt64)
		if !n.From.IsZero() {
			low = millis(n.From)
		}
		if !n.To.IsZero() {
			high = millis(n.To)
		}
		collectSpan(cs, b, n, low, high)
	} else if cs := every(s.v, n.Field, intsOf); cs != nil {
		low, okLow := number(n.Low, math.MinInt64)
		high, okHigh := number(n.High, math.MaxInt64)
		if okLow && okHigh {
			collectSpan(cs, b, n, low, high)
		}
	}
	return found{set: b}
}

// collect adds the documents with any of the terms to b.
func (w *words) collect(b bitset, terms []uint32) {
	for _, term := range terms {
		for at := w.postings[term].walk(); at.step(); {
			b.set(at.doc)
		}
	}
}

// number reads an end of an int range; an end that is no number matches
// nothing.
func number(s string, open int64) (int64, bool) {
	if s == "" {
		return open, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func collectSpan(cs []held[numbers], b bitset, n search.Range, low, high int64) {
	if n.LowOpen && low != math.MinInt64 {
		if low == math.MaxInt64 {
			return
		}
		low++
	}
	if n.HighOpen && high != math.MaxInt64 {
		if high == math.MinInt64 {
			return
		}
		high--
	}
	for _, c := range cs {
		c.of.collect(c.local(b), low, high)
	}
}

// span returns the strings between the ends of n, by code point.
func span(d *dictionary, n search.Range) []uint32 {
	low, high := n.Low, n.High
	if n.LowOpen && low != "" {
		low += "\x00" // the first string after it
	}
	if !n.HighOpen && high != "" {
		high += "\x00"
	}
	return d.between(low, high)
}
