package ui

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
)

// maxMarkdown is how much of a description is shown.
const maxMarkdown = 64 << 10

// A markdown makes HTML of descriptions, which come from anywhere. Raw HTML in
// them is dropped twice: by goldmark, which is not told to pass it, and by
// bluemonday, which lets through only the tags of plain prose.
type markdown struct {
	parser goldmark.Markdown
	prose  *bluemonday.Policy
}

func newMarkdown() *markdown {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "del", "ul", "ol", "li", "blockquote", "code", "pre", "hr",
		"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	return &markdown{parser: goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify, extension.Strikethrough)), prose: p}
}

// html returns source as safe HTML. Its headings begin at h3, below those of
// the page.
func (m *markdown) html(source string) template.HTML {
	if len(source) > maxMarkdown {
		source = strings.ToValidUTF8(source[:maxMarkdown], "") + "…"
	}
	var b bytes.Buffer
	if err := m.parser.Convert([]byte(source), &b); err != nil {
		return template.HTML(template.HTMLEscapeString(source)) // escaped, and so safe
	}
	return template.HTML(m.prose.SanitizeBytes(lowerHeadings(b.Bytes()))) // sanitized, and so safe
}

var headings = strings.NewReplacer("<h1>", "<h3>", "</h1>", "</h3>", "<h2>", "<h3>", "</h2>", "</h3>")

func lowerHeadings(b []byte) []byte { return []byte(headings.Replace(string(b))) }

// plain returns the words of source in one line, cut after a word at about max
// characters.
func (m *markdown) plain(source string, max int) string {
	if len(source) > 8*max {
		source = strings.ToValidUTF8(source[:8*max], "")
	}
	var b bytes.Buffer
	if err := m.parser.Convert([]byte(source), &b); err != nil {
		return shorten(source, max)
	}
	var words []string
	z := html.NewTokenizer(&b)
	for t := z.Next(); t != html.ErrorToken; t = z.Next() {
		if t == html.TextToken {
			words = append(words, string(z.Text()))
		}
	}
	return shorten(html.UnescapeString(strings.Join(words, " ")), max)
}

func shorten(s string, max int) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= max {
		return s
	}
	cut := string(r[:max])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + "…"
}
