package datastore

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

// A cell holds nil, bool, int64, json.Number, string or json.RawMessage, by
// the type of its column. Moments are strings in the one form in which they
// are shown, which sorts as they do.

// badValue is what PostgreSQL says of a text that is no value of a type.
func badValue(native string, v any) error {
	return catalog.Errorf(catalog.Invalid, "invalid input syntax for type %s: \"%s\"", native, plain(v))
}

// isNumber reports whether s is a decimal number that JSON can write.
func isNumber(s string) bool {
	const most = 200
	if s == "" || len(s) > most || strings.Trim(s, "0123456789+-.eE") != "" {
		return false
	}
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && !math.IsInf(f, 0)
}

// cellOf returns v, as a JSON text or a form gave it, as a value of f. An
// empty text is null where the column holds no texts.
func cellOf(f Field, v any) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // null is a value
	}
	if v == "" && f.Type != "text" {
		return nil, nil //nolint:nilnil // null is a value
	}
	switch f.Type {
	case "int2", "int4", "int8":
		return integerCell(f, v)
	case "numeric", "float4", "float8":
		return numberCell(f, v)
	case "bool":
		return boolCell(v)
	case "date", "time", "timetz", "timestamp", "timestamptz":
		return momentCell(f, v)
	case "json":
		return jsonCell(v)
	}
	if strings.HasPrefix(f.Type, "_") {
		if _, ok := v.([]any); !ok {
			return nil, catalog.Errorf(catalog.Invalid, "malformed array literal: \"%s\"", plain(v))
		}
		return jsonCell(v)
	}
	return textOf(v)
}

// textOf returns any value as a text, one as it came so that it is not kept
// twice.
func textOf(v any) (any, error) {
	s, is := v.(string)
	if !is {
		s = plain(v)
		v = s
	}
	if strings.IndexByte(s, 0) >= 0 {
		return nil, catalog.Errorf(catalog.Invalid, "A string literal cannot contain NUL (0x00) characters.")
	}
	return v, nil
}

var integerSizes = map[string]int{"int2": 16, "int4": 32, "int8": 64}

func integerCell(f Field, v any) (any, error) {
	if _, is := v.(bool); is {
		return nil, catalog.Errorf(catalog.Invalid, "column \"%s\" is of type %s but expression is of type boolean", f.ID, f.Native())
	}
	s := strings.TrimPrefix(strings.TrimSpace(plain(v)), "+")
	n, err := strconv.ParseInt(s, 10, integerSizes[f.Type])
	if err == nil {
		return n, nil
	}
	if _, big := new(big.Int).SetString(s[:min(len(s), 100)], 10); big {
		return nil, catalog.Errorf(catalog.Invalid, "value \"%s\" is out of range for type %s", s, f.Native())
	}
	if x, isNumber := v.(json.Number); isNumber { // PostgreSQL rounds a number, but no text
		if r, err := strconv.ParseFloat(x.String(), 64); err == nil && math.Abs(r) < math.MaxInt16 {
			return int64(math.RoundToEven(r)), nil
		}
	}
	return nil, badValue(f.Native(), v)
}

func numberCell(f Field, v any) (any, error) {
	s := strings.TrimSpace(plain(v))
	if _, is := v.(bool); is || !isNumber(s) {
		return nil, badValue(f.Native(), v)
	}
	s = strings.TrimPrefix(s, "+")
	if _, written := v.(json.Number); written && f.Type == "numeric" && strings.ContainsAny(s, ".eE") {
		return json.Number(pythonFloat(s)), nil
	}
	if f.Type != "numeric" || !plainDecimal(s) {
		n, _ := strconv.ParseFloat(s, 64)
		s = floatText(n)
	}
	if n, is := v.(json.Number); is && n.String() == s {
		return v, nil // as it came, so that it is not kept twice
	}
	return json.Number(s), nil
}

// floatText writes a floating point number, a very long one with an exponent.
func floatText(n float64) string {
	const longest = 40
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if len(s) > longest {
		s = strconv.FormatFloat(n, 'g', -1, 64)
	}
	return s
}

