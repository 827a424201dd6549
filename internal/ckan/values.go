package ckan

import (
	"encoding/json"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// The IRIs before codes that stand as IRIs in CKAN's JSON.
const (
	authority      = "http://publications.europa.eu/resource/authority/"
	accessRights   = authority + "access-right/"
	availabilities = authority + "planned-availability/"
	dataThemes     = authority + "data-theme/"
	places         = authority + "place/"
	publisherTypes = "http://purl.org/adms/publishertype/"
	hvdBase        = "http://data.europa.eu/bna/"
)

// appendIRI appends base and code, or code alone where it is an IRI already.
func appendIRI(b []byte, base, code string) []byte {
	if code == "" || isIRI(code) {
		return append(b, code...)
	}
	return append(append(b, base...), code...)
}

func appendIRIs(b []byte, base string, codes []string) []byte {
	if len(codes) == 0 {
		return b
	}
	b = append(b, '[')
	for i, c := range codes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = appendIRI(b, base, c) // codes and IRIs hold nothing to escape
		b = append(b, '"')
	}
	return append(b, ']')
}

func publisherType(v string) string {
	if c, ok := vocab.PublisherType(v); ok {
		return c.Code
	}
	return strings.TrimPrefix(v, publisherTypes)
}

func accessRight(v string) string {
	if c, ok := vocab.AccessRight(v); ok {
		return c.Code
	}
	return strings.TrimPrefix(v, accessRights)
}

func availability(v string) string {
	if c, ok := vocab.Availability(v); ok {
		return c.Code
	}
	return strings.TrimPrefix(v, availabilities)
}

func readHVD(to *[]string, v string) bool {
	if len(*to) > 0 {
		return true
	}
	for _, s := range stringList(v) {
		if c, ok := vocab.HVDCategory(s); ok {
			*to = append(*to, c.Code)
			continue
		}
		*to = append(*to, strings.TrimPrefix(s, hvdBase))
	}
	return true
}

// appendStrings appends a JSON list, or nothing for none.
func appendStrings(b []byte, vs []string) []byte {
	if len(vs) == 0 {
		return b
	}
	b = append(b, '[')
	for i, v := range vs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, v)
	}
	return append(b, ']')
}

// appendBraces appends one code as it is, several as {A,B}.
func appendBraces(b []byte, codes []string) []byte {
	if len(codes) < 2 {
		return append(b, strings.Join(codes, "")...)
	}
	b = append(b, '{')
	b = append(b, strings.Join(codes, ",")...)
	return append(b, '}')
}

// readList takes a JSON list, {A,B}, or texts parted by commas.
func readList(to *[]string, v string) bool {
	if len(*to) == 0 {
		*to = stringList(v)
	}
	return true
}

func stringList(v string) []string {
	v = strings.TrimSpace(v)
	var parts []string
	switch {
	case strings.HasPrefix(v, "["):
		var raw []any
		if json.Unmarshal([]byte(v), &raw) == nil {
			for _, x := range raw {
				if s, ok := x.(string); ok {
					parts = append(parts, s)
				}
			}
			break
		}
		parts = strings.Split(strings.Trim(v, "[]"), ",")
	case strings.HasPrefix(v, `"`):
		var s string
		if json.Unmarshal([]byte(v), &s) == nil {
			return nonBlank([]string{s})
		}
		parts = []string{v}
	default:
		parts = strings.Split(strings.TrimSuffix(strings.TrimPrefix(v, "{"), "}"), ",")
	}
	return nonBlank(parts)
}

func nonBlank(vs []string) []string {
	var out []string
	for _, s := range vs {
		if s = strings.Trim(s, " \t\r\n\"'"); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func readLanguages(to *[]string, v string) bool {
	if len(*to) > 0 {
		return true
	}
	all := true
	for _, s := range stringList(v) {
		l, ok := vocab.Language(s)
		if ok {
			*to = append(*to, l.Code)
		}
		all = all && ok
	}
	return all
}

// simple reports whether t is one Italian text, for which CKAN's plain key is
// enough.
func simple(t catalog.Text) bool {
	_, it := t[catalog.DefaultLanguage]
	return len(t) == 0 || len(t) == 1 && it
}

// appendTranslated appends a text in several languages as an object, or
// nothing where the plain key says all.
func appendTranslated(b []byte, t catalog.Text) []byte {
	if simple(t) {
		return b
	}
	return appendLanguages(b, t)
}

func appendLanguages(b []byte, t catalog.Text) []byte {
	l := list{b: append(b, '{')}
	for _, lang := range t.Languages() {
		l.comma()
		l.b = appendString(l.b, lang)
		l.b = append(l.b, ':')
		l.b = appendString(l.b, t[lang])
	}
	return append(l.b, '}')
}

// appendText appends a text that has one key alone: as it is when simple, else
// as an object.
func appendText(b []byte, t catalog.Text) []byte {
	if simple(t) {
		return append(b, t.String()...)
	}
	return appendLanguages(b, t)
}

// appendTextJSON is appendText within JSON.
func appendTextJSON(b []byte, t catalog.Text) []byte {
	if simple(t) {
		return appendString(b, t.String())
	}
	return appendLanguages(b, t)
}

func readTranslated(to *catalog.Text, v string) bool {
	var m map[string]string
	if json.Unmarshal([]byte(v), &m) != nil {
		return false
	}
	if t := languagesOf(m); len(t) > 0 {
		*to = t
	}
	return true
}

func readText(to *catalog.Text, v string) bool {
	if strings.HasPrefix(v, "{") && readTranslated(to, v) {
		return true
	}
	return setText(to, v)
}

// languagesOf drops blank texts and countries: "en_GB" is "en", unless that
// is there too.
func languagesOf(m map[string]string) catalog.Text {
	t := make(catalog.Text, len(m))
	for lang, s := range m {
		if strings.TrimSpace(s) == "" {
			continue
		}
		short, _, long := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
		short = strings.ToLower(short)
		if _, both := m[short]; long && both {
			continue
		}
		t[short] = s
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// A text is a string or an object by language, as JSON in the wild has them.
type text struct{ catalog.Text }

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	var m map[string]string
	if json.Unmarshal(b, &m) == nil {
		t.Text = languagesOf(m)
		return nil
	}
	t.Text = catalog.It(plainValue(b))
	return nil
}
