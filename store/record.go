package store

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

const recordColumns = `kind, key, about, owner, position, created, body`

// aboutThings are the kinds of record whose About is the ID of a thing of the
// catalog. That of a vocabulary is a name and that of a translation a term,
// which may look like any ID.
const aboutThings = `('view', 'relationship', 'follow', 'task', 'table', 'table alias', 'snapshot', 'dictionary', 'gone', 'profile', 'hold', 'rndt', 'raw record')`

func scanRecord(rows *sqlx.Rows) (*catalog.Record, error) {
	var r catalog.Record
	var created int64
	var body []byte
	err := rows.Scan(&r.Kind, &r.Key, &r.About, &r.Owner, &r.Position, &created, &body)
	r.Created = moment(created)
	if len(body) > 0 {
		r.Body = body
	}
	return &r, err
}

// Record implements catalog.Records.
func (s *Store) Record(ctx context.Context, kind catalog.RecordKind, key string) (*catalog.Record, error) {
	out, err := collect(ctx, s.reading(), scanRecord, `SELECT `+recordColumns+` FROM records WHERE kind = ? AND key = ?`, string(kind), key)
	r, err := first(out, err, notFound(string(kind), string(kind), key))
	return r, s.trouble(err)
}

// Records implements catalog.Records.
func (s *Store) Records(ctx context.Context, kind catalog.RecordKind, about, owner string) ([]*catalog.Record, error) {
	where, args := `kind = ?`, []any{string(kind)}
	if about != "" {
		where, args = where+` AND about = ?`, append(args, about)
	}
	if owner != "" {
		where, args = where+` AND owner = ?`, append(args, owner)
	}
	out, err := collect(ctx, s.reading(), scanRecord, `SELECT `+recordColumns+` FROM records WHERE `+where+`
		ORDER BY position, created, key`, args...)
	return out, s.trouble(err)
}

// PutRecord implements catalog.Records.
func (s *Store) PutRecord(ctx context.Context, r *catalog.Record) error {
	body, err := recordBody(r)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(x tx) error { return x.putRecord(ctx, r, body) })
}

// SwapRecord implements catalog.Records.
func (s *Store) SwapRecord(ctx context.Context, r *catalog.Record, was json.RawMessage) error {
	body, err := recordBody(r)
	if err != nil {
		return err
	}
	var old []byte
	if len(was) > 0 {
		if old, err = encode(was); err != nil {
			return err
		}
	}
	return s.inTx(ctx, func(x tx) error {
		there, err := collect(ctx, x.conn, scanRecord, `SELECT `+recordColumns+` FROM records WHERE kind = ? AND key = ?`, string(r.Kind), r.Key)
		if err != nil {
			return err
		}
		if was == nil && len(there) > 0 || was != nil && (len(there) == 0 || string(there[0].Body) != string(old)) {
			return catalog.Errorf(catalog.Conflict, "%s %s has changed meanwhile", r.Kind, short(r.Key)).
				Italian("%s %s nel frattempo è cambiato", r.Kind, short(r.Key))
		}
		return x.putRecord(ctx, r, body)
	})
}

// recordBody checks a record and returns its body as it is stored.
func recordBody(r *catalog.Record) ([]byte, error) {
	if err := checkKeys(map[string]string{"kind": string(r.Kind), "key": r.Key, "about": r.About, "owner": r.Owner}); err != nil {
		return nil, err
	}
	if r.Kind == "" || r.Key == "" {
		return nil, invalid("key", "must be given", "è obbligatorio")
	}
	if len(r.Body) == 0 {
		return nil, nil
	}
	return encode(r.Body)
}

func (x tx) putRecord(ctx context.Context, r *catalog.Record, body []byte) error {
	var created int64
	err := x.one(ctx, []any{&created}, `INSERT INTO records (`+recordColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, key) DO UPDATE SET about = excluded.about, owner = excluded.owner,
		position = excluded.position, body = excluded.body RETURNING created`,
		string(r.Kind), r.Key, r.About, r.Owner, int64(r.Position), micros(now()), string(body))
	if err == nil {
		r.Created = moment(created)
	}
	return err
}

// RemoveRecord implements catalog.Records.
func (s *Store) RemoveRecord(ctx context.Context, kind catalog.RecordKind, key string) error {
	return s.inTx(ctx, func(x tx) error {
		n, err := x.exec(ctx, `DELETE FROM records WHERE kind = ? AND key = ?`, string(kind), key)
		if err == nil && n == 0 {
			return notFound(string(kind), string(kind), key)
		}
		return err
	})
}

// forget removes the records about distributions that are in no dataset.
func (x tx) forget(ctx context.Context, distributions []string) error {
	for _, id := range distributions {
		if _, err := x.exec(ctx, `DELETE FROM records WHERE kind IN `+aboutThings+` AND about = ?
			AND NOT EXISTS (SELECT 1 FROM distributions WHERE id = ?)`, id, id); err != nil {
			return err
		}
	}
	return nil
}

// forgetDataset removes the records about a dataset that is there no more, and
// about the distributions that it had.
func (x tx) forgetDataset(ctx context.Context, id string, distributions []string) error {
	for _, q := range []string{
		`DELETE FROM records WHERE kind IN ` + aboutThings + ` AND about = ?`,
		`DELETE FROM records WHERE kind = 'relationship' AND owner = ?`,
	} {
		if _, err := x.exec(ctx, q, id); err != nil {
			return err
		}
	}
	return x.forget(ctx, distributions)
}
