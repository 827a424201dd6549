package sql

import (
	"encoding/json"
	"strings"
	"testing"
)

// selectOf is a tree as DuckDB's parser makes it, of one expression.
func selectOf(expression string) []byte {
	return []byte(`{"error": false, "statements": [{"node": {"type": "SELECT_NODE", "modifiers": [], "cte_map": {"map": []},
		"select_list": [` + expression + `], "from_table": {"type": "EMPTY", "sample": null}}, "named_param_map": []}]}`)
}

// TestWhatIsNotKnownIsRefused sends trees that today's parser may not even
// make: the gate must hold with the next one, too.
func TestWhatIsNotKnownIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ tree, want string }{
		"a class":         {`{"class": "NEW", "type": "NEW"}`, "Invalid query AST element: NEW"},
		"an operator":     {`{"class": "OPERATOR", "type": "OPERATOR_NEW", "children": []}`, "Invalid query AST element: OPERATOR_NEW"},
		"a function":      {`{"class": "FUNCTION", "type": "FUNCTION", "function_name": "Getenv"}`, "Not authorized to call function getenv"},
		"a schema":        {`{"class": "FUNCTION", "type": "FUNCTION", "function_name": "lower", "schema": "system"}`, "Not authorized to call function system.lower"},
		"a node":          {`{"class": "SUBQUERY", "subquery": {"node": {"type": "NEW_NODE"}}}`, "Invalid query AST element: NEW_NODE"},
		"a type":          {`{"class": "CAST", "type": "OPERATOR_CAST", "child": null, "cast_type": {"id": "BLOB", "type_info": null}}`, "Invalid query AST element: TypeName"},
		"an alias type":   {`{"class": "CAST", "child": null, "cast_type": {"id": "VARCHAR", "type_info": {"type": "GENERIC_TYPE_INFO", "alias": "JSON"}}}`, "Invalid query AST element: TypeName"},
		"COLUMNS":         {`{"class": "STAR", "type": "STAR", "columns": true, "expr": null}`, "Invalid query AST element: ColumnRef"},
		"a long constant": {`{"class": "CONSTANT", "value": {"type": {"id": "VARCHAR", "type_info": null}, "value": "` + strings.Repeat("x", maxConstant+1) + `"}}`, ErrTooLong.Text},
		"depth":           {strings.Repeat(`{"a": `, maxDepth+1) + `1` + strings.Repeat(`}`, maxDepth+1), ErrTooDeep.Text},
		"many parts":      {`[` + strings.Repeat(`1,`, maxParts) + `1]`, ErrTooDeep.Text},
		"many tables":     {`[` + strings.TrimSuffix(strings.Repeat(`{"type": "BASE_TABLE", "table_name": "a"},`, maxTables+1), ",") + `]`, ErrTooDeep.Text},
		"another catalog": {`{"type": "BASE_TABLE", "table_name": "a", "catalog_name": "memory"}`, "Not authorized to access tables in other schemas"},
		"a system table":  {`{"type": "BASE_TABLE", "table_name": "PG_user"}`, "Not authorized to access system tables"},
		"a sample":        {`{"type": "BASE_TABLE", "table_name": "a", "sample": {}}`, "Invalid query AST element: RangeTableSample"},
		"table functions": {`{"type": "TABLE_FUNCTION", "function": {"function_name": "READ_CSV"}}`, "Not authorized to call function read_csv"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Check("SELECT", selectOf(tt.tree))
			if err == nil || err.Error() != tt.want {
				t.Errorf("%v %+v, want %s", err, s, tt.want)
			}
		})
	}
	for tree, want := range map[string]string{
		`{"error": false, "statements": []}`: ErrNotSingle.Text, `x`: ErrTooDeep.Text, `{"statements": [{"node": 1}]}`: "Invalid query AST element: Stmt",
		`{"error": false, "statements": [{"node": {"type": "SELECT_NODE"}, "named_param_map": [{}]}]}`: "Invalid query AST element: ParamRef",
	} {
		if _, err := Check("", []byte(tree)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", tree, err)
		}
	}
	if _, err := Check(strings.Repeat("x", MaxLength+1), nil); err != ErrTooLong { //nolint:errorlint // it is the very one
		t.Error(err)
	}
}

func TestAStatementSaysWhichTablesItReads(t *testing.T) {
	s, err := Check("", selectOf(`{"class": "SUBQUERY", "subquery": {"node": {"type": "SELECT_NODE", "cte_map": {"map": [
		{"key": "C", "value": {"query": {"node": {"type": "BASE_TABLE", "table_name": "z"}}}}]},
		"from_table": [{"type": "BASE_TABLE", "table_name": "c"}, {"type": "BASE_TABLE", "table_name": "a"}, {"type": "BASE_TABLE", "table_name": "z"}]}}},
		{"class": "COLUMN_REF", "column_names": ["Current_User"]}, {"class": "FUNCTION", "function_name": "now"}`))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(s.Tables, " ") != "a z" || strings.Join(s.Values, " ") != "current_user" || !s.Volatile {
		t.Errorf("%+v", s)
	}
}

func TestPatternsOfDatesAreTranslated(t *testing.T) {
	for pg, want := range map[string]string{
		"YYYY-MM-DD HH24:MI:SS": "%Y-%m-%d %H:%M:%S", "DD/MM/YY": "%d/%m/%y", `"anno" YYYY`: "anno %Y", "FMMonth": "%B", `"100%"`: "100%%", "": "",
		"999": "!", "YYYYx": "!", "%Y": "!", `"a`: "!", strings.Repeat("-", 101): "!",
	} {
		got, ok := datePattern(pg)
		if !ok {
			got = "!"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", pg, got, want)
		}
	}
}

func TestNoMoreRowsComeThanMay(t *testing.T) {
	for limit, want := range map[string]string{
		`null`: `"limit":{"alias":"","class":"CONSTANT"`,
		`{"class": "CONSTANT", "value": {"type": {"id": "INTEGER", "type_info": null}, "value": 5}}`:     `"value":5`,
		`{"class": "CONSTANT", "value": {"type": {"id": "INTEGER", "type_info": null}, "value": 50000}}`: `"function_name":"least"`,
	} {
		var node map[string]any
		dec := json.NewDecoder(strings.NewReader(`{"type": "SELECT_NODE", "modifiers": [{"type": "LIMIT_MODIFIER", "limit": ` + limit + `, "offset": null}]}`))
		dec.UseNumber()
		if err := dec.Decode(&node); err != nil {
			t.Fatal(err)
		}
		s := &Statement{node: node}
		if err := s.Rewrite("", 100); err != nil {
			t.Fatal(err)
		}
		if b, err := s.JSON(); err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %s %v", limit, b, err)
		}
	}
}

func TestWhatHasFailedIsNotRun(t *testing.T) {
	p := NewPool(Options{Command: []string{"/nonexistent/program"}})
	defer p.Close()
	if err := p.Start(t.Context()); err == nil || p.Sound() {
		t.Errorf("%v, sound: %t", err, p.Sound())
	}
	if a, err := p.Run(t.Context(), "SELECT 1", nil); err == nil {
		t.Errorf("%+v", a)
	}
}
