package rdf

import (
	"crypto/sha256"
	"sort"
)

type colour [sha256.Size]byte

// A print is a triple in colours.
type print [3]colour

// A colouring gives the blank nodes of a graph names that depend only on what
// the graph says.
type colouring map[Term]colour

func (c colouring) of(t Term) colour {
	if known, ok := c[t]; ok {
		return known
	}
	kind := "I"
	if l, ok := t.(Literal); ok {
		kind = "L" + l.DataType.String() + "\x00" + l.Lang() + "\x00"
	} else if IsBlank(t) {
		kind = "B"
	}
	return sha256.Sum256([]byte(kind + Value(t)))
}

// colours refines the names of blank nodes until no round tells more of them
// apart than the one before.
func (g *Graph) colours() colouring {
	c := colouring{}
	var around []Triple
	for _, t := range g.all {
		if IsBlank(t.Subj) || IsBlank(t.Obj) {
			around = append(around, t)
		}
		if IsBlank(t.Subj) {
			c[t.Subj] = colour{}
		}
		if IsBlank(t.Obj) {
			c[t.Obj] = colour{}
		}
	}
	for told := 0; ; {
		c = c.refine(around)
		distinct := make(map[colour]struct{}, len(c))
		for _, name := range c {
			distinct[name] = struct{}{}
		}
		if len(distinct) <= told {
			return c
		}
		told = len(distinct)
	}
}

// refine names each blank node after the triples that it is in.
func (c colouring) refine(around []Triple) colouring {
	seen := make(map[Term][]string, len(c))
	for _, t := range around {
		s, p, o := c.of(t.Subj), c.of(t.Pred), c.of(t.Obj)
		if IsBlank(t.Subj) {
			seen[t.Subj] = append(seen[t.Subj], "s"+string(p[:])+string(o[:]))
		}
		if IsBlank(t.Obj) {
			seen[t.Obj] = append(seen[t.Obj], "o"+string(p[:])+string(s[:]))
		}
	}
	next := make(colouring, len(c))
	for b, uses := range seen {
		sort.Strings(uses)
		h := sha256.New()
		old := c[b]
		h.Write(old[:])
		for _, u := range uses {
			h.Write([]byte(u))
		}
		var name colour
		h.Sum(name[:0])
		next[b] = name
	}
	return next
}
