package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

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

// queue opens the queue of jobs, without beginning to work.
func (h *house) queue(ctx context.Context) (job.Queue, error) {
	return job.Open(ctx, job.Config{
		Engine: h.Engine(), DB: h.DB(), Log: h.log,
		Handlers: map[string]job.Handler{harvestKind: h.harvestJob},
	})
}

// harvestKind is the kind of jobs that harvest a source; their key is its ID,
// so that one source is never harvested by two of them.
const harvestKind = "harvest"

type harvestArgs struct {
	Source string `json:"source"`
}

// enqueue leaves the harvest of s to whoever works.
func (h *house) enqueue(ctx context.Context, s *catalog.Source) error {
	q, err := h.queue(ctx)
	if err != nil {
		return err
	}
	args, err := json.Marshal(harvestArgs{Source: s.ID})
	if err != nil {
		return fmt.Errorf("add a job: %w", err)
	}
	added, err := q.Add(ctx, job.Job{Kind: harvestKind, Key: s.ID, Args: args})
	if err != nil {
		return err
	}
	return h.env.print(map[string]any{"source": s.Name, "queued": added}, func(w io.Writer) {
		if added {
			fmt.Fprintf(w, "%s: in coda; l'esito con portico source show %s\n", s.Name, s.Name)
			return
		}
		fmt.Fprintf(w, "%s: era già in coda\n", s.Name)
	})
}

// startJobs opens the queue and begins to work.
func (h *house) startJobs(ctx context.Context) (job.Queue, error) {
	q, err := h.queue(ctx)
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
	var args harvestArgs
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
	_, err = h.harvester().Run(ctx, *s, harvester.Options{})
	return err
}
