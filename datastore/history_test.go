package datastore_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/blob"
	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/tabular"
)

// versions is a distribution whose file is loaded again and again.
type versions struct {
	t       *testing.T
	blobs   blob.Store
	records *records
	history *datastore.History
	now     *catalog.Table
}

func newVersions(t *testing.T, keep datastore.Retention) *versions {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	log := slog.New(slog.DiscardHandler)
	r := &records{all: map[string]catalog.Record{}}
	return &versions{t: t, blobs: blobs, records: r, history: &datastore.History{Records: r, Snapshots: datastore.New(blobs, log), Keep: keep, Log: log}}
}

func (v *versions) load(content string) {
	v.t.Helper()
	h, _, err := v.blobs.Put(v.t.Context(), strings.NewReader(content), 0)
	if err != nil {
		v.t.Fatal(err)
	}
	is, err := v.history.Snapshots.LoadAs(v.t.Context(), h, tabular.Options{Name: "a.csv"})
	if err != nil {
		v.t.Fatal(err)
	}
	if err := v.history.Note(v.t.Context(), "d", v.now, is); err != nil {
		v.t.Fatal(err)
	}
	v.now = is
}

func (v *versions) list() []datastore.Snapshot {
	v.t.Helper()
	all, err := v.history.List(v.t.Context(), "d")
	if err != nil {
		v.t.Fatal(err)
	}
	return all
}

func TestWhatChangedIsToldInNumbers(t *testing.T) {
	var b strings.Builder
	b.WriteString("id;nome;quanti\n")
	for i := range 50 {
		fmt.Fprintf(&b, "%d;Ente %d;%d\n", i, i, i%7)
	}
	base := b.String()
	for name, c := range map[string]struct {
		was, is, it string
		want        datastore.Change
	}{
		"rows are added": {
			was: base, is: base + "50;Nuovo;1\n51;Nuovo;2\n", it: "+2 righe", want: datastore.Change{Added: 2, Key: []string{"id"}},
		},
		"rows go and change": {
			was: base, is: strings.Replace(strings.Replace(base, "3;Ente 3;3\n", "", 1), "4;Ente 4;4\n", "4;Ente 4;40\n", 1), it: "−1 riga, 1 cambiata",
			want: datastore.Change{Removed: 1, Changed: 1, Key: []string{"id"}},
		},
		"a column gets another name": {
			was: base, is: strings.Replace(base, "nome", "denominazione", 1), it: "colonna rinominata: nome → denominazione",
			want: datastore.Change{Key: []string{"id"}, Renamed: map[string]string{"nome": "denominazione"}},
		},
		"a column comes and another goes": {
			was: "id;a\n1;x\n2;y\n", is: "id;b\n1;3\n2;4\n", it: "nuova colonna b, tolta la colonna a",
			want: datastore.Change{Key: []string{"id"}, NewColumns: []string{"b"}, GoneColumns: []string{"a"}},
		},
		"a column gets another type": {
			was: "id;a\nx;1\ny;2\n", is: "id;a\nx;1\ny;due\n", it: "altro tipo per la colonna a",
			want: datastore.Change{Key: []string{"id"}, Retyped: []string{"a"}},
		},
		"the columns are in another order": {
			was: "id;a\n1;x\n2;y\n", is: "a;id\nx;1\ny;2\n", it: "nessuna differenza nelle righe", want: datastore.Change{Key: []string{"a"}},
		},
		"a key of two columns": {
			was: "anno;mese;n\n1;1;5\n1;2;5\n2;1;5\n2;2;5\n", is: "anno;mese;n\n1;1;5\n1;2;6\n2;1;5\n2;2;5\n", it: "1 cambiata",
			want: datastore.Change{Changed: 1, Key: []string{"anno", "mese"}},
		},
		"rows without a key": {
			was: "a;b\nx;1\nx;1\ny;2\nz;1\n", is: "a;b\nx;1\ny;2\ny;2\nz;1\n", it: "+1 riga, −1 riga", want: datastore.Change{Added: 1, Removed: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVersions(t, datastore.Retention{Newest: 9})
			v.load(c.was)
			v.load(c.is)
			got := v.list()[0].Change
			if diff := cmp.Diff(&c.want, got); diff != "" {
				t.Error(diff)
			}
			if got != nil && got.Text().In("it") != c.it {
				t.Errorf("told as %q, want %q", got.Text().In("it"), c.it)
			}
		})
	}
}

