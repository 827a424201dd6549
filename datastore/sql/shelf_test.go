package sql

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/datastore"
	"portico/internal/parquetfile"
)

func TestAWrittenTableBecomesAFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sql")
	s, err := NewShelf(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	v := &datastore.View{Head: datastore.Head{Version: "V1", Fields: []datastore.Field{
		{ID: "n", Type: "int4"},
		{ID: "x", Type: "numeric"},
		{ID: "big", Type: "numeric"},
		{ID: "at", Type: "timestamp"},
		{ID: "tz", Type: "timestamptz"},
		{ID: "day", Type: "date"},
		{ID: "time", Type: "time"},
		{ID: "b", Type: "bool"},
		{ID: "j", Type: "json"},
		{ID: "f", Type: "float8"},
	}}, Rows: []datastore.Row{
		{ID: 1, Cells: []any{int64(7), json.Number("1.25"), json.Number("1e30"), "2024-01-02T03:04:05.000", "2024-01-02T01:04:05Z", "2024-01-02", "03:04:05", true, json.RawMessage(`{"a": 1}`), json.Number("0.5")}},
		{ID: 5, Cells: []any{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil}},
	}}
	for range 2 {
		f, err := s.Written(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := v.Parquet()
		p, err := parquetfile.Open(f, info.Size(), columns)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for row, err := range p.Rows(t.Context(), 0, -1) {
			b, jsonErr := json.Marshal(row)
			if err != nil || jsonErr != nil {
				t.Fatal(err, jsonErr)
			}
			got = append(got, string(b))
		}
		want := []string{
			`[1,7,1.25,1e+30,"2024-01-02T03:04:05Z","2024-01-02T01:04:05Z","2024-01-02T00:00:00Z",11045000000000,true,"{\"a\": 1}",0.5]`,
			`[5,null,null,null,null,null,null,null,null,null,null]`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		f.Close()
	}
}

// part is a snapshot that is no file of the operating system.
type part struct{ *strings.Reader }

func (part) Close() error { return nil }

func TestAShelfHasNoMoreThanItsRoom(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sql")
	s, err := NewShelf(dir, 25)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "a", "c", "a"} {
		f, err := s.Snapshot(key, part{strings.NewReader("0123456789")})
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(f); err != nil || string(b) != "0123456789" {
			t.Errorf("%s: %q %v", key, b, err)
		}
		f.Close()
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 || left[0].Name() != "a.parquet" || left[1].Name() != "c.parquet" {
		t.Errorf("%v %v", left, err)
	}
}
