package api

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/search"
)

// An atomFeed is what one of CKAN's Atom feeds tells (ckan-web §3.1): the
// datasets that changed last, of all the catalogue or of a part of it.
type atomFeed struct {
	path      string // of the feed itself
	form      string // ".atom" or ".json"
	title     string // after the site's
	subtitle  string
	alternate string // path of the page that shows the same
	query     url.Values
	page      int
	search    search.Query
}

// perAtomPage is how many datasets a page of an Atom feed has, as in CKAN.
const perAtomPage = 20

// atom answers /feeds/*.
func (s *Server) atom(c *gin.Context) {
	s.public(c)
	ctx := c.Request.Context()
	f, err := s.atomFeed(ctx, c.Param("path"), c.Request.URL.Query())
	if err != nil {
		s.failPage(c, err)
		return
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		s.failPage(c, err)
		return
	}
	lang := localeOf(c.Request, s.site.Locale)
	key := "atom " + lang + " " + f.link(f.page)
	render, mediaType := s.renderAtom, "application/atom+xml; charset=utf-8"
	if f.form == jsonForm {
		render, mediaType = s.renderJSONFeed, "application/feed+json; charset=utf-8"
	}
	e := s.cache.get(key)
	if e == nil || e.revision != revision || !f.whole() {
		body, err := render(ctx, f, lang)
		if err != nil {
			s.failPage(c, err)
			return
		}
		e = &cached{key: key, revision: revision, body: body}
		if f.whole() {
			s.cache.put(e)
		}
	}
	serveBytes(c, mediaType, e.body)
}

// whole reports whether f is of the whole catalogue, which the database
// answers: the search engine may be a moment behind the revision, so its
// answers are not kept by it.
func (f *atomFeed) whole() bool { return f.search.Root == nil && len(f.search.Filters) == 0 }

// serveBytes sends a rendered document with an ETag of its bytes.
func serveBytes(c *gin.Context, mediaType string, body []byte) {
	sum := fnv.New128a()
	_, _ = sum.Write(body)
	h := c.Writer.Header()
	h.Set("Content-Type", mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", fmt.Sprintf(`"%x"`, sum.Sum(nil)))
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}

// atomFeed finds which feed an address means.
func (s *Server) atomFeed(ctx context.Context, path string, query url.Values) (*atomFeed, error) {
	f := &atomFeed{path: "/feeds" + path, query: url.Values{}}
	if err := f.readPage(query); err != nil {
		return nil, err
	}
	name, ok := f.cutForm(strings.TrimPrefix(path, "/"))
	if !ok {
		return nil, pageError(http.StatusNotFound)
	}
	kind, ref, _ := strings.Cut(name, "/")
	var err error
	switch {
	case name == "dataset":
		f.alternate, f.subtitle = "/dataset/", s.recent("")
	case name == "custom":
		err = s.customAtom(f, query)
	case ref == "":
		err = pageError(http.StatusNotFound)
	case kind == "tag":
		f.title, f.alternate = ` - Tag: "`+ref+`"`, "/dataset/?tags="+url.QueryEscape(ref)
		f.subtitle = s.recent(` by tag: "` + ref + `"`)
		f.search.Filters = []search.Node{search.Term{Field: search.Keyword, Value: ref}}
	case kind == "holder":
		s.holderAtom(f, ref)
	case kind == "organization" || kind == "group":
		err = s.bodyAtom(ctx, f, kind, ref)
	default:
		err = pageError(http.StatusNotFound)
	}
	if len(f.search.Sort) == 0 {
		f.search.Sort = []search.Sort{{Field: search.Updated, Desc: true}}
	}
	f.search.Offset, f.search.Limit = (f.page-1)*perAtomPage, perAtomPage
	return f, err
}

// The forms of a feed, by how its address ends.
const (
	atomForm = ".atom"
	jsonForm = ".json"
)

// cutForm takes the form from the end of an address.
func (f *atomFeed) cutForm(path string) (name string, ok bool) {
	for _, form := range []string{atomForm, jsonForm} {
		if name, ok = strings.CutSuffix(path, form); ok {
			f.form = form
			return name, true
		}
	}
	return path, false
}

func (s *Server) recent(of string) string {
	return "Recently created or updated datasets on " + s.site.Title + of
}

// holderAtom is the feed of what a body holds, by its identifier or its name.
func (s *Server) holderAtom(f *atomFeed, ref string) {
	f.title, f.alternate = ` - Holder: "`+ref+`"`, "/dataset/?holder="+url.QueryEscape(ref)
	f.subtitle = s.recent(` by holder: "` + ref + `"`)
	f.search.Filters = []search.Node{search.Bool{Should: []search.Node{
		search.Term{Field: search.Holder, Value: strings.ToLower(ref)}, search.Term{Field: search.Holder, Value: ref}, search.Term{Field: search.HolderName, Value: ref},
	}}}
}

func (f *atomFeed) readPage(query url.Values) error {
	f.page = 1
	if !query.Has("page") {
		return nil
	}
	n, err := strconv.Atoi(query.Get("page"))
	if err != nil || n < 1 || n > maxPage {
		return catalog.Errorf(catalog.Invalid, `"page" parameter must be a positive integer`).
			Italian("il parametro page dev'essere un numero intero positivo")
	}
	f.page = n
	return nil
}

// bodyAtom is the feed of an organization or group.
func (s *Server) bodyAtom(ctx context.Context, f *atomFeed, kind, ref string) error {
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return err
	}
	var b body
	word, facet := "Group", "groups"
	if o := dir.org(ref); o != nil && kind == "organization" {
		b, word, facet = bodyOfOrganization(o), "Organization", "organization"
	} else if g := dir.group(ref); g != nil && kind == "group" {
		b = bodyOfGroup(g)
	} else {
		return pageError(http.StatusNotFound)
	}
	title := cmp.Or(b.Title, b.Name)
	f.path = "/feeds/" + kind + "/" + url.PathEscape(b.Name) + f.form
	f.title = " - " + word + `: "` + title + `"`
	f.subtitle = s.recent(" by " + kind + `: "` + title + `"`)
	f.alternate = "/dataset/?" + facet + "=" + url.QueryEscape(b.Name)
	f.search.Filters = []search.Node{b.inIt()}
	return nil
}

