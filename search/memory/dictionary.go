package memory

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
)

var seed = maphash.MakeSeed()

// A dictionary numbers distinct strings in the order in which they came. It is
// a hash table of numbers beside a list, at a third of the memory of a map.
type dictionary struct {
	values []string
	table  []uint32 // number + 1, or 0; a power of two long
	order  order
	block  strings.Builder // the strings stand in blocks, for one by one they would take more room
}

func (d *dictionary) slot(s string) int {
	mask := len(d.table) - 1
	i := int(maphash.String(seed, s)) & mask
	for d.table[i] != 0 && d.values[d.table[i]-1] != s {
		i = (i + 1) & mask
	}
	return i
}

// find returns the number of s.
func (d *dictionary) find(s string) (uint32, bool) {
	if len(d.table) == 0 {
		return 0, false
	}
	n := d.table[d.slot(s)]
	return n - 1, n != 0
}

// add returns the number of s, which it takes in if it is new.
func (d *dictionary) add(s string) (number uint32, added bool) {
	if len(d.values)*4 >= len(d.table)*3 {
		d.grow()
	}
	at := d.slot(s)
	if n := d.table[at]; n != 0 {
		return n - 1, false
	}
	d.values = append(d.values, d.keep(s))
	d.table[at] = uint32(len(d.values))
	return d.table[at] - 1, true
}

// keep returns a copy of s, which may be part of something much longer.
func (d *dictionary) keep(s string) string {
	const most = 64 << 10
	if d.block.Cap()-d.block.Len() < len(s) {
		size := max(len(s), min(most, 2*d.block.Cap(), 1+d.block.Cap()+len(d.values)*len(s)))
		d.block = strings.Builder{}
		d.block.Grow(size)
	}
	at := d.block.Len()
	d.block.WriteString(s)
	return d.block.String()[at:]
}

// room makes room for n strings, before there are any.
func (d *dictionary) room(n int) {
	size := 8
	for size*3 <= n*4 {
		size *= 2
	}
	d.values = make([]string, 0, n)
	d.table = make([]uint32, size)
}

func (d *dictionary) grow() {
	d.table = make([]uint32, max(8, 2*len(d.table)))
	for i, v := range d.values {
		d.table[d.slot(v)] = uint32(i) + 1
	}
}

// An order is the numbers of a dictionary by code point of their strings. It
// is made when it is first asked for, and caught up when strings have come.
type order struct {
	mu     sync.Mutex
	sorted []uint32
	rank   []uint32 // by number
}

// sorted returns the numbers in order. The caller does not change it.
func (d *dictionary) sorted() []uint32 {
	o := &d.order
	o.mu.Lock()
	defer o.mu.Unlock()
	d.catchUp()
	return o.sorted
}

// ordered reports whether somebody has asked for the order.
func (d *dictionary) ordered() bool {
	d.order.mu.Lock()
	defer d.order.mu.Unlock()
	return len(d.order.sorted) > 0
}

// ranks returns the place of each number in the order. The caller does not
// change it.
func (d *dictionary) ranks() []uint32 {
	o := &d.order
	o.mu.Lock()
	defer o.mu.Unlock()
	d.catchUp()
	if len(o.rank) != len(o.sorted) {
		o.rank = make([]uint32, len(o.sorted))
		for i, n := range o.sorted {
			o.rank[n] = uint32(i)
		}
	}
	return o.rank
}

// catchUp merges what came since into a new list, for searches may still be
// reading the old one.
func (d *dictionary) catchUp() {
	old := d.order.sorted
	if len(old) == len(d.values) {
		return
	}
	fresh := make([]uint32, 0, len(d.values)-len(old))
	for n := len(old); n < len(d.values); n++ {
		fresh = append(fresh, uint32(n))
	}
	compare := func(a, b uint32) int { return cmp.Compare(d.values[a], d.values[b]) }
	slices.SortFunc(fresh, compare)
	out := make([]uint32, 0, len(d.values))
	for _, n := range fresh {
		at, _ := slices.BinarySearchFunc(old, n, compare)
		out = append(out, old[:at]...)
		out = append(out, n)
		old = old[at:]
	}
	d.order.sorted = append(out, old...)
}

// between returns the numbers of the strings s with from <= s, and s < to
// unless to is "".
func (d *dictionary) between(from, to string) []uint32 {
	sorted := d.sorted()
	find := func(s string) int {
		at, _ := slices.BinarySearchFunc(sorted, s, func(n uint32, s string) int { return cmp.Compare(d.values[n], s) })
		return at
	}
	low, high := find(from), len(sorted)
	if to != "" {
		high = max(low, find(to))
	}
	return sorted[low:high]
}

// withPrefix returns the numbers of the strings that begin with p.
func (d *dictionary) withPrefix(p string) []uint32 { return d.between(p, after(p)) }

// after returns the first string that comes after all that begin with p; "" =
// there is none.
func after(p string) string {
	b := []byte(p)
	for i, c := range slices.Backward(b) {
		if c < 0xff {
			b[i]++
			return string(b[:i+1])
		}
	}
	return ""
}
