package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"portico/catalog"
)

// worthCompacting is how many rows must have been written since a table was
// last compacted.
const worthCompacting = 1000

// Due returns the IDs of the tables that are worth compacting.
func (t *Tables) Due(ctx context.Context) ([]string, error) {
	all, err := t.records.Records(ctx, catalog.RecordTable, "", "")
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	var out []string
	for _, r := range all {
		var h Head
		if err := json.Unmarshal(r.Body, &h); err != nil {
			return nil, fmt.Errorf("read what the table %s is: %w", r.Key, err)
		}
		ops := int64(0)
		for _, s := range h.Segments {
			ops += s.Ops
		}
		if ops >= worthCompacting {
			out = append(out, r.Key)
		}
	}
	return out, nil
}

// Compact makes one Parquet file of the rows of a table and reports whether it
// did. Meanwhile the table can be read and written: what is written is kept as
// it came, in segments after the file. Where those before were put together
// with it, nothing changes and the work is for another time.
func (t *Tables) Compact(ctx context.Context, id string) (done bool, err error) {
	view, err := t.Table(ctx, id)
	if err != nil {
		return false, err
	}
	if len(view.Segments) == 0 {
		return false, nil
	}
	b, err := t.writeBase(ctx, view)
	if err != nil {
		return false, fmt.Errorf("compact the table %s: %w", id, err)
	}
	err = t.alter(ctx, id, func(at *table) error {
		now, err := t.load(ctx, id, at)
		if err != nil {
			return err
		}
		if done = follows(&now.Head, &view.Head); !done {
			return nil
		}
		h := now.Head
		h.Base, h.Segments = b, slices.Clone(h.Segments[len(view.Segments):])
		if err := t.swap(ctx, id, at, &h); err != nil {
			return err
		}
		at.view = newView(h, now.Rows)
		return nil
	})
	if err == nil && done {
		t.discard(ctx, view.Segments)
	}
	return done, err
}

// follows reports whether a head has the columns of another and all that it
// names, and perhaps more.
func follows(now, was *Head) bool {
	return now.Base.equal(was.Base) && len(now.Segments) >= len(was.Segments) &&
		slices.Equal(now.Segments[:len(was.Segments)], was.Segments) &&
		slices.EqualFunc(now.Fields, was.Fields, func(a, b Field) bool { return a.ID == b.ID && a.Type == b.Type })
}

func (b *base) equal(o *base) bool {
	return b == o || b != nil && o != nil && b.Hash == o.Hash
}

// Adopt makes a table that can be written of the rows of a view, in the place
// of what was written under that ID before.
func (t *Tables) Adopt(ctx context.Context, id string, v *View) error {
	if v.far != nil {
		return catalog.Errorf(catalog.Invalid, "the table is too large to be changed row by row; load another file").
			Italian("la tabella è troppo grande per cambiarne le righe: va caricato un altro file")
	}
	b, err := t.writeBase(ctx, v)
	if err != nil {
		return fmt.Errorf("make the table %s: %w", id, err)
	}
	return t.alter(ctx, id, func(at *table) error {
		if _, err := t.load(ctx, id, at); err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
		h := Head{Fields: v.Fields, Base: b, Next: int64(len(v.Rows)) + 1, Count: int64(len(v.Rows))}
		if at.view != nil {
			h.Aliases = at.view.Aliases
		}
		if err := t.swap(ctx, id, at, &h); err != nil {
			return err
		}
		at.view, at.keys = newView(h, slices.Clip(v.Rows)), nil
		return nil
	})
}
