package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// A sourceRow is a Source as the database has it.
type sourceRow struct {
	ID, Name    string
	Created     int64
	BodyVersion int `db:"body_version"`
	Body        []byte
}

const sourceQuery = `SELECT id, name, created, body_version, body FROM sources`

func scanSource(rows *sqlx.Rows) (*catalog.Source, error) {
	var r sourceRow
	if err := rows.StructScan(&r); err != nil {
		return nil, err
	}
	return r.source()
}

func (r *sourceRow) source() (*catalog.Source, error) {
	s := new(catalog.Source)
	if err := sourceForm.read(r.Body, r.BodyVersion, s); err != nil {
		return nil, err
	}
	s.ID, s.Name, s.Created = r.ID, r.Name, moment(r.Created)
	return s, nil
}

// Source implements catalog.Sources.
func (s *Store) Source(ctx context.Context, ref string) (*catalog.Source, error) {
	src, err := s.reading().source(ctx, ref)
	return src, s.trouble(err)
}

func (c conn) source(ctx context.Context, ref string) (*catalog.Source, error) {
	out, err := collect(ctx, c, scanSource, sourceQuery+` WHERE id = ? OR name = ? ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END LIMIT 1`, ref, ref, ref)
	return first(out, err, notFound("source", "la fonte", ref))
}

// Sources implements catalog.Sources.
func (s *Store) Sources(ctx context.Context) ([]*catalog.Source, error) {
	out, err := collect(ctx, s.reading(), scanSource, sourceQuery+` ORDER BY name`)
	return out, s.trouble(err)
}

// PutSource implements catalog.Sources. It creates src, or replaces the source
// with its ID. A name of another source is Invalid.
func (s *Store) PutSource(ctx context.Context, src *catalog.Source) error {
	if err := checkKeys(map[string]string{"id": src.ID, "name": src.Name}); err != nil {
		return err
	}
	var put catalog.Source
	err := s.inTx(ctx, func(x tx) error {
		put = *src
		var r sourceRow
		err := sql.ErrNoRows
		if put.ID != "" {
			err = x.one(ctx, []any{&r.ID, &r.Name, &r.Created, &r.BodyVersion, &r.Body}, sourceQuery+` WHERE id = ?`, put.ID)
		}
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return x.createSource(ctx, &put)
		case err != nil:
			return err
		}
		return x.replaceSource(ctx, &r, &put)
	})
	if err == nil {
		*src = put
	}
	return err
}

func (x tx) createSource(ctx context.Context, src *catalog.Source) (err error) {
	if src.ID == "" {
		src.ID = uuid.NewString()
	}
	if src.Name == "" {
		if src.Name, err = x.freeName(ctx, sourceNames, src.Title, src.URL); err != nil {
			return err
		}
	} else if err := x.checkName(ctx, sourceNames, src.ID, src.Name); err != nil {
		return err
	}
	src.Created = now()
	body, err := encode(src)
	if err != nil {
		return err
	}
	if _, err := x.exec(ctx, `INSERT INTO sources (id, name, created, body_version, body) VALUES (?, ?, ?, ?, ?)`,
		src.ID, src.Name, micros(src.Created), sourceForm.version(), string(body)); err != nil {
		return err
	}
	return x.activity(ctx, act{verb: "new source", kind: "source", object: src.ID, source: src.ID, body: body})
}

func (x tx) replaceSource(ctx context.Context, old *sourceRow, src *catalog.Source) error {
	if src.Name == "" {
		src.Name = old.Name
	}
	if err := x.checkName(ctx, sourceNames, src.ID, src.Name); err != nil {
		return err
	}
	src.Created = moment(old.Created)
	body, err := encode(src)
	if err != nil || string(body) == string(old.Body) {
		return err
	}
	if _, err := x.exec(ctx, `UPDATE sources SET name = ?, body_version = ?, body = ? WHERE id = ?`,
		src.Name, sourceForm.version(), string(body), src.ID); err != nil {
		return err
	}
	return x.activity(ctx, act{verb: "changed source", kind: "source", object: src.ID, source: src.ID, body: body})
}

// RemoveSource implements catalog.Sources. Its runs go with it; what it was
// stays in the activity log.
func (s *Store) RemoveSource(ctx context.Context, ref string) error {
	return s.inTx(ctx, func(x tx) error {
		src, err := x.source(ctx, ref)
		if err != nil {
			return err
		}
		for _, q := range []string{`DELETE FROM runs WHERE source = ?`, `DELETE FROM records WHERE kind = 'raw record' AND owner = ?`, `DELETE FROM sources WHERE id = ?`} {
			if _, err := x.exec(ctx, q, src.ID); err != nil {
				return err
			}
		}
		body, err := json.Marshal(src)
		if err != nil {
			return err
		}
		return x.activity(ctx, act{verb: "removed source", kind: "source", object: src.ID, source: src.ID, body: body})
	})
}
