package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"portico/catalog"
	"portico/search"
)

// snapshot returns where the index of eng is kept between two runs; nil for
// one that keeps itself.
func (h *house) snapshot(eng search.Engine) *search.Snapshot {
	if _, ok := eng.(search.Keeper); !ok {
		return nil
	}
	return &search.Snapshot{
		Path:    filepath.Join(h.env.Data, "search-index"),
		Program: buildVersion() + " " + h.env.SearchLanguage,
		Marks:   h.Store,
	}
}

// fill brings the search index up to date before the first answer. One in
// memory begins empty: it is read from its snapshot, or made from the database.
func (h *house) fill(ctx context.Context, f *search.Follower) error {
	err := h.fillEngine(ctx, f)
	if catalog.KindOf(err) == catalog.Unavailable {
		h.log.WarnContext(ctx, "the search engine does not answer; the catalogue stays readable", "err", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("fill the search index: %w", err)
	}
	return nil
}

func (h *house) fillEngine(ctx context.Context, f *search.Follower) error {
	k, ok := f.Engine.(search.Keeper)
	if f.Snapshot == nil || !ok {
		if err := h.SnapshotsGone(ctx); err != nil { // nobody will read one
			return err
		}
		n, err := f.Engine.Len(ctx)
		if err != nil || n > 0 {
			return err
		}
		return h.rebuild(ctx, f.Engine, nil)
	}
	begun := time.Now()
	if err := f.Snapshot.Tidy(); err != nil {
		h.log.WarnContext(ctx, "what is left of a snapshot of the search index cannot be removed", "err", err)
	}
	why, err := f.Snapshot.Read(ctx, k)
	if err != nil {
		return err
	}
	if why == "" {
		h.log.InfoContext(ctx, "search index read from its snapshot", "took", time.Since(begun))
		return search.Follow(ctx, f.Engine, h.Store, h.Store)
	}
	f.Changed()
	if err := h.rebuild(ctx, f.Engine, nil); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "search index made from the database", "snapshot", why, "took", time.Since(begun))
	return nil
}

// rebuild makes the index of eng anew. What was marked stale before it began
// is in it, and need not be followed once more.
func (h *house) rebuild(ctx context.Context, eng search.Engine, report search.Report) error {
	stale, err := h.Stale(ctx, math.MaxInt32)
	if err != nil {
		return err
	}
	if err := search.Rebuild(ctx, eng, h.Store, report); err != nil {
		return err
	}
	return h.Indexed(ctx, stale)
}
