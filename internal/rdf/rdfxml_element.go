package rdf

import (
	"encoding/xml"
	"slices"
	"strings"

	knakk "github.com/knakk/rdf"
)

// The attributes of RDF's own syntax.
const (
	aAbout = iota
	aID
	aNodeID
	aResource
	aParseType
	aDatatype
	syntaxAttrs
)

var syntaxNames = [syntaxAttrs]string{"about", "ID", "nodeID", "resource", "parseType", "datatype"}

// An element is a start tag understood.
type element struct {
	name       xml.Name // as written
	iri        resource
	base, lang string
	attr       [syntaxAttrs]string
	has        [syntaxAttrs]bool
	props      []property
	bound      int // bindings before it
}

// A property is one that is written as an attribute.
type property struct {
	pred resource
	text string
}

// open reads the attributes of a start tag, in the scope of base and lang.
func (p *xmlReader) open(t xml.StartElement, base, lang string) (*element, error) {
	e := &element{name: t.Name, base: base, lang: lang, bound: len(p.bindings)}
	p.bind(t.Attr)
	var err error
	if e.iri, err = p.name(t.Name); err != nil {
		return nil, err
	}
	for _, a := range t.Attr {
		if a.Name.Space == "xml" {
			p.scope(e, a)
		}
	}
	for _, a := range t.Attr {
		switch a.Name.Space {
		case "xml", "xmlns":
		case "":
			if a.Name.Local != "xmlns" {
				p.bareAttr(e, a)
			}
		default:
			if err := p.attribute(e, a); err != nil {
				return nil, err
			}
		}
	}
	return e, nil
}

// bind declares the namespaces of a start tag.
func (p *xmlReader) bind(attrs []xml.Attr) {
	for _, a := range attrs {
		prefix := a.Name.Local
		switch {
		case a.Name.Space == "xmlns":
		case a.Name.Space == "" && prefix == "xmlns":
			prefix = ""
		default:
			continue
		}
		namespace, _ := RepairIRI(a.Value)
		namespace = p.prefix(prefix, namespace, p.line())
		p.bindings = append(p.bindings, binding{prefix, namespace})
		clear(p.names)
	}
}

// close ends the scope of e with its closing tag.
func (p *xmlReader) close(e *element, t xml.EndElement) error {
	if t.Name != e.name {
		return p.fail(tag(e.name) + " is closed by </" + tag(t.Name)[1:])
	}
	if len(p.bindings) > e.bound {
		p.bindings = p.bindings[:e.bound]
		clear(p.names)
	}
	return nil
}

// name returns the IRI that an element or attribute is called by.
func (p *xmlReader) name(n xml.Name) (resource, error) {
	if t, ok := p.names[n]; ok {
		return t, nil
	}
	for _, b := range slices.Backward(p.bindings) {
		if b.prefix == n.Space && b.namespace != "" {
			t := p.iri(b.namespace + n.Local)
			p.names[n] = t
			return t, nil
		}
	}
	if n.Space == "" {
		return nil, p.fail("this is no RDF/XML: " + tag(n) + " is in no namespace")
	}
	return nil, p.fail("the prefix " + n.Space + ": is not declared")
}

// scope takes xml:base and xml:lang.
func (p *xmlReader) scope(e *element, a xml.Attr) {
	switch a.Name.Local {
	case "base":
		base, _ := RepairIRI(a.Value)
		e.base = resolve(e.base, base)
	case "lang":
		e.lang = ""
		if a.Value == "" {
			return
		}
		tag, ok := cleanLang(a.Value)
		if !ok {
			p.warnOnce(p.line(), "lang "+a.Value, "the language %q was ignored", a.Value)
			return
		}
		e.lang = tag
	}
}

// bareAttr takes an attribute without a prefix: the oldest RDF/XML wrote the
// syntax so; everything else means nothing.
func (p *xmlReader) bareAttr(e *element, a xml.Attr) {
	for k, name := range syntaxNames {
		if name == a.Name.Local {
			p.warnOnce(p.line(), "attr "+name, "the attribute %s was read as rdf:%s", name, name)
			e.attr[k], e.has[k] = a.Value, true
			return
		}
	}
	p.warnOnce(p.line(), "attr "+a.Name.Local, "the attribute %s was ignored", a.Name.Local)
}

func (p *xmlReader) attribute(e *element, a xml.Attr) error {
	pred, err := p.name(a.Name)
	if err != nil {
		return err
	}
	local, ours := strings.CutPrefix(pred.String(), rdfNS)
	if ours {
		for k, name := range syntaxNames {
			if name == local {
				e.attr[k], e.has[k] = a.Value, true
				return nil
			}
		}
		switch local {
		case "bagID", "aboutEach", "aboutEachPrefix", "li", "RDF", "Description":
			p.warnOnce(p.line(), "attr rdf:"+local, "the attribute rdf:%s was ignored", local)
			return nil
		}
	}
	e.props = append(e.props, property{pred, a.Value})
	return nil
}

// ref returns the IRI that the value of an attribute refers to.
func (p *xmlReader) ref(value, base string) resource {
	fixed, changed := RepairIRI(value)
	if changed {
		p.warn(p.line(), "the IRI %q was read as %q", value, fixed)
	}
	if t, ok := p.iris[fixed]; ok && scheme(fixed) > 0 {
		return t
	}
	return p.iri(resolve(base, fixed))
}

// subject returns the node that a node element describes.
func (p *xmlReader) subject(e *element) node {
	switch {
	case e.has[aAbout]:
		return p.ref(e.attr[aAbout], e.base)
	case e.has[aID]:
		return p.ref("#"+e.attr[aID], e.base)
	case e.has[aNodeID]:
		return p.blank(e.attr[aNodeID])
	}
	return p.fresh()
}

// attributes adds the properties of s that are written as attributes of e.
func (p *xmlReader) attributes(s node, e *element) error {
	for _, a := range e.props {
		var o knakk.Object
		switch {
		case a.pred.String() == rdfTypeIRI:
			o = p.ref(a.text, e.base)
		case e.lang != "":
			o = NewLangLiteral(a.text, e.lang)
		default:
			o = NewLiteral(a.text)
		}
		if err := p.add(s, a.pred, o); err != nil {
			return err
		}
	}
	return nil
}
