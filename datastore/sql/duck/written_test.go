package duck

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"portico/blob/folder"
	"portico/datastore"
	"portico/datastore/sql"
	"portico/store"
)

// TestATableIsAnsweredEquallyFromBothItsFiles writes a table through the API's
// store and asks it in SQL from the file that is made of its rows and from the
// one that a compaction leaves.
func TestATableIsAnsweredEquallyFromBothItsFiles(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/portico.db", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	tables := datastore.NewTables(blobs, db, slog.New(slog.DiscardHandler))
	if _, _, err := tables.Create(t.Context(), "t", datastore.Definition{
		Fields: []datastore.Field{
			{ID: "n", Type: "int4"},
			{ID: "importo", Type: "numeric"},
			{ID: "lat", Type: "float8"},
			{ID: "quando", Type: "timestamptz"},
			{ID: "giorno", Type: "date"},
			{ID: "ora", Type: "time"},
			{ID: "ok", Type: "bool"},
			{ID: "dati", Type: "json"},
			{ID: "nome", Type: "text"},
		},
		Records: []map[string]any{
			{"n": json.Number("7"), "importo": json.Number("42.5"), "lat": json.Number("40.38516"), "quando": "2024-02-29T10:00:00+02:00", "giorno": "2024-02-29", "ora": "08:30:00", "ok": true, "dati": map[string]any{"a": json.Number("1")}, "nome": "Città"},
			{"n": json.Number("2"), "importo": json.Number("0.25")},
		},
	}); err != nil {
		t.Fatal(err)
	}
	dir, err := sql.NewShelf(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	s := newShelf(t, sql.Options{Time: 30 * time.Second})
	asked := func(file func(v *datastore.View) *os.File) (out string) {
		for _, text := range []string{
			`SELECT * FROM t ORDER BY _id`, `SELECT n/2 AS h, importo/2 AS i, sum(importo) OVER () AS s, lat*2 AS l FROM t ORDER BY _id`,
			`SELECT importo::text, quando::text FROM t ORDER BY _id`, `SELECT _id FROM t WHERE _full_text @@ to_tsquery('citta')`,
		} {
			v, err := tables.Table(t.Context(), "t")
			if err != nil {
				t.Fatal(err)
			}
			f := file(v)
			s.tables["t"], s.files["t"] = sql.Table{Name: "t", Columns: sql.WrittenColumns(v.Fields)}, fmt.Sprintf("/proc/self/fd/%d", f.Fd())
			a, err := s.ask(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			_ = f.Close()
			out += fmt.Sprintf("%v %s\n", a.Fields, a.Records)
		}
		return out
	}
	made := asked(func(v *datastore.View) *os.File {
		f, err := dir.Written(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		return f
	})
	if done, err := tables.Compact(t.Context(), "t"); !done || err != nil {
		t.Fatal(done, err)
	}
	left := asked(func(v *datastore.View) *os.File {
		r, there := tables.Base(t.Context(), v)
		if !there {
			t.Fatal("the compaction leaves no file that can be asked")
		}
		f, err := dir.Snapshot(v.Base.Hash, r)
		if err != nil {
			t.Fatal(err)
		}
		return f
	})
	if made != left {
		t.Errorf("from the file that is made:\n%s\nfrom the one that was left:\n%s", made, left)
	}
}
