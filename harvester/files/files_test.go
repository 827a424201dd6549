package files_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/files"
	"portico/harvester/web/webtest"
	"portico/internal/fixtures"
	"portico/internal/httpclient"
)

var update = webtest.Update

func client() *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) }

type outcome struct {
	harvester.Record
	Error string `json:",omitempty"`
}

func read(t *testing.T, where string) (conn harvester.Connector, got []outcome, end error) {
	t.Helper()
	conn, err := files.Kind().Open(catalog.Source{URL: where}, client())
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID == "" {
			return conn, got, err
		}
		o := outcome{Record: rec}
		if err != nil {
			o.Error = err.Error()
		}
		got = append(got, o)
	}
	return conn, got, nil
}

// settle gives every file of a folder one time, and copies it: what is in
// testdata has the time of the checkout.
func settle(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	err := filepath.WalkDir(to, func(p string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(p, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func zipOf(t *testing.T, dir string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if err := z.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRecords reads each testdata/NAME.in as a folder, as a ZIP on disk and as
// a ZIP behind an address, and compares all three with testdata/NAME.want.json.
func TestRecords(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, in := range inputs {
		dir := settle(t, in)
		raw := zipOf(t, dir)
		archive := filepath.Join(t.TempDir(), "tutto.zip")
		if err := os.WriteFile(archive, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(raw) }))
		defer srv.Close()
		for name, where := range map[string]string{"folder": dir, "zip": archive, "remote zip": srv.URL + "/scarica"} {
			t.Run(filepath.Base(in)+" as "+name, func(t *testing.T) {
				conn, got, end := read(t, where)
				if end != nil {
					t.Fatal(end)
				}
				compare(t, strings.TrimSuffix(in, "in")+"want.json", got)
				x := got[0].Dataset.Distributions[0]
				f, err := conn.(harvester.Opener).Open(t.Context(), x.DownloadURL)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if b, err := io.ReadAll(f); err != nil || int64(len(b)) != x.ByteSize {
					t.Errorf("%d bytes, want %d, %v", len(b), x.ByteSize, err)
				}
			})
		}
	}
}

func compare(t *testing.T, file string, got any) {
	t.Helper()
	b, err := json.MarshalIndent(got, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, '\n')
	if *update {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(want) {
		t.Errorf("%s differs; got:\n%s", file, b)
	}
}

func TestOneFileAndLists(t *testing.T) {
	const csv = "a;b\n1;2\n3;4\n"
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	mux.HandleFunc("/dati/uno.csv", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(csv)) })
	mux.HandleFunc("/pagina.csv", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<!doctype html>")) })
	list := "# elenco\n" + srv.URL + "/dati/uno.csv\n\n" + srv.URL + "/pagina.csv\n" + srv.URL + "/manca.csv\n"
	mux.HandleFunc("/lista.txt", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(list)) })
	mux.HandleFunc("/", http.NotFound)

	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	write("vicino.csv.yaml", "titolo: Titolo accanto\n")
	for _, test := range []struct {
		name, where string
		records     int
		failed      int
		title       string
		fails       bool
	}{
		{"one address", srv.URL + "/dati/uno.csv", 1, 0, "Uno", false},
		{"a list of addresses behind an address", srv.URL + "/lista.txt", 3, 2, "Uno", false},
		{"a list of addresses in a file", write("elenco.txt", list), 3, 2, "Uno", false},
		{"one file", write("due_tre.csv", csv), 1, 0, "Due tre", false},
		{"one file with a sheet beside it", write("vicino.csv", csv), 1, 0, "Titolo accanto", false},
		{"a web page", srv.URL + "/pagina.csv", 0, 0, "", true},
		{"what is not there", srv.URL + "/manca.csv", 0, 0, "", true},
		{"a path that is not there", filepath.Join(dir, "nulla"), 0, 0, "", true},
		{"a broken archive", write("rotto.zip", "PK\x03\x04xxxx"), 0, 0, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, got, end := read(t, test.where)
			failed := 0
			for _, o := range got {
				if o.Error != "" {
					failed++
				}
			}
			if len(got) != test.records || failed != test.failed || (end != nil) != test.fails {
				t.Fatalf("%d records, %d failed, %v", len(got), failed, end)
			}
			if len(got) > 0 && got[0].Dataset.Title.String() != test.title {
				t.Errorf("title %q", got[0].Dataset.Title)
			}
		})
	}
}

func TestNothingOutsideIsReached(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "segreto.csv")
	if err := os.WriteFile(outside, []byte("a;b\n1;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link.csv")); err != nil {
		fixtures.Missing(t, "no symbolic links here")
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, "cartella")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "buono.csv"), []byte("a;b\n1;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	conn, got, end := read(t, dir)
	good := 0
	for _, o := range got {
		if o.Error == "" {
			good++
		}
	}
	if end != nil || good != 1 || len(got) != 3 {
		t.Errorf("%d records, %d good, %v", len(got), good, end)
	}
	for _, address := range []string{"file:../segreto.csv", "file:" + outside, "file:link.csv", "file:cartella/segreto.csv", outside, "file:/etc/passwd", ""} {
		if _, err := conn.(harvester.Opener).Open(t.Context(), address); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestIllegalArchivesAreRefused(t *testing.T) {
	for _, name := range []string{"../x.csv", "/abs.csv", `C:\x.csv`, "a/../../x.csv", "a//b.csv", "nul\x00.csv", "A.csv\x00a.csv"} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, n := range []string{"buono.csv", name} {
			w, err := z.CreateRaw(&zip.FileHeader{Name: n})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write(nil)
		}
		_ = z.Close()
		p := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(p, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, got, end := read(t, p); end == nil || len(got) > 0 {
			t.Errorf("%q: %d records, %v", name, len(got), end)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("bomba.csv")
	_, _ = w.Write(bytes.Repeat([]byte("0"), 40<<20))
	_ = z.Close()
	p := filepath.Join(t.TempDir(), "bomba.zip")
	if err := os.WriteFile(p, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, got, _ := read(t, p); len(got) != 1 || !strings.Contains(got[0].Error, "unpacks to more") {
		t.Errorf("bomb: %+v", got)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add([]byte("titolare: x\ndataset:\n  - file: a.csv\n    titolo: y\n"))
	f.Add([]byte("a.csv: {modificato: 2024-01-01}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		_ = os.WriteFile(filepath.Join(dir, "a.csv"), []byte("a;b\n1;2\n"), 0o600)
		_ = os.WriteFile(filepath.Join(dir, "metadata.yaml"), raw, 0o600)
		_ = os.WriteFile(filepath.Join(dir, "metadati.csv"), raw, 0o600)
		if _, got, end := read(t, dir); end != nil || len(got) == 0 {
			t.Errorf("%d records, %v", len(got), end)
		}
	})
}
