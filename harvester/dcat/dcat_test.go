package dcat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/dcat"
	"portico/harvester/web/webtest"
	"portico/internal/fixtures"
	"portico/internal/httpclient"
)

var update = webtest.Update

func client() *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) }

func read(t *testing.T, url string) (got []harvester.Record, end error) {
	t.Helper()
	conn, err := dcat.Kind().Open(catalog.Source{URL: url}, client())
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID == "" {
			return got, err
		}
		if err != nil {
			t.Errorf("%s: %v", rec.ID, err)
		}
		got = append(got, rec)
	}
	return got, nil
}

// TestRecords reads each testdata/NAME.in.* over HTTP and compares what comes
// of it with testdata/NAME.want.json.
func TestRecords(t *testing.T) {
	srv := httptest.NewServer(http.FileServer(http.Dir("testdata")))
	defer srv.Close()
	inputs, err := filepath.Glob("testdata/*.in.*")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, in := range inputs {
		t.Run(filepath.Base(in), func(t *testing.T) {
			got, end := read(t, srv.URL+"/"+filepath.Base(in))
			if end != nil {
				t.Fatal(end)
			}
			b, err := json.MarshalIndent(got, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, '\n')
			name, _, _ := strings.Cut(in, ".in.")
			if *update {
				if err := os.WriteFile(name+".want.json", b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name + ".want.json")
			if err != nil {
				t.Fatal(err)
			}
			if string(b) != string(want) {
				t.Errorf("%s differs; got:\n%s", in, b)
			}
		})
	}
}

// datasets writes datasets from to to-1, with what is said of paging.
func datasets(from, to int, paging string) string {
	var b strings.Builder
	b.WriteString(`@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<http://x.example/catalog> a dcat:Catalog ; dct:title "Catalogo" .
` + paging)
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "<http://x.example/d%d> a dcat:Dataset ; dct:title \"Dataset %d\" .\n", i, i)
	}
	return b.String()
}

