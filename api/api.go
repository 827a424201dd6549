// Package api is the border to machines: CKAN's action API under /api, the
// catalogue in RDF, the files and tables of distributions. On one side are
// CKAN's words and Solr's query language, on the other the catalog's; nothing
// behind this package speaks theirs. It must not know which store, engine or
// export formats there are, nor anything of pages: what is no address of a
// machine goes to the next handler.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/singleflight"

	"portico/blob"
	"portico/catalog"
	"portico/datastore"
	"portico/datastore/sql"
	"portico/dcat"
	"portico/exporter"
	"portico/hold"
	"portico/internal/lru"
	"portico/internal/password"
	"portico/quality"
	"portico/search"
)

// A Config is what a Server works on. Tables, Formats, Blobs and Users may
// be nil: then there are none of them.
type Config struct {
	Site          catalog.Site
	Datasets      Datasets
	Organizations Organizations
	Index         catalog.Index // for its Revision, by which answers are cached
	Engine        search.Engine
	Tables        datastore.Store
	Formats       *exporter.Registry
	Excel         exporter.Format // what data.csv?excel=1 is; its zero value = the same as data.csv
	Sizes         *exporter.Sizes // of tables in each format, shared with the pages; nil = remembered here
	Blobs         blob.Store
	Hold          *hold.Desk // decides what becomes public; nil = one that holds personal data
	Users         catalog.Users
	History       *datastore.History // of the snapshots of tables; nil = only the current ones are known
	// Load has the file of a distribution read as a table, soon; again = though
	// its bytes are the same. nil = nobody does.
	Load           func(ctx context.Context, dataset, distribution string, again bool) error
	Members        catalog.Members
	Records        catalog.Records
	Activities     catalog.Activities
	Harvest        *Harvest              // nil = nothing is harvested here
	Settled        func(context.Context) // waits until search has learned of all changes; nil = nobody waits
	CKANVersion    string                // that status_show tells; "" = 2.12.0
	SearchLanguage string                // "it" or "en", as the engine was made; no answer depends on it yet
	Log            *slog.Logger
	Next           http.Handler // for every other address; nil = a page that says 404
	CacheBytes     int          // of rendered answers; 0 = 64 MiB
	MaxUpload      int64        // bytes of an uploaded file; 0 = 10 MiB, as CKAN
	HideUsers      bool         // from who has not signed in; CKAN shows their names
	// ClientAddress tells from where a request comes, when that is not its
	// RemoteAddr, for there is a proxy between; nil = RemoteAddr.
	Quality       *quality.Desk      // nil = nothing is told of quality
	Validator     *quality.Validator // nil = nothing is validated
	SQL           SQL                // runs datastore_search_sql; nil = there is none
	Shelf         *sql.Shelf         // where SQL finds the tables that are written through the API
	ClientAddress func(*http.Request) string
	// Defaults complete datasets on their way into feeds; the zero value serves.
	Defaults       dcat.Defaults
	Bulk           Bulk // the files of the whole catalogue; nil = there are none
	RNDT           bool // feeds hold the geodata that the RNDT describes, too, unless asked otherwise
	SysadminBodies bool // only sysadmins create organizations and groups; in CKAN any user does
}

// A Server answers machines. It is an http.Handler.
type Server struct {
	site        catalog.Site
	datasets    Datasets
	orgs        Organizations
	index       catalog.Index
	engine      search.Engine
	tables      datastore.Store
	formats     *exporter.Registry
	excel       exporter.Format
	sizes       *exporter.Sizes
	blobs       blob.Store
	users       catalog.Users
	members     catalog.Members
	records     catalog.Records
	activities  catalog.Activities
	history     *datastore.History
	load        func(ctx context.Context, dataset, distribution string, again bool) error
	ckanVersion string
	harvest     *Harvest
	settled     func(context.Context)
	log         *slog.Logger
	next        http.Handler

	router     *gin.Engine
	actions    map[string]action
	helpBase   string            // of the help address that every answer has
	maxUpload  int64             // bytes of an uploaded file
	rows       *datastore.Tables // what is written through the API; nil = there is no place for it
	sql        *sqlSearch        // nil = nobody may send SQL
	desk       *hold.Desk        // by which all data become public; nil = there is no place for any
	cache      *cache
	fragments  *lru.Cache[keptFragment] // of feeds
	rowAnswers *lru.Cache[[]byte]       // about the rows of tables, by version
	asked      questions
	writers    sync.Pool // of *bufio.Writer
	directory  directoryCache
	suggester  *search.Suggester
	answers    bodyAnswers
	renders    singleflight.Group
	now        func() time.Time

	quality   *quality.Desk
	validator *quality.Validator

	hideUsers, sysadminBodies bool
	withRNDT                  bool
	bulk                      Bulk
	defaults                  dcat.Defaults
	clientAddress             func(*http.Request) string
	passwords                 *password.Hasher
	guesses                   *password.Limiter
}

