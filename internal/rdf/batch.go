package rdf

import (
	"slices"

	knakk "github.com/knakk/rdf"
)

// maxNesting is how deep writers nest blank nodes; below it they use labels.
const maxNesting = 16

// A batch is the triples of one Write, grouped by subject.
type batch struct {
	order []*described
	index map[knakk.Subject]*described
	uses  map[Term]int // of blank nodes, as objects
	ranks map[knakk.Predicate]int
}

// A described is a subject with what is said of it.
type described struct {
	term    knakk.Subject
	triples []Triple
	done    bool // written
	rooted  bool // is not to be nested
}

// group fills b. Subjects and their triples keep the order in which they come.
func (b *batch) group(ts []Triple) {
	b.index, b.uses = emptied(b.index), emptied(b.uses)
	b.order = b.order[:0]
	for i := 0; i < len(ts); {
		subj := ts[i].Subj
		from := i
		for i < len(ts) && ts[i].Subj == subj {
			if IsBlank(ts[i].Obj) {
				b.uses[ts[i].Obj]++
			}
			i++
		}
		run := ts[from:i:i]
		if d, known := b.index[subj]; known {
			d.triples = append(d.triples, run...)
			continue
		}
		d := &described{term: subj, triples: run}
		b.index[subj] = d
		b.order = append(b.order, d)
	}
}

// emptied returns m without its entries. To clear a map takes as long as it once
// was large, so that a large one is let go.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) > 1000 {
		return map[K]V{}
	}
	clear(m)
	return m
}

// write calls root for each subject that stands by itself: those that nest
// nowhere first, then those that nothing leads to, being parts of a ring or
// nested too deep.
func (b *batch) write(root func(*described) error) error {
	for _, forced := range [...]bool{false, true} {
		for _, d := range b.order {
			if d.done || !forced && b.nests(d) {
				continue
			}
			d.done, d.rooted = true, true
			if err := root(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *batch) nests(d *described) bool {
	return !d.rooted && IsBlank(d.term) && b.uses[d.term] == 1
}

// nested returns what is to be written in place of the object o, having marked
// it as written; nil if o is to be written as a term.
func (b *batch) nested(o knakk.Object, depth int) *described {
	blank, ok := o.(Blank)
	if !ok || depth > maxNesting {
		return nil
	}
	d := b.index[blank]
	if d == nil || d.done || !b.nests(d) {
		return nil
	}
	d.done = true
	return d
}

// byPredicate returns the triples of d with those of one predicate together,
// rdf:type first.
func (b *batch) byPredicate(d *described) []Triple {
	b.ranks = emptied(b.ranks)
	b.ranks[rdfType] = 0
	sorted, last := true, 0
	for i, t := range d.triples {
		if i > 0 && t.Pred == d.triples[i-1].Pred {
			continue
		}
		rank, known := b.ranks[t.Pred]
		if !known {
			rank = len(b.ranks)
			b.ranks[t.Pred] = rank
		}
		if rank < last {
			sorted = false
		}
		last = rank
	}
	if sorted {
		return d.triples
	}
	ts := slices.Clone(d.triples)
	slices.SortStableFunc(ts, func(x, y Triple) int { return b.ranks[x.Pred] - b.ranks[y.Pred] })
	return ts
}

// cutPredicate returns the triples at the start of ts that share a predicate,
// and the rest.
func cutPredicate(ts []Triple) (same, rest []Triple) {
	n := 1
	for n < len(ts) && ts[n].Pred == ts[0].Pred {
		n++
	}
	return ts[:n], ts[n:]
}
