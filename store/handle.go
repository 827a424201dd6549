package store

import (
	"context"
	"strings"
	"sync"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// mostStatements bounds how many statements a handle keeps prepared. Queries
// whose text varies (with the number of an actor's organizations) could be
// many; what is over is run unprepared.
const mostStatements = 256

// A handle is a pool of connections with the statements prepared on it. To
// parse a query costs SQLite more than to run it, and Postgres a round trip.
type handle struct {
	*sqlx.DB
	mu     sync.RWMutex
	ready  map[string]*sqlx.Stmt // by the query as it is written, with ?
	wanted map[string]bool       // run in a transaction, to be prepared after it
}

func newHandle(db *sqlx.DB) *handle {
	return &handle{DB: db, ready: map[string]*sqlx.Stmt{}, wanted: map[string]bool{}}
}

func (h *handle) prepared(query string) *sqlx.Stmt {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.ready[query]
}

// prepare prepares a query. It must not be called in a transaction of h: with
// one connection in the pool it would wait for ever. The answer is nil when h
// holds enough already.
func (h *handle) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	h.mu.RLock()
	full := len(h.ready) >= mostStatements
	h.mu.RUnlock()
	if full {
		return nil, nil
	}
	st, err := h.PreparexContext(ctx, h.Rebind(query))
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if first := h.ready[query]; first != nil { // another was faster
		return first, st.Close() //nolint:sqlclosecheck // it is closed, and the lock is held by a defer
	}
	h.ready[query] = st
	return st, nil
}

func (h *handle) want(query string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.ready)+len(h.wanted) < mostStatements {
		h.wanted[query] = true
	}
}

// prepareWanted prepares what transactions have run. If it fails, they are run
// unprepared again, so the error is not told.
func (h *handle) prepareWanted(ctx context.Context) {
	for query := range h.takeWanted() {
		if _, err := h.prepare(ctx, query); err != nil { //nolint:sqlclosecheck // the handle keeps it
			return
		}
	}
}

// takeWanted returns what is wanted and begins a new list: the one returned
// is nobody else's.
func (h *handle) takeWanted() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.wanted) == 0 {
		return nil
	}
	wanted := h.wanted
	h.wanted = map[string]bool{}
	return wanted
}

// A conn runs queries, in a transaction or, when tx is nil, outside.
type conn struct {
	h  *handle
	tx *sqlx.Tx
}

// stmt returns the prepared query, or nil when it has to be run as it is.
func (c conn) stmt(ctx context.Context, query string) (*sqlx.Stmt, error) {
	st := c.h.prepared(query)
	switch {
	case c.tx == nil && st == nil:
		return c.h.prepare(ctx, query)
	case c.tx == nil:
		return st, nil
	case st == nil:
		c.h.want(query)
		return nil, nil
	}
	return c.tx.StmtxContext(ctx, st), nil
}

func (c conn) plain() sqlx.ExtContext {
	if c.tx != nil {
		return c.tx
	}
	return c.h.DB
}

func (c conn) rows(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	st, err := c.stmt(ctx, query) //nolint:sqlclosecheck // the handle or the transaction keeps it
	switch {
	case err != nil:
		return nil, err
	case st == nil:
		return c.plain().QueryxContext(ctx, c.h.Rebind(query), clean(args)...)
	}
	return st.QueryxContext(ctx, clean(args)...)
}

// one scans the only row of a query into dst, or answers sql.ErrNoRows.
func (c conn) one(ctx context.Context, dst []any, query string, args ...any) error {
	st, err := c.stmt(ctx, query) //nolint:sqlclosecheck // the handle or the transaction keeps it
	switch {
	case err != nil:
		return err
	case st == nil:
		return c.plain().QueryRowxContext(ctx, c.h.Rebind(query), clean(args)...).Scan(dst...)
	}
	return st.QueryRowxContext(ctx, clean(args)...).Scan(dst...)
}

// exec runs a query and returns how many rows it changed.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	st, err := c.stmt(ctx, query) //nolint:sqlclosecheck // the handle or the transaction keeps it
	if err != nil {
		return 0, err
	}
	if st != nil {
		res, err := st.ExecContext(ctx, clean(args)...)
		if err != nil {
			return 0, err
		}
		return res.RowsAffected()
	}
	res, err := c.plain().ExecContext(ctx, c.h.Rebind(query), clean(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// collect runs a query and returns what scan makes of each row.
func collect[T any](ctx context.Context, c conn, scan func(*sqlx.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := c.rows(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// first returns the first of what was collected, or missing where there is none.
func first[T any](out []*T, err error, missing *catalog.Error) (*T, error) {
	switch {
	case err != nil:
		return nil, err
	case len(out) == 0:
		return nil, missing
	}
	return out[0], nil
}

// clean makes of every string one that both engines take: Postgres refuses NUL
// and broken UTF-8, SQLite would keep them. Writers refuse them before; here
// it makes sure that a strange name asked for is just not found.
func clean(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok && !sound(s) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}