func TestTheSameRowsAreNoNewVersion(t *testing.T) {
	v := newVersions(t, datastore.Retention{Newest: 9})
	v.load("a;b\n1;2\n")
	v.load("a;b\n1;2\n")
	v.load("a;b\r\n1;2\r\n") // other bytes
	if n := len(v.list()); n != 1 {
		t.Errorf("%d versions", n)
	}
}

func TestVersionsStayAsTheRuleSays(t *testing.T) {
	v := newVersions(t, datastore.Retention{Newest: 2})
	for i := range 4 {
		v.load(fmt.Sprintf("a;b\n1;%d\n", i))
	}
	all := v.list()
	if len(all) != 2 || all[0].Hash != v.now.Hash {
		t.Fatalf("%d versions", len(all))
	}
	used := map[string]bool{}
	if err := v.history.Used(t.Context(), func(h string) { used[h] = true }); err != nil || len(used) != 4 { // files and rows
		t.Errorf("%v, %v", used, err)
	}
	v.history.Keep = datastore.Retention{Newest: 1, Young: time.Hour}
	if err := v.history.Trim(t.Context()); err != nil || len(v.list()) != 2 {
		t.Errorf("young versions: %d, %v", len(v.list()), err)
	}
	v.history.Keep = datastore.Retention{Newest: 1}
	if err := v.history.Trim(t.Context()); err != nil || len(v.list()) != 1 {
		t.Errorf("after the rule has changed: %d, %v", len(v.list()), err)
	}
}

func TestAVersionIsFoundByItsTime(t *testing.T) {
	v := newVersions(t, datastore.Retention{Newest: 9})
	v.load("a;b\n1;1\n")
	first := v.now.Hash
	v.load("a;b\n1;2\n")
	for ref, want := range map[string]string{
		first: first, time.Now().UTC().Format(time.DateOnly): v.now.Hash, v.list()[1].Taken.Format(time.RFC3339Nano): first,
		"2001-01-01": "", "nonsense": "", strings.Repeat("0", 64): "",
	} {
		got, err := v.history.At(t.Context(), "d", ref)
		if want == "" && catalog.KindOf(err) != catalog.NotFound || want != "" && (err != nil || got.Hash != want) {
			t.Errorf("%s: %+v, %v", ref, got, err)
		}
	}
}

func TestWhatAPublisherSaysOfColumnsStays(t *testing.T) {
	v := newVersions(t, datastore.Retention{Newest: 9})
	tables := datastore.NewTables(v.blobs, v.records, slog.New(slog.DiscardHandler))
	again, err := tables.Describe(t.Context(), "d", []datastore.Field{{ID: "a", Info: []byte(`{"label":"Codice","type_override":"text","unit":"n."}`)}, {ID: "b"}})
	if err != nil || !again {
		t.Fatalf("%v, %v", again, err)
	}
	if again, err = tables.Describe(t.Context(), "d", []datastore.Field{{ID: "b", Info: []byte(`{"notes":"quanti"}`)}}); err != nil || again {
		t.Errorf("a note needs no reading: %v, %v", again, err)
	}
	d, err := v.history.Dictionary(t.Context(), "d")
	if err != nil || len(d) != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	h, _, err := v.blobs.Put(t.Context(), strings.NewReader("a;b\n1;2\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.history.Snapshots.LoadAs(t.Context(), h, v.history.Options("a.csv", d))
	if err != nil || got.Columns[0].Type != catalog.String || got.Columns[0].Title.String() != "Codice" || got.Columns[0].Unit != "n." || got.Columns[1].Description.String() != "quanti" {
		t.Errorf("%+v, %v", got, err)
	}
	view, err := tables.Snapshot(t.Context(), v.history.Snapshots, got)
	if err != nil {
		t.Fatal(err)
	}
	if f := view.Described(got.Columns, d).Fields; f[0].Type != "text" || !strings.Contains(string(f[0].Info), "Codice") || view.Fields[0].Info != nil {
		t.Errorf("%+v", f)
	}
	if again, err = tables.Describe(t.Context(), "d", []datastore.Field{{ID: "a", Info: []byte(`{}`)}}); err != nil || !again {
		t.Errorf("taken away: %v, %v", again, err)
	}
	v.records.fail = errors.New("full")
	if _, err := tables.Describe(t.Context(), "d", []datastore.Field{{ID: "b", Info: []byte(`{}`)}}); err == nil {
		t.Error("what cannot be kept is told")
	}
}
