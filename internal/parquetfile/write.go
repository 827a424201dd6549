package parquetfile

import (
	"context"
	"fmt"
	"io"
	"iter"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"portico/catalog"
)

const (
	// groupRows are the rows of a row group: readers skip whole groups by
	// their statistics.
	groupRows = 100_000
	// pageBytes keeps pages small, so that a hundred rows from the middle
	// cost one small page a column.
	pageBytes = 32 << 10
	// dictionaryBytes is up to where texts are kept in a dictionary, which is
	// read whole for every page: enough for the names of all municipalities, of
	// which a filter is then asked once each.
	dictionaryBytes = 512 << 10
	batchRows       = 1024
)

// Write writes rows with the given columns as Parquet, and returns how many
// they were. Equal rows make equal bytes. It stops at the first error that
// rows yields and returns it; a value that is not of its column's Go type is
// an error, too.
func Write(ctx context.Context, w io.Writer, columns []catalog.Column, rows iter.Seq2[[]any, error]) (int64, error) {
	pw := parquet.NewGenericWriter[any](w, schemaOf(columns),
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault}),
		parquet.MaxRowsPerRowGroup(groupRows),
		parquet.PageBufferSize(pageBytes),
		parquet.DictionaryMaxBytes(dictionaryBytes),
		parquet.DataPageStatistics(true),
		parquet.CreatedBy("portico", "1", "0"),
	)
	b := batch{w: pw, columns: columns}
	for _, c := range columns {
		b.encoders = append(b.encoders, encoderOf(c))
	}
	for row, err := range rows {
		if err != nil {
			return b.count, err
		}
		if err := b.add(row); err != nil {
			return b.count, err
		}
		if len(b.rows) == batchRows {
			if err := ctx.Err(); err != nil {
				return b.count, err
			}
			if err := b.flush(); err != nil {
				return b.count, err
			}
		}
	}
	if err := b.flush(); err != nil {
		return b.count, err
	}
	if err := pw.Close(); err != nil {
		return b.count, fmt.Errorf("write Parquet: %w", err)
	}
	return b.count, nil
}

// A batch gathers rows until it is worth writing them.
type batch struct {
	w        *parquet.GenericWriter[any]
	columns  []catalog.Column
	encoders []encoder
	rows     []parquet.Row
	count    int64
}

func (b *batch) add(row []any) error {
	if len(row) != len(b.columns) {
		return fmt.Errorf("row %d has %d values for %d columns", b.count, len(row), len(b.columns))
	}
	n := len(b.rows)
	if n < cap(b.rows) {
		b.rows = b.rows[:n+1]
	} else {
		b.rows = append(b.rows, make(parquet.Row, 0, len(row)))
	}
	out := b.rows[n][:0]
	for i, v := range row {
		if v == nil {
			out = append(out, parquet.NullValue().Level(0, 0, i))
			continue
		}
		pv, ok := b.encoders[i](v)
		if !ok {
			return fmt.Errorf("row %d, column %s: %T does not fit type %s", b.count, b.columns[i].Name, v, b.columns[i].Type)
		}
		out = append(out, pv.Level(0, 1, i))
	}
	b.rows[n] = out
	b.count++
	return nil
}

func (b *batch) flush() error {
	if len(b.rows) == 0 {
		return nil
	}
	if _, err := b.w.WriteRows(b.rows); err != nil {
		return fmt.Errorf("write Parquet: %w", err)
	}
	b.rows = b.rows[:0]
	return nil
}
