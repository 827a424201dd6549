package store

import "context"

// SnapshotBegun implements catalog.Snapshots. Marks that were taken off until
// now were indexed before, so the revision of this moment is in the snapshot.
func (s *Store) SnapshotBegun(ctx context.Context, token string) error {
	return s.inTx(ctx, func(x tx) error {
		_, err := x.exec(ctx, `INSERT INTO index_snapshots (token, revision) SELECT CAST(? AS TEXT), value FROM revision`, token)
		return err
	})
}

// SnapshotKept implements catalog.Snapshots.
func (s *Store) SnapshotKept(ctx context.Context, token string) error {
	return s.inTx(ctx, func(x tx) error {
		if _, err := x.exec(ctx, `DELETE FROM index_snapshots WHERE token <> ?`, token); err != nil {
			return err
		}
		_, err := x.exec(ctx, `DELETE FROM stale WHERE done AND version <= (SELECT revision FROM index_snapshots WHERE token = ?)`, token)
		return err
	})
}

// SnapshotRead implements catalog.Snapshots.
func (s *Store) SnapshotRead(ctx context.Context, token string) (known bool, err error) {
	err = s.inTx(ctx, func(x tx) error {
		var n int
		if err := x.one(ctx, []any{&n}, `SELECT COUNT(*) FROM index_snapshots WHERE token = ?`, token); err != nil || n == 0 {
			return err
		}
		known = true
		_, err := x.exec(ctx, `UPDATE stale SET done = FALSE WHERE done AND version > (SELECT revision FROM index_snapshots WHERE token = ?)`, token)
		return err
	})
	return known, err
}

// SnapshotsGone implements catalog.Snapshots.
func (s *Store) SnapshotsGone(ctx context.Context) error {
	return s.inTx(ctx, func(x tx) error {
		if _, err := x.exec(ctx, `DELETE FROM index_snapshots`); err != nil {
			return err
		}
		_, err := x.exec(ctx, `DELETE FROM stale WHERE done`)
		return err
	})
}

// StaleCount implements catalog.Snapshots.
func (s *Store) StaleCount(ctx context.Context) (n int, err error) {
	err = s.reading().one(ctx, []any{&n}, `SELECT COUNT(*) FROM stale WHERE NOT done`)
	return n, s.trouble(err)
}
