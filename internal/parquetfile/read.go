package parquetfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"

	"portico/catalog"
)

// A File is a Parquet file that Write has made, open for reading.
type File struct {
	f       *parquet.File
	columns []catalog.Column
}

// Open opens a file of the given columns. It reads the file's directory alone.
func Open(r io.ReaderAt, size int64, columns []catalog.Column) (*File, error) {
	f, err := parquet.OpenFile(r, size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return nil, fmt.Errorf("open Parquet: %w", err)
	}
	fields := f.Schema().Fields()
	if len(fields) != len(columns) {
		return nil, fmt.Errorf("open Parquet: %d columns, %d expected", len(fields), len(columns))
	}
	for i, c := range columns {
		if want := nodeOf(c).Type().Kind(); fields[i].Name() != c.Name || !fields[i].Leaf() || fields[i].Type().Kind() != want {
			return nil, fmt.Errorf("open Parquet: column %d is %s, not %s of type %s", i, fields[i].Name(), c.Name, c.Type)
		}
	}
	return &File{f: f, columns: columns}, nil
}

// NumRows is how many rows the file has.
func (f *File) NumRows() int64 { return f.f.NumRows() }

// Rows yields rows [offset, offset+limit), or all from offset on when limit is
// negative. It reads only the pages in which they are. A row is only valid
// until the next.
func (f *File) Rows(ctx context.Context, offset, limit int64) iter.Seq2[[]any, error] {
	all := make([]int, len(f.columns))
	for i := range all {
		all[i] = i
	}
	return f.Columns(ctx, all, offset, limit)
}

// Columns is Rows with the values of some columns alone; the others are not
// read.
func (f *File) Columns(ctx context.Context, columns []int, offset, limit int64) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		left := limit
		if left < 0 {
			left = f.f.NumRows()
		}
		skip := max(offset, 0)
		for _, g := range f.f.RowGroups() {
			if n := g.NumRows(); skip >= n {
				skip -= n
				continue
			}
			if left <= 0 {
				return
			}
			n, more := f.group(ctx, part{g, columns, skip, left}, yield)
			if !more {
				return
			}
			left -= n
			skip = 0
		}
	}
}

// A part is up to limit rows of a row group from row skip on.
type part struct {
	group       parquet.RowGroup
	columns     []int
	skip, limit int64
}

// group yields the rows of a part and returns how many; more is false when
// reading is at its end.
func (f *File) group(ctx context.Context, p part, yield func([]any, error) bool) (n int64, more bool) {
	cols, err := f.openColumns(p.group, p.columns, p.skip)
	defer closeColumns(cols)
	if err != nil {
		yield(nil, err)
		return 0, false
	}
	total := min(p.limit, p.group.NumRows()-p.skip)
	row := make([]any, len(cols))
	buf := make([]parquet.Value, min(total, batchRows))
	for n < total {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return n, false
		}
		batch := int(min(total-n, batchRows))
		for i := range cols {
			if err := cols[i].read(batch, buf); err != nil {
				yield(nil, fmt.Errorf("read Parquet column %s: %w", f.columns[p.columns[i]].Name, err))
				return n, false
			}
		}
		for j := range batch {
			for i := range cols {
				row[i] = cols[i].out[j]
			}
			if !yield(row, nil) {
				return n, false
			}
			n++
		}
	}
	return n, true
}

func (f *File) openColumns(g parquet.RowGroup, columns []int, skip int64) ([]columnReader, error) {
	chunks := g.ColumnChunks()
	cols := make([]columnReader, 0, len(columns))
	for n, i := range columns {
		chunk := chunks[i]
		if skip > 0 { // without the index, seeking would read every page before
			if _, err := chunk.OffsetIndex(); err != nil {
				return cols, fmt.Errorf("read the index of Parquet column %s: %w", f.columns[i].Name, err)
			}
		}
		cols = append(cols, columnReader{pages: chunk.Pages(), decode: decoderOf(f.columns[i])})
		if skip > 0 {
			if err := cols[n].pages.SeekToRow(skip); err != nil {
				return cols, fmt.Errorf("seek in Parquet column %s: %w", f.columns[i].Name, err)
			}
		}
	}
	return cols, nil
}

func closeColumns(cols []columnReader) {
	for i := range cols {
		cols[i].close()
	}
}

// A columnReader reads the values of one column of a row group in batches.
type columnReader struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	out    []any
	decode decoder
}

// read fills out with the next n values, by way of buf.
func (c *columnReader) read(n int, buf []parquet.Value) error {
	c.out = c.out[:0]
	for len(c.out) < n {
		if c.values == nil {
			page, err := c.pages.ReadPage()
			if errors.Is(err, io.EOF) {
				return io.ErrUnexpectedEOF
			}
			if err != nil {
				return err
			}
			c.page, c.values = page, page.Values()
		}
		k, err := c.values.ReadValues(buf[:n-len(c.out)])
		for _, v := range buf[:k] {
			if v.IsNull() {
				c.out = append(c.out, nil)
			} else {
				c.out = append(c.out, c.decode(v))
			}
		}
		if errors.Is(err, io.EOF) || err == nil && k == 0 {
			c.release()
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (c *columnReader) release() {
	if c.page != nil {
		parquet.Release(c.page)
	}
	c.page, c.values = nil, nil
}

func (c *columnReader) close() {
	c.release()
	// Pages are read; that closing them fails changes nothing.
	_ = c.pages.Close()
}
