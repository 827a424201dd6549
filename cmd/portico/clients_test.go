package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/internal/fixtures"
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
		}
	}
	t.Run("ckanapi", func(t *testing.T) { command(t, py, filepath.Join("testdata", "clients", "ckanapi_reads.py"), origin) })
	t.Run("rdflib", func(t *testing.T) {
		command(t, py, filepath.Join("testdata", "clients", "rdflib_walks.py"), origin, "15")
	})
	t.Run("tables", func(t *testing.T) { command(t, py, filepath.Join("testdata", "clients", "tables_read.py"), origin) })
	t.Run("shacl", func(t *testing.T) { noViolations(t, py, origin, "") })
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
		published += rep.Published - rep.Quarantined
		t.Logf("%s: %d read, %d published, %d in quarantine", filepath.Base(fx.path), rep.Read.Datasets, rep.Published, rep.Quarantined)
	}
	if published < 10 {
		t.Errorf("only %d datasets may be fed", published)
	}
	noViolations(t, py, serve(t, "serve", "--data", data), "")
}

// noViolations validates the catalogue in every syntax.
func noViolations(t *testing.T, py, origin, query string) {
	t.Helper()
	check := fixtures.Path(t, "shapes/check.py")
	dir := t.TempDir()
	for _, ext := range []string{"ttl", "rdf", "jsonld", "nt"} {
		code, body := get(t, origin+"/catalog."+ext+query)
		if code != 200 {
			t.Fatalf("/catalog.%s = %d", ext, code)
		}
		f := filepath.Join(dir, "catalog."+ext)
		if err := os.WriteFile(f, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		out := command(t, py, check, f, "--profiles", "it,ap2")
		t.Logf("%s: %s", ext, strings.TrimSpace(out))
	}
}
