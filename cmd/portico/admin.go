package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"portico/catalog"
	"portico/search"
)

// metrics counts what the program does, for Prometheus.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	bytes    prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portico_http_requests_total", Help: "Requests answered.",
		}, []string{"area", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "portico_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"area"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Name: "portico_http_response_bytes_total", Help: "Bytes sent."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.bytes, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// seen counts one request.
func (m *metrics) seen(r *http.Request, status int, took time.Duration, sent int64) {
	area := areaOf(r.URL.Path)
	m.requests.WithLabelValues(area, methodOf(r.Method), strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(area).Observe(took.Seconds())
	m.bytes.Add(float64(sent))
}

// areaOf sorts paths into a few areas, so that the number of series is bounded.
func areaOf(path string) string {
	switch {
	case strings.Contains(path, "/api/"):
		return "api"
	case strings.HasPrefix(path, "/catalog"):
		return "feed"
	case strings.Contains(path, "/download/"), strings.Contains(path, "/data."):
		return "download"
	case strings.HasPrefix(path, "/static/"):
		return "static"
	}
	return "page"
}

func methodOf(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return m
	}
	return "other"
}

// watch adds what the catalog itself has to tell.
func (m *metrics) watch(h *house) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "portico_datasets", Help: "Datasets that are public.",
	}, func() float64 {
		const patience = 2 * time.Second
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, n, err := h.ListDatasets(ctx, catalog.DatasetFilter{Limit: 0})
		if err != nil {
			return -1
		}
		return float64(n)
	}))
}

const defaultAdmin = "127.0.0.1:8081"

// admin serves metrics and pprof on a listener of their own, which belongs on
// loopback or in a network of the operator's. It returns nil when there is
// none.
func (e *env) admin(ctx context.Context, m *metrics, h *house) (*http.Server, error) {
	if e.AdminListen == "off" {
		return nil, nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cmp.Or(e.AdminListen, defaultAdmin))
	if err != nil && e.AdminListen == "" {
		h.log.WarnContext(ctx, "no metrics: the default admin address is taken; set PORTICO_ADMIN_LISTEN", "address", defaultAdmin)
		return nil, nil
	}
	if err != nil {
		return nil, catalog.Errorf(catalog.Unavailable, "cannot listen on %s (PORTICO_ADMIN_LISTEN)", e.AdminListen).
			Italian("non si può ascoltare su %s (PORTICO_ADMIN_LISTEN)", e.AdminListen).Because(err)
	}
	m.watch(h)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := h.Ping(r.Context()); err != nil {
			http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok", buildVersion())
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTimeout}
	go func() {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			h.log.ErrorContext(ctx, "the admin listener stopped", "err", err)
		}
	}()
	return srv, nil
}

// watchSearch adds how far the search index is behind the catalog, and how far
// from it.
func (m *metrics) watchSearch(h *house, eng search.Engine) {
	const patience = 2 * time.Second
	gauge := func(name, help string, read func(context.Context) (int, error)) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			n, err := read(catalog.WithActor(ctx, catalog.System))
			if err != nil {
				return -1
			}
			return float64(n)
		}))
	}
	gauge("portico_search_stale_datasets", "Datasets that changed and are not indexed yet; -1 = not known.", h.StaleCount)
	gauge("portico_search_drift_datasets", "By how many datasets the search index is too small or too large; -1 = not known.", func(ctx context.Context) (int, error) {
		_, datasets, err := h.ListDatasets(ctx, catalog.DatasetFilter{Drafts: true, Limit: 0})
		if err != nil {
			return 0, err
		}
		indexed, err := eng.Len(ctx)
		return max(datasets-indexed, indexed-datasets), err
	})
}
