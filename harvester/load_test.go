package harvester_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/harvester"
	"portico/harvester/files"
	"portico/internal/httpclient"
)

func (h *house) withData(t *testing.T) *folder.Store {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.Data = &harvester.Loader{Blobs: blobs, Tables: datastore.New(blobs, slog.New(slog.DiscardHandler))}
	h.Client = func(catalog.Source) *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) }
	return blobs
}

func TestTablesAreLoaded(t *testing.T) {
	answer, status, conditional := "a;b\n1;2\n3;4\n", http.StatusOK, 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-Modified-Since") != "" {
			conditional++
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	defer srv.Close()
	h := open(t)
	h.withData(t)
	rec := record("a", "1")
	rec.Dataset.Distributions = []catalog.Distribution{
		{AccessURL: srv.URL + "/x.csv", License: "https://creativecommons.org/licenses/by/4.0/", Format: "CSV"},
		{AccessURL: srv.URL + "/pagina", License: "https://creativecommons.org/licenses/by/4.0/", Format: "HTML"},
	}
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) { return one(rec), nil }})
	run := func() harvester.Report {
		t.Helper()
		rep, err := h.run(t, nil, harvester.Options{WithData: true})
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	table := func() *catalog.Table { return h.all(t)[0].Distributions[0].Table }

	if rep := run(); len(rep.Records[0].Problems) > 0 || table() == nil || table().Rows != 2 || h.all(t)[0].Distributions[1].Table != nil {
		t.Fatalf("first load: %+v, table %+v", rep.Records, table())
	}
	before := h.all(t)
	if rep := run(); rep.Same != 1 || conditional != 1 {
		t.Errorf("second load: %+v, %d conditional", rep, conditional)
	}
	if diff := cmp.Diff(before, h.all(t)); diff != "" {
		t.Errorf("equal bytes changed something: %s", diff)
	}
	was := table()
	for _, bad := range []struct {
		text   string
		status int
	}{{"<!DOCTYPE html><html>Login", 200}, {"", 200}, {"no", 404}} {
		answer, status = bad.text, bad.status
		rep := run()
		if len(rep.Records[0].Problems) != 1 || rep.Records[0].Problems[0].Rule != "data-not-loaded" || table().Hash != was.Hash || table().Error == "" {
			t.Errorf("%q: %+v, %+v", bad.text, rep.Records[0].Problems, table())
		}
	}
	answer, status = "a;b\n1;2\n3;4\n5;6\n", http.StatusOK
	if run(); table().Rows != 3 || table().Error != "" {
		t.Errorf("mended: %+v", table())
	}
}

func TestFilesOfAFolderAreKept(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("metadata.yaml", "titolare: Comune di Esempio\ncodice ipa: c_a001\nlicenza: CC BY 4.0\n")
	write("alberi pubblici.csv", "specie;altezza\nTiglio;12\n")
	write("vie.csv", "via;civico\nRoma;1\nMilano;2\n")
	write("vuoto.csv", "")
	h := open(t)
	blobs := h.withData(t)
	h.Connectors = harvester.NewRegistry(files.Kind())
	h.src.Kind, h.src.URL = "files", dir
	if err := h.db.PutSource(t.Context(), &h.src); err != nil {
		t.Fatal(err)
	}
	if rep, err := h.run(t, nil, harvester.Options{DryRun: true}); err != nil || rep.Changed != 2 || len(h.all(t)) != 0 {
		t.Fatalf("dry: %+v, %v", rep, err)
	}
	rep, err := h.run(t, nil, harvester.Options{})
	if err != nil || rep.Changed != 2 || rep.Failed != 1 || rep.Published != 2 {
		t.Fatalf("%+v, %v", rep, err)
	}
	first := h.all(t)
	for _, d := range first {
		x := d.Distributions[0]
		if x.DownloadURL != "" || x.File == nil || !x.File.Uploaded || x.Table == nil || x.Table.Rows < 1 {
			t.Errorf("%s: %+v", d.Title, x)
			continue
		}
		f, err := blobs.Open(t.Context(), x.File.Hash)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(f)
		_ = f.Close()
		if int64(len(b)) != x.File.Size || strings.Contains(x.File.Name, " ") {
			t.Errorf("file %+v", x.File)
		}
	}
	for range 2 {
		if rep, err = h.run(t, nil, harvester.Options{}); err != nil || rep.Same != 2 || rep.Changed != 0 {
			t.Errorf("again: %+v, %v", rep, err)
		}
	}
	if diff := cmp.Diff(first, h.all(t)); diff != "" {
		t.Error(diff)
	}
	write("vie.csv", "via;civico\nRoma;1\nMilano;2\nBari;3\n")
	if rep, err = h.run(t, nil, harvester.Options{}); err != nil || rep.Changed != 1 {
		t.Errorf("one changed: %+v, %v", rep, err)
	}
	for _, d := range h.all(t) {
		if d.Title.String() == "Vie" && d.Distributions[0].Table.Rows != 3 {
			t.Errorf("old snapshot: %+v", d.Distributions[0].Table)
		}
	}
}
