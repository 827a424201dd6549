package store

import (
	"context"
	"database/sql"
	"errors"

	"portico/catalog"
)

// notGone holds for datasets that are there, public or not.
const notGone = `state IN ('active', 'draft')`

// RecordIDs implements catalog.Origins.
func (s *Store) RecordIDs(ctx context.Context, source string) (map[string]string, error) {
	rows, err := s.reading().rows(ctx, `SELECT record, id FROM datasets WHERE source <> '' AND source = ? AND `+notGone, source)
	if err != nil {
		return nil, s.trouble(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var record, id string
		if err := rows.Scan(&record, &id); err != nil {
			return nil, s.trouble(err)
		}
		out[record] = id
	}
	return out, s.trouble(rows.Err())
}

// RetireDatasets implements catalog.Origins. Those that are gone already are
// left as they are, and not counted.
func (s *Store) RetireDatasets(ctx context.Context, source string, records []string, to catalog.State) (n int, err error) {
	if to != catalog.Retired && to != catalog.Deleted {
		return 0, invalid("state", "must be retired or deleted", "dev'essere retired o deleted")
	}
	err = s.inTx(ctx, func(x tx) error {
		n = 0
		for _, record := range records {
			var old row
			err := x.one(ctx, old.into(), `SELECT `+rowColumns+` FROM datasets
				WHERE source <> '' AND source = ? AND record = ? AND `+notGone, source, record)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			was, err := old.dataset()
			if err != nil {
				return err
			}
			d := *was
			if d.State = to; to == catalog.Deleted {
				d.Origin.Digest = goneDigest
			}
			if err := x.rewrite(ctx, &old, was, &d, verbOf(was, &d)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Digest implements catalog.Origins.
func (s *Store) Digest(ctx context.Context, source, record string) (digest, id string, ok bool, err error) {
	err = s.reading().one(ctx, []any{&digest, &id}, `SELECT digest, id FROM datasets
		WHERE source <> '' AND source = ? AND record = ? AND `+notGone, source, record)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", false, nil
	}
	return digest, id, err == nil, s.trouble(err)
}
