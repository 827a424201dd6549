package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/internal/fixtures"
	"portico/internal/rdf"
)

// TestRealClients lets unmodified clients at a running program: ckanapi reads
// it as a CKAN, rdflib walks the catalogue, SHACL finds no violation, pyarrow
// and DuckDB read the tables.
func TestRealClients(t *testing.T) {
	py := python(t)
	data := t.TempDir()
	origin := serve(t, "serve", "--data", data)
	for _, src := range demoSources(t) {
		if rep, code := harvest(t, append(src, "--data", data)...); code != exitDone {
			t.Fatalf("harvest %v = %d: %+v", src, code, rep)
		} else if rep.Published+rep.Quarantined != rep.Read.Datasets {
			t.Errorf("harvest %v: %d published and %d in quarantine of %d", src, rep.Published, rep.Quarantined, rep.Read.Datasets)
		}
	}
	t.Run("ckanapi", func(t *testing.T) { command(t, py, filepath.Join("testdata", "clients", "ckanapi_reads.py"), origin) })
	t.Run("rdflib", func(t *testing.T) {
		command(t, py, filepath.Join("testdata", "clients", "rdflib_walks.py"), origin, "16")
	})
	t.Run("tables", func(t *testing.T) { command(t, py, filepath.Join("testdata", "clients", "tables_read.py"), origin) })
	t.Run("shacl", func(t *testing.T) { noViolations(t, py, origin) })
}

// TestRealCataloguesAreFedWithoutViolations harvests every real catalogue into
// one instance; what its feed holds has no SHACL violation.
func TestRealCataloguesAreFedWithoutViolations(t *testing.T) {
	py := python(t)
	data := t.TempDir()
	published := 0
	for _, fx := range manifestRows(t, "b_dcat") {
		if fx.expect.Datasets == nil {
			continue
		}
		rep, _ := harvest(t, "dcat", file(t, fixtures.Path(t, "fixtures/"+fx.path), "application/rdf+xml"), "--allow-private", "--data", data)
		if rep.Published+rep.Quarantined != rep.Read.Datasets {
			t.Errorf("%s: %d published and %d in quarantine are not the %d that were read", fx.path, rep.Published, rep.Quarantined, rep.Read.Datasets)
		}
		published += rep.Published
		t.Logf("%s: %d read, %d published, %d in quarantine", filepath.Base(fx.path), rep.Read.Datasets, rep.Published, rep.Quarantined)
	}
	if published < 10 {
		t.Errorf("only %d datasets may be fed", published)
	}
	noViolations(t, py, serve(t, "serve", "--data", data))
}

// noViolations validates every page of the catalogue with the vocabularies: in
// DCAT-AP_IT in every syntax, and in DCAT-AP 3.
func noViolations(t *testing.T, py, origin string) {
	t.Helper()
	check := fixtures.Path(t, "shapes/check.py")
	dir := t.TempDir()
	var files []string
	take := func(name, address string) string {
		code, body := get(t, address)
		if code != http.StatusOK {
			t.Fatalf("%s = %d", address, code)
		}
		f := filepath.Join(dir, name)
		if err := os.WriteFile(f, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for i, p := range pages(t, origin+"/catalog.ttl", rdf.Turtle) {
		for _, ext := range []string{"ttl", "rdf", "jsonld", "nt"} {
			files = append(files, take(fmt.Sprintf("page-%d.%s", i+1, ext), strings.Replace(p.address, "/catalog.ttl", "/catalog."+ext, 1)))
		}
	}
	out := command(t, py, append(append([]string{check}, files...), "--profiles", "it,ap2,hvd", "--vocab")...)
	t.Log(strings.TrimSpace(out))
	newer := take("newer.ttl", origin+"/catalog.ttl?profiles=dcat_ap_3")
	t.Log(strings.TrimSpace(command(t, py, check, newer, "--profiles", "ap3,hvd", "--vocab")))
}
