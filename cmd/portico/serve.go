package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"portico/api"
	"portico/catalog"
	"portico/dcat"
	"portico/exporter"
	"portico/exporter/csv"
	"portico/job"
	"portico/participation"
	"portico/search"
	"portico/ui"
	"portico/usage"
)

type serveCmd struct{}

// Run serves until SIGTERM.
func (c *serveCmd) Run(ctx context.Context, e *env) error {
	return e.serve(ctx, func(context.Context, *house, string) error { return nil })
}

// Limits of the listener (tests API-019, REL-020).
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 2 * time.Minute
	writeTimeout      = 15 * time.Minute // a large download on a slow line
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	cacheBytes        = 32 << 20 // of rendered answers: the catalogue of a province fits
	shutdownTimeout   = 25 * time.Second
	followEvery       = 500 * time.Millisecond // how soon a change made by another process is found
	settleWait        = 500 * time.Millisecond // how long who has written waits for search to know of it
)

// serve runs web, API and jobs. Once they answer, begin is called beside them
// with the origin at which they do; its error ends the program.
func (e *env) serve(ctx context.Context, begin func(ctx context.Context, h *house, origin string) error) error {
	if err := e.secret(); err != nil {
		return err
	}
	h, err := e.open(ctx, e.log)
	if err != nil {
		return err
	}
	defer h.Close()
	ln, err := e.listen(ctx)
	if err != nil {
		return err
	}
	defer ln.Close()
	site := e.site(ln.Addr().String())
	h.served = site
	eng, err := e.engine(ctx)
	if err != nil {
		return err
	}
	if h.theme, err = e.theme(ctx); err != nil {
		return err
	}
	m := newMetrics()
	pool, shelf, err := e.openSQL(ctx, m)
	if err != nil {
		return err
	}
	if pool != nil {
		defer pool.Close()
	}
	ready := newGate()
	follower := &search.Follower{Engine: eng, Index: h.Store, Source: h.Store, Log: h.log, Every: followEvery, Snapshot: h.snapshot(eng)}
	counter := usage.New(h.Store, func(r *http.Request) netip.Addr { return addressOf(r.Context()) }, h.log)
	answers := e.handler(h, site, eng, follower, asking(pool, shelf))
	srv := bounded(e.front(site, m, h.refuse, ready.guard(counter.Watch(answers))), h.log)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	wg.Go(func() { stopped(cancel, srv.Serve(ln)) })
	admin, err := e.admin(ctx, m, h)
	if err != nil {
		return err
	}
	if err := h.fill(ctx, follower); err != nil {
		return err
	}
	m.watchSearch(h, eng)
	m.watchLinks(h)
	queue, err := h.startJobs(ctx)
	if err != nil {
		return err
	}
	ready.open()
	h.log.InfoContext(ctx, "ready", "address", ln.Addr().String(), "origin", site.Origin, "database", h.Engine(), "version", buildVersion())
	h.beside(ctx, &wg, queue, follower.Keep, counter.Keep)
	wg.Go(func() { stopped(cancel, begin(ctx, h, site.Origin)) })
	<-ctx.Done()
	err = shutdown(ctx, srv, admin, queue)
	wg.Wait()
	return errors.Join(err, failure(ctx))
}

// listen takes the address of the server before anything slow begins: whoever
// starts a second program there is told at once.
func (e *env) listen(ctx context.Context) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", e.Listen)
	if err != nil {
		return nil, catalog.Errorf(catalog.Unavailable, "cannot listen on %s; is another program there? Set PORTICO_LISTEN", e.Listen).
			Italian("non si può ascoltare su %s; c'è un altro programma? Imposta PORTICO_LISTEN", e.Listen).Because(err)
	}
	return ln, nil
}

