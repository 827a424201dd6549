package search

import (
	"context"

	"portico/catalog"
)

// A Lister has the whole catalog, page after page; the store is one.
type Lister interface {
	Source
	ListDatasets(ctx context.Context, f catalog.DatasetFilter) (page []*catalog.Dataset, total int, err error)
}

// Rebuild makes the index of e anew from the catalog, without touching what is
// marked stale: a change that is made meanwhile is followed after.
func Rebuild(ctx context.Context, e Engine, src Lister) error {
	if err := e.Clear(ctx); err != nil {
		return err
	}
	const batch = 1000
	ctx = catalog.WithActor(ctx, catalog.System)
	orgs := organizations{src: src}
	f := catalog.DatasetFilter{AnyState: true, Limit: batch}
	for {
		ds, _, err := src.ListDatasets(ctx, f)
		if err != nil {
			return err
		}
		docs := make([]Document, 0, len(ds))
		for _, d := range ds {
			if !findable(d) {
				continue
			}
			name, title, err := orgs.of(ctx, d.Organization)
			if err != nil {
				return err
			}
			docs = append(docs, NewDocument(d, name, title))
		}
		if err := e.Put(ctx, docs...); err != nil {
			return err
		}
		if len(ds) < batch {
			return nil
		}
		f.After = ds[len(ds)-1].ID
	}
}
