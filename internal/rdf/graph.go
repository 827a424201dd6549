package rdf

import knakk "github.com/knakk/rdf"

// A Graph is a set of triples with an index by subject. Everything it returns
// is in the order in which it was first seen. It is not changed once made, and
// may be read by many at a time; slices that it returns belong to it.
type Graph struct {
	all      []Triple
	set      map[Triple]struct{}
	subjects []Term
	index    map[Term][]Triple
	typed    map[string][]Term
}

// NewGraph returns the graph of ts; a triple that is there twice counts once.
func NewGraph(ts []Triple) *Graph {
	g := &Graph{
		all:   make([]Triple, 0, len(ts)),
		set:   make(map[Triple]struct{}, len(ts)),
		index: make(map[Term][]Triple),
		typed: make(map[string][]Term),
	}
	for _, t := range ts {
		if t.Subj == nil || t.Pred == nil || t.Obj == nil {
			continue
		}
		if _, there := g.set[t]; there {
			continue
		}
		g.set[t] = struct{}{}
		g.all = append(g.all, t)
		known := g.index[t.Subj]
		if known == nil {
			g.subjects = append(g.subjects, t.Subj)
		}
		g.index[t.Subj] = append(known, t)
	}
	for _, s := range g.subjects {
		for _, t := range g.index[s] {
			if t.Pred.String() == rdfTypeIRI && !IsLiteral(t.Obj) {
				class := Value(t.Obj)
				g.typed[class] = append(g.typed[class], s)
			}
		}
	}
	return g
}

// Subjects returns the terms that anything is said of.
func (g *Graph) Subjects() []Term { return g.subjects }

// Objects returns what predicate of s is, in document order.
func (g *Graph) Objects(s Term, predicate string) []Term {
	var out []Term
	for _, t := range g.index[s] {
		if t.Pred.String() == predicate {
			out = append(out, t.Obj)
		}
	}
	return out
}

// Object returns the first of Objects, or nil.
func (g *Graph) Object(s Term, predicate string) Term {
	for _, t := range g.index[s] {
		if t.Pred.String() == predicate {
			return t.Obj
		}
	}
	return nil
}

// Typed returns the subjects whose rdf:type is class.
func (g *Graph) Typed(class string) []Term { return g.typed[class] }

// Has reports whether the triple is in g.
func (g *Graph) Has(s Term, predicate string, o Term) bool {
	subj, ok := s.(knakk.Subject)
	if !ok || o == nil {
		return false
	}
	obj, ok := o.(knakk.Object)
	if !ok {
		return false
	}
	_, there := g.set[Triple{Subj: subj, Pred: NewIRI(predicate), Obj: obj}]
	return there
}

// Triples returns what is said of s.
func (g *Graph) Triples(s Term) []Triple { return g.index[s] }

// All returns every triple.
func (g *Graph) All() []Triple { return g.all }

// Equal reports whether g and h say the same, whatever their blank nodes are
// called. Graphs whose blank nodes are told apart only by being parts of
// different rings may pass for equal; those of catalogues are trees.
func (g *Graph) Equal(h *Graph) bool {
	if len(g.all) != len(h.all) {
		return false
	}
	a, b := g.prints(), h.prints()
	if len(a) != len(b) {
		return false
	}
	for print, n := range a {
		if b[print] != n {
			return false
		}
	}
	return true
}

// prints returns how often each triple is there, blank nodes having been named
// after what is said of them and by whom.
func (g *Graph) prints() map[print]int {
	names := g.colours()
	out := make(map[print]int, len(g.all))
	for _, t := range g.all {
		out[print{names.of(t.Subj), names.of(t.Pred), names.of(t.Obj)}]++
	}
	return out
}
