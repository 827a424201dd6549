package tabular_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"portico/catalog"
	"portico/tabular"
)

func openFile(t *testing.T, path string) (*tabular.Table, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return tabular.Open(t.Context(), f, st.Size(), tabular.Options{Name: filepath.Base(path)})
}

func openString(t *testing.T, s string) (*tabular.Table, error) {
	t.Helper()
	return tabular.Open(t.Context(), bytes.NewReader([]byte(s)), int64(len(s)), tabular.Options{})
}

func countRows(t *testing.T, table *tabular.Table) int64 {
	t.Helper()
	var n int64
	for row, err := range table.Rows {
		if err != nil {
			t.Fatal(err)
		}
		if len(row) != len(table.Columns) {
			t.Fatalf("row %d has %d values for %d columns", n, len(row), len(table.Columns))
		}
		n++
	}
	return n
}

func italian(err error) string {
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind == catalog.Invalid {
		return e.In("it")
	}
	return ""
}
