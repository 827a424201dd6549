package main

import (
	"context"
	"encoding/json"
	"fmt"

	"portico/catalog"
	"portico/harvester"
	"portico/job"
)

type workerCmd struct{}

// Run does jobs until SIGTERM.
func (c *workerCmd) Run(ctx context.Context, e *env) error {
	h, err := e.open(ctx, e.log)
	if err != nil {
		return err
	}
	defer h.Close()
	queue, err := h.startJobs(ctx)
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "working", "database", h.Engine(), "version", buildVersion())
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return queue.Stop(stop)
}

// startJobs opens the queue and begins to work.
func (h *house) startJobs(ctx context.Context) (job.Queue, error) {
	q, err := job.Open(ctx, job.Config{
		Engine: h.Engine(), DB: h.DB(), Log: h.log,
		Handlers: map[string]job.Handler{"harvest": h.harvestJob},
	})
	if err != nil {
		return nil, err
	}
	// The queue is stopped by hand, so that running jobs may end.
	if err := q.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start the jobs: %w", err)
	}
	return q, nil
}

// harvestJob harvests the source that the job names.
func (h *house) harvestJob(ctx context.Context, j job.Job) error {
	var args struct {
		Source string `json:"source"`
	}
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return fmt.Errorf("%w: %w", job.ErrGiveUp, err)
	}
	ctx = catalog.WithActor(ctx, catalog.System)
	s, err := h.Source(ctx, args.Source)
	if err != nil {
		return fmt.Errorf("%w: %w", job.ErrGiveUp, err)
	}
	if s.Paused {
		return nil
	}
	_, err = h.harvester().Run(ctx, *s, harvester.Options{Org: s.Organization, Draft: s.Draft, WithData: s.WithData})
	return err
}
