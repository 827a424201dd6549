package datastore

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"portico/catalog"
	"portico/exporter"
)

// A Choice is the rows of a table that a Query chose, with values of their
// columns' types, as formats write them.
type Choice struct {
	exporter.Rows

	Total int64 // how many rows there are; < 0 = known once they have been read
}

// SnapshotFields returns the columns of a snapshot as a Query names them.
func SnapshotFields(columns []catalog.Column) []Field {
	out := make([]Field, len(columns))
	for i, c := range columns {
		out[i] = Field{ID: c.Name, Type: fieldTypeOf[c.Type]}
	}
	return out
}

// ChooseSnapshot finds rows of a snapshot while it reads them: only an order
// and Distinct need memory, and are refused where they would need too much.
// Fields = nil are all without the ID. The Closer must be closed when the rows
// have been read.
func ChooseSnapshot(ctx context.Context, s Store, t *catalog.Table, q Query) (*Choice, io.Closer, error) {
	c := chooser{query: q, fields: SnapshotFields(t.Columns), columns: t.Columns}
	out := &Choice{Total: -1}
	var err error
	if out.Columns, err = c.project(t.Columns); err != nil {
		return nil, nil, err
	}
	for i, f := range c.fields {
		if strings.Contains(q.Sort, f.ID) { // it may be one of them
			c.sortAt = append(c.sortAt, i)
		}
	}
	if c.order, err = (&View{Head: Head{Fields: c.keyFields()}}).order(q.Sort); err != nil {
		return nil, nil, err
	}
	c.need()
	offset, limit := int64(0), int64(-1)
	if c.plain() { // the rows can be read from where they begin
		offset, limit = int64(q.Offset), int64(q.Limit)
		c.query.Offset, c.first = 0, offset
		out.Total = max(t.Rows-offset, 0)
		if limit >= 0 {
			out.Total = min(out.Total, limit)
		}
	}
	rows, closer, err := s.Rows(ctx, t, offset, limit)
	if err != nil {
		return nil, nil, err
	}
	out.All = c.rows(rows.All)
	return out, closer, nil
}

// A chooser finds rows among those that it reads.
type chooser struct {
	columns []catalog.Column // of the snapshot
	query   Query
	fields  []Field
	at      []int              // the columns to give; -1 = the ID
	needed  []int              // the columns that decide
	sortAt  []int              // the columns by which rows may be ordered
	order   func(a, b Row) int // of rows of these columns alone
	first   int64              // rows that were left out before the first
}

func (c *chooser) keyFields() []Field {
	out := make([]Field, len(c.sortAt))
	for i, at := range c.sortAt {
		out[i] = c.fields[at]
	}
	return out
}

// plain reports whether every row is chosen, in its order.
func (c *chooser) plain() bool {
	return c.query.Filter == nil && c.query.Words == nil && c.order == nil && !c.query.Distinct
}

// project chooses the columns to give.
func (c *chooser) project(columns []catalog.Column) ([]catalog.Column, error) {
	if c.query.Fields == nil {
		for i := range columns {
			c.at = append(c.at, i)
		}
		return columns, nil
	}
	var out []catalog.Column
	for _, name := range c.query.Fields {
		i := fieldAt(c.fields, name)
		switch {
		case i >= 0:
			out = append(out, columns[i])
		case name == IDField:
			out = append(out, idColumn)
		default:
			return nil, unknownField("fields", `invalid value "`+name+`"`, c.fields)
		}
		c.at = append(c.at, i)
	}
	return out, nil
}

var idColumn = catalog.Column{Name: IDField, Type: catalog.Integer}

// need notes which columns decide: all where words are sought.
func (c *chooser) need() {
	for i := range c.fields {
		if c.query.Words != nil || c.query.Filter.uses(i) || slices.Contains(c.sortAt, i) || c.query.Distinct && slices.Contains(c.at, i) {
			c.needed = append(c.needed, i)
		}
	}
}

// uses reports whether a filter looks at a column.
func (f *Filter) uses(column int) bool {
	if f == nil {
		return false
	}
	return len(f.parts) == 0 && f.at == column || slices.ContainsFunc(f.parts, func(p *Filter) bool { return p.uses(column) })
}

// rows returns the rows that are chosen.
func (c *chooser) rows(in iter.Seq2[[]any, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		skip, left := c.query.Offset, c.query.Limit
		for row, err := range c.inOrder(c.matching(in)) {
			if err != nil {
				yield(nil, err)
				return
			}
			if skip > 0 {
				skip--
				continue
			}
			if left == 0 {
				return
			}
			left--
			if !yield(row, nil) {
				return
			}
		}
	}
}

