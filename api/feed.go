package api

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/api/solr"
	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
	"portico/search"
)

// perPage is how many datasets a page of the catalogue has, as in CKAN.
const perPage = 100

// maxPage is beyond the last page of any catalogue.
const maxPage = 1_000_000

// A feed is one page of the catalogue in RDF, as it was asked for.
type feed struct {
	path   string // of the address, without the page
	syntax syntax
	page   int
	since  time.Time
	q, fq  string
	query  url.Values // what links to other pages keep
	as     dcat.Profile
	org    string // ID
	filter search.Query
}

// searched reports whether the search engine must answer f.
func (f *feed) searched() bool { return f.q != "" || f.fq != "" }

// catalogFeed answers /catalog.EXT.
func (s *Server) catalogFeed(c *gin.Context) {
	x, ok := syntaxOf(c.Param("ext"))
	if !ok {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	s.feed(c, feed{path: "/catalog." + x.extension, syntax: x})
}

// catalogNegotiated answers /catalog in the syntax that the client likes best.
func (s *Server) catalogNegotiated(c *gin.Context) {
	c.Writer.Header().Add("Vary", "Accept")
	x, ok := negotiate(c.GetHeader("Accept"), true)
	if !ok {
		s.pass(c)
		return
	}
	s.feed(c, feed{path: "/catalog." + x.extension, syntax: x})
}

// organizationFeed answers /organization/ID/catalog.EXT.
func (s *Server) organizationFeed(c *gin.Context) {
	ext, ok := strings.CutPrefix(c.Param("file"), "catalog.")
	x, known := syntaxOf(ext)
	if !ok || !known {
		s.pass(c)
		return
	}
	ctx := c.Request.Context()
	dir, err := s.directoryNow(ctx)
	if err != nil {
		s.failPage(c, err)
		return
	}
	o := dir.org(c.Param("id"))
	if o == nil {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	s.feed(c, feed{path: "/organization/" + url.PathEscape(o.Name) + "/catalog." + x.extension, syntax: x, org: o.ID})
}

// feed answers with a page of the catalogue. It is rendered whole before a
// byte is sent: a harvester must never take half a page for all of it.
func (s *Server) feed(c *gin.Context, f feed) {
	s.public(c)
	if err := f.read(c.Request.URL.Query(), s.now()); err != nil {
		s.failPage(c, err)
		return
	}
	ctx := c.Request.Context()
	revision, err := s.index.Revision(ctx)
	if err != nil {
		s.failPage(c, err)
		return
	}
	key := "feed " + f.link(f.page)
	var body []byte
	if e := s.cache.get(key); e != nil && e.revision == revision && !f.searched() {
		body = e.body
	} else if body, err = s.renderFeed(ctx, &f, key, revision); err != nil {
		s.failPage(c, err)
		return
	}
	serveRDF(c, f.syntax, body, fmt.Sprintf("%d %s", revision, key), f.searched())
}

// read takes the parameters of a feed.
func (f *feed) read(query url.Values, now time.Time) error {
	wrong := func(name, it, en string) error {
		return &catalog.Error{Kind: catalog.Conflict, Msg: name + ": " + en, MsgIT: name + ": " + it}
	}
	var err error
	if f.as, err = profileIn(query); err != nil {
		return err
	}
	f.page, f.query = 1, url.Values{}
	if p := query.Get("page"); query.Has("page") {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > maxPage {
			return wrong("page", "deve essere un numero da 1 in su", "must be a number from 1 up")
		}
		f.page = n
	}
	if v := query.Get("modified_since"); v != "" {
		d, ok := dcat.ParseDate(v)
		if !ok {
			return wrong("modified_since", "non è una data", "is no date")
		}
		f.since = d.Time()
		f.query.Set("modified_since", v)
	}
	f.q, f.fq = query.Get("q"), query.Get("fq")
	for _, name := range []string{"q", "fq", "profiles"} {
		if v := query.Get(name); v != "" {
			f.query.Set(name, v)
		}
	}
	if !f.searched() {
		return nil
	}
	return f.readQuery(now)
}

func (f *feed) readQuery(now time.Time) error {
	p := searchParams{q: f.q, fq: f.fq}
	fq := p.assembledFilter()
	if err := p.guard([]string{fq}); err != nil {
		return err
	}
	filter, err := solr.Lucene(fq, now)
	if err != nil {
		return cannotParse(err)
	}
	f.filter.Filters = parts(filter)
	if f.filter.Root, err = p.root(now); err != nil {
		return cannotParse(err)
	}
	if !f.since.IsZero() {
		f.filter.Filters = append(f.filter.Filters, search.Range{Field: search.Updated, From: f.since})
	}
	if f.org != "" {
		f.filter.Filters = append(f.filter.Filters, search.Term{Field: search.OrgID, Value: f.org})
	}
	f.filter.Sort = []search.Sort{{Field: search.ID}}
	f.filter.Offset, f.filter.Limit = (f.page-1)*perPage, perPage
	return nil
}

// link returns the path and query of a page of f.
func (f *feed) link(page int) string {
	query := f.query.Encode()
	if query != "" {
		query += "&"
	}
	return f.path + "?" + query + "page=" + strconv.Itoa(page)
}

// renderFeed renders a page once for all who ask for it at the same time.
func (s *Server) renderFeed(ctx context.Context, f *feed, key string, revision int64) ([]byte, error) {
	v, err, _ := s.renders.Do(fmt.Sprintf("%d %s", revision, key), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		ds, total, err := s.feedDatasets(ctx, f)
		if err != nil {
			return nil, err
		}
		latest, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Fed: true, Sort: catalog.ByUpdated, Limit: 1})
		if err != nil {
			return nil, err
		}
		page := dcat.Page{
			Number: f.page, PerPage: perPage, Total: total,
			Link: func(n int) string { return s.site.Link(f.link(n)) },
		}
		if len(latest) > 0 {
			page.Modified = latest[0].Updated
		}
		if ds, err = s.bodies().fed(ctx, ds...); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := f.as.WriteCatalog(&b, f.syntax.format, s.site, page, ds); err != nil {
			return nil, err
		}
		if !f.searched() {
			s.cache.put(&cached{key: key, revision: revision, body: b.Bytes()})
		}
		return b.Bytes(), nil
	})
	if err != nil {
		return nil, err
	}
	return v.([]byte), nil
}

