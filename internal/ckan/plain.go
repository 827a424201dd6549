package ckan

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// PlainText returns s without HTML: portals send what their editors made.
// Paragraphs and breaks become line ends, list items dashes. What only looks
// like a tag, such as an address in angle brackets, stays.
func PlainText(s string) string {
	if !strings.Contains(s, "<") && !strings.Contains(s, "&") {
		return s
	}
	x := extract{z: html.NewTokenizer(strings.NewReader(s))}
	for {
		t := x.z.Next()
		if t == html.ErrorToken {
			break
		}
		x.take(t)
	}
	if !x.markup {
		return s
	}
	return tidy(x.b.String())
}

// An extract is the text of a document so far.
type extract struct {
	z      *html.Tokenizer
	b      strings.Builder
	hidden bool // within a script or a style sheet
	markup bool // there was any
}

func (x *extract) take(t html.TokenType) {
	switch t {
	case html.TextToken:
		if !x.hidden {
			x.b.Write(x.z.Text())
		}
	case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
		raw := string(x.z.Raw())
		name, _ := x.z.TagName()
		a := atom.Lookup(name)
		if a == 0 || strings.HasPrefix(raw, "<http") {
			x.b.WriteString(raw)
			return
		}
		x.markup = true
		if a == atom.Script || a == atom.Style {
			x.hidden = t == html.StartTagToken
		}
		x.b.WriteString(spaceFor(a, t == html.EndTagToken))
	default:
		x.markup = true // comments
	}
}

// spaceFor returns what stands in a text for a tag.
func spaceFor(a atom.Atom, end bool) string {
	switch a { //nolint:exhaustive // all other tags leave nothing
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table, atom.Blockquote:
		return "\n\n"
	case atom.Br, atom.Tr:
		return "\n"
	case atom.Li:
		if !end {
			return "\n- "
		}
	case atom.Td, atom.Th:
		return " "
	}
	return ""
}

// tidy takes out the blanks that markup leaves behind.
func tidy(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	var out []string
	for _, l := range lines {
		l = strings.TrimSpace(strings.ReplaceAll(l, "\u00a0", " "))
		if l == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
