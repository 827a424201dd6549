package dcat_test

import (
	"os"
	"testing"

	"portico/dcat"
	"portico/internal/rdf"
)

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