// feedDatasets returns the datasets of a page by ID, which is an order that
// no change between two pages upsets.
func (s *Server) feedDatasets(ctx context.Context, f *feed) ([]*catalog.Dataset, int, error) {
	if !f.searched() {
		return s.datasets.ListDatasets(ctx, catalog.DatasetFilter{
			Organization: f.org, ModifiedSince: f.since, Fed: true, Sort: catalog.ByID,
			Offset: (f.page - 1) * perPage, Limit: perPage,
		})
	}
	held, err := s.quarantined(ctx)
	if err != nil {
		return nil, 0, err
	}
	q := f.filter
	if len(held) > 0 {
		q.Filters = append(slices.Clone(q.Filters), search.Bool{Must: []search.Node{search.Everything{}}, Not: []search.Node{search.IDs{Of: held}}})
	}
	found, err := search.Find(ctx, s.engine, s.datasets, q)
	if err != nil {
		return nil, 0, err
	}
	return found.Datasets, found.Total, nil
}

// quarantined returns the IDs of what everybody sees and feeds may not hold:
// the index does not know it, and a page must be neither short nor miscounted.
func (s *Server) quarantined(ctx context.Context) ([]string, error) {
	ds, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Quarantined: true, Limit: -1})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	return ids, nil
}

// datasetRDF answers /dataset/ID.EXT, and /dataset/ID where the client would
// rather have RDF than a page.
func (s *Server) datasetRDF(c *gin.Context) {
	ref := c.Param("id")
	var x syntax
	known := false
	if dot := strings.LastIndexByte(ref, '.'); dot > 0 {
		if x, known = syntaxOf(ref[dot+1:]); known {
			ref = ref[:dot]
		}
	}
	if !known {
		c.Writer.Header().Add("Vary", "Accept")
		if x, known = negotiate(c.GetHeader("Accept"), false); !known || ref == "new" {
			s.pass(c)
			return
		}
	}
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	ctx := catalog.WithActor(c.Request.Context(), actor)
	profile, err := profileIn(c.Request.URL.Query())
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.sendDataset(ctx, c, ref, profile, x)
}

// croissant answers /dataset/ID/croissant.jsonld: what those who train models
// read of a dataset.
func (s *Server) croissant(c *gin.Context) {
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	x, _ := syntaxOf("jsonld")
	s.sendDataset(catalog.WithActor(c.Request.Context(), actor), c, c.Param("id"), dcat.Croissant, x)
}

// sendDataset answers with the RDF of one dataset in a profile.
func (s *Server) sendDataset(ctx context.Context, c *gin.Context, ref string, as dcat.Profile, x syntax) {
	body, tag, err := s.renderDataset(ctx, ref, as, x.format)
	if err != nil {
		s.failPage(c, err)
		return
	}
	serveRDF(c, x, body, tag, catalog.ActorOf(ctx).ID != "")
}

// renderDataset returns the RDF of one dataset in a profile, and what it was
// made of.
func (s *Server) renderDataset(ctx context.Context, ref string, as dcat.Profile, format rdf.Format) ([]byte, string, error) {
	if len(ref) > maxRef {
		return nil, "", pageError(http.StatusNotFound)
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, "", err
	}
	anybody := catalog.ActorOf(ctx).ID == ""
	key := "rdf " + string(as) + " " + string(format) + " " + ref
	if e := s.cache.get(key); e != nil && e.revision == revision && anybody {
		return e.body, fmt.Sprintf("%d %s", e.made, key), nil
	}
	d, err := s.datasets.Dataset(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	if d.State.Gone() {
		return nil, "", pageError(http.StatusGone)
	}
	full, err := s.bodies().fed(ctx, d)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	if err := as.WriteDataset(&b, format, s.site, full[0]); err != nil {
		return nil, "", err
	}
	if anybody && d.Visible() {
		s.cache.put(&cached{key: key, revision: revision, made: d.Revision, body: b.Bytes()})
	}
	return b.Bytes(), fmt.Sprintf("%d %s", d.Revision, key), nil
}

// serveRDF sends a whole document. made is what it was made of, from which
// its ETag comes; where that does not tell, the bytes do.
func serveRDF(c *gin.Context, x syntax, body []byte, made string, byBytes bool) {
	sum := fnv.New128a()
	_, _ = sum.Write([]byte(made))
	_, _ = sum.Write([]byte(x.extension))
	if byBytes {
		_, _ = sum.Write(body)
	}
	h := c.Writer.Header()
	h.Set("Content-Type", x.mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", fmt.Sprintf(`"%x"`, sum.Sum(nil)))
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}
