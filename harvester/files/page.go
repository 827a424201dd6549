package files

import (
	"context"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"portico/catalog"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// linked lists the files that a web page links to: those whose addresses end
// as data do. The words of the link are the title, where they say more than
// that something can be downloaded. Nothing beyond the page is followed.
func (c *connector) linked(page *httpclient.Page) (*shelf, error) {
	base := web.Base(page)
	title, links := readPage(page.Body)
	var wanted []string
	titles := make(map[string]string)
	for _, l := range links {
		address := dataAt(base, l.href)
		if address == "" {
			continue
		}
		if said, there := titles[address]; there {
			if said == "" {
				titles[address] = l.text
			}
			continue
		}
		titles[address] = l.text
		if wanted = append(wanted, address); len(wanted) > maxFiles {
			return nil, tooMany(len(wanted))
		}
	}
	if len(wanted) == 0 {
		return nil, catalog.Errorf(catalog.Invalid, "a web page came that links to no files of data").
			Italian("è arrivata una pagina web che non porta ad alcun file di dati")
	}
	s, err := c.list(context.Background(), wanted)
	if err != nil {
		return nil, err
	}
	s.page = title
	if s.page == "" {
		s.page = base.Hostname()
	}
	for i := range s.items {
		s.items[i].title = titles[s.items[i].url]
	}
	return s, nil
}

// dataAt returns the address of a file of data that a link leads to, or "".
func dataAt(base *url.URL, href string) string {
	address := web.Link(base, href)
	u, err := url.Parse(address)
	if address == "" || err != nil {
		return ""
	}
	u.Fragment = ""
	address = u.String()
	ext := extension(u.Path)
	if !tableExtensions[ext] && !dataExtensions[ext] && !isSheet(nameOf(address)) || ext == "xml" && strings.Contains(u.Path, "feed") {
		return ""
	}
	return address
}

type anchor struct{ href, text string }

// idle are words of links that name nothing.
var idle = set("", "csv", "xlsx", "xls", "ods", "json", "xml", "zip", "download", "scarica", "scarica il file", "scarica file", "apri", "qui", "clicca qui",
	"click here", "here", "file", "link", "allegato", "dati", "geojson", "kml", "scarica csv", "formato csv")

// A pageReader keeps the title of a page and its links.
type pageReader struct {
	title   string
	links   []anchor
	text    strings.Builder // within the element that is open
	inTitle bool
	inLink  bool
}

// readPage returns the title of a page and its links.
func readPage(body []byte) (title string, links []anchor) {
	z := html.NewTokenizer(strings.NewReader(string(body)))
	var p pageReader
	for len(p.links) < 4*maxFiles {
		switch z.Next() {
		case html.ErrorToken:
			return p.title, p.links
		case html.TextToken:
			if (p.inTitle || p.inLink) && p.text.Len() < 1000 {
				p.text.Write(z.Text())
			}
		case html.StartTagToken:
			p.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(string(name))
		default: // only links and their words are looked for
		}
	}
	return p.title, p.links
}

func (p *pageReader) start(z *html.Tokenizer) {
	name, more := z.TagName()
	switch string(name) {
	case "title":
		p.inTitle = true
		p.text.Reset()
	case "a":
		p.inLink = true
		p.text.Reset()
		p.links = append(p.links, anchor{href: attribute(z, more, "href")})
	}
}

func (p *pageReader) end(name string) {
	said := web.Line(p.text.String())
	switch name {
	case "title":
		if p.inTitle && p.title == "" {
			p.title = said
		}
		p.inTitle = false
	case "a":
		if p.inLink && !idle[strings.ToLower(said)] {
			p.links[len(p.links)-1].text = said
		}
		p.inLink = false
	}
}

func attribute(z *html.Tokenizer, more bool, name string) string {
	for more {
		var key, value []byte
		if key, value, more = z.TagAttr(); string(key) == name {
			return string(value)
		}
	}
	return ""
}
