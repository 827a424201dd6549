package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"portico/api"
	"portico/catalog"
	"portico/harvester"
	connectors "portico/harvester/all"
	"portico/job"
	"portico/ui"
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
	var scheduled sync.WaitGroup
	scheduled.Go(func() { h.schedule(ctx, queue) })
	h.log.InfoContext(ctx, "working", "database", h.Engine(), "version", buildVersion())
	<-ctx.Done()
	scheduled.Wait()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return queue.Stop(stop)
}

// queue opens the queue of jobs, without beginning to work.
func (h *house) queue(ctx context.Context) (job.Queue, error) {
	return job.Open(ctx, job.Config{
		Engine: h.Engine(), DB: h.DB(), Log: h.log, Workers: jobsAtOnce,
		Handlers: map[string]job.Handler{
			harvestKind: h.harvestJob, linksKind: h.linksJob, scoresKind: h.scoresJob, bulkKind: h.bulkJob, loadKind: h.loadJob, tidyKind: h.tidyJob,
			inviteKind: h.inviteJob, digestKind: h.digestJob, numbersKind: h.numbersJob,
		},
	})
}

// jobsAtOnce leaves two to harvests while the check of links, which is long but
// light, goes on.
const jobsAtOnce = 3

// harvestKind is the kind of jobs that harvest a source; their key is its ID,
// so that one source is never harvested by two of them.
const harvestKind = "harvest"

type harvestArgs struct {
	Source string    `json:"source"`
	Slot   time.Time `json:"slot,omitzero"` // the moment of the schedule; zero = a person asked
}

// enqueue leaves the harvest of s to whoever works.
func (h *house) enqueue(ctx context.Context, s *catalog.Source) error {
	q, err := h.queue(ctx)
	if err != nil {
		return err
	}
	added, err := addHarvest(ctx, q, s.ID, time.Time{})
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

// addHarvest adds the job of a source and reports whether none waited yet.
func addHarvest(ctx context.Context, q job.Queue, source string, slot time.Time) (bool, error) {
	args, err := json.Marshal(harvestArgs{Source: source, Slot: slot})
	if err != nil {
		return false, fmt.Errorf("add a job: %w", err)
	}
	return q.Add(ctx, job.Job{Kind: harvestKind, Key: source, Args: args})
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
	rep, err := h.harvester().Run(ctx, *s, harvester.Options{Slot: args.Slot})
	switch {
	case err == nil:
	case ctx.Err() != nil: // the worker stops; the run goes on elsewhere, or when it is back
		return err
	case rep.Run == "" && catalog.KindOf(err) == catalog.Conflict && args.Slot.IsZero():
		return fmt.Errorf("%w: %w", job.ErrLater, err)
	case rep.Run == "" && catalog.KindOf(err) == catalog.Conflict:
		return h.after(ctx, s, err)
	case rep.Run == "":
		return err
	}
	// How a run went is recorded with it, and the schedule tries again by itself.
	return nil
}

// after says what becomes of a job whose run may not begin: when another has
// done it there is nothing to do, and when another is at it this one waits.
func (h *house) after(ctx context.Context, s *catalog.Source, why error) error {
	runs, err := h.Runs(ctx, s.ID, 1)
	if err != nil {
		return err
	}
	if len(runs) > 0 && runs[0].Status == catalog.RunRunning { // it may be dead; if not, this job finds it done
		return fmt.Errorf("%w: %w", job.ErrLater, why)
	}
	return nil
}

// harvestDesk is what the API's actions about harvesting work on.
func (h *house) harvestDesk() *api.Harvest {
	hv := h.harvester()
	desk := &api.Harvest{Sources: h.Store, Origins: h.Store, Check: hv.Check}
	for _, k := range hv.Connectors.Kinds() {
		desk.Kinds = append(desk.Kinds, api.HarvestKind{Name: k.Name, Title: k.Title})
	}
	desk.Enqueue = func(ctx context.Context, source string) (bool, error) {
		q, err := h.queue(ctx)
		if err != nil {
			return false, err
		}
		return addHarvest(ctx, q, source, time.Time{})
	}
	desk.Waiting = func(ctx context.Context, source string) (bool, error) {
		q, err := h.queue(ctx)
		if err != nil {
			return false, err
		}
		return q.Busy(ctx, harvestKind, source)
	}
	desk.Cancel = h.cancelHarvest
	return desk
}

// harvestPages returns what the pages about sources are made of.
func (h *house) harvestPages() *ui.Harvest {
	pages := &ui.Harvest{Sources: h.Store, Origins: h.Store, Records: h.Store, Kinds: map[string]string{}}
	for _, k := range connectors.Connectors().Kinds() {
		pages.Kinds[k.Name] = k.Title
	}
	return pages
}

// cancelHarvest ends the run of a source, or the job that waits for one.
func (h *house) cancelHarvest(ctx context.Context, source string) (bool, error) {
	running, err := h.StopRun(ctx, source)
	if err != nil || running { // its job ends with it
		return running, err
	}
	q, err := h.queue(ctx)
	if err != nil {
		return false, err
	}
	n, err := q.Cancel(ctx, harvestKind, source)
	return n > 0, err
}
