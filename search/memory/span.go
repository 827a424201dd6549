package memory

import (
	"math"
	"strconv"

	"portico/search"
)

// inRange answers search.Range in the terms of what the field holds.
func (s *searching) inRange(n search.Range) found {
	b := s.empty()
	if c := s.column(n.Field); c != nil {
		c.collect(b, span(&c.dict, n))
	} else if w := s.text(n.Field); w != nil {
		for _, term := range span(&w.dict, n) {
			for at := w.postings[term].walk(); at.step(); {
				b.set(at.doc)
			}
		}
	} else if c := s.g.dates[n.Field]; c != nil {
		low, high := int64(math.MinInt64), int64(math.MaxInt64)
		if !n.From.IsZero() {
			low = millis(n.From)
		}
		if !n.To.IsZero() {
			high = millis(n.To)
		}
		collectSpan(c, b, n, low, high)
	} else if c := s.g.ints[n.Field]; c != nil {
		low, okLow := number(n.Low, math.MinInt64)
		high, okHigh := number(n.High, math.MaxInt64)
		if okLow && okHigh {
			collectSpan(c, b, n, low, high)
		}
	}
	return found{set: b}
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

func collectSpan(c *numbers, b bitset, n search.Range, low, high int64) {
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
	c.collect(b, low, high)
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
