package ui

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/datastore"
)

// A tableQuery is which rows of a table a reader wants to see. In the address
// it has the parameters of the API and of downloads, so that what is seen is
// what can be taken: q, filters, sort; and page.
type tableQuery struct {
	Words   string
	Filters []condition
	Sort    string // a column; "" = the order of the file
	Down    bool   // from the greatest
	Page    int
	raw     any // a filter that a form cannot show, such as $or
}

// A condition is one part of a filter.
type condition struct {
	Column, Op string
	Value      any
}

// The limits of a query.
const (
	maxFilterText = 8000
	maxConditions = 20
	maxQueryWords = 300
)

// ops are the comparisons that a reader can choose.
var ops = []string{"eq", "gte", "lte"}

// readTableQuery reads the address of a page. What the form adds (col, op, val)
// becomes a condition like others. What makes no sense is left out, and told
// by ok.
func readTableQuery(values url.Values, columns []catalog.Column) (q tableQuery, ok bool) {
	ok = true
	q.Words = shorten(strings.TrimSpace(values.Get("q")), maxQueryWords)
	q.Page = 1
	if n, err := strconv.Atoi(values.Get("page")); err == nil && n > 1 {
		q.Page = n
	}
	if s := values.Get("filters"); s != "" {
		ok = q.readFilters(s, columns)
	}
	if name, value := values.Get("col"), strings.TrimSpace(values.Get("val")); name != "" && value != "" {
		op := values.Get("op")
		if !slices.Contains(ops, op) {
			op = ops[0]
		}
		if hasColumn(columns, name) && len(q.Filters) < maxConditions && q.raw == nil {
			q.Filters = append(q.Filters, condition{name, op, typed(columns, name, value)})
		} else {
			ok = false
		}
	}
	if s := values.Get("sort"); s != "" {
		name, down := strings.CutSuffix(s, " desc")
		name = strings.Trim(strings.TrimSuffix(name, " asc"), `"`)
		if hasColumn(columns, name) {
			q.Sort, q.Down = name, down
		} else {
			ok = false
		}
	}
	return q, ok
}

// readFilters reads a filter in the form of the API.
func (q *tableQuery) readFilters(s string, columns []catalog.Column) bool {
	if len(s) > maxFilterText {
		return false
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var given any
	if d.Decode(&given) != nil {
		return false
	}
	m, isObject := given.(map[string]any)
	if !isObject {
		q.raw = given
		return true
	}
	known := 0
	for _, c := range columns {
		v, has := m[c.Name]
		if !has {
			continue
		}
		parts, ok := conditions(c.Name, v)
		if !ok {
			break
		}
		q.Filters = append(q.Filters, parts...)
		known++
	}
	if known < len(m) { // something that a form cannot show
		q.Filters, q.raw = nil, given
	}
	return len(q.Filters) <= maxConditions
}

// conditions reads what a filter says of one column, if a form can show it.
func conditions(column string, given any) (out []condition, ok bool) {
	ranges, isRange := given.(map[string]any)
	if !isRange {
		return []condition{{column, ops[0], given}}, plainValue(given)
	}
	for _, op := range ops {
		if x, has := ranges[op]; has && plainValue(x) {
			out = append(out, condition{column, op, x})
		}
	}
	return out, len(out) == len(ranges) && len(out) > 0
}

func plainValue(v any) bool {
	switch v.(type) {
	case string, json.Number, bool:
		return true
	}
	return false
}

func hasColumn(columns []catalog.Column, name string) bool {
	return slices.ContainsFunc(columns, func(c catalog.Column) bool { return c.Name == name })
}

// typed returns what a reader wrote as a value of a column: numbers with a
// decimal comma, days as Italians write them.
func typed(columns []catalog.Column, name, value string) any {
	i := slices.IndexFunc(columns, func(c catalog.Column) bool { return c.Name == name })
	switch typ := columns[i].Type; {
	case numeric(columns[i]):
		if strings.Contains(value, ",") {
			value = strings.Replace(strings.ReplaceAll(value, ".", ""), ",", ".", 1)
		}
		if _, err := strconv.ParseFloat(value, 64); err == nil && json.Valid([]byte(value)) {
			return json.Number(value)
		}
	case typ == catalog.Boolean:
		switch strings.ToLower(value) {
		case "sì", "si", "vero":
			return "true"
		case "no", "falso":
			return "false"
		}
	}
	return value
}

// filters returns the conditions in the form of the API, or nil.
func (q tableQuery) filters() any {
	if q.raw != nil {
		return q.raw
	}
	if len(q.Filters) == 0 {
		return nil
	}
	all := map[string]any{}
	for _, c := range q.Filters {
		before, again := all[c.Column]
		ranges, isRange := before.(map[string]any)
		switch {
		case !again && c.Op == ops[0]:
			all[c.Column] = c.Value
		case !again:
			all[c.Column] = map[string]any{c.Op: c.Value}
		case isRange && ranges[c.Op] == nil:
			ranges[c.Op] = c.Value
		default: // of two values for one column the last is meant
			all[c.Column] = map[string]any{c.Op: c.Value}
		}
	}
	return all
}

// narrows reports whether q is not simply the whole table.
func (q tableQuery) narrows() bool { return q.Words != "" || q.filters() != nil || q.Sort != "" }

// values returns the parameters without the page.
func (q tableQuery) values() url.Values {
	out := url.Values{}
	if q.Words != "" {
		out.Set("q", q.Words)
	}
	if f := q.filters(); f != nil {
		out.Set("filters", q.filterText())
	}
	if q.Sort != "" {
		out.Set("sort", q.order())
	}
	return out
}

func (q tableQuery) filterText() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(q.filters()) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// order returns what to sort by in the form of the API.
func (q tableQuery) order() string {
	if q.Sort == "" {
		return ""
	}
	name := q.Sort
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		name = `"` + name + `"`
	}
	if q.Down {
		return name + " desc"
	}
	return name
}

// with returns the address under base of the page n of q.
func (q tableQuery) with(base string, n int) string {
	v := q.values()
	if n > 1 {
		v.Set("page", strconv.Itoa(n))
	}
	if len(v) == 0 {
		return base
	}
	return base + "?" + v.Encode()
}

// query returns q as the table understands it.
func (q tableQuery) query(fields []datastore.Field) (datastore.Query, error) {
	out := datastore.Query{Sort: q.order()}
	var err error
	if out.Filter, err = datastore.NewFilter(fields, q.filters()); err != nil {
		return out, err
	}
	if q.Words != "" {
		out.Words, err = datastore.NewWords(fields, q.Words, true)
	}
	return out, err
}
