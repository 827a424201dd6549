package schema

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// truthy reports whether Python would take v for true.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil, absent:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	f, ok := number(v)
	return !ok || f != 0
}

// number returns a JSON number; Python's True and False are none here.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		return f, err == nil || math.IsInf(f, 0)
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// equal reports whether Python would take a and b for equal.
func equal(a, b any) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case string:
		s, ok := b.(string)
		return ok && a == s
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, equal)
	case map[string]any:
		m, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, m, equal)
	}
	return equalNumbers(a, b)
}

// equalNumbers compares numbers as such, and large ones by their digits, too.
func equalNumbers(a, b any) bool {
	x, ok := asNumber(a)
	y, alike := asNumber(b)
	if !ok || !alike || x != y {
		return false
	}
	m, ok := a.(json.Number)
	n, both := b.(json.Number)
	return !ok || !both || math.Abs(x) < 1<<53 || m == n
}

func asNumber(v any) (float64, bool) {
	if b, ok := v.(bool); ok {
		if b {
			return 1, true
		}
		return 0, true
	}
	return number(v)
}

// unchanged reports whether v is what stands under key in what is stored.
func unchanged(was map[string]any, key string, v any) bool {
	old, ok := was[key]
	return ok && equal(old, v)
}

// clean returns s without what no database keeps.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// cleaned does the same all through v, which it does not change.
func cleaned(v any) any {
	switch v := v.(type) {
	case string:
		return clean(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = cleaned(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[clean(k)] = cleaned(x)
		}
		return out
	}
	return v
}

// asText returns v as a text: what is none becomes its JSON, in Python's spacing.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return clean(v)
	case nil, absent:
		return ""
	}
	return clean(string(appendJSON(nil, v)))
}

func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendJSON(b, x)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendString(b, k)
			b = append(b, ": "...)
			b = appendJSON(b, v[k])
		}
		return append(b, '}')
	case json.Number:
		return append(b, pyNumber(v.String())...)
	}
	f, _ := number(v)
	return append(b, pyNumber(strconv.FormatFloat(f, 'f', -1, 64))...)
}

// appendString writes s as Python does when it leaves letters as they are.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case strings.IndexByte("\n\r\t\b\f", c) >= 0:
			b = append(b, '\\', "nrtbf"[strings.IndexByte("\n\r\t\b\f", c)])
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// pyNumber returns a JSON number as Python writes it once it has read it.
func pyNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		if s == "-0" {
			return "0"
		}
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case err != nil:
		return s
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	out := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(out, ".") {
		out += ".0"
	}
	return out
}

// pyClass names the class that Python gives to a JSON value.
func pyClass(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case []any:
		return "list"
	case map[string]any:
		return "dict"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "float"
		}
	case float64:
		return "float"
	}
	return "int"
}

// strip is Python's str.strip.
func strip(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}
