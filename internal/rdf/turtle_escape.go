package rdf

import (
	"strconv"
	"strings"
	"unicode/utf16"
)

// unescape resolves the escapes of a string.
func (p *scanner) unescape(s string) (string, error) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			b.WriteString(s)
			return b.String(), nil
		}
		b.WriteString(s[:i])
		if k := strings.IndexByte(`tbnrf"'\`, s[i+1]); k >= 0 {
			b.WriteByte("\t\b\n\r\f\"'\\"[k])
			s = s[i+2:]
			continue
		}
		r, n := codePoint(s[i:])
		if n == 0 {
			return "", p.fail("a string holds an escape that does not exist")
		}
		b.WriteRune(r)
		s = s[i+n:]
	}
}

// unescapeIRI resolves \u and \U in an IRI; every other backslash is left for
// RepairIRI.
func unescapeIRI(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		r, n := codePoint(s[i:])
		if n == 0 {
			r, n = '\\', 1
		}
		b.WriteRune(r)
		s = s[i+n:]
	}
}

// codePoint reads \uXXXX or \UXXXXXXXX at the start of s and returns the
// character and the length of the escape, 0 if it is none. Two \u that are one
// character in UTF-16, as JSON writes it, are taken together.
func codePoint(s string) (r rune, n int) {
	r, n = hexEscape(s)
	if n == 0 || !utf16.IsSurrogate(r) {
		return r, n
	}
	low, m := hexEscape(s[n:])
	if r = utf16.DecodeRune(r, low); m == 0 || r == '\uFFFD' {
		return 0, 0
	}
	return r, n + m
}

func hexEscape(s string) (r rune, n int) {
	if len(s) < 2 || s[0] != '\\' {
		return 0, 0
	}
	switch s[1] {
	case 'u':
		n = 6
	case 'U':
		n = 10
	default:
		return 0, 0
	}
	if len(s) < n || s[2] == '+' || s[2] == '-' {
		return 0, 0
	}
	v, err := strconv.ParseUint(s[2:n], 16, 32)
	if err != nil || v > 0x10FFFF {
		return 0, 0
	}
	return rune(v), n
}
