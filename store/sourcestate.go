package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// absent returns missing when a query has found nothing.
func absent(err error, missing *catalog.Error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return missing
	}
	return err
}

// SourceState implements catalog.Sources.
func (s *Store) SourceState(ctx context.Context, id string) (st catalog.SourceState, err error) {
	err = s.inSnapshot(ctx, func(c conn) error {
		st, err = c.sourceState(ctx, id)
		return err
	})
	return st, err
}

func (c conn) sourceState(ctx context.Context, id string) (st catalog.SourceState, err error) {
	var due int64
	var memo string
	err = c.one(ctx, []any{&due, &st.Failures, &memo}, `SELECT due, failures, memo FROM source_state WHERE source = ?`, id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return st, err
	}
	st.Due = moment(due)
	if memo != "" {
		st.Memo = json.RawMessage(memo)
	}
	return st, c.one(ctx, []any{&st.Runs}, `SELECT count(*) FROM runs WHERE source = ? AND status IN ('done', 'held')`, id)
}

// mostMemo bounds what a connector may remember, in bytes.
const mostMemo = 4 << 20

// UpdateSourceState implements catalog.Sources. A memo that is too large is
// not kept: the next reading is a full one.
func (s *Store) UpdateSourceState(ctx context.Context, id string, f func(*catalog.SourceState)) error {
	return s.inTx(ctx, func(x tx) error {
		if _, err := x.source(ctx, id); err != nil {
			return err
		}
		st, err := x.sourceState(ctx, id)
		if err != nil {
			return err
		}
		f(&st)
		memo := string(st.Memo)
		if len(memo) > mostMemo || !sound(memo) {
			memo = ""
		}
		_, err = x.exec(ctx, `INSERT INTO source_state (source, due, failures, memo, secret) VALUES (?, ?, ?, ?, '')
			ON CONFLICT (source) DO UPDATE SET due = excluded.due, failures = excluded.failures, memo = excluded.memo`,
			id, micros(st.Due), st.Failures, memo)
		return err
	})
}

// Secret implements catalog.Secrets.
func (s *Store) Secret(ctx context.Context, source string) (sealed string, err error) {
	err = s.reading().one(ctx, []any{&sealed}, `SELECT secret FROM source_state WHERE source = ?`, source)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return sealed, s.trouble(err)
}

// PutSecret implements catalog.Secrets.
func (s *Store) PutSecret(ctx context.Context, source, sealed string) error {
	if err := checkKeys(map[string]string{"source": source}); err != nil {
		return err
	}
	return s.inTx(ctx, func(x tx) error {
		src, err := x.source(ctx, source)
		if err != nil {
			return err
		}
		_, err = x.exec(ctx, `INSERT INTO source_state (source, due, failures, memo, secret) VALUES (?, 0, 0, '', ?)
			ON CONFLICT (source) DO UPDATE SET secret = excluded.secret`, src.ID, sealed)
		return err
	})
}

// mostIdentifier is how long an identifier may be by which twins are known;
// longer ones are texts that somebody wrote into the wrong field.
const mostIdentifier = 250

// identify notes by what the twins of d are known.
func (x tx) identify(ctx context.Context, was, d *catalog.Dataset) error {
	if was.Holder.Identifier == d.Holder.Identifier && was.Identifier == d.Identifier {
		return nil
	}
	if was.Identifier != "" {
		if _, err := x.exec(ctx, `DELETE FROM identities WHERE dataset = ?`, d.ID); err != nil {
			return err
		}
	}
	if d.Holder.Identifier == "" || d.Identifier == "" || len(d.Identifier) > mostIdentifier || !sound(d.Identifier) {
		return nil
	}
	_, err := x.exec(ctx, `INSERT INTO identities (dataset, holder, identifier) VALUES (?, ?, ?)
		ON CONFLICT (dataset) DO UPDATE SET holder = excluded.holder, identifier = excluded.identifier`,
		d.ID, d.Holder.Identifier, d.Identifier)
	return err
}

// learnIdentities fills the table after the step of the schema that made it.
func (s *Store) learnIdentities(ctx context.Context) error {
	var known, held int
	if err := s.reading().one(ctx, []any{&known}, `SELECT count(*) FROM (SELECT 1 FROM identities LIMIT 1) probe`); err != nil || known > 0 {
		return s.trouble(err)
	}
	if err := s.reading().one(ctx, []any{&held}, `SELECT count(*) FROM (SELECT 1 FROM datasets WHERE holder <> '' LIMIT 1) probe`); err != nil || held == 0 {
		return s.trouble(err)
	}
	return s.inTx(ctx, func(x tx) error { return x.identifyAll(ctx) })
}

// identifyAll notes it anew for every dataset, for a dump has no word of it.
func (x tx) identifyAll(ctx context.Context) error {
	after := ""
	for {
		rows, err := collect(ctx, x.conn, scanRow, `SELECT `+rowColumns+` FROM datasets WHERE id > ? ORDER BY id LIMIT 500`, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			after = r.id
			d, err := r.dataset()
			if err != nil { // a body that cannot be read has no twin, and no reason to refuse all others
				continue
			}
			if err := x.identify(ctx, &catalog.Dataset{}, d); err != nil {
				return err
			}
		}
	}
}

// Twins implements catalog.Twins.
func (s *Store) Twins(ctx context.Context, dataset string) ([]catalog.Twin, error) {
	may := visible(catalog.ActorOf(ctx))
	out, err := collect(ctx, s.reading(), func(rows *sqlx.Rows) (t catalog.Twin, err error) {
		var body []byte
		r := row{}
		if err := rows.Scan(&r.id, &r.name, &r.source, &r.bodyVersion, &body); err != nil {
			return t, err
		}
		r.body = body
		return catalog.Twin{ID: r.id, Name: r.name, Title: r.title(), Source: r.source}, nil
	}, `SELECT id, name, source, body_version, body FROM datasets
		WHERE id IN (SELECT b.dataset FROM identities a JOIN identities b ON a.holder = b.holder AND a.identifier = b.identifier
			WHERE a.dataset = ? AND b.dataset <> a.dataset) AND `+notGone+` AND `+may.sql+` ORDER BY created, id LIMIT 100`,
		append([]any{dataset}, may.args...)...)
	return out, s.trouble(err)
}
