package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/internal/fixtures"
)

// A fixture is a row of the manifest of shared inputs.
type fixture struct {
	path   string
	expect struct {
		Datasets      *int     `json:"datasets"`
		Distributions *int     `json:"distributions"`
		Title         string   `json:"title"`
		FirstTitles   []string `json:"first_titles"`
		Outcome       string   `json:"outcome"`
	}
}

func manifestRows(t *testing.T, kind string) []fixture {
	t.Helper()
	f, err := os.Open(fixtures.Path(t, "fixtures/MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []fixture
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		cols := strings.Split(sc.Text(), "\t")
		if len(cols) < 10 || cols[1] != kind {
			continue
		}
		fx := fixture{path: cols[0]}
		if err := json.Unmarshal([]byte(cols[9]), &fx.expect); err != nil {
			t.Fatalf("%s: %v", cols[0], err)
		}
		out = append(out, fx)
	}
	if len(out) == 0 {
		t.Fatalf("no fixtures of kind %s", kind)
	}
	return out
}

// TestRealCatalogues harvests every real DCAT catalogue from a plain web
// server and compares what was read with what is known to be in it.
func TestRealCatalogues(t *testing.T) {
	for _, fx := range manifestRows(t, "b_dcat") {
		if fx.expect.Datasets == nil {
			continue
		}
		t.Run(filepath.Base(fx.path), func(t *testing.T) {
			url := file(t, fixtures.Path(t, "fixtures/"+fx.path), "text/plain")
			rep, _ := harvest(t, "dcat", url, "--allow-private", "--data", t.TempDir())
			if rep.Read.Datasets != *fx.expect.Datasets {
				t.Errorf("read %d datasets, want %d", rep.Read.Datasets, *fx.expect.Datasets)
			}
			if fx.expect.Distributions != nil && rep.Read.Distributions != *fx.expect.Distributions {
				t.Errorf("read %d distributions, want %d", rep.Read.Distributions, *fx.expect.Distributions)
			}
			var titles []string
			for _, r := range rep.Records {
				titles = append(titles, r.Title)
			}
			for _, want := range fx.expect.FirstTitles {
				if !slices.Contains(titles, want) {
					t.Errorf("no record has the title %q; there are %q", want, titles)
				}
			}
		})
	}
}

// TestRealPackages serves each CKAN answer as that of a small Action API.
func TestRealPackages(t *testing.T) {
	for _, name := range []string{"ckanext_dcat_full_dataset.json", "dati_trentino_package_show.json", "dkan_french_package.json", "magda_ckan_package_extras.json"} {
		t.Run(name, func(t *testing.T) {
			var fx fixture
			for _, x := range manifestRows(t, "a_ckan") {
				if filepath.Base(x.path) == name {
					fx = x
				}
			}
			pkg := onePackage(t, fixtures.Path(t, "fixtures/a_ckan/"+name))
			rep, code := harvest(t, "ckan", fakeCKAN(t, pkg), "--allow-private", "--data", t.TempDir())
			if code != exitDone || rep.Read.Datasets != 1 || rep.Failed != 0 {
				t.Errorf("exit %d, report %+v", code, rep)
			}
			if n := fx.expect.Distributions; n != nil && rep.Read.Distributions != *n {
				t.Errorf("read %d distributions, want %d", rep.Read.Distributions, *n)
			}
			want := append([]string{}, fx.expect.FirstTitles...)
			if fx.expect.Title != "" {
				want = append(want, fx.expect.Title)
			}
			for _, w := range want {
				if len(rep.Records) != 1 || rep.Records[0].Title != strings.TrimSpace(w) {
					t.Errorf("records %+v, want title %q", rep.Records, w)
				}
			}
		})
	}
}

// onePackage takes the package out of a recorded answer: a bare package, the
// result of package_show, or a list of one.
func onePackage(t *testing.T, path string) json.RawMessage {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var env struct{ Result json.RawMessage }
	if json.Unmarshal(b, &env) == nil && len(env.Result) > 0 {
		b = env.Result
	}
	for {
		var list []json.RawMessage
		if json.Unmarshal(b, &list) != nil || len(list) == 0 {
			return b
		}
		b = list[0]
	}
}

// fakeCKAN answers package_search with one package.
func fakeCKAN(t *testing.T, pkg json.RawMessage) string {
	t.Helper()
	return site(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/package_search") {
			http.NotFound(w, r)
			return
		}
		results := []json.RawMessage{}
		if s := r.FormValue("start"); s == "" || s == "0" {
			results = append(results, pkg)
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"success": true, "result": map[string]any{"count": 1, "results": results}})
	}))
}

