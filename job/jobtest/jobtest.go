// Package jobtest says how every job.Queue must behave.
package jobtest

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"portico/job"
)

// Run runs the contract of job.Queue against the queues that open returns,
// each on a database of its own.
func Run(t *testing.T, open func(t *testing.T, handlers map[string]job.Handler) job.Queue) {
	t.Run("a job is done with its arguments", func(t *testing.T) { testDone(t, open) })
	t.Run("a waiting job is not added twice", func(t *testing.T) { testUnique(t, open) })
	t.Run("a failed job is tried again and a hopeless one is not", func(t *testing.T) { testRetry(t, open) })
	t.Run("a job that cannot be done now is done later", func(t *testing.T) { testLater(t, open) })
	t.Run("a job is cancelled while it waits and while it runs", func(t *testing.T) { testCancel(t, open) })
	t.Run("stop lets a running job end", func(t *testing.T) { testStop(t, open) })
}

func testDone(t *testing.T, open func(*testing.T, map[string]job.Handler) job.Queue) {
	got := make(chan string, 1)
	q := open(t, map[string]job.Handler{"echo": func(_ context.Context, j job.Job) error {
		got <- j.Key + string(j.Args)
		return nil
	}})
	start(t, q)
	if added, err := q.Add(t.Context(), job.Job{Kind: "echo", Key: "k", Args: json.RawMessage(`{"n":1}`)}); err != nil || !added {
		t.Fatalf("Add = %v, %v", added, err)
	}
	select {
	case s := <-got:
		if s != `k{"n":1}` && s != `k{"n": 1}` {
			t.Errorf("handler was given %q", s)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the job was not done")
	}
	drained(t, q)
}

func testUnique(t *testing.T, open func(*testing.T, map[string]job.Handler) job.Queue) {
	q := open(t, map[string]job.Handler{"x": func(context.Context, job.Job) error { return nil }})
	for i, want := range []bool{true, false} {
		added, err := q.Add(t.Context(), job.Job{Kind: "x", Key: "same"})
		if err != nil || added != want {
			t.Fatalf("Add %d = %v, %v; want %v", i, added, err, want)
		}
	}
	if n, err := q.Waiting(t.Context()); err != nil || n != 1 {
		t.Fatalf("Waiting = %d, %v", n, err)
	}
	for key, want := range map[string]bool{"same": true, "other": false} {
		if busy, err := q.Busy(t.Context(), "x", key); err != nil || busy != want {
			t.Errorf("Busy %s = %v, %v", key, busy, err)
		}
	}
	start(t, q)
	drained(t, q)
	if added, err := q.Add(t.Context(), job.Job{Kind: "x", Key: "same"}); err != nil || !added {
		t.Fatalf("after it is done, Add = %v, %v", added, err)
	}
}

func testRetry(t *testing.T, open func(*testing.T, map[string]job.Handler) job.Queue) {
	var flaky, hopeless atomic.Int32
	q := open(t, map[string]job.Handler{
		"flaky": func(context.Context, job.Job) error {
			if flaky.Add(1) == 1 {
				return errors.New("once")
			}
			return nil
		},
		"hopeless": func(context.Context, job.Job) error {
			hopeless.Add(1)
			return job.ErrGiveUp
		},
	})
	start(t, q)
	for _, kind := range []string{"flaky", "hopeless", "unknown"} {
		if _, err := q.Add(t.Context(), job.Job{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	drained(t, q)
	if flaky.Load() != 2 || hopeless.Load() != 1 {
		t.Errorf("flaky ran %d times, want 2; hopeless %d, want 1", flaky.Load(), hopeless.Load())
	}
}

func testLater(t *testing.T, open func(*testing.T, map[string]job.Handler) job.Queue) {
	var n atomic.Int32
	q := open(t, map[string]job.Handler{"busy": func(context.Context, job.Job) error {
		n.Add(1)
		return job.ErrLater
	}})
	start(t, q)
	if _, err := q.Add(t.Context(), job.Job{Kind: "busy", Key: "k"}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); n.Load() == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if added, err := q.Add(t.Context(), job.Job{Kind: "busy", Key: "k"}); err != nil || added {
			t.Fatalf("it does not wait any more: %v, %v", added, err)
		}
		if n.Load() == 1 {
			break
		}
	}
	if waiting, err := q.Waiting(t.Context()); err != nil || waiting != 1 {
		t.Errorf("%d wait, %v", waiting, err)
	}
}

func testCancel(t *testing.T, open func(*testing.T, map[string]job.Handler) job.Queue) {
	began, ended := make(chan struct{}), make(chan struct{})
	q := open(t, map[string]job.Handler{"slow": func(ctx context.Context, _ job.Job) error {
		close(began)
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	}})
	if _, err := q.Add(t.Context(), job.Job{Kind: "slow", Key: "waits"}); err != nil {
		t.Fatal(err)
	}
	if n, err := q.Cancel(t.Context(), "slow", "waits"); err != nil || n != 1 {
		t.Fatalf("cancelled %d, %v", n, err)
	}
	if n, err := q.Cancel(t.Context(), "slow", "waits"); err != nil || n != 0 {
		t.Fatalf("cancelled again %d, %v", n, err)
	}
	start(t, q)
	if _, err := q.Add(t.Context(), job.Job{Kind: "slow", Key: "runs"}); err != nil {
		t.Fatal(err)
	}
	<-began
	if n, err := q.Cancel(t.Context(), "slow", "runs"); err != nil || n != 1 {
		t.Fatalf("cancelled %d, %v", n, err)
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the job was not told")
	}
	drained(t, q)
}

func testStop(t *testing.T, open func(*testing.T, map[string]job.Handler) job.Queue) {
	began, ended := make(chan struct{}), make(chan struct{})
	q := open(t, map[string]job.Handler{"slow": func(context.Context, job.Job) error {
		close(began)
		time.Sleep(300 * time.Millisecond)
		close(ended)
		return nil
	}})
	if err := q.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Add(t.Context(), job.Job{Kind: "slow"}); err != nil {
		t.Fatal(err)
	}
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	default:
		t.Error("Stop returned before the job had ended")
	}
}

func start(t *testing.T, q job.Queue) {
	t.Helper()
	if err := q.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func drained(t *testing.T, q job.Queue) {
	t.Helper()
	var n int
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if n, err = q.Waiting(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	t.Fatalf("%d jobs still wait", n)
}
