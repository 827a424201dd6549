// Package job is the queue of work that takes long: harvests, loads, exports.
//
// Jobs are rows of the catalog's own database, kept by River (ADR 0003), so
// that a job can be added in the transaction that makes it true. Work is done
// at least once, and so must be idempotent.
package job

import (
	"context"
	"encoding/json"
	"time"
)

// A Job is one piece of work to be done.
type Job struct {
	Kind string          // which Handler does it
	Key  string          // two waiting or running jobs of a kind never share a key
	Args json.RawMessage // for the handler; nil = none
}

// A Handler does the jobs of one kind. An error makes the job be tried again,
// later and later, until MaxAttempts; ErrGiveUp ends it at once, and ErrLater
// has it tried again soon without counting. Its context is done when the job
// has taken too long, was cancelled, or was taken for dead and given to
// another worker.
type Handler func(ctx context.Context, j Job) error

// A Queue keeps jobs and has them done. jobtest.Run says how every queue must
// behave.
type Queue interface {
	// Add adds a job and reports whether it was added; it is not when one with
	// its kind and key waits or runs already.
	Add(ctx context.Context, j Job) (bool, error)

	// Start begins to work. Jobs run until Stop.
	Start(ctx context.Context) error

	// Stop lets running jobs end, until ctx is done; then it cancels them.
	Stop(ctx context.Context) error

	// Cancel ends the waiting or running jobs with a kind and key and reports
	// how many there were. One that runs is told by its context.
	Cancel(ctx context.Context, kind, key string) (int, error)

	// Busy reports whether a job with a kind and key waits or runs.
	Busy(ctx context.Context, kind, key string) (bool, error)

	// Waiting counts the jobs that wait or run.
	Waiting(ctx context.Context) (int, error)
}

// Limits of one job. Timeout lies above what any handler allows itself.
const (
	MaxAttempts = 4
	Timeout     = 7 * time.Hour
)

// A job that runs shows a sign of life every Beat. One that has shown none for
// DeadAfter, for its machine is gone, is given to another worker: all in all
// within two minutes. That of a process that was killed on the worker's own
// machine is taken over within a Beat.
const (
	Beat      = 5 * time.Second
	DeadAfter = time.Minute
)

// later is how long a job waits that ended with ErrLater.
const later = 20 * time.Second
