package csw

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"

	"portico/harvester/web"
	"portico/internal/httpclient"
)

// Limits on a folder.
const (
	maxEntries = 10_000 // of one folder
	maxBelow   = 6      // folders within folders
)

// folder reads the index of a web-accessible folder, as Apache, nginx and IIS
// write it: its XML files and its subfolders. Nothing outside of it is
// followed.
func (c *connector) folder(page *httpclient.Page) (web.Batch, error) {
	base := web.Base(page)
	var b web.Batch
	seen := make(map[string]bool)
	for _, a := range anchors(page.Body) {
		address := c.entry(base, a)
		if address == "" || seen[address] {
			continue
		}
		seen[address] = true
		if b.Also = append(b.Also, address); len(b.Also) >= maxEntries {
			break
		}
	}
	if len(b.Also) == 0 && page.URL == c.url.String() {
		return b, web.NotA(page, "un catalogo di metadati", "a catalogue of metadata", nil)
	}
	return b, nil
}

// entry returns the address of a file of metadata or of a subfolder that a
// link of a folder leads to, or "".
func (c *connector) entry(base *url.URL, href string) string {
	u, err := base.Parse(href)
	if err != nil || !c.inside(u) || u.RawQuery != "" || !strings.HasPrefix(u.Path, folderOf(base.Path)) {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	address := u.String()
	switch ext := path.Ext(u.Path); {
	case address == base.String():
		return ""
	case strings.HasSuffix(u.Path, "/") || strings.EqualFold(ext, ".xml"):
		return address
	case ext == "":
		return address + "/" // IIS says so with a redirect
	}
	return ""
}

// inside reports whether an address lies below the folder that the source
// names, not too deep.
func (c *connector) inside(u *url.URL) bool {
	top := folderOf(c.url.Path)
	return u.Host == c.url.Host && u.Scheme == c.url.Scheme && strings.HasPrefix(u.Path, top) &&
		strings.Count(strings.TrimPrefix(u.Path, top), "/") <= maxBelow
}

func folderOf(p string) string {
	if strings.HasSuffix(p, "/") || p == "" {
		return p + strings.Repeat("/", 1-min(len(p), 1))
	}
	if path.Ext(p) == "" {
		return p + "/"
	}
	return strings.TrimSuffix(path.Dir(p), "/") + "/"
}

// anchors returns what the links of a page lead to, as they are written.
func anchors(body []byte) []string {
	var out []string
	z := html.NewTokenizer(strings.NewReader(string(body)))
	for len(out) < 4*maxEntries {
		switch z.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken:
			name, more := z.TagName()
			for more && string(name) == "a" {
				var key, value []byte
				if key, value, more = z.TagAttr(); string(key) == "href" {
					out = append(out, string(value))
				}
			}
		default: // only links are looked for
		}
	}
	return out
}
