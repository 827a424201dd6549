package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"portico/api"
	"portico/catalog"
	"portico/exporter/csv"
	"portico/job"
	"portico/search"
	"portico/ui"
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
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", e.Listen)
	if err != nil {
		return catalog.Errorf(catalog.Unavailable, "cannot listen on %s; is another program there? Set PORTICO_LISTEN", e.Listen).
			Italian("non si può ascoltare su %s; c'è un altro programma? Imposta PORTICO_LISTEN", e.Listen).Because(err)
	}
	defer ln.Close()
	site := e.site(ln.Addr().String())
	eng, err := e.engine(ctx)
	if err != nil {
		return err
	}
	m := newMetrics()
	ready := newGate()
	follower := &search.Follower{Engine: eng, Index: h.Store, Source: h.Store, Log: h.log, Every: followEvery, Snapshot: h.snapshot(eng)}
	srv := &http.Server{
		Handler:           e.front(site, m, ready.guard(e.handler(h, site, eng, follower))),
		ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(h.log.Handler(), slog.LevelWarn),
	}
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
	queue, err := h.startJobs(ctx)
	if err != nil {
		return err
	}
	ready.open()
	h.log.InfoContext(ctx, "ready", "address", ln.Addr().String(), "origin", site.Origin, "database", h.Engine(), "version", buildVersion())
	wg.Go(debug.FreeOSMemory) // what filling the index left behind; a small machine has other use for it
	wg.Go(func() { follower.Keep(ctx) })
	wg.Go(func() { stopped(cancel, begin(ctx, h, site.Origin)) })
	<-ctx.Done()
	err = shutdown(ctx, srv, admin, queue)
	wg.Wait()
	return errors.Join(err, failure(ctx))
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
func (e *env) handler(h *house, site catalog.Site, eng search.Engine, f *search.Follower) http.Handler {
	pages := ui.New(ui.Config{
		Site: site, Datasets: h.Store, Organizations: h.Store, Tombstones: h.Store, Engine: eng,
		Tables: h.tables, Formats: h.formats, Revision: h.Store, Log: h.log,
	})
	return api.New(api.Config{
		Site: site, Datasets: h.Store, Organizations: h.Store, Index: h.Store, Engine: eng,
		Tables: h.tables, Formats: h.formats, Blobs: h.blobs, Users: h.Store,
		Members: h.Store, Records: h.Store, Activities: h.Store,
		Settled: func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, settleWait)
			defer cancel()
			f.Settle(ctx)
		},
		HideUsers: e.PublicUsers == "off", SysadminBodies: e.UserBodies == "off", MaxUpload: e.MaxUpload << 20,
		ClientAddress: func(r *http.Request) string { return addressOf(r.Context()).String() },
		Excel:         csv.Excel(), CKANVersion: e.CKANVersion, SearchLanguage: e.SearchLanguage, Log: h.log, Next: pages, CacheBytes: cacheBytes,
	})
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
