package memory

import (
	"cmp"
	"container/heap"
	"context"
	"math"
	"slices"

	"portico/search"
)

// Search answers q with one page.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Page, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	s := &searching{ctx: ctx, g: e.gen, analyzers: e.analyzers}
	root, err := s.match(q.Root, 0)
	if err != nil {
		return search.Page{}, err
	}
	set := s.empty()
	s.g.live.WriteDenseTo(set)
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
	t := top{docs: docs, ids: s.g.columns[search.ID]}
	sort := q.Sort
	if len(sort) == 0 {
		sort = []search.Sort{{Field: search.Score, Desc: true}, {Field: search.Updated, Desc: true}}
	}
	for _, by := range sort {
		if keys := s.keys(docs, root, by); keys != nil {
			t.keys = append(t.keys, keys)
		}
	}
	limit := min(q.Limit, len(docs)-q.Offset)
	best := t.best(q.Offset + limit)[q.Offset:]
	ids = make([]string, len(best))
	for i, at := range best {
		ids[i] = t.id(at)
	}
	if q.Scores {
		scores = scoresOf(docs, best, root)
	}
	return ids, scores
}

// scoresOf returns the scores of the docs at the given places.
func scoresOf(docs []uint32, places []int, root found) []float32 {
	ascending := slices.Sorted(slices.Values(places))
	of := make([]uint32, len(places))
	for i, at := range ascending {
		of[i] = docs[at]
	}
	scores := root.scores(of)
	out := make([]float32, len(places))
	for i, at := range places {
		n, _ := slices.BinarySearch(ascending, at)
		out[i] = scores[n]
	}
	return out
}

// keys returns for each of docs where it stands in one order, ascending; nil
// when they are all the same.
func (s *searching) keys(docs []uint32, root found, by search.Sort) []int64 {
	if by.Field == search.Score {
		return scoreKeys(docs, root, by.Desc)
	}
	if c := s.column(by.Field); c != nil {
		return c.keys(docs, by.Desc)
	}
	if c := s.number(by.Field); c != nil {
		return c.keys(docs, by.Desc)
	}
	return nil
}

func scoreKeys(docs []uint32, root found, desc bool) []int64 {
	if root.score == nil {
		return nil
	}
	out := make([]int64, len(docs))
	for i, x := range root.score(docs) {
		// The bits of floats that are not negative ascend as they do.
		out[i] = int64(math.Float32bits(max(x, 0)))
		if desc {
			out[i] = -out[i]
		}
	}
	return out
}

// A top chooses the first of docs by keys, then by ID. As a heap it has the
// last of those chosen at its root.
type top struct {
	docs   []uint32
	keys   [][]int64
	ids    *column
	chosen []int // indexes of docs
}

func (t *top) id(i int) string {
	row, _ := t.ids.rows.row(t.docs[i])
	return t.ids.dict.values[t.ids.at(row)[0]]
}

func (t *top) compare(i, j int) int {
	for _, k := range t.keys {
		if k[i] != k[j] {
			return cmp.Compare(k[i], k[j])
		}
	}
	return cmp.Compare(t.id(i), t.id(j))
}

func (t *top) Len() int           { return len(t.chosen) }
func (t *top) Less(i, j int) bool { return t.compare(t.chosen[i], t.chosen[j]) > 0 }
func (t *top) Swap(i, j int)      { t.chosen[i], t.chosen[j] = t.chosen[j], t.chosen[i] }
func (t *top) Push(x any)         { t.chosen = append(t.chosen, x.(int)) }

// Pop is there for heap.Interface alone.
func (t *top) Pop() any {
	x := t.chosen[len(t.chosen)-1]
	t.chosen = t.chosen[:len(t.chosen)-1]
	return x
}

// best returns the indexes of the first n, in order.
func (t *top) best(n int) []int {
	t.chosen = make([]int, 0, n)
	for i := range t.docs {
		if len(t.chosen) < n {
			t.chosen = append(t.chosen, i)
			if len(t.chosen) == n && n < len(t.docs) {
				heap.Init(t)
			}
			continue
		}
		if t.compare(i, t.chosen[0]) < 0 {
			t.chosen[0] = i
			heap.Fix(t, 0)
		}
	}
	slices.SortFunc(t.chosen, t.compare)
	return t.chosen
}
