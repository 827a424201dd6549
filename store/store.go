// Package store keeps the catalog in SQLite or Postgres: it is every interface
// of catalog/store.go, in one set of queries for both engines. It must not
// know HTTP, RDF, search engines or files.
//
// Reads see what the actor of their context may see, by the one predicate in
// visible.go. Writes ask no rights: whoever calls them has asked already.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"           // driver "postgres"
	_ "github.com/mattn/go-sqlite3" // driver "sqlite3"

	"portico/catalog"
)

// A Store is a catalog in one SQL database. Its queries are written once, with
// ? for a parameter; what the engines do not share is in dialect.go.
type Store struct {
	dialect
	log   *slog.Logger
	write *handle // SQLite: one connection, for it has one writer
	read  *handle // Postgres: the same as write
}

var (
	_ catalog.Datasets      = (*Store)(nil)
	_ catalog.Origins       = (*Store)(nil)
	_ catalog.Organizations = (*Store)(nil)
	_ catalog.Index         = (*Store)(nil)
	_ catalog.Sources       = (*Store)(nil)
	_ catalog.Secrets       = (*Store)(nil)
	_ catalog.Twins         = (*Store)(nil)
	_ catalog.Users         = (*Store)(nil)
	_ catalog.Members       = (*Store)(nil)
	_ catalog.Records       = (*Store)(nil)
	_ catalog.Activities    = (*Store)(nil)
)

// Open opens the database that dsn names, sqlite:FILE or postgres://…, and
// brings its schema up to date. A database that a newer program has written is
// refused as a Conflict, before anything is changed.
func Open(ctx context.Context, dsn string, log *slog.Logger) (*Store, error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: d, log: log}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, closing(s, err)
	}
	if err := s.learnIdentities(ctx); err != nil {
		return nil, closing(s, err)
	}
	return s, nil
}

// connect opens the handles. The writer comes first, for a reader cannot make
// the file that it reads.
func (s *Store) connect(ctx context.Context) error {
	write, err := s.open(ctx, s.writer())
	if err != nil {
		return err
	}
	s.write, s.read = write, write
	for _, q := range s.tuning() {
		if _, err := write.ExecContext(ctx, q); err != nil {
			return closing(s, unavailable(err))
		}
	}
	if r := s.reader(); r != nil {
		if s.read, err = s.open(ctx, *r); err != nil {
			s.read = write
			return closing(s, err)
		}
	}
	return nil
}

func (s *Store) open(ctx context.Context, p pool) (*handle, error) {
	if err := s.prepareFile(); err != nil {
		return nil, err
	}
	db, err := sqlx.Open(s.driver(), p.dsn)
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the database's address is not valid").
			Italian("l'indirizzo della base dati non è valido").Because(err)
	}
	db.SetMaxOpenConns(p.most)
	db.SetMaxIdleConns(p.most)
	if err := s.answers(ctx, db); err != nil {
		_ = db.Close() // the ping's error says more
		return nil, unavailable(err)
	}
	return newHandle(db), nil
}

// answers asks again while the database is busy: a new SQLite file is made a
// logged one by whoever comes first, and SQLite tells the others at once,
// without the wait that they asked for.
func (s *Store) answers(ctx context.Context, db *sqlx.DB) error {
	const patience, pause = 10 * time.Second, 20 * time.Millisecond
	for end := time.Now().Add(patience); ; {
		err := db.PingContext(ctx)
		if err == nil || !s.isBusy(err) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}

func closing(s *Store, err error) error {
	if again := s.Close(); again != nil {
		return fmt.Errorf("%w (and on closing: %w)", err, again)
	}
	return err
}

// Close closes the database. Nothing may use s afterwards.
func (s *Store) Close() error {
	if s.read != s.write {
		if err := s.read.Close(); err != nil {
			return err
		}
	}
	return s.write.Close()
}

// Ping reports whether the database answers; if not, it is Unavailable.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return unavailable(err)
	}
	return nil
}

// DB returns the handle that writes, for the job queue, which keeps its tables
// in the same database. On SQLite it has one connection: whoever holds it
// keeps every writer waiting.
func (s *Store) DB() *sql.DB { return s.write.DB.DB }

// Engine returns "sqlite" or "postgres".
func (s *Store) Engine() string { return s.name() }

func dialectOf(dsn string) (dialect, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "postgres", "postgresql":
		dsn, err := secured(dsn)
		return postgres{dsn: dsn}, err
	case "sqlite":
		rest = strings.TrimPrefix(rest, "//")
		if rest == "" || strings.HasPrefix(rest, ":memory:") {
			return nil, catalog.Errorf(catalog.Invalid, "sqlite: needs the path of a file").
				Italian("sqlite: richiede il percorso di un file")
		}
		return sqlite{file: rest}, nil
	}
	return nil, catalog.Errorf(catalog.Invalid, "the database's address must begin with sqlite: or postgres://").
		Italian("l'indirizzo della base dati deve iniziare con sqlite: o postgres://")
}

func unavailable(err error) error {
	return catalog.Errorf(catalog.Unavailable, "the database does not answer").
		Italian("la base dati non risponde").Because(err)
}

// now returns the time as the store keeps it: UTC, microseconds.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// micros returns t as a column holds it; the zero Time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// moment is the reverse of micros.
func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
