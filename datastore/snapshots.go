package datastore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"portico/blob"
	"portico/catalog"
	"portico/exporter"
	"portico/internal/parquetfile"
	"portico/tabular"
)

// Snapshots is the Store that keeps each table as one Parquet file among the
// blobs.
type Snapshots struct {
	blobs blob.Store
	log   *slog.Logger
}

// New returns a Store that keeps its snapshots in blobs.
func New(blobs blob.Store, log *slog.Logger) *Snapshots {
	return &Snapshots{blobs: blobs, log: log}
}

var _ Store = (*Snapshots)(nil)

// maxToldRejected is how many rejected rows the notes of a table name.
const maxToldRejected = 20

// Load makes a snapshot of the file h.
func (s *Snapshots) Load(ctx context.Context, h, name, sheet string) (*catalog.Table, error) {
	started := time.Now()
	f, err := s.blobs.Open(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("load table: %w", err)
	}
	defer f.Close()
	t, err := tabular.Open(ctx, f, f.Size(), tabular.Options{Name: name, Sheet: sheet})
	if err != nil {
		return nil, fmt.Errorf("load table %s: %w", name, err)
	}
	hash, rows, err := s.keep(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("load table %s: %w", name, err)
	}
	s.log.InfoContext(ctx, "table loaded", "file", h, "rows", rows, "columns", len(t.Columns),
		"rejected", len(t.Rejected), "duration", time.Since(started))
	return &catalog.Table{
		Hash: hash, File: h, Sheet: t.Sheet, Rows: rows, Columns: t.Columns,
		Taken: started.UTC().Truncate(time.Microsecond), Notes: notesOf(t),
	}, nil
}

// keep streams the rows into a blob: a pipe ends as the writer does, so that
// a table which breaks off half-way is not kept.
func (s *Snapshots) keep(ctx context.Context, t *tabular.Table) (hash string, rows int64, err error) {
	pr, pw := io.Pipe()
	written := make(chan error, 1)
	go func() {
		n, err := parquetfile.Write(ctx, pw, t.Columns, t.Rows)
		rows = n
		pw.CloseWithError(err) // nil is the end of the file
		written <- err
	}()
	hash, _, err = s.blobs.Put(ctx, pr, 0)
	pr.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // ends the writer if Put gave up
	if werr := <-written; err == nil || werr != nil && !errors.Is(werr, io.ErrClosedPipe) {
		err = werr
	}
	return hash, rows, err
}

func notesOf(t *tabular.Table) []string {
	notes := t.Notes
	for i, r := range t.Rejected {
		if i == maxToldRejected {
			break
		}
		notes = append(notes, fmt.Sprintf("Riga / line %d: %s", r.Line, r.Reason))
	}
	return notes
}

// Rows returns rows [offset, offset+limit) of a snapshot; limit < 0 = all. The
// Closer must be closed when the rows have been read.
func (s *Snapshots) Rows(ctx context.Context, t *catalog.Table, offset, limit int64) (exporter.Rows, io.Closer, error) {
	f, err := s.blobs.Open(ctx, t.Hash)
	if err != nil {
		return exporter.Rows{}, nil, fmt.Errorf("open snapshot: %w", err)
	}
	p, err := parquetfile.Open(f, f.Size(), t.Columns)
	if err != nil {
		return exporter.Rows{}, nil, errors.Join(fmt.Errorf("open snapshot %s: %w", t.Hash, err), f.Close())
	}
	return exporter.Rows{Columns: t.Columns, All: p.Rows(ctx, offset, limit)}, f, nil
}

// Parquet opens the snapshot's own file.
func (s *Snapshots) Parquet(ctx context.Context, t *catalog.Table) (io.ReadSeekCloser, error) {
	f, err := s.blobs.Open(ctx, t.Hash)
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	return f, nil
}
