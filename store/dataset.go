package store

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// Dataset implements catalog.Datasets.
func (s *Store) Dataset(ctx context.Context, ref string) (*catalog.Dataset, error) {
	r, v, err := s.look(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := r.refusal(v, ref); err != nil {
		return nil, err
	}
	return r.dataset()
}

// Tombstone returns a dataset that is Gone as it was last, for the page that
// says so. It is NotFound when there is no such dataset, when it is not gone,
// and when the actor could never have seen it.
func (s *Store) Tombstone(ctx context.Context, ref string) (*catalog.Dataset, error) {
	r, v, err := s.look(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !catalog.State(r.state).Gone() || !r.published && !v.insider {
		return nil, notFound("dataset", "il dataset", ref)
	}
	return r.dataset()
}

// The ways to find a dataset by a reference, each by an index of its own.
const (
	byID          = `id = ?`
	byName        = `name = ? AND state <> 'deleted'`
	byDeletedName = `name = ? AND state = 'deleted' ORDER BY updated DESC, id LIMIT 1`
)

// waysTo returns in which order to try. What looks like an ID is one, so that
// nobody can take over an address by giving it to another dataset as a name.
func waysTo(ref string) []string {
	if len(ref) == 36 && ref[8] == '-' && ref[13] == '-' && ref[18] == '-' && ref[23] == '-' {
		return []string{byID, byName, byDeletedName}
	}
	return []string{byName, byID, byDeletedName}
}

// look finds a dataset by ID or name, and tells how it looks to the actor.
func (s *Store) look(ctx context.Context, ref string) (*row, seen, error) {
	a := catalog.ActorOf(ctx)
	may, in := visible(a), insider(a)
	head := `SELECT ` + rowColumns + `, ` + may.sql + `, ` + in.sql + ` FROM datasets WHERE `
	for _, where := range waysTo(ref) {
		var r row
		var v seen
		args := slices.Concat(may.args, in.args, []any{ref})
		err := s.reading().one(ctx, append(r.into(), &v.visible, &v.insider), head+where, args...)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		return &r, v, s.trouble(err)
	}
	return nil, seen{}, notFound("dataset", "il dataset", ref)
}

// find finds a dataset by ID or name, whoever may see it.
func (x tx) find(ctx context.Context, ref string) (*row, error) {
	for _, where := range waysTo(ref) {
		var r row
		err := x.one(ctx, r.into(), `SELECT `+rowColumns+` FROM datasets WHERE `+where, ref)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		return &r, err
	}
	return nil, notFound("dataset", "il dataset", ref)
}

// DatasetOfDistribution returns the ID of the dataset that has the given
// distribution, or NotFound; a dataset that the actor may see goes before one
// that they may not, and the oldest first. Whether they may, Dataset says.
func (s *Store) DatasetOfDistribution(ctx context.Context, id string) (string, error) {
	may := visible(catalog.ActorOf(ctx))
	var dataset string
	err := s.reading().one(ctx, []any{&dataset}, `SELECT datasets.id FROM distributions
		JOIN datasets ON datasets.id = distributions.dataset WHERE distributions.id = ?
		ORDER BY CASE WHEN `+may.sql+` THEN 0 ELSE 1 END, created, datasets.id LIMIT 1`, slices.Concat([]any{id}, may.args)...)
	if errors.Is(err, sql.ErrNoRows) {
		return "", notFound("distribution", "la distribuzione", id)
	}
	return dataset, s.trouble(err)
}

// chunks are the numbers of IDs that one query asks for, so that few different
// queries have to be kept prepared; a shorter list repeats its last ID.
var chunks = []int{1, 20, 500}

// DatasetsByID implements catalog.Datasets.
func (s *Store) DatasetsByID(ctx context.Context, ids []string) ([]*catalog.Dataset, error) {
	may := visible(catalog.ActorOf(ctx))
	found := make(map[string]*row, len(ids))
	for part := range slices.Chunk(ids, chunks[len(chunks)-1]) {
		for _, n := range chunks {
			if len(part) <= n {
				part = padded(part, n)
				break
			}
		}
		query, args, err := sqlx.In(`SELECT `+rowColumns+` FROM datasets WHERE id IN (?)`, part)
		if err != nil {
			return nil, err
		}
		rows, err := collect(ctx, s.reading(), scanRow, query+` AND `+may.sql, slices.Concat(args, may.args)...)
		if err != nil {
			return nil, s.trouble(err)
		}
		for _, r := range rows {
			found[r.id] = r
		}
	}
	rows := make([]*row, 0, len(ids))
	for _, id := range ids {
		if r, ok := found[id]; ok {
			rows = append(rows, r)
		}
	}
	return datasets(rows)
}

func padded(ids []string, n int) []string {
	out := slices.Grow(slices.Clone(ids), n-len(ids))
	for len(out) < n {
		out = append(out, ids[len(ids)-1])
	}
	return out
}

// datasets decodes rows. Of many, each processor does a part, for decoding is
// most of the work of a long list.
func datasets(rows []*row) ([]*catalog.Dataset, error) {
	out := make([]*catalog.Dataset, len(rows))
	const worthIt = 50
	parts := max(1, min(runtime.GOMAXPROCS(0), len(rows)/worthIt))
	errs := make([]error, parts)
	var wg sync.WaitGroup
	for p := range parts {
		wg.Go(func() {
			for i := p; i < len(rows) && errs[p] == nil; i += parts {
				out[i], errs[p] = rows[i].dataset()
			}
		})
	}
	wg.Wait()
	return out, errors.Join(errs...)
}
