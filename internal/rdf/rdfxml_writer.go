package rdf

import (
	"fmt"
	"unicode/utf8"

	knakk "github.com/knakk/rdf"
)

// xmlWriter writes RDF/XML: typed node elements, namespaces declared at the
// top, blank nodes nested where they are used once.
type xmlWriter struct {
	names *names
	tags  map[string]tagName // of predicates and classes, by IRI
	batch batch
	buf   []byte
}

// localPrefix is declared in the very elements that need it.
const localPrefix = "ns"

// A tagName is an element name, and the namespace to declare with it if none
// at the top serves.
type tagName struct{ name, namespace string }

func newXMLWriter(prefixes map[string]string) *xmlWriter {
	all := map[string]string{}
	for prefix, namespace := range prefixes {
		if namespace != rdfNS && prefix != localPrefix {
			all[prefix] = namespace
		}
	}
	all["rdf"] = rdfNS
	return &xmlWriter{names: newNames(all, simplePrefix), tags: map[string]tagName{}}
}

func (w *xmlWriter) appendHead(b []byte) []byte {
	b = append(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rdf:RDF"...)
	for _, p := range w.names.prefixes {
		b = append(b, "\n    xmlns:"...)
		b = append(b, p.prefix...)
		b = append(b, `="`...)
		b = appendXMLText(b, p.namespace, true)
		b = append(b, '"')
	}
	return append(b, ">\n"...)
}

func (w *xmlWriter) between() string { return "" }

func (w *xmlWriter) tail() string { return "</rdf:RDF>\n" }

func (w *xmlWriter) each(ts []Triple, f func(knakk.Subject, []byte) error) error {
	w.batch.group(ts)
	return w.batch.write(func(d *described) error {
		w.buf = w.buf[:0]
		if err := w.node(d, 1); err != nil {
			return err
		}
		return f(d.term, w.buf)
	})
}

func (w *xmlWriter) indent(depth int) {
	for range depth {
		w.buf = append(w.buf, "  "...)
	}
}

// node writes a node element. Its name is the first class that can be one.
func (w *xmlWriter) node(d *described, depth int) error {
	ts := w.batch.byPredicate(d)
	tag, class := tagName{name: "rdf:Description"}, -1
	for i := 0; i < len(ts) && ts[i].Pred == knakk.Predicate(rdfType); i++ {
		if t, ok := w.tag(ts[i].Obj); ok && t.namespace == "" && !syntaxTag(t.name) {
			tag, class = t, i
			break
		}
	}
	w.indent(depth)
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, tag.name...)
	switch {
	case IsIRI(d.term):
		w.attr(" rdf:about", Value(d.term))
	case d.rooted || w.batch.uses[d.term] != 1:
		w.label(d.term)
	}
	w.buf = append(w.buf, ">\n"...)
	for i, t := range ts {
		if i == class {
			continue
		}
		if err := w.property(t, depth+1); err != nil {
			return err
		}
	}
	w.indent(depth)
	w.buf = append(w.buf, "</"...)
	w.buf = append(w.buf, tag.name...)
	w.buf = append(w.buf, ">\n"...)
	return nil
}

func (w *xmlWriter) attr(name, value string) {
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, `="`...)
	w.buf = appendXMLText(w.buf, value, true)
	w.buf = append(w.buf, '"')
}

func (w *xmlWriter) label(b Term) {
	w.buf = append(w.buf, ` rdf:nodeID="`...)
	w.buf = appendLabel(w.buf, Value(b))
	w.buf = append(w.buf, '"')
}

// property writes a property element.
func (w *xmlWriter) property(t Triple, depth int) error {
	tag, ok := w.tag(t.Pred)
	if !ok || syntaxTag(tag.name) {
		return fmt.Errorf("rdf: RDF/XML cannot express the property <%s>", t.Pred)
	}
	w.indent(depth)
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, tag.name...)
	if tag.namespace != "" {
		w.attr(" xmlns:"+localPrefix, tag.namespace)
	}
	switch o := t.Obj.(type) {
	case IRI:
		w.attr(" rdf:resource", o.String())
		w.buf = append(w.buf, "/>\n"...)
		return nil
	case Literal:
		w.literal(o)
	default:
		d := w.batch.nested(o, depth/2)
		if d == nil {
			w.label(o)
			w.buf = append(w.buf, "/>\n"...)
			return nil
		}
		w.buf = append(w.buf, ">\n"...)
		if err := w.node(d, depth+1); err != nil {
			return err
		}
		w.indent(depth)
	}
	w.buf = append(w.buf, "</"...)
	w.buf = append(w.buf, tag.name...)
	w.buf = append(w.buf, ">\n"...)
	return nil
}

func (w *xmlWriter) literal(l Literal) {
	if lang := l.Lang(); lang != "" {
		w.attr(" xml:lang", lang)
	} else if dt := l.DataType.String(); dt != "" && dt != xsdStringIRI {
		w.attr(" rdf:datatype", dt)
	}
	w.buf = append(w.buf, '>')
	w.buf = appendXMLText(w.buf, l.String(), false)
}

// tag returns the element name of a predicate or class.
func (w *xmlWriter) tag(t Term) (tagName, bool) {
	iri, ok := t.(IRI)
	if !ok {
		return tagName{}, false
	}
	if known, ok := w.tags[iri.String()]; ok {
		return known, known.name != ""
	}
	made := w.makeTag(iri.String())
	if len(w.tags) < 10_000 { // the predicates of a hostile source are without end
		w.tags[iri.String()] = made
	}
	return made, made.name != ""
}

func (w *xmlWriter) makeTag(iri string) tagName {
	if prefix, local, ok := w.names.cut(iri); ok && local != "" && (isLetter(local[0]) || local[0] == '_') {
		return tagName{name: prefix + ":" + local}
	}
	at := splitName(iri)
	if at == 0 || at == len(iri) {
		return tagName{}
	}
	return tagName{name: localPrefix + ":" + iri[at:], namespace: iri[:at]}
}

// splitName returns where in an IRI the longest XML name of ASCII begins that
// ends it.
func splitName(iri string) int {
	at := len(iri)
	for i := len(iri) - 1; i >= 0; i-- {
		c := iri[i]
		if c >= utf8.RuneSelf || !nameByte(c) && c != '.' {
			break
		}
		if isLetter(c) || c == '_' {
			at = i
		}
	}
	return at
}

// syntaxTag tells the names that mean something else to RDF/XML than a
// property or class.
func syntaxTag(name string) bool {
	switch name {
	case "rdf:RDF", "rdf:Description", "rdf:li", "rdf:ID", "rdf:about", "rdf:nodeID", "rdf:resource",
		"rdf:parseType", "rdf:datatype", "rdf:bagID", "rdf:aboutEach", "rdf:aboutEachPrefix":
		return true
	}
	return false
}
