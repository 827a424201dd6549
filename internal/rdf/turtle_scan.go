package rdf

import (
	"strings"
	"unicode/utf8"
)

// A scanner reads the terms that Turtle and N-Triples share.
type scanner struct {
	*collector
	s    string
	i    int
	base string

	lineAt, lineNo int // lineNo newlines lie before lineAt
}

// line returns the number of the line that is being read.
func (p *scanner) line() int {
	if p.lineAt > p.i {
		p.lineAt, p.lineNo = 0, 0
	}
	at := min(p.i, len(p.s))
	p.lineNo += strings.Count(p.s[p.lineAt:at], "\n")
	p.lineAt = at
	return p.lineNo + 1
}

func (p *scanner) fail(msg string) error {
	return &SyntaxError{Format: p.format, Line: p.line(), Msg: msg}
}

// unexpected says what stands where something else should.
func (p *scanner) unexpected(want string) error {
	if p.i >= len(p.s) {
		return p.fail("the document ends where " + want + " is expected")
	}
	rest := p.s[p.i:]
	if i := strings.IndexAny(rest, " \t\r\n"); i > 0 {
		rest = rest[:i]
	}
	if len(rest) > 40 {
		cut := 40
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		rest = rest[:cut] + "…"
	}
	return p.fail("expected " + want + ", found " + string(appendQuoted(nil, rest)))
}

// space skips blanks and comments.
func (p *scanner) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\r', '\n':
			p.i++
		case '#':
			end := strings.IndexAny(p.s[p.i:], "\r\n")
			if end < 0 {
				p.i = len(p.s)
				return
			}
			p.i += end
		default:
			return
		}
	}
}

// at returns the character n places on, or 0 at the end.
func (p *scanner) at(n int) byte {
	if p.i+n < len(p.s) {
		return p.s[p.i+n]
	}
	return 0
}

// iriRef reads <…>.
func (p *scanner) iriRef() (resource, error) {
	start := p.i + 1
	for i := start; i < len(p.s); i++ {
		c := p.s[i]
		if c >= utf8.RuneSelf {
			return p.oddIRI()
		}
		if forbidden[c] {
			if c != '>' {
				return p.oddIRI()
			}
			p.i = i + 1
			return p.absolute(p.s[start:i]), nil
		}
	}
	return nil, p.fail("an IRI is not closed by >")
}

// oddIRI reads an IRI that has escapes, letters beyond ASCII, or what has to
// be repaired.
func (p *scanner) oddIRI() (resource, error) {
	start := p.i + 1
	end := strings.IndexAny(p.s[start:], ">\n<")
	if end < 0 || p.s[start+end] != '>' {
		return nil, p.fail("an IRI is not closed by >")
	}
	raw := p.s[start : start+end]
	if strings.Contains(raw, `\u`) || strings.Contains(raw, `\U`) {
		raw = unescapeIRI(raw)
	}
	fixed, changed := RepairIRI(raw)
	if changed {
		p.warn(p.line(), "the IRI %q was read as %q", raw, fixed)
	}
	p.i = start + end + 1
	return p.absolute(fixed), nil
}

func (p *scanner) absolute(ref string) resource {
	if t, ok := p.iris[ref]; ok && scheme(ref) > 0 {
		return t
	}
	return p.iri(resolve(p.base, ref))
}

// label reads _:label.
func (p *scanner) label() (node, error) {
	if p.at(1) != ':' {
		return nil, p.unexpected("a blank node")
	}
	start := p.i + 2
	i := start
	for i < len(p.s) && (nameByte(p.s[i]) || p.s[i] == '.') {
		i++
	}
	for i > start && p.s[i-1] == '.' {
		i--
	}
	if i == start || p.s[start] == '-' || p.s[start] == '.' {
		return nil, p.unexpected("the label of a blank node")
	}
	p.i = i
	return p.blank(p.s[start:i]), nil
}

// nameByte tells the bytes of names: letters, digits, "_", "-", and all that
// is beyond ASCII, for what is allowed there is nearly everything.
func nameByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '-' || c >= utf8.RuneSelf
}

// text reads a string in quotes, short or long, and leaves its escapes resolved.
func (p *scanner) text() (string, error) {
	q := p.s[p.i]
	if p.at(1) == q && p.at(2) == q {
		if p.format != Turtle {
			return "", p.unexpected("a string on one line")
		}
		return p.longText(q)
	}
	start := p.i + 1
	escaped := false
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; c {
		case q:
			p.i = i + 1
			if escaped {
				return p.unescape(p.s[start:i])
			}
			return p.s[start:i], nil
		case '\\':
			escaped = true
			i++
		case '\n', '\r':
			return "", p.fail("a string is not closed on its line")
		}
	}
	return "", p.fail("a string is not closed")
}

func (p *scanner) longText(q byte) (string, error) {
	start := p.i + 3
	escaped := false
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '\\':
			escaped = true
			i++
		case c == q && i+2 < len(p.s) && p.s[i+1] == q && p.s[i+2] == q:
			p.i = i + 3
			if escaped {
				return p.unescape(p.s[start:i])
			}
			return p.s[start:i], nil
		}
	}
	return "", p.fail("a long string is not closed")
}

// lang reads @tag.
func (p *scanner) lang() (string, error) {
	start := p.i + 1
	i := start
	for i < len(p.s) && p.s[i] < utf8.RuneSelf && nameByte(p.s[i]) {
		i++
	}
	tag, ok := cleanLang(p.s[start:i])
	if !ok {
		return "", p.fail("a language tag is expected after @")
	}
	p.i = i
	return tag, nil
}
