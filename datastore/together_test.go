package datastore_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/blob"
	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/internal/testdb"
	"portico/store"
)

// engines are the stores that two processes may share.
func engines(t *testing.T) map[string]func() *store.Store {
	open := func(t *testing.T, dsn string) *store.Store {
		t.Helper()
		s, err := store.Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	return map[string]func() *store.Store{
		"sqlite":   func() *store.Store { return open(t, "sqlite:"+filepath.Join(t.TempDir(), "catalog.db")) },
		"postgres": func() *store.Store { return open(t, testdb.Postgres(t)) },
	}
}

// process returns the tables as a process of its own would open them: with
// nothing in memory that others know of.
func process(t *testing.T, dir string, s *store.Store) *datastore.Tables {
	t.Helper()
	blobs, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	return datastore.NewTables(blobs, s, slog.New(slog.DiscardHandler))
}

func TestTwoProcessesLoseNoUpdate(t *testing.T) {
	for name, open := range engines(t) {
		t.Run(name, func(t *testing.T) {
			s, dir := open(), t.TempDir()
			const writers, each = 3, 12
			first := process(t, dir, s)
			_, _, err := first.Create(t.Context(), "t", datastore.Definition{Fields: []datastore.Field{{ID: "n", Type: "int"}}, Key: []string{"n"}})
			if err != nil {
				t.Fatal(err)
			}
			stop := make(chan struct{})
			var wg, compacting sync.WaitGroup
			compacting.Go(func() {
				p := process(t, dir, s)
				for {
					if _, err := p.Compact(t.Context(), "t"); err != nil {
						t.Errorf("compact: %v", err)
					}
					select {
					case <-stop:
						return
					case <-time.After(time.Millisecond):
					}
				}
			})
			for w := range writers {
				wg.Go(func() {
					p := process(t, dir, s)
					for i := range each {
						_, err := p.Write(t.Context(), "t", datastore.Insert, rows(t, fmt.Sprintf(`[{"n":%d}]`, w*each+i)), false)
						if err != nil {
							t.Errorf("writer %d: %v", w, err)
						}
					}
				})
			}
			wg.Wait()
			close(stop)
			compacting.Wait()
			v, err := process(t, dir, s).Table(t.Context(), "t")
			if err != nil {
				t.Fatal(err)
			}
			ids, values := map[int64]bool{}, map[any]bool{}
			for _, r := range v.Rows {
				ids[r.ID], values[r.Cells[0]] = true, true
			}
			if len(v.Rows) != writers*each || len(ids) != writers*each || len(values) != writers*each || v.Count != writers*each {
				t.Errorf("%d rows, %d numbers, %d values, count %d; want %d of each", len(v.Rows), len(ids), len(values), v.Count, writers*each)
			}
		})
	}
}

func TestACompactedTableIsTheSame(t *testing.T) {
	b := openTables(t)
	b.people(t)
	more := `[{"cod":4,"nome":"quattro","prezzo":"12345678901234567890.10","quando":"1999-12-31T23:59:59"},{"cod":5,"prezzo":0.00001},{"cod":6,"prezzo":-1,"dati":{"b":null}}]`
	if _, err := b.Write(t.Context(), "t", "upsert", rows(t, more), false); err != nil {
		t.Fatal(err)
	}
	before := b.show(t, datastore.Query{})
	if done, err := b.Compact(t.Context(), "t"); !done || err != nil {
		t.Fatalf("%v, %v", done, err)
	}
	if done, err := b.Compact(t.Context(), "t"); done || err != nil {
		t.Errorf("again: %v, %v", done, err)
	}
	for name, b := range map[string]*bench{"in memory": b, "on disk": b.again()} {
		if diff := cmp.Diff(before, b.show(t, datastore.Query{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// What is written afterwards is kept beside the file.
	if _, err := b.Write(t.Context(), "t", "upsert", rows(t, `[{"cod":5,"nome":"cinque"},{"cod":7}]`), false); err != nil {
		t.Fatal(err)
	}
	f, err := datastore.NewFilter(people, parse(t, `{"cod":4}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.DeleteRows(t.Context(), "t", f); err != nil {
		t.Fatal(err)
	}
	now := b.show(t, datastore.Query{})
	if !strings.Contains(now, `"cinque"`) || strings.Contains(now, "quattro") || b.again().show(t, datastore.Query{}) != now {
		t.Errorf("after a write:\n%s\n%s", now, b.again().show(t, datastore.Query{}))
	}
}

func TestTablesAreDueAfterManyWrites(t *testing.T) {
	b := openTables(t)
	b.people(t)
	due := func() string {
		ids, err := b.Due(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(ids, " ")
	}
	if got := due(); got != "" {
		t.Errorf("a small table is due: %s", got)
	}
	var many []map[string]any
	for i := range 1000 {
		many = append(many, map[string]any{"cod": strconv.Itoa(100 + i)})
	}
	if _, err := b.Write(t.Context(), "t", "insert", many, false); err != nil {
		t.Fatal(err)
	}
	if got := due(); got != "t" {
		t.Errorf("due: %q", got)
	}
	if _, err := b.Compact(t.Context(), "t"); err != nil || due() != "" {
		t.Errorf("after compacting %q is due, %v", due(), err)
	}
}

// count says how many blobs there are.
func count(t *testing.T, b blob.Store) (n int) {
	t.Helper()
	if err := b.All(t.Context(), func(string, int64, time.Time) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatNothingRefersToIsCollected(t *testing.T) {
	b := openTables(t)
	b.people(t)
	if _, err := b.Compact(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Write(t.Context(), "t", "insert", rows(t, `[{"cod":9}]`), false); err != nil {
		t.Fatal(err)
	}
	kept := count(t, b.blobs)
	orphan, _, err := b.blobs.Put(t.Context(), strings.NewReader("nobody's"), 0)
	if err != nil {
		t.Fatal(err)
	}
	collect := func(grace time.Duration, used func(keep func(string))) datastore.Collected {
		t.Helper()
		c := datastore.Collector{Blobs: b.blobs, Grace: grace, Log: slog.New(slog.DiscardHandler), Used: func(ctx context.Context, keep func(string)) error {
			if used != nil {
				used(keep)
			}
			return b.Used(ctx, keep)
		}}
		done, err := c.Collect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	if done := collect(time.Hour, nil); done.Blobs != 0 {
		t.Errorf("young blobs are collected: %+v", done)
	}
	const old = -time.Hour // everything is old
	if done := collect(old, func(keep func(string)) { keep(orphan) }); done.Blobs != 0 {
		t.Errorf("a blob that is used is collected: %+v", done)
	}
	if done := collect(old, nil); done.Blobs != 1 || done.Bytes != int64(len("nobody's")) {
		t.Errorf("%+v", done)
	}
	if n := count(t, b.blobs); n != kept {
		t.Errorf("%d blobs are left of %d", n, kept)
	}
	if got := b.again().show(t, datastore.Query{Fields: []string{"cod"}}); got != "1\n2\n3\n9\n" {
		t.Errorf("the table after collecting: %s", got)
	}
}

// TestWhatIsBeingWrittenIsNotCollected puts the bytes of an old blob that
// nothing refers to again, just while they are being collected.
func TestWhatIsBeingWrittenIsNotCollected(t *testing.T) {
	b := openTables(t)
	put := func() string {
		h, _, err := b.blobs.Put(t.Context(), strings.NewReader("the same bytes"), 0)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := put()
	time.Sleep(20 * time.Millisecond)
	c := datastore.Collector{Blobs: b.blobs, Grace: 10 * time.Millisecond, Log: slog.New(slog.DiscardHandler), Used: func(context.Context, func(string)) error {
		put() // by somebody whose reference is not stored yet
		return nil
	}}
	done, err := c.Collect(t.Context())
	if ok, _ := b.blobs.Has(t.Context(), h); err != nil || done.Blobs != 0 || !ok {
		t.Errorf("%+v, %v, there: %v", done, err, ok)
	}
}

func TestWhatTheFileOfATableSaysCanBeWritten(t *testing.T) {
	b := openTables(t)
	views := both(t, 2000)
	if err := b.Adopt(t.Context(), "t", views["near"]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Write(t.Context(), "t", datastore.Insert, rows(t, `[{"codice":1,"comune":"Nuovo"}]`), false); err != nil {
		t.Fatal(err)
	}
	v, err := b.again().Table(t.Context(), "t")
	if err != nil || len(v.Rows) != 2001 || v.Rows[2000].ID != 2001 {
		t.Fatalf("%d rows, %v", len(v.Rows), err)
	}
	if diff := cmp.Diff(views["near"].Rows[:2000], v.Rows[:2000]); diff != "" {
		t.Error(diff)
	}
	if err := b.Adopt(t.Context(), "u", views["far"]); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("a table that is too large: %v", err)
	}
}
