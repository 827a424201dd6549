package dcat

import (
	"fmt"
	"io"
	"time"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Dump writes a whole catalogue, however large, as N-Triples: the union of
// what its pages say, without their links. It is given all datasets twice, in
// the same order and in parts of any size: first to Reserve, so that nothing
// is described under an IRI that a later one has, and then to Add.
type Dump struct {
	b       *builder
	out     *rdf.Writer
	origin  rdf.IRI
	given   map[uint64]struct{} // IRIs of datasets and distributions that are written
	triples int64
}

// NewDump begins a dump in DCAT-AP_IT, of a catalogue that last changed at
// modified.
func NewDump(w io.Writer, site catalog.Site, modified time.Time) (*Dump, error) {
	out, err := rdf.NewWriter(w, rdf.NTriples, nil)
	if err != nil {
		return nil, fmt.Errorf("dump the catalogue: %w", err)
	}
	x := &Dump{b: newBuilder(site, DCATAPIT.dialect()), out: out, given: map[uint64]struct{}{}}
	c := x.b.catalog(Page{Modified: modified}, nil)
	x.origin = rdf.NewIRI(rdf.Value(c.of.Subj))
	return x, x.write(append(c.ts, x.b.built()...))
}

// Reserve takes the IRIs of datasets.
func (x *Dump) Reserve(ds ...*catalog.Dataset) {
	for _, d := range ds {
		x.b.reserve(namesOf(d, x.b.site))
	}
}

// Add writes datasets.
func (x *Dump) Add(ds ...*catalog.Dataset) error {
	for _, d := range ds {
		uri, dists := x.names(d)
		link := rdf.Triple{Subj: x.origin, Pred: pDataset, Obj: rdf.NewIRI(uri)}
		if err := x.write(append(x.b.describe(d, uri, dists), link)); err != nil {
			return err
		}
	}
	return nil
}

// names returns the IRIs that Reserve has taken for d: where two datasets want
// one, the first has it.
func (x *Dump) names(d *catalog.Dataset) (uri string, dists []string) {
	n := namesOf(d, x.b.site)
	uri = x.give(n.dataset, aDataset)
	dists = make([]string, len(n.distributions))
	for i := range n.distributions {
		dists[i] = x.give(n.distributions[i], aDistribution)
	}
	return uri, dists
}

func (x *Dump) give(n name, r role) string {
	iri, h := n.wish, hashOf(n.wish)
	_, given := x.given[h]
	taken, known := x.b.roles[h]
	if given || known && taken != r {
		iri, h = n.minted, hashOf(n.minted)
	}
	x.b.claim(iri, r) // one that has come since it would have been reserved
	x.given[h] = struct{}{}
	return iri
}

func (x *Dump) write(ts []rdf.Triple) error {
	x.triples += int64(len(ts))
	if err := x.out.Write(ts); err != nil {
		return fmt.Errorf("dump the catalogue: %w", err)
	}
	return nil
}

// Triples returns how many were written.
func (x *Dump) Triples() int64 { return x.triples }

// Close writes what is left. It does not close the io.Writer below.
func (x *Dump) Close() error {
	if err := x.out.Close(); err != nil {
		return fmt.Errorf("dump the catalogue: %w", err)
	}
	return nil
}