// bounded returns a server that gives no client more time or memory than the
// limits above.
func bounded(next http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           next,
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// beside starts what runs beside the server until ctx ends: each of keep, and
// the jobs that come by the clock. Whoever waits for wg waits for all of it.
func (h *house) beside(ctx context.Context, wg *sync.WaitGroup, queue job.Queue, keep ...func(context.Context)) {
	wg.Go(debug.FreeOSMemory) // what filling the index left behind; a small machine has other use for it
	for _, run := range keep {
		wg.Go(func() { run(ctx) })
	}
	wg.Go(func() { h.schedule(ctx, queue) })
}

// stopped ends the program when err is a failure.
func stopped(cancel context.CancelCauseFunc, err error) {
	if err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, context.Canceled) {
		cancel(err)
	}
}

// failure returns why ctx ended, unless it was by a signal.
func failure(ctx context.Context) error {
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// shutdown lets requests and jobs end.
func shutdown(ctx context.Context, srv, admin *http.Server, queue job.Queue) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := srv.Shutdown(ctx)
	if admin != nil {
		err = errors.Join(err, admin.Shutdown(ctx))
	}
	if queue != nil {
		err = errors.Join(err, queue.Stop(ctx))
	}
	if err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// handler returns the site and the API.
func (e *env) handler(h *house, site catalog.Site, eng search.Engine, f *search.Follower, ask func(*api.Config)) http.Handler {
	quality, validator := h.qualityDesk(site), e.validator()
	client := func(r *http.Request) string { return addressOf(r.Context()).String() }
	sizes := new(exporter.Sizes)
	var asked api.Config
	ask(&asked)
	pages := ui.New(ui.Config{
		Site: site, Datasets: h.Store, Organizations: h.Store, Tombstones: h.Store, Engine: eng,
		Tables: h.tables, Formats: h.formats, Revision: h.Store, Usage: h.Store, Log: h.log,
		Rows: h.desk.Rows(), Sizes: sizes, Versions: h.history(), Records: h.Store, Excel: csv.Excel(),
		Contributions: h.Store, Desk: participation.New(h.Store, e.secretText()),
		Alerts: h.alerts(site), Quality: quality, Validator: validator, ClientAddress: client, Harvest: h.harvestPages(), Theme: h.theme,
		Languages: e.languages(), Activities: h.Store, Distributions: h.Store, API: reference(), SQL: asked.SQL != nil,
		Outlines: h.outlines, Registers: h.registers(), Ground: e.ground(), Bulk: h.bulkFolder(),
	})
	h.refuse = pages.Fail
	c := api.Config{
		Site: site, Datasets: h.Store, Organizations: h.Store, Index: h.Store, Engine: eng,
		Tables: h.tables, Formats: h.formats, Blobs: h.blobs, Users: h.Store, Hold: h.desk, Sizes: sizes,
		History: h.history(), Load: h.enqueueLoad,
		Members: h.Store, Records: h.Store, Activities: h.Store, Harvest: h.harvestDesk(),
		Settled: func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, settleWait)
			defer cancel()
			f.Settle(ctx)
		},
		HideUsers: e.PublicUsers == "off", SysadminBodies: e.UserBodies == "off", MaxUpload: e.MaxUpload << 20,
		RNDT: e.RNDTInFeeds == "on", Defaults: dcat.Defaults{Registers: h.registers()}, Bulk: h.bulkFolder(),
		ClientAddress: client, Quality: quality, Validator: validator,
		Excel: csv.Excel(), CKANVersion: e.CKANVersion, SearchLanguage: e.SearchLanguage, Log: h.log, Next: pages, CacheBytes: cacheBytes,
	}
	ask(&c)
	return api.New(c)
}

// reference is what the API can do, in the words of the pages about it.
func reference() []ui.Action {
	var out []ui.Action
	for _, a := range api.Actions() {
		doc := ui.Action{Name: a.Name, Help: a.Help, Who: a.Who, Read: a.Read, Anybody: a.Anybody}
		for _, p := range a.Params {
			doc.Params = append(doc.Params, ui.Param(p))
		}
		out = append(out, doc)
	}
	return out
}

// A gate holds requests back with 503 until it is opened.
type gate struct{ opened chan struct{} }

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) open() { close(g.opened) }

func (g *gate) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-g.opened:
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "Portico si sta avviando: riprova tra un momento.\nPortico is starting: try again in a moment.", http.StatusServiceUnavailable)
		}
	})
}
