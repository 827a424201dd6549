package harvester

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portico/catalog"
)

// retire takes out what the source no longer has. It is called only when the
// source was read to its end.
func (r *run) retire(ctx context.Context) error {
	missing := r.missing()
	r.rep.Missing = len(missing)
	r.rep.Young = r.state.Runs < youngRuns
	switch {
	case r.src.Gone == catalog.GoneIgnore:
		return nil
	case (r.tooMany(len(missing)) || r.tooNew) && !r.src.Approved:
		r.rep.Held = true
		return nil
	case len(missing) == 0, r.rep.Young && !r.src.Approved:
		return nil
	}
	return r.takeOut(ctx, missing)
}

// missing returns the records that the source no longer has, sorted.
func (r *run) missing() []string {
	var out []string
	for record := range r.before {
		if !r.seen[record] {
			out = append(out, record)
		}
	}
	slices.Sort(out)
	return out
}

// takeOut retires or deletes the datasets of records.
func (r *run) takeOut(ctx context.Context, missing []string) error {
	titles, err := r.titles(ctx, missing)
	if err != nil {
		return err
	}
	to := catalog.Retired
	if r.src.Gone == catalog.GoneDelete {
		to = catalog.Deleted
	}
	if r.o.DryRun {
		r.rep.Retired = len(missing)
	} else if r.rep.Retired, err = r.h.Origins.RetireDatasets(ctx, r.src.ID, missing, to); err != nil {
		return err
	}
	for _, record := range missing {
		id := r.before[record]
		r.rep.Records = append(r.rep.Records, RecordReport{ID: record, Title: titles[id], Outcome: Retired, Dataset: id, Problems: []Problem{}})
	}
	return nil
}

func (r *run) titles(ctx context.Context, records []string) (map[string]string, error) {
	titles := make(map[string]string)
	for chunk := range slices.Chunk(records, 200) {
		var ids []string
		for _, record := range chunk {
			ids = append(ids, r.before[record])
		}
		ds, err := r.h.Datasets.DatasetsByID(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			titles[d.ID] = d.Title.String()
		}
	}
	return titles, nil
}

// finish writes down how the run went.
func (r *run) finish(ctx context.Context, kept *catalog.Run, trouble error) error {
	kept.Finished = time.Now().UTC()
	switch {
	case errors.Is(trouble, errLost): // whoever has the source now has recorded how this run ended
		r.h.Log.WarnContext(ctx, "run lost its source", "source", r.src.Name, "run", kept.ID)
		return nil
	case errors.Is(trouble, errStopped):
		kept.Status = catalog.RunCancelled
	case errors.Is(trouble, context.Canceled):
		kept.Status = catalog.RunInterrupted
	case trouble != nil:
		kept.Status = catalog.RunFailed
	case r.rep.Held:
		kept.Status = catalog.RunHeld
	default:
		kept.Status = catalog.RunDone
	}
	kept.Error = r.rep.Error
	var err error
	if kept.Report, err = r.rep.kept(); err != nil {
		return err
	}
	if err := r.h.Sources.FinishRun(ctx, kept); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	r.h.Log.InfoContext(ctx, "harvest finished", "source", r.src.Name, "status", kept.Status, "read", r.rep.Read.Datasets,
		"changed", r.rep.Changed, "same", r.rep.Same, "failed", r.rep.Failed, "retired", r.rep.Retired, "err", trouble)
	return nil
}

// settle notes at the source how the run ended: whether it waits for approval,
// how often it has failed, what its connector remembers, and when it is tried
// again. An approval is good for one run that was read to its end.
func (r *run) settle(ctx context.Context, kept *catalog.Run, trouble error) error {
	if errors.Is(trouble, errLost) || kept.Status == catalog.RunInterrupted || kept.Status == catalog.RunCancelled {
		return nil
	}
	src, err := r.h.Sources.Source(ctx, r.src.ID)
	switch {
	case err != nil && catalog.KindOf(err) == catalog.NotFound:
		return nil // removed meanwhile
	case err != nil:
		return err
	}
	var failures int
	if err := r.h.Sources.UpdateSourceState(ctx, src.ID, func(st *catalog.SourceState) {
		if trouble == nil {
			st.Failures = 0
		} else {
			st.Failures++
			st.Due = sooner(st.Due, kept.Finished, st.Failures)
		}
		failures, st.Memo = st.Failures, r.remember()
	}); err != nil {
		return err
	}
	r.alert(ctx, src, kept, failures)
	if trouble != nil || src.Held == r.rep.Held && !src.Approved {
		return nil //nolint:nilerr // the run has told of its trouble already
	}
	src.Held, src.Approved = r.rep.Held, false
	return r.h.Sources.PutSource(ctx, src)
}

// firstRetry is how long after a failure a source is tried again; each failure
// doubles it, until the schedule comes sooner.
const firstRetry = 10 * time.Minute

// sooner returns when a source that failed is tried again, where its schedule
// says due. One without a schedule is not tried again.
func sooner(due, failed time.Time, failures int) time.Time {
	if due.IsZero() {
		return due
	}
	retry := failed.Add(firstRetry << min(failures-1, 8))
	if retry.Before(due) || !due.After(failed) { // or the schedule has not moved on yet
		return retry
	}
	return due
}

// An Alert is a run that a person should look at: one that waits for an
// approval, or the third that failed one after another.
type Alert struct {
	Source   catalog.Source
	Run      catalog.Run
	Failures int // one after another; 0 = it waits for an approval
	Report   Report
}

// alertAfter is how many failures one after another are told of: one or two
// mend themselves.
const alertAfter = 3

func (r *run) alert(ctx context.Context, src *catalog.Source, kept *catalog.Run, failures int) {
	if r.h.Alert == nil || failures != alertAfter && (!r.rep.Held || src.Held) {
		return
	}
	r.h.Alert(ctx, Alert{Source: *src, Run: *kept, Failures: failures, Report: r.rep})
}
