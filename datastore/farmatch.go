package datastore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"portico/catalog"
	"portico/internal/parquetfile"
)

// allOf returns several conditions of one column as one, such as a range.
func allOf(parts []*Filter, field Field) parquetfile.Matcher {
	m := parts[0].matcher(field)
	for _, p := range parts[1:] {
		o, was := p.matcher(field), m
		m = parquetfile.Matcher{
			Int:      func(v int64) bool { return was.Int(v) && o.Int(v) },
			Float:    func(v float64) bool { return was.Float(v) && o.Float(v) },
			Text:     func(v []byte) bool { return was.Text(v) && o.Text(v) },
			Other:    func(v any) bool { return was.Other(v) && o.Other(v) },
			MayInt:   func(l, h int64) bool { return was.MayInt(l, h) && o.MayInt(l, h) },
			MayFloat: func(l, h float64) bool { return was.MayFloat(l, h) && o.MayFloat(l, h) },
			MayText:  func(l, h []byte) bool { return was.MayText(l, h) && o.MayText(l, h) },
			Ints:     meet(was.Ints, o.Ints), Floats: meet(was.Floats, o.Floats),
		}
	}
	return m
}

// matcher returns a condition as package parquetfile asks of values.
func (x *Filter) matcher(field Field) parquetfile.Matcher {
	m := parquetfile.Matcher{Other: func(v any) bool { return x.holdsFor(fromSnapshot(field, catalog.Column{}, v, map[string]string{})) }}
	var ints []int64
	var floats []float64
	var texts [][]byte
	for _, w := range x.want {
		switch w := w.(type) {
		case int64:
			ints = append(ints, w)
		case json.Number:
			n, _ := w.Float64()
			floats = append(floats, n)
		case string:
			texts = append(texts, []byte(w))
		}
	}
	m.Int = matchOne(x.op, ints, cmp.Compare[int64])
	m.Float = matchOne(x.op, floats, cmp.Compare[float64])
	m.Ints = rangeOf(x.op, ints, nextInt, parquetfile.Range[int64]{Low: math.MinInt64, High: math.MaxInt64})
	m.Floats = rangeOf(x.op, floats, nextFloat, parquetfile.Range[float64]{Low: math.Inf(-1), High: math.Inf(1)})
	m.Text = matchOne(x.op, texts, bytes.Compare)
	if len(texts) == 1 && (x.op == "eq" || x.op == "in") {
		m.Text = func(b []byte) bool { return bytes.Equal(b, texts[0]) }
	}
	m.MayInt = mayHold(x.op, ints, cmp.Compare[int64])
	m.MayFloat = mayHold(x.op, floats, cmp.Compare[float64])
	m.MayText = mayHold(x.op, texts, bytes.Compare)
	return m
}

// holdsFor reports whether a condition holds for a cell.
func (x *Filter) holdsFor(cell any) bool {
	return cell != nil && slices.ContainsFunc(x.want, func(want any) bool { return want != nil && holds(x.op, compare(cell, want)) })
}

func matchOne[T any](op string, want []T, order func(a, b T) int) func(T) bool {
	if len(want) == 1 {
		w := want[0]
		if op == "eq" || op == "in" {
			return func(v T) bool { return order(v, w) == 0 }
		}
		return func(v T) bool { return holds(op, order(v, w)) }
	}
	return func(v T) bool {
		return slices.ContainsFunc(want, func(w T) bool { return holds(op, order(v, w)) })
	}
}

// mayHold reports whether a condition may hold for a value between two.
func mayHold[T any](op string, want []T, order func(a, b T) int) func(low, high T) bool {
	return func(low, high T) bool {
		return slices.ContainsFunc(want, func(w T) bool {
			switch op {
			case "gt", "gte":
				return holds(op, order(high, w)) || order(high, w) == 0
			case "lt", "lte":
				return holds(op, order(low, w)) || order(low, w) == 0
			}
			return order(low, w) <= 0 && order(w, high) <= 0
		})
	}
}

// rangeOf returns a condition with one value as a range of all, or nil where it
// is none. Next returns the value before or after another.
func rangeOf[T cmp.Ordered](op string, want []T, next func(v T, up bool) T, all parquetfile.Range[T]) *parquetfile.Range[T] {
	if len(want) != 1 {
		return nil
	}
	w := want[0]
	switch op {
	case "gte":
		all.Low = w
	case "lte":
		all.High = w
	case "gt":
		if w == all.High {
			return nil
		}
		all.Low = next(w, true)
	case "lt":
		if w == all.Low {
			return nil
		}
		all.High = next(w, false)
	default:
		all = parquetfile.Range[T]{Low: w, High: w}
	}
	return &all
}

func nextInt(n int64, up bool) int64 {
	if up {
		return n + 1
	}
	return n - 1
}

func nextFloat(n float64, up bool) float64 {
	if up {
		return math.Nextafter(n, math.Inf(1))
	}
	return math.Nextafter(n, math.Inf(-1))
}

// meet returns what is in two ranges; nil is a condition that is none.
func meet[T cmp.Ordered](a, b *parquetfile.Range[T]) *parquetfile.Range[T] {
	if a == nil || b == nil {
		return nil
	}
	both := a.And(*b)
	return &both
}
