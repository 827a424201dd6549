package solr

import (
	"strconv"
	"strings"
	"time"

	"portico/search"
)

// The limits of a query, so that no text from outside can cost much.
const (
	maxQueryLength = 32 << 10
	maxQueryDepth  = 64
	maxClauses     = 1024
)

// Lucene reads Lucene's classic syntax with the operator AND between
// clauses, as Solr does for filters and for queries with a colon
// (ckan-search §3). Times are relative to now.
func Lucene(src string, now time.Time) (search.Node, error) {
	p := parser{now: now, and: true, word: defaultWord}
	return p.parse(src)
}

// A parser reads a sequence of clauses. The dismax parser is the same
// grammar with another operator between words and another sense of a word.
type parser struct {
	src     string
	tokens  []token
	pos     int
	depth   int
	clauses int
	now     time.Time
	and     bool                                 // the operator between clauses is AND
	word    func(p *parser, t token) search.Node // a word or phrase without a field
	least   func(optional int) int               // how many optional clauses must match, or nil
}

// A clause is one part of a sequence, with the part that it plays.
type clause struct {
	node search.Node
	role role
}

type role int

const (
	should role = iota
	must
	mustNot
)

func (p *parser) parse(src string) (search.Node, error) {
	if len(src) > maxQueryLength {
		return nil, errorf("Cannot parse a query of %d bytes: too long", len(src))
	}
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p.src, p.tokens = src, tokens
	if p.peek().kind == tokEnd {
		return search.Nothing{}, nil
	}
	b, err := p.sequence("")
	if err != nil {
		return nil, err
	}
	if p.peek().kind != tokEnd {
		return nil, p.unexpected()
	}
	if p.and && len(b.Must) == 0 && len(b.Should) == 0 {
		b.Must = []search.Node{search.Everything{}} // a whole query of nothing but Not
	}
	if p.least != nil && len(b.Should) > 0 {
		b.Min = p.least(len(b.Should))
	}
	return simplify(b), nil
}

// simplify takes the Bool off a single required clause.
func simplify(b search.Bool) search.Node {
	if len(b.Must) == 1 && len(b.Should) == 0 && len(b.Not) == 0 {
		return b.Must[0]
	}
	if len(b.Should) == 1 && len(b.Must) == 0 && len(b.Not) == 0 {
		return b.Should[0]
	}
	return b
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) take() token {
	t := p.tokens[p.pos]
	if t.kind != tokEnd {
		p.pos++
	}
	return t
}

// sequence reads clauses up to a ) or the end, and joins them by the rule
// that everyone gets wrong: there is no precedence; AND makes the clauses on
// both its sides required, OR makes them optional, and a later operator
// overrules an earlier one.
func (p *parser) sequence(field string) (search.Bool, error) {
	var cs []clause
	for {
		conj := tokEnd
		if k := p.peek().kind; len(cs) > 0 && (k == tokAnd || k == tokOr) {
			conj = p.take().kind
		}
		mod := tokEnd
		if k := p.peek().kind; k == tokPlus || k == tokMinus || k == tokNot {
			mod = p.take().kind
		}
		node, err := p.clause(field)
		if err != nil {
			return search.Bool{}, err
		}
		if p.clauses++; p.clauses > maxClauses {
			return search.Bool{}, errorf("too many boolean clauses: maxClauseCount is set to %d", maxClauses)
		}
		cs = p.join(cs, node, conj, mod)
		if k := p.peek().kind; k == tokEnd || k == tokClose {
			return boolOf(cs), nil
		}
	}
}

func (p *parser) join(cs []clause, node search.Node, conj, mod tokenKind) []clause {
	if n := len(cs); n > 0 && cs[n-1].role != mustNot {
		if conj == tokAnd {
			cs[n-1].role = must
		}
		if conj == tokOr && p.and {
			cs[n-1].role = should
		}
	}
	return append(cs, clause{node: node, role: p.roleOf(conj, mod)})
}

