package sql

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// anonymous is PostgreSQL's name of a column that has none.
const anonymous = "?column?"

// Rewrite makes of what PostgreSQL would understand what DuckDB does: names of
// columns, whole division, patterns that find a part, forms of dates. It lets
// no more than rows rows come. The statement is changed.
func (s *Statement) Rewrite(text string, rows int) error {
	if err := rewrite(s.node, strings.Contains(strings.ToLower(text), "similar")); err != nil {
		return err
	}
	bound(s.node, rows)
	return nil
}

// JSON returns the tree in the form that json_deserialize_sql reads.
func (s *Statement) JSON() ([]byte, error) {
	b, err := json.Marshal(map[string]any{
		"error": false, "statements": []any{map[string]any{"node": s.node, "named_param_map": []any{}}},
	})
	if err != nil {
		return nil, fmt.Errorf("write a statement: %w", err)
	}
	return b, nil
}

// Same reports whether two statements are made of the same, wherever in their
// texts.
func (s *Statement) Same(o *Statement) bool { return same(s.node, o.node) }

func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(without(a), without(b), same)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	}
	return a == b
}

// without leaves out where in its text a node stands.
func without(n map[string]any) map[string]any {
	n = maps.Clone(n)
	delete(n, "query_location")
	return n
}

func rewrite(v any, similar bool) error {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if err := rewrite(x, similar); err != nil {
				return err
			}
		}
	case map[string]any:
		if str(v, "type") == "SELECT_NODE" {
			nameColumns(v) // by the functions that were asked for
		}
		for _, x := range v {
			if err := rewrite(x, similar); err != nil {
				return err
			}
		}
		if str(v, "class") == "FUNCTION" || str(v, "class") == "WINDOW" {
			return dialect(v, similar)
		}
	}
	return nil
}

// nameColumns gives the columns of a SELECT the names that PostgreSQL gives.
func nameColumns(n map[string]any) {
	list, _ := n["select_list"].([]any)
	for _, x := range list {
		e, ok := x.(map[string]any)
		if !ok || str(e, "alias") != "" || str(e, "class") == "STAR" || str(e, "class") == "COLUMN_REF" {
			continue
		}
		if name, _ := columnName(e); name != anonymous {
			e["alias"] = name
		}
	}
}

// Names returns the names of the columns of the answer; "" is one that DuckDB
// names, and nil says that it names all.
func (s *Statement) Names() []string {
	n := s.node
	for str(n, "type") == "SET_OPERATION_NODE" {
		if n = first(n); n == nil {
			return nil
		}
	}
	list, _ := n["select_list"].([]any)
	names := make([]string, len(list))
	for i, x := range list {
		e, _ := x.(map[string]any)
		if e == nil || str(e, "class") == "STAR" {
			return nil
		}
		if names[i] = str(e, "alias"); names[i] == "" {
			names[i], _ = columnName(e)
		}
	}
	return names
}

// first returns the first part of a union, wherever this version of the tree
// has it.
func first(n map[string]any) map[string]any {
	if left, ok := n["left"].(map[string]any); ok {
		return left
	}
	children, _ := n["children"].([]any)
	if len(children) == 0 {
		return nil
	}
	left, _ := children[0].(map[string]any)
	return left
}

// shownFunctions are the names under which PostgreSQL shows a function, where
// DuckDB's parser has another.
var shownFunctions = map[string]string{"count_star": "count", "list_value": "array", "quantile_cont": "percentile_cont", "quantile_disc": "percentile_disc"}

// shownOperators are the names of what is no function to DuckDB.
var shownOperators = map[string]string{"OPERATOR_COALESCE": "coalesce", "OPERATOR_NULLIF": "nullif", "ARRAY_CONSTRUCTOR": "array"}

// nameWithin returns the name of what is in an expression, if it is one that
// stays, or else otherwise.
func nameWithin(inner any, otherwise string) (string, bool) {
	e, _ := inner.(map[string]any)
	if name, strong := columnName(e); strong {
		return name, true
	}
	return otherwise, false
}

