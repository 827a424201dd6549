package memory

import (
	"context"

	"portico/catalog"
	"portico/search"
	"portico/search/analysis"
)

// A searching is one Search at work.
type searching struct {
	ctx       context.Context //nolint:containedctx // it lives no longer than the call
	v         *view
	analyzers analyzers
	nodes     int
}

// A found is what a node matches. Documents that are gone may be in the set;
// the caller takes them out. The score of a document that is not in it is 0.
type found struct {
	set   bitset
	score func(docs []uint32) []float32 // nil = 1 for each of the set
}

// Bounds of a query, so that none can eat the stack or the afternoon.
const (
	maxDepth = 100
	maxNodes = 10_000
)

func (s *searching) match(n search.Node, depth int) (found, error) {
	s.nodes++
	if depth > maxDepth || s.nodes > maxNodes {
		return found{}, catalog.Errorf(catalog.Invalid, "the query is too complex").Italian("l'interrogazione è troppo complessa")
	}
	if err := s.ctx.Err(); err != nil {
		return found{}, err
	}
	switch n := n.(type) {
	case search.Bool:
		return s.bool(n, depth)
	case search.DisMax:
		return s.disMax(n, depth)
	case search.Boost:
		f, err := s.match(n.Of, depth+1)
		f.score = scaled(f, float32(n.By))
		return f, err
	}
	return s.leaf(n), nil
}

func (s *searching) leaf(n search.Node) found {
	switch n := n.(type) {
	case nil, search.Everything:
		b := s.empty()
		s.v.fill(b)
		return found{set: b}
	case search.Term:
		return s.term(n)
	case search.Words:
		return s.words(n)
	case search.Phrase:
		return s.phrase(n)
	case search.Range:
		return s.inRange(n)
	case search.Exists:
		return s.exists(n.Field)
	case search.IDs:
		return s.ids(n)
	case search.Nothing:
		return found{set: s.empty()}
	}
	return s.patterns(n)
}

func (s *searching) patterns(n search.Node) found {
	switch n := n.(type) {
	case search.Prefix:
		return s.pattern(n.Field, analysis.Prefix(n.Value))
	case search.Wildcard:
		return s.pattern(n.Field, analysis.NewWildcard(n.Pattern))
	case search.Fuzzy:
		return s.pattern(n.Field, analysis.NewFuzzy(n.Value, n.Distance))
	}
	return found{set: s.empty()}
}

func (s *searching) ids(n search.IDs) found {
	b := s.empty()
	for _, id := range n.Of {
		for i := range s.v.parts {
			p := &s.v.parts[i]
			p.columns[search.ID].docs(id, func(doc uint32) bool {
				b.set(p.from + doc)
				return true
			})
		}
	}
	return found{set: b}
}

func (s *searching) empty() bitset { return newBitset(int(s.v.size)) }

func (s *searching) matchAll(nodes []search.Node, depth int) ([]found, error) {
	out := make([]found, 0, len(nodes))
	for _, n := range nodes {
		f, err := s.match(n, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (s *searching) bool(n search.Bool, depth int) (found, error) {
	must, err := s.matchAll(n.Must, depth)
	if err != nil {
		return found{}, err
	}
	should, err := s.matchAll(n.Should, depth)
	if err != nil {
		return found{}, err
	}
	not, err := s.matchAll(n.Not, depth)
	if err != nil {
		return found{}, err
	}
	least := n.Min
	if least <= 0 && len(must) == 0 {
		least = 1
	}
	set := s.empty()
	if least > 0 {
		atLeast(set, should, least)
	}
	for i, f := range must {
		if i == 0 && least <= 0 {
			set.or(f.set)
		} else {
			set.and(f.set)
		}
	}
	for _, f := range not {
		set.andNot(f.set)
	}
	return found{set, sum(set, append(must, should...))}, nil
}

// atLeast adds to set, which is empty, the documents in least or more of of.
func atLeast(set bitset, of []found, least int) {
	if least == 1 {
		for _, f := range of {
			set.or(f.set)
		}
		return
	}
	if least > len(of) {
		return
	}
	// exactly[i] has the documents that were in i+1 or more of those so far.
	exactly := make([]bitset, least)
	for i := range exactly {
		exactly[i] = make(bitset, len(set))
	}
	for _, f := range of {
		for w, bits := range f.set {
			for i := 0; i < least && bits != 0; i++ {
				carry := exactly[i][w] & bits
				exactly[i][w] |= bits
				bits = carry
			}
		}
	}
	set.or(exactly[least-1])
}

func (s *searching) disMax(n search.DisMax, depth int) (found, error) {
	of, err := s.matchAll(n.Of, depth)
	if err != nil {
		return found{}, err
	}
	set := s.empty()
	for _, f := range of {
		set.or(f.set)
	}
	return found{set, best(of, float32(n.Tie))}, nil
}

func (s *searching) term(n search.Term) found {
	b := s.empty()
	if cs := s.column(n.Field); cs != nil {
		with, there := 0, false
		for _, c := range cs {
			if v, ok := c.of.dict.find(n.Value); ok {
				c.of.collect(c.local(b), []uint32{v})
				with += c.of.size(v)
				there = true
			}
		}
		if !there {
			return found{set: b}
		}
		return found{b, flat(b, valueScore(cs, with))}
	}
	if ws := s.text(n.Field); ws != nil {
		return s.all(ws, s.analyzers.of(n.Field).Words(n.Value))
	}
	return found{set: b}
}

func (s *searching) exists(f search.Field) found {
	b := s.empty()
	for _, c := range s.column(f) {
		c.of.rows.collect(c.local(b))
	}
	for _, w := range s.text(f) {
		to := w.local(b)
		for doc, n := range w.of.lengths {
			if n > 0 {
				to.set(uint32(doc))
			}
		}
	}
	for _, c := range s.number(f) {
		c.of.rows.collect(c.local(b))
	}
	return found{set: b}
}

// column returns the values of f, or of the field that answers for it; nil
// when there are none.
func (s *searching) column(f search.Field) []held[column] {
	return every(s.v, s.v.field(f), columnsOf)
}

// text returns the words of f, or of the field that answers for it.
func (s *searching) text(f search.Field) []held[words] {
	return every(s.v, s.v.field(f), textsOf)
}

func (s *searching) number(f search.Field) []held[numbers] {
	if c := every(s.v, f, datesOf); c != nil {
		return c
	}
	return every(s.v, f, intsOf)
}