// New returns a Server.
func New(c Config) *Server {
	s := &Server{
		site: c.Site, datasets: c.Datasets, orgs: c.Organizations, index: c.Index,
		engine: c.Engine, tables: c.Tables, formats: c.Formats, excel: c.Excel, blobs: c.Blobs, users: c.Users,
		members: c.Members, records: c.Records, activities: c.Activities,
		history: c.History, load: c.Load,
		settled: c.Settled, harvest: c.Harvest, quality: c.Quality, validator: c.Validator,
		ckanVersion: c.CKANVersion, log: c.Log, next: c.Next, now: time.Now,
	}
	if s.quality == nil {
		s.quality = &quality.Desk{Site: s.site}
	}
	if s.ckanVersion == "" {
		s.ckanVersion = "2.12.0"
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.formats == nil {
		s.formats = exporter.NewRegistry()
	}
	const cacheBytes = 64 << 20
	if c.CacheBytes == 0 {
		c.CacheBytes = cacheBytes
	}
	s.cache, s.fragments = newCache(c.CacheBytes), newFragments(c.CacheBytes)
	s.rowAnswers = lru.New(max(c.CacheBytes/4, 1<<20), func(key string, b []byte) int { return len(key) + len(b) + overhead })
	s.suggester = &search.Suggester{Engine: s.engine, Datasets: s.datasets, Organizations: s.orgs, Index: s.index}
	s.defaults, s.withRNDT, s.bulk = c.Defaults, c.RNDT, c.Bulk
	s.hideUsers, s.sysadminBodies = c.HideUsers, c.SysadminBodies
	if s.clientAddress = c.ClientAddress; s.clientAddress == nil {
		s.clientAddress = func(r *http.Request) string { return r.RemoteAddr }
	}
	if s.sizes = c.Sizes; s.sizes == nil {
		s.sizes = new(exporter.Sizes)
	}
	s.passwords, s.guesses = password.NewHasher(passwordsAtOnce), password.NewLimiter(s.now)
	s.sql = newSQLSearch(c)
	s.guard(c.Hold)
	if s.maxUpload = c.MaxUpload; s.maxUpload <= 0 {
		s.maxUpload = defaultMaxUpload
	}
	s.helpBase = "/api/3/action/help_show?name="
	s.actions = s.actionTable()
	for name, a := range s.actions {
		if a.fileField() != "" { // beside the file there is a form
			s.actions[name] = a.upTo(max(a.maxBody, s.maxUpload+maxFormBody))
		}
	}
	s.router = s.routes()
	return s
}

// guard puts a desk before all that writes data. Without one that was given, it
// is one that holds personal data: to forget it must not publish them.
func (s *Server) guard(desk *hold.Desk) {
	if s.blobs == nil || s.records == nil {
		return
	}
	if s.desk = desk; s.desk == nil {
		csv, _ := s.formats.Format("csv")
		s.desk = hold.New(hold.Config{
			Datasets: s.datasets, Records: s.records, Blobs: s.blobs, Tables: s.tables, CSV: csv.Write, Log: s.log,
		})
	}
	s.datasets, s.rows = s.desk.Guard(), s.desk.Rows()
}

func (s *Server) routes() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.RedirectTrailingSlash = false
	r.HandleMethodNotAllowed = false
	r.NoRoute(s.pass)
	r.Any("/api", s.api)
	r.Any("/api/*path", s.api)
	r.GET("/healthz", s.healthz)
	r.HEAD("/healthz", s.healthz)
	read := func(path string, h gin.HandlerFunc) {
		r.GET(path, h)
		r.HEAD(path, h)
		r.OPTIONS(path, s.preflight)
	}
	read("/robots.txt", s.robots)
	r.GET("/user/token", s.signInPage)
	r.HEAD("/user/token", s.signInPage)
	r.POST("/user/token", s.signIn)
	read("/sitemap.xml", s.sitemapIndex)
	read("/sitemap/:page", s.sitemapPage)
	read("/openapi.json", s.openAPI)
	read("/feeds/*path", s.atom)
	read("/dcat.json", s.dcatJSON)
	read("/data.json", s.dataJSON)
	read("/bulk/:file", s.bulkFile)
	read("/catalog", s.catalogNegotiated)
	read("/catalog.:ext", s.catalogFeed)
	read("/organization/:id/:file", s.organizationFeed)
	read("/holder/:id/:file", s.holderFeed)
	read("/uploads/group/:file", s.picture)
	read("/harvest/:id/report.csv", s.harvestReport)
	read("/harvest/:id/runs.atom", s.harvestFeed)
	read("/datastore/dump/:rid", s.dump)
	read("/datastore/api_info/:rid", s.apiInfo)
	read("/datastore/dictionary_download/:rid", s.dictionary)
	read("/dataset/:id", s.datasetRDF)
	read("/dataset/:id/croissant.jsonld", s.croissant)
	read("/dataset/:id/resource/:rid/:file", s.distributionFile)
	read("/dataset/:id/resource/:rid/:file/:name", s.distributionFile)
	read("/dataset/:id/resource/:rid/:file/:name/:data", s.distributionFile)
	return r
}

