package rdf

import (
	"io"
	"strings"

	knakk "github.com/knakk/rdf"
)

// A turtleReader reads Turtle 1.1.
type turtleReader struct {
	scanner
	prefixes map[string]string
	names    map[string]resource // prefixed names as written, until a prefix changes
}

func readTurtle(r io.Reader, base string, lim Limits) (*Document, error) {
	text, warnings, err := readText(r, Turtle, lim)
	if err != nil {
		return nil, err
	}
	p := &turtleReader{
		scanner:  scanner{collector: newCollector(Turtle, lim, warnings), s: text, base: base},
		prefixes: map[string]string{},
		names:    map[string]resource{},
	}
	for {
		p.space()
		if p.i >= len(p.s) {
			return p.document(), nil
		}
		if err := p.statement(); err != nil {
			return p.document(), err
		}
	}
}

func (p *turtleReader) statement() error {
	switch {
	case p.keyword("@prefix"), p.keyword("@base"):
		sparql := false
		return p.directive(sparql)
	case p.keyword("prefix"), p.keyword("base"):
		sparql := true
		return p.directive(sparql)
	}
	if err := p.triples(); err != nil {
		return err
	}
	return p.stop()
}

func (p *turtleReader) stop() error {
	p.space()
	if p.at(0) != '.' {
		return p.unexpected("a full stop, a comma or a semicolon")
	}
	p.i++
	return nil
}

// keyword reports whether word, and then a blank or an IRI, follows: SPARQL's
// words in any case, Turtle's as they are.
func (p *turtleReader) keyword(word string) bool {
	if len(p.s)-p.i <= len(word) {
		return false
	}
	if next := p.s[p.i : p.i+len(word)]; next != word && (word[0] == '@' || !strings.EqualFold(next, word)) {
		return false
	}
	switch p.at(len(word)) {
	case ' ', '\t', '\r', '\n', '<', '#':
		return true
	}
	return word == "@prefix" && p.at(len(word)) == ':'
}

// directive reads a declaration of a prefix or of the base, which SPARQL's
// spelling does not end with a full stop.
func (p *turtleReader) directive(sparql bool) error {
	isPrefix := p.at(0)|' ' == 'p' || p.at(1)|' ' == 'p'
	for !strings.ContainsRune(" \t\r\n<#:", rune(p.at(0))) {
		p.i++
	}
	p.space()
	name := ""
	if isPrefix {
		end := strings.IndexByte(p.s[p.i:], ':')
		if end < 0 || strings.IndexFunc(p.s[p.i:p.i+end], notInPrefix) >= 0 {
			return p.unexpected("a prefix and a colon")
		}
		name = p.s[p.i : p.i+end]
		p.i += end + 1
		p.space()
	}
	if p.at(0) != '<' {
		return p.unexpected("an IRI")
	}
	iri, err := p.iriRef()
	if err != nil {
		return err
	}
	if isPrefix {
		p.prefixes[name] = p.prefix(name, iri.String(), p.line())
		clear(p.names)
	} else {
		p.base = iri.String()
	}
	if sparql {
		return nil
	}
	return p.stop()
}

func notInPrefix(r rune) bool { return r < 0x80 && !nameByte(byte(r)) && r != '.' }

func (p *turtleReader) triples() error {
	switch p.at(0) {
	case '[':
		s, empty, err := p.properties(nil, nil, 1)
		if err != nil {
			return err
		}
		p.space()
		if p.at(0) == '.' && !empty {
			return nil
		}
		return p.predicates(s, 0)
	case '(':
		s, err := p.collection(nil, nil, 1)
		if err != nil {
			return err
		}
		return p.predicates(s, 0)
	}
	s, err := p.name("a subject")
	if err != nil {
		return err
	}
	return p.predicates(s, 0)
}

// name reads an IRI, a prefixed name or a labelled blank node.
func (p *turtleReader) name(want string) (node, error) {
	switch p.at(0) {
	case '<':
		return p.iriRef()
	case '_':
		return p.label()
	}
	return p.prefixedName(want)
}

