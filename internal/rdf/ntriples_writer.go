package rdf

import (
	"unicode/utf8"

	knakk "github.com/knakk/rdf"
)

// ntriplesWriter writes the canonical form of N-Triples.
type ntriplesWriter struct {
	buf []byte
}

func (w *ntriplesWriter) appendHead(b []byte) []byte { return b }

func (w *ntriplesWriter) between() string { return "" }

func (w *ntriplesWriter) tail() string { return "" }

// each takes what stands together for what is said of a subject.
func (w *ntriplesWriter) each(ts []Triple, f func(knakk.Subject, []byte) error) error {
	for i := 0; i < len(ts); {
		subj := ts[i].Subj
		w.buf = w.buf[:0]
		for ; i < len(ts) && ts[i].Subj == subj; i++ {
			w.triple(ts[i])
		}
		if err := f(subj, w.buf); err != nil {
			return err
		}
	}
	return nil
}

func (w *ntriplesWriter) triple(t Triple) {
	b := appendTerm(w.buf, t.Subj)
	b = append(b, ' ')
	b = appendTerm(b, t.Pred)
	b = append(b, ' ')
	b = appendTerm(b, t.Obj)
	w.buf = append(b, " .\n"...)
}

// appendTerm appends t as N-Triples has it; Turtle reads that too.
func appendTerm(b []byte, t Term) []byte {
	switch t := t.(type) {
	case IRI:
		b = append(b, '<')
		b = append(b, t.String()...)
		return append(b, '>')
	case Blank:
		b = append(b, "_:"...)
		return appendLabel(b, Value(t))
	case Literal:
		b = appendQuoted(b, t.String())
		if lang := t.Lang(); lang != "" {
			b = append(b, '@')
			return append(b, lang...)
		}
		if dt := t.DataType.String(); dt != "" && dt != xsdStringIRI {
			b = append(b, "^^<"...)
			b = append(b, dt...)
			b = append(b, '>')
		}
	}
	return b
}

// appendLabel appends a label that every syntax takes. Letters, digits, "_" and
// "-" stay; a label with others is written in hexadecimal after a prefix that
// no label keeps, so that no two labels become one.
func appendLabel(b []byte, label string) []byte {
	const mark = "hex-"
	plain := label != "" && isLetter(label[0]) && (len(label) < len(mark) || label[:len(mark)] != mark)
	for i := 0; plain && i < len(label); i++ {
		c := label[i]
		plain = isLetter(c) || isDigit(c) || c == '_' || c == '-'
	}
	if plain {
		return append(b, label...)
	}
	b = append(b, mark...)
	for i := 0; i < len(label); i++ {
		b = append(b, upperHex[label[i]>>4], upperHex[label[i]&15])
	}
	return b
}

// appendQuoted appends s between quotes, with the escapes that N-Triples,
// Turtle and JSON share.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f && c < utf8.RuneSelf {
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n - 1
				continue
			}
		}
		b = append(b, s[from:i]...)
		b = appendEscape(b, c)
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// appendEscape appends a character that does not stand for itself. A byte that
// is no UTF-8 has no place in any syntax and becomes the replacement character.
func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	if c >= utf8.RuneSelf {
		return append(b, "\uFFFD"...)
	}
	return append(b, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
}
