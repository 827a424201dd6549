package rdf

import (
	"errors"

	knakk "github.com/knakk/rdf"
)

// jsonldWriter writes JSON-LD: a context of prefixes and a graph of nodes, one
// a line. Identifiers are whole; properties and classes are abbreviated.
type jsonldWriter struct {
	names *names
	batch batch
	buf   []byte
	bare  bool // in a node where the context is void
}

// schemes are those of IRIs that catalogues hold. A prefix of the same name
// would swallow them.
var schemes = map[string]bool{
	"data": true, "doi": true, "file": true, "ftp": true, "geo": true, "http": true, "https": true,
	"info": true, "mailto": true, "tel": true, "urn": true,
}

func newJSONLDWriter(prefixes map[string]string) *jsonldWriter {
	keep := func(prefix, namespace string) bool {
		last := namespace[len(namespace)-1]
		return simplePrefix(prefix, namespace) && !schemes[prefix] && (last == '#' || last == '/' || last == ':')
	}
	return &jsonldWriter{names: newNames(prefixes, keep)}
}

func (w *jsonldWriter) appendHead(b []byte) []byte {
	b = append(b, "{\"@context\":{"...)
	for i, p := range w.names.prefixes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n  "...)
		b = appendQuoted(b, p.prefix)
		b = append(b, ": "...)
		b = appendQuoted(b, p.namespace)
	}
	return append(b, "\n},\n\"@graph\":["...)
}

func (w *jsonldWriter) between() string { return "," }

func (w *jsonldWriter) tail() string { return "\n]}\n" }

func (w *jsonldWriter) each(ts []Triple, f func(knakk.Subject, []byte) error) error {
	w.batch.group(ts)
	return w.batch.write(func(d *described) error {
		w.buf = append(w.buf[:0], '\n')
		if err := w.node(d, 1); err != nil {
			return err
		}
		return f(d.term, w.buf)
	})
}

// clashes reports whether a reader would take the start of t for a prefix.
func (w *jsonldWriter) clashes(t Term) bool {
	iri, ok := t.(IRI)
	if !ok || w.bare {
		return false
	}
	s := iri.String()
	n := scheme(s)
	if n == 0 || schemes[s[:n-1]] {
		return false
	}
	for _, p := range w.names.prefixes {
		if p.prefix == s[:n-1] {
			return true
		}
	}
	return false
}

func (w *jsonldWriter) node(d *described, depth int) error {
	w.buf = append(w.buf, '{')
	start := len(w.buf)
	if w.clashes(d.term) {
		w.bare = true
		defer func() { w.bare = false }()
		w.buf = append(w.buf, `"@context":null`...)
	}
	if IsIRI(d.term) || d.rooted || w.batch.uses[d.term] != 1 {
		w.comma(start)
		w.id(d.term)
	}
	for rest := w.batch.byPredicate(d); len(rest) > 0; {
		var same []Triple
		same, rest = cutPredicate(rest)
		w.comma(start)
		if err := w.property(same, depth); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, '}')
	return nil
}

func (w *jsonldWriter) comma(start int) {
	if len(w.buf) > start {
		w.buf = append(w.buf, ',')
	}
}

func (w *jsonldWriter) id(t Term) {
	w.buf = append(w.buf, `"@id":`...)
	if IsBlank(t) {
		w.buf = append(w.buf, `"_:`...)
		w.buf = appendLabel(w.buf, Value(t))
		w.buf = append(w.buf, '"')
		return
	}
	w.buf = appendQuoted(w.buf, Value(t))
}

// property writes the triples of one predicate as a key and its values.
func (w *jsonldWriter) property(same []Triple, depth int) error {
	if same[0].Pred == knakk.Predicate(rdfType) && w.allClasses(same) {
		w.buf = append(w.buf, `"@type":`...)
	} else {
		iri := same[0].Pred.String()
		if scheme(iri) == 0 || !w.bare && w.clashes(same[0].Pred) {
			return errors.New("rdf: JSON-LD cannot express the property <" + iri + ">")
		}
		w.key(iri)
		w.buf = append(w.buf, ':')
		depth = -depth // values, not classes
	}
	if len(same) > 1 {
		w.buf = append(w.buf, '[')
	}
	for i, t := range same {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		if depth > 0 {
			w.key(Value(t.Obj))
			continue
		}
		if err := w.value(t.Obj, -depth); err != nil {
			return err
		}
	}
	if len(same) > 1 {
		w.buf = append(w.buf, ']')
	}
	return nil
}

// allClasses reports whether the objects may be written as values of @type.
func (w *jsonldWriter) allClasses(same []Triple) bool {
	for _, t := range same {
		if !IsIRI(t.Obj) || scheme(Value(t.Obj)) == 0 || w.clashes(t.Obj) {
			return false
		}
	}
	return true
}

// key writes an IRI, abbreviated if that is possible.
func (w *jsonldWriter) key(iri string) {
	if !w.bare {
		if prefix, local, ok := w.names.cut(iri); ok {
			w.buf = append(w.buf, '"')
			w.buf = append(w.buf, prefix...)
			w.buf = append(w.buf, ':')
			w.buf = append(w.buf, local...)
			w.buf = append(w.buf, '"')
			return
		}
	}
	w.buf = appendQuoted(w.buf, iri)
}

func (w *jsonldWriter) value(o knakk.Object, depth int) error {
	if l, ok := o.(Literal); ok {
		w.literal(l)
		return nil
	}
	if d := w.batch.nested(o, depth); d != nil {
		return w.node(d, depth+1)
	}
	w.buf = append(w.buf, '{')
	if w.clashes(o) {
		w.buf = append(w.buf, `"@context":null,`...)
	}
	w.id(o)
	w.buf = append(w.buf, '}')
	return nil
}

func (w *jsonldWriter) literal(l Literal) {
	lang, datatype := l.Lang(), l.DataType.String()
	if lang == "" && (datatype == "" || datatype == xsdStringIRI) {
		w.buf = appendQuoted(w.buf, l.String())
		return
	}
	w.buf = append(w.buf, '{')
	if w.clashes(l.DataType) {
		w.buf = append(w.buf, `"@context":null,`...)
	}
	if lang != "" {
		w.buf = append(w.buf, `"@language":"`...)
		w.buf = append(w.buf, lang...)
		w.buf = append(w.buf, '"')
	} else {
		w.buf = append(w.buf, `"@type":`...)
		w.key(datatype)
	}
	w.buf = append(w.buf, `,"@value":`...)
	w.buf = appendQuoted(w.buf, l.String())
	w.buf = append(w.buf, '}')
}
