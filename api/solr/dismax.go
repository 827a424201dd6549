package solr

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"portico/search"
)

// The fields that words are looked for in, with their weights, unless the
// client says otherwise (parameter qf).
const defaultFields = "name^4 title^4 tags^2 groups^2 text"

// tie is how much the lesser fields add to the score of the best.
const tie = 0.1

// Dismax reads what a person typed: words, phrases in quotes, + and -
// before them, AND, OR and NOT (ckan-search §2). fields is qf.
func Dismax(src, fields string, now time.Time) (search.Node, error) {
	if strings.TrimSpace(src) == "" {
		return search.Nothing{}, nil
	}
	fs := parseFields(fields)
	p := parser{now: now, least: minShouldMatch}
	p.word = func(_ *parser, t token) search.Node { return disjunction(fs, t, true) }
	return p.parse(dropStrayOperators(escapeForDismax(src)))
}

// Edismax reads the full syntax, with every word required. What is no
// valid query is read as words: it never fails.
func Edismax(src, fields string, now time.Time) search.Node {
	fs := parseFields(fields)
	p := parser{now: now, and: true}
	p.word = func(_ *parser, t token) search.Node { return disjunction(fs, t, false) }
	if n, err := p.parse(src); err == nil {
		return n
	}
	var b search.Bool
	for i, w := range strings.Fields(src) {
		if i == maxClauses {
			break
		}
		b.Must = append(b.Must, disjunction(fs, token{kind: tokWord, value: w}, false))
	}
	if len(b.Must) == 0 {
		return search.Nothing{}
	}
	return simplify(b)
}

// escapeForDismax makes everything literal but for + - " & |. An odd number
// of quotes is no quotes.
func escapeForDismax(s string) string {
	if strings.Count(s, `"`)%2 == 1 {
		s = strings.ReplaceAll(s, `"`, "")
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\!():^[]{}~*?/`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

var (
	danglingOperators    = regexp.MustCompile(`\s+[-+\s]+$`)
	consecutiveOperators = regexp.MustCompile(`\s+[+-](?:\s*[+-]+)+`)
)

// dropStrayOperators forgives + and - that stand before nothing.
func dropStrayOperators(s string) string {
	s = consecutiveOperators.ReplaceAllString(s, " ")
	return danglingOperators.ReplaceAllString(s, "")
}

// minShouldMatch is "2<-1 5<80%": all of one or two, all but one of up to
// five, then four of five.
func minShouldMatch(n int) int {
	switch {
	case n <= 2:
		return n
	case n <= 5:
		return n - 1
	}
	return n * 8 / 10
}

// A weighted is a field with its weight.
type weighted struct {
	field Field
	boost float64
}

// parseFields reads a list such as "name^4 text".
func parseFields(qf string) []weighted {
	if strings.TrimSpace(qf) == "" {
		qf = defaultFields
	}
	var fs []weighted
	for i, f := range strings.Fields(qf) {
		if i == 32 {
			break
		}
		name, by, _ := strings.Cut(f, "^")
		boost, err := strconv.ParseFloat(by, 64)
		if err != nil {
			boost = 1
		}
		fs = append(fs, weighted{field: Lookup(name), boost: boost})
	}
	return fs
}

// disjunction looks for a word or phrase in every field. With loose, a word
// that is several ("acqua-potabile") matches by any of them.
func disjunction(fs []weighted, t token, loose bool) search.Node {
	d := search.DisMax{Tie: tie}
	for _, f := range fs {
		var n search.Node
		switch {
		case f.field.kind == kindText && t.kind == tokPhrase:
			n = search.Phrase{Field: f.field.field, Text: t.value}
		case f.field.kind == kindText:
			n = search.Words{Field: f.field.field, Text: t.value, Any: loose}
		case f.field.kind == kindString:
			n = search.Term{Field: f.field.field, Value: t.value}
		default:
			continue
		}
		if f.boost != 1 {
			n = search.Boost{Of: n, By: f.boost}
		}
		d.Of = append(d.Of, n)
	}
	switch len(d.Of) {
	case 0:
		return search.Nothing{}
	case 1:
		return d.Of[0]
	}
	return d
}
