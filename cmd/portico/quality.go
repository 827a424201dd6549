package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/httpclient"
	"portico/job"
	"portico/quality"
)

// The kinds of jobs about quality. Each has one key, so that there is one of
// them at most.
const (
	linksKind  = "links"
	scoresKind = "scores"
	onlyKey    = "all"
)

// qualityDesk answers for the quality of what is in h, served as site.
func (h *house) qualityDesk(site catalog.Site) *quality.Desk {
	return &quality.Desk{Site: site, Links: h.Store, Scores: h.Store}
}

// checker tries links, for a site.
func (h *house) checker(private bool) *quality.Checker {
	return &quality.Checker{
		Desk: h.qualityDesk(h.env.site(h.env.Listen)), Datasets: h.Store, Client: h.env.linkClient(private),
		Every: linkPeriods[h.env.LinkCheck], Log: h.log,
	}
}

// linkPeriods is how often an address that answers is tried again.
var linkPeriods = map[string]time.Duration{"daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour}

// linkClient is the way out to the addresses of data: at most one request a
// second to a host, and no patience with what does not answer.
func (e *env) linkClient(private bool) *http.Client {
	const pace, patience, whole = time.Second, 15 * time.Second, 45 * time.Second
	return httpclient.New(httpclient.Options{
		AllowPrivate: private, UserAgent: e.userAgent(), PerHost: 1, ReadTimeout: patience, Timeout: whole,
		Hosts: &httpclient.Hosts{Every: pace, Burst: 2},
	})
}

// validator validates documents for visitors.
func (e *env) validator() *quality.Validator {
	return &quality.Validator{Client: httpclient.New(httpclient.Options{
		UserAgent: e.userAgent(), MaxBytes: quality.MaxDocument, Timeout: 30 * time.Second, ReadTimeout: 15 * time.Second,
	})}
}

const (
	qualityFirst = 10 * time.Second // after a start
	qualityEvery = 5 * time.Minute
)

// askQuality leaves to whoever works what is to be scored, and the check of
// links when its time has come.
func (h *house) askQuality(ctx context.Context, q job.Queue, _ time.Duration) error {
	ids, err := h.Unscored(ctx, dcat.Scheme(), 1)
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		if _, err := q.Add(ctx, job.Job{Kind: scoresKind, Key: onlyKey}); err != nil {
			return err
		}
	}
	last, err := h.lastLinkRun(ctx)
	if err != nil || h.env.LinkCheck == "off" || !quality.LinksDue(last, time.Now()) {
		return err
	}
	_, err = q.Add(ctx, job.Job{Kind: linksKind, Key: onlyKey})
	return err
}

// lastLinkRun returns how the latest check of links went; it is zero when there
// has been none.
func (h *house) lastLinkRun(ctx context.Context) (run quality.LinkRun, err error) {
	r, err := h.Record(ctx, catalog.RecordRun, linksKind)
	if catalog.KindOf(err) == catalog.NotFound {
		return run, nil
	}
	if err == nil {
		err = json.Unmarshal(r.Body, &run)
	}
	return run, err
}

// checkLinks checks links and keeps how it went.
func (h *house) checkLinks(ctx context.Context, c *quality.Checker, progress func(int)) (quality.LinkRun, error) {
	run, err := c.Run(ctx, progress)
	if err != nil {
		return run, err
	}
	body, err := json.Marshal(run)
	if err != nil {
		return run, fmt.Errorf("keep the check of links: %w", err)
	}
	if err := h.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordRun, Key: linksKind, Body: body}); err != nil {
		return run, err
	}
	_, err = h.score(ctx)
	return run, err
}

// score scores what is to be scored.
func (h *house) score(ctx context.Context) (int, error) {
	s := &quality.Scorer{Desk: h.qualityDesk(h.env.site(h.env.Listen)), Datasets: h.Store}
	return s.Run(catalog.WithActor(ctx, catalog.System))
}

func (h *house) linksJob(ctx context.Context, _ job.Job) error {
	if h.env.LinkCheck == "off" {
		return nil
	}
	_, err := h.checkLinks(catalog.WithActor(ctx, catalog.System), h.checker(false), nil)
	return err
}

func (h *house) scoresJob(ctx context.Context, _ job.Job) error {
	n, err := h.score(ctx)
	h.log.Log(ctx, slog.LevelInfo, "datasets scored", "datasets", n)
	return err
}

// watchLinks adds what is known of the addresses of data.
func (m *metrics) watchLinks(h *house) {
	gauge := func(name, help string, read func(context.Context) (float64, error)) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			n, err := read(catalog.WithActor(ctx, catalog.System))
			if err != nil {
				return -1
			}
			return n
		}))
	}
	count := func(of func(catalog.LinkCount) int) func(context.Context) (float64, error) {
		return func(ctx context.Context) (float64, error) {
			n, err := h.CountLinks(ctx)
			return float64(of(n)), err
		}
	}
	gauge("portico_links", "Addresses of data at other hosts; -1 = not known.", count(func(n catalog.LinkCount) int { return n.All }))
	gauge("portico_links_failing", "Addresses that did not answer well at the latest try.", count(func(n catalog.LinkCount) int { return n.Failing }))
	gauge("portico_links_broken", "Addresses that have not answered well on three days.", count(func(n catalog.LinkCount) int { return n.Broken }))
	gauge("portico_link_check_timestamp_seconds", "When the latest check of links ended; 0 = never.", func(ctx context.Context) (float64, error) {
		run, err := h.lastLinkRun(ctx)
		if run.Ended.IsZero() {
			return 0, err
		}
		return float64(run.Ended.Unix()), err
	})
}
