package dcat

import (
	"bytes"
	"io"
	"slices"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Fragment is what one dataset adds to documents of one profile, syntax and
// site, written as if it were alone there. It holds for as long as the dataset
// is as it was, and is not changed once made.
type Fragment struct {
	names  names
	uri    string   // under which the dataset is described
	dists  []string // and its distributions
	claims []claim
	pieces []piece
	text   []byte
}

// A piece is the text of one subject.
type piece struct {
	subject uint64 // hash of its IRI, if other datasets may describe it, too; else 0
	sum     uint64 // hash of its text
	end     int    // of its text in that of the Fragment
}

// Size returns about how many bytes f takes.
func (f *Fragment) Size() int {
	return len(f.text) + 24*(len(f.pieces)+len(f.claims)) + 160*(1+len(f.dists))
}

// A Shelf keeps fragments of one profile, syntax and site.
type Shelf interface {
	// Fragment returns the fragment of d that was kept, or nil where there is
	// none that still holds.
	Fragment(d *catalog.Dataset) *Fragment
	// Keep keeps the fragment of d.
	Keep(d *catalog.Dataset, f *Fragment)
	// Fed returns d as it goes into feeds; see the function Fed.
	Fed(d *catalog.Dataset) (*catalog.Dataset, error)
}

// bare is a Shelf that keeps nothing, of datasets that are as they are fed.
type bare struct{}

func (bare) Fragment(*catalog.Dataset) *Fragment { return nil }

func (bare) Keep(*catalog.Dataset, *Fragment) {}

func (bare) Fed(d *catalog.Dataset) (*catalog.Dataset, error) { return d, nil }

// An assembler makes documents of fragments.
type assembler struct {
	b     *builder // knows what is described in the document
	out   *rdf.Writer
	shelf Shelf
	sums  map[uint64]uint64 // of the pieces of subjects that datasets share, by subject

	// For cut, over and over.
	alone  *builder
	text   []byte
	pieces []piece
}

// newAssembler returns an assembler of one document; a nil shelf is bare.
func newAssembler(w io.Writer, f rdf.Format, as Profile, site catalog.Site, shelf Shelf) (*assembler, error) {
	out, err := rdf.NewWriter(w, f, as.prefixes())
	if err != nil {
		return nil, err
	}
	if shelf == nil {
		shelf = bare{}
	}
	return &assembler{
		b: newBuilder(site, as.dialect()), alone: newBuilder(site, as.dialect()),
		out: out, shelf: shelf, sums: map[uint64]uint64{},
	}, nil
}

// fed returns ds as they go into feeds.
func (x *assembler) fed(ds []*catalog.Dataset) ([]*catalog.Dataset, error) {
	out := make([]*catalog.Dataset, len(ds))
	for i, d := range ds {
		var err error
		if out[i], err = x.shelf.Fed(d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// cut makes a Fragment of what b says of d under IRIs that are reserved.
func (x *assembler) cut(b *builder, d *catalog.Dataset, uri string, dists []string) (*Fragment, error) {
	b.claims, b.traced = b.claims[:0], true
	x.text, x.pieces = x.text[:0], x.pieces[:0]
	err := x.out.Cut(b.describe(d, uri, dists), func(subject rdf.Term, text []byte) error {
		p := piece{sum: sumOf(text)}
		if iri := rdf.Value(subject); rdf.IsIRI(subject) && iri != uri && !slices.Contains(dists, iri) {
			p.subject = hashOf(iri)
		}
		x.text = append(x.text, text...)
		p.end = len(x.text)
		x.pieces = append(x.pieces, p)
		return nil
	})
	return &Fragment{uri: uri, dists: dists, claims: slices.Clone(b.claims), pieces: slices.Clone(x.pieces), text: bytes.Clone(x.text)}, err
}

// fragment returns the fragment of d, from the shelf or made anew.
func (x *assembler) fragment(d *catalog.Dataset) (*Fragment, error) {
	if f := x.shelf.Fragment(d); f != nil {
		return f, nil
	}
	fed, err := x.shelf.Fed(d)
	if err != nil {
		return nil, err
	}
	n := namesOf(fed, x.b.site)
	x.alone.reset()
	uri, dists := x.alone.reserve(n)
	f, err := x.cut(x.alone, fed, uri, dists)
	if err != nil {
		return nil, err
	}
	f.names = n
	x.shelf.Keep(d, f)
	return f, nil
}

// A placed fragment is one with the IRIs that its dataset has in a document.
type placed struct {
	*Fragment
	uri   string
	dists []string
}

// place takes the IRIs of d.
func (x *assembler) place(d *catalog.Dataset) (placed, error) {
	f, err := x.fragment(d)
	if err != nil {
		return placed{}, err
	}
	p := placed{Fragment: f}
	p.uri, p.dists = x.b.reserve(f.names)
	return p, nil
}

// fits reports whether the document may hold f as it is: nothing in it is
// described as something else, or in other words, by what is there already.
func (x *assembler) fits(f placed) bool {
	if f.Fragment.uri != f.uri || !slices.Equal(f.Fragment.dists, f.dists) {
		return false
	}
	for _, c := range f.claims {
		if !x.b.agrees(c) {
			return false
		}
	}
	for _, p := range f.pieces {
		if sum, there := x.sums[p.subject]; there && sum != p.sum {
			return false
		}
	}
	return true
}

// add writes d: its fragment if that fits, else what is to be said of it in this
// document.
func (x *assembler) add(d *catalog.Dataset, f placed) error {
	if x.fits(f) {
		for _, c := range f.claims {
			x.b.take(c)
		}
		return x.paste(f.Fragment)
	}
	fed, err := x.shelf.Fed(d)
	if err != nil {
		return err
	}
	made, err := x.cut(x.b, fed, f.uri, f.dists)
	if err != nil {
		return err
	}
	return x.paste(made)
}

// paste writes the pieces of f that are not there yet.
func (x *assembler) paste(f *Fragment) error {
	from := 0
	for _, p := range f.pieces {
		text := f.text[from:p.end]
		from = p.end
		if p.subject != 0 {
			if _, there := x.sums[p.subject]; there {
				continue
			}
			x.sums[p.subject] = p.sum
		}
		if err := x.out.Paste(text); err != nil {
			return err
		}
	}
	return nil
}

// write writes triples that stand before those of datasets.
func (x *assembler) write(ts []rdf.Triple) error {
	return x.out.Cut(ts, func(subject rdf.Term, text []byte) error {
		if rdf.IsIRI(subject) {
			x.sums[hashOf(rdf.Value(subject))] = sumOf(text)
		}
		return x.out.Paste(text)
	})
}
