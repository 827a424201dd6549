package ui

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// A request is what a page needs to know of the reader.
type request struct {
	speaker
	*http.Request

	ctx   context.Context
	path  string // without the language
	query url.Values
	param func(string) string
}

// A view is what a page answers: a template and its data.
type view struct {
	template string
	data     framed
	// uncached keeps an answer for this one reader: the search engine did not
	// answer, or has yet to learn of a change.
	uncached bool
	status   int // of an answer to a form
}

// A framed is page data: a struct that embeds frame.
type framed interface{ base() *frame }

// A frame is what every page has around its content.
type frame struct {
	Site        catalog.Site
	Look        look
	Locale      string
	Title       string // of the page, without that of the site
	Description string // for search engines and previews
	Section     string // of the main navigation that the page is in
	Path        string // without the language
	Languages   []languageLink
	Anywhere    string // the page for readers of any other language
	Crumbs      []crumb
	Alternates  []alternate
	Canonical   string
	Hidden      bool       // from search engines
	Q           string     // what was searched for
	Searches    bool       // the page has a search form of its own for everything
	JSONLD      any        // schema.org, or nil
	Takes       bool       // what people say, without an account
	MapHost     string     // of which maps ask pictures, "" = none but this
	Follow      *followBox // how to hear of what is new of the page; nil = not here
}

func (f *frame) base() *frame { return f }

// A languageLink leads to the page in a language. Search engines want Address,
// which is URL with the origin.
type languageLink struct {
	Code, Name, URL, Address string
	Current                  bool
}

// A crumb is a step of the way from the home page; the last has no URL.
type crumb struct{ Title, URL string }

// An alternate is the same thing in another form.
type alternate struct{ Type, Title, URL string }

func (s *Server) request(req *http.Request, param func(string) string) *request {
	locale, ok := req.Context().Value(localeKey{}).(string)
	if !ok {
		locale = s.Site.Locale
	}
	return &request{
		speaker: s.templates[locale].speaker, Request: req,
		ctx: req.Context(), path: req.URL.Path, query: req.URL.Query(), param: param,
	}
}

// serve answers with a page, from the cache where it can.
func (s *Server) serve(p page) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := s.request(c.Request, c.Param)
		key := s.cacheKey(r)
		if hit, ok := s.cache.load(key); ok {
			s.sendShared(r, c.Writer, hit)
			return
		}
		v, err := p(r)
		if err != nil {
			s.fail(c.Writer, c.Request, err)
			return
		}
		out, err := s.draw(r, v)
		if err != nil {
			s.fail(c.Writer, c.Request, err)
			return
		}
		if v.uncached {
			r.send(c.Writer, http.StatusOK, out)
			return
		}
		s.sendShared(r, c.Writer, s.cache.keep(key, out))
	}
}

// sendShared sends a page that is the same for everybody, compressed for who
// takes it so.
func (s *Server) sendShared(r *request, w http.ResponseWriter, out rendered) {
	w.Header().Add("Vary", "Accept-Encoding")
	if out.zipped != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		w.Header().Set("Content-Encoding", "gzip")
		r.send(w, http.StatusOK, rendered{body: out.zipped, etag: strings.TrimSuffix(out.etag, `"`) + `-gzip"`})
		return
	}
	body, err := out.plain()
	if err != nil {
		s.fail(w, r.Request, err)
		return
	}
	r.send(w, http.StatusOK, rendered{body: body, etag: out.etag})
}

// cacheKey is what an answer depends on; "" when it is for nobody else. The
// day is part of it, for pages say what is late.
func (s *Server) cacheKey(r *request) string {
	if s.Revision == nil || catalog.ActorOf(r.ctx).Name != "" {
		return ""
	}
	revision, err := s.Revision.Revision(r.ctx)
	if err != nil {
		return "" // the page itself will say what is wrong
	}
	stamp := int64(0) // links are tried and datasets scored without a change of the catalog
	if s.Quality != nil {
		if stamp, err = s.Quality.Stamp(r.ctx); err != nil {
			return ""
		}
	}
	return strings.Join([]string{
		strconv.FormatInt(revision, 10), strconv.FormatInt(stamp, 10), s.Outlines.Stamp(r.ctx), s.now().UTC().Format(time.DateOnly), r.locale, r.path, r.URL.RawQuery,
	}, "\n")
}

func (r *request) send(w http.ResponseWriter, status int, out rendered) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", r.locale)
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept") // programs get RDF at the same addresses
	if status == http.StatusOK && out.etag != "" {
		h.Set("ETag", out.etag)
		if strings.Contains(r.Header.Get("If-None-Match"), out.etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.body) // a reader who went away is nobody's error
	}
}

// draw renders a view and stamps it by what it says.
func (s *Server) draw(r *request, v view) (rendered, error) {
	body, err := s.render(r, v)
	if err != nil {
		return rendered{}, err
	}
	sum := sha256.Sum256(body)
	return rendered{body: body, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}, nil
}

// render returns the view with its frame completed.
func (s *Server) render(r *request, v view) ([]byte, error) {
	f := v.data.base()
	f.Site, f.Look, f.Locale, f.Path, f.Takes = s.Site, s.look, r.locale, r.path, s.Desk != nil
	f.MapHost = s.Ground.Host()
	if f.Canonical == "" {
		f.Canonical = r.path
	}
	f.Canonical = s.Site.Link(s.prefix(r.locale) + f.Canonical)
	if f.Description == "" {
		f.Description = s.Site.Summary(r.locale)
	}
	for _, l := range s.languages {
		link := languageLink{Code: l, Name: r.text("language." + l), URL: s.prefix(l) + r.path, Current: l == r.locale}
		if q := r.query.Encode(); q != "" {
			link.URL += "?" + q
		}
		link.Address = s.Site.Link(link.URL)
		if l == s.Site.Locale {
			f.Anywhere = link.Address
		}
		f.Languages = append(f.Languages, link)
	}
	var b bytes.Buffer
	if err := s.templates[r.locale].pages[v.template].Execute(&b, v.data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// prefix is what stands before the paths of a language.
func (s *Server) prefix(locale string) string {
	if locale == s.Site.Locale {
		return ""
	}
	return "/" + locale
}
