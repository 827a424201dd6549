package sql

import (
	"maps"
	"slices"
	"strings"
)

// sameBut are functions that DuckDB has under another name.
var sameBut = map[string]string{
	"/": "//", "every": "bool_and", "char_length": "length", "character_length": "length", "btrim": "trim", "ceiling": "ceil",
	"initcap": "portico_initcap", "@@": "portico_matches", "regexp_full_match": "regexp_matches",
	"percentile_cont": "quantile_cont", "percentile_disc": "quantile_disc",
}

// dialect makes of a call that PostgreSQL understands one that DuckDB does.
func dialect(e map[string]any, similar bool) error {
	name := strings.ToLower(str(e, "function_name"))
	children, _ := e["children"].([]any)
	switch {
	case name == "regexp_full_match" && similar:
		return element("A_Expr SIMILAR")
	case len(children) == 2 && strings.HasSuffix(name, "~*"):
		anyCase(e, name, children)
	case name == "to_char" || name == "to_date" || name == "to_timestamp" && len(children) == 2:
		return formed(e, name, children)
	}
	if to, ok := sameBut[name]; ok {
		e["function_name"] = to
		if str(e, "class") == "FUNCTION" {
			e["is_operator"] = to == "//"
		}
	}
	return nil
}

// anyCase rewrites the patterns that large and small letters fit alike.
func anyCase(e map[string]any, name string, children []any) {
	match := call("regexp_matches", children[0], children[1], constant("VARCHAR", "i"))
	switch name {
	case "~*":
		become(e, match)
	case "!~*":
		become(e, map[string]any{"class": "OPERATOR", "type": "OPERATOR_NOT", "query_location": e["query_location"], "children": []any{match}})
	}
}

// become makes e another expression under the same name.
func become(e, other map[string]any) {
	alias := e["alias"]
	clear(e)
	maps.Copy(e, other)
	e["alias"] = alias
}

// formed rewrites the functions that take a pattern of a date.
func formed(e map[string]any, name string, children []any) error {
	if len(children) != 2 {
		return noFunction(name)
	}
	c, _ := children[1].(map[string]any)
	v, _ := c["value"].(map[string]any)
	pattern, ok := v["value"].(string)
	if str(c, "class") != "CONSTANT" || !ok {
		return wrong("Il modello di "+name+" deve essere un testo costante", "The pattern of %s must be a constant text", name)
	}
	form, ok := datePattern(pattern)
	if !ok {
		return wrong("Il modello di "+name+" non è tra quelli previsti", "The pattern of %s is none that is known", name)
	}
	if name == "to_char" {
		become(e, call("strftime", children[0], constant("VARCHAR", form)))
		return nil
	}
	moment := call("strptime", children[0], constant("VARCHAR", form))
	to := "TIMESTAMP WITH TIME ZONE"
	if name == "to_date" {
		to = "DATE"
	}
	become(e, map[string]any{
		"class": "CAST", "type": "OPERATOR_CAST", "query_location": e["query_location"], "child": moment,
		"cast_type": map[string]any{"id": to, "type_info": nil}, "try_cast": false,
	})
	return nil
}

// datePatterns are the parts of PostgreSQL's patterns of dates, the longest
// first, with strftime's.
var datePatterns = []struct{ pg, c string }{
	{"FMMonth", "%B"},
	{"FMDay", "%A"},
	{"FMMM", "%-m"},
	{"FMDD", "%-d"},
	{"FMHH24", "%-H"},
	{"YYYY", "%Y"},
	{"yyyy", "%Y"},
	{"IYYY", "%G"},
	{"HH24", "%H"},
	{"hh24", "%H"},
	{"HH12", "%I"},
	{"DDD", "%j"},
	{"Mon", "%b"},
	{"Dy", "%a"},
	{"MM", "%m"},
	{"mm", "%m"},
	{"DD", "%d"},
	{"dd", "%d"},
	{"HH", "%I"},
	{"MI", "%M"},
	{"mi", "%M"},
	{"SS", "%S"},
	{"ss", "%S"},
	{"MS", "%g"},
	{"US", "%f"},
	{"IW", "%V"},
	{"ID", "%u"},
	{"AM", "%p"},
	{"PM", "%p"},
	{"YY", "%y"},
}

// datePattern makes a pattern of strftime of one of to_char.
func datePattern(p string) (string, bool) {
	const most = 100
	if len(p) > most {
		return "", false
	}
	var b strings.Builder
	for p != "" {
		if quoted, ok := strings.CutPrefix(p, `"`); ok {
			text, rest, closed := strings.Cut(quoted, `"`)
			if !closed {
				return "", false
			}
			b.WriteString(strings.ReplaceAll(text, "%", "%%"))
			p = rest
			continue
		}
		i := slices.IndexFunc(datePatterns, func(d struct{ pg, c string }) bool { return strings.HasPrefix(p, d.pg) })
		switch {
		case i >= 0:
			b.WriteString(datePatterns[i].c)
			p = p[len(datePatterns[i].pg):]
		case strings.ContainsAny(p[:1], "%0123456789") || strings.ToLower(p[:1]) != strings.ToUpper(p[:1]):
			return "", false
		default:
			b.WriteByte(p[0])
			p = p[1:]
		}
	}
	return b.String(), true
}
