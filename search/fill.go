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

// A Swapper is an Engine that can be made anew while it answers.
type Swapper interface {
	Engine

	// Aside returns an empty engine, and what puts all that was then put into
	// it in the place of this one's index, at once.
	Aside(ctx context.Context) (aside Engine, swap func(context.Context) error, err error)
}

// A Report is told now and then how many of how many datasets are done.
type Report func(done, total int)

// Rebuild makes the index of e anew from the catalog, aside where e can, without
// touching what is marked stale: a change that is made meanwhile is followed
// after. It calls report, unless that is nil, as it goes on.
func Rebuild(ctx context.Context, e Engine, src Lister, report Report) error {
	s, ok := e.(Swapper)
	if !ok {
		if err := e.Clear(ctx); err != nil {
			return err
		}
		return documents(ctx, src, report, func(docs []Document) error { return e.Put(ctx, docs...) })
	}
	aside, swap, err := s.Aside(ctx)
	if err != nil {
		return err
	}
	if err := documents(ctx, src, report, func(docs []Document) error { return aside.Put(ctx, docs...) }); err != nil {
		return err
	}
	return swap(ctx)
}

// documents calls f with the documents of the whole catalog, batch by batch.
func documents(ctx context.Context, src Lister, report Report, f func([]Document) error) error {
	const batch = 1000
	ctx = catalog.WithActor(ctx, catalog.System)
	orgs := organizations{src: src}
	filter := catalog.DatasetFilter{Drafts: true, Limit: batch}
	for done, total := 0, 0; ; {
		ds, n, err := src.ListDatasets(ctx, filter)
		if err != nil {
			return err
		}
		docs := make([]Document, 0, len(ds))
		for _, d := range ds {
			name, title, err := orgs.of(ctx, d.Organization)
			if err != nil {
				return err
			}
			docs = append(docs, NewDocument(d, name, title))
		}
		if err := f(docs); err != nil {
			return err
		}
		done, total = done+len(ds), max(total, n)
		if report != nil {
			report(done, total)
		}
		if len(ds) < batch {
			return nil
		}
		filter.After = ds[len(ds)-1].ID
	}
}