// ServeHTTP answers r, or hands it on.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if locale, rest, ok := cutLocale(r.URL.Path); ok {
		ctx := context.WithValue(r.Context(), localizedKey{}, &localized{locale: locale, original: r})
		stripped := r.WithContext(ctx)
		u := *r.URL
		u.Path, u.RawPath = rest, ""
		stripped.URL = &u
		r = stripped
	}
	s.router.ServeHTTP(w, r)
}

// A localized remembers the request as it was before its prefix was taken off.
type localized struct {
	locale   string
	original *http.Request
}

type localizedKey struct{}

// cutLocale takes the prefix of a language off a path.
func cutLocale(path string) (locale, rest string, ok bool) {
	for _, l := range []string{"it", "en", "de", "fr", "sl"} {
		if strings.HasPrefix(path, "/"+l+"/") {
			return l, path[1+len(l):], true
		}
	}
	return "", path, false
}

type localeKey struct{}

// withLocale returns a context that knows the language of its messages.
func withLocale(ctx context.Context, locale string) context.Context {
	return context.WithValue(ctx, localeKey{}, locale)
}

// localeIn returns the language that withLocale has set, else English.
func localeIn(ctx context.Context) string {
	l, ok := ctx.Value(localeKey{}).(string)
	if !ok {
		return "en"
	}
	return l
}

// localeOf returns the language of a request's messages, which are in Italian
// and English: readers of other languages get English.
func localeOf(r *http.Request, otherwise string) string {
	if l, ok := r.Context().Value(localizedKey{}).(*localized); ok {
		if l.locale != "it" {
			return "en"
		}
		return l.locale
	}
	return otherwise
}

// pass hands a request on as it came.
func (s *Server) pass(c *gin.Context) {
	if s.next == nil {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	c.Status(http.StatusOK) // gin has set 404
	r := c.Request
	if l, ok := r.Context().Value(localizedKey{}).(*localized); ok {
		r = l.original
	}
	s.next.ServeHTTP(c.Writer, r)
}

// helpURL is the address that tells what an action does.
func (s *Server) helpURL(r *http.Request, name string) string {
	prefix := ""
	if l, ok := r.Context().Value(localizedKey{}).(*localized); ok {
		prefix = "/" + l.locale
	}
	return s.site.Link(prefix + s.helpBase + name)
}

// preflight tells browsers what scripts of other sites may send: reads, by
// anybody.
func (s *Server) preflight(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Allow", "GET, HEAD, OPTIONS")
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
}

func (s *Server) healthz(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	if _, err := s.index.Revision(c.Request.Context()); err != nil {
		s.log.ErrorContext(c.Request.Context(), "health check failed", "err", err)
		writeJSON(c.Writer, http.StatusServiceUnavailable, []byte(`{"status": "unavailable"}`))
		return
	}
	writeJSON(c.Writer, http.StatusOK, []byte(`{"status": "ok"}`))
}

const robotsText = `User-agent: *
Disallow: /dataset/rate/
Disallow: /revision/
Disallow: /dataset/*/history
Disallow: /api/
Crawl-Delay: 10


`

// robots tells crawlers what to leave alone, in CKAN's words, and where the list
// of all pages is.
func (s *Server) robots(c *gin.Context) {
	c.Header("Content-Type", "text/plain; charset=utf-8")
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, strings.NewReader(robotsText))
}
