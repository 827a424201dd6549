package ui

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"portico/catalog"
)

// The texts of the pages that are prose, as the program brings them, in
// Markdown: prose/LANGUAGE/NAME.md.
//
//go:embed prose
var proseFiles embed.FS

// textPages are the pages that are prose.
var textPages = []string{"about", "faq", "note-legali", "privacy", "accessibilita"}

// otherNames are further addresses of text pages.
var otherNames = map[string]string{"legal": "note-legali", "accessibility": "accessibilita"}

// TextPages returns the names of the pages whose text an operator may change.
func TextPages() []string { return slices.Clone(textPages) }

// TextPage returns the text that the program brings for a page in a language;
// ok is false where it brings none.
func TextPage(locale, name string) (text string, ok bool) {
	if !slices.Contains(textPages, name) || !slices.Contains(locales, locale) {
		return "", false
	}
	b, err := proseFiles.ReadFile("prose/" + locale + "/" + name + ".md")
	return string(b), err == nil
}

// MaxPageText is the largest text of a page, in bytes.
const MaxPageText = maxMarkdown

// A PageText is the body of a catalog.RecordPage: the text that an operator has
// put in the place of the program's own.
type PageText struct {
	Text string `json:"text"`
}

// A textPage is prose about the site.
type textPage struct {
	frame
	Body template.HTML
}

func (s *Server) text(name string) page {
	return func(r *request) (view, error) {
		text, err := s.prose(r, name)
		if err != nil {
			return view{}, err
		}
		p := &textPage{}
		title, body := splitTitle(s.fillIn(r, text))
		p.Section, p.Title = name, title
		if p.Title == "" {
			p.Title = r.text("page." + name)
		}
		p.Body, p.Description = proseHTML(body), s.plain(body, 160)
		p.Crumbs = []crumb{{Title: p.Title}}
		return view{template: "text", data: p, uncached: true}, nil // a text changes without a change of the catalog
	}
}

// prose returns the text of a page in the reader's language, else in English,
// else in Italian: the operator's where there is one.
func (s *Server) prose(r *request, name string) (string, error) {
	for _, l := range r.nearest() {
		text, err := s.ownProse(r, l+"/"+name)
		if text != "" || err != nil {
			return text, err
		}
		if text, ok := TextPage(l, name); ok {
			return text, nil
		}
	}
	return "", catalog.Errorf(catalog.NotFound, "no text for %s", name)
}

// ownProse returns the operator's text of a page, or "".
func (s *Server) ownProse(r *request, key string) (string, error) {
	if s.Records == nil {
		return "", nil
	}
	rec, err := s.Records.Record(r.ctx, catalog.RecordPage, key)
	if catalog.KindOf(err) == catalog.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var t PageText
	if err := json.Unmarshal(rec.Body, &t); err != nil {
		return "", err
	}
	return t.Text, nil
}

// moved sends readers of one name of a page to another.
func (s *Server) moved(path string) page {
	return func(*request) (view, error) { return view{}, &moved{path: path} }
}

// A part of a text that stands only where a value is known, or only where it is
// not: {{#email}}…{{/email}}, {{^email}}…{{/email}}.
var (
	proseValue = regexp.MustCompile(`\{\{([a-z]+)\}\}`)
	proseMark  = regexp.MustCompile(`\{\{([#^/])([a-z]+)\}\}`)
)

// fillIn puts what is known of the site into a text. What it does not know
// stays as it is, so that a slip can be seen.
func (s *Server) fillIn(r *request, text string) string {
	values := map[string]string{
		"site": markdownText(s.Site.Title), "publisher": markdownText(r.in(s.Site.Publisher.Name)), "email": s.Site.Email,
		"declaration": s.Site.Declaration, "link": s.prefix(r.locale), "forms": "",
		"maphost": s.Ground.Host(),
	}
	if values["publisher"] == "" {
		values["publisher"] = values["site"]
	}
	if s.Desk != nil {
		values["forms"] = "1"
	}
	return proseValue.ReplaceAllStringFunc(chosenParts(text, values), func(m string) string {
		if v, ok := values[m[2:len(m)-2]]; ok {
			return v
		}
		return m
	})
}

// chosenParts leaves out the parts of a text whose condition does not hold. A
// part that is never closed goes to the end of the text.
func chosenParts(text string, values map[string]string) string {
	var b strings.Builder
	hidden, depth := 0, 0 // the depth at which hiding began
	for {
		at := proseMark.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		if hidden == 0 {
			b.WriteString(text[:at[0]])
		}
		kind, known := text[at[2]:at[3]], values[text[at[4]:at[5]]] != ""
		text = text[at[1]:]
		if kind == "/" {
			if depth > 0 && hidden == depth {
				hidden = 0
			}
			depth = max(depth-1, 0)
			continue
		}
		depth++
		if hidden == 0 && known != (kind == "#") {
			hidden = depth
		}
	}
	if hidden == 0 {
		b.WriteString(text)
	}
	return b.String()
}

// markdownText keeps the signs of a name from being read as Markdown.
func markdownText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", "`", "\\`", "{", "&#123;").Replace(oneLine(s))
}

// splitTitle parts the first heading of a text from the rest.
func splitTitle(text string) (title, body string) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	first, rest, _ := strings.Cut(text, "\n")
	if t, ok := strings.CutPrefix(first, "# "); ok {
		return strings.TrimSpace(t), rest
	}
	return "", text
}

// proseHTML makes HTML of the text of an operator, who may link within the site
// and to places in the page. It is no more trusted than a description.
func proseHTML(source string) template.HTML {
	if len(source) > MaxPageText {
		source = strings.ToValidUTF8(source[:MaxPageText], "")
	}
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify, extension.Strikethrough), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	var b bytes.Buffer
	if err := md.Convert([]byte(source), &b); err != nil {
		return template.HTML(template.HTMLEscapeString(source)) // escaped, and so safe
	}
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "del", "ul", "ol", "li", "blockquote", "code", "pre", "hr",
		"h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^[\p{L}\p{N}_-]{1,80}$`)).OnElements("h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	text := strings.NewReplacer("<h1", "<h2", "</h1>", "</h2>").Replace(b.String())
	return template.HTML(p.Sanitize(text)) // sanitized, and so safe
}
