package ui

import (
	"fmt"
	"slices"

	"portico/catalog"
	"portico/datastore"
)

// An openTable is the table of a distribution, wherever its rows are kept.
type openTable struct {
	x       *catalog.Distribution
	columns []catalog.Column
	total   int64
	view    *datastore.View // of rows that are written through the API; nil = a snapshot
	numbers []int64         // of the rows of the page that was read last
}

func (s *Server) openTable(r *request, x *catalog.Distribution) (*openTable, error) {
	t := x.Table
	if !t.Written {
		return &openTable{x: x, columns: t.Columns, total: t.Rows}, nil
	}
	v, err := s.Rows.Table(r.ctx, x.ID)
	if err != nil {
		return nil, fmt.Errorf("open a table: %w", err)
	}
	out := &openTable{x: x, total: int64(len(v.Rows)), view: v}
	for _, f := range v.Fields {
		out.columns = append(out.columns, f.Column())
	}
	return out, nil
}

// tableTools are the ways to choose among the rows of a table.
type tableTools struct {
	Action   string
	Words    string
	Filters  []chosen
	Columns  []pick
	Kept     []pick // parameters that the form passes on
	Clear    string // where nothing is chosen; "" = nothing is
	Notice   string // what was wrong with what was asked for
	Found    int
	Narrowed bool       // not all rows are shown, or in another order
	Exports  []download // of what is shown
}

// A chosen is a condition with the address without it.
type chosen struct{ Text, Without string }

// A pick is a name with a value.
type pick struct{ Name, Value string }

// preview shows a page of the table, as the address asks for it.
func (s *Server) preview(r *request, tab *openTable, base string) (*preview, *tableTools, error) {
	q, ok := readTableQuery(r.query, tab.columns)
	var tools *tableTools
	if s.Rows != nil && tab.total > 0 {
		tools = &tableTools{Action: base}
		if !ok {
			tools.Notice = r.text("tools.ignored")
		}
	} else {
		q = tableQuery{Page: q.Page}
	}
	rows, total, err := s.page(r, tab, q)
	if kind := catalog.KindOf(err); kind == catalog.Invalid && q.narrows() { // a bad value, or a table too large for this
		tools.Notice = r.text("tools.refused")
		q = tableQuery{Page: q.Page}
		rows, total, err = s.page(r, tab, q)
	}
	if err != nil {
		return nil, nil, err
	}
	p := &preview{}
	shown := tab.columns[:min(len(tab.columns), maxColumns)]
	p.Hidden = len(tab.columns) - len(shown)
	for _, c := range shown {
		p.Columns = append(p.Columns, headOf(r, c, q, tools, base))
	}
	for _, values := range rows {
		row := make([]cell, len(shown))
		for i, c := range shown {
			row[i] = r.cell(c, values[i])
		}
		p.Rows = append(p.Rows, row)
	}
	p.Places = placesOf(r, tab.columns, rows)
	p.Pages = newPager(min(q.Page, lastPage(total, previewRows)), total, previewRows, func(n int) string { return q.with(base, n) })
	if tools != nil {
		tools.fill(r, tab, q, total)
		tools.Exports = s.exports(tab, q, base)
	}
	return p, tools, nil
}

// headOf shows the head of a column, with the order that comes next: up, down,
// that of the file.
func headOf(r *request, c catalog.Column, q tableQuery, tools *tableTools, base string) previewColumn {
	out := previewColumn{Header: headerOf(r.speaker, c), Name: c.Name, Unit: c.Unit, Numeric: numeric(c)}
	if tools == nil || c.Type == catalog.Geometry { // nobody sorts shapes
		return out
	}
	next := q
	next.Sort, next.Down = c.Name, false
	if q.Sort == c.Name {
		out.Sorted = "ascending"
		next.Down = true
		if q.Down {
			out.Sorted = "descending"
			next.Sort, next.Down = "", false
		}
	}
	out.SortURL = next.with(base, 1) + "#preview"
	return out
}

