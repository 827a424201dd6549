package dcat

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"portico/internal/rdf"
)

// prints computes the digests of the datasets of a graph. What several
// datasets share is read once.
type prints struct {
	g      *rdf.Graph
	stop   map[rdf.Term]bool        // datasets and catalogues: a digest does not go into others
	known  map[rdf.Term]description // of IRIs
	blanks map[rdf.Term]string      // of blank nodes
}

// A description is what the triples of one IRI come to, blank nodes included,
// and to which IRIs they lead.
type description struct {
	sum   string
	leads []rdf.Term
}

func newPrints(g *rdf.Graph) *prints {
	p := &prints{g: g, stop: map[rdf.Term]bool{}, known: map[rdf.Term]description{}, blanks: map[rdf.Term]string{}}
	for _, class := range []string{nsDcat + "Dataset", nsDcatapit + "Dataset", nsDcat + "Catalog", nsDcatapit + "Catalog"} {
		for _, s := range g.Typed(class) {
			p.stop[s] = true
		}
	}
	return p
}

// The walk is bounded, so that a hostile graph costs little for each dataset.
const (
	maxReached = 50_000
	maxDepth   = 64
)

// of returns the SHA-256, in hexadecimal, of the triples that are reachable
// from s. It depends neither on the names of blank nodes nor on order.
func (p *prints) of(s rdf.Term) string {
	seen := map[rdf.Term]bool{s: true}
	queue := []rdf.Term{s}
	var lines []string
	for len(queue) > 0 && len(seen) < maxReached {
		at := queue[0]
		queue = queue[1:]
		d := p.describe(at)
		name := rdf.Value(at)
		if rdf.IsBlank(at) {
			name = "_" // only the dataset itself: others are in the sums of those that have them
		}
		lines = append(lines, name+" "+d.sum)
		for _, o := range d.leads {
			if !seen[o] && !p.stop[o] {
				seen[o] = true
				queue = append(queue, o)
			}
		}
	}
	return sum(lines)
}

// describe returns the description of a node that the walk reaches.
func (p *prints) describe(s rdf.Term) description {
	if d, ok := p.known[s]; ok {
		return d
	}
	var d description
	d.sum = p.lines(s, &d.leads, 0)
	p.known[s] = d
	return d
}

// lines sums the triples of s, and adds the IRIs that they lead to, through
// blank nodes too.
func (p *prints) lines(s rdf.Term, leads *[]rdf.Term, depth int) string {
	ts := p.g.Triples(s)
	out := make([]string, 0, len(ts))
	for _, t := range ts {
		pred := rdf.Value(t.Pred)
		switch {
		case rdf.IsBlank(t.Obj) && !p.stop[t.Obj]:
			out = append(out, pred+" _:"+p.blank(t.Obj, leads, depth+1))
		case rdf.IsIRI(t.Obj):
			out = append(out, pred+" <"+rdf.Value(t.Obj)+">")
			if pred != nsRdf+"type" && len(p.g.Triples(t.Obj)) > 0 {
				*leads = append(*leads, t.Obj)
			}
		case rdf.IsLiteral(t.Obj):
			out = append(out, pred+" "+rdf.Value(t.Obj)+"\x00"+rdf.Lang(t.Obj)+"\x00"+rdf.Datatype(t.Obj))
		}
	}
	return sum(out)
}

// blank sums a blank node by what it says. A node that leads back to itself,
// or too deep, counts as an empty one.
func (p *prints) blank(b rdf.Term, leads *[]rdf.Term, depth int) string {
	if depth > maxDepth {
		return ""
	}
	if s, ok := p.blanks[b]; ok {
		p.collect(b, leads, depth)
		return s
	}
	p.blanks[b] = "" // while it is open
	s := p.lines(b, leads, depth)
	p.blanks[b] = s
	return s
}

// collect adds the IRIs that a blank node leads to directly; it is for one
// whose sum is known already.
func (p *prints) collect(b rdf.Term, leads *[]rdf.Term, depth int) {
	if depth > 8 {
		return
	}
	for _, t := range p.g.Triples(b) {
		switch {
		case rdf.IsIRI(t.Obj) && len(p.g.Triples(t.Obj)) > 0 && rdf.Value(t.Pred) != nsRdf+"type":
			*leads = append(*leads, t.Obj)
		case rdf.IsBlank(t.Obj) && !p.stop[t.Obj]:
			p.collect(t.Obj, leads, depth+1)
		}
	}
}

func sum(lines []string) string {
	slices.Sort(lines)
	h := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(h[:])
}
