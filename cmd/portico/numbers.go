package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/job"
	"portico/openness"
	"portico/own"
)

// numbersKind is the kind of the job that works out the openness index and
// refreshes the datasets about the catalogue itself.
const numbersKind = "numbers"

// numbersAt is before the files of the whole catalogue are made, which then
// hold them.
const numbersAt = "02:30"

type numbersCmd struct{}

// Run works out the numbers now.
func (c *numbersCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		n, err := h.makeNumbers(ctx)
		if err != nil {
			return err
		}
		return e.print(n, func(w io.Writer) {
			fmt.Fprintf(w, "indice di apertura / openness index %s: %d enti / bodies, %.1f\n", n.Month, n.Bodies, n.Score)
			if n.Own != nil {
				fmt.Fprintf(w, "dataset aggiornati / refreshed: %s\ninvariati / unchanged: %s\nnon scritti / not written: %s\n",
					listed(n.Own.Changed), listed(n.Own.Unchanged), listed(n.Own.Left))
			}
		})
	})
}

func listed(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// numbers is what the job has done. Own is nil when those datasets are not wanted.
type numbers struct {
	Month  string      `json:"month"`
	Bodies int         `json:"bodies"`
	Score  float64     `json:"score"`
	Own    *own.Report `json:"own"`
}

func (h *house) makeNumbers(ctx context.Context) (numbers, error) {
	ctx = catalog.WithActor(ctx, catalog.System)
	k := openness.Keeper{Datasets: h.Store, Organizations: h.Store, Scores: h.Store, Records: h.Store, Skip: own.Is}
	s, err := k.Take(ctx)
	if err != nil {
		return numbers{}, fmt.Errorf("work out the openness index: %w", err)
	}
	n := numbers{Month: s.Month, Bodies: len(s.Bodies), Score: s.All().Score().Total}
	keeper := h.ownDatasets()
	if h.env.OwnDatasets == "off" {
		return n, keeper.Retire(ctx)
	}
	r, err := keeper.Refresh(ctx)
	n.Own = &r
	return n, err
}

// ownDatasets keeps the datasets about the catalogue itself.
func (h *house) ownDatasets() *own.Keeper {
	return &own.Keeper{
		Site: h.site(), Datasets: h.desk.Guard(), Organizations: h.Store, Usage: h.Store, Contributions: h.Store, Records: h.Store, Blobs: h.blobs,
		Load: func(ctx context.Context, dataset string, x *catalog.Distribution) error {
			return h.load(ctx, dataset, x, false)
		},
		Defaults: dcat.Defaults{Registers: h.registers()},
	}
}

func (h *house) numbersJob(ctx context.Context, _ job.Job) error {
	n, err := h.makeNumbers(ctx)
	if err != nil {
		return err
	}
	changed := 0
	if n.Own != nil {
		changed = len(n.Own.Changed)
	}
	h.log.InfoContext(ctx, "the numbers of the catalogue were worked out", "month", n.Month, "bodies", n.Bodies, "changed", changed)
	return h.noteRun(catalog.WithActor(ctx, catalog.System), numbersKind)
}

// askNumbers adds the jobs that are done once a day, when it is time for them.
// What was never worked out waits until the program has settled.
func (h *house) askNumbers(ctx context.Context, q job.Queue, up time.Duration) error {
	now := time.Now()
	if err := h.askDaily(ctx, q, digestKind, digestAt(h.env.AlertsAt), now); err != nil {
		return err
	}
	last, err := h.lastRun(ctx, numbersKind)
	if err != nil || last.IsZero() && up < bulkFirst {
		return err
	}
	return h.askDaily(ctx, q, numbersKind, numbersAt, now)
}

// digestAt is when addresses are forgotten though nobody is written to.
func digestAt(at string) string {
	if at == "off" {
		return "07:00"
	}
	return at
}
