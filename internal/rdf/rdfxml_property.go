package rdf

import (
	"encoding/xml"
	"strconv"
	"strings"

	knakk "github.com/knakk/rdf"
)

// describe reads the node element e, which describes s, up to its end.
func (p *xmlReader) describe(s node, e *element, depth int) error {
	if class := e.iri; class.String() != rdfNS+"Description" {
		if err := p.add(s, rdfType, class); err != nil {
			return err
		}
	}
	if err := p.attributes(s, e); err != nil {
		return err
	}
	return p.properties(s, e, depth)
}

// properties reads the property elements in e, up to the end of e.
func (p *xmlReader) properties(s node, e *element, depth int) error {
	if err := p.deep(depth); err != nil {
		return err
	}
	members := 0
	return p.children(e, func(child *element) error {
		if child.iri.String() == rdfNS+"li" {
			members++
			child.iri = p.iri(rdfNS + "_" + strconv.Itoa(members))
		}
		return p.property(s, child, depth+1)
	})
}

// property reads the property element e of s.
func (p *xmlReader) property(s node, e *element, depth int) error {
	switch {
	case !e.has[aParseType]:
	case e.attr[aParseType] == "Resource":
		o := p.fresh()
		if err := p.state(s, e, o); err != nil {
			return err
		}
		return p.properties(o, e, depth)
	case e.attr[aParseType] == "Collection":
		return p.collection(s, e, depth)
	default: // all others are to be read as "Literal"
		text, err := p.markup(e)
		if err != nil {
			return err
		}
		return p.state(s, e, NewTypedLiteral(text, xmlLiteralIRI))
	}
	if e.has[aResource] || e.has[aNodeID] || len(e.props) > 0 {
		return p.reference(s, e, depth)
	}
	return p.content(s, e, depth)
}

// state adds the triple of a property element, and the four that describe it
// if it has an rdf:ID.
func (p *xmlReader) state(s node, e *element, o knakk.Object) error {
	if err := p.add(s, e.iri, o); err != nil || !e.has[aID] {
		return err
	}
	name := p.ref("#"+e.attr[aID], e.base)
	for _, part := range [...]struct {
		pred string
		o    knakk.Object
	}{{"type", p.iri(rdfNS + "Statement")}, {"subject", s}, {"predicate", e.iri}, {"object", o}} {
		if err := p.add(name, p.iri(rdfNS+part.pred), part.o); err != nil {
			return err
		}
	}
	return nil
}

// reference reads a property element that names its object in an attribute.
// By the rules it is empty; many write a description of the object into it all
// the same, which is read for what it says.
func (p *xmlReader) reference(s node, e *element, depth int) error {
	var o node
	switch {
	case e.has[aResource]:
		o = p.ref(e.attr[aResource], e.base)
	case e.has[aNodeID]:
		o = p.blank(e.attr[aNodeID])
	default:
		o = p.fresh()
	}
	if err := p.state(s, e, o); err != nil {
		return err
	}
	if err := p.attributes(o, e); err != nil {
		return err
	}
	return p.children(e, func(child *element) error {
		p.warn(p.line(), "%s refers to a resource and holds %s as well", tag(e.name), tag(child.name))
		return p.describe(p.subject(child), child, depth+1)
	})
}

// content reads a property element that holds its object: text or a node. More
// nodes than one are against the rules; they are read as so many objects.
func (p *xmlReader) content(s node, e *element, depth int) error {
	var text pieces
	nodes := 0
	for {
		t, err := p.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.CharData:
			if nodes > 0 {
				p.strayText(t, e)
			} else {
				text.add(t)
			}
		case xml.StartElement:
			if nodes++; nodes == 1 {
				p.strayText(xml.CharData(text.join()), e)
			} else if nodes == 2 {
				p.warn(p.line(), "%s holds more than one node", tag(e.name))
			}
			if err := p.nested(s, e, t, depth); err != nil {
				return err
			}
		case xml.EndElement:
			if nodes > 0 {
				return p.close(e, t)
			}
			if err := p.state(s, e, p.literal(text.join(), e)); err != nil {
				return err
			}
			return p.close(e, t)
		}
	}
}

// pieces are text that comments and the like may part. Nearly always it is one.
type pieces struct {
	first string
	more  strings.Builder
}

func (b *pieces) add(t xml.CharData) {
	if b.first == "" {
		b.first = string(t)
	} else {
		b.more.Write(t)
	}
}

func (b *pieces) join() string { return b.first + b.more.String() }

// nested reads a node element that is the object of the property element e.
func (p *xmlReader) nested(s node, e *element, t xml.StartElement, depth int) error {
	child, err := p.open(t, e.base, e.lang)
	if err != nil {
		return err
	}
	o := p.subject(child)
	if err := p.state(s, e, o); err != nil {
		return err
	}
	return p.describe(o, child, depth+1)
}

// literal returns text with the datatype or the language that e gives it.
func (p *xmlReader) literal(text string, e *element) Literal {
	switch {
	case e.has[aDatatype] && e.attr[aDatatype] != "":
		return typedLiteral(text, p.ref(e.attr[aDatatype], e.base))
	case e.lang != "":
		return NewLangLiteral(text, e.lang)
	}
	return NewLiteral(text)
}

// collection reads the nodes in e as an RDF list.
func (p *xmlReader) collection(s node, e *element, depth int) error {
	var last node // the cell that the list ends with so far
	follow := func(cell node) error {
		if last == nil {
			return p.state(s, e, cell)
		}
		return p.add(last, rdfRest, cell)
	}
	err := p.children(e, func(child *element) error {
		cell := p.fresh()
		if err := follow(cell); err != nil {
			return err
		}
		last = cell
		o := p.subject(child)
		if err := p.add(cell, rdfFirst, o); err != nil {
			return err
		}
		return p.describe(o, child, depth+1)
	})
	if err != nil {
		return err
	}
	return follow(rdfNil)
}
