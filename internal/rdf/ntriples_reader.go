package rdf

import (
	"io"

	knakk "github.com/knakk/rdf"
)

// readNTriples reads N-Triples or N-Quads. The abbreviations of Turtle are
// refused, for a document that has them is cut or mislabelled.
func readNTriples(r io.Reader, f Format, base string, lim Limits) (*Document, error) {
	text, warnings, err := readText(r, f, lim)
	if err != nil {
		return nil, err
	}
	p := &scanner{collector: newCollector(f, lim, warnings), s: text, base: base}
	for {
		p.space()
		if p.i >= len(p.s) {
			return p.document(), nil
		}
		if err := p.triple(); err != nil {
			return p.document(), err
		}
	}
}

// triple reads one triple and its full stop.
func (p *scanner) triple() error {
	s, err := p.node("a subject")
	if err != nil {
		return err
	}
	p.space()
	if p.at(0) != '<' {
		return p.unexpected("a predicate")
	}
	pred, err := p.iriRef()
	if err != nil {
		return err
	}
	p.space()
	var o knakk.Object
	if p.at(0) == '"' {
		o, err = p.fullLiteral()
	} else {
		o, err = p.node("an object")
	}
	if err != nil {
		return err
	}
	p.space()
	if p.format == NQuads && p.at(0) != '.' {
		if _, err := p.node("a graph or a full stop"); err != nil {
			return err
		}
		p.space()
	}
	if p.at(0) != '.' {
		return p.unexpected("a full stop")
	}
	p.i++
	return p.add(s, pred, o)
}

func (p *scanner) node(want string) (node, error) {
	switch p.at(0) {
	case '<':
		return p.iriRef()
	case '_':
		return p.label()
	}
	return nil, p.unexpected(want)
}

// fullLiteral reads a literal whose datatype is written as <…>.
func (p *scanner) fullLiteral() (knakk.Object, error) {
	s, err := p.text()
	if err != nil {
		return nil, err
	}
	switch {
	case p.at(0) == '@':
		tag, err := p.lang()
		if err != nil {
			return nil, err
		}
		return NewLangLiteral(s, tag), nil
	case p.at(0) == '^' && p.at(1) == '^' && p.at(2) == '<':
		p.i += 2
		dt, err := p.iriRef()
		if err != nil {
			return nil, err
		}
		return typedLiteral(s, dt), nil
	}
	return NewLiteral(s), nil
}

// typedLiteral is NewTypedLiteral for a datatype that is a term already.
func typedLiteral(s string, dt resource) Literal {
	iri, ok := dt.(IRI)
	if !ok || iri.String() == "" || iri.String() == langStringIRI {
		return NewLiteral(s)
	}
	return knakk.NewTypedLiteral(s, iri)
}
