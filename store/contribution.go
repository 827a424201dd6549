package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// AddContribution implements catalog.Contributions.
func (s *Store) AddContribution(ctx context.Context, c *catalog.Contribution) error {
	kept := *c
	kept.ID, kept.Created = uuid.NewString(), now()
	err := s.inTx(ctx, func(x tx) error {
		if err := x.one(ctx, []any{&kept.Number}, `SELECT coalesce(max(number), 0) + 1 FROM contributions`); err != nil {
			return err
		}
		body, err := encode(&kept)
		if err != nil {
			return err
		}
		_, err = x.exec(ctx, `INSERT INTO contributions (id, number, kind, dataset, state, stars, created, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			kept.ID, kept.Number, string(kept.Kind), kept.Dataset, string(kept.State), kept.Stars, micros(kept.Created), string(body))
		return err
	})
	if err == nil {
		*c = kept
	}
	return err
}

func scanContribution(rows *sqlx.Rows) (*catalog.Contribution, error) {
	var body []byte
	var c catalog.Contribution
	if err := rows.Scan(&body); err != nil {
		return nil, err
	}
	return &c, json.Unmarshal(body, &c)
}

const findContribution = `SELECT body FROM contributions WHERE id = ? OR CAST(number AS TEXT) = ?`

// Contribution implements catalog.Contributions.
func (s *Store) Contribution(ctx context.Context, ref string) (*catalog.Contribution, error) {
	out, err := collect(ctx, s.reading(), scanContribution, findContribution, ref, ref)
	c, err := first(out, err, notFound("contribution", "il contributo", ref))
	return c, s.trouble(err)
}

// Contributions implements catalog.Contributions.
func (s *Store) Contributions(ctx context.Context, f catalog.ContributionFilter) ([]*catalog.Contribution, int, error) {
	var where []string
	var args []any
	for column, value := range map[string]string{"kind": string(f.Kind), "dataset": f.Dataset, "state": string(f.State)} {
		if value != "" {
			where, args = append(where, column+" = ?"), append(args, value)
		}
	}
	if where == nil {
		where = []string{"TRUE"}
	}
	condition := ` FROM contributions WHERE ` + strings.Join(where, " AND ")
	var total int
	c := s.reading()
	if err := c.one(ctx, []any{&total}, `SELECT count(*)`+condition, args...); err != nil || f.Limit == 0 {
		return nil, total, s.trouble(err)
	}
	out, err := collect(ctx, c, scanContribution, `SELECT body`+condition+` ORDER BY number DESC LIMIT ? OFFSET ?`,
		append(args, limit(f.Limit), f.Offset)...)
	return out, total, s.trouble(err)
}

// ChangeContribution implements catalog.Contributions.
func (s *Store) ChangeContribution(ctx context.Context, ref string, change func(*catalog.Contribution) error) (*catalog.Contribution, error) {
	var changed *catalog.Contribution
	err := s.inTx(ctx, func(x tx) error {
		out, err := collect(ctx, x.conn, scanContribution, findContribution, ref, ref)
		c, err := first(out, err, notFound("contribution", "il contributo", ref))
		if err != nil {
			return err
		}
		id, number, created := c.ID, c.Number, c.Created
		if err := change(c); err != nil {
			return err
		}
		c.ID, c.Number, c.Created = id, number, created
		body, err := encode(c)
		if err != nil {
			return err
		}
		changed = c
		_, err = x.exec(ctx, `UPDATE contributions SET kind = ?, dataset = ?, state = ?, stars = ?, body = ? WHERE id = ?`,
			string(c.Kind), c.Dataset, string(c.State), c.Stars, string(body), c.ID)
		return err
	})
	return changed, err
}

// RatingOf implements catalog.Contributions.
func (s *Store) RatingOf(ctx context.Context, dataset string) (r catalog.RatingOf, err error) {
	err = s.reading().one(ctx, []any{&r.N, &r.Mean}, `SELECT count(*), coalesce(avg(CAST(stars AS DOUBLE PRECISION)), 0)
		FROM contributions WHERE dataset = ? AND kind = ? AND state = ?`, dataset, string(catalog.Rating), string(catalog.Accepted))
	return r, s.trouble(err)
}
