package datastore

import (
	"context"

	"portico/catalog"
)

// FarView returns a snapshot as one that is too large to be held.
func FarView(ctx context.Context, s *Snapshots, t *catalog.Table) (*View, error) {
	v := newView(Head{Count: t.Rows, Version: t.Hash}, nil)
	v.Fields = SnapshotFields(t.Columns)
	var err error
	v.far, err = s.openFar(ctx, t)
	return v, err
}
