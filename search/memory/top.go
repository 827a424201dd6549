package memory

import (
	"cmp"
	"slices"
)

// A top orders the places of docs by keys, then by ID.
type top struct {
	docs []uint32
	keys []keyed
	ids  []held[column]
}

// A place is one of docs, with its first key where that compares by itself.
type place struct {
	key int64
	at  uint32
}

// id returns the ID of the document at a place; every document has one.
func (t *top) id(i uint32) string {
	c := t.ids[partOf(t.ids, t.docs[i])]
	return c.of.dict.values[c.of.values[t.docs[i]-c.from]]
}

func (t *top) compare(a, b place) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return t.tie(a.at, b.at)
}

func (t *top) tie(i, j uint32) int {
	for n := range t.keys {
		if c := t.keys[n].compare(t.docs, int(i), int(j)); c != 0 {
			return c
		}
	}
	if i == j {
		return 0
	}
	return cmp.Compare(t.id(i), t.id(j))
}

// first returns the first keys by which places compare by themselves, or nil.
func (t *top) first() []int64 {
	if len(t.keys) == 0 || len(t.keys[0].in) > 1 {
		return nil
	}
	return t.keys[0].at
}

// between returns the places that are from low to high, in order.
func (t *top) between(low, high int) []place {
	const few = 1000
	if high <= few {
		return t.best(high)[low:]
	}
	return t.selected(low, high)
}

// best returns the first n places. Most are worse than those that it has, and
// are looked at once.
func (t *top) best(n int) []place {
	keys := t.first()
	out := make([]place, 0, 2*n)
	cut := func() {
		slices.SortFunc(out, t.compare)
		out = out[:min(n, len(out))]
	}
	worst, full := place{}, false
	for i := range t.docs {
		p := place{at: uint32(i)}
		if keys != nil {
			p.key = keys[i]
		}
		if full && (p.key > worst.key || t.compare(p, worst) > 0) {
			continue
		}
		if out = append(out, p); len(out) == 2*n {
			cut()
			worst, full = out[n-1], true
		}
	}
	cut()
	return out
}

// selected is Hoare's selection: what is not from low to high is only put on
// its side.
func (t *top) selected(low, high int) []place {
	places := make([]place, len(t.docs))
	keys := t.first()
	for i := range places {
		places[i].at = uint32(i)
		if keys != nil {
			places[i].key = keys[i]
		}
	}
	for from, to := 0, len(places); ; {
		const few = 64
		if to-from <= max(few, 2*(high-low)) {
			slices.SortFunc(places[from:to], t.compare)
			return places[low:high]
		}
		left, right := t.part(places, from, to)
		switch {
		case high <= right+1:
			to = right + 1
		case low >= left:
			from = left
		default:
			slices.SortFunc(places[from:to], t.compare)
			return places[low:high]
		}
	}
}

// part puts the smaller places before right, and the greater ones from left on.
func (t *top) part(places []place, from, to int) (left, right int) {
	pivot := t.middle(places[from:to])
	left, right = from, to-1
	for left <= right {
		for t.compare(places[left], pivot) < 0 {
			left++
		}
		for t.compare(places[right], pivot) > 0 {
			right--
		}
		if left <= right {
			places[left], places[right] = places[right], places[left]
			left++
			right--
		}
	}
	return left, right
}

// middle returns the median of a few.
func (t *top) middle(of []place) place {
	some := []place{of[0], of[len(of)/4], of[len(of)/2], of[len(of)/4*3], of[len(of)-1]}
	slices.SortFunc(some, t.compare)
	return some[len(some)/2]
}
