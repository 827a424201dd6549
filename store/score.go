package store

import (
	"context"

	"portico/catalog"
)

// PutScores implements catalog.Scores.
func (s *Store) PutScores(ctx context.Context, scores []catalog.Score) error {
	if len(scores) == 0 {
		return nil
	}
	return s.inTx(ctx, func(x tx) error {
		for i := range scores {
			v := &scores[i]
			body, err := encode(v.Body)
			if err != nil {
				return err
			}
			if _, err := x.exec(ctx, `INSERT INTO scores (dataset, revision, scheme, rated, points, body)
				SELECT id, CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT) FROM datasets WHERE id = ?
				ON CONFLICT (dataset) DO UPDATE SET revision = excluded.revision, scheme = excluded.scheme, rated = excluded.rated,
				points = excluded.points, body = excluded.body`,
				v.Revision, v.Scheme, micros(v.Rated), int64(v.Points), string(body), v.Dataset); err != nil {
				return err
			}
		}
		return nil
	})
}

// Scores implements catalog.Scores.
func (s *Store) Scores(ctx context.Context, organization string, f func(catalog.Score) error) error {
	where, args := open, []any(nil)
	if organization != "" {
		where, args = open+` AND organization = ?`, []any{organization}
	}
	rows, err := s.reading().rows(ctx, `SELECT s.dataset, s.revision, s.scheme, s.rated, s.points, s.body FROM scores s
		JOIN (SELECT id FROM datasets WHERE `+where+`) d ON d.id = s.dataset`, args...)
	if err != nil {
		return s.trouble(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v catalog.Score
		var rated int64
		var body []byte
		if err := rows.Scan(&v.Dataset, &v.Revision, &v.Scheme, &rated, &v.Points, &body); err != nil {
			return s.trouble(err)
		}
		v.Rated, v.Body = moment(rated), body
		if err := f(v); err != nil {
			return err
		}
	}
	return s.trouble(rows.Err())
}

// Unscored implements catalog.Scores.
func (s *Store) Unscored(ctx context.Context, scheme string, n int) ([]string, error) {
	out, err := collect(ctx, s.reading(), scanID, `SELECT d.id FROM datasets d LEFT JOIN scores s ON s.dataset = d.id AND s.scheme = ?
		WHERE d.state = 'active' AND NOT d.private AND (s.dataset IS NULL OR s.revision <> d.revision) ORDER BY d.id LIMIT ?`, scheme, limit(n))
	return out, s.trouble(err)
}

// RescoreAll implements catalog.Scores.
func (s *Store) RescoreAll(ctx context.Context) error {
	return s.inTx(ctx, func(x tx) error {
		_, err := x.exec(ctx, `UPDATE scores SET revision = -1 WHERE revision <> -1`)
		return err
	})
}

// QualityStamp implements catalog.Scores.
func (s *Store) QualityStamp(ctx context.Context) (int64, error) {
	var rated, checked int64
	err := s.reading().one(ctx, []any{&rated, &checked}, `SELECT COALESCE((SELECT MAX(rated) FROM scores), 0), COALESCE((SELECT MAX(checked) FROM links), 0)`)
	return max(rated, checked), s.trouble(err)
}
