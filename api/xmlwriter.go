package api

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"portico/catalog"
)

// An xmlWriter writes the XML of feeds and sitemaps. Text is escaped here and nowhere
// else; what XML cannot hold is left out.
type xmlWriter struct {
	b    []byte
	site catalog.Site
}

func (x *xmlWriter) raw(s string) { x.b = append(x.b, s...) }

func (x *xmlWriter) element(name, text string) {
	x.raw("<" + name + ">")
	x.text(text)
	x.raw("</" + name + ">")
}

// text writes s escaped and without control characters, line ends among them:
// so do CKAN's feeds.
func (x *xmlWriter) text(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			x.raw("&amp;")
		case r == '<':
			x.raw("&lt;")
		case r == '>':
			x.raw("&gt;")
		case r == '"':
			x.raw("&quot;")
		case unicode.IsControl(r), r == unicode.ReplacementChar, r == 0xFFFE, r == 0xFFFF:
		default:
			x.b = append(x.b, string(r)...)
		}
	}
}

// moment writes a time as feeds do: UTC, told by +00:00.
func (x *xmlWriter) moment(name string, t time.Time) {
	x.element(name, t.UTC().Format("2006-01-02T15:04:05.999999")+"+00:00")
}

func (x *xmlWriter) author(name string) {
	x.raw("<author>")
	x.element("name", name)
	x.raw("</author>")
}

// link writes a link to a path of the site. rel "" is a bare link, as the
// entries have them.
func (x *xmlWriter) link(rel, path string) {
	x.raw(`<link href="`)
	x.text(x.site.Link(path))
	if rel != "" {
		x.raw(`" rel="` + rel)
	}
	x.raw(`"/>`)
}

func (x *xmlWriter) entry(d *catalog.Dataset) {
	x.raw("<entry>")
	x.element("id", x.site.Link("/dataset/"+d.ID))
	title := d.Title.String()
	if title == "" {
		title = d.Name
	}
	x.element("title", title)
	x.moment("updated", d.Updated)
	if d.Author.Name != "" {
		x.author(d.Author.Name)
	}
	if notes := d.Description.String(); notes != "" {
		x.element("content", strings.TrimSpace(notes))
	}
	for _, ref := range []string{d.ID, d.Name} {
		x.link("", "/api/3/action/package_show?id="+ref)
	}
	tags := make([]string, len(d.Keywords))
	for i, k := range d.Keywords {
		tags[i] = k.Name
	}
	slices.Sort(tags)
	for _, tag := range slices.Compact(tags) {
		x.raw(`<category term="`)
		x.text(tag)
		x.raw(`"/>`)
	}
	x.moment("published", d.Created)
	x.raw("</entry>")
}
