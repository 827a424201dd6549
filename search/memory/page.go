package memory

import (
	"cmp"
	"context"
	"math"
	"slices"

	"portico/search"
)

// Search answers q with one page.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Page, error) {
	s := &searching{ctx: ctx, v: e.now.Load(), analyzers: e.analyzers}
	root, err := s.match(q.Root, 0)
	if err != nil {
		return search.Page{}, err
	}
	set := s.empty()
	s.v.fill(set)
	set.and(root.set)
	for _, f := range q.Filters {
		m, err := s.match(f, 0)
		if err != nil {
			return search.Page{}, err
		}
		set.and(m.set)
	}
	docs := set.list()
	page := search.Page{Total: len(docs)}
	if q.Limit > 0 && q.Offset >= 0 && q.Offset < len(docs) {
		page.IDs, page.Scores = s.page(docs, root, q)
	}
	if len(q.Facets) > 0 {
		page.Facets = s.facets(q.Facets, set, docs)
	}
	return page, ctx.Err()
}

// page returns the IDs of the page of docs that q asks for, and their scores.
func (s *searching) page(docs []uint32, root found, q search.Query) (ids []string, scores []float32) {
	sort := q.Sort
	if len(sort) == 0 {
		sort = []search.Sort{{Field: search.Score, Desc: true}, {Field: search.Updated, Desc: true}}
	}
	t := top{docs: docs, ids: s.column(search.ID)}
	for _, by := range sort {
		if k, ok := s.keys(docs, root, by); ok {
			t.keys = append(t.keys, k)
		}
	}
	places := t.between(q.Offset, min(q.Offset+q.Limit, len(docs)))
	ids = make([]string, len(places))
	for i, at := range places {
		ids[i] = t.id(at.at)
	}
	if q.Scores {
		scores = scoresOf(docs, places, root)
	}
	return ids, scores
}

// scoresOf returns the scores of the docs at the given places.
func scoresOf(docs []uint32, places []place, root found) []float32 {
	of := make([]uint32, len(places))
	for i, p := range places {
		of[i] = docs[p.at]
	}
	slices.Sort(of)
	scores := root.scores(of)
	out := make([]float32, len(places))
	for i, p := range places {
		n, _ := slices.BinarySearch(of, docs[p.at])
		out[i] = scores[n]
	}
	return out
}

// A keyed tells for each of docs where it stands in one order, ascending. What
// stands for a string compares with others of the same part only.
type keyed struct {
	at   []int64
	in   []held[column] // nil for scores and numbers
	desc bool
}

// keys returns the keys of one order; ok is false when they are all the same.
func (s *searching) keys(docs []uint32, root found, by search.Sort) (k keyed, ok bool) {
	if by.Field == search.Score {
		return scoreKeys(docs, root, by.Desc)
	}
	if cs := s.column(by.Field); cs != nil {
		return keyed{keysOf(docs, cs, func(c *column, out []int64, docs []uint32, from uint32) { c.keys(out, docs, from, by.Desc) }), cs, by.Desc}, true
	}
	if cs := s.number(by.Field); cs != nil {
		return keyed{at: keysOf(docs, cs, func(c *numbers, out []int64, docs []uint32, from uint32) { c.keys(out, docs, from, by.Desc) })}, true
	}
	return keyed{}, false
}

// keysOf has each part write the keys of its own documents; those of parts
// without the field come last.
func keysOf[T any](docs []uint32, parts []held[T], write func(of *T, out []int64, docs []uint32, from uint32)) []int64 {
	out := make([]int64, len(docs))
	done := 0
	rest := func(to int) {
		for i := done; i < to; i++ {
			out[i] = last
		}
	}
	for _, p := range parts {
		low, high := p.within(docs)
		rest(low)
		write(p.of, out[low:high], docs[low:high], p.from)
		done = high
	}
	rest(len(docs))
	return out
}

func scoreKeys(docs []uint32, root found, desc bool) (k keyed, ok bool) {
	if root.score == nil {
		return keyed{}, false
	}
	out := make([]int64, len(docs))
	for i, x := range root.score(docs) {
		// The bits of floats that are not negative ascend as they do.
		out[i] = int64(math.Float32bits(max(x, 0)))
		if desc {
			out[i] = -out[i]
		}
	}
	return keyed{at: out}, true
}

// compare compares the documents at two places of docs.
func (k *keyed) compare(docs []uint32, i, j int) int {
	a, b := k.at[i], k.at[j]
	if len(k.in) < 2 || a == last || b == last {
		return cmp.Compare(a, b)
	}
	p, q := k.part(docs[i]), k.part(docs[j])
	if p == q {
		return cmp.Compare(a, b)
	}
	c := cmp.Compare(k.in[p].of.value(a), k.in[q].of.value(b))
	if k.desc {
		return -c
	}
	return c
}

// part returns the place in k.in of the part that doc is in.
func (k *keyed) part(doc uint32) int { return partOf(k.in, doc) }

func partOf(of []held[column], doc uint32) int {
	i := len(of) - 1
	for doc < of[i].from {
		i--
	}
	return i
}
