// Package ui is the human border: the pages of the catalog in Italian and
// English, drawn on the server and usable without JavaScript. It turns
// addresses into questions to the catalog and answers into HTML; it knows no
// SQL, no search engine, no connector, and keeps no visitor in mind: there is
// no cookie, and no page asks another host for anything.
package ui

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/datastore"
	"portico/exporter"
	"portico/search"
)

// Tombstones tells what is left of a dataset that is gone.
type Tombstones interface {
	// Tombstone returns a dataset that has been public and is so no more, as
	// it was at its end. What has never been public is NotFound.
	Tombstone(ctx context.Context, ref string) (*catalog.Dataset, error)
}

// A Config is what the pages are made of. Log may be nil; Tables, Formats,
// Tombstones and Revision may be, too: then there is no preview, no download of
// tables, no tombstone and no cache.
type Config struct {
	Site          catalog.Site
	Datasets      catalog.Datasets
	Organizations catalog.Organizations
	Tombstones    Tombstones
	Engine        search.Engine
	Tables        datastore.Store
	Formats       *exporter.Registry
	Revision      catalog.Index
	Log           *slog.Logger
}

// A Server answers for the pages of one Site.
type Server struct {
	Config

	router    *gin.Engine
	static    *static
	templates map[string]templateSet // by locale
	plain     func(markdown string, max int) string
	cache     *pageCache
	now       func() time.Time
}

// New returns a Server. It fails only when a template or a locale that is
// embedded in the program is broken.
func New(c Config) *Server {
	s, err := newServer(c)
	if err != nil {
		panic(fmt.Sprintf("ui: %v", err)) // a mistake in the program, not in its input
	}
	return s
}

func newServer(c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Formats == nil {
		c.Formats = exporter.NewRegistry()
	}
	if c.Site.Locale != "en" {
		c.Site.Locale = catalog.DefaultLanguage
	}
	s := &Server{Config: c, cache: newPageCache(cacheBytes), now: time.Now}
	var err error
	if s.static, err = newStatic(); err != nil {
		return nil, err
	}
	if s.templates, err = newTemplates(s); err != nil {
		return nil, err
	}
	s.router = s.routes()
	return s, nil
}

// A page computes what a template shows: the template's name and its data, a
// struct that embeds frame.
type page func(r *request) (view, error)

func (s *Server) routes() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.UseRawPath = false
	e.HandleMethodNotAllowed = true
	e.ContextWithFallback = true
	show := func(path string, p page) {
		e.GET(path, s.serve(p))
		e.HEAD(path, s.serve(p))
	}
	show("/", s.home)
	show("/dataset", s.list)
	show("/dataset/:id", s.dataset)
	show("/dataset/:id/resource/:rid", s.resource)
	show("/organization", s.organizations)
	show("/organization/:id", s.organization)
	show("/group", s.groups)
	show("/group/:id", s.group)
	for _, name := range textPages {
		show("/"+name, s.text(name))
	}
	e.GET("/static/*file", s.static.serve)
	e.HEAD("/static/*file", s.static.serve)
	e.GET("/favicon.ico", s.static.favicon)
	e.NoRoute(func(c *gin.Context) {
		s.fail(c.Writer, c.Request, catalog.Errorf(catalog.NotFound, "no such page"))
	})
	e.NoMethod(func(c *gin.Context) {
		s.failWith(c.Writer, s.request(c.Request, c.Param), http.StatusMethodNotAllowed, nil)
	})
	return e
}

// ServeHTTP answers for every page, in the language that the address or else
// the Site says.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	inner, own := s.localize(r)
	if own {
		redirectWithin(w, inner) // the Site's own language has no prefix
		return
	}
	defer func() {
		if v := recover(); v != nil {
			s.recovered(w, inner, v)
		}
	}()
	s.router.ServeHTTP(w, inner)
}
