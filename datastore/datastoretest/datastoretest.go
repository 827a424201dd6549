// Package datastoretest says how every datastore.Store must behave. It knows
// no store in particular.
package datastoretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/blob"
	"portico/catalog"
	"portico/datastore"
)

// Run tests the store that open returns, with the blobs from which it loads.
func Run(t *testing.T, open func(t *testing.T) (datastore.Store, blob.Store)) {
	for name, test := range map[string]func(*testing.T, *fixture){
		"a table is loaded with its types":                testLoad,
		"equal bytes make an equal snapshot":              testEqual,
		"any rows of a snapshot are read":                 testPaging,
		"what is no table is told in both languages":      testNoTable,
		"what is not there is not found":                  testMissing,
		"rows that are no rows are told in the notes":     testRejected,
		"a header without rows is a table":                testNoRows,
		"the snapshot is a Parquet file":                  testParquet,
		"several read the same snapshot at the same time": testConcurrent,
	} {
		t.Run(name, func(t *testing.T) {
			s, b := open(t)
			test(t, &fixture{store: s, blobs: b})
		})
	}
}

type fixture struct {
	store datastore.Store
	blobs blob.Store
}

func (f *fixture) put(t *testing.T, content string) blob.Hash {
	t.Helper()
	h, _, err := f.blobs.Put(t.Context(), strings.NewReader(content), 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (f *fixture) load(t *testing.T, content string) *catalog.Table {
	t.Helper()
	table, err := f.store.Load(t.Context(), f.put(t, content), "prova.csv", "")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func (f *fixture) rows(t *testing.T, table *catalog.Table, offset, limit int64) [][]any {
	t.Helper()
	rows, err := f.read(t.Context(), table, offset, limit)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (f *fixture) read(ctx context.Context, table *catalog.Table, offset, limit int64) ([][]any, error) {
	rows, c, err := f.store.Rows(ctx, table, offset, limit)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var all [][]any
	for row, err := range rows.All {
		if err != nil {
			return nil, err
		}
		all = append(all, append([]any(nil), row...))
	}
	return all, nil
}

const trees = "ID;Specie;Altezza (m);Piantato il;Protetto;Rilievo\r\n" +
	"1;Tiglio;12,5;03/04/2019;sì;2024-05-01 08:30:00\r\n" +
	"2;\"Leccio; detto \"\"il Vecchio\"\"\";9,25;21/11/1987;no;\r\n" +
	"3;;n.d.;;;2024-05-02 09:00:00\r\n"

func testLoad(t *testing.T, f *fixture) {
	h := f.put(t, trees)
	before := time.Now().Add(-time.Second)
	table, err := f.store.Load(t.Context(), h, "alberi.csv", "")
	if err != nil {
		t.Fatal(err)
	}
	if table.File != h || table.Rows != 3 || table.Error != "" || table.Taken.Before(before) {
		t.Errorf("table: %+v", table)
	}
	want := []catalog.Column{
		{Name: "id", Header: "ID", Type: catalog.Integer},
		{Name: "specie", Header: "Specie", Type: catalog.String},
		{Name: "altezza_m", Header: "Altezza (m)", Type: catalog.Decimal, Scale: 2},
		{Name: "piantato_il", Header: "Piantato il", Type: catalog.Day},
		{Name: "protetto", Header: "Protetto", Type: catalog.Boolean},
		{Name: "rilievo", Header: "Rilievo", Type: catalog.Timestamp},
	}
	if diff := cmp.Diff(want, table.Columns); diff != "" {
		t.Errorf("columns: -want +got\n%s", diff)
	}
	day := func(y int, m time.Month, d, h, min int) time.Time { return time.Date(y, m, d, h, min, 0, 0, time.UTC) }
	rows := [][]any{
		{int64(1), "Tiglio", 12.5, day(2019, 4, 3, 0, 0), true, day(2024, 5, 1, 8, 30)},
		{int64(2), `Leccio; detto "il Vecchio"`, 9.25, day(1987, 11, 21, 0, 0), false, nil},
		{int64(3), nil, nil, nil, nil, day(2024, 5, 2, 9, 0)},
	}
	if diff := cmp.Diff(rows, f.rows(t, table, 0, -1)); diff != "" {
		t.Errorf("rows: -want +got\n%s", diff)
	}
}

func testEqual(t *testing.T, f *fixture) {
	a, b := f.load(t, trees), f.load(t, trees)
	if a.Hash != b.Hash || a.Hash == "" {
		t.Errorf("hashes %q and %q", a.Hash, b.Hash)
	}
	if c := f.load(t, trees+"4;Pino;1,0;;;\r\n"); c.Hash == a.Hash {
		t.Error("other bytes, same snapshot")
	}
}

func testPaging(t *testing.T, f *fixture) {
	const n = 12_345
	var b strings.Builder
	b.WriteString("n,quadrato\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d\n", i, i*i)
	}
	table := f.load(t, b.String())
	for _, tt := range []struct{ offset, limit, first, count int64 }{
		{0, 10, 0, 10}, {5000, 100, 5000, 100}, {n - 5, 100, n - 5, 5}, {n, 10, 0, 0}, {0, 0, 0, 0}, {0, -1, 0, n}, {12_000, -1, 12_000, 345},
	} {
		rows := f.rows(t, table, tt.offset, tt.limit)
		if int64(len(rows)) != tt.count || len(rows) > 0 && rows[0][0] != tt.first {
			t.Errorf("%+v: got %d rows", tt, len(rows))
		}
	}
}

func testNoTable(t *testing.T, f *fixture) {
	for _, content := range []string{
		"<!DOCTYPE html><html><body>404</body></html>",
		"%PDF-1.7 …",
		"\x00\x01\x02\x03 binary",
		"{\"success\": false}",
	} {
		_, err := f.store.Load(t.Context(), f.put(t, content), "dati.csv", "")
		e, ok := errors.AsType[*catalog.Error](err)
		if !ok || e.Kind != catalog.Invalid || e.In("it") == "" || e.In("it") == e.In("en") {
			t.Errorf("%.20q: %v", content, err)
		}
	}
}

func testMissing(t *testing.T, f *fixture) {
	h := strings.Repeat("0", 64)
	if _, err := f.store.Load(t.Context(), h, "x.csv", ""); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("Load: %v", err)
	}
	table := &catalog.Table{Hash: h, Columns: []catalog.Column{{Name: "a", Type: catalog.String}}}
	if _, _, err := f.store.Rows(t.Context(), table, 0, 1); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("Rows: %v", err)
	}
	if _, err := f.store.Parquet(t.Context(), table); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("Parquet: %v", err)
	}
}

