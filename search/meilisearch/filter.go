package meilisearch

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/search"
	"portico/search/analysis"
)

// A filter is a filter expression of Meilisearch, or all or none. It is made
// of attribute names and codes alone, so nothing in it needs quoting but by
// quotes.
type filter string

const (
	none filter = ""
	all  filter = "*"
)

func and(of ...filter) filter {
	var parts []string
	for _, f := range of {
		switch f {
		case none:
			return none
		case all:
		default:
			parts = append(parts, string(f))
		}
	}
	return group(parts, " AND ", all)
}

func or(of ...filter) filter {
	var parts []string
	for _, f := range of {
		switch f {
		case all:
			return all
		case none:
		default:
			parts = append(parts, string(f))
		}
	}
	return group(parts, " OR ", none)
}

func not(f filter) filter {
	switch f {
	case all:
		return none
	case none:
		return all
	}
	return "NOT (" + f + ")"
}

func group(parts []string, by string, empty filter) filter {
	switch len(parts) {
	case 0:
		return empty
	case 1:
		return filter(parts[0])
	}
	return filter("(" + strings.Join(parts, by) + ")")
}

func compare(attribute, operator, code string) filter {
	return filter(attribute + " " + operator + ` "` + code + `"`)
}

func in(attribute string, codes []string) filter {
	if len(codes) == 0 {
		return none
	}
	return filter(attribute + ` IN ["` + strings.Join(codes, `", "`) + `"]`)
}

// A compiler makes filters of nodes. Some need to ask the index first.
type compiler struct {
	ctx   context.Context //nolint:containedctx // it lives no longer than the call
	e     *Engine
	nodes int
}

// Bounds of a query.
const (
	maxDepth  = 100
	maxNodes  = 10_000
	maxFilter = 4 << 20 // bytes
)

func tooComplex() error {
	return catalog.Errorf(catalog.Invalid, "the query is too complex").Italian("l'interrogazione è troppo complessa")
}

func unsupported(what, it string) error {
	return catalog.Errorf(catalog.Invalid, "not supported by this search engine: %s", what).
		Italian("non disponibile con questo motore di ricerca: %s", it)
}

func (c *compiler) filter(n search.Node, depth int) (filter, error) {
	c.nodes++
	if depth > maxDepth || c.nodes > maxNodes {
		return none, tooComplex()
	}
	switch n := n.(type) {
	case nil, search.Everything:
		return all, nil
	case search.Nothing:
		return none, nil
	case search.Bool:
		return c.bool(n, depth)
	case search.DisMax:
		of, err := c.filters(n.Of, depth)
		return or(of...), err
	case search.Boost:
		return c.filter(n.Of, depth+1)
	case search.Exists:
		return filter(attribute(n.Field) + " EXISTS"), nil
	case search.IDs:
		keys := make([]string, len(n.Of))
		for i, id := range n.Of {
			keys[i] = key(id)
		}
		return in(keyAttribute, keys), nil
	}
	return c.leaf(n)
}

func (c *compiler) leaf(n search.Node) (filter, error) {
	switch n := n.(type) {
	case search.Term:
		return c.term(n), nil
	case search.Words:
		return c.words(n), nil
	case search.Phrase:
		return c.phrase(n)
	case search.Prefix:
		return c.prefix(n), nil
	case search.Wildcard:
		return c.wildcard(n)
	case search.Fuzzy:
		return c.fuzzy(n)
	case search.Range:
		return c.span(n)
	}
	return none, unsupported("a kind of condition", "un tipo di condizione")
}