// customAtom is the feed of a search: q, sort, and any field with a value.
func (s *Server) customAtom(f *atomFeed, query url.Values) error {
	q := query.Get("q")
	p := searchParams{q: q, defType: "dismax", sort: cmp.Or(query.Get("sort"), "metadata_modified desc")}
	for _, field := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[field] {
			if field == "page" || value == "" || strings.HasPrefix(field, "_") {
				continue
			}
			f.query.Add(field, value)
			if field != "q" && field != "sort" {
				p.fqList = append(p.fqList, field+`:"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value)+`"`)
			}
		}
	}
	f.title = " - Custom query"
	f.subtitle = s.recent(". Custom query: '" + q + "'")
	f.alternate = "/dataset/"
	if len(f.query) > 0 {
		f.alternate += "?" + f.query.Encode()
	}
	var err error
	f.search, err = s.searchQuery(p)
	return err
}

// link returns the path of a page of f.
func (f *atomFeed) link(page int) string {
	q := url.Values{}
	maps.Copy(q, f.query)
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return f.path
	}
	return f.path + "?" + q.Encode()
}

// renderAtom searches as anybody: a feed is read by programs that keep it.
func (s *Server) renderAtom(ctx context.Context, f *atomFeed, lang string) ([]byte, error) {
	found, err := search.Find(catalog.WithActor(ctx, catalog.Actor{}), s.engine, s.datasets, f.search)
	if err != nil {
		return nil, err
	}
	x := &xmlWriter{site: s.site}
	x.raw("<?xml version='1.0' encoding='utf-8'?>\n" + `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="` + lang + `">`)
	x.element("id", s.site.Link(f.link(1)))
	x.element("title", s.site.Title+f.title)
	updated := s.site.Issued.Time()
	if len(found.Datasets) > 0 {
		updated = found.Datasets[0].Updated
	}
	x.moment("updated", updated)
	x.author("default")
	last := max((found.Total+perAtomPage-1)/perAtomPage, 1)
	x.link("alternate", f.alternate)
	x.link("self", f.link(f.page))
	if f.page > 1 {
		x.link("prev", f.link(f.page-1))
	}
	if f.page < last {
		x.link("next", f.link(f.page+1))
	}
	x.link("first", f.link(1))
	x.link("last", f.link(last))
	x.element("generator", "Portico")
	x.element("subtitle", f.subtitle)
	for _, d := range found.Datasets {
		x.entry(d)
	}
	x.raw("</feed>")
	return x.b, nil
}