// give fills out with the columns to give.
func (c *chooser) give(out []any, r found) []any {
	for i, a := range c.at {
		if a < 0 {
			out[i] = r.ID
		} else {
			out[i] = r.values[a]
		}
	}
	return out
}

// A found is a row that matches, as it was read and as it is compared.
type found struct {
	Row

	values []any
}

func (c *chooser) matching(in iter.Seq2[[]any, error]) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		seen := map[string]bool{}
		r := found{Row: Row{ID: c.first, Cells: make([]any, len(c.fields))}}
		var key []byte
		for values, err := range in {
			if err != nil {
				yield(r, err)
				return
			}
			r.ID++
			r.values = values
			for _, i := range c.needed {
				r.Cells[i] = fromSnapshot(c.fields[i], c.columns[i], values[i], nil)
			}
			if !c.query.Filter.match(r.Row) || !c.query.Words.match(r.Row) {
				continue
			}
			if c.query.Distinct {
				key = key[:0]
				for _, a := range c.at {
					key = AppendJSON(append(key, ','), cellAt(r.Row, a))
				}
				if seen[string(key)] {
					continue
				}
				if len(seen) >= maxRows {
					yield(r, tooLarge("distinct"))
					return
				}
				seen[string(key)] = true
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// maxSortedCells is how many values are kept to be put in order.
const maxSortedCells = 6_000_000

// inOrder gives what matches, in the order asked for.
func (c *chooser) inOrder(in iter.Seq2[found, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if c.order != nil {
			all, err := c.collect(in)
			if err != nil {
				yield(nil, err)
			}
			for _, r := range all {
				if !yield(r.values, nil) {
					return
				}
			}
			return
		}
		out := make([]any, len(c.at))
		for r, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(c.give(out, r), nil) {
				return
			}
		}
	}
}

// collect sorts what matches. No more rows are kept than will be given, and of
// these only what is given and what decides.
func (c *chooser) collect(in iter.Seq2[found, error]) (all []found, err error) {
	most := -1
	if c.query.Limit >= 0 {
		most = c.query.Offset + c.query.Limit
	}
	for r, err := range in {
		if err == nil && (len(all)+1)*(len(c.at)+len(c.sortAt)) > maxSortedCells {
			err = tooLarge("sort")
		}
		if err != nil {
			return nil, err
		}
		key := make([]any, len(c.sortAt))
		for i, at := range c.sortAt {
			key[i] = r.Cells[at]
		}
		all = append(all, found{Row: Row{ID: r.ID, Cells: key}, values: c.give(make([]any, len(c.at)), r)})
		if most >= 0 && len(all)-most > most+1000 {
			all = c.sorted(all)[:most]
		}
	}
	return c.sorted(all), nil
}

func (c *chooser) sorted(rows []found) []found {
	slices.SortFunc(rows, func(a, b found) int { return c.order(a.Row, b.Row) })
	return rows
}

func tooLarge(parameter string) error {
	return catalog.Errorf(catalog.Invalid, "%s: too many rows for this; narrow them with filters, or leave it out", parameter).
		Italian("%s: troppe righe; restringere con i filtri, o togliere il parametro", parameter)
}

// Choose finds rows of a table that was written through the API. Fields = nil
// are all without the ID.
func (v *View) Choose(ctx context.Context, q Query) (*Choice, error) {
	if q.Fields == nil {
		q.Fields = []string{}
		for _, f := range v.Fields {
			q.Fields = append(q.Fields, f.ID)
		}
	}
	p, err := v.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	columns := make([]catalog.Column, len(p.Fields))
	for i, f := range p.Fields {
		columns[i] = v.column(f, p.Rows, i)
	}
	all := func(yield func([]any, error) bool) {
		out := make([]any, len(columns))
		for n, row := range p.Rows {
			if n%4096 == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			for i, cell := range row {
				v, err := toSnapshot(columns[i], p.Fields[i], cell)
				if err != nil {
					yield(nil, fmt.Errorf("row %d: %w", n+1, err))
					return
				}
				out[i] = v
			}
			if !yield(out, nil) {
				return
			}
		}
	}
	return &Choice{Rows: exporter.Rows{Columns: columns, All: all}, Total: int64(len(p.Rows))}, nil
}
