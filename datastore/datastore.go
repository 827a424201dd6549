// Package datastore keeps the rows of distributions as Parquet snapshots and
// reads them (decision D5). It knows blobs and columns, not how a catalog is
// kept: what it makes is a catalog.Table that its caller stores.
package datastore

import (
	"context"
	"io"

	"portico/catalog"
	"portico/exporter"
)

// A Store makes snapshots and reads them. datastoretest.Run says how it must
// behave.
type Store interface {
	// Load reads the file h (named name) from the blobs, understands it with
	// package tabular and keeps it as a Parquet snapshot. Equal bytes make an
	// equal snapshot. A file that holds no table is catalog.Invalid with a
	// message in both languages.
	Load(ctx context.Context, h, name, sheet string) (*catalog.Table, error)

	// Rows returns rows [offset, offset+limit) of a snapshot; limit < 0 = all.
	Rows(ctx context.Context, t *catalog.Table, offset, limit int64) (exporter.Rows, io.Closer, error)

	// Parquet opens the snapshot's own file.
	Parquet(ctx context.Context, t *catalog.Table) (io.ReadSeekCloser, error)
}
