package memory

import (
	"cmp"
	"slices"

	"portico/search"
)

// facets counts values over docs, which is set as a list. A field that no
// document has gets an empty list.
func (s *searching) facets(of []search.Facet, set bitset, docs []uint32) map[search.Field][]search.Count {
	others := s.others(set, docs)
	out := make(map[search.Field][]search.Count, len(of))
	for _, f := range of {
		out[f.Field] = []search.Count{}
		c := s.column(f.Field)
		if w := s.text(f.Field); c == nil && w != nil && f.Limit != 0 {
			out[f.Field] = most(w.dict.values, w.counts(set), f)
		}
		if c == nil || f.Limit == 0 {
			continue
		}
		var counts []int32
		if others == nil {
			counts = c.counts(docs)
		} else {
			counts = c.counts(*others)
			for n := range counts {
				counts[n] = int32(c.size(uint32(n))) - counts[n]
			}
		}
		out[f.Field] = most(c.dict.values, counts, f)
	}
	return out
}

// others returns the documents that were not found when they are the fewer:
// then it is they who are counted, and the rest is a subtraction.
func (s *searching) others(set bitset, docs []uint32) *[]uint32 {
	if len(docs)*2 <= s.g.len() {
		return nil
	}
	rest := s.empty()
	s.g.live.WriteDenseTo(rest)
	rest.andNot(set)
	list := rest.list()
	return &list
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
