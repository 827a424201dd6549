package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"portico/catalog"
	"portico/search"
)

type indexCmd struct {
	Rebuild indexRebuildCmd `cmd:"" help:"Make the search index anew from the database."`
	Check   indexCheckCmd   `cmd:"" help:"Compare the search index with the database."`
}

type indexRebuildCmd struct{}

// Run makes the index anew. The one in memory belongs to a running server,
// which makes it at each start: for it, every dataset is marked stale.
func (c *indexRebuildCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		start := time.Now()
		_, total, err := h.ListDatasets(ctx, catalog.DatasetFilter{})
		if err != nil {
			return err
		}
		if e.SearchURL == "" {
			if err := h.MarkAllStale(ctx); err != nil {
				return err
			}
		} else if err := c.rebuild(ctx, h); err != nil {
			return err
		}
		took := time.Since(start)
		return e.print(map[string]any{"datasets": total, "seconds": took.Seconds()}, func(w io.Writer) {
			fmt.Fprintf(w, "%d dataset indicizzati in %.1f s\n", total, took.Seconds())
		})
	})
}

func (c *indexRebuildCmd) rebuild(ctx context.Context, h *house) error {
	eng, err := h.env.engine(ctx)
	if err != nil {
		return err
	}
	return search.Rebuild(ctx, eng, h.Store)
}

type indexCheckCmd struct{}

// Run compares how many datasets each has.
func (c *indexCheckCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		_, total, err := h.ListDatasets(ctx, catalog.DatasetFilter{})
		if err != nil {
			return err
		}
		eng, err := e.engine(ctx)
		if err != nil {
			return err
		}
		if e.SearchURL == "" { // what a server would hold: made here, to prove that it can be
			if err := search.Rebuild(ctx, eng, h.Store); err != nil {
				return err
			}
		}
		n, err := eng.Len(ctx)
		if err != nil {
			return err
		}
		stale, err := h.Stale(ctx, 1_000_000)
		if err != nil {
			return err
		}
		out := map[string]any{"datasets": total, "indexed": n, "stale": len(stale), "equal": n == total}
		if err := e.print(out, func(w io.Writer) {
			fmt.Fprintf(w, "%d dataset, %d nell'indice, %d da aggiornare\n", total, n, len(stale))
		}); err != nil {
			return err
		}
		if n != total && len(stale) == 0 {
			return errReported
		}
		return nil
	})
}
