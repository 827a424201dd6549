package sql

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// The limits of a statement.
const (
	MaxLength    = 16 << 10 // bytes
	maxDepth     = 200      // of nested parts; one of SQL is about four of the tree
	maxParts     = 20_000
	maxTables    = 6 // that are read, a table as often as it is named
	maxRelations = 24
	maxConstant  = 8000 // bytes of a text
)

// A Statement is one SELECT that has passed the gate.
type Statement struct {
	Tables   []string // as they are named, each once
	Values   []string // names that must be columns of these tables
	Volatile bool     // another call has another answer

	node map[string]any
}

// A parsed is what DuckDB's json_serialize_sql answers.
type parsed struct {
	Error      bool             `json:"error"`
	Type       string           `json:"error_type"`
	Message    string           `json:"error_message"`
	Position   string           `json:"position"`
	Statements []map[string]any `json:"statements"`
}

// Check passes the tree that DuckDB's parser has made of a text, if it is one
// SELECT that is made of nothing but what is known to be harmless. There is one
// parser, so that nothing can mean two things.
func Check(text string, tree []byte) (*Statement, error) {
	if len(text) > MaxLength {
		return nil, ErrTooLong
	}
	var p parsed
	dec := json.NewDecoder(bytes.NewReader(tree))
	dec.UseNumber()
	if err := dec.Decode(&p); err != nil {
		return nil, ErrTooDeep
	}
	if p.Error {
		return nil, notParsed(text, &p)
	}
	if len(p.Statements) != 1 {
		return nil, ErrNotSingle
	}
	top := p.Statements[0]
	if params, ok := top["named_param_map"].([]any); ok && len(params) > 0 {
		return nil, element("ParamRef")
	}
	node, ok := top["node"].(map[string]any)
	if !ok {
		return nil, element("Stmt")
	}
	g := gate{s: &Statement{node: node}, seen: map[string]bool{}}
	if err := g.walk(node, nil, 0); err != nil {
		return nil, err
	}
	slices.Sort(g.s.Tables)
	return g.s, nil
}

// notParsed says what a parser has to say of what it does not know.
func notParsed(text string, p *parsed) error {
	word := strings.ToLower(strings.TrimLeft(text, " \t\r\n(;"))
	if end := strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }); end >= 0 {
		word = word[:end]
	}
	name, known := statements[word]
	switch {
	case strings.Contains(p.Message, "SELECT INTO"):
		return element("IntoClause")
	case known:
		return element(name)
	case p.Type == "not implemented":
		return element("Stmt")
	case p.Position != "" && strings.HasPrefix(p.Message, "syntax error at "):
		return wrong("SQL non valido", "Invalid SQL: %s, at index %s", short(p.Message), short(p.Position))
	}
	return wrong("SQL non valido", "Invalid SQL")
}

// A gate walks a tree.
type gate struct {
	s         *Statement
	seen      map[string]bool
	parts     int
	tables    int
	relations int
}

// A scope is the names of WITH that hold at one place of a statement.
type scope struct {
	name  string
	outer *scope
}

func (s *scope) has(name string) bool {
	for ; s != nil; s = s.outer {
		if s.name == name {
			return true
		}
	}
	return false
}