// TestHostileCatalogues feeds what would hurt a careless reader: each ends as
// the manifest says, quickly, and nothing that was there before is retired.
func TestHostileCatalogues(t *testing.T) {
	secret, err := os.ReadFile("/etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file     string
		kind     string
		complete bool
		datasets int
		title    string
	}{
		{"billion_laughs.xml", "dcat", false, 0, ""},
		{"xxe_file_catalog.rdf", "dcat", false, 0, ""},
		{"truncated_catalog.rdf", "dcat", false, -1, ""},
		{"declared_utf8_is_latin1.rdf", "dcat", true, 7, "Elenco Matrimoni Non Residenti Foggia"},
		{"invalid_iri_catalog.ttl", "dcat", true, -1, "Alberi"},
		{"html_404_saved_as.csv", "dcat", false, 0, ""},
		{"ckan_success_false.json", "ckan", false, 0, ""},
		{"truncated_package_show.json", "ckan", false, 0, ""},
		{"dati_lazio_package_show_truncated_real.json", "ckan", false, 0, ""},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := fixtures.Path(t, "fixtures/n_nasty/"+c.file)
			url := file(t, path, "text/xml")
			if c.kind == "ckan" {
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				url = site(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(b) }))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			data := t.TempDir()
			rep, code := harvest(t, c.kind, url, "--allow-private", "--data", data)
			runtime.ReadMemStats(&after)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			// A new database alone takes some hundred: what reads the steps of the
			// schema has a buffer of 4 MB for each, which -race does not let it keep.
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 700 {
				t.Errorf("it allocated %d MB", used)
			}
			if rep.Complete != c.complete || (code == exitDone) != c.complete || rep.Retired != 0 {
				t.Errorf("exit %d, report %+v", code, rep)
			}
			if c.datasets >= 0 && rep.Read.Datasets != c.datasets {
				t.Errorf("read %d datasets, want %d", rep.Read.Datasets, c.datasets)
			}
			text, err := json.Marshal(rep)
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{string(secret[:20]), "root:", "\ufffd"} {
				if strings.Contains(string(text), bad) {
					t.Errorf("the report has %q", bad)
				}
			}
			if c.title != "" && !strings.Contains(string(text), c.title) {
				t.Errorf("no record has the title %q: %s", c.title, text)
			}
		})
	}
}

// TestAllNastyFiles gives every hostile file to every way in: the program
// must stay alive and quick.
func TestAllNastyFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtures.Path(t, "fixtures/n_nasty"), "*"))
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			for _, args := range [][]string{
				{"table", "inspect", f},
				{"harvest", "files", f, "--with-data", "--data", t.TempDir()},
				{"harvest", "dcat", file(t, f, "application/octet-stream"), "--allow-private", "--data", t.TempDir()},
				{"harvest", "ckan", file(t, f, "application/json"), "--allow-private", "--data", t.TempDir()},
			} {
				start := time.Now()
				code, out, errs := portico(t, append(args, "--json")...)
				if took := time.Since(start); took > 20*time.Second {
					t.Errorf("portico %v took %v", args, took)
				}
				if code == exitUsage || strings.Contains(errs, "panic") || strings.Contains(out, "root:x:") {
					t.Errorf("portico %v = %d\n%s%s", args, code, out, errs)
				}
			}
		})
	}
}
