package memory

import (
	"context"

	"portico/catalog"
	"portico/search"
	"portico/search/analysis"
)

// A searching is one Search at work. It holds the lock of the engine for reading.
type searching struct {
	ctx       context.Context //nolint:containedctx // it lives no longer than the call
	g         *generation
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
		s.g.live.WriteDenseTo(b)
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
		if doc, ok := s.g.columns[search.ID].doc(id); ok {
			b.set(doc)
		}
	}
	return found{set: b}
}

func (s *searching) empty() bitset { return newBitset(int(s.g.next)) }

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
	if c := s.column(n.Field); c != nil {
		v, ok := c.dict.find(n.Value)
		if !ok {
			return found{set: b}
		}
		c.collect(b, []uint32{v})
		return found{b, flat(b, c.score(v))}
	}
	if w := s.text(n.Field); w != nil {
		return s.all(w, s.analyzers.of(n.Field).Words(n.Value))
	}
	return found{set: b}
}

func (s *searching) exists(f search.Field) found {
	b := s.empty()
	if c := s.column(f); c != nil {
		c.rows.collect(b)
	} else if w := s.text(f); w != nil {
		for doc, n := range w.lengths {
			if n > 0 {
				b.set(uint32(doc))
			}
		}
	} else if c := s.number(f); c != nil {
		c.rows.collect(b)
	}
	return found{set: b}
}

// column returns the values of f, or of the field that answers for it.
func (s *searching) column(f search.Field) *column {
	if c := s.g.columns[f]; c != nil || s.g.texts[f] != nil {
		return c
	}
	f, _ = f.Instead()
	return s.g.columns[f]
}

// text returns the words of f, or of the field that answers for it.
func (s *searching) text(f search.Field) *words {
	if w := s.g.texts[f]; w != nil {
		return w
	}
	f, _ = f.Instead()
	return s.g.texts[f]
}

func (s *searching) number(f search.Field) *numbers {
	if c := s.g.dates[f]; c != nil {
		return c
	}
	return s.g.ints[f]
}
