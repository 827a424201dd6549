package parquetfile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/internal/parquetfile"
)

var columns = []catalog.Column{
	{Name: "zeta", Type: catalog.Integer},
	{Name: "alfa", Type: catalog.String},
	{Name: "importo", Type: catalog.Decimal, Scale: 2},
	{Name: "lat", Type: catalog.Decimal, Scale: 11},
	{Name: "misura", Type: catalog.Decimal},
	{Name: "attivo", Type: catalog.Boolean},
	{Name: "giorno", Type: catalog.Day},
	{Name: "ora", Type: catalog.TimeOfDay},
	{Name: "quando", Type: catalog.Timestamp},
	{Name: "forma", Type: catalog.Geometry},
}

// sampleRow makes row i; every seventh has nulls in turn.
func sampleRow(i int64) []any {
	row := []any{
		i - 5,
		fmt.Sprintf("riga %d è qui", i),
		float64(i*7%100000) / 100,
		43.80758 + float64(i)/1e5,
		math.Sqrt(float64(i)),
		i%3 == 0,
		time.Date(1969, 12, 25, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(i%4000)),
		time.Duration(i%86400) * time.Second,
		time.Date(2024, 2, 29, 12, 0, 0, 123000, time.UTC).Add(time.Duration(i) * time.Second),
		`{"type":"Point"}`,
	}
	if i%7 == 0 {
		row[i/7%int64(len(row))] = nil
	}
	return row
}

func sampleRows(n int64) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range n {
			if !yield(sampleRow(i), nil) {
				return
			}
		}
	}
}

func write(t testing.TB, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	got, err := parquetfile.Write(t.Context(), &b, columns, sampleRows(n))
	if err != nil || got != n {
		t.Fatalf("wrote %d of %d rows: %v", got, n, err)
	}
	return b.Bytes()
}

func open(t testing.TB, b []byte) *parquetfile.File {
	t.Helper()
	f, err := parquetfile.Open(bytes.NewReader(b), int64(len(b)), columns)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRowsAreReadBackFromAnyPlace(t *testing.T) {
	const n = 230_000
	f := open(t, write(t, n))
	if f.NumRows() != n {
		t.Fatalf("%d rows", f.NumRows())
	}
	for _, tt := range []struct{ offset, limit, want int64 }{
		{0, 3, 3},
		{0, 0, 0},
		{99_990, 20, 20}, // over the border of two row groups
		{123_456, 2_500, 2_500},
		{200_000, 5, 5},
		{n - 3, 100, 3},
		{n, 10, 0},
		{n + 5, -1, 0},
		{n - 1500, -1, 1500},
		{-4, 2, 2},
	} {
		at := max(tt.offset, 0)
		var count int64
		for row, err := range f.Rows(t.Context(), tt.offset, tt.limit) {
			if err != nil {
				t.Fatalf("%v: %v", tt, err)
			}
			if diff := cmp.Diff(sampleRow(at+count), row); diff != "" {
				t.Fatalf("row %d: -want +got\n%s", at+count, diff)
			}
			count++
		}
		if count != tt.want {
			t.Errorf("rows %d+%d: got %d, want %d", tt.offset, tt.limit, count, tt.want)
		}
	}
}

func TestEqualRowsMakeEqualBytes(t *testing.T) {
	if !bytes.Equal(write(t, 120_000), write(t, 120_000)) {
		t.Error("two writings differ")
	}
}

func TestATableWithoutRowsIsAFile(t *testing.T) {
	if n := open(t, write(t, 0)).NumRows(); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestWhatDoesNotFitIsAnError(t *testing.T) {
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		row []any
		err error
	}{
		"a value of another type":           {row: []any{"x"}},
		"a row that is too long":            {row: []any{int64(1), int64(2)}},
		"an error among the rows stays one": {err: broken},
	} {
		t.Run(name, func(t *testing.T) {
			rows := func(yield func([]any, error) bool) { yield(tt.row, tt.err) }
			_, err := parquetfile.Write(t.Context(), &bytes.Buffer{}, columns[:1], rows)
			if err == nil || tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("got %v", err)
			}
		})
	}
	huge := func(yield func([]any, error) bool) { yield([]any{1e17}, nil) }
	if _, err := parquetfile.Write(t.Context(), &bytes.Buffer{}, columns[2:3], huge); err == nil {
		t.Error("1e17 with two digits does not fit 18 digits")
	}
}

func TestAnotherFileIsRefused(t *testing.T) {
	b := write(t, 10)
	if _, err := parquetfile.Open(bytes.NewReader(b), int64(len(b)), columns[:3]); err == nil {
		t.Error("fewer columns are no error")
	}
	if _, err := parquetfile.Open(bytes.NewReader(b[:50]), 50, columns); err == nil {
		t.Error("a file cut short is no error")
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	f := open(t, write(t, 5000))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range f.Rows(ctx, 0, -1) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func BenchmarkPageOf100(b *testing.B) {
	data := write(b, 100_000)
	for i := int64(0); b.Loop(); i++ {
		f := open(b, data)
		for _, err := range f.Rows(b.Context(), i*7919%99_900, 100) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		write(b, 100_000)
	}
}
