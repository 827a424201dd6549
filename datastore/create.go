package datastore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
)

// A Definition is what a table is to be.
type Definition struct {
	Fields       []Field
	Key          []string // nil = as it is
	Indexes      []string
	Aliases      []string // nil = as it is
	DeleteFields bool     // take away the columns that are not in Fields
	Records      []map[string]any
	Keys         []string // of the first record, in its order
}

// Create makes the table of a distribution, or changes it, and adds records.
// It returns the fields with the types as they were named, and the rows that
// were added.
func (t *Tables) Create(ctx context.Context, id string, d Definition) (told []Field, added []Row, err error) {
	err = t.alter(ctx, id, func(at *table) error {
		told, added, err = t.create(ctx, id, at, d)
		return err
	})
	return told, added, err
}

func (t *Tables) create(ctx context.Context, id string, at *table, d Definition) (told []Field, added []Row, err error) {
	view, err := t.load(ctx, id, at)
	if catalog.KindOf(err) == catalog.NotFound {
		view, err = newView(Head{Next: 1}, nil), nil
	}
	if err != nil {
		return nil, nil, err
	}
	c, told, err := t.define(ctx, id, view, d)
	if err != nil {
		return nil, nil, err
	}
	w := writing{change: c, keys: map[string]int64{}}
	if err := w.index(); err != nil {
		return nil, nil, err
	}
	for i, r := range d.Records {
		if err := w.insert(r); err != nil {
			if w.twice {
				return nil, nil, notUnique()
			}
			return nil, nil, rowError(i, err)
		}
	}
	added = c.set
	if slices.ContainsFunc(view.Fields, func(f Field) bool { return !hasField(c.head.Fields, f.ID) }) {
		c.set = c.rows // written anew, or a column of the same name would find its old values
	}
	if err := t.alias(ctx, id, view.Aliases, c.head.Aliases); err != nil {
		return nil, nil, err
	}
	if err := t.commit(ctx, id, at, c); err != nil {
		return nil, nil, err
	}
	at.keys = w.keys
	return told, added, nil
}

func notUnique() error {
	return invalid("constraints", "Cannot insert records or create indexbecause of uniqueness constraint")
}

// define returns the change that makes view what d says, without its records.
func (t *Tables) define(ctx context.Context, id string, view *View, d Definition) (*change, []Field, error) {
	if err := t.checkAliases(ctx, id, d.Aliases); err != nil {
		return nil, nil, err
	}
	var first map[string]any
	if len(d.Records) > 0 {
		first = d.Records[0]
	}
	asked := slices.Clone(d.Fields)
	for i, f := range asked { // a column that is there keeps its type
		if at := fieldAt(view.Fields, f.ID); at >= 0 && f.Type == "" {
			asked[i].Type = view.Fields[at].Type
		}
	}
	keys := slices.DeleteFunc(slices.Clone(d.Keys), func(k string) bool { return hasField(view.Fields, k) })
	fields, told, err := checkFields(asked, first, keys)
	if err != nil {
		return nil, nil, err
	}
	c := &change{head: view.Head}
	c.head.Fields = mergeFields(view.Fields, fields, d.DeleteFields && len(d.Fields) > 0)
	if err := c.setKeys(view, d); err != nil {
		return nil, nil, err
	}
	if d.Aliases != nil {
		c.head.Aliases = d.Aliases
	}
	c.rows = refit(view.Rows, view.Fields, c.head.Fields)
	return c, told, nil
}

// setKeys says which columns are unique together and which are indexed. What
// is not given stays, as far as its columns do.
func (c *change) setKeys(view *View, d Definition) error {
	gone := func(k string) bool { return !hasField(c.head.Fields, k) }
	if c.head.Key = d.Key; d.Key == nil && !slices.ContainsFunc(view.Key, gone) {
		c.head.Key = view.Key
	}
	if c.head.Indexes = d.Indexes; d.Indexes == nil {
		c.head.Indexes = slices.DeleteFunc(slices.Clone(view.Indexes), gone)
	}
	if slices.ContainsFunc(c.head.Key, gone) { // CKAN names the whole list
		return invalid("index", `The field "['`+strings.Join(c.head.Key, "', '")+`']" is not a valid column name.`)
	}
	if i := slices.IndexFunc(c.head.Indexes, gone); i >= 0 {
		return invalid("index", `The field "`+c.head.Indexes[i]+`" is not a valid column name.`)
	}
	return nil
}

// mergeFields adds fields to those that are there. What is said of a column
// that is there replaces what was said of it, but not its type.
func mergeFields(was, asked []Field, only bool) []Field {
	var out []Field
	for _, f := range was {
		i := fieldAt(asked, f.ID)
		if i >= 0 && asked[i].Info != nil {
			f.Info = asked[i].Info
		}
		if i >= 0 || !only {
			out = append(out, f)
		}
	}
	for _, f := range asked {
		if !hasField(was, f.ID) {
			out = append(out, f)
		}
	}
	return out
}

// refit gives rows the columns of a table that has changed.
func refit(rows []Row, was, is []Field) []Row {
	if slices.EqualFunc(was, is, func(a, b Field) bool { return a.ID == b.ID }) {
		return rows
	}
	from := make([]int, len(is))
	for i, f := range is {
		from[i] = fieldAt(was, f.ID)
	}
	out := make([]Row, len(rows))
	for i, r := range rows {
		out[i] = Row{ID: r.ID, Cells: make([]any, len(is))}
		for j, at := range from {
			if at >= 0 {
				out[i].Cells[j] = r.Cells[at]
			}
		}
	}
	return out
}

func (t *Tables) checkAliases(ctx context.Context, id string, aliases []string) error {
	for _, a := range aliases {
		const most = 200
		if !ValidName(a) || len(a) > most {
			return invalid("alias", `"`+a+`" is not a valid alias name`)
		}
		owner, err := t.Resolve(ctx, a)
		if err != nil {
			return err
		}
		_, err = t.records.Record(ctx, catalog.RecordTable, a)
		if err == nil || owner != a && owner != aboutOf(id) {
			return invalid("alias", `"`+a+`" already exists`)
		}
		if catalog.KindOf(err) != catalog.NotFound {
			return err
		}
	}
	return nil
}

// alias makes the names by which a table is found, beside its ID, those in is.
func (t *Tables) alias(ctx context.Context, id string, was, is []string) error {
	for _, a := range was {
		if slices.Contains(is, a) {
			continue
		}
		if err := t.records.RemoveRecord(ctx, catalog.RecordTableAlias, a); err != nil && catalog.KindOf(err) != catalog.NotFound {
			return fmt.Errorf("take the alias %s away: %w", a, err)
		}
	}
	for _, a := range is {
		if err := t.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordTableAlias, Key: a, About: aboutOf(id)}); err != nil {
			return fmt.Errorf("keep the alias %s: %w", a, err)
		}
	}
	return nil
}
