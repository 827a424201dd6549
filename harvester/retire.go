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
	var missing []string
	for record := range r.before {
		if !r.seen[record] {
			missing = append(missing, record)
		}
	}
	slices.Sort(missing)
	r.rep.Missing = len(missing)
	if tooMany(len(missing), len(r.before)) && !r.src.Approved {
		r.rep.Held = true
		return nil
	}
	if len(missing) == 0 {
		return nil
	}
	titles, err := r.titles(ctx, missing)
	if err != nil {
		return err
	}
	if r.o.DryRun {
		r.rep.Retired = len(missing)
	} else if r.rep.Retired, err = r.h.Origins.RetireDatasets(ctx, r.src.ID, missing); err != nil {
		return err
	}
	for _, record := range missing {
		id := r.before[record]
		r.rep.Records = append(r.rep.Records, RecordReport{ID: record, Title: titles[id], Outcome: Retired, Dataset: id, Problems: []Problem{}})
	}
	return nil
}

// tooMany is the brake: more than a fifth missing, and more than one record,
// is rather a fault of the source than its wish.
func tooMany(missing, of int) bool { return missing > 1 && missing*5 > of }

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

// settle notes at the source whether it waits for approval. An approval is
// good for one run that was read to its end.
func (r *run) settle(ctx context.Context) error {
	src, err := r.h.Sources.Source(ctx, r.src.ID)
	switch {
	case err == nil:
	case catalog.KindOf(err) == catalog.NotFound: // removed meanwhile
		return nil
	default:
		return err
	}
	if src.Held == r.rep.Held && !src.Approved {
		return nil
	}
	src.Held, src.Approved = r.rep.Held, false
	return r.h.Sources.PutSource(ctx, src)
}
