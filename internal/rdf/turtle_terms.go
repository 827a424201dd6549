package rdf

import (
	"strings"

	knakk "github.com/knakk/rdf"
)

// literal reads a string and its language or datatype.
func (p *turtleReader) literal() (knakk.Object, error) {
	s, err := p.text()
	if err != nil {
		return nil, err
	}
	p.space()
	switch {
	case p.at(0) == '@':
		tag, err := p.lang()
		if err != nil {
			return nil, err
		}
		return NewLangLiteral(s, tag), nil
	case p.at(0) == '^' && p.at(1) == '^':
		p.i += 2
		p.space()
		var dt resource
		if p.at(0) == '<' {
			dt, err = p.iriRef()
		} else {
			dt, err = p.prefixedName("a datatype")
		}
		if err != nil {
			return nil, err
		}
		return typedLiteral(s, dt), nil
	}
	return NewLiteral(s), nil
}

// number reads 1, 1.5 or 1.5e3, each of which is of another datatype.
func (p *turtleReader) number() (knakk.Object, error) {
	first := signed(p.s, p.i)
	end, datatype := digits(p.s, first), xsdIntegerIRI
	found := end > first
	if to := fraction(p.s, end, found); to > end {
		found = found || to > end+1
		end, datatype = to, xsdDecimalIRI
	}
	if to := exponent(p.s, end); to > end {
		end, datatype = to, xsdDoubleIRI
	} else if end < len(p.s) && nameByte(p.s[end]) {
		found = false
	}
	if !found {
		return nil, p.unexpected("a number")
	}
	s := p.s[p.i:end]
	p.i = end
	return typedLiteral(s, p.iri(datatype)), nil
}

// fraction returns where the fraction at i ends: i if none is there. A point
// without digits ends a statement, unless digits come before it and an exponent
// after it.
func fraction(s string, i int, whole bool) int {
	if i >= len(s) || s[i] != '.' {
		return i
	}
	end := digits(s, i+1)
	if end > i+1 || whole && exponent(s, end) > end {
		return end
	}
	return i
}

// exponent returns where the exponent at i ends: i if none is there.
func exponent(s string, i int) int {
	if i >= len(s) || s[i]|' ' != 'e' {
		return i
	}
	from := signed(s, i+1)
	if end := digits(s, from); end > from {
		return end
	}
	return i
}

func digits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func signed(s string, i int) int {
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	return i
}

// boolean reads true or false, and returns nil if neither follows.
func (p *turtleReader) boolean() knakk.Object {
	for _, word := range [...]string{"true", "false"} {
		if strings.HasPrefix(p.s[p.i:], word) {
			if c := p.at(len(word)); !nameByte(c) && c != ':' && (c != '.' || !nameByte(p.at(len(word)+1))) {
				p.i += len(word)
				return typedLiteral(word, p.iri(xsdBooleanIRI))
			}
		}
	}
	return nil
}

// prefixedName reads prefix:local.
func (p *turtleReader) prefixedName(want string) (resource, error) {
	colon := p.i
	for colon < len(p.s) && (nameByte(p.s[colon]) || p.s[colon] == '.') {
		colon++
	}
	if colon >= len(p.s) || p.s[colon] != ':' {
		return nil, p.unexpected(want)
	}
	end, escaped, err := p.local(colon + 1)
	if err != nil {
		return nil, err
	}
	name := p.s[p.i:end]
	if t, ok := p.names[name]; ok {
		p.i = end
		return t, nil
	}
	prefix := p.s[p.i:colon]
	namespace, ok := p.prefixes[prefix]
	if !ok {
		return nil, p.fail("the prefix " + prefix + ": is not declared")
	}
	local := p.s[colon+1 : end]
	if escaped {
		local = strings.ReplaceAll(local, `\`, "")
	}
	iri, changed := RepairIRI(namespace + local)
	if changed {
		p.warn(p.line(), "the name %q was read as %q", name, iri)
	}
	p.i = end
	t := p.iri(iri)
	p.names[name] = t
	return t, nil
}

// local returns where the local part that begins at i ends, and whether it has
// escapes. Dots at its end are full stops.
func (p *turtleReader) local(i int) (end int, escaped bool, err error) {
	for end = i; i < len(p.s); {
		switch c := p.s[i]; {
		case nameByte(c) || c == ':':
			i++
			end = i
		case c == '.':
			i++
		case c == '%':
			if i+2 >= len(p.s) || !isHex(p.s[i+1]) || !isHex(p.s[i+2]) {
				p.i = i
				return 0, false, p.unexpected("two hexadecimal digits after %")
			}
			i += 3
			end = i
		case c == '\\':
			if i+1 >= len(p.s) || !strings.ContainsRune("_~.-!$&'()*+,;=/?#@%", rune(p.s[i+1])) {
				p.i = i
				return 0, false, p.unexpected("an escape that names may hold")
			}
			i += 2
			end, escaped = i, true
		default:
			return end, escaped, nil
		}
	}
	return end, escaped, nil
}

func isHex(c byte) bool { return isDigit(c) || c|' ' >= 'a' && c|' ' <= 'f' }
