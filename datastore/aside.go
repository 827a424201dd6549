package datastore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
)

// Aside begins the name of the table of a distribution that waits beside the
// public one. It is about the same distribution and shares its aliases.
const Aside = "held/"

// MaxFields is how many columns a table may have.
const MaxFields = maxFields

// aboutOf returns the ID of the distribution that a table is of.
func aboutOf(table string) string { return strings.TrimPrefix(table, Aside) }

// Has reports whether there is a table with the given name.
func (t *Tables) Has(ctx context.Context, id string) (bool, error) {
	_, _, err := t.head(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Copy makes the table to of the one named from, if there is one, with rows of
// its own.
func (t *Tables) Copy(ctx context.Context, from, to string) error {
	a := t.hold(from)
	defer t.release(from, a)
	view, err := t.load(ctx, from, a)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	b := t.hold(to)
	defer t.release(to, b)
	if err := t.known(ctx, to, b); err != nil {
		return err
	}
	c := &change{head: view.Head, rows: view.Rows, set: view.Rows}
	c.head.Base, c.head.Segments = nil, nil
	return t.commit(ctx, to, b, c)
}

// Promote puts the table from in the place of to, without the given columns,
// and takes from away. There must be a table from.
func (t *Tables) Promote(ctx context.Context, from, to string, without []string) error {
	b := t.hold(to)
	defer t.release(to, b)
	a := t.hold(from)
	defer t.release(from, a)
	view, err := t.load(ctx, from, a)
	if err != nil {
		return err
	}
	if err := t.known(ctx, to, b); err != nil {
		return err
	}
	var spare []segment
	if old, _, err := t.head(ctx, to); err == nil {
		spare = old.Segments
	} else if catalog.KindOf(err) != catalog.NotFound {
		return err
	}
	c := &change{head: view.Head}
	gone := func(id string) bool { return slices.Contains(without, id) }
	c.head.Fields = slices.DeleteFunc(slices.Clone(view.Fields), func(f Field) bool { return gone(f.ID) })
	c.head.Indexes = slices.DeleteFunc(slices.Clone(view.Indexes), gone)
	if slices.ContainsFunc(view.Key, gone) {
		c.head.Key = nil // rows are told apart by it no more
	}
	c.rows = refit(view.Rows, view.Fields, c.head.Fields)
	c.set, c.head.Base, c.head.Segments = c.rows, nil, nil
	b.keys = nil
	if err := t.commit(ctx, to, b, c); err != nil {
		return err
	}
	t.discard(ctx, spare)
	return t.forget(ctx, from, a, view.Segments)
}

// known notes which record of a table there is, for the next to take its place.
func (t *Tables) known(ctx context.Context, id string, at *table) error {
	_, body, err := t.head(ctx, id)
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		return err
	}
	at.body = body
	return nil
}

// Forget takes a table away that waits; its aliases stay with the public one.
func (t *Tables) Forget(ctx context.Context, id string) error {
	at := t.hold(id)
	defer t.release(id, at)
	h, _, err := t.head(ctx, id)
	if err != nil {
		return err
	}
	return t.forget(ctx, id, at, h.Segments)
}

func (t *Tables) forget(ctx context.Context, id string, at *table, segments []segment) error {
	if err := t.records.RemoveRecord(ctx, catalog.RecordTable, id); err != nil {
		return fmt.Errorf("take the table %s away: %w", id, err)
	}
	at.view, at.keys, at.body = nil, nil, nil
	t.discard(ctx, segments)
	return nil
}
