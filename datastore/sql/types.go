package sql

import (
	"slices"
	"strings"
)

// A Column is a column of a table or of an answer, with its type as CKAN names
// it: int4, numeric, timestamp …
type Column struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// typeNames are PostgreSQL's names of DuckDB's types.
var typeNames = map[string]string{
	"BOOLEAN": "bool", "TINYINT": "int2", "SMALLINT": "int2", "INTEGER": "int4", "BIGINT": "int8", "HUGEINT": "numeric", "DECIMAL": "numeric",
	"FLOAT": "float4", "DOUBLE": "float8", "VARCHAR": "text", "DATE": "date", "TIME": "time", "TIMESTAMP": "timestamp",
	"TIMESTAMP WITH TIME ZONE": "timestamptz", "TIMESTAMPTZ": "timestamptz", "TIMESTAMP_TZ": "timestamptz", "TIMESTAMP_S": "timestamp",
	"TIMESTAMP_MS": "timestamp", "TIMESTAMP_NS": "timestamp", "INTERVAL": "interval", "UUID": "uuid", "SQLNULL": "text", "NULL": "text", "\"NULL\"": "text",
	"UBIGINT": "numeric", "UINTEGER": "int8",
}

// TypeName returns the name of a type of DuckDB as CKAN tells it, or "" for one
// that no answer has.
func TypeName(duck string) string {
	if of, ok := strings.CutSuffix(duck, "[]"); ok {
		if t := TypeName(of); t != "" && t[0] != '_' {
			return "_" + t
		}
		return ""
	}
	duck, _, _ = strings.Cut(duck, "(")
	return typeNames[duck]
}

// Types returns the types of the columns of an answer: those that DuckDB tells,
// but for what it reckons in another type than PostgreSQL.
func (s *Statement) Types(duck []string, tables []Table) []string {
	out := make([]string, len(duck))
	for i, t := range duck {
		out[i] = TypeName(t)
	}
	n := s.node
	for str(n, "type") == "SET_OPERATION_NODE" {
		if n = first(n); n == nil {
			return out
		}
	}
	list, _ := n["select_list"].([]any)
	k := known{}
	for _, t := range tables {
		for _, c := range t.Columns {
			k.add(c)
		}
	}
	for at, x := range list {
		e, _ := x.(map[string]any)
		if str(e, "class") == "STAR" {
			if len(list) == 1 {
				wholeTable(n, out, tables)
			}
			return out // which of the columns are whose is not known
		}
		if at < len(out) {
			out[at] = adjusted(out[at], k.of(e))
		}
	}
	return out
}

// wholeTable sets the types of SELECT * FROM one table.
func wholeTable(n map[string]any, out []string, tables []Table) {
	from, _ := n["from_table"].(map[string]any)
	if str(from, "type") != "BASE_TABLE" || len(tables) != 1 || str(from, "table_name") != tables[0].Name || len(out) != len(tables[0].Columns) {
		return
	}
	for i, c := range tables[0].Columns {
		out[i] = c.Type
	}
}

// reckoned are the types of PostgreSQL's for which DuckDB has another.
var reckoned = map[string][]string{
	"int8": {"int4", "numeric", "float8"}, "numeric": {"int8"}, "float8": {"numeric"}, "text": {"tsvector", "json", "timetz"},
}

// adjusted returns the type of a column by what it is told to be and what is
// made of.
func adjusted(told, made string) string {
	if slices.Contains(reckoned[told], made) || told == "text" && strings.HasPrefix(made, "_") {
		return made
	}
	return told
}

// known are the types of columns by their names; "?" is one that several
// tables have in several types.
type known map[string]string

func (k known) add(c Column) {
	name := strings.ToLower(c.ID)
	if old, ok := k[name]; ok && old != c.Type {
		k[name] = "?"
		return
	}
	k[name] = c.Type
}

// of returns the type that PostgreSQL gives an expression, as far as it is to
// be known without it: "" is not known.
func (k known) of(e map[string]any) string {
	switch str(e, "class") {
	case "COLUMN_REF":
		names, _ := e["column_names"].([]any)
		if len(names) == 0 {
			return ""
		}
		name, _ := names[len(names)-1].(string)
		return k[strings.ToLower(name)]
	case "CONSTANT":
		v, _ := e["value"].(map[string]any)
		t, _ := v["type"].(map[string]any)
		return TypeName(str(t, "id"))
	case "CAST":
		to, _ := e["cast_type"].(map[string]any)
		return TypeName(str(to, "id"))
	case "FUNCTION", "WINDOW":
		return k.call(e)
	case "OPERATOR":
		return k.widest(e)
	}
	return ""
}

func (k known) call(e map[string]any) string {
	t := k.widest(e)
	switch str(e, "function_name") {
	case "length", "strpos", "position", "ascii":
		return "int4"
	case "date_part":
		if str(e, "schema") == "main" { // EXTRACT
			return "numeric"
		}
		return "float8"
	case "sum":
		switch t {
		case "int2", "int4":
			return "int8"
		case "int8":
			return "numeric"
		}
		return t
	case "avg", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "round", "ceil", "floor", "trunc":
		if strings.HasPrefix(t, "int") {
			return "numeric"
		}
		return t
	case "min", "max", "abs", "+", "-", "*", "//", "greatest", "least", "mod", "%":
		return t
	}
	return ""
}

// widest returns the type of numbers that the parts of an expression have
// together: float8 swallows numeric, and that whole numbers.
func (k known) widest(e map[string]any) string {
	children, _ := e["children"].([]any)
	rank := map[string]int{"int2": 1, "int4": 2, "int8": 3, "numeric": 4, "float4": 5, "float8": 6}
	out := ""
	for i, x := range children {
		c, _ := x.(map[string]any)
		t := k.of(c)
		if i > 0 && str(e, "function_name") == "round" {
			break // the number of digits
		}
		if rank[t] == 0 {
			return ""
		}
		if rank[t] > rank[out] {
			out = t
		}
	}
	return out
}
