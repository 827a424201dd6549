package store

import (
	"context"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// orders are the orders of catalog.DatasetSort. Names and titles are compared
// by code point on both engines (the columns' collation).
var orders = map[catalog.DatasetSort]string{
	catalog.ByID:         `id`,
	catalog.ByIDDesc:     `id DESC`,
	catalog.ByName:       `name, id`,
	catalog.ByNameDesc:   `name DESC, id`,
	catalog.ByUpdated:    `updated DESC, id`,
	catalog.ByUpdatedAsc: `updated, id`,
	catalog.ByCreated:    `created DESC, id`,
	catalog.ByCreatedAsc: `created, id`,
	catalog.ByTitle:      `title_sort, id`,
	catalog.ByTitleDesc:  `title_sort DESC, id`,
}

// all is a LIMIT that no catalog reaches; SQLite and Postgres write "no limit"
// differently.
const all = 1 << 40

func limit(n int) int64 {
	if n < 0 {
		return all
	}
	return int64(n)
}

// ListDatasets implements catalog.Datasets.
func (s *Store) ListDatasets(ctx context.Context, f catalog.DatasetFilter) (page []*catalog.Dataset, total int, err error) {
	rows, total, err := listed(ctx, s, f, scanRow, pageQuery)
	if err != nil {
		return nil, 0, err
	}
	page, err = datasets(rows)
	return page, total, err
}

// DatasetIDs lists the IDs of the datasets that ListDatasets lists, and reads
// nothing else of them.
func (s *Store) DatasetIDs(ctx context.Context, f catalog.DatasetFilter) (page []string, total int, err error) {
	return listed(ctx, s, f, func(rows *sqlx.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, idQuery)
}

// listed reads a page with the query that is made of the condition and the
// order of f, and counts what there is.
func listed[T any](ctx context.Context, s *Store, f catalog.DatasetFilter, scan func(*sqlx.Rows) (T, error), query func(where, order string) string) (page []T, total int, err error) {
	order, ok := orders[f.Sort]
	if !ok {
		return nil, 0, catalog.Errorf(catalog.Invalid, "there is no order %d", f.Sort)
	}
	where := matching(f, catalog.ActorOf(ctx))
	err = s.inSnapshot(ctx, func(c conn) error {
		if f.Limit != 0 {
			page, err = collect(ctx, c, scan, query(where.sql, order), slices.Concat(where.args, []any{limit(f.Limit), max(f.Offset, 0)})...)
			if err != nil {
				return err
			}
		}
		if f.Offset <= 0 && (f.Limit < 0 || len(page) < f.Limit) {
			total = len(page) // this is all there is
			return nil
		}
		return c.one(ctx, []any{&total}, `SELECT count(*) FROM datasets WHERE `+where.sql, where.args...)
	})
	return page, total, err
}

func idQuery(where, order string) string {
	return `SELECT id FROM datasets WHERE ` + where + ` ORDER BY ` + order + ` LIMIT ? OFFSET ?`
}

// pageQuery finds the IDs of a page first: that needs an index alone, while
// skipping 50,000 rows with their bodies would read them all.
func pageQuery(where, order string) string {
	return `SELECT ` + rowColumns + ` FROM datasets WHERE id IN
		(` + idQuery(where, order) + `) ORDER BY ` + order
}

// inRNDT are the IDs of the datasets that the RNDT describes.
const inRNDT = `(SELECT key FROM records WHERE kind = 'rndt')`

// matching returns the condition for what f chooses of what a may see.
func matching(f catalog.DatasetFilter, a catalog.Actor) predicate {
	may := visible(a)
	where, args := append([]string{may.sql}, standing(f)...), slices.Clone(may.args)
	add := func(sql string, arg ...any) {
		where, args = append(where, sql), append(args, arg...)
	}
	// In this order always, for the text of a query is the key of its plan.
	for _, is := range [][2]string{{"organization", f.Organization}, {"source", f.Source}, {"holder", f.Holder}} {
		if is[1] != "" {
			add(is[0]+` = ?`, is[1])
		}
	}
	if f.Creator != "" {
		add(`creator <> '' AND creator = ?`, f.Creator)
	}
	if !f.ModifiedSince.IsZero() {
		add(`updated >= ?`, micros(f.ModifiedSince))
	}
	switch {
	case f.After == "":
	case f.Sort == catalog.ByIDDesc:
		add(`id < ?`, f.After)
	default:
		add(`id > ?`, f.After)
	}
	return predicate{sql: strings.Join(where, " AND "), args: args}
}

// standing returns the conditions for how a dataset stands: its state, and
// where else it is shown. They have no arguments, so that the plan of a query
// can use the indexes of a part of the table.
func standing(f catalog.DatasetFilter) (where []string) {
	switch {
	case f.AnyState:
	case f.Drafts:
		where = append(where, `state IN ('active', 'draft')`)
	default:
		where = append(where, `state = 'active'`)
	}
	if f.Fed {
		where = append(where, open+` AND NOT quarantined`)
	}
	if f.Quarantined {
		where = append(where, open+` AND quarantined`)
	}
	if f.NotRNDT {
		where = append(where, `id NOT IN `+inRNDT)
	}
	if f.RNDT {
		where = append(where, `id IN `+inRNDT)
	}
	return where
}

// DatasetNames implements catalog.Datasets. It gives the Active ones.
func (s *Store) DatasetNames(ctx context.Context, offset, n int) ([]string, error) {
	where := matching(catalog.DatasetFilter{}, catalog.ActorOf(ctx))
	names, err := collect(ctx, s.reading(), func(rows *sqlx.Rows) (name string, err error) {
		err = rows.Scan(&name)
		return name, err
	}, `SELECT name FROM datasets WHERE `+where.sql+` ORDER BY name, id LIMIT ? OFFSET ?`,
		slices.Concat(where.args, []any{limit(n), max(offset, 0)})...)
	return names, s.trouble(err)
}