func (c *compiler) filters(nodes []search.Node, depth int) ([]filter, error) {
	out := make([]filter, 0, len(nodes))
	size := 0
	for _, n := range nodes {
		f, err := c.filter(n, depth+1)
		if err != nil {
			return nil, err
		}
		if size += len(f); size > maxFilter {
			return nil, tooComplex()
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *compiler) bool(n search.Bool, depth int) (filter, error) {
	must, err := c.filters(n.Must, depth)
	if err != nil {
		return none, err
	}
	banned, err := c.filters(n.Not, depth)
	if err != nil {
		return none, err
	}
	least := n.Min
	if least <= 0 && len(must) == 0 {
		least = 1
	}
	f := and(must...)
	if least > 0 {
		should, err := c.filters(n.Should, depth)
		if err != nil {
			return none, err
		}
		some, err := atLeast(should, least)
		if err != nil {
			return none, err
		}
		f = and(f, some)
	}
	return and(f, not(or(banned...))), nil
}

// atLeast spells out that n of of must match, for which there is no operator.
func atLeast(of []filter, n int) (filter, error) {
	switch {
	case n <= 0:
		return all, nil
	case n > len(of):
		return none, nil
	case n == len(of):
		return and(of...), nil
	case n == 1:
		return or(of...), nil
	}
	with, err := atLeast(of[1:], n-1)
	if err != nil {
		return none, err
	}
	without, err := atLeast(of[1:], n)
	if err != nil {
		return none, err
	}
	f := or(and(of[0], with), without)
	if len(f) > maxFilter/8 {
		return none, tooComplex()
	}
	return f, nil
}

func (c *compiler) term(n search.Term) filter {
	a := attribute(n.Field)
	switch kind(n.Field) {
	case wordsAttribute:
		return each(a, c.e.analyzer.Words(n.Value), and)
	case stringsAttribute:
		return compare(a, "=", encode(n.Value))
	}
	return none
}

func (c *compiler) words(n search.Words) filter {
	if kind(n.Field) != wordsAttribute {
		return c.term(search.Term{Field: n.Field, Value: n.Text})
	}
	a, words, join := attribute(n.Field), c.e.analyzer.Words(n.Text), and
	if n.Any {
		join = or
	}
	if !n.Prefix || len(words) == 0 {
		return each(a, analysis.Significant(words), join)
	}
	rest, last := words[:len(words)-1], words[len(words)-1]
	end := last.Parts[len(last.Parts)-1]
	f := or(compare(a, "=", encode(end.Term)), begins(a, end.Form))
	for _, p := range last.Parts[:len(last.Parts)-1] {
		f = and(f, compare(a, "=", encode(p.Term)))
	}
	if rest = analysis.Telling(rest); len(rest) == 0 {
		return f
	}
	return join(each(a, rest, join), f)
}

// each matches words as package memory does: all parts, or what they make
// together. No words match nothing.
func each(attribute string, words []analysis.Word, join func(...filter) filter) filter {
	if len(words) == 0 {
		return none
	}
	var of []filter
	for _, w := range words {
		var parts []filter
		for _, p := range w.Parts {
			parts = append(parts, compare(attribute, "=", encode(p.Term)))
		}
		f := and(parts...)
		if w.Joined != "" {
			f = or(f, compare(attribute, "=", encode(w.Joined)))
		}
		of = append(of, f)
	}
	return join(of...)
}

func begins(attribute, value string) filter {
	code, _ := encodeSome(value)
	return compare(attribute, "STARTS WITH", code)
}

func (c *compiler) prefix(n search.Prefix) filter {
	a := attribute(n.Field)
	switch kind(n.Field) {
	case stringsAttribute:
		return begins(a, n.Value)
	case wordsAttribute:
		// The index has stems: a word that is whole already may be longer.
		form := analysis.Fold(n.Value)
		return or(begins(a, form), compare(a, "=", encode(c.e.analyzer.Stem(form))))
	}
	return none
}

func (c *compiler) span(n search.Range) (filter, error) {
	a := attribute(n.Field)
	if n.Low == "" && n.High == "" && n.From.IsZero() && n.To.IsZero() {
		return filter(a + " EXISTS"), nil
	}
	switch kind(n.Field) {
	case datesAttribute:
		return ends(a, n, millis(n.From), millis(n.To)), nil
	case intsAttribute:
		if !isInt(n.Low) || !isInt(n.High) {
			return none, nil
		}
		return ends(a, n, n.Low, n.High), nil
	}
	if n.Low == "" || n.High == "" || single[n.Field] {
		return ends(a, n, code(n.Low), code(n.High)), nil
	}
	// One value may be above the low end and another below the high one.
	return c.matching(n.Field, "", func(code string) bool { return between(decode(code), n) })
}

func between(v string, n search.Range) bool {
	if v < n.Low || v > n.High {
		return false
	}
	return (v != n.Low || !n.LowOpen) && (v != n.High || !n.HighOpen)
}

func millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

func isInt(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return s == "" || err == nil && n > math.MinInt64
}

func code(v string) string {
	if v == "" {
		return ""
	}
	return encode(v)
}

// single has the fields of which no dataset has two values.
var single = map[search.Field]bool{
	search.ID: true, search.Name: true, search.TitleSort: true, search.Organization: true, search.OrgID: true,
	search.Holder: true, search.HolderName: true, search.License: true, search.Frequency: true,
}

func ends(attribute string, n search.Range, low, high string) filter {
	f := all
	if low != "" {
		f = and(f, compare(attribute, operator(">", n.LowOpen), low))
	}
	if high != "" {
		f = and(f, compare(attribute, operator("<", n.HighOpen), high))
	}
	return f
}

func operator(o string, open bool) string {
	if open {
		return o
	}
	return o + "="
}
