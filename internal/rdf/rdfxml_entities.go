package rdf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a document may make of the entities that it declares.
const (
	maxEntities    = 100
	maxEntityName  = 256
	maxEntityDepth = 8
	maxExpansion   = 1 << 20
)

// predefined entities need no declaration.
var predefined = map[string]string{"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": `"`}

// A doctype reads the internal subset of a DOCTYPE.
type doctype struct {
	raw      map[string]string // as declared, character references resolved
	expanded map[string]string
	size     int // of what is expanded
}

// parseDoctype returns the text of the entities that a DOCTYPE declares. What
// lies outside the document is refused, not fetched, and so are parameter
// entities, entities with markup, and those that blow up.
func parseDoctype(directive string) (map[string]string, error) {
	head, subset, hasSubset := strings.Cut(directive, "[")
	if words := strings.Fields(head); len(words) > 2 {
		return nil, errExternal("the document type")
	}
	if !hasSubset {
		return nil, nil
	}
	d := &doctype{raw: map[string]string{}, expanded: map[string]string{}}
	if err := d.declarations(subset); err != nil {
		return nil, err
	}
	for name := range d.raw {
		if _, err := d.expand(name, 1); err != nil {
			return nil, err
		}
	}
	return d.expanded, nil
}

func errExternal(what string) error {
	return &SyntaxError{Format: RDFXML, Msg: what + " refers to another file (SYSTEM or PUBLIC), which is refused"}
}

func errDoctype(msg string) error {
	return &SyntaxError{Format: RDFXML, Msg: "DOCTYPE: " + msg}
}

// declarations reads what stands between the brackets.
func (d *doctype) declarations(s string) error {
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		switch {
		case s == "" || s[0] == ']':
			return nil
		case s[0] == '%':
			return errDoctype("parameter entities are refused")
		case strings.HasPrefix(s, "<?"):
			_, rest, _ := strings.Cut(s, "?>")
			s = rest
		case strings.HasPrefix(s, "<!"):
			decl, rest, ok := cutDeclaration(s[2:])
			if !ok {
				return errDoctype("a declaration is not closed")
			}
			if body, ok := strings.CutPrefix(decl, "ENTITY"); ok {
				if err := d.entity(strings.Trim(body, " \t\r\n")); err != nil {
					return err
				}
			}
			s = rest
		default:
			return errDoctype("a declaration is expected")
		}
	}
}

// cutDeclaration cuts s at the first ">" that is not in quotes.
func cutDeclaration(s string) (decl, rest string, ok bool) {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}

// entity reads a name and its value in quotes.
func (d *doctype) entity(s string) error {
	if strings.HasPrefix(s, "%") {
		return errDoctype("parameter entities are refused")
	}
	i := strings.IndexAny(s, " \t\r\n")
	if i < 0 {
		return errDoctype("an entity has no value")
	}
	name := s[:i]
	if len(name) > maxEntityName-2 {
		return errDoctype("the name of an entity is too long")
	}
	value, err := entityValue(name, strings.TrimLeft(s[i:], " \t\r\n"))
	if err != nil {
		return err
	}
	if _, known := d.raw[name]; known || predefined[name] != "" {
		return nil // the first declaration counts
	}
	if len(d.raw) >= maxEntities {
		return fmt.Errorf("%s: more than %d entities: %w", RDFXML, maxEntities, ErrLimit)
	}
	d.raw[name] = value
	return nil
}

// entityValue returns what stands in the quotes of s, character references
// resolved.
func entityValue(name, s string) (string, error) {
	if strings.HasPrefix(s, "SYSTEM") || strings.HasPrefix(s, "PUBLIC") {
		return "", errExternal("the entity &" + name + ";")
	}
	if len(s) < 2 || s[0] != '"' && s[0] != '\'' || s[len(s)-1] != s[0] {
		return "", errDoctype("the entity &" + name + "; has no value in quotes")
	}
	value := characterReferences(s[1 : len(s)-1])
	if strings.Contains(value, "<") {
		return "", errDoctype("the entity &" + name + "; holds markup, which is refused")
	}
	return value, nil
}

// expand returns the text of an entity, and of those that it refers to.
func (d *doctype) expand(name string, depth int) (string, error) {
	if s, done := d.expanded[name]; done {
		return s, nil
	}
	if depth > maxEntityDepth {
		return "", fmt.Errorf("%s: entities nested deeper than %d: %w", RDFXML, maxEntityDepth, ErrLimit)
	}
	var b strings.Builder
	for rest := d.raw[name]; rest != ""; {
		before, ref, after, ok := cutReference(rest)
		b.WriteString(before)
		rest = after
		if !ok {
			continue
		}
		switch _, declared := d.raw[ref]; {
		case predefined[ref] != "":
			b.WriteString(predefined[ref])
		case ref[0] == '#':
			b.WriteString(characterReferences("&" + ref + ";"))
		case !declared:
			return "", errDoctype("the entity &" + ref + "; is not declared")
		default:
			s, err := d.expand(ref, depth+1)
			if err != nil {
				return "", err
			}
			b.WriteString(s)
		}
		if b.Len() > maxExpansion {
			break
		}
	}
	d.size += b.Len()
	if d.size > maxExpansion {
		return "", errExpansion()
	}
	d.expanded[name] = b.String()
	return b.String(), nil
}

func errExpansion() error {
	return fmt.Errorf("%s: entities expand to more than %d bytes: %w", RDFXML, maxExpansion, ErrLimit)
}

// cutReference cuts s round its first &reference;.
func cutReference(s string) (before, ref, after string, ok bool) {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s, "", "", false
	}
	end := strings.IndexByte(s[i:min(len(s), i+maxEntityName)], ';')
	if end < 2 {
		return s[:i+1], "", s[i+1:], false
	}
	return s[:i], s[i+1 : i+end], s[i+end+1:], true
}

// characterReferences resolves &#8217; and &#x2019;.
func characterReferences(s string) string {
	if !strings.Contains(s, "&#") {
		return s
	}
	var b strings.Builder
	for s != "" {
		before, ref, after, ok := cutReference(s)
		b.WriteString(before)
		s = after
		if !ok {
			continue
		}
		if r, valid := characterReference(ref); valid {
			b.WriteRune(r)
		} else {
			b.WriteString("&" + ref + ";")
		}
	}
	return b.String()
}

func characterReference(ref string) (rune, bool) {
	base := 10
	digits, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return 0, false
	}
	if hex, is := strings.CutPrefix(digits, "x"); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !xmlChar(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// xmlChar tells the characters that XML 1.0 allows.
func xmlChar(r rune) bool {
	return r >= ' ' && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// checkUses adds up what the references to entities in text will become, which
// together may be no more than maxExpansion.
func checkUses(text string, entities map[string]string) error {
	size := 0
	for text != "" {
		_, ref, after, ok := cutReference(text)
		text = after
		if !ok {
			continue
		}
		if size += len(entities[ref]); size > maxExpansion {
			return errExpansion()
		}
	}
	return nil
}
