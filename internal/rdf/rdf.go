// Package rdf reads and writes RDF syntaxes: RDF/XML, Turtle, N-Triples and
// JSON-LD. It knows triples, not DCAT.
//
// Terms and triples are knakk/rdf's; the syntax is ours (ADR 0004): readers
// are bounded in size, depth and entities, because what they read is hostile,
// and writers stream in a stable order.
package rdf

import (
	"errors"
	"fmt"
	"io"

	knakk "github.com/knakk/rdf"
)

type (
	// A Triple says of a subject what a property of it is.
	Triple = knakk.Triple
	// A Term is an IRI, a Blank or a Literal.
	Term = knakk.Term
	// An IRI names something.
	IRI = knakk.IRI
	// A Blank is something without a name; its label holds within its graph.
	Blank = knakk.Blank
	// A Literal is text in a language, or a value of a datatype.
	Literal = knakk.Literal
)

// A Format is a syntax of RDF.
type Format string

// The syntaxes. N3 is read and written as Turtle, of which it is a superset.
const (
	RDFXML   Format = "rdfxml"
	Turtle   Format = "turtle"
	NTriples Format = "ntriples"
	NQuads   Format = "nquads" // the graphs that quads name are read and written as one
	JSONLD   Format = "jsonld"
)

// Limits bounds what a reader takes.
type Limits struct {
	Bytes   int64 // of input
	Depth   int   // of nesting
	Triples int
}

// DefaultLimits suit one page of a catalogue.
var DefaultLimits = Limits{Bytes: 100 << 20, Depth: 256, Triples: 5_000_000}

// ErrLimit is wrapped by errors that say that the input is beyond its Limits.
var ErrLimit = errors.New("beyond the limit")

// A SyntaxError says where a document is not well-formed.
type SyntaxError struct {
	Format Format
	Line   int // 1-based; 0 = not known
	Msg    string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Format, e.Msg)
	}
	return fmt.Sprintf("%s: line %d: %s", e.Format, e.Line, e.Msg)
}

// A Document is what was read: triples in document order, and warnings about
// what was repaired on the way (an IRI with blanks, a wrong encoding).
type Document struct {
	Triples  []Triple
	Prefixes map[string]string // as declared, prefix to namespace
	Warnings []string
	// Misspelt are the namespaces that were read as others, as they are written.
	Misspelt []string
}

// Read reads a whole document. Relative IRIs are resolved against base. Invalid
// IRIs are repaired by percent-encoding and reported as warnings. On an error
// the triples read before it are returned with it. It opens no file and no
// connection: external entities and remote contexts are refused.
func Read(r io.Reader, f Format, base string, lim Limits) (*Document, error) {
	switch f {
	case RDFXML:
		return readRDFXML(r, base, lim)
	case Turtle:
		return readTurtle(r, base, lim)
	case NTriples:
		return readNTriples(r, NTriples, base, lim)
	case NQuads:
		return readNTriples(r, NQuads, base, lim)
	case JSONLD:
		return readJSONLD(r, base, lim)
	}
	return nil, fmt.Errorf("rdf: no format %q", f)
}
