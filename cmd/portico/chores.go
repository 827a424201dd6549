package main

import (
	"context"
	"sync"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/job"
)

// A chore is work that comes by the clock. Every process asks for it, and the
// queue sees to it that one does it.
type chore struct {
	name  string // what the log calls it
	first time.Duration
	every time.Duration
	ask   func(ctx context.Context, q job.Queue, up time.Duration) error // up is for how long the program has run
}

// chores lists what has to be done now and then besides the harvests, which
// have a schedule each.
func (h *house) chores() []chore {
	return []chore{
		{name: "tables put in order", first: tidyEvery, every: tidyEvery, ask: askTidy},
		{name: "quality", first: qualityFirst, every: qualityEvery, ask: h.askQuality},
		{name: "the files of the whole catalogue", first: bulkEvery, every: bulkEvery, ask: h.askBulk},
		{name: "numbers and alerts", first: bulkEvery, every: bulkEvery, ask: h.askNumbers},
	}
}

// schedule keeps the schedule of the sources, and the house in order, until ctx is done.
func (h *house) schedule(ctx context.Context, q job.Queue) {
	ctx = catalog.WithActor(ctx, catalog.System)
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, c := range h.chores() {
		wg.Go(func() { h.keep(ctx, q, c) })
	}
	s := &harvester.Scheduler{Sources: h.Store, Log: h.log, Enqueue: func(ctx context.Context, src *catalog.Source, slot time.Time) error {
		_, err := addHarvest(ctx, q, src.ID, slot)
		return err
	}}
	s.Keep(ctx)
}

// keep asks for c whenever its time comes. What fails is asked for again the
// next time.
func (h *house) keep(ctx context.Context, q job.Queue, c chore) {
	start := time.Now()
	t := time.NewTimer(c.first)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		if err := c.ask(ctx, q, time.Since(start)); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "a chore was not asked for", "chore", c.name, "err", err)
		}
		t.Reset(c.every)
	}
}
