package rdf

import (
	"strings"
	"unicode/utf8"

	knakk "github.com/knakk/rdf"
)

// turtleWriter writes Turtle as people would: prefixes at the top, a subject
// once, one predicate a line.
type turtleWriter struct {
	names *names
	batch batch
	buf   []byte // the subject that is being written
}

func newTurtleWriter(prefixes map[string]string) *turtleWriter {
	keep := func(prefix, namespace string) bool { return prefix == "" || simplePrefix(prefix, namespace) }
	return &turtleWriter{names: newNames(prefixes, keep)}
}

func (w *turtleWriter) appendHead(b []byte) []byte {
	for _, p := range w.names.prefixes {
		b = append(b, "@prefix "...)
		b = append(b, p.prefix...)
		b = append(b, ": <"...)
		b = append(b, p.namespace...)
		b = append(b, "> .\n"...)
	}
	return b
}

func (w *turtleWriter) between() string { return "" }

func (w *turtleWriter) tail() string { return "" }

func (w *turtleWriter) each(ts []Triple, f func(knakk.Subject, []byte) error) error {
	w.batch.group(ts)
	return w.batch.write(func(d *described) error {
		w.buf = append(w.buf[:0], '\n')
		w.term(d.term)
		w.buf = append(w.buf, ' ')
		w.properties(d, 1)
		w.buf = append(w.buf, " .\n"...)
		return f(d.term, w.buf)
	})
}

// properties writes what is said of d, the first of it on the line that is
// begun.
func (w *turtleWriter) properties(d *described, depth int) {
	rest := w.batch.byPredicate(d)
	for first := true; len(rest) > 0; first = false {
		var same []Triple
		same, rest = cutPredicate(rest)
		if !first {
			w.buf = append(w.buf, " ;"...)
			w.line(depth)
		}
		if same[0].Pred == knakk.Predicate(rdfType) {
			w.buf = append(w.buf, 'a')
		} else {
			w.term(same[0].Pred)
		}
		for i, t := range same {
			if i > 0 {
				w.buf = append(w.buf, ',')
			}
			w.buf = append(w.buf, ' ')
			w.object(t.Obj, depth)
		}
	}
}

func (w *turtleWriter) line(depth int) {
	w.buf = append(w.buf, '\n')
	for range depth {
		w.buf = append(w.buf, "    "...)
	}
}

func (w *turtleWriter) object(o knakk.Object, depth int) {
	d := w.batch.nested(o, depth)
	if d == nil {
		w.term(o)
		return
	}
	w.buf = append(w.buf, '[')
	w.line(depth + 1)
	w.properties(d, depth+1)
	w.line(depth)
	w.buf = append(w.buf, ']')
}

func (w *turtleWriter) term(t Term) {
	switch t := t.(type) {
	case IRI:
		w.iri(t.String())
	case Literal:
		w.literal(t)
	default:
		w.buf = appendTerm(w.buf, t)
	}
}

func (w *turtleWriter) iri(iri string) {
	if prefix, local, ok := w.names.cut(iri); ok {
		w.buf = append(w.buf, prefix...)
		w.buf = append(w.buf, ':')
		w.buf = append(w.buf, local...)
		return
	}
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, iri...)
	w.buf = append(w.buf, '>')
}

func (w *turtleWriter) literal(l Literal) {
	s, datatype := l.String(), l.DataType.String()
	if bare(s, datatype) {
		w.buf = append(w.buf, s...)
		return
	}
	if strings.IndexByte(s, '\n') >= 0 && strings.IndexByte(s, '\r') < 0 && utf8.ValidString(s) {
		w.buf = appendLong(w.buf, s)
	} else {
		w.buf = appendQuoted(w.buf, s)
	}
	if lang := l.Lang(); lang != "" {
		w.buf = append(w.buf, '@')
		w.buf = append(w.buf, lang...)
	} else if datatype != "" && datatype != xsdStringIRI {
		w.buf = append(w.buf, "^^"...)
		w.iri(datatype)
	}
}

// bare tells the values that Turtle reads without quotes as what they are.
func bare(s, datatype string) bool {
	switch datatype {
	case xsdBooleanIRI:
		return s == "true" || s == "false"
	case xsdIntegerIRI:
		from := signed(s, 0)
		return from < len(s) && digits(s, from) == len(s)
	case xsdDecimalIRI:
		point := digits(s, signed(s, 0))
		return point+1 < len(s) && s[point] == '.' && digits(s, point+1) == len(s)
	}
	return false
}

// appendLong appends s between three quotation marks, its lines as they are.
func appendLong(b []byte, s string) []byte {
	b = append(b, `"""`...)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c < ' ' && c != '\n' && c != '\t' || c == 0x7f:
			b = appendEscape(b, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, `"""`...)
}
