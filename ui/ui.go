// Package ui is the human border: the pages of the catalog in Italian,
// English and further languages, drawn on the server and usable without JavaScript. It turns
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
	"portico/datastore/profile"
	"portico/dcat/register"
	"portico/exporter"
	"portico/outline"
	"portico/participation"
	"portico/quality"
	"portico/search"
	"portico/subscription"
)

// Tombstones tells what is left of a dataset that is gone.
type Tombstones interface {
	// Tombstone returns a dataset that has been public and is so no more, as
	// it was at its end. What has never been public is NotFound.
	Tombstone(ctx context.Context, ref string) (*catalog.Dataset, error)
}

// A Config is what the pages are made of. Log may be nil; Tables, Formats,
// Tombstones, Revision and Usage may be, too: then there is no preview, no
// download of tables, no tombstone, no cache and no numbers of use. Without Rows
// tables are not searched, and those that are written through the API not shown;
// without Records profiles are made for every page; without Sizes those of
// downloads are not told.
type Config struct {
	Site          catalog.Site
	Datasets      catalog.Datasets
	Organizations catalog.Organizations
	Tombstones    Tombstones
	Engine        search.Engine
	Tables        datastore.Store
	Formats       *exporter.Registry
	Excel         exporter.Format // what data.csv?excel=1 is; its zero value = there is none
	Rows          *datastore.Tables
	Records       catalog.Records
	Sizes         *exporter.Sizes
	Versions      Versions // nil = only the current version of a table is shown
	Revision      catalog.Index
	Usage         catalog.Usages
	Contributions catalog.Contributions
	Desk          *participation.Desk // takes what people send; nil = nobody can
	Alerts        *subscription.Desk  // takes who wants to hear of what is new; nil = no mail is sent
	Quality       *quality.Desk       // nil = pages tell nothing of quality
	Validator     *quality.Validator  // nil = there is no validator
	// ClientAddress tells from where a request comes; nil = RemoteAddr.
	ClientAddress func(*http.Request) string
	Harvest       *Harvest // nil = the catalog harvests nothing
	// Languages are those that pages are shown in, beside the Site's own; none =
	// Italian and English. Locales tells which there are.
	Languages  []string
	Activities catalog.Activities // nil = pages tell no history
	// Distributions finds tables by their IDs; nil = they have no guide to their API.
	Distributions Distributions
	// API is the reference of the actions; nil = there is no page about them.
	API []Action
	// SQL says that tables may be asked in SQL.
	SQL       bool
	Outlines  *outline.Shelf // of municipalities; nil = maps have none
	Registers *register.Registers
	Ground    Ground // what lies under the maps
	Theme     Theme
	Bulk      Bulk // the files of the whole catalogue; nil = there are none
	Log       *slog.Logger
}

// A Server answers for the pages of one Site.
type Server struct {
	Config

	router    *gin.Engine
	static    *static
	look      look
	templates map[string]templateSet // by locale
	plain     func(markdown string, max int) string
	cache     *pageCache
	profiles  *profile.Keeper
	weigher   weigher
	languages []string // shown
	mapCache  *mapCache
	openness  opennessMemo
	titles    titles
	now       func() time.Time
}

// New returns a Server. It panics only when a template or a locale that is
// embedded in the program is broken, or the Theme has a colour that Legible has
// not seen.
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
	s := &Server{Config: c, cache: newPageCache(cacheBytes), mapCache: newMapCache(), languages: shown(c.Languages, c.Site.Locale), now: time.Now}
	s.profiles = &profile.Keeper{Tables: c.Tables, Records: c.Records, Log: c.Log}
	var err error
	if s.static, err = newStatic(); err != nil {
		return nil, err
	}
	if s.look, err = newLook(c.Theme, s.static); err != nil {
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
	if s.Usage != nil {
		show("/stats", s.stats)
		e.GET("/stats/usage.csv", s.usageCSV)
		e.HEAD("/stats/usage.csv", s.usageCSV)
	}
	if s.Desk != nil {
		show("/dataset/:id/segnalazioni", s.feedback)
		e.POST("/dataset/:id/segnalazioni", s.post(s.report))
		e.POST("/dataset/:id/valutazione", s.post(s.rate))
		show("/segnalazioni/:id", s.receipt)
		show("/richieste", s.requests)
		show("/richieste/nuova", s.requestForm)
		e.POST("/richieste/nuova", s.post(s.takeRequest))
		show("/richieste/:n", s.oneRequest)
	}
	s.alertRoutes(e, show)
	s.opennessRoutes(e, show)
	show("/bulk", s.bulk)
	show("/validatore", s.validatorForm)
	e.POST("/validatore", s.ownForm(s.validate))
	show("/harvest", s.harvestPage)
	show("/harvest/:id", s.sourcePage)
	show("/harvest/:id/run/:run", s.runPage)
	show("/harvest/object/:oid", s.objectPage)
	s.readingRoutes(e, show)
	s.mapRoutes(e, show)
	s.ckanPages(show, routed(e))
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
	s.secure(w.Header())
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
