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
	Rebuild indexRebuildCmd `cmd:"" help:"Make the search index anew from the database, aside, and put it in the place of the old one."`
	Check   indexCheckCmd   `cmd:"" help:"Compare every document of the search index with the database."`
}

type indexRebuildCmd struct{}

// Run makes the index anew. The one in memory is written to the snapshot, which
// a running server takes over within seconds, and another reads at its start.
func (c *indexRebuildCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		start := time.Now()
		eng, err := e.engine(ctx)
		if err != nil {
			return err
		}
		total, err := h.rebuildIndex(ctx, eng)
		if err != nil {
			return err
		}
		took := time.Since(start)
		return e.print(map[string]any{"datasets": total, "seconds": took.Seconds()}, func(w io.Writer) {
			fmt.Fprintf(w, "%d dataset indicizzati in %.1f s\n", total, took.Seconds())
		})
	})
}

// rebuildIndex makes the index of eng anew and shows how it goes on. Whatever a
// server indexes meanwhile in the old one is followed once more in the new one.
func (h *house) rebuildIndex(ctx context.Context, eng search.Engine) (datasets int, err error) {
	bar := newBar(h.env.stderr, h.env.JSON)
	defer bar.end()
	fill := func(ctx context.Context) error {
		return search.Rebuild(ctx, eng, h.Store, func(done, total int) {
			datasets = done
			bar.show(done, total)
		})
	}
	if k, ok := eng.(search.Keeper); ok {
		return datasets, h.snapshot(eng).Write(ctx, k, fill)
	}
	const token = "rebuild"
	if err := h.SnapshotsGone(ctx); err != nil {
		return 0, err
	}
	if err := h.SnapshotBegun(ctx, token); err != nil {
		return 0, err
	}
	if err := fill(ctx); err != nil {
		return 0, err
	}
	known, err := h.SnapshotRead(ctx, token)
	if err == nil && !known { // a server that started meanwhile knew nothing of it
		err = h.MarkAllStale(ctx)
	}
	if err != nil {
		return 0, err
	}
	return datasets, h.SnapshotsGone(ctx)
}

type indexCheckCmd struct {
	Repair bool `help:"Mend what is not as the database has it."`
}

// Run compares the index with the database, document by document. Of the one
// in memory it compares the snapshot, with what has changed since.
func (c *indexCheckCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		eng, err := e.engine(ctx)
		if err != nil {
			return err
		}
		why, err := h.readIndex(ctx, eng)
		if err != nil {
			return err
		}
		a, ok := eng.(search.Auditor)
		if !ok {
			return catalog.Errorf(catalog.Invalid, "the search engine cannot be compared").Italian("il motore di ricerca non si può confrontare")
		}
		bar := newBar(e.stderr, e.JSON)
		drift, err := search.Audit(ctx, a, h.Store, h.Store, bar.show)
		bar.end()
		if err != nil {
			return err
		}
		if c.Repair && !drift.Equal() {
			if err := h.repairIndex(ctx, eng, drift); err != nil {
				return err
			}
		}
		return h.checked(ctx, eng, drift, checking{why, c.Repair && !drift.Equal()})
	})
}

// readIndex fills an engine in memory as a start would: from the snapshot, or,
// when why says what is wrong with that, from the database.
func (h *house) readIndex(ctx context.Context, eng search.Engine) (why string, err error) {
	k, ok := eng.(search.Keeper)
	if !ok {
		return "", nil
	}
	if why, err = h.snapshot(eng).Read(ctx, k); err != nil || why == "" {
		return why, err
	}
	return why, search.Rebuild(ctx, eng, h.Store, nil)
}

// repairIndex mends what is wrong where it is, and a snapshot by another.
func (h *house) repairIndex(ctx context.Context, eng search.Engine, d search.Drift) error {
	if _, ok := eng.(search.Keeper); !ok {
		return search.Repair(ctx, eng, h.Store, d)
	}
	_, err := h.rebuildIndex(ctx, eng)
	return err
}

// A checking is how a check went beside what it found.
type checking struct {
	noSnapshot string // why the index had to be made
	repaired   bool
}

// checked prints what a check has found. It is a failure when something is
// not as it should be, and was not mended.
func (h *house) checked(ctx context.Context, eng search.Engine, d search.Drift, c checking) error {
	stale, err := h.StaleCount(ctx)
	if err != nil {
		return err
	}
	indexed, err := eng.Len(ctx)
	if err != nil {
		return err
	}
	out := map[string]any{
		"datasets": d.Datasets, "indexed": indexed, "stale": stale, "equal": d.Equal(),
		"lacking": len(d.Lacking), "extra": len(d.Extra), "repaired": c.repaired,
	}
	if c.noSnapshot != "" {
		out["no_snapshot"] = c.noSnapshot
	}
	if err := h.env.print(out, func(w io.Writer) {
		if c.noSnapshot != "" {
			fmt.Fprintf(w, "l'indice non è su disco (%s): è stato fatto ora per prova, e il server lo rifà all'avvio\n", c.noSnapshot)
		}
		fmt.Fprintf(w, "%d dataset, %d nell'indice, %d da aggiornare, %d mancanti o diversi, %d di troppo\n",
			d.Datasets, indexed, stale, len(d.Lacking), len(d.Extra))
		if c.repaired {
			fmt.Fprintln(w, "riparato")
		}
	}); err != nil {
		return err
	}
	if !d.Equal() && !c.repaired {
		return errReported
	}
	return nil
}
