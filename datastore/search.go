package datastore

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
)

// A Query asks for rows of a table.
type Query struct {
	Filter   *Filter
	Words    *Words
	Fields   []string // the columns to give; nil = all, with the ID
	Sort     string   // such as "a desc, b"; "" = by ID
	Distinct bool
	Offset   int
	Limit    int // < 0 = all
}

// A Page is what a Query found.
type Page struct {
	Fields []Field
	Rows   [][]any // in the order of Fields
	Total  int
}

// Search finds rows. Those that are searched for words are ordered by how well
// they fit, where no other order is asked for.
func (v *View) Search(ctx context.Context, q Query) (*Page, error) {
	p, rows, err := v.Stream(ctx, q)
	if err != nil {
		return nil, err
	}
	p.Rows = [][]any{}
	for r, err := range rows {
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, slices.Clone(r))
	}
	return p, nil
}

// Stream is Search for rows that need not be held all at once: the page has
// none, they are yielded. A row is only valid until the next.
func (v *View) Stream(ctx context.Context, q Query) (*Page, iter.Seq2[[]any, error], error) {
	p := &Page{}
	at, err := v.project(q, p)
	if err != nil {
		return nil, nil, err
	}
	order, err := v.order(q.Sort)
	if err != nil {
		return nil, nil, err
	}
	if v.far != nil {
		rows, err := v.far.search(ctx, v, q, at, p)
		return p, rows, err
	}
	rows, err := v.matching(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	rows = v.arranged(rows, order, q.Words)
	if q.Distinct {
		rows = distinct(rows, at)
	}
	p.Total = len(rows)
	rows = rows[min(q.Offset, len(rows)):]
	if q.Limit >= 0 {
		rows = rows[:min(q.Limit, len(rows))]
	}
	return p, func(yield func([]any, error) bool) {
		out := make([]any, len(at))
		for _, r := range rows {
			for j, a := range at {
				out[j] = q.cell(r, a)
			}
			if !yield(out, nil) {
				return
			}
		}
	}, nil
}

// arranged orders rows as is asked for, or by how well they fit.
func (v *View) arranged(rows []Row, order func(a, b Row) int, w *Words) []Row {
	switch {
	case order != nil:
		return ordered(rows, order)
	case w != nil && w.all:
		return v.byRank(rows, w)
	}
	return rows
}

// ordered sorts rows, in place of the caller's where they are in order.
func ordered(rows []Row, order func(a, b Row) int) []Row {
	if slices.IsSortedFunc(rows, order) {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, order)
	return rows
}

// byRank orders rows by how well they have the words.
func (v *View) byRank(rows []Row, w *Words) []Row {
	if len(w.words) == 1 && w.words[0].at < 0 {
		if posts, ok := v.found(w.words[0], len(rows)); ok {
			return byTimes(rows, posts)
		}
	}
	ranks := make(map[int64]float32, len(rows))
	for _, r := range rows {
		ranks[r.ID] = w.rank(r)
	}
	return ordered(rows, func(a, b Row) int { return cmp.Compare(ranks[b.ID], ranks[a.ID]) })
}

// found returns the postings of a word where they are those of n rows.
func (v *View) found(w word, n int) ([]posting, bool) {
	if len(v.Rows) < leastLooked || len(v.Rows) > mostLookedRows || len(v.Rows)*len(v.Fields) > mostLookedCells {
		return nil, false
	}
	posts := v.look.postings(v, w)
	return posts, len(posts) == n
}

// byTimes orders rows by how often a word stands in them.
func byTimes(rows []Row, posts []posting) []Row {
	if slices.IsSortedFunc(posts, func(a, b posting) int { return cmp.Compare(b.times, a.times) }) {
		return rows
	}
	most := int32(0)
	for _, p := range posts {
		most = max(most, p.times)
	}
	out := make([]Row, 0, len(rows))
	const few = 16
	if most > few {
		at := make([]int, len(rows))
		for i := range at {
			at[i] = i
		}
		slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(posts[b].times, posts[a].times) })
		for _, i := range at {
			out = append(out, rows[i])
		}
		return out
	}
	for t := most; t > 0; t-- {
		for i, p := range posts {
			if p.times == t {
				out = append(out, rows[i])
			}
		}
	}
	return out
}

