package ui

import (
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"portico/catalog"
)

//go:embed templates
var templateFiles embed.FS

// pageNames are the templates of templates/ that are whole pages.
var pageNames = []string{
	"home", "list", "dataset", "resource", "organizations", "organization", "groups", "group", "stats", "feedback", "receipt", "requests", "request", "request-form", "error", "validatore", "harvest", "source", "run", "object",
	"text", "history", "changes", "apidocs", "tableapi", "map", "staff", "tags", "alerts", "alert-link", "openness", "bulk",
}

// A templateSet is every page in one language.
type templateSet struct {
	speaker
	pages map[string]*template.Template
}

func newTemplates(s *Server) (map[string]templateSet, error) {
	md := newMarkdown()
	s.plain = md.plain
	sets := make(map[string]templateSet)
	for _, locale := range s.languages {
		words, err := readMessages(locale)
		if err != nil {
			return nil, err
		}
		set := templateSet{speaker: speaker{locale, words}, pages: make(map[string]*template.Template)}
		common, err := template.New("layout").Funcs(s.funcs(set.speaker, md)).ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range pageNames {
			if err := set.add(common, name, "templates/"+name+".html"); err != nil {
				return nil, err
			}
		}
		sets[locale] = set
	}
	return sets, nil
}

func (set templateSet) add(common *template.Template, name, file string) error {
	t, err := common.Clone()
	if err != nil {
		return err
	}
	if t, err = t.ParseFS(templateFiles, file); err != nil {
		return fmt.Errorf("template %s: %w", file, err)
	}
	set.pages[name] = t.Lookup("layout.html")
	return nil
}

// funcs are the words that templates have.
func (s *Server) funcs(p speaker, md *markdown) template.FuncMap {
	prefix := s.prefix(p.locale)
	return template.FuncMap{
		"t":        p.text,
		"count":    p.count,
		"number":   p.number,
		"bytes":    p.bytes,
		"date":     p.date,
		"decimal":  func(f float64) string { return p.decimal(f, 1) },
		"stars":    func() []int { return []int{1, 2, 3, 4, 5} },
		"in":       p.in,
		"lang":     func(t catalog.Text) template.HTMLAttr { return langAttr(p.language(t)) },
		"markdown": func(t catalog.Text) template.HTML { return md.html(p.in(t)) },
		"link":     func(path string) string { return prefix + path },
		"seg":      url.PathEscape,
		"asset":    s.static.url,
		"icon":     s.icon,
		"join":     strings.Join,
		"host":     hostOf,
		"web":      isWeb,
	}
}

// langAttr is a lang attribute, or nothing. Only the shape of a BCP 47 tag
// passes.
func langAttr(tag string) template.HTMLAttr {
	if tag == "" || len(tag) > 35 {
		return ""
	}
	for _, c := range tag {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return ""
		}
	}
	return template.HTMLAttr(` lang="` + tag + `"`) // letters, digits and hyphens alone
}

// icon draws a symbol of the sprite, for the eye alone. Its arguments come from
// templates and tables, never from data.
func (s *Server) icon(name string, classes ...string) template.HTML {
	sprite := s.static.url("sprites.svg")
	if sprite == "" {
		return ""
	}
	class := strings.Join(append([]string{"icon"}, classes...), " ")
	return template.HTML(`<svg class="` + template.HTMLEscapeString(class) + `" aria-hidden="true" focusable="false"><use href="` +
		sprite + "#" + template.HTMLEscapeString(name) + `"></use></svg>`) // every part is escaped
}

// isWeb reports whether an address from a publisher may be a link.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "ftp")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
