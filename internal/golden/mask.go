package golden

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// masks replace what no two servers say alike: IDs and moments of their own
// making, tokens, names of blank nodes. Moments are those since 2026, for the
// recorded catalog has none with a time.
var masks = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`), "<token>"},
	{regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b`), "<uuid4>"},
	{regexp.MustCompile(`\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:?\d\d|Z)?`), "<timestamp>"},
	{regexp.MustCompile(`("(?:id|jti)": ?")[\w-]{40,}(")`), "${1}<jti>${2}"},
	{regexp.MustCompile(`(name="_csrf_token" content=")[^"]+`), "${1}<csrf>"},
	{regexp.MustCompile(`\bN[0-9a-f]{32}\b`), "<bnode>"},
}

// shortest is the length from which a value of a variable is told from other
// text in an answer.
const shortest = 20

var place = regexp.MustCompile(`\{\{(\w+)\}\}`)

// variables are the values that requests take from earlier answers. Their
// order matters where two have the same value: the older one is meant.
type variables struct {
	names  []string
	values map[string]string
}

func (v *variables) set(name, value string) {
	if _, ok := v.values[name]; !ok {
		v.names = append(v.names, name)
	}
	if v.values == nil {
		v.values = map[string]string{}
	}
	v.values[name] = value
}

// fill writes the values into a text of a request.
func (v *variables) fill(s string) string {
	return place.ReplaceAllStringFunc(s, func(m string) string {
		if value, ok := v.values[m[2:len(m)-2]]; ok {
			return value
		}
		return m
	})
}

// mask writes an answer as it is recorded.
func (v *variables) mask(text, base string) string {
	names := slices.Clone(v.names)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(v.values[b]), len(v.values[a])) })
	for _, n := range names {
		if value := v.values[n]; len(value) >= shortest {
			text = strings.ReplaceAll(text, value, "{{"+n+"}}")
		}
	}
	text = strings.ReplaceAll(text, base, "{{base}}")
	for _, m := range masks {
		text = m.find.ReplaceAllString(text, m.put)
	}
	return text
}
