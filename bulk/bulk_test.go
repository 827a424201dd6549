package bulk_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/bulk"
	"portico/catalog"
	"portico/exporter"
	exportcsv "portico/exporter/csv"
	"portico/exporter/parquet"
	"portico/internal/rdf"
	"portico/store"
)

const origin = "https://dati.esempio.example"

func dataset(n int) *catalog.Dataset {
	name := fmt.Sprintf("dati-%05d", n)
	return &catalog.Dataset{
		ID: catalog.StableID(name), Name: name, Identifier: "c_x000:" + name, Title: catalog.It("Dati | " + name), Description: catalog.It("Righe\ndi \"dati\""),
		State: catalog.Active, Modified: "2026-01-02T23:30:00+01:00", Frequency: "ANNUAL", Themes: []catalog.Theme{{Code: "ENVI"}},
		Keywords:      []catalog.Keyword{{Name: "a|b"}, {Name: "città"}},
		Holder:        catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")},
		Distributions: []catalog.Distribution{{AccessURL: "https://x.example/" + name + ".csv", Format: "CSV", License: "https://creativecommons.org/licenses/by/4.0/"}},
	}
}

// maker returns a Maker over a store of its own with n datasets, the first of
// them in quarantine and another private one.
func maker(t *testing.T, n int) (*bulk.Maker, *store.Store) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for i := range n + 1 {
		d := dataset(i)
		if i == 0 {
			d.Quarantine = []catalog.Problem{{Rule: "licence-missing"}}
		}
		d.Private = i == n
		if _, err := st.PutDataset(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	return &bulk.Maker{
		Folder: bulk.Folder{Path: filepath.Join(t.TempDir(), "bulk")}, Site: catalog.Site{Title: "Dati", Origin: origin, Locale: "it"},
		Datasets: st, Organizations: st, Formats: []exporter.Format{exportcsv.Format(), parquet.Format()},
	}, st
}

func contents(t *testing.T, f bulk.Folder, name string) []byte {
	t.Helper()
	r, file, err := f.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b); int64(len(b)) != file.Size || hex.EncodeToString(sum[:]) != file.SHA256 {
		t.Errorf("%s: the list says %d bytes of %s", name, file.Size, file.SHA256)
	}
	return b
}

// TestTheWholeCatalogueIsInTheFiles makes them of more datasets than are read
// at a time.
func TestTheWholeCatalogueIsInTheFiles(t *testing.T) {
	const n = 1100
	m, _ := maker(t, n)
	if x, err := m.Folder.Index(); err != nil || !x.Made.IsZero() || len(x.Files) != 0 {
		t.Errorf("before the first time: %+v, %v", x, err)
	}
	x, err := m.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if x.Datasets != n || x.Fed != n-1 || len(x.Files) != 5 {
		t.Errorf("%+v", x)
	}
	z, err := gzip.NewReader(strings.NewReader(string(contents(t, m.Folder, "catalog.nt.gz"))))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := rdf.Read(z, rdf.NTriples, origin, rdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	g := rdf.NewGraph(doc.Triples)
	if got := len(g.Typed("http://www.w3.org/ns/dcat#Dataset")); got != n-1 {
		t.Errorf("%d datasets in RDF, want %d", got, n-1)
	}
	if got := len(g.Objects(rdf.NewIRI(origin), "http://www.w3.org/ns/dcat#dataset")); got != n-1 {
		t.Errorf("the catalogue has %d datasets, want %d", got, n-1)
	}
	if f, _ := x.File("catalog.nt.gz"); f.Entries != int64(len(doc.Triples)) {
		t.Errorf("%d triples are told, there are %d", f.Entries, len(doc.Triples))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(contents(t, m.Folder, "catalog.csv")), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	fed := 0
	for _, r := range rows[1:] {
		if r[col["in_feed"]] == "true" {
			fed++
		}
		if r[col["modified"]] != "2026-01-02" || r[col["keywords"]] != "a b|città" || r[col["formats"]] != "CSV" || !strings.HasPrefix(r[col["page"]], origin+"/dataset/dati-") {
			t.Fatalf("%v", r)
		}
	}
	if fed != n-1 {
		t.Errorf("%d rows are in the feed, want %d", fed, n-1)
	}
	if b := contents(t, m.Folder, "catalog.parquet"); string(b[:4]) != "PAR1" {
		t.Error("catalog.parquet is no Parquet")
	}
	if f, _ := x.File("distributions.csv"); f.Entries != n {
		t.Errorf("%d distributions, want %d", f.Entries, n)
	}
}

// TestAnEmptyCatalogueHasFiles is the first night of a new site.
func TestAnEmptyCatalogueHasFiles(t *testing.T) {
	m, _ := maker(t, 0)
	x, err := m.Make(t.Context())
	if err != nil || x.Fed != 0 {
		t.Fatalf("%+v, %v", x, err)
	}
	if f, _ := x.File("catalog.csv"); f.Entries != 0 || f.Size == 0 {
		t.Errorf("%+v", f)
	}
}

// TestWhatFailsLeavesWhatWasThere breaks the second making off.
func TestWhatFailsLeavesWhatWasThere(t *testing.T) {
	m, _ := maker(t, 3)
	if _, err := m.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := contents(t, m.Folder, "catalog.csv")
	broken := errors.New("disk full")
	bad := *m
	bad.Formats = append(m.Formats[:1:1], exporter.Format{Name: "parquet", Write: func(context.Context, io.Writer, exporter.Rows) error { return broken }})
	if _, err := bad.Make(t.Context()); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if string(contents(t, m.Folder, "catalog.csv")) != string(before) {
		t.Error("the file changed")
	}
	left, err := os.ReadDir(m.Folder.Path)
	if err != nil || len(left) != 6 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// TestOldFilesGo makes the files on three days: those of the day before stay
// for an hour, for who is reading them.
func TestOldFilesGo(t *testing.T) {
	m, _ := maker(t, 2)
	if _, err := m.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, _, err := m.Folder.Open("catalog.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.WriteFile(filepath.Join(m.Folder.Path, "of-somebody.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
	if _, err := m.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(m.Folder.Path)
	if err != nil || len(left) != 5+1+1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	if b, err := io.ReadAll(r); err != nil || len(b) == 0 {
		t.Errorf("who was reading reads no more: %v", err)
	}
	for _, name := range []string{"../secret", "index.json", "", "catalog.rdf"} {
		if _, _, err := m.Folder.Open(name); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("open %q: %v", name, err)
		}
	}
}

func TestTheFilesAreDueOnceANight(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		made, now, hour string
		due             bool
	}{
		{"2026-11-21 03:01", "2026-11-22 02:59", "03:00", false},
		{"2026-11-21 03:01", "2026-11-22 03:00", "03:00", true},
		{"2026-11-22 03:00", "2026-11-22 03:01", "03:00", false},
		{"2026-11-21 12:00", "2026-11-22 02:00", "03:00", false},
		{"2026-11-20 12:00", "2026-11-22 02:00", "03:00", true},
		{"2020-01-01 00:00", "2026-11-22 02:00", "off", false},
	} {
		x := bulk.Index{Made: at(c.made)}
		if x.Due(at(c.now), c.hour) != c.due {
			t.Errorf("made %s, at %s, every %s: due is %t", c.made, c.now, c.hour, !c.due)
		}
	}
	if !new(bulk.Index).Due(at("2026-11-22 12:00"), "03:00") {
		t.Error("what was never made is not due")
	}
}
