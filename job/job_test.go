package job_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/lib/pq"
	_ "github.com/mattn/go-sqlite3"

	"portico/internal/testdb"
	"portico/job"
	"portico/job/jobtest"
)

func TestSQLite(t *testing.T) {
	jobtest.Run(t, func(t *testing.T, h map[string]job.Handler) job.Queue {
		file := filepath.Join(t.TempDir(), "test.db")
		return open(t, "sqlite", "sqlite3", "file:"+file+"?_journal_mode=WAL&_busy_timeout=5000&_txlock=immediate", h)
	})
}

func TestPostgres(t *testing.T) {
	jobtest.Run(t, func(t *testing.T, h map[string]job.Handler) job.Queue {
		return open(t, "postgres", "postgres", testdb.Postgres(t), h)
	})
}

func open(t *testing.T, engine, driver, dsn string, h map[string]job.Handler) job.Queue {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if engine == "sqlite" {
		db.SetMaxOpenConns(1)
	}
	q, err := job.Open(t.Context(), job.Config{
		Engine: engine, DB: db, Handlers: h, Poll: 100 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return q
}
