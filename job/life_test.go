package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"
	_ "github.com/mattn/go-sqlite3"

	"portico/internal/process"
	"portico/internal/testdb"
)

// asKilled leaves a job as a process that was killed does: running, with its
// latest sign of life some time ago.
func asKilled(t *testing.T, db *sql.DB, engine, ago string) int64 {
	t.Helper()
	set := `attempted_at = now() - interval '` + ago + ` seconds', attempted_by = '{gone}'`
	if engine == "sqlite" {
		set = `attempted_at = datetime('now', 'subsec', '-` + ago + ` seconds')`
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, `+set); err != nil {
		t.Fatal(err)
	}
	var id int64
	if err := db.QueryRowContext(t.Context(), `SELECT id FROM river_job`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func engines(t *testing.T, f func(t *testing.T, engine string, db *sql.DB)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			driver, dsn := "sqlite3", "file:"+filepath.Join(t.TempDir(), "test.db")+"?_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate"
			if engine == "postgres" {
				driver, dsn = "postgres", testdb.Postgres(t)
			}
			db, err := sql.Open(driver, dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if engine == "sqlite" {
				db.SetMaxOpenConns(1)
			}
			f(t, engine, db)
		})
	}
}

func TestASignOfLifeIsOfOneAttempt(t *testing.T) {
	engines(t, func(t *testing.T, engine string, db *sql.DB) {
		q, err := Open(t.Context(), Config{Engine: engine, DB: db, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.Add(t.Context(), Job{Kind: "x", Key: "k", Args: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
		id := asKilled(t, db, engine, "50")
		l := life{db: db, engine: engine}
		if err := l.beat(t.Context(), id, 1); err != nil {
			t.Errorf("its own: %v", err)
		}
		if err := l.beat(t.Context(), id, 2); !errors.Is(err, errDead) {
			t.Errorf("another's: %v", err)
		}
		if n, err := q.Cancel(t.Context(), "x", "other"); n != 0 || err != nil {
			t.Errorf("cancelled %d, %v", n, err)
		}
	})
}

// After kill -9 the job is done by another worker within two minutes: it is
// dead after one, the rescuer looks twice a minute, and the first attempt after
// that waits a second.
func TestAJobOfAKilledProcessIsDoneByAnother(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	engines(t, func(t *testing.T, engine string, db *sql.DB) {
		t.Parallel()
		done := make(chan struct{}, 1)
		q, err := Open(t.Context(), Config{
			Engine: engine, DB: db, Poll: 100 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
			Handlers: map[string]Handler{"x": func(_ context.Context, _ Job) error { done <- struct{}{}; return nil }},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := q.Add(t.Context(), Job{Kind: "x", Key: "k"}); err != nil {
			t.Fatal(err)
		}
		asKilled(t, db, engine, "61")
		begin := time.Now()
		if err := q.Start(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
			t.Logf("done after %v more", time.Since(begin))
		case <-time.After(50 * time.Second):
			t.Error("the job is still stuck")
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestTheJobsOfAProcessThatIsGoneAreTakenOverAtOnce leaves jobs as processes of
// this machine do that were killed a moment ago.
func TestTheJobsOfAProcessThatIsGoneAreTakenOverAtOnce(t *testing.T) {
	self := process.Self()
	if self == "" {
		if runtime.GOOS == "linux" {
			t.Fatal("Linux tells processes apart")
		}
		t.Skip("the system does not tell processes apart")
	}
	place := self[:strings.LastIndexByte(self, ' ')] // and another moment of its beginning
	engines(t, func(t *testing.T, engine string, db *sql.DB) {
		q, err := Open(t.Context(), Config{Engine: engine, DB: db, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name, worker, set, want string
		}{
			{"of one that lives", self + " a", `attempt = 1`, "running"},
			{"of another machine", "host_2026", `attempt = 1`, "running"},
			{"of one that is gone", place + " 1 a", `attempt = 1`, "available"},
			{"of one that nobody wants", place + " 1 a", `attempt = 1, metadata = '{"cancel_attempted_at":"2026-01-01T00:00:00Z"}'`, "cancelled"},
			{"of the last process that dies of it", place + " 1 a", `attempt = max_attempts`, "discarded"},
		} {
			if _, err := db.ExecContext(t.Context(), `DELETE FROM river_job`); err != nil {
				t.Fatal(err)
			}
			if _, err := q.Add(t.Context(), Job{Kind: "x", Key: "k"}); err != nil {
				t.Fatal(err)
			}
			asKilled(t, db, engine, "1")
			by := `'{"` + test.worker + `"}'`
			if engine == "sqlite" {
				by = `'["` + test.worker + `"]'`
			}
			if _, err := db.ExecContext(t.Context(), `UPDATE river_job SET attempted_by = `+by+`, `+test.set); err != nil {
				t.Fatal(err)
			}
			if err := (life{db: db, engine: engine}).adopt(t.Context()); err != nil {
				t.Fatal(err)
			}
			var state string
			if err := db.QueryRowContext(t.Context(), `SELECT state FROM river_job`).Scan(&state); err != nil || state != test.want {
				t.Errorf("the job %s is %s, %v; want %s", test.name, state, err, test.want)
			}
		}
	})
}
