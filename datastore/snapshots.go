package datastore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
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
	read  Opener
}

// An Opener understands the table in a file, as tabular.Open does, perhaps in
// another process. The rows are read once at most, before done is called.
type Opener func(ctx context.Context, f blob.File, o tabular.Options) (t *tabular.Table, done func(), err error)

// New returns a Store that keeps its snapshots in blobs.
func New(blobs blob.Store, log *slog.Logger) *Snapshots {
	return NewWith(blobs, log, func(ctx context.Context, f blob.File, o tabular.Options) (*tabular.Table, func(), error) {
		t, err := tabular.Open(ctx, f, f.Size(), o)
		return t, func() {}, err
	})
}

// NewWith is New for a Store that reads files by way of open.
func NewWith(blobs blob.Store, log *slog.Logger, open Opener) *Snapshots {
	return &Snapshots{blobs: blobs, log: log, read: open}
}

var _ Store = (*Snapshots)(nil)

const (
	// maxToldRejected is how many rejected rows the notes of a table name.
	maxToldRejected = 20
	// maxTables is how many tables of one file are loaded.
	maxTables = 50
)

// Load makes a snapshot of the file h: of the sheet that is named or, where
// none is, of the first that holds a table, with those of all others beside
// it.
func (s *Snapshots) Load(ctx context.Context, h, name, sheet string) (*catalog.Table, error) {
	return s.LoadAs(ctx, h, tabular.Options{Name: name, Sheet: sheet})
}

// LoadAs is Load with all that can be said of a file. The dictionary is for
// the first table.
func (s *Snapshots) LoadAs(ctx context.Context, h string, o tabular.Options) (*catalog.Table, error) {
	f, err := s.blobs.Open(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("load table: %w", err)
	}
	defer f.Close()
	table, sheets, err := s.load(ctx, f, h, o)
	if err != nil || o.Sheet != "" {
		return table, err
	}
	o.Dictionary = nil
	for i, sheet := range sheets {
		if sheet == table.Sheet {
			continue
		}
		if i >= maxTables {
			table.Notes = append(table.Notes, fmt.Sprintf("Si leggono solo le prime %d tabelle su %d / only the first tables are read", maxTables, len(sheets)))
			break
		}
		o.Sheet = sheet
		other, _, err := s.load(ctx, f, h, o)
		switch {
		case err == nil:
			table.Others = append(table.Others, *other)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case catalog.KindOf(err) == catalog.Invalid: // a cover, a legend: no table, and no fault
			s.log.DebugContext(ctx, "sheet without a table", "file", h, "sheet", sheet, "err", err)
		default:
			return nil, err
		}
	}
	return table, nil
}

// load makes a snapshot of one table of a file, and tells which tables there
// are.
func (s *Snapshots) load(ctx context.Context, f blob.File, h string, o tabular.Options) (*catalog.Table, []string, error) {
	started := time.Now()
	t, done, err := s.read(ctx, f, o)
	if err != nil {
		return nil, nil, fmt.Errorf("load table %s: %w", o.Name, err)
	}
	defer done()
	all, strays := t.Placed(o)
	hash, rows, err := keepParquet(ctx, s.blobs, t.Columns, all)
	if err != nil {
		return nil, nil, fmt.Errorf("load table %s: %w", o.Name, err)
	}
	s.log.InfoContext(ctx, "table loaded", "file", h, "sheet", t.Sheet, "rows", rows, "columns", len(t.Columns),
		"rejected", len(t.Rejected), "duration", time.Since(started))
	return &catalog.Table{
		Hash: hash, File: h, Sheet: t.Sheet, Rows: rows, Columns: t.Columns,
		Taken: started.UTC().Truncate(time.Microsecond), Notes: append(notesOf(t), strays()...),
	}, t.Sheets, nil
}

// keepParquet streams rows into a blob: a pipe ends as the writer does, so that
// a table which breaks off half-way is not kept.
func keepParquet(ctx context.Context, blobs blob.Store, columns []catalog.Column, all iter.Seq2[[]any, error]) (hash string, rows int64, err error) {
	pr, pw := io.Pipe()
	written := make(chan error, 1)
	go func() {
		n, err := parquetfile.Write(ctx, pw, columns, all)
		rows = n
		pw.CloseWithError(err) // nil is the end of the file
		written <- err
	}()
	hash, _, err = blobs.Put(ctx, pr, 0)
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
	p, f, err := s.open(ctx, t)
	if err != nil {
		return exporter.Rows{}, nil, err
	}
	return exporter.Rows{Columns: t.Columns, All: p.Rows(ctx, offset, limit)}, f, nil
}

// open opens the Parquet file of a snapshot.
func (s *Snapshots) open(ctx context.Context, t *catalog.Table) (*parquetfile.File, blob.File, error) {
	f, err := s.blobs.Open(ctx, t.Hash)
	if err != nil {
		return nil, nil, fmt.Errorf("open snapshot: %w", err)
	}
	p, err := parquetfile.Open(f, f.Size(), t.Columns)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open snapshot %s: %w", t.Hash, err), f.Close())
	}
	return p, f, nil
}

// Parquet opens the snapshot's own file.
func (s *Snapshots) Parquet(ctx context.Context, t *catalog.Table) (io.ReadSeekCloser, error) {
	f, err := s.blobs.Open(ctx, t.Hash)
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	return f, nil
}
