// Package blob keeps files by the SHA-256 of their bytes: originals as they
// were fetched, and the snapshots made of them. It knows nothing of datasets.
package blob

import (
	"context"
	"io"
	"time"
)

// A Hash is the SHA-256 of a blob, 64 lower-case hexadecimal digits.
type Hash = string

// A Store keeps blobs. Equal bytes are one blob. blobtest.Run says how every
// store must behave.
type Store interface {
	// Put keeps what r yields, up to limit bytes (0 = no limit), and returns
	// its hash and size. It is atomic: a blob is there whole or not at all.
	// More than limit bytes is catalog.Invalid and keeps nothing.
	Put(ctx context.Context, r io.Reader, limit int64) (Hash, int64, error)

	// Open returns a blob to read, or catalog.NotFound.
	Open(ctx context.Context, h Hash) (File, error)

	// Has reports whether a blob is there.
	Has(ctx context.Context, h Hash) (bool, error)

	// Delete removes a blob, if it is there.
	Delete(ctx context.Context, h Hash) error

	// DeleteOlder removes a blob that was last put before the given time, and
	// reports whether it did. One that is put at the same moment stays.
	DeleteOlder(ctx context.Context, h Hash, before time.Time) (bool, error)

	// All yields every blob with its size and the time when it was put.
	All(ctx context.Context, f func(h Hash, size int64, put time.Time) error) error
}

// A File is a blob open for reading at any place.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64
}
