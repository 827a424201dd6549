package rdf

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// An xmlReader reads RDF/XML. It takes raw tokens and minds namespaces and
// closing tags itself: namespaces have to be repaired and told to the caller.
type xmlReader struct {
	*collector
	d     *xml.Decoder
	text  string
	lines int // before text

	bindings []binding
	names    map[xml.Name]resource // while the bindings stay as they are
}

// A binding is a prefix with its namespace.
type binding struct{ prefix, namespace string }

func readRDFXML(r io.Reader, base string, lim Limits) (*Document, error) {
	text, warnings, err := readText(r, RDFXML, lim)
	if err != nil {
		return nil, err
	}
	text, lines := cutDeclarationXML(text)
	text, dropped := dropForbidden(text)
	if dropped {
		warnings = append(warnings, "characters that XML does not allow were dropped")
	}
	p := &xmlReader{
		collector: newCollector(RDFXML, lim, warnings),
		d:         xml.NewDecoder(strings.NewReader(text)),
		text:      text,
		lines:     lines,
		bindings:  []binding{{"xml", xmlNS}},
		names:     map[xml.Name]resource{},
	}
	p.d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	err = p.root(base)
	return p.document(), err
}

// cutDeclarationXML cuts off <?xml … ?> and blanks before it, and returns how
// many lines that were. The text is UTF-8 by now, whatever was declared, and
// version 1.1 reads like 1.0.
func cutDeclarationXML(text string) (rest string, lines int) {
	rest = strings.TrimLeft(text, " \t\r\n\ufeff")
	if strings.HasPrefix(rest, "<?xml ") || strings.HasPrefix(rest, "<?xml\n") {
		if i := strings.Index(rest, "?>"); i >= 0 {
			rest = rest[i+2:]
		}
	}
	return rest, strings.Count(text[:len(text)-len(rest)], "\n")
}

func dropForbidden(text string) (clean string, dropped bool) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0xef && strings.HasPrefix(text[i:], "\uffff") || c == 0xef && strings.HasPrefix(text[i:], "\ufffe") {
			return strings.Map(func(r rune) rune {
				if xmlChar(r) {
					return r
				}
				return -1
			}, text), true
		}
	}
	return text, false
}

func (p *xmlReader) line() int {
	n, _ := p.d.InputPos()
	return p.lines + n
}

func (p *xmlReader) fail(msg string) error {
	return &SyntaxError{Format: RDFXML, Line: p.line(), Msg: msg}
}

// next returns the next start tag, end tag or text.
func (p *xmlReader) next() (xml.Token, error) {
	for {
		t, err := p.d.RawToken()
		if err != nil {
			return nil, p.wrap(err)
		}
		switch t := t.(type) {
		case xml.StartElement, xml.EndElement, xml.CharData:
			return t, nil
		case xml.Directive:
			if err := p.directive(string(t)); err != nil {
				return nil, err
			}
		}
	}
}

func (p *xmlReader) wrap(err error) error {
	if bad, ok := errors.AsType[*xml.SyntaxError](err); ok {
		msg := bad.Msg
		if msg == "unexpected EOF" {
			msg = incomplete
		}
		return &SyntaxError{Format: RDFXML, Line: p.lines + bad.Line, Msg: msg}
	}
	if errors.Is(err, io.EOF) {
		return p.fail(incomplete)
	}
	return err
}

func (p *xmlReader) directive(s string) error {
	if !strings.HasPrefix(s, "DOCTYPE") {
		return nil
	}
	entities, err := parseDoctype(s)
	if bad, ok := errors.AsType[*SyntaxError](err); ok {
		bad.Line = p.line()
	}
	if err != nil || len(entities) == 0 {
		return err
	}
	p.d.Entity = entities
	return checkUses(p.text[p.d.InputOffset():], entities)
}

// root reads the document. Its root is rdf:RDF, or a node by itself.
func (p *xmlReader) root(base string) error {
	for {
		t, err := p.next()
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		e, err := p.open(start, base, "")
		if err != nil {
			return err
		}
		if e.iri.String() == rdfNS+"RDF" {
			return p.nodes(e)
		}
		for _, b := range p.bindings {
			if b.namespace == rdfNS {
				return p.describe(p.subject(e), e, 1)
			}
		}
		return p.fail("this is no RDF/XML: the root is " + tag(start.Name))
	}
}

// nodes reads the children of rdf:RDF.
func (p *xmlReader) nodes(parent *element) error {
	return p.children(parent, func(e *element) error { return p.describe(p.subject(e), e, 1) })
}

// children opens each element in parent, has it read up to its end, and closes
// parent. Text between them means nothing.
func (p *xmlReader) children(parent *element, read func(e *element) error) error {
	for {
		t, err := p.next()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			e, err := p.open(t, parent.base, parent.lang)
			if err != nil {
				return err
			}
			if err := read(e); err != nil {
				return err
			}
		case xml.EndElement:
			return p.close(parent, t)
		case xml.CharData:
			p.strayText(t, parent)
		}
	}
}

func (p *xmlReader) strayText(text xml.CharData, in *element) {
	if !blankText(text) {
		p.warn(p.line(), "text in %s was ignored", tag(in.name))
	}
}

func blankText(text xml.CharData) bool {
	for _, c := range text {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}

// tag writes a name as it stands in the document.
func tag(n xml.Name) string {
	if n.Space == "" {
		return "<" + n.Local + ">"
	}
	return "<" + n.Space + ":" + n.Local + ">"
}
