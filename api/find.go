package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
	"portico/search"
)

// A hits is the answer to a search: datasets rendered in one form.
type hits struct {
	total  int
	items  [][]byte
	scores []float32 // of items, when the query asks for them
	facets map[search.Field][]search.Count
}

// find searches what the actor of ctx may see and renders the page.
func (s *Server) find(ctx context.Context, f form, revision int64, q search.Query) (hits, error) {
	known := &knownDatasets{Datasets: s.datasets, s: s, form: f, revision: revision, bodies: make(map[string][]byte)}
	found, err := search.Find(ctx, s.engine, known, q)
	if err != nil {
		return hits{}, err
	}
	h := hits{total: found.Total, facets: found.Facets, items: make([][]byte, len(found.Datasets))}
	if found.Scores != nil {
		h.scores = make([]float32, len(found.Datasets))
	}
	var dir *directory
	for i, d := range found.Datasets {
		if h.scores != nil {
			h.scores[i] = found.Scores[d.ID]
		}
		if h.items[i] = known.bodies[d.ID]; h.items[i] != nil {
			continue
		}
		if dir == nil {
			if dir, err = s.directoryAt(ctx, revision); err != nil {
				return hits{}, err
			}
		}
		h.items[i] = s.renderOne(f, d, dir)
	}
	return h, nil
}

// findPublic is find for anybody, whoever asks.
func (s *Server) findPublic(ctx context.Context, f form, revision int64, q search.Query) (hits, error) {
	return s.find(catalog.WithActor(ctx, catalog.Actor{}), f, revision, q)
}

// A knownDatasets is the store of datasets for one search. A dataset whose
// rendering for anybody still holds at this revision of the catalog need not
// be read again: that it is there, and who may see it, was checked when it was
// rendered, and nothing has changed since. It is returned as no more than its
// ID and state.
type knownDatasets struct {
	catalog.Datasets
	s        *Server
	form     form
	revision int64
	bodies   map[string][]byte // the renderings of those returned so
}

// DatasetsByID implements catalog.Datasets.
func (k *knownDatasets) DatasetsByID(ctx context.Context, ids []string) ([]*catalog.Dataset, error) {
	if catalog.ActorOf(ctx).ID != "" {
		return k.Datasets.DatasetsByID(ctx, ids)
	}
	var missing []string
	stubs := make(map[string]*catalog.Dataset, len(ids))
	for _, id := range ids {
		if e := k.s.kept(k.form, id, k.revision); e != nil {
			k.bodies[id], stubs[id] = e.body, e.stub
		} else {
			missing = append(missing, id)
		}
	}
	read := make(map[string]*catalog.Dataset, len(missing))
	if len(missing) > 0 {
		ds, err := k.Datasets.DatasetsByID(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			read[d.ID] = d
		}
	}
	out := make([]*catalog.Dataset, 0, len(ids))
	for _, id := range ids {
		if stub := stubs[id]; stub != nil {
			out = append(out, stub)
		} else if d := read[id]; d != nil {
			out = append(out, d)
		}
	}
	return out, nil
}

// A lister lists no more than the IDs of a page, for who has the rest.
type lister interface {
	DatasetIDs(ctx context.Context, f catalog.DatasetFilter) (page []string, total int, err error)
}

// sheetSize is how many IDs are listed at once, for the pages beside, too.
const sheetSize = 200

// ListDatasets implements catalog.Datasets. What is listed is kept for as long
// as the catalog does not change.
func (k *knownDatasets) ListDatasets(ctx context.Context, f catalog.DatasetFilter) ([]*catalog.Dataset, int, error) {
	ids, ok := k.Datasets.(lister)
	if !ok || f.Limit < 0 || f.Offset < 0 || catalog.ActorOf(ctx).ID != "" {
		return k.Datasets.ListDatasets(ctx, f)
	}
	var page []string
	total, from, left := 0, f.Offset, f.Limit
	for {
		sheet, n, err := k.sheet(ctx, ids, f, from)
		if err != nil {
			return nil, 0, err
		}
		total = n
		page = append(page, sheet[:min(left, len(sheet))]...)
		from += len(sheet)
		if left -= len(sheet); left <= 0 || len(sheet) == 0 {
			break
		}
	}
	ds, err := k.DatasetsByID(ctx, page)
	return slices.DeleteFunc(ds, func(d *catalog.Dataset) bool { return d.State != catalog.Active }), total, err
}

// sheet returns the IDs from one place on to the end of the sheet that it is on,
// none when that is beyond the last, and how many there are in all.
func (k *knownDatasets) sheet(ctx context.Context, ids lister, f catalog.DatasetFilter, from int) ([]string, int, error) {
	f.Limit = max(f.Limit, sheetSize)
	before := from % f.Limit
	f.Offset = from - before
	key := fmt.Sprintf("list %+v", f)
	if e := k.s.cache.get(key); e != nil && e.revision == k.revision {
		list := strings.Fields(string(e.body))
		return list[min(before, len(list)):], int(e.made), nil
	}
	list, total, err := ids.DatasetIDs(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	k.s.cache.put(&cached{key: key, revision: k.revision, made: int64(total), body: []byte(strings.Join(list, "\n"))})
	return list[min(before, len(list)):], total, nil
}
