package memory

import (
	"cmp"
	"slices"

	"portico/search"
)

// facets counts values over docs, which is set as a list. A field that no
// document has gets an empty list.
func (s *searching) facets(of []search.Facet, set bitset, docs []uint32) map[search.Field][]search.Count {
	tallies := make([]tally, len(s.v.parts))
	for i := range s.v.parts {
		tallies[i] = newTally(&s.v.parts[i], set, docs)
	}
	out := make(map[search.Field][]search.Count, len(of))
	for _, f := range of {
		out[f.Field] = []search.Count{}
		if f.Limit == 0 {
			continue
		}
		field := s.v.field(f.Field)
		values, counts := s.count(tallies, field, set)
		out[f.Field] = most(values, counts, f)
	}
	return out
}

// A tally counts the values of the documents of one part. When those that were
// not found are the fewer, it is they who are counted, and the rest is a
// subtraction.
type tally struct {
	*part
	docs   []uint32
	others bool
}

func newTally(p *part, set bitset, docs []uint32) tally {
	low, high := p.within(docs)
	if (high-low)*2 <= int(p.docs) {
		return tally{part: p, docs: docs[low:high]}
	}
	rest := make(bitset, len(p.live))
	for i, w := range p.local(set) {
		rest[i] = ^w
	}
	if n := p.docs & 63; n != 0 {
		rest[len(rest)-1] &= 1<<n - 1
	}
	others := rest.list()
	for i := range others {
		others[i] += p.from
	}
	return tally{part: p, docs: others, others: true}
}

// count returns the values or terms of a field, and how many documents have
// each.
func (t *tally) count(f search.Field, set bitset) ([]string, []int32) {
	if c := t.columns[f]; c != nil {
		counts := c.counts(t.docs, t.from)
		if t.others {
			for n := range counts {
				counts[n] = int32(c.size(uint32(n))) - counts[n]
			}
		}
		return c.dict.values, counts
	}
	if w := t.texts[f]; w != nil {
		return w.dict.values, w.counts(t.local(set))
	}
	return nil, nil
}

// count counts a field over all parts. The first part is the greatest, and its
// dictionary has most of what the others have.
func (s *searching) count(tallies []tally, f search.Field, set bitset) (values []string, counts []int32) {
	var known *dictionary
	extra := map[string]int{}
	for i := range tallies {
		own, n := tallies[i].count(f, set)
		if known == nil {
			if own != nil {
				values, counts, known = slices.Clip(own), n, tallies[i].dictionary(f)
			}
			continue
		}
		for at, x := range n {
			if x == 0 {
				continue
			}
			to, there := known.find(own[at])
			if there {
				counts[to] += x
			} else if more, there := extra[own[at]]; there {
				counts[more] += x
			} else {
				extra[own[at]] = len(counts)
				values, counts = append(values, own[at]), append(counts, x)
			}
		}
	}
	return values, counts
}

// dictionary returns the values or terms of a field.
func (t *tally) dictionary(f search.Field) *dictionary {
	if c := t.columns[f]; c != nil {
		return &c.dict
	}
	return &t.texts[f].dict
}

func most(values []string, counts []int32, f search.Facet) []search.Count {
	least := int32(max(f.Min, 1))
	var of []uint32
	for n, x := range counts {
		if x >= least {
			of = append(of, uint32(n))
		}
	}
	compare := func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(values[a], values[b]))
	}
	if f.Limit > 0 && f.Limit*8 < len(of) {
		of = frequent(of, counts, f.Limit)
	}
	slices.SortFunc(of, compare)
	if f.Limit > 0 && f.Limit < len(of) {
		of = of[:f.Limit]
	}
	out := make([]search.Count, len(of))
	for i, n := range of {
		out[i] = search.Count{Value: values[n], N: int(counts[n])}
	}
	return out
}

// counts returns how many documents of set have each term.
func (w *words) counts(set bitset) []int32 {
	out := make([]int32, len(w.postings))
	for term := range w.postings {
		for at := w.postings[term].walk(); at.step(); {
			if set.has(at.doc) {
				out[term]++
			}
		}
	}
	return out
}

// frequent keeps the values that may be among the first limit: those that are
// at least as frequent as the last of them.
func frequent(values []uint32, counts []int32, limit int) []uint32 {
	const top = 4096
	var histogram [top]int
	for _, n := range values {
		histogram[min(counts[n], top-1)]++
	}
	least := int32(top - 1)
	for seen := histogram[least]; seen < limit && least > 1; seen += histogram[least] {
		least--
	}
	return slices.DeleteFunc(values, func(n uint32) bool { return counts[n] < least })
}
