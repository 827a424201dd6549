package store

import (
	"context"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// moved moves the catalog's revision and returns it.
func (x tx) moved(ctx context.Context) (revision int64, err error) {
	err = x.one(ctx, []any{&revision}, `UPDATE revision SET value = value + 1 RETURNING value`)
	return revision, err
}

// stale moves the catalog's revision and marks a dataset stale. The revision
// is the mark's version: a number that never comes again, so a follower that
// was slow cannot take off a later mark.
func (x tx) stale(ctx context.Context, dataset string) error {
	rev, err := x.moved(ctx)
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, `INSERT INTO stale (dataset, version) VALUES (?, ?)
		ON CONFLICT (dataset) DO UPDATE SET version = excluded.version, done = FALSE`, dataset, rev)
	return err
}

// staleWhere moves the revision and marks the datasets that where chooses.
func (x tx) staleWhere(ctx context.Context, where string, args ...any) error {
	rev, err := x.moved(ctx)
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, `INSERT INTO stale (dataset, version) SELECT id, CAST(? AS BIGINT) FROM datasets WHERE `+where+`
		ON CONFLICT (dataset) DO UPDATE SET version = excluded.version, done = FALSE`, append([]any{rev}, args...)...)
	return err
}

// Stale implements catalog.Index. What changed first comes first.
func (s *Store) Stale(ctx context.Context, n int) ([]catalog.Stale, error) {
	out, err := collect(ctx, s.reading(), func(rows *sqlx.Rows) (x catalog.Stale, err error) {
		err = rows.Scan(&x.ID, &x.Version)
		return x, err
	}, `SELECT dataset, version FROM stale WHERE NOT done ORDER BY version, dataset LIMIT ?`, limit(n))
	return out, s.trouble(err)
}

// Indexed implements catalog.Index.
func (s *Store) Indexed(ctx context.Context, done []catalog.Stale) error {
	if len(done) == 0 {
		return nil
	}
	return s.inTx(ctx, func(x tx) error {
		var kept int
		if err := x.one(ctx, []any{&kept}, `SELECT COUNT(*) FROM index_snapshots`); err != nil {
			return err
		}
		take := `DELETE FROM stale WHERE dataset = ? AND version = ?`
		if kept > 0 {
			take = `UPDATE stale SET done = TRUE WHERE dataset = ? AND version = ?`
		}
		for _, d := range done {
			if _, err := x.exec(ctx, take, d.ID, d.Version); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkAllStale implements catalog.Index.
func (s *Store) MarkAllStale(ctx context.Context) error {
	return s.inTx(ctx, func(x tx) error { return x.staleWhere(ctx, `TRUE`) })
}

// Revision implements catalog.Index.
func (s *Store) Revision(ctx context.Context) (revision int64, err error) {
	err = s.reading().one(ctx, []any{&revision}, `SELECT value FROM revision`)
	return revision, s.trouble(err)
}
