package search_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

// A diary is a shelf that keeps what was indexed since each snapshot.
type diary struct {
	*shelf
	revision int
	indexed  []catalog.Stale
	begun    map[string]int // by token: the revision
	fails    string         // the step that fails
}

func newDiary() *diary { return &diary{shelf: shelves(), begun: map[string]int{}} }

func (d *diary) change(ids ...string) {
	for _, id := range ids {
		d.revision++
		d.stale = append(d.stale, catalog.Stale{ID: id, Version: d.revision})
	}
}

func (d *diary) Indexed(ctx context.Context, done []catalog.Stale) error {
	d.indexed = append(d.indexed, done...)
	return d.shelf.Indexed(ctx, done)
}

func (d *diary) step(name string) error {
	if d.fails == name {
		return errors.New("killed")
	}
	return nil
}

func (d *diary) SnapshotBegun(_ context.Context, token string) error {
	d.begun[token] = d.revision
	return d.step("begun")
}

func (d *diary) SnapshotKept(_ context.Context, token string) error {
	if err := d.step("kept"); err != nil {
		return err
	}
	d.begun = map[string]int{token: d.begun[token]}
	return nil
}

func (d *diary) SnapshotRead(_ context.Context, token string) (bool, error) {
	rev, known := d.begun[token]
	for _, x := range d.indexed {
		if known && x.Version > rev {
			d.stale = append(d.stale, x)
		}
	}
	return known, nil
}

func (d *diary) SnapshotsGone(context.Context) error     { return nil }
func (d *diary) StaleCount(context.Context) (int, error) { return len(d.stale), nil }
func (d *diary) follow(e search.Engine) func(context.Context) error {
	return func(ctx context.Context) error { return search.Follow(ctx, e, d, d) }
}

func shown(t *testing.T, e search.Engine) []string {
	t.Helper()
	page, err := e.Search(t.Context(), search.Query{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(page.IDs)
	return page.IDs
}

// TestASnapshotIsReadWithWhatChangedSince also shows that whatever stops a
// writer leaves the old file or the new one, and both can be read.
func TestASnapshotIsReadWithWhatChangedSince(t *testing.T) {
	for _, fails := range []string{"", "begun", "follow", "save", "kept"} {
		t.Run("stopped at "+fails, func(t *testing.T) {
			d, e := newDiary(), memory.New("it")
			s := &search.Snapshot{Path: filepath.Join(t.TempDir(), "index"), Program: "1.0\nit", Marks: d}
			d.change("public", "private")
			if err := s.Write(t.Context(), e, d.follow(e)); err != nil {
				t.Fatal(err)
			}
			d.datasets[2].State = catalog.Active
			d.change("draft")
			if err := d.follow(e)(t.Context()); err != nil {
				t.Fatal(err)
			}
			d.datasets[0].State = catalog.Withdrawn
			d.change("public")
			d.fails = fails
			follow, k := d.follow(e), search.Keeper(e)
			if fails == "follow" {
				follow = func(context.Context) error { return errors.New("killed") }
			}
			if fails == "save" {
				k = half{e}
			}
			if err := s.Write(t.Context(), k, follow); (err != nil) != (fails != "") {
				t.Fatalf("write: %v", err)
			}
			again := memory.New("it")
			other := &search.Snapshot{Path: s.Path, Program: s.Program, Marks: d}
			if why, err := other.Read(t.Context(), again); why != "" || err != nil {
				t.Fatalf("read: %q, %v", why, err)
			}
			if err := d.follow(again)(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := shown(t, again); !slices.Equal(got, []string{"draft", "private"}) {
				t.Errorf("got %q, want draft and private", got)
			}
			if left, _ := filepath.Glob(s.Path + ".new-*"); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// A half writes half of itself.
type half struct{ *memory.Engine }

func (h half) Save(w io.Writer) error {
	var b bytes.Buffer
	if err := h.Engine.Save(&b); err != nil {
		return err
	}
	_, _ = w.Write(b.Bytes()[:b.Len()/2])
	return errors.New("the disk is full")
}

func TestADoubtfulSnapshotIsNotRead(t *testing.T) {
	d, e := newDiary(), memory.New("it")
	path := filepath.Join(t.TempDir(), "index")
	s := &search.Snapshot{Path: path, Program: "1.0 it", Marks: d}
	d.change("public")
	if err := s.Write(t.Context(), e, d.follow(e)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, tt := range map[string]struct {
		file    []byte
		program string
		lang    string
	}{
		"none":                {nil, "1.0 it", "it"},
		"empty":               {[]byte{}, "1.0 it", "it"},
		"cut off":             {good[:len(good)-1], "1.0 it", "it"},
		"a bit is wrong":      {flipped, "1.0 it", "it"},
		"another program's":   {good, "1.1 it", "it"},
		"in another language": {good, "1.0 it", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "index")
			if tt.file != nil {
				if err := os.WriteFile(path, tt.file, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			empty := memory.New(tt.lang)
			why, err := (&search.Snapshot{Path: path, Program: tt.program, Marks: d}).Read(t.Context(), empty)
			if n, _ := empty.Len(t.Context()); why == "" || err != nil || n != 0 {
				t.Errorf("%q, %v, %d documents", why, err, n)
			}
		})
	}
	t.Run("of a database that does not know it", func(t *testing.T) {
		why, err := (&search.Snapshot{Path: path, Program: "1.0 it", Marks: newDiary()}).Read(t.Context(), memory.New("it"))
		if why == "" || err != nil {
			t.Errorf("%q, %v", why, err)
		}
	})
}

func TestKeepWritesTheIndexDownSometimesAndAtTheEndAndTakesOverAnother(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, e := newDiary(), memory.New("it")
		path := filepath.Join(dir, "index")
		f := &search.Follower{
			Engine: e, Index: d, Source: d, Log: slog.New(slog.DiscardHandler), Every: time.Second,
			Snapshot: &search.Snapshot{Path: path, Program: "1", Marks: d},
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			f.Keep(ctx)
		}()
		pass(f, 5*time.Second)
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d.datasets[2].State = catalog.Active
		d.change("draft")
		pass(f, time.Minute)
		if now, _ := os.ReadFile(path); !bytes.Equal(now, first) {
			t.Error("written again after a minute")
		}
		pass(f, 10*time.Minute)
		second, _ := os.ReadFile(path)
		if bytes.Equal(second, first) {
			t.Error("not written again after ten minutes")
		}
		pass(f, time.Hour)
		if now, _ := os.ReadFile(path); !bytes.Equal(now, second) {
			t.Error("written again though nothing changed")
		}

		aside := memory.New("it")
		if err := aside.Put(ctx, search.Document{ID: "made aside"}); err != nil {
			t.Fatal(err)
		}
		if err := (&search.Snapshot{Path: path, Program: "1", Marks: d}).Write(ctx, aside, func(context.Context) error { return nil }); err != nil {
			t.Fatal(err)
		}
		pass(f, 10*time.Second)
		if got := shown(t, e); !slices.Equal(got, []string{"made aside"}) {
			t.Errorf("got %q, want what was made aside", got)
		}
		d.change("public") // written soon, for the last time was an hour ago
		pass(f, 2*time.Second)
		d.change("private")
		pass(f, 2*time.Second)
		before, _ := os.ReadFile(path)
		cancel()
		<-done
		if after, _ := os.ReadFile(path); bytes.Equal(before, after) {
			t.Error("not written at the end")
		}
	})
}