// matching returns the rows that a query is about.
func (v *View) matching(ctx context.Context, q Query) ([]Row, error) {
	if q.Filter == nil && q.Words == nil {
		return v.Rows, nil
	}
	if some, ok, exact := v.candidates(q); ok {
		return v.among(some, exact, q), nil
	}
	var rows []Row
	for i, r := range v.Rows {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if q.Filter.match(r) && q.Words.match(r) {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// among returns those of some rows that a query is about; exact = all are.
func (v *View) among(some []int32, exact bool, q Query) []Row {
	rows := make([]Row, 0, len(some))
	for _, i := range some {
		if r := v.Rows[i]; exact || q.Filter.match(r) && q.Words.match(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

// The places of columns that no field has.
const (
	atID   = -1
	atRank = -2
)

// cell returns the value of a row in the column at.
func (q Query) cell(r Row, at int) any {
	if at == atRank {
		return rankCell(q.Words.rank(r))
	}
	return cellAt(r, at)
}

func cellAt(r Row, at int) any {
	switch at {
	case atID:
		return r.ID
	case atRank:
		return nil // follows from the rest of the row
	}
	return r.Cells[at]
}

// project chooses the columns and returns where they are; -1 is the ID.
func (v *View) project(q Query, p *Page) ([]int, error) {
	names := q.Fields
	if names == nil {
		names = []string{IDField}
		for _, f := range v.Fields {
			names = append(names, f.ID)
		}
	}
	var at []int
	for _, name := range names {
		if name == IDField {
			at, p.Fields = append(at, -1), append(p.Fields, Field{ID: IDField, Type: "int"})
			continue
		}
		i := fieldAt(v.Fields, name)
		if i < 0 {
			return nil, unknownField("fields", `invalid value "`+name+`"`, v.Fields)
		}
		at, p.Fields = append(at, i), append(p.Fields, v.Fields[i])
	}
	if q.Fields == nil && q.Words != nil && q.Words.all && !hasField(v.Fields, RankField) {
		at, p.Fields = append(at, atRank), append(p.Fields, Field{ID: RankField, Type: "float"})
	}
	return at, nil
}

// distinct keeps the first of the rows that are equal in the columns at.
func distinct(rows []Row, at []int) []Row {
	seen := map[string]bool{}
	var out []Row
	for _, r := range rows {
		var key []byte
		for _, a := range at {
			key = AppendJSON(append(key, ','), cellAt(r, a))
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			out = append(out, r)
		}
	}
	return out
}

// order reads a list of columns to sort by.
func (v *View) order(sort string) (func(a, b Row) int, error) {
	if strings.TrimSpace(sort) == "" {
		return nil, nil //nolint:nilnil // rows are by ID already
	}
	var all []func(a, b Row) int
	for part := range strings.SplitSeq(sort, ",") {
		f, ok := v.orderBy(part)
		if !ok {
			return nil, unknownField("sort", `invalid value "`+strings.TrimSpace(part)+`"`, v.Fields)
		}
		all = append(all, f)
	}
	return func(a, b Row) int {
		for _, f := range all {
			if c := f(a, b); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.ID, b.ID)
	}, nil
}

// orderBy reads one column to sort by: a name, perhaps in quotes, with asc or
// desc and nulls first or last.
func (v *View) orderBy(part string) (func(a, b Row) int, bool) {
	name, rest, ok := v.sortParts(part)
	if !ok {
		return nil, false
	}
	at := fieldAt(v.Fields, name)
	if at < 0 && name != IDField {
		return nil, false
	}
	dir, ok := directions[strings.Join(strings.Fields(strings.ToLower(rest)), " ")]
	return func(a, b Row) int {
		x, y := cellAt(a, at), cellAt(b, at)
		switch {
		case x == nil && y == nil:
			return 0
		case x == nil:
			return dir.nulls
		case y == nil:
			return -dir.nulls
		}
		return dir.sign * compare(x, y)
	}, ok
}

// sortName returns the column that a part of an order names.
func (v *View) sortName(part string) (string, bool) {
	name, _, ok := v.sortParts(part)
	return name, ok
}

// sortParts cuts a part of an order into a column and what follows it.
func (v *View) sortParts(part string) (name, rest string, ok bool) {
	part = strings.TrimSpace(part)
	if inner, quoted := strings.CutPrefix(part, `"`); quoted {
		return strings.Cut(inner, `"`)
	}
	if !hasField(v.Fields, part) {
		name, rest, _ = strings.Cut(part, " ")
		return name, rest, true
	}
	return part, "", true
}

// directions are what may follow a column to sort by: the sign of the order,
// and where nulls are.
var directions = map[string]struct{ sign, nulls int }{
	"": {1, 1}, "asc": {1, 1}, "asc nulls last": {1, 1}, "nulls last": {1, 1}, "asc nulls first": {1, -1}, "nulls first": {1, -1},
	"desc": {-1, -1}, "desc nulls first": {-1, -1}, "desc nulls last": {-1, 1},
}
