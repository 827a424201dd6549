package rdf

import (
	"bufio"
	"fmt"
	"io"
)

// A Writer streams triples grouped by subject.
type Writer interface {
	// Write adds the triples of one or more subjects. Triples of one subject
	// must come in one call. A blank node that is described in a call and used
	// once in it may be nested and so lose its label; what other calls refer
	// to should have an IRI.
	Write(ts []Triple) error
	// Close writes what is left and ends the document. It does not close the
	// io.Writer below.
	Close() error
}

// NewWriter returns a Writer of f. The prefixes, prefix to namespace, are
// declared at the top of the document, and are used where the syntax has them.
func NewWriter(w io.Writer, f Format, prefixes map[string]string) (Writer, error) {
	out := bufio.NewWriterSize(w, 64<<10)
	switch f {
	case NTriples, NQuads: // triples are the quads of the graph without a name
		return &ntriplesWriter{out: out}, nil
	case Turtle:
		return newTurtleWriter(out, prefixes), nil
	case RDFXML:
		return newXMLWriter(out, prefixes), nil
	case JSONLD:
		return newJSONLDWriter(out, prefixes), nil
	}
	return nil, fmt.Errorf("rdf: no format %q", f)
}