// page reads the rows of a page, with values of the columns' types. A page
// after the last is the last.
func (s *Server) page(r *request, tab *openTable, q tableQuery) (rows [][]any, total int, err error) {
	if tab.view == nil && !q.narrows() {
		total = int(min(tab.total, int64(previewRows*maxPages)))
		page := min(q.Page, lastPage(total, previewRows))
		rows, err = s.rowsAt(r, tab.x.Table, int64(page-1)*previewRows)
		tab.numbers = numbersFrom((page-1)*previewRows, len(rows))
		return rows, total, err
	}
	v := tab.view
	if v == nil {
		if v, err = s.Rows.Snapshot(r.ctx, s.Tables, tab.x.Table); err != nil {
			return nil, 0, err
		}
	}
	search, err := q.query(v.Fields)
	if err != nil {
		return nil, 0, err
	}
	search.Fields = []string{}
	for _, c := range tab.columns {
		search.Fields = append(search.Fields, c.Name)
	}
	search.Fields = append(search.Fields, datastore.IDField)
	search.Limit, search.Offset = previewRows, (min(q.Page, maxPages)-1)*previewRows
	found, err := v.Search(r.ctx, search)
	if err == nil && len(found.Rows) == 0 && found.Total > 0 {
		search.Offset = (lastPage(found.Total, previewRows) - 1) * previewRows
		found, err = v.Search(r.ctx, search)
	}
	if err != nil {
		return nil, 0, err
	}
	tab.numbers = takeNumbers(found)
	return valuesOf(found, tab.columns), found.Total, nil
}

// valuesOf returns what was found as values of the columns' types.
func valuesOf(found *datastore.Page, columns []catalog.Column) [][]any {
	rows := make([][]any, len(found.Rows))
	for n, cells := range found.Rows {
		rows[n] = make([]any, len(cells))
		for i, c := range cells {
			rows[n][i] = datastore.Value(columns[i], found.Fields[i], c)
		}
	}
	return rows
}

// rowsAt reads a page of a snapshot.
func (s *Server) rowsAt(r *request, t *catalog.Table, offset int64) ([][]any, error) {
	rows, closer, err := s.Tables.Rows(r.ctx, t, offset, previewRows)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	var out [][]any
	for values, err := range rows.All {
		if err != nil {
			return nil, err
		}
		if len(values) != len(t.Columns) {
			return nil, fmt.Errorf("a row has %d values for %d columns", len(values), len(t.Columns))
		}
		if out = append(out, slices.Clone(values)); len(out) == previewRows {
			break
		}
	}
	return out, nil
}

// fill tells what is chosen and what can be.
func (t *tableTools) fill(r *request, tab *openTable, q tableQuery, total int) {
	t.Words, t.Found, t.Narrowed = q.Words, total, q.narrows()
	names := map[string]catalog.Column{}
	for _, c := range tab.columns {
		names[c.Name] = c
		if c.Type != catalog.Geometry {
			t.Columns = append(t.Columns, pick{Name: headerOf(r.speaker, c), Value: c.Name})
		}
	}
	if q.Words != "" {
		without := q
		without.Words = ""
		t.Filters = append(t.Filters, chosen{r.text("tools.words", q.Words), without.with(t.Action, 1)})
	}
	for i, c := range q.Filters {
		without := q
		without.Filters = slices.Delete(slices.Clone(q.Filters), i, i+1)
		t.Filters = append(t.Filters, chosen{
			r.text("op."+c.Op, headerOf(r.speaker, names[c.Column]), valueText(r, names[c.Column], c.Value)), without.with(t.Action, 1),
		})
	}
	if q.raw != nil {
		without := q
		without.raw = nil
		t.Filters = append(t.Filters, chosen{shorten(q.filterText(), maxCell), without.with(t.Action, 1)})
	}
	if q.filters() != nil {
		t.Kept = append(t.Kept, pick{"filters", q.filterText()})
	}
	if q.Sort != "" {
		t.Kept = append(t.Kept, pick{"sort", q.order()})
	}
	if q.narrows() {
		t.Clear = t.Action
	}
}

// valueText says the value of a condition as people write it.
func valueText(r *request, c catalog.Column, v any) string {
	text := fmt.Sprint(v)
	if parsed := parseValue(c, text); parsed != nil {
		return r.cell(c, parsed).Text
	}
	return shorten(text, maxCell)
}

// exports are the downloads of what is shown.
func (s *Server) exports(tab *openTable, q tableQuery, base string) []download {
	var out []download
	if !q.narrows() {
		return nil
	}
	for _, f := range s.Formats.All() {
		if f.Takes(tab.columns) && !f.Special {
			out = append(out, download{Label: f.Title, Name: f.Name, URL: q.with(base+"/data."+f.Name, 1)})
		}
	}
	return out
}