// predicates reads a list of predicates and their objects, up to what can be
// no part of it.
func (p *turtleReader) predicates(s knakk.Subject, depth int) error {
	for {
		p.space()
		pred, err := p.verb()
		if err != nil {
			return err
		}
		for more := true; more; {
			p.space()
			if err := p.object(s, pred, depth); err != nil {
				return err
			}
			p.space()
			if more = p.at(0) == ','; more {
				p.i++
			}
		}
		if p.at(0) != ';' {
			return nil
		}
		for p.at(0) == ';' {
			p.i++
			p.space()
		}
		if c := p.at(0); c == '.' || c == ']' || c == 0 {
			return nil
		}
	}
}

func (p *turtleReader) verb() (knakk.Predicate, error) {
	switch c := p.at(0); {
	case c == '<':
		return p.iriRef()
	case c == 'a' && !nameByte(p.at(1)) && p.at(1) != ':' && p.at(1) != '.':
		p.i++
		return rdfType, nil
	}
	return p.prefixedName("a predicate")
}

func (p *turtleReader) object(s knakk.Subject, pred knakk.Predicate, depth int) error {
	var o knakk.Object
	var err error
	switch c := p.at(0); {
	case c == '[':
		_, _, err = p.properties(s, pred, depth+1)
		return err
	case c == '(':
		_, err = p.collection(s, pred, depth+1)
		return err
	case c == '"' || c == '\'':
		o, err = p.literal()
	case isDigit(c) || c == '+' || c == '-' || c == '.' && isDigit(p.at(1)):
		o, err = p.number()
	default:
		o, err = p.booleanOrName()
	}
	if err != nil {
		return err
	}
	return p.add(s, pred, o)
}

func (p *turtleReader) booleanOrName() (knakk.Object, error) {
	if o := p.boolean(); o != nil {
		return o, nil
	}
	return p.name("an object")
}

// link adds the triple that leads to a nested node, if any does.
func (p *turtleReader) link(s knakk.Subject, pred knakk.Predicate, o knakk.Object) error {
	if s == nil {
		return nil
	}
	return p.add(s, pred, o)
}

// properties reads […] as the object of s and pred, or alone if s is nil.
func (p *turtleReader) properties(s knakk.Subject, pred knakk.Predicate, depth int) (b node, empty bool, err error) {
	b = p.fresh()
	if err := p.deep(depth); err != nil {
		return nil, false, err
	}
	if err := p.link(s, pred, b); err != nil {
		return nil, false, err
	}
	p.i++
	p.space()
	if p.at(0) == ']' {
		p.i++
		return b, true, nil
	}
	if err := p.predicates(b, depth); err != nil {
		return nil, false, err
	}
	if p.at(0) != ']' {
		return nil, false, p.unexpected("a closing bracket")
	}
	p.i++
	return b, false, nil
}

// collection reads (…) as the object of s and pred, or alone if s is nil.
func (p *turtleReader) collection(s knakk.Subject, pred knakk.Predicate, depth int) (node, error) {
	if err := p.deep(depth); err != nil {
		return nil, err
	}
	p.i++
	p.space()
	if p.at(0) == ')' {
		p.i++
		return rdfNil, p.link(s, pred, rdfNil)
	}
	head := p.fresh()
	if err := p.link(s, pred, head); err != nil {
		return nil, err
	}
	for cell := head; ; {
		if err := p.object(cell, rdfFirst, depth); err != nil {
			return nil, err
		}
		p.space()
		if p.at(0) == ')' {
			p.i++
			return head, p.add(cell, rdfRest, rdfNil)
		}
		if p.i >= len(p.s) {
			return nil, p.unexpected("a closing parenthesis")
		}
		next := p.fresh()
		if err := p.add(cell, rdfRest, next); err != nil {
			return nil, err
		}
		cell = next
	}
}
