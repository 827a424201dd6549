package parquet_test

import (
	"bytes"
	"errors"
	"testing"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/parquet"
	"portico/internal/parquetfile"
)

func TestRowsAreReadBack(t *testing.T) {
	columns := []catalog.Column{{Name: "b", Type: catalog.String}, {Name: "a", Type: catalog.Integer}}
	var out bytes.Buffer
	rows := func(yield func([]any, error) bool) {
		_ = yield([]any{"x", int64(1)}, nil) && yield([]any{nil, int64(2)}, nil)
	}
	if err := parquet.Format().Write(t.Context(), &out, exporter.Rows{Columns: columns, All: rows}); err != nil {
		t.Fatal(err)
	}
	f, err := parquetfile.Open(bytes.NewReader(out.Bytes()), int64(out.Len()), columns)
	if err != nil || f.NumRows() != 2 {
		t.Errorf("%v, %v", f, err)
	}
}

func TestAnErrorAmongTheRowsEndsTheFile(t *testing.T) {
	broken := errors.New("broken")
	rows := exporter.Rows{All: func(yield func([]any, error) bool) { yield(nil, broken) }}
	if err := parquet.Format().Write(t.Context(), &bytes.Buffer{}, rows); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
