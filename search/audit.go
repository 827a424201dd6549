package search

import (
	"context"
	"slices"

	"portico/catalog"
)

// An Auditor is an Engine that can be compared with the catalog.
type Auditor interface {
	Engine

	// Lacks returns the IDs of those of docs that the engine does not have, or
	// has otherwise.
	Lacks(ctx context.Context, docs ...Document) (ids []string, err error)

	// IDs calls yield with the ID of every document, until it says no.
	IDs(ctx context.Context, yield func(id string) bool) error
}

// A Drift is how an index differs from the catalog. What is stale, and so will
// be indexed anyway, is no part of it.
type Drift struct {
	Datasets int      // compared
	Lacking  []string // IDs of datasets that the index lacks or has otherwise
	Extra    []string // IDs in the index that are no dataset's, or of one that is not to be found
}

// Equal reports whether there is none.
func (d Drift) Equal() bool { return len(d.Lacking)+len(d.Extra) == 0 }

// Audit compares every document of e with what the catalog says, and calls
// report, which may be nil, as it goes on. What has changed since is stale or
// changes while it compares, so whoever wants to be sure looks again.
func Audit(ctx context.Context, e Auditor, src Lister, idx catalog.Index, report Report) (Drift, error) {
	var d Drift
	there := map[string]bool{}
	err := documents(ctx, src, report, func(docs []Document) error {
		for i := range docs {
			there[docs[i].ID] = true
		}
		d.Datasets += len(docs)
		lacking, err := e.Lacks(ctx, docs...)
		d.Lacking = append(d.Lacking, lacking...)
		return err
	})
	if err != nil {
		return Drift{}, err
	}
	if err := e.IDs(ctx, func(id string) bool {
		if !there[id] {
			d.Extra = append(d.Extra, id)
		}
		return true
	}); err != nil {
		return Drift{}, err
	}
	stale, err := idx.Stale(ctx, -1)
	if err != nil {
		return Drift{}, err
	}
	known := make(map[string]bool, len(stale))
	for _, x := range stale {
		known[x.ID] = true
	}
	marked := func(id string) bool { return known[id] }
	d.Lacking, d.Extra = slices.DeleteFunc(d.Lacking, marked), slices.DeleteFunc(d.Extra, marked)
	return d, nil
}

// Repair makes the index say what the catalog says of the datasets of d.
func Repair(ctx context.Context, e Engine, src Source, d Drift) error {
	const batch = 500
	ctx = catalog.WithActor(ctx, catalog.System)
	orgs := organizations{src: src}
	for ids := range slices.Chunk(slices.Concat(d.Lacking, d.Extra), batch) {
		stale := make([]catalog.Stale, len(ids))
		for i, id := range ids {
			stale[i].ID = id
		}
		if err := refresh(ctx, e, stale, &orgs); err != nil {
			return err
		}
	}
	return nil
}