func TestPaging(t *testing.T) {
	pageOf := func(r *http.Request) int {
		n, err := strconv.Atoi(r.URL.Query().Get("page"))
		if err != nil {
			return 1
		}
		return n
	}
	hydra := func(next string) string {
		return `<http://x.example/catalog?page=1> a hydra:PagedCollection ; hydra:totalItems 5 ; hydra:nextPage "` + next + `" .` + "\n"
	}
	for _, test := range []struct {
		name    string
		path    string
		serve   func(w http.ResponseWriter, r *http.Request, self string)
		records int
		fails   bool
	}{
		{"hydra, with literals", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, self string) {
			switch n := pageOf(r); n {
			case 1, 2:
				_, _ = w.Write([]byte(datasets(2*n, 2*n+2, hydra(fmt.Sprintf("%s/catalog.ttl?page=%d", self, n+1)))))
			default:
				_, _ = w.Write([]byte(datasets(2*n, 2*n+1, "")))
			}
		}, 5, false},
		{"hydra that carries an internal host", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, _ string) {
			if pageOf(r) == 1 {
				_, _ = w.Write([]byte(datasets(0, 3, hydra("https://10.1.2.3:8443/catalog.ttl?page=2"))))
				return
			}
			_, _ = w.Write([]byte(datasets(3, 5, "")))
		}, 5, false},
		{"hydra that leads in a circle", "/catalog.ttl", func(w http.ResponseWriter, _ *http.Request, self string) {
			_, _ = w.Write([]byte(datasets(0, 3, hydra(self+"/catalog.ttl"))))
		}, 3, true},
		{"hydra whose next page fails", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, self string) {
			if pageOf(r) == 1 {
				_, _ = w.Write([]byte(datasets(0, 3, hydra(self+"/catalog.ttl?page=2"))))
				return
			}
			http.Error(w, "x", http.StatusNotFound)
		}, 3, true},
		{"?page= without hydra", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, _ string) {
			n := pageOf(r)
			if n > 3 {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write([]byte(datasets(10*n, 10*n+10, "")))
		}, 30, false},
		{"?page= whose third page fails", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, _ string) {
			n := pageOf(r)
			if n > 2 {
				http.Error(w, "x", http.StatusInternalServerError)
				return
			}
			_, _ = w.Write([]byte(datasets(10*n, 10*n+10, "")))
		}, 20, true},
		{"?page= whose third page is a web page", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, _ string) {
			n := pageOf(r)
			if n > 2 {
				_, _ = w.Write([]byte("<!doctype html><html><body>Manutenzione"))
				return
			}
			_, _ = w.Write([]byte(datasets(10*n, 10*n+10, "")))
		}, 20, true},
		{"?page= whose second page is cut", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, _ string) {
			text := datasets(10*pageOf(r), 10*pageOf(r)+10, "")
			if pageOf(r) > 1 {
				text = text[:len(text)*3/4]
			}
			_, _ = w.Write([]byte(text))
		}, 16, true},
		{"a server that fails when a page is guessed", "/catalog.ttl", func(w http.ResponseWriter, r *http.Request, _ string) {
			if r.URL.RawQuery != "" {
				http.Error(w, "x", http.StatusInternalServerError)
				return
			}
			_, _ = w.Write([]byte(datasets(0, 3, "")))
		}, 3, false},
		{"?page= that begins elsewhere", "/catalog.ttl?page=2&x=1", func(w http.ResponseWriter, r *http.Request, _ string) {
			n := min(pageOf(r), 3)
			_, _ = w.Write([]byte(datasets(10*n, 10*n+10, "")))
		}, 20, false},
		{"pages that overlap", "/c", func(w http.ResponseWriter, r *http.Request, _ string) {
			n := pageOf(r)
			if n > 2 {
				_, _ = w.Write([]byte(datasets(0, 0, "")))
				return
			}
			_, _ = w.Write([]byte(datasets(8*n, 8*n+10, "")))
		}, 18, false},
		{"a page that is new each time, with nothing new", "/c", func(w http.ResponseWriter, r *http.Request, _ string) {
			_, _ = w.Write([]byte(datasets(0, 3, "# "+r.URL.RawQuery+"\n")))
		}, 3, false},
		{"a wrong media type", "/c", func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte(datasets(0, 3, "")))
		}, 3, false},
		{"a web page", "/c", func(w http.ResponseWriter, _ *http.Request, _ string) {
			_, _ = w.Write([]byte("<!doctype html><html><body>Login"))
		}, 0, true},
		{"half a document", "/c", func(w http.ResponseWriter, _ *http.Request, _ string) {
			_, _ = w.Write([]byte(datasets(0, 3, "") + "<http://x.example/d9> a dcat:Dataset ; dct:title \"No"))
		}, 3, true},
		{"an empty document", "/c", func(http.ResponseWriter, *http.Request, string) {}, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var srv *httptest.Server
			srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { test.serve(w, r, srv.URL) }))
			defer srv.Close()
			got, end := read(t, srv.URL+test.path)
			if len(got) != test.records || (end != nil) != test.fails {
				t.Errorf("%d records, %v", len(got), end)
			}
		})
	}
}

func TestSharedFixtures(t *testing.T) {
	dir := fixtures.Path(t)
	manifest, err := os.ReadFile(filepath.Join(dir, "fixtures/MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(dir, "fixtures"))))
	defer srv.Close()
	for line := range strings.Lines(string(manifest)) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		var want struct {
			Datasets      *int     `json:"datasets"`
			Distributions int      `json:"distributions"`
			Titles        []string `json:"first_titles"`
		}
		if cells[1] != "b_dcat" || json.Unmarshal([]byte(cells[len(cells)-1]), &want) != nil || want.Datasets == nil {
			continue
		}
		t.Run(filepath.Base(cells[0]), func(t *testing.T) {
			got, end := read(t, srv.URL+"/"+cells[0])
			distributions := 0
			titles := make(map[string]bool)
			for _, rec := range got {
				distributions += rec.Distributions
				for _, s := range rec.Dataset.Title {
					titles[s] = true
				}
			}
			if len(got) != *want.Datasets || distributions != want.Distributions {
				t.Errorf("%d datasets and %d distributions, want %d and %d (%v)", len(got), distributions, *want.Datasets, want.Distributions, end)
			}
			for _, s := range want.Titles {
				if !titles[s] {
					t.Errorf("no title %q in %v", s, titles)
				}
			}
		})
	}
}

func TestProbe(t *testing.T) {
	srv := httptest.NewServer(http.FileServer(http.Dir("testdata")))
	defer srv.Close()
	conn, err := dcat.Kind().Open(catalog.Source{URL: srv.URL + "/comune.in.ttl"}, client())
	if err != nil {
		t.Fatal(err)
	}
	if sure, title, err := conn.(harvester.Prober).Probe(t.Context()); sure < 0.8 || title != "Dati del Comune di Esempio" || err != nil {
		t.Errorf("got %v, %q, %v", sure, title, err)
	}
}
