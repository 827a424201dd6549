package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// ErrGiveUp is wrapped by the error of a Handler that will not do better when
// it is tried again.
var ErrGiveUp = errors.New("not to be tried again")

// ErrLater is wrapped by the error of a Handler that cannot do its job now,
// though nothing is wrong.
var ErrLater = errors.New("not now")

// errDead is why the context of a job is done that another worker has.
var errDead = errors.New("the job was taken for dead")

// errCancelled is why the context of a job is done that was cancelled.
var errCancelled = errors.New("the job was cancelled")

// Config says where a queue keeps its jobs and who does them.
type Config struct {
	Engine   string  // "sqlite" or "postgres"
	DB       *sql.DB // for SQLite the one that writes
	Handlers map[string]Handler
	Workers  int           // at once; 0 = 2
	Poll     time.Duration // how often to look for jobs of other processes; 0 = 1 s
	Log      *slog.Logger
}

// Open returns a queue on a database and brings the queue's own tables up to
// date.
func Open(ctx context.Context, c Config) (Queue, error) {
	if c.Workers == 0 {
		c.Workers = 2
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	switch c.Engine {
	case "sqlite":
		return open(ctx, riversqlite.New(c.DB), c)
	case "postgres":
		return open(ctx, riverdatabasesql.New(c.DB), c)
	}
	return nil, fmt.Errorf("job: no engine %q", c.Engine)
}

// migrate brings the tables of the queue up to date. Programs that start at
// once on a new database may cross each other; the second finds nothing left
// to do.
func migrate[T any](ctx context.Context, m *rivermigrate.Migrator[T]) (err error) {
	const tries = 5
	for try := range tries {
		if _, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(time.Duration(try+1) * 100 * time.Millisecond):
		}
	}
	return err
}

func open[T any](ctx context.Context, drv riverdriver.Driver[T], c Config) (Queue, error) {
	quiet := slog.New(onlyErrors{c.Log.Handler()})
	m, err := rivermigrate.New(drv, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	if err := migrate(ctx, m); err != nil {
		return nil, fmt.Errorf("migrate the queue: %w", err)
	}
	workers := river.NewWorkers()
	living := life{db: c.DB, engine: c.Engine}
	river.AddWorker(workers, &worker{handlers: c.Handlers, log: c.Log, life: living})
	client, err := river.NewClient(drv, &river.Config{
		ID:                   workerName(),
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Workers}},
		Workers:              workers,
		Logger:               quiet,
		MaxAttempts:          MaxAttempts,
		JobTimeout:           -1, // worker.Work sees to it, for what is stuck is told by its signs of life
		RescueStuckJobsAfter: DeadAfter,
		FetchPollInterval:    c.Poll,
	})
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return &queue[T]{client: client, life: living}, nil
}

// A task is a Job as River keeps it: one kind of River's for all of ours.
type task struct {
	Job  string          `json:"job" river:"unique"`
	Key  string          `json:"key" river:"unique"`
	Args json.RawMessage `json:"args,omitempty"`
}

// Kind implements river.JobArgs.
func (task) Kind() string { return "portico" }

type worker struct {
	river.WorkerDefaults[task]
	handlers map[string]Handler
	log      *slog.Logger
	life     life
}

// Timeout implements river.Worker: River itself never ends a job.
func (w *worker) Timeout(*river.Job[task]) time.Duration { return -1 }

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[task]) error {
	log := w.log.With("job", j.Args.Job, "key", j.Args.Key, "attempt", j.Attempt)
	h, ok := w.handlers[j.Args.Job]
	if !ok {
		return river.JobCancel(fmt.Errorf("no handler of %q", j.Args.Job))
	}
	start := time.Now()
	ctx, end := w.life.keep(ctx, j.ID, j.Attempt)
	err := h(ctx, Job{Kind: j.Args.Job, Key: j.Args.Key, Args: j.Args.Args})
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, ErrGiveUp) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	end()
	switch {
	case errors.Is(err, errCancelled):
		log.InfoContext(ctx, "job cancelled", "took", time.Since(start))
		return river.JobCancel(err)
	case errors.Is(err, ErrLater):
		log.InfoContext(ctx, "job put off", "err", err)
		return river.JobSnooze(later)
	case errors.Is(err, ErrGiveUp):
		log.ErrorContext(ctx, "job given up", "took", time.Since(start), "err", err)
		return river.JobCancel(err)
	case err != nil:
		log.WarnContext(ctx, "job failed", "took", time.Since(start), "err", err)
		return err
	}
	log.InfoContext(ctx, "job done", "took", time.Since(start))
	return nil
}

type queue[T any] struct {
	client *river.Client[T]
	life   life
	leave  func() // ends what Start began beside the client
}

// waiting are the states of a job that is not over.
var waiting = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// Add implements Queue.
func (q *queue[T]) Add(ctx context.Context, j Job) (bool, error) {
	res, err := q.client.Insert(ctx, task{Job: j.Kind, Key: j.Key, Args: j.Args}, &river.InsertOpts{
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: waiting},
	})
	if err != nil {
		return false, fmt.Errorf("add a job: %w", err)
	}
	return !res.UniqueSkippedAsDuplicate, nil
}

// find returns the IDs of the jobs with a kind and key that wait or run.
func (q *queue[T]) find(ctx context.Context, kind, key string) (ids []int64, err error) {
	res, err := q.client.JobList(ctx, river.NewJobListParams().States(waiting...).First(most))
	if err != nil {
		return nil, fmt.Errorf("find the job: %w", err)
	}
	for _, j := range res.Jobs {
		var t task
		if json.Unmarshal(j.EncodedArgs, &t) == nil && t.Job == kind && t.Key == key {
			ids = append(ids, j.ID)
		}
	}
	return ids, nil
}

// Cancel implements Queue.
func (q *queue[T]) Cancel(ctx context.Context, kind, key string) (n int, err error) {
	ids, err := q.find(ctx, kind, key)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, err := q.client.JobCancel(ctx, id); err != nil && !errors.Is(err, river.ErrNotFound) {
			return n, fmt.Errorf("cancel the job: %w", err)
		}
		n++
	}
	return n, nil
}

// Busy implements Queue.
func (q *queue[T]) Busy(ctx context.Context, kind, key string) (bool, error) {
	ids, err := q.find(ctx, kind, key)
	return len(ids) > 0, err
}

// most is how many jobs are looked through.
const most = 10_000

// Start implements Queue.
func (q *queue[T]) Start(ctx context.Context) error {
	adopting, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { q.life.adopting(adopting) })
	q.leave = func() {
		cancel()
		wg.Wait()
	}
	return q.client.Start(ctx)
}

// Stop implements Queue.
func (q *queue[T]) Stop(ctx context.Context) error {
	if q.leave != nil {
		q.leave()
	}
	if err := q.client.Stop(ctx); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return q.client.StopAndCancel(hard)
}

// Waiting implements Queue.
func (q *queue[T]) Waiting(ctx context.Context) (int, error) {
	res, err := q.client.JobList(ctx, river.NewJobListParams().States(waiting...).First(most))
	if err != nil {
		return 0, fmt.Errorf("count jobs: %w", err)
	}
	return len(res.Jobs), nil
}

// onlyErrors keeps River's own chatter out of the log: what a person should
// know of a job, worker.Work says.
type onlyErrors struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h onlyErrors) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
