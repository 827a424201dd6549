package api

import (
	"context"
	"fmt"
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

// ListDatasets implements catalog.Datasets. The IDs of a page are kept for as
// long as the catalog does not change.
func (k *knownDatasets) ListDatasets(ctx context.Context, f catalog.DatasetFilter) ([]*catalog.Dataset, int, error) {
	if catalog.ActorOf(ctx).ID != "" {
		return k.Datasets.ListDatasets(ctx, f)
	}
	key := fmt.Sprintf("list %+v", f)
	if e := k.s.cache.get(key); e != nil && e.revision == k.revision {
		ds, err := k.DatasetsByID(ctx, strings.Fields(string(e.body)))
		return ds, int(e.made), err
	}
	ds, total, err := k.Datasets.ListDatasets(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	k.s.cache.put(&cached{key: key, revision: k.revision, made: int64(total), body: []byte(strings.Join(ids, "\n"))})
	return ds, total, nil
}
