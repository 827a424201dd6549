package rdf

import (
	"strings"

	knakk "github.com/knakk/rdf"
)

// Names that the syntaxes themselves are made of.
const (
	rdfNS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	xsdNS = "http://www.w3.org/2001/XMLSchema#"
	xmlNS = "http://www.w3.org/XML/1998/namespace"

	rdfTypeIRI    = rdfNS + "type"
	rdfFirstIRI   = rdfNS + "first"
	rdfRestIRI    = rdfNS + "rest"
	rdfNilIRI     = rdfNS + "nil"
	xmlLiteralIRI = rdfNS + "XMLLiteral"
	langStringIRI = rdfNS + "langString"
	xsdStringIRI  = xsdNS + "string"
	xsdIntegerIRI = xsdNS + "integer"
	xsdDecimalIRI = xsdNS + "decimal"
	xsdDoubleIRI  = xsdNS + "double"
	xsdBooleanIRI = xsdNS + "boolean"
)

// The terms of those names, made once because making one checks every letter.
var (
	rdfType   = NewIRI(rdfTypeIRI)
	rdfFirst  = NewIRI(rdfFirstIRI)
	rdfRest   = NewIRI(rdfRestIRI)
	rdfNil    = NewIRI(rdfNilIRI)
	xsdString = NewIRI(xsdStringIRI)
)

// NewIRI returns the IRI s. The term type can hold no IRI with forbidden
// characters, so that such an s comes out as RepairIRI gives it; a caller who
// has to know asks RepairIRI first. The empty s gives the zero IRI.
func NewIRI(s string) IRI {
	t, err := knakk.NewIRI(s)
	if err == nil {
		return t
	}
	fixed, _ := RepairIRI(s)
	t, err = knakk.NewIRI(fixed)
	if err != nil { // nothing but blanks
		return IRI{}
	}
	return t
}

// NewBlank returns the blank node labelled s. The label means nothing beyond
// the graph it is in. The empty s gives a label as good as any other.
func NewBlank(s string) Blank {
	t, err := knakk.NewBlank(s)
	if err == nil {
		return t
	}
	t, err = knakk.NewBlank("empty")
	if err != nil {
		return Blank{}
	}
	return t
}

// NewLiteral returns the plain literal s, an xsd:string.
func NewLiteral(s string) Literal { return knakk.NewTypedLiteral(s, xsdString) }

// NewLangLiteral returns s in the language lang. The tag is set in lower case,
// as RDF 1.1 compares tags so; "it_IT" is taken for "it-it". What is no
// language tag at all gives a plain literal.
func NewLangLiteral(s, lang string) Literal {
	tag, ok := cleanLang(lang)
	if !ok {
		return NewLiteral(s)
	}
	if strings.Count(tag, "-") > 1 {
		return longTagLiteral(s, tag)
	}
	t, err := knakk.NewLangLiteral(s, tag)
	if err != nil {
		return longTagLiteral(s, tag)
	}
	return t
}

// longTagLiteral makes a literal with a tag such as "zh-hant-tw": knakk's
// constructor refuses these, its N-Triples reader does not.
func longTagLiteral(s, tag string) Literal {
	line := appendQuoted([]byte("<x:s> <x:p> "), s)
	line = append(line, '@')
	line = append(line, tag...)
	line = append(line, " .\n"...)
	tr, err := knakk.NewTripleDecoder(strings.NewReader(string(line)), knakk.NTriples).Decode()
	if err != nil {
		return NewLiteral(s)
	}
	if l, ok := tr.Obj.(Literal); ok {
		return l
	}
	return NewLiteral(s)
}

// cleanLang returns tag in lower case with "-" for "_", and whether it is
// shaped as a language tag (BCP 47: letters, then letters and digits).
func cleanLang(tag string) (string, bool) {
	if tag == "it" || tag == "en" {
		return tag, true
	}
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	first := true
	size := 0
	for i := 0; i < len(tag); i++ {
		c := tag[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && !first:
			size++
		case c == '-' && size > 0:
			first, size = false, 0
		default:
			return "", false
		}
	}
	return tag, size > 0
}

// NewTypedLiteral returns s as a value of a datatype. No datatype, or that of
// strings with a language, gives a plain literal.
func NewTypedLiteral(s, datatypeIRI string) Literal {
	switch datatypeIRI {
	case "", xsdStringIRI, langStringIRI:
		return NewLiteral(s)
	}
	return knakk.NewTypedLiteral(s, NewIRI(datatypeIRI))
}

// Value returns what t says: an IRI as a string, the lexical form of a literal,
// the label of a blank node, and "" for nil.
func Value(t Term) string {
	if b, ok := t.(Blank); ok {
		if b == (Blank{}) {
			return ""
		}
		return b.String()
	}
	if t == nil {
		return ""
	}
	return t.String()
}

// Lang returns the language tag of a literal in lower case, or "".
func Lang(t Term) string {
	if l, ok := t.(Literal); ok {
		return l.Lang()
	}
	return ""
}

// Datatype returns the IRI of a literal's datatype, or "" if t is none.
func Datatype(t Term) string {
	if l, ok := t.(Literal); ok {
		return l.DataType.String()
	}
	return ""
}

// IsIRI reports whether t is an IRI.
func IsIRI(t Term) bool { _, ok := t.(IRI); return ok }

// IsBlank reports whether t is a blank node.
func IsBlank(t Term) bool { _, ok := t.(Blank); return ok }

// IsLiteral reports whether t is a literal.
func IsLiteral(t Term) bool { _, ok := t.(Literal); return ok }
