package store

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

const day = 24 * time.Hour

// dayOf returns a day as a column holds it.
func dayOf(t time.Time) int64 { return t.UTC().Unix() / int64(day/time.Second) }

func dayTime(n int64) time.Time { return time.Unix(n*int64(day/time.Second), 0).UTC() }

// AddUsage implements catalog.Usages.
func (s *Store) AddUsage(ctx context.Context, uses []catalog.Use) error {
	if len(uses) == 0 {
		return nil
	}
	return s.inTx(ctx, func(x tx) error {
		for _, u := range uses {
			if _, err := x.exec(ctx, `INSERT INTO usage (dataset, distribution, kind, day, n)
				SELECT id, ?, ?, ?, ? FROM datasets WHERE id = ?
				ON CONFLICT (dataset, distribution, kind, day) DO UPDATE SET n = usage.n + excluded.n`,
				u.Distribution, string(u.Kind), dayOf(u.Day), u.N, u.Dataset); err != nil {
				return err
			}
		}
		return nil
	})
}

const useColumns = `dataset, distribution, kind, day, n`

func scanUse(rows *sqlx.Rows) (u catalog.Use, err error) {
	var at int64
	err = rows.Scan(&u.Dataset, &u.Distribution, &u.Kind, &at, &u.N)
	u.Day = dayTime(at)
	return u, err
}

// UsageOf implements catalog.Usages.
func (s *Store) UsageOf(ctx context.Context, ref string, from time.Time) ([]catalog.Use, error) {
	d, err := s.Dataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	out, err := collect(ctx, s.reading(), scanUse, `SELECT `+useColumns+` FROM usage WHERE dataset = ? AND day >= ?
		ORDER BY day, kind, distribution`, d.ID, dayOf(from))
	return out, s.trouble(err)
}

// seenUsage is a condition on rows of usage: their datasets may be seen.
func seenUsage(ctx context.Context) predicate {
	may := visible(catalog.ActorOf(ctx))
	return predicate{sql: `day >= ? AND dataset IN (SELECT id FROM datasets WHERE ` + may.sql + `)`, args: may.args}
}

func (p predicate) after(args ...any) []any { return slices.Concat(args, p.args) }

// MostUsed implements catalog.Usages.
func (s *Store) MostUsed(ctx context.Context, kind catalog.UseKind, from, before time.Time, n int) ([]catalog.UseTotal, error) {
	may := seenUsage(ctx)
	args := slices.Concat([]any{string(kind), dayOf(before)}, may.after(dayOf(from)), []any{limit(n), dayOf(from), dayOf(before)})
	rows, err := collect(ctx, s.reading(), scanUse, `WITH most AS (
			SELECT dataset, sum(n) AS uses FROM usage WHERE kind = ? AND day < ? AND `+may.sql+`
			GROUP BY dataset ORDER BY uses DESC, dataset LIMIT ?)
		SELECT usage.dataset, '', usage.kind, 0, CAST(sum(usage.n) AS BIGINT) FROM usage JOIN most ON most.dataset = usage.dataset
		WHERE usage.day >= ? AND usage.day < ? GROUP BY usage.dataset, usage.kind, most.uses ORDER BY most.uses DESC, usage.dataset`, args...)
	if err != nil {
		return nil, s.trouble(err)
	}
	var out []catalog.UseTotal
	for _, u := range rows {
		if len(out) == 0 || out[len(out)-1].Dataset != u.Dataset {
			out = append(out, catalog.UseTotal{Dataset: u.Dataset, N: make(map[catalog.UseKind]int64)})
		}
		out[len(out)-1].N[u.Kind] = u.N
	}
	return out, nil
}

// UsageByDay implements catalog.Usages.
func (s *Store) UsageByDay(ctx context.Context, from time.Time) ([]catalog.Use, error) {
	may := seenUsage(ctx)
	out, err := collect(ctx, s.reading(), scanUse, `SELECT '', '', kind, day, CAST(sum(n) AS BIGINT) FROM usage WHERE `+may.sql+`
		GROUP BY day, kind ORDER BY day, kind`, may.after(dayOf(from))...)
	return out, s.trouble(err)
}

// usePage is how many rows EachUsage takes at once, so that a slow reader of
// the numbers holds no connection.
const usePage = 5000

// EachUsage implements catalog.Usages.
func (s *Store) EachUsage(ctx context.Context, from time.Time, yield func(catalog.Use) error) error {
	may := seenUsage(ctx)
	last := catalog.Use{Day: from.Add(-day)}
	for {
		args := may.after(dayOf(from))
		args = append(args, dayOf(last.Day), last.Dataset, last.Distribution, string(last.Kind), usePage)
		page, err := collect(ctx, s.reading(), scanUse, `SELECT `+useColumns+` FROM usage WHERE `+may.sql+`
			AND (day, dataset, distribution, kind) > (?, ?, ?, ?) ORDER BY day, dataset, distribution, kind LIMIT ?`, args...)
		if err != nil {
			return s.trouble(err)
		}
		for _, u := range page {
			if err := yield(u); err != nil {
				return err
			}
		}
		if len(page) < usePage {
			return nil
		}
		last = page[len(page)-1]
	}
}
