package rdf

import (
	"bufio"
	"fmt"
	"io"

	knakk "github.com/knakk/rdf"
)

// A grammar writes the parts of which documents of a Format are made.
type grammar interface {
	// appendHead appends what stands before the first piece.
	appendHead(b []byte) []byte
	// each calls f with the text of each subject that stands by itself. The
	// text belongs to the grammar, and changes with the next call.
	each(ts []Triple, f func(subject knakk.Subject, text []byte) error) error
	// between stands between two pieces, and after the last of them stands tail.
	between() string
	tail() string
}

// A Writer streams triples grouped by subject.
type Writer struct {
	out    *bufio.Writer
	g      grammar
	headed bool
	pieces bool // written
}

// NewWriter returns a Writer of f. The prefixes, prefix to namespace, are
// declared at the top of the document, and are used where the syntax has them.
func NewWriter(w io.Writer, f Format, prefixes map[string]string) (*Writer, error) {
	out := &Writer{out: bufio.NewWriterSize(w, 64<<10)}
	switch f {
	case NTriples, NQuads: // triples are the quads of the graph without a name
		out.g = &ntriplesWriter{}
	case Turtle:
		out.g = newTurtleWriter(prefixes)
	case RDFXML:
		out.g = newXMLWriter(prefixes)
	case JSONLD:
		out.g = newJSONLDWriter(prefixes)
	default:
		return nil, fmt.Errorf("rdf: no format %q", f)
	}
	return out, nil
}

// Write adds the triples of one or more subjects. Triples of one subject must
// come in one call. A blank node that is described in a call and used once in it
// may be nested and so lose its label; what other calls refer to should have an
// IRI.
func (w *Writer) Write(ts []Triple) error {
	return w.g.each(ts, func(_ knakk.Subject, text []byte) error { return w.Paste(text) })
}

// Cut calls f with the text of each subject of ts that stands by itself, in
// the order in which Write writes them, and writes nothing. The text is f's for
// the length of the call. What is cut by one Writer may be pasted by any other
// that has its Format and its prefixes.
func (w *Writer) Cut(ts []Triple, f func(subject Term, text []byte) error) error {
	return w.g.each(ts, func(s knakk.Subject, text []byte) error { return f(s, text) })
}

// Paste writes a text that Cut has given.
func (w *Writer) Paste(text []byte) error {
	if err := w.head(); err != nil {
		return err
	}
	if w.pieces {
		if _, err := w.out.WriteString(w.g.between()); err != nil {
			return err
		}
	}
	w.pieces = true
	_, err := w.out.Write(text)
	return err
}

func (w *Writer) head() error {
	if w.headed {
		return nil
	}
	w.headed = true
	_, err := w.out.Write(w.g.appendHead(nil))
	return err
}

// Close writes what is left and ends the document. It does not close the
// io.Writer below.
func (w *Writer) Close() error {
	if err := w.head(); err != nil {
		return err
	}
	if _, err := w.out.WriteString(w.g.tail()); err != nil {
		return err
	}
	return w.out.Flush()
}
