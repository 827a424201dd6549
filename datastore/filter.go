package datastore

import (
	"encoding/json"
	"fmt"
	"slices"
)

// A Filter chooses rows. nil chooses all.
type Filter struct {
	op    string // "eq", "in", "gt", "gte", "lt", "lte", "$and", "$or"
	field string
	at    int // of the field; -1 = the ID of the row
	typ   Field
	given any   // the value as it was given
	want  []any // the value or values, of the column's type
	parts []*Filter
}

// The limits of a filter.
const (
	maxFilterParts = 200
	maxFilterDepth = 8
)

// NewFilter reads a filter in CKAN's form: an object of columns with a value,
// a list of values of which one must match, or an object of comparisons; under
// "$and" and "$or" are lists of more of them. keys are the keys of the outer
// object in their order, where it is known.
func NewFilter(fields []Field, given any) (*Filter, error) {
	if given == nil {
		return nil, nil //nolint:nilnil // no filter chooses all
	}
	r := filterReader{fields: fields}
	var f *Filter
	var err error
	switch v := given.(type) {
	case map[string]any:
		f, err = r.object(v, 0)
	case []any:
		f, err = r.list("$or", v, 0)
	default:
		return nil, invalid("filters", "Filters must be defined as a dict or a list of dicts")
	}
	return f, err
}

type filterReader struct {
	fields []Field
	parts  int
}

func (r *filterReader) object(m map[string]any, depth int) (*Filter, error) {
	if depth > maxFilterDepth {
		return nil, invalid("filters", "nested too deeply")
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var parts []*Filter
	for _, k := range keys {
		if r.parts++; r.parts > maxFilterParts {
			return nil, invalid("filters", "too many conditions")
		}
		f, err := r.key(k, m[k], depth)
		if err != nil {
			return nil, err
		}
		if f != nil {
			parts = append(parts, f)
		}
	}
	return joined("$and", parts), nil
}

func (r *filterReader) key(k string, v any, depth int) (*Filter, error) {
	if k == "$and" || k == "$or" {
		list, ok := v.([]any)
		if !ok {
			return nil, invalid("filters", k+" must be a list of dicts")
		}
		return r.list(k, list, depth)
	}
	at, f := -1, Field{ID: IDField, Type: "int8"}
	if k != IDField {
		if at = fieldAt(r.fields, k); at < 0 {
			return nil, unknownField("filters", "Unknown field: "+k, r.fields)
		}
		f = r.fields[at]
	}
	return r.column(at, f, v)
}

func (r *filterReader) list(op string, list []any, depth int) (*Filter, error) {
	var parts []*Filter
	for _, x := range list {
		m, ok := x.(map[string]any)
		if !ok {
			return nil, invalid("filters", "Filters must be defined as a dict or a list of dicts")
		}
		f, err := r.object(m, depth+1)
		if err != nil {
			return nil, err
		}
		if f != nil {
			parts = append(parts, f)
		}
	}
	return joined(op, parts), nil
}

// joined makes one filter of several.
func joined(op string, parts []*Filter) *Filter {
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return &Filter{op: op, parts: parts}
}

// column reads what must hold of one column.
func (r *filterReader) column(at int, f Field, v any) (*Filter, error) {
	switch v := v.(type) {
	case map[string]any:
		if f.Type == "json" {
			break
		}
		return r.comparisons(at, f, v)
	case []any:
		var parts []*Filter
		plain := []any{}
		for _, x := range v {
			if m, is := x.(map[string]any); is && f.Type != "json" {
				p, err := r.comparisons(at, f, m)
				if err != nil {
					return nil, err
				}
				parts = append(parts, p)
				continue
			}
			plain = append(plain, x)
		}
		if len(plain) > 0 || len(parts) == 0 {
			in, err := leaf("in", at, f, plain)
			if err != nil {
				return nil, err
			}
			parts = append(parts, in)
		}
		return joined("$or", parts), nil
	}
	return leaf("eq", at, f, v)
}

func (r *filterReader) comparisons(at int, f Field, m map[string]any) (*Filter, error) {
	var parts []*Filter
	for _, op := range []string{"eq", "gt", "gte", "in", "lt", "lte"} {
		v, ok := m[op]
		if !ok {
			continue
		}
		p, err := leaf(op, at, f, v)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) != len(m) || len(m) == 0 {
		return nil, invalid("filters", "Unknown operator for field: "+f.ID)
	}
	return joined("$and", parts), nil
}

func leaf(op string, at int, f Field, v any) (*Filter, error) {
	list, isList := v.([]any)
	if op != "in" {
		list = []any{v}
	} else if !isList {
		return nil, invalid("filters", "in needs a list of values")
	}
	out := &Filter{op: op, field: f.ID, at: at, typ: f, given: v}
	for _, x := range list {
		if x == "" && f.Type != "text" {
			return nil, badQuery(badValue(f.Native(), x))
		}
		c, err := cellOf(f, x)
		if err != nil {
			return nil, badQuery(err)
		}
		out.want = append(out.want, c)
	}
	return out, nil
}

// badQuery is what CKAN says of a query that its database refused. It tells
// the statement, too; that is nobody's business.
func badQuery(cause error) error {
	return invalid("query", "Invalid query").Because(cause)
}

// match reports whether f chooses r.
func (f *Filter) match(r Row) bool {
	if f == nil {
		return true
	}
	switch f.op {
	case "$and":
		return !slices.ContainsFunc(f.parts, func(p *Filter) bool { return !p.match(r) })
	case "$or":
		return slices.ContainsFunc(f.parts, func(p *Filter) bool { return p.match(r) })
	}
	var v any = r.ID
	if f.at >= 0 {
		v = r.Cells[f.at]
	}
	if v == nil {
		return false // null is equal to nothing
	}
	return slices.ContainsFunc(f.want, func(want any) bool { return want != nil && holds(f.op, compare(v, want)) })
}

func holds(op string, order int) bool {
	switch op {
	case "gt":
		return order > 0
	case "gte":
		return order >= 0
	case "lt":
		return order < 0
	case "lte":
		return order <= 0
	}
	return order == 0
}

// MarshalJSON writes f as CKAN tells how it has read a filter.
func (f *Filter) MarshalJSON() ([]byte, error) {
	out := map[string]any{"op": f.op, "field": f.field, "value": f.given}
	if len(f.parts) > 0 {
		out["field"], out["value"] = nil, f.parts
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("write a filter: %w", err)
	}
	return raw, nil
}
