package datastore

import (
	"context"
	"fmt"

	"portico/catalog"
)

// mostHeld is up to how many cells of a snapshot are held in memory. Larger
// ones are read from disk.
const mostHeld = 2_000_000

// Snapshot returns a snapshot in the form of a table that was written through
// the API. Its rows are numbered from 1.
func (t *Tables) Snapshot(ctx context.Context, s Store, snapshot *catalog.Table) (*View, error) {
	id := "snapshot/" + snapshot.Hash
	at := t.hold(id)
	defer t.release(id, at)
	if at.view != nil {
		return at.view, nil
	}
	v := newView(Head{Count: snapshot.Rows, Version: snapshot.Hash}, nil)
	v.Fields = SnapshotFields(snapshot.Columns)
	if own, ok := s.(*Snapshots); ok && snapshot.Rows*int64(len(snapshot.Columns)) > mostHeld {
		var err error
		if v.far, err = own.openFar(ctx, snapshot); err != nil {
			return nil, err
		}
		at.view = v
		return v, nil
	}
	rows, closer, err := s.Rows(ctx, snapshot, 0, -1)
	if err != nil {
		return nil, fmt.Errorf("read a snapshot: %w", err)
	}
	defer func() { _ = closer.Close() }()
	shared := map[string]string{}
	for cells, err := range rows.All {
		if err != nil {
			return nil, fmt.Errorf("read a snapshot: %w", err)
		}
		row := Row{ID: int64(len(v.Rows)) + 1, Cells: make([]any, len(v.Fields))}
		for i, c := range cells {
			row.Cells[i] = fromSnapshot(v.Fields[i], catalog.Column{}, c, shared)
		}
		v.Rows = append(v.Rows, row)
	}
	at.view = v
	return v, nil
}

// Listed returns a view of rows that are in no store, with cells in the order
// of fields.
func Listed(fields []Field, rows [][]any) *View {
	v := newView(Head{Fields: fields, Count: int64(len(rows))}, nil)
	for i, cells := range rows {
		v.Rows = append(v.Rows, Row{ID: int64(i) + 1, Cells: cells})
	}
	return v
}