// roleOf returns the part that a clause plays after conj and mod.
func (p *parser) roleOf(conj, mod tokenKind) role {
	switch {
	case mod == tokMinus || mod == tokNot:
		return mustNot
	case p.and && conj != tokOr, !p.and && (mod == tokPlus || conj == tokAnd):
		return must
	}
	return should
}

func boolOf(cs []clause) search.Bool {
	var b search.Bool
	for _, c := range cs {
		switch c.role {
		case must:
			b.Must = append(b.Must, c.node)
		case mustNot:
			b.Not = append(b.Not, c.node)
		case should:
			b.Should = append(b.Should, c.node)
		}
	}
	return b
}

// clause reads one clause: [field ":"] (value | group) [boost].
func (p *parser) clause(field string) (search.Node, error) {
	t := p.peek()
	if next := p.tokens[min(p.pos+1, len(p.tokens)-1)]; next.kind == tokColon && (t.kind == tokWord || t.kind == tokStar) {
		p.take()
		p.take()
		field = t.value
		if t.kind == tokStar {
			if p.peek().kind != tokStar {
				return nil, p.unexpected()
			}
			p.take()
			return p.boosted(search.Everything{})
		}
		t = p.peek()
	}
	if t.kind == tokWord && t.value == "filter" && p.tokens[min(p.pos+1, len(p.tokens)-1)].kind == tokOpen {
		p.take()
		t = p.peek()
	}
	if t.kind == tokOpen {
		return p.group(field)
	}
	return p.value(field)
}

func (p *parser) group(field string) (search.Node, error) {
	if p.depth++; p.depth > maxQueryDepth {
		return nil, errorf("Cannot parse '%s': nested too deeply", p.src)
	}
	p.take()
	b, err := p.sequence(field)
	if err != nil {
		return nil, err
	}
	if p.peek().kind != tokClose {
		return nil, p.unexpected()
	}
	p.take()
	p.depth--
	return p.boosted(simplify(b))
}

func (p *parser) value(field string) (search.Node, error) {
	t := p.peek()
	var node search.Node
	var err error
	switch t.kind {
	case tokWord, tokPrefix, tokWild, tokStar, tokPhrase, tokRegex:
		p.take()
		fuzzy := ""
		near := p.peek().kind == tokFuzzy
		if near {
			fuzzy = p.take().value
		}
		if field == "" {
			node, err = p.bare(t, near, fuzzy)
		} else {
			node, err = Lookup(field).node(p, t, near, fuzzy)
		}
	case tokRange:
		p.take()
		if field == "" {
			field = "text"
		}
		node, err = Lookup(field).span(t.rng, p.now)
	default:
		return nil, p.unexpected()
	}
	if err != nil {
		return nil, err
	}
	return p.boosted(node)
}

// bare is a value without a field.
func (p *parser) bare(t token, near bool, fuzzy string) (search.Node, error) {
	if t.kind == tokWord && !near || t.kind == tokPhrase && (!near || !p.and) {
		return p.word(p, t), nil
	}
	if t.kind == tokStar {
		return search.Everything{}, nil
	}
	return Lookup("text").node(p, t, near, fuzzy)
}

// defaultWord looks for a word where everything is.
func defaultWord(_ *parser, t token) search.Node {
	if t.kind == tokPhrase {
		return search.Phrase{Field: search.Text, Text: t.value}
	}
	return search.Term{Field: search.Text, Value: t.value}
}

// boosted reads a boost after node, if there is one.
func (p *parser) boosted(node search.Node) (search.Node, error) {
	if p.peek().kind != tokBoost {
		return node, nil
	}
	by, err := strconv.ParseFloat(strings.TrimSuffix(p.peek().value, "."), 64)
	if err != nil {
		return nil, p.unexpected()
	}
	p.take()
	if p.peek().kind == tokFuzzy {
		p.take()
	}
	return search.Boost{Of: node, By: by}, nil
}
