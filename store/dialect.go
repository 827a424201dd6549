package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/lib/pq"
	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"portico/migrations"
)

// A dialect is all that the engines do not share. It should stay this small:
// a query that needs a method here is first asked whether it can be plainer.
type dialect interface {
	connecting
	migrating
	judging
	// lockWrites is run first in every writing transaction, so that they come
	// one after another; "" = the engine sees to it.
	lockWrites() string
	clock() string                     // a query for the time in microseconds, by which leases are judged; "" = the program's own
	snapshotLevel() sql.IsolationLevel // of a transaction that reads one unchanging state
}

// judging says what an error of the driver means.
type judging interface {
	isDuplicate(err error) bool   // a unique key is taken
	isViolation(err error) bool   // a constraint of any kind does not hold
	isUnavailable(err error) bool // locked for too long, or not to be reached
	isBusy(err error) bool        // somebody else has it just now
}

// connecting says how the database is opened.
type connecting interface {
	name() string
	driver() string
	writer() pool
	reader() *pool      // nil = the writer reads, too
	tuning() []string   // run once on the writer
	prepareFile() error // makes the file that the database is kept in, if any
}

// migrating says how its schema is brought up to date.
type migrating interface {
	steps() (fs.FS, error)
	goose() (goose.Dialect, []goose.ProviderOption, error)
}

// A pool says how to open a handle and how many connections it may have.
type pool struct {
	dsn  string
	most int
}

type postgres struct{ dsn string }

func (postgres) name() string          { return "postgres" }
func (postgres) driver() string        { return "postgres" }
func (p postgres) writer() pool        { return pool{dsn: p.dsn, most: 20} }
func (postgres) reader() *pool         { return nil }
func (postgres) prepareFile() error    { return nil }
func (postgres) tuning() []string      { return nil }
func (postgres) steps() (fs.FS, error) { return migrations.Postgres() }

// goose locks the migrations, for several nodes may start at once.
func (postgres) goose() (goose.Dialect, []goose.ProviderOption, error) {
	l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	return goose.DialectPostgres, []goose.ProviderOption{goose.WithSessionLocker(l)}, err
}

// lockWrites makes writers queue as SQLite's do. A change of the catalog is
// short and rare, and names, slugs, origins and the revision need no other
// guard against each other.
func (postgres) lockWrites() string { return `SELECT pg_advisory_xact_lock(7083766120)` }

// clock is the server's, for the machines of several workers may disagree.
func (postgres) clock() string {
	return `SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`
}

func (postgres) snapshotLevel() sql.IsolationLevel { return sql.LevelRepeatableRead }

func (postgres) isDuplicate(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Code == "23505"
}

func (postgres) isViolation(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && e.Code.Class() == "23"
}

// isBusy: PostgreSQL makes those wait that open it.
func (postgres) isBusy(error) bool { return false }

func (postgres) isUnavailable(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code.Class() == "08" || e.Code.Class() == "53" || e.Code.Class() == "57"
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}

type sqlite struct{ file string }

func (sqlite) name() string          { return "sqlite" }
func (sqlite) driver() string        { return "sqlite3" }
func (sqlite) steps() (fs.FS, error) { return migrations.SQLite() }
func (sqlite) lockWrites() string    { return "" }
func (sqlite) clock() string         { return "" }

func (sqlite) snapshotLevel() sql.IsolationLevel { return sql.LevelDefault }

func (sqlite) goose() (goose.Dialect, []goose.ProviderOption, error) {
	return goose.DialectSQLite3, nil, nil
}

// writer begins transactions as writers, for one that reads first and then
// wants to write fails when another has written meanwhile.
func (s sqlite) writer() pool {
	return pool{dsn: s.uri() + "&mode=rwc&_txlock=immediate", most: 1}
}

// reader has a handle of its own, so that reads never wait for the writer.
func (s sqlite) reader() *pool {
	return &pool{dsn: s.uri() + "&mode=rw&_query_only=1", most: max(4, 2*runtime.GOMAXPROCS(0))}
}

// tuning lets the log grow to 32 MB before its pages go into the file: a
// harvest writes the same pages of the indexes again and again.
func (sqlite) tuning() []string { return []string{`PRAGMA wal_autocheckpoint = 8000`} }

// uri asks SQLite to overwrite what is deleted, for a person who was removed is
// to be found in no free page of the file (PII-005).
func (s sqlite) uri() string {
	path := (&url.URL{Path: filepath.ToSlash(s.file)}).EscapedPath()
	return "file:" + path + "?_journal_mode=WAL&_synchronous=NORMAL&_foreign_keys=1&_secure_delete=on&_busy_timeout=10000&_cache_size=-6000"
}

// prepareFile makes the file for its owner alone, for it holds e-mail
// addresses; SQLite gives its other files the same rights.
func (s sqlite) prepareFile() error {
	if err := os.MkdirAll(filepath.Dir(s.file), 0o750); err != nil {
		return fmt.Errorf("make the folder of the database: %w", err)
	}
	f, err := os.OpenFile(s.file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return f.Close()
}

func (sqlite) isDuplicate(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
}

func (sqlite) isViolation(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && e.Code == sqlite3.ErrConstraint
}

func (sqlite) isBusy(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked)
}

func (s sqlite) isUnavailable(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return s.isBusy(err) || ok && (e.Code == sqlite3.ErrFull || e.Code == sqlite3.ErrIoErr)
}