// columnName returns the name of an expression, and whether it is one that a
// cast around it keeps.
func columnName(e map[string]any) (name string, strong bool) {
	switch str(e, "class") {
	case "COLUMN_REF":
		names, _ := e["column_names"].([]any)
		if len(names) > 0 {
			name, _ = names[len(names)-1].(string)
		}
		return name, true
	case "FUNCTION", "WINDOW":
		return functionName(e)
	case "CAST":
		to, _ := e["cast_type"].(map[string]any)
		return nameWithin(e["child"], TypeName(str(to, "id")))
	case "CASE":
		return nameWithin(e["else_expr"], "case")
	case "SUBQUERY":
		return subqueryName(e)
	case "OPERATOR":
		if name, ok := shownOperators[str(e, "type")]; ok {
			return name, true
		}
	case "CONSTANT":
		if v, ok := e["value"].(map[string]any); ok {
			if _, is := v["value"].(bool); is {
				return "bool", false
			}
		}
	}
	return anonymous, false
}

func functionName(e map[string]any) (string, bool) {
	name := strings.ToLower(str(e, "function_name"))
	if shown, ok := shownFunctions[name]; ok {
		return shown, true
	}
	if e["is_operator"] == true || name == "regexp_full_match" || !isWord(name) {
		return anonymous, false
	}
	if name == "date_part" && str(e, "schema") == "main" { // the parser's own mark of EXTRACT
		return "extract", true
	}
	return name, true
}

func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_0123456789") == ""
}

func subqueryName(e map[string]any) (string, bool) {
	switch str(e, "subquery_type") {
	case "EXISTS", "NOT_EXISTS":
		return "exists", true
	case "SCALAR":
		if q, ok := e["subquery"].(map[string]any); ok {
			if n, ok := q["node"].(map[string]any); ok {
				inner := (&Statement{node: n}).Names()
				if len(inner) == 1 {
					return inner[0], true
				}
			}
		}
	}
	return anonymous, false
}

// bound lets no more than so many rows come.
func bound(n map[string]any, rows int) {
	modifiers, _ := n["modifiers"].([]any)
	for i, x := range modifiers {
		m, _ := x.(map[string]any)
		if str(m, "type") != "LIMIT_MODIFIER" {
			continue
		}
		m = maps.Clone(m)
		if old, ok := m["limit"].(map[string]any); !ok {
			m["limit"] = integer(rows)
		} else if !atMost(old, rows) {
			// The least of the two; a limit of null is none.
			m["limit"] = call("least", old, integer(rows))
		}
		modifiers[i] = m
		return
	}
	n["modifiers"] = append(modifiers, map[string]any{"type": "LIMIT_MODIFIER", "limit": integer(rows), "offset": nil})
}

// atMost reports whether an expression is a whole number that is no more.
func atMost(e map[string]any, most int) bool {
	v, _ := e["value"].(map[string]any)
	number, ok := v["value"].(json.Number)
	if !ok {
		return false
	}
	n, err := number.Int64()
	return err == nil && n <= int64(most)
}

func constant(id string, v any) map[string]any {
	return map[string]any{
		"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": json.Number("0"),
		"value": map[string]any{"type": map[string]any{"id": id, "type_info": nil}, "is_null": false, "value": v},
	}
}

func integer(n int) map[string]any { return constant("INTEGER", json.Number(fmt.Sprint(n))) }

func call(name string, children ...any) map[string]any {
	return map[string]any{
		"class": "FUNCTION", "type": "FUNCTION", "alias": "", "query_location": json.Number("0"), "function_name": name, "schema": "", "catalog": "",
		"children": children, "filter": nil, "order_bys": map[string]any{"type": "ORDER_MODIFIER", "orders": []any{}},
		"distinct": false, "is_operator": false, "export_state": false,
	}
}
