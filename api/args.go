package api

import (
	"encoding/json"
	"mime/multipart"
	"strconv"
	"strings"

	"portico/catalog"
)

// args are the parameters of one call. Its methods give them types as CKAN's
// validators do; what is wrong with them is gathered, and told all together.
type args struct {
	given map[string]any
	files map[string]*multipart.FileHeader // sent with a multipart form, by field
	form  *multipart.Form                  // which holds them on the disk
	table *catalog.Table                   // of the rows that a new resource comes with
	wrong map[string][]string
	odd   error // what CKAN tells without naming the parameter
}

func (a *args) fault(name, message string) {
	if a.wrong == nil {
		a.wrong = make(map[string][]string)
	}
	a.wrong[name] = append(a.wrong[name], message)
}

// discard takes the files of a request off the disk.
func (a *args) discard() {
	if a != nil && a.form != nil {
		_ = a.form.RemoveAll() // what stays is in the temporary folder
	}
}

// refuse notes a fault of no field.
func (a *args) refuse(message string) {
	if a.odd == nil {
		a.odd = catalog.Errorf(catalog.Invalid, "%s", message)
	}
}

// err returns what was wrong with the parameters read so far.
func (a *args) err() error {
	if len(a.wrong) > 0 {
		return &catalog.Error{Kind: catalog.Invalid, Msg: "Validation Error", Fields: a.wrong}
	}
	return a.odd
}

// has reports whether a parameter was given and is not null.
func (a *args) has(name string) bool { return a.given[name] != nil }

// text returns a parameter as a string; numbers and lists become JSON text.
func (a *args) text(name string) string { return toText(a.given[name]) }

func toText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.ReplaceAll(strings.ToValidUTF8(v, "\uFFFD"), "\x00", "")
	}
	return pyJSON(v)
}

// required returns a parameter that must not be empty.
func (a *args) required(name string) string {
	s := a.text(name)
	if s == "" {
		a.fault(name, "Missing value")
	}
	return s
}

// present returns a parameter that may be empty but must be there.
func (a *args) present(name string) string {
	if !a.has(name) {
		a.fault(name, "Missing value")
	}
	return a.text(name)
}

// natural returns a whole number that is not negative, or otherwise when it
// is absent or blank.
func (a *args) natural(name string, otherwise int) int {
	n, ok := a.integer(name, otherwise)
	if ok && n < 0 {
		a.fault(name, "Must be a natural number")
		return otherwise
	}
	return n
}

// integer returns a whole number, or otherwise when it is absent or blank; ok
// is false when it is no number.
func (a *args) integer(name string, otherwise int) (n int, ok bool) {
	v, given := a.given[name]
	if !given || v == nil {
		return otherwise, true
	}
	s := ""
	switch v := v.(type) {
	case string:
		s = strings.TrimSpace(v)
		if s == "" {
			return otherwise, true
		}
	case json.Number:
		s = v.String()
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	n, ok = parseInteger(s)
	if !ok {
		a.fault(name, "Invalid integer")
		return otherwise, false
	}
	return n, true
}

// parseInteger reads "10" and "10.0". What does not fit is cut to fit.
func parseInteger(s string) (int, bool) {
	const most = 1 << 53
	if n, err := strconv.Atoi(s); err == nil {
		return min(max(n, -most), most), true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != f || strings.ContainsAny(s, "xXpPnN_") {
		return 0, false
	}
	f = min(max(f, -most), most)
	if f != float64(int(f)) {
		return 0, false
	}
	return int(f), true
}

var asBool = map[string]bool{
	"true": true, "yes": true, "on": true, "y": true, "t": true, "1": true,
	"false": false, "no": false, "off": false, "n": false, "f": false, "0": false,
}

// boolean returns true or false. CKAN ends in an internal error where it is
// neither; here it is a validation error.
func (a *args) boolean(name string, otherwise bool) bool {
	v := a.given[name]
	if v == nil {
		return otherwise
	}
	b, ok := asBool[strings.ToLower(strings.TrimSpace(toText(v)))]
	if !ok {
		a.refuse("Parameter is not an bool")
		return otherwise
	}
	return b
}

// list returns a parameter as a list of strings: a single one is a list of it.
func (a *args) list(name string) []string {
	switch v := a.given[name].(type) {
	case nil:
		return nil
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			out = append(out, toText(x))
		}
		return out
	}
	return []string{a.text(name)}
}

// commaList returns a list that may be given as one string with commas.
func (a *args) commaList(name string) []string {
	if s, ok := a.given[name].(string); ok {
		return strings.Split(s, ",")
	}
	return a.list(name)
}
