package rdf

import "unicode/utf8"

// appendXMLText appends s as character data, or as the value of an attribute in
// double quotes. Characters that XML 1.0 forbids are dropped: no escape of
// theirs exists.
func appendXMLText(b []byte, s string, attribute bool) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 || !xmlChar(r) {
				b = append(b, s[from:i]...)
				from = i + n
			}
			i += n
			continue
		}
		if c > '>' || c > '\'' && c < '<' || c == ' ' {
			i++
			continue
		}
		if esc, special := xmlEscape(c, attribute); special {
			b = append(b, s[from:i]...)
			b = append(b, esc...)
			from = i + 1
		}
		i++
	}
	return append(b, s[from:]...)
}

// xmlEscape returns what stands for c, which is nothing for forbidden
// characters, and whether c needs it.
func xmlEscape(c byte, attribute bool) (string, bool) {
	switch c {
	case '<':
		return "&lt;", true
	case '>':
		return "&gt;", true
	case '&':
		return "&amp;", true
	case '"':
		return "&quot;", attribute
	case '\r':
		return "&#xD;", true
	case '\n':
		return "&#xA;", attribute
	case '\t':
		return "&#x9;", attribute
	}
	return "", c < ' '
}
