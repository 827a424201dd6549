package profile

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"time"

	"portico/catalog"
)

// A watcher sees the values of one column.
type watcher struct {
	c        catalog.Column
	nulls    int64
	values   int64
	min, max any
	sum      float64
	distinct sketch
	counts   map[string]int64
	pruned   bool // rare values have been forgotten
}

const (
	maxCounted  = 1000 // values that are counted at once
	maxFrequent = 5
	maxText     = 80 // bytes of a value that is worth counting
)

func newWatcher(c catalog.Column, seed maphash.Seed) *watcher {
	return &watcher{c: c, distinct: sketch{seed: seed, seen: map[uint64]struct{}{}}, counts: map[string]int64{}}
}

func (w *watcher) see(v any) {
	if v == nil {
		w.nulls++
		return
	}
	w.values++
	w.distinct.add(v)
	switch v := v.(type) {
	case int64:
		w.sum += float64(v)
		bounds(w, v)
	case float64:
		w.sum += v
		bounds(w, v)
	case time.Time:
		if low, ok := w.min.(time.Time); !ok || v.Before(low) {
			w.min = v
		}
		if high, ok := w.max.(time.Time); !ok || v.After(high) {
			w.max = v
		}
	case time.Duration:
		bounds(w, v)
	}
	if w.c.Type != catalog.Geometry {
		w.count(v)
	}
}

// bounds widens what the values lie between.
func bounds[T cmp.Ordered](w *watcher, v T) {
	if low, ok := w.min.(T); !ok || v < low {
		w.min = v
	}
	if high, ok := w.max.(T); !ok || v > high {
		w.max = v
	}
}

// count counts a value. Where there are too many different ones those that
// were rare so far are forgotten (lossy counting), so that counts are at least
// what they say.
func (w *watcher) count(v any) {
	var buf [32]byte
	var key []byte
	switch v := v.(type) {
	case string:
		if len(v) > maxText || v == "" {
			return
		}
		key = append(buf[:0], v...)
	case int64:
		key = strconv.AppendInt(buf[:0], v, 10)
	default:
		key = append(buf[:0], Text(w.c, v)...)
	}
	if n, ok := w.counts[string(key)]; ok {
		w.counts[string(key)] = n + 1
		return
	}
	if len(w.counts) >= maxCounted {
		w.pruned = true
		for least := int64(1); len(w.counts) > maxCounted/2; least *= 2 {
			maps.DeleteFunc(w.counts, func(_ string, n int64) bool { return n <= least })
		}
	}
	w.counts[string(key)] = 1
}

// column returns what was seen among the given number of rows.
func (w *watcher) column(rows int64) Column {
	out := Column{Name: w.c.Name, Nulls: w.nulls}
	out.Distinct, out.About = w.distinct.count()
	if w.min != nil {
		out.Min, out.Max = Text(w.c, w.min), Text(w.c, w.max)
	}
	if w.values > 0 && (w.c.Type == catalog.Integer || w.c.Type == catalog.Decimal) {
		mean := w.sum / float64(w.values)
		if mean-mean == 0 { // neither infinite nor no number
			out.Mean = &mean
		}
	}
	for value, n := range w.counts {
		if n > 1 {
			out.Frequent = append(out.Frequent, Frequent{Value: value, Count: n})
		}
	}
	slices.SortFunc(out.Frequent, func(a, b Frequent) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	out.Frequent = out.Frequent[:min(len(out.Frequent), maxFrequent)]
	if w.pruned && len(out.Frequent) > 0 && out.Frequent[0].Count*100 < rows {
		out.Frequent = nil // nothing is frequent, and what is left is chance
	}
	return out
}

// A sketch counts different values, exactly as long as they are few: then it
// keeps a share of their hashes that halves as they grow (adaptive sampling).
type sketch struct {
	seed  maphash.Seed
	seen  map[uint64]struct{}
	level uint // hashes are kept whose last level bits are zero
}

const maxHashes = 8192

func (s *sketch) add(v any) {
	h := maphash.Comparable(s.seed, v)
	if h&(1<<s.level-1) != 0 {
		return
	}
	s.seen[h] = struct{}{}
	for len(s.seen) > maxHashes {
		s.level++
		maps.DeleteFunc(s.seen, func(h uint64, _ struct{}) bool { return h&(1<<s.level-1) != 0 })
	}
}

func (s *sketch) count() (n int64, about bool) { return int64(len(s.seen)) << s.level, s.level > 0 }
