package datastore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"portico/blob"
	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/datastore/datastoretest"
	"portico/exporter/csv"
)

func open(t testing.TB) (datastore.Store, blob.Store) {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	return datastore.New(blobs, slog.New(slog.DiscardHandler)), blobs
}

func TestSnapshots(t *testing.T) {
	datastoretest.Run(t, func(t *testing.T) (datastore.Store, blob.Store) { return open(t) })
}

func TestWhatBreaksOffIsNotKept(t *testing.T) {
	s, blobs := open(t)
	h, _, err := blobs.Put(t.Context(), strings.NewReader("a;b\n1;2\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Load(ctx, h, "a.csv", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	count := 0
	err = blobs.All(t.Context(), func(string, int64, time.Time) error { count++; return nil })
	if err != nil || count != 1 {
		t.Errorf("%d blobs, %v", count, err)
	}
}

func load(b *testing.B, rows int) (datastore.Store, *catalog.Table) {
	b.Helper()
	var s strings.Builder
	s.WriteString("id;nome;quartiere;data;importo\n")
	for i := range rows {
		fmt.Fprintf(&s, "%d;Via numero %d;Quartiere %d;%02d/%02d/2024;%d,%02d\n", i, i, i%9, i%28+1, i%12+1, i%9999, i%100)
	}
	st, m := open(b)
	h, _, err := m.Put(b.Context(), strings.NewReader(s.String()), 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	start := time.Now()
	table, err := st.Load(b.Context(), h, "vie.csv", "")
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("loaded %d rows at %.0f rows/s", rows, float64(rows)/time.Since(start).Seconds())
	return st, table
}

func BenchmarkPageOf100(b *testing.B) {
	st, table := load(b, 100_000)
	for i := int64(0); b.Loop(); i++ {
		rows, c, err := st.Rows(b.Context(), table, i*7919%99_900, 100)
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range rows.All {
			if err != nil {
				b.Fatal(err)
			}
		}
		c.Close()
	}
}

func BenchmarkSnapshotToCSV(b *testing.B) {
	const n = 300_000
	st, table := load(b, n)
	for b.Loop() {
		rows, c, err := st.Rows(b.Context(), table, 0, -1)
		if err != nil {
			b.Fatal(err)
		}
		if err := csv.Format().Write(b.Context(), io.Discard, rows); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