func testRejected(t *testing.T, f *fixture) {
	table := f.load(t, "a;b;c\n1;2;3\n4;5\n6;7;8;9\n1;2;3\n")
	if table.Rows != 2 {
		t.Errorf("%d rows", table.Rows)
	}
	notes := strings.Join(table.Notes, "\n")
	for _, want := range []string{"line 3", "line 4"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes do not tell of %s:\n%s", want, notes)
		}
	}
}

func testNoRows(t *testing.T, f *fixture) {
	table := f.load(t, "codice_ipa;denominazione;città\n")
	if table.Rows != 0 || len(table.Columns) != 3 {
		t.Errorf("table: %+v", table)
	}
	if rows := f.rows(t, table, 0, -1); len(rows) != 0 {
		t.Errorf("%d rows", len(rows))
	}
}

func testParquet(t *testing.T, f *fixture) {
	table := f.load(t, trees)
	r, err := f.store.Parquet(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || !bytes.HasPrefix(b, []byte("PAR1")) || !bytes.HasSuffix(b, []byte("PAR1")) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		t.Error(err)
	}
}

func testConcurrent(t *testing.T, f *fixture) {
	table := f.load(t, trees)
	errs := make(chan error)
	const readers = 8
	for range readers {
		go func() {
			rows, err := f.read(t.Context(), table, 0, -1)
			if err == nil && len(rows) != 3 {
				err = fmt.Errorf("%d rows", len(rows))
			}
			errs <- err
		}()
	}
	for range readers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