func (g *gate) walk(v any, with *scope, depth int) error {
	if g.parts++; g.parts > maxParts || depth > maxDepth {
		return ErrTooDeep
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if err := g.walk(x, with, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		return g.part(v, with, depth)
	}
	return nil
}

// part passes one node of the tree and what is in it.
func (g *gate) part(n map[string]any, with *scope, depth int) error {
	with, err := g.with(n, with, depth)
	if err != nil {
		return err
	}
	kind, class := str(n, "type"), str(n, "class")
	switch {
	case class != "":
		err = g.expression(n, class, kind)
	case kind != "":
		err = g.node(n, kind, with)
	default:
		err = typeOfValue(n)
	}
	if err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(n)) { // so that the same is refused for the same reason
		if k == "cte_map" {
			continue
		}
		if err := g.walk(n[k], with, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// with passes the queries of WITH, each of which knows those before it, and
// returns the scope of the rest.
func (g *gate) with(n map[string]any, with *scope, depth int) (*scope, error) {
	ctes, ok := n["cte_map"].(map[string]any)
	if !ok {
		return with, nil
	}
	list, _ := ctes["map"].([]any)
	for _, x := range list {
		cte, _ := x.(map[string]any)
		if err := g.walk(cte["value"], with, depth+1); err != nil {
			return nil, err
		}
		with = &scope{strings.ToLower(str(cte, "key")), with}
	}
	return with, nil
}

// node passes a part that is no expression.
func (g *gate) node(n map[string]any, kind string, with *scope) error {
	if kind == "TABLE_FUNCTION" {
		if f, ok := n["function"].(map[string]any); ok {
			return noFunction(strings.ToLower(str(f, "function_name")))
		}
	}
	if !nodes[kind] {
		return element(pgName(kind))
	}
	if n["sample"] != nil || n["at_clause"] != nil {
		return element("RangeTableSample")
	}
	if kind == "DECIMAL_TYPE_INFO" && (n["extension_info"] != nil || str(n, "alias") != "") {
		return element("TypeName")
	}
	if kind == "BASE_TABLE" {
		return g.table(n, with)
	}
	return nil
}

// table passes a table by its name, and notes it.
func (g *gate) table(n map[string]any, with *scope) error {
	name := str(n, "table_name")
	if str(n, "schema_name") != "" || str(n, "catalog_name") != "" {
		return &Refused{Denied: true, Text: "Not authorized to access tables in other schemas"}
	}
	if g.relations++; g.relations > maxRelations {
		return ErrTooDeep
	}
	if with.has(strings.ToLower(name)) {
		return nil
	}
	if strings.HasPrefix(strings.ToLower(name), "pg_") {
		return &Refused{Denied: true, Text: "Not authorized to access system tables"}
	}
	if g.tables++; g.tables > maxTables {
		return ErrTooDeep
	}
	if !g.seen[name] {
		g.seen[name] = true
		g.s.Tables = append(g.s.Tables, name)
	}
	return nil
}

// expression passes an expression by itself.
func (g *gate) expression(n map[string]any, class, kind string) error {
	if !classes[class] {
		return element(pgName(class))
	}
	switch class {
	case "FUNCTION", "WINDOW":
		return g.function(n)
	case "OPERATOR":
		if !operators[kind] {
			return element(pgName(kind))
		}
	case "STAR":
		if n["columns"] != false || n["expr"] != nil {
			return element("ColumnRef")
		}
	case "COLUMN_REF":
		return g.column(n)
	case "CONSTANT":
		if v, ok := n["value"].(map[string]any); ok && len(str(v, "value")) > maxConstant {
			return ErrTooLong
		}
	}
	return nil
}

func (g *gate) function(n map[string]any) error {
	name := strings.ToLower(str(n, "function_name"))
	if schema := str(n, "schema"); schema != "" && schema != "main" || str(n, "catalog") != "" {
		return noFunction(strings.ToLower(schema + "." + name))
	}
	if !functions[name] || n["export_state"] == true {
		return noFunction(name)
	}
	g.s.Volatile = g.s.Volatile || volatile[name]
	return nil
}

// column notes names that are values of DuckDB's own.
func (g *gate) column(n map[string]any) error {
	names, _ := n["column_names"].([]any)
	if len(names) != 1 {
		return nil
	}
	name, _ := names[0].(string)
	name = strings.ToLower(name)
	harmless, special := valueNames[name]
	switch {
	case harmless:
		g.s.Volatile = true
	case special:
		g.s.Values = append(g.s.Values, name)
	}
	return nil
}

// typeOfValue passes the type of a constant or of a cast.
func typeOfValue(n map[string]any) error {
	id, ok := n["id"].(string)
	if _, isType := n["type_info"]; !isType {
		return nil
	}
	if info, _ := n["type_info"].(map[string]any); !ok || !types[id] || info != nil && str(info, "type") != "DECIMAL_TYPE_INFO" {
		return element("TypeName")
	}
	return nil
}

func pgName(kind string) string {
	if name, ok := renamed[kind]; ok {
		return name
	}
	return kind
}

// str returns a member of n that is a text, or "".
func str(n map[string]any, key string) string {
	s, _ := n[key].(string)
	return s
}
