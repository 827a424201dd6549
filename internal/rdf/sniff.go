package rdf

import (
	"bytes"
	"regexp"
	"strings"
)

// Sniff tells the format of a document from its first bytes, its media type
// ("" = none; it may lie) and its file name or URL path. The bytes win over
// the type, the type over the name. A few kilobytes of head are enough. It is
// false for HTML, for an empty document and for what is no RDF.
func Sniff(head []byte, mediaType, name string) (f Format, ok bool) {
	hint, hinted := FormatOf(mediaType)
	if !hinted {
		hint, _ = formatOfName(name)
	}
	text, _ := decode(head)
	text = strings.TrimLeft(text, " \t\r\n\ufeff")
	if text == "" || bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		return "", false
	}
	switch {
	case text[0] == '<' && !startsWithIRI(text):
		return sniffXML(text, hint)
	case text[0] == '{' || text[0] == '[' && !startsWithProperties(text):
		return sniffJSON(text, hint)
	}
	return sniffTurtle(text, hint)
}

// startsWithIRI tells Turtle's <http://…> from an XML tag.
func startsWithIRI(text string) bool {
	end := strings.IndexByte(text, '>')
	if end < 0 {
		return false
	}
	inside := text[1:end]
	if inside == "" || inside[0] == '#' || inside[0] == '/' || strings.Contains(inside, "://") && !strings.ContainsAny(inside, " =\"'") {
		return true
	}
	// <urn:x:y> has no blank; <rdf:RDF> is the tag that could be taken for it.
	return scheme(inside) > 0 && strings.Count(inside, ":") > 1 && !strings.ContainsAny(inside, " \t\r\n=")
}

// startsWithProperties tells Turtle's [ a … ] from a JSON array.
func startsWithProperties(text string) bool {
	rest := strings.TrimLeft(text[1:], " \t\r\n")
	return rest != "" && (isLetter(rest[0]) || rest[0] == '<' || rest[0] == '#' || rest[0] == ':' ||
		rest[0] == ']' && strings.TrimSpace(rest[1:]) != "")
}

func sniffXML(text string, hint Format) (Format, bool) {
	if strings.Contains(text, rdfNS) {
		return RDFXML, true
	}
	root := rootTag(text)
	if root == "" { // a long comment or DOCTYPE comes first
		return RDFXML, hint == RDFXML && !strings.Contains(strings.ToLower(text), "<!doctype html")
	}
	return RDFXML, strings.HasSuffix(root, ":RDF") || root == "RDF"
}

// rootTag returns the name of the first element of an XML document, or "" if
// text ends before it.
func rootTag(text string) string {
	for {
		_, rest, ok := strings.Cut(text, "<")
		if !ok || rest == "" {
			return ""
		}
		if rest[0] != '!' && rest[0] != '?' {
			if i := strings.IndexAny(rest, " \t\r\n/>"); i > 0 {
				return rest[:i]
			}
			return rest
		}
		if _, text, ok = strings.Cut(rest, endOfProlog(rest)); !ok {
			return ""
		}
	}
}

// endOfProlog returns what ends the part of a prolog that text begins with.
func endOfProlog(text string) string {
	switch {
	case strings.HasPrefix(text, "!--"):
		return "-->"
	case text[0] == '?':
		return "?>"
	}
	bracket, tag := strings.IndexByte(text, '['), strings.IndexByte(text, '>')
	if bracket >= 0 && (tag < 0 || bracket < tag) {
		return "]" // the declarations of a DOCTYPE
	}
	return ">"
}

// sniffJSON takes JSON for JSON-LD if it has a keyword of it, or if it is said
// to be JSON-LD.
func sniffJSON(text string, hint Format) (Format, bool) {
	if hint == JSONLD {
		return JSONLD, true
	}
	for _, keyword := range []string{`"@context"`, `"@graph"`, `"@id"`, `"@type"`} {
		if strings.Contains(text, keyword) {
			return JSONLD, true
		}
	}
	return "", false
}

// sniffTurtle tells Turtle and N-Triples from other text. N-Triples is Turtle,
// too, so that only what is said to be N-Triples, or has nothing else in it and
// nothing said of it, is called so.
func sniffTurtle(text string, hint Format) (Format, bool) {
	first, plain := statements(text)
	if first == "" { // nothing but comments so far
		return hint, hint == Turtle || hint == NTriples || hint == NQuads
	}
	if !startsTurtle(first, hint) {
		return "", false
	}
	if plain && (hint == NQuads || hint != Turtle && quad.MatchString(first)) {
		return NQuads, true
	}
	if plain && hint != Turtle {
		return NTriples, true
	}
	return Turtle, true
}

// quad is a line of N-Quads that names a graph.
var quad = regexp.MustCompile(`^(?:<[^>]*>|_:\S+)\s*<[^>]*>\s*(?:<[^>]*>|_:\S+\s|".*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?)\s*(?:<[^>]*>|_:\S+)\s*\.$`)

// statements returns the first line that is no comment, and whether all such
// lines look like triples. The last may be cut, and counts if it is alone.
func statements(text string) (first string, plain bool) {
	lines := strings.Split(text, "\n")
	plain = true
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		cut := i == len(lines)-1 && first != ""
		if first == "" {
			first = line
		}
		plain = plain && (cut || looksLikeTriple(line))
	}
	return first, plain
}

func startsTurtle(line string, hint Format) bool {
	word, _, _ := strings.Cut(line, " ")
	switch lower := strings.ToLower(word); {
	case lower == "@prefix", lower == "@base", lower == "prefix", lower == "base",
		strings.HasPrefix(lower, "@prefix\t"), strings.HasPrefix(lower, "prefix\t"):
		return strings.Contains(line, "<") || line == word
	case line[0] == '<':
		return startsWithIRI(line)
	case strings.HasPrefix(line, "_:"):
		return true
	case line[0] == '[' || line[0] == '(':
		return true
	}
	return hint == Turtle && strings.Contains(word, ":") // a prefixed name; its prefix may be cut off
}

// looksLikeTriple tells a line of N-Triples.
func looksLikeTriple(line string) bool {
	return strings.HasSuffix(line, ".") && (line[0] == '<' || strings.HasPrefix(line, "_:")) &&
		!strings.HasSuffix(line, ",") && strings.Count(line, "<") >= 1 && !strings.Contains(line, " a ") && !strings.Contains(line, "> ;")
}
