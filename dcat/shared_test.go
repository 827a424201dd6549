package dcat_test

import (
	"os"
	"path/filepath"
	"testing"

	"portico/dcat"
	"portico/internal/rdf"
)

// shared returns a folder of the data that the tests share with other tools,
// or skips where there is none; in CI there must be one.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir := os.Getenv("PORTICO_SHARED")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil || root == filepath.Dir(root) {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared")
	}
	path := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the shared data are missing: %v", err)
		}
		t.Skipf("no shared data at %s", path)
	}
	return path
}

// read reads the RDF file at path as if it came from base.
func read(t testing.TB, path, base string) ([]dcat.Found, dcat.CatalogInfo, *rdf.Graph) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := rdf.Sniff(data, "", path)
	if !ok {
		t.Fatalf("%s is not taken for RDF", path)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := rdf.Read(file, f, base, rdf.DefaultLimits)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	g := rdf.NewGraph(doc.Triples)
	found, info := dcat.Read(g, base)
	return found, info, g
}
