package harvester

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"portico/catalog"
)

// A Scheduler has sources harvested when their time has come. Any number of
// them may work on one database: a moment of the schedule is harvested once,
// whoever saw it first.
type Scheduler struct {
	Sources catalog.Sources
	// Enqueue leaves the harvest of a source for a moment of its schedule to
	// whoever works. It may be called more than once for the same.
	Enqueue func(ctx context.Context, src *catalog.Source, slot time.Time) error
	Every   time.Duration // between two looks; 0 = 20 s
	Log     *slog.Logger
}

// Keep looks again and again, until ctx is done.
func (s *Scheduler) Keep(ctx context.Context) {
	every := s.Every
	if every == 0 {
		every = 20 * time.Second
	}
	for {
		if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "the schedule could not be kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every + rand.N(every/4+1)):
		}
	}
}

// Tick looks once: runs that show no sign of life are interrupted and, where
// they were of the schedule, begun anew; what is due is enqueued.
func (s *Scheduler) Tick(ctx context.Context) error {
	dead, err := s.Sources.Interrupt(ctx)
	if err != nil {
		return err
	}
	for _, r := range dead {
		s.Log.WarnContext(ctx, "run interrupted", "source", r.Source, "run", r.ID)
		if err := s.again(ctx, r); err != nil {
			return err
		}
	}
	all, err := s.Sources.Sources(ctx)
	if err != nil {
		return err
	}
	for _, src := range all {
		if err := s.look(ctx, src); err != nil {
			s.Log.ErrorContext(ctx, "a source could not be scheduled", "source", src.Name, "err", err)
		}
	}
	return nil
}

func (s *Scheduler) again(ctx context.Context, r *catalog.Run) error {
	src, err := s.Sources.Source(ctx, r.Source)
	if err != nil || src.Paused || r.Slot.IsZero() {
		if err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
		return nil
	}
	return s.Enqueue(ctx, src, r.Slot)
}

// look enqueues src when it is due. The job comes first and the schedule moves
// on after: a crash in between repeats what can be repeated, and misses nothing.
func (s *Scheduler) look(ctx context.Context, src *catalog.Source) error {
	st, err := s.Sources.SourceState(ctx, src.ID)
	if err != nil {
		return err
	}
	now := time.Now()
	next, err := Next(src.Schedule, src.ID, now)
	if err != nil {
		return err
	}
	due := st.Due
	switch {
	case src.Paused || src.Schedule == "":
		next = time.Time{}
	case !due.IsZero() && !due.After(now):
		if err := s.Enqueue(ctx, src, due); err != nil {
			return err
		}
	case !due.IsZero() && due.Before(next): // a failed one that is tried again
		return nil
	}
	if due.Equal(next) {
		return nil
	}
	return s.Sources.UpdateSourceState(ctx, src.ID, func(st *catalog.SourceState) {
		if st.Due.Equal(due) {
			st.Due = next
		}
	})
}
