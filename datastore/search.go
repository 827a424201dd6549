package datastore

import (
	"cmp"
	"context"
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

// Search finds rows.
func (v *View) Search(ctx context.Context, q Query) (*Page, error) {
	p := &Page{}
	at, err := v.project(q, p)
	if err != nil {
		return nil, err
	}
	order, err := v.order(q.Sort)
	if err != nil {
		return nil, err
	}
	rows, err := v.matching(ctx, q)
	if err != nil {
		return nil, err
	}
	if order != nil && !slices.IsSortedFunc(rows, order) {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, order)
	}
	if q.Distinct {
		rows = distinct(rows, at)
	}
	p.Total = len(rows)
	rows = rows[min(q.Offset, len(rows)):]
	if q.Limit >= 0 {
		rows = rows[:min(q.Limit, len(rows))]
	}
	p.Rows = make([][]any, len(rows))
	for i, r := range rows {
		p.Rows[i] = make([]any, len(at))
		for j, a := range at {
			p.Rows[i][j] = cellAt(r, a)
		}
	}
	return p, nil
}

// matching returns the rows that a query is about.
func (v *View) matching(ctx context.Context, q Query) ([]Row, error) {
	if q.Filter == nil && q.Words == nil {
		return v.Rows, nil
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

func cellAt(r Row, at int) any {
	if at < 0 {
		return r.ID
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
			return nil, invalid("fields", `invalid value "`+name+`"`)
		}
		at, p.Fields = append(at, i), append(p.Fields, v.Fields[i])
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
			return nil, invalid("sort", `invalid value "`+strings.TrimSpace(part)+`"`)
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
	part = strings.TrimSpace(part)
	name, rest := part, ""
	if inner, ok := strings.CutPrefix(part, `"`); ok {
		if name, rest, ok = strings.Cut(inner, `"`); !ok {
			return nil, false
		}
	} else if !hasField(v.Fields, part) {
		name, rest, _ = strings.Cut(part, " ")
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

// directions are what may follow a column to sort by: the sign of the order,
// and where nulls are.
var directions = map[string]struct{ sign, nulls int }{
	"": {1, 1}, "asc": {1, 1}, "asc nulls last": {1, 1}, "nulls last": {1, 1}, "asc nulls first": {1, -1}, "nulls first": {1, -1},
	"desc": {-1, -1}, "desc nulls first": {-1, -1}, "desc nulls last": {-1, 1},
}
