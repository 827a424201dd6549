package datastore

import (
	"container/heap"
	"context"
	"fmt"
	"iter"
	"math/bits"
	"slices"

	"portico/catalog"
)

// An outcome is a choice of rows that is being told.
type outcome struct {
	f  *far
	v  *View
	q  Query
	at []int
	c  *choice
}

// The limits of what is sorted or made distinct without being held in memory.
const (
	maxSorted   = 1_000_000
	maxDistinct = 1_000_000
)

// ranges yields the rows that are chosen from one number to another, as runs
// of rows that follow one another: first row and how many.
func (o *outcome) ranges(offset, limit int) iter.Seq2[int64, int64] {
	return func(yield func(int64, int64) bool) {
		if o.c.marks == nil {
			n := o.v.Count - int64(offset)
			if limit >= 0 {
				n = min(n, int64(limit))
			}
			if n > 0 {
				yield(int64(offset), n)
			}
			return
		}
		r := runs{skip: offset, left: limit, yield: yield}
		base := int64(0)
		for g, marks := range o.c.marks {
			if n := count(marks); r.skip >= n && r.count == 0 {
				r.skip -= n
			} else if !r.group(base, marks) {
				return
			}
			base += o.f.groups[g]
		}
		r.end()
	}
}

// runs gathers rows that follow one another.
type runs struct {
	skip, left   int // left < 0 = all
	first, count int64
	yield        func(int64, int64) bool
}

func (r *runs) group(base int64, marks []uint64) bool {
	for i, w := range marks {
		for w != 0 {
			row := base + int64(i)*64 + int64(bits.TrailingZeros64(w))
			w &= w - 1
			if r.skip > 0 {
				r.skip--
				continue
			}
			if r.left == 0 {
				r.end()
				return false
			}
			if r.left > 0 {
				r.left--
			}
			if r.count > 0 && r.first+r.count == row {
				r.count++
				continue
			}
			if !r.end() {
				return false
			}
			r.first, r.count = row, 1
		}
	}
	return true
}

func (r *runs) end() bool {
	if r.count == 0 {
		return true
	}
	n := r.count
	r.count = 0
	return r.yield(r.first, n)
}

// near is how many rows between two that are wanted are rather read than
// jumped over.
const near = 256

// spans puts runs together that are near each other.
func spans(all iter.Seq2[int64, int64]) iter.Seq[[]span] {
	return func(yield func([]span) bool) {
		const most = 4096
		var now []span
		for first, n := range all {
			if k := len(now); k > 0 && (first-now[k-1].end() > near || k >= most) {
				if !yield(now) {
					return
				}
				now = nil
			}
			now = append(now, span{first, n})
		}
		if len(now) > 0 {
			yield(now)
		}
	}
}

type span struct{ first, count int64 }

func (s span) end() int64 { return s.first + s.count }

// rows yields the chosen rows from one number to another, projected.
func (o *outcome) rows(ctx context.Context, offset, limit int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		project := o.projection()
		for id, cells := range o.read(ctx, o.columns(o.at), o.ranges(offset, limit)) {
			if cells.err != nil {
				yield(nil, cells.err)
				return
			}
			if !yield(project(id, cells.values), nil) {
				return
			}
		}
	}
}

