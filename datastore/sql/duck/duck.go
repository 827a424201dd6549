// Package duck is the child in which a user's SQL runs: DuckDB, shut in as far
// as it lets itself be, and a process that may open nothing. It is linked into
// the program and never runs in the process that serves.
package duck

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/duckdb/duckdb-go/v2"

	"portico/datastore/sql"
	"portico/internal/child"
)

// firstFile is the descriptor of the first table.
const (
	firstFile = 40
	mostFiles = 8
)

func fileName(i int) string { return "/dev/fd/" + strconv.Itoa(firstFile+i) }

// Options bounds a child.
type Options struct {
	Limits child.Limits
	Memory int64 // that DuckDB may use
}

// Serve is the child: it opens DuckDB, shuts itself in, and then answers one
// request from the wire.
func Serve(ctx context.Context, wire *os.File, o Options) error {
	debug.SetGCPercent(400) //nolint:mnd // it lives for one statement
	w, err := sql.NewWire(wire)
	if err != nil {
		return err
	}
	if err := o.Limits.Restrict(); err != nil {
		return fmt.Errorf("sql worker: limits: %w", err)
	}
	e, err := open(ctx, o.Memory)
	if err != nil {
		return err
	}
	if err := enclose(); err != nil {
		return fmt.Errorf("sql worker: shut in: %w", err)
	}
	for {
		req, err := w.Receive()
		if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sql worker: request: %w", err)
		}
		if !req.Check {
			return e.serve(ctx, w, req)
		}
		s, err := e.check(ctx, req.SQL)
		if err := w.Reading(readingOf(s, err)); err != nil {
			return err
		}
	}
}

func readingOf(s *sql.Statement, err error) sql.Reading {
	if err != nil {
		return sql.Reading{Refused: refusal(err)}
	}
	return sql.Reading{Tables: s.Tables, Volatile: s.Volatile}
}

// refusal returns what a client is told of an error.
func refusal(err error) *sql.Refused {
	if r, ok := errors.AsType[*sql.Refused](err); ok {
		return r
	}
	return refusedBy(err)
}

// An engine is DuckDB with nothing in it.
type engine struct{ conn *stdsql.Conn }

// open opens DuckDB in memory and takes from it what it can be told to give up.
func open(ctx context.Context, memory int64) (*engine, error) {
	c, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("sql worker: open: %w", err)
	}
	conn, err := stdsql.OpenDB(c).Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sql worker: connect: %w", err)
	}
	if err := register(conn); err != nil {
		return nil, fmt.Errorf("sql worker: functions: %w", err)
	}
	for _, s := range []string{
		"SET threads=1", "SET memory_limit='" + strconv.FormatInt(memory, 10) + "B'", "SET temp_directory=''", "SET TimeZone='UTC'",
		"SET default_null_order='nulls_last_on_asc_first_on_desc'", "SET autoinstall_known_extensions=false", "SET autoload_known_extensions=false",
		"SET allow_community_extensions=false", "SET enable_logging=false",
	} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("sql worker: %s: %w", s, err)
		}
	}
	return &engine{conn}, nil
}

// lock forbids DuckDB every file but those of so many tables, and to be told
// otherwise. It looks where a path leads, so that the files must be there.
func (e *engine) lock(ctx context.Context, files int) error {
	paths := make([]string, files)
	for i := range paths {
		paths[i] = "'" + fileName(i) + "'"
	}
	for _, s := range []string{
		"SET allowed_paths=[" + strings.Join(paths, ",") + "]", "SET enable_external_access=false", "SET lock_configuration=true",
	} {
		if _, err := e.conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("sql worker: lock: %w", err)
		}
	}
	return nil
}

// tree returns what DuckDB's parser makes of a text.
func (e *engine) tree(ctx context.Context, text string) ([]byte, error) {
	var tree string
	if err := e.conn.QueryRowContext(ctx, "SELECT json_serialize_sql($1::VARCHAR)::VARCHAR", text).Scan(&tree); err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	return []byte(tree), nil
}

// check parses a text and passes it through the gate.
func (e *engine) check(ctx context.Context, text string) (*sql.Statement, error) {
	if len(text) > sql.MaxLength {
		return nil, sql.ErrTooLong
	}
	tree, err := e.tree(ctx, text)
	if err != nil {
		return nil, err
	}
	return sql.Check(text, tree)
}

// canonical returns the text of a statement, which has passed the gate again
// and is the statement.
func (e *engine) canonical(ctx context.Context, s *sql.Statement) (string, error) {
	tree, err := s.JSON()
	if err != nil {
		return "", err
	}
	var text string
	if err := e.conn.QueryRowContext(ctx, "SELECT json_deserialize_sql($1::VARCHAR::JSON)", string(tree)).Scan(&text); err != nil {
		return "", fmt.Errorf("write the statement: %w", err)
	}
	again, err := e.tree(ctx, text)
	if err != nil {
		return "", err
	}
	read, err := sql.Check("", again)
	if err != nil {
		return "", fmt.Errorf("the statement does not pass a second time: %w", err)
	}
	if !s.Same(read) {
		return "", fmt.Errorf("%w: its text is another", errNotSame)
	}
	return text, nil
}

var errNotSame = errors.New("sql worker: the statement is not the one that was checked")