// pythonFloat returns a number as CKAN's database gets it: 42.50 in JSON comes
// through Python as 42.5. A number that is sent as a text stays as it is.
func pythonFloat(s string) string {
	const exponent = 1e16 // from where on Python writes one, which PostgreSQL resolves
	n, _ := strconv.ParseFloat(s, 64)
	s = strconv.FormatFloat(n, 'f', -1, 64)
	if !strings.Contains(s, ".") && math.Abs(n) < exponent {
		s += ".0"
	}
	return s
}

// plainDecimal reports whether a number is written as it is kept.
func plainDecimal(s string) bool {
	return !strings.HasPrefix(s, ".") && !strings.HasPrefix(s, "-.") && !strings.HasSuffix(s, ".") && !leadingZero(s) && !strings.ContainsAny(s, "eE")
}

func leadingZero(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return len(s) > 1 && s[0] == '0' && s[1] != '.'
}

var boolWords = map[string]bool{
	"t": true, "true": true, "y": true, "yes": true, "on": true, "1": true,
	"f": false, "false": false, "n": false, "no": false, "off": false, "0": false,
}

func boolCell(v any) (any, error) {
	if b, is := v.(bool); is {
		return b, nil
	}
	b, ok := boolWords[strings.ToLower(strings.TrimSpace(plain(v)))]
	if !ok {
		return nil, badValue("boolean", v)
	}
	return b, nil
}

// momentForms are how dates and times may be written, the most usual first.
var momentForms = []string{
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07",
	"2006-01-02T15:04", "2006-01-02 15:04", "20060102", "2/1/2006", "2-1-2006",
}

// shownForms are how the moments of each type are shown.
var shownForms = map[string]string{
	"date": "2006-01-02", "time": "15:04:05", "timetz": "15:04:05Z07:00", "timestamp": "2006-01-02T15:04:05.000", "timestamptz": "2006-01-02T15:04:05Z07:00",
}

func momentCell(f Field, v any) (any, error) {
	s, is := v.(string)
	const most = 64
	if !is || len(s) > most {
		return nil, badValue(f.Type, v)
	}
	s = strings.TrimSpace(s)
	forms := momentForms
	if strings.HasPrefix(f.Type, "time") && !strings.HasPrefix(f.Type, "timestamp") {
		forms = []string{"15:04:05", "15:04", "15:04:05Z07:00"}
	}
	for _, form := range forms {
		if t, err := time.Parse(form, s); err == nil {
			if f.Type == "timestamptz" {
				t = t.UTC()
			}
			return t.Format(shownForms[f.Type]), nil
		}
	}
	return nil, badValue(f.Type, v)
}

func jsonCell(v any) (any, error) {
	raw, err := appendSpaced(nil, v)
	return json.RawMessage(raw), err
}

// appendSpaced writes a value as Python does, with a blank after each comma
// and colon, which shows in CSV.
func appendSpaced(b []byte, v any) (_ []byte, err error) {
	switch v := v.(type) {
	case []any:
		b = append(b, '[')
		for i, x := range v {
			if i > 0 {
				b = append(b, ", "...)
			}
			if b, err = appendSpaced(b, x); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		b = append(b, '{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ", "...)
			}
			if b, err = appendSpaced(append(appendQuoted(b, k), ": "...), v[k]); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write a value as JSON: %w", err)
	}
	return append(b, raw...), nil
}

// plain returns a value as text: numbers as they were written, lists and
// objects as JSON.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case json.RawMessage:
		return string(v)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}

// compare orders two cells of a column that are not null.
func compare(a, b any) int {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return cmp.Compare(btoi(x), btoi(y))
		}
	case json.Number:
		if y, ok := b.(json.Number); ok {
			return compareNumbers(x, y)
		}
	}
	return strings.Compare(plain(a), plain(b))
}

func compareNumbers(a, b json.Number) int {
	x, _ := a.Float64()
	y, _ := b.Float64()
	return cmp.Compare(x, y)
}

// orderColumns returns the columns that a list of columns to sort by names.
func (v *View) orderColumns(sort string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(sort, ",") {
		name, ok := v.sortName(part)
		if !ok {
			return nil, unknownField("sort", `invalid value "`+strings.TrimSpace(part)+`"`, v.Fields)
		}
		if at := fieldAt(v.Fields, name); at >= 0 && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// keyText returns a cell as a part of a key: equal cells have equal texts.
func keyText(v any) string {
	if n, ok := v.(json.Number); ok {
		if f, err := n.Float64(); err == nil {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	return plain(v)
}