// columns returns the columns of a projection that are in the file.
func (o *outcome) columns(at []int) []int {
	var out []int
	for _, a := range at {
		if a >= 0 && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// projection returns what makes a row in the order of o.at of the values of
// o.columns. The row is only valid until the next.
func (o *outcome) projection() func(id int64, values []any) []any {
	columns := o.columns(o.at)
	from := make([]int, len(o.at))
	for i, a := range o.at {
		from[i] = slices.Index(columns, a)
	}
	out := make([]any, len(o.at))
	return func(id int64, values []any) []any {
		for i, a := range o.at {
			if a < 0 {
				out[i] = id
				continue
			}
			out[i] = fromSnapshot(o.v.Fields[a], catalog.Column{}, values[from[i]], nil)
		}
		return out
	}
}

// A readRow is the values of a row, or why there are none.
type readRow struct {
	values []any
	err    error
}

// read yields the rows of runs with their numbers, and the values of columns.
func (o *outcome) read(ctx context.Context, columns []int, runs iter.Seq2[int64, int64]) iter.Seq2[int64, readRow] {
	return func(yield func(int64, readRow) bool) {
		for group := range spans(runs) {
			first, last := group[0].first, group[len(group)-1].end()
			row, s := first, 0
			if len(columns) == 0 {
				for _, g := range group {
					for i := range g.count {
						if !yield(g.first+i+1, readRow{}) {
							return
						}
					}
				}
				continue
			}
			for values, err := range o.f.file.Columns(ctx, columns, first, last-first) {
				if err != nil {
					yield(0, readRow{err: fmt.Errorf("read rows: %w", err)})
					return
				}
				for s < len(group) && row >= group[s].end() {
					s++
				}
				if row >= group[s].first && !yield(row+1, readRow{values: values}) {
					return
				}
				row++
			}
		}
	}
}

// sorted yields a page of the chosen rows in the order that is asked for.
func (o *outcome) sorted(ctx context.Context, p *Page) (iter.Seq2[[]any, error], error) {
	keep := o.c.total
	if o.q.Limit >= 0 {
		keep = min(o.q.Offset+o.q.Limit, keep)
	}
	if keep > maxSorted {
		return nil, catalog.Errorf(catalog.Invalid, "the table is too large to be sorted as a whole: ask for its first %d rows, or leave the order out", maxSorted).
			Italian("la tabella è troppo grande per ordinarla tutta: si chiedano le prime %d righe, oppure nessun ordine", maxSorted)
	}
	p.Total = o.c.total
	by, err := o.v.order(o.q.Sort)
	if err != nil {
		return nil, err
	}
	at, err := o.v.orderColumns(o.q.Sort)
	if err != nil {
		return nil, err
	}
	top := &topRows{order: by, most: keep}
	shared := map[string]string{}
	for id, r := range o.read(ctx, at, o.ranges(0, -1)) {
		if r.err != nil {
			return nil, r.err
		}
		top.offer(id, func(cells []any) {
			for i, a := range at {
				cells[a] = fromSnapshot(o.v.Fields[a], catalog.Column{}, r.values[i], shared)
			}
		}, len(o.v.Fields))
	}
	slices.SortFunc(top.rows, by)
	rows := top.rows[min(o.q.Offset, len(top.rows)):]
	return func(yield func([]any, error) bool) {
		project := o.projection()
		for _, r := range rows {
			for id, full := range o.read(ctx, o.columns(o.at), func(y func(int64, int64) bool) { y(r.ID-1, 1) }) {
				if full.err != nil {
					yield(nil, full.err)
					return
				}
				if !yield(project(id, full.values), nil) {
					return
				}
			}
		}
	}, nil
}

// topRows keeps the first rows of an order, the last of them on top.
type topRows struct {
	order func(a, b Row) int
	most  int
	rows  []Row
	spare []any
}

func (t *topRows) Len() int           { return len(t.rows) }
func (t *topRows) Less(i, j int) bool { return t.order(t.rows[i], t.rows[j]) > 0 }
func (t *topRows) Swap(i, j int)      { t.rows[i], t.rows[j] = t.rows[j], t.rows[i] }
func (t *topRows) Push(x any)         { t.rows = append(t.rows, x.(Row)) } //nolint:forcetypeassert // only offer pushes
func (t *topRows) Pop() any           { return nil }

// offer takes a row, whose cells are set by fill, if it is among the first.
func (t *topRows) offer(id int64, fill func(cells []any), width int) {
	if t.most <= 0 {
		return
	}
	if t.spare == nil {
		t.spare = make([]any, width)
	}
	fill(t.spare)
	r := Row{ID: id, Cells: t.spare}
	switch {
	case len(t.rows) < t.most:
		t.spare = nil
		heap.Push(t, r)
	case t.order(r, t.rows[0]) < 0:
		t.rows[0], t.spare = r, t.rows[0].Cells
		heap.Fix(t, 0)
	}
}

// distinct yields the chosen rows without those that are equal to one before,
// in the columns that are asked for. They are put in order afterwards.
func (o *outcome) distinct(ctx context.Context, p *Page) (iter.Seq2[[]any, error], error) {
	sub := newView(Head{}, nil)
	for _, a := range o.at {
		if a >= 0 {
			sub.Fields = append(sub.Fields, o.v.Fields[a])
		}
	}
	seen := map[string]bool{}
	shared := map[string]string{}
	columns := o.columns(o.at)
	for id, r := range o.read(ctx, columns, o.ranges(0, -1)) {
		if r.err != nil {
			return nil, r.err
		}
		cells := make([]any, 0, len(columns))
		var key []byte
		for i, a := range columns {
			cells = append(cells, fromSnapshot(o.v.Fields[a], catalog.Column{}, r.values[i], shared))
			key = AppendJSON(append(key, ','), cells[i])
		}
		if len(columns) < len(o.at) {
			key = fmt.Append(key, id)
		}
		if seen[string(key)] {
			continue
		}
		if len(seen) >= maxDistinct {
			return nil, catalog.Errorf(catalog.Invalid, "there are too many different rows").Italian("le righe diverse sono troppe")
		}
		seen[string(key)] = true
		sub.Rows = append(sub.Rows, Row{ID: id, Cells: cells})
	}
	names := make([]string, len(p.Fields))
	for i, f := range p.Fields {
		names[i] = f.ID
	}
	page, rows, err := sub.Stream(ctx, Query{Fields: names, Sort: o.q.Sort, Offset: o.q.Offset, Limit: o.q.Limit})
	if err != nil {
		return nil, err
	}
	p.Total = page.Total
	return rows, nil
}
