package harvester

import (
	"context"
	"errors"
	"iter"
	"time"

	"portico/catalog"
)

// Why a run ended before its time.
var (
	errRunTooLong = catalog.Errorf(catalog.Unavailable, "the run took too long and was stopped").
			Italian("l'esecuzione è durata troppo ed è stata fermata")
	errStopped = catalog.Errorf(catalog.Unavailable, "somebody stopped the run").
			Italian("l'esecuzione è stata fermata da una persona")
	errLost = catalog.Errorf(catalog.Conflict, "the run was taken for dead, and another may harvest its source").
		Italian("l'esecuzione è stata data per morta e un'altra può acquisire la fonte")
)

// alive shows signs of life of a run until end is called. The context that it
// returns is done when the run must stop; its cause says why.
func (r *run) alive(ctx context.Context, id string) (working context.Context, end func()) {
	working, cancel := context.WithCancelCause(ctx)
	limited, release := context.WithTimeoutCause(working, r.limits.Run, errRunTooLong)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(r.limits.Beat)
		defer tick.Stop()
		for {
			select {
			case <-limited.Done():
				return
			case <-tick.C:
			}
			stop, err := r.h.Sources.Beat(limited, id)
			switch {
			case limited.Err() != nil:
				return
			case err != nil && (catalog.KindOf(err) == catalog.Conflict || catalog.KindOf(err) == catalog.NotFound):
				cancel(errLost)
			case err != nil: // the next one may get through; if none does, the fence holds
				r.h.Log.WarnContext(ctx, "no sign of life could be given", "source", r.src.Name, "err", err)
			case stop:
				cancel(errStopped)
			}
		}
	}()
	return limited, func() {
		release()
		cancel(nil)
		<-done
	}
}

// ended returns the error of a run that is over: why it had to stop says more
// than what broke when it did.
func (r *run) ended(working context.Context, err error) error {
	if err == nil || working.Err() == nil {
		return err
	}
	err = context.Cause(working)
	r.rep.Error = shown(err)
	return err
}

// patience is how long a connector may take to notice that it is not wanted
// any more. One that does not is left behind.
const patience = 5 * time.Second

// records yields what the connector yields, one by one, but never waits for it
// longer than a record may take: a connector that blocks for ever costs its
// own run and no other (HRV-009, HRV-027).
func (r *run) records(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		items, taken := make(chan reading), make(chan struct{})
		go r.produce(ctx, items, taken)
		defer leave(items, cancel)
		timer := time.NewTimer(r.limits.Record)
		defer timer.Stop()
		for {
			select {
			case it, ok := <-items:
				if !ok || !yield(it.rec, it.err) {
					return
				}
			case <-ctx.Done():
				yield(Record{}, context.Cause(ctx))
				return
			case <-timer.C:
				yield(Record{}, sourceTooSlow())
				return
			}
			select {
			case taken <- struct{}{}:
			case <-ctx.Done():
			}
			timer.Reset(r.limits.Record)
		}
	}
}

// A reading is what a connector yields.
type reading struct {
	rec Record
	err error
}

// produce runs the connector in step with who takes its records.
func (r *run) produce(ctx context.Context, items chan<- reading, taken <-chan struct{}) {
	defer close(items)
	give := func(it reading) bool {
		select {
		case items <- it:
		case <-ctx.Done():
			return false
		}
		select {
		case <-taken:
			return true
		case <-ctx.Done():
			return false
		}
	}
	var err error
	func() {
		defer caught(&err)
		for rec, err := range r.conn.Records(ctx) {
			if !give(reading{rec, err}) {
				return
			}
		}
	}()
	if err != nil {
		give(reading{err: err})
	}
}

// leave tells a connector to stop and waits a moment until it has.
func leave(items <-chan reading, cancel context.CancelFunc) {
	cancel()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case _, ok := <-items:
			if !ok {
				return
			}
		case <-timer.C:
			return
		}
	}
}

func sourceTooSlow() error {
	return catalog.Errorf(catalog.Unavailable, "the source takes too long for one record").
		Italian("la fonte impiega troppo tempo per una scheda")
}

// slow reports whether the time of one record, but not that of the run, is over.
func (r *run) slow(ctx, within context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && errors.Is(within.Err(), context.DeadlineExceeded)
}

func recordTooSlow() error {
	return Reject(catalog.Problemf("record", "", "record-too-slow",
		"La scheda, con i suoi dati, ha richiesto troppo tempo.", "The record with its data took too long.").
		WithMend("Ridurre i file o pubblicarli da un server più veloce.", "Make the files smaller, or serve them from a faster server."))
}
