// Package arch holds the house to its plan.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "portico/"

// plan says which packages of this module each package may import. "x/*" is
// every package right under x. Commands and tests may import anything. A new
// package is a new line here, and so a reviewed decision (docs/adr).
var plan = map[string][]string{
	"catalog":       {},
	"migrations":    {},
	"dcat/vocab":    {},
	"dcat/register": {"catalog"},
	"dcat":          {"catalog", "dcat/register", "dcat/vocab", "internal/extent", "internal/rdf"},

	"store":   {"catalog", "migrations", "internal/process"},
	"quality": {"catalog", "dcat", "internal/rdf", "internal/httpclient", "internal/limit"},

	"store/storetest": {"catalog"},
	"blob":            {"catalog"},
	"blob/folder":     {"blob", "catalog"},
	"blob/blobtest":   {"blob", "catalog"},
	"job":             {"catalog", "internal/process"},
	"job/jobtest":     {"job", "catalog"},

	"tabular":                 {"catalog", "tabular/*"},
	"tabular/*":               {},
	"tabular/worker":          {"catalog", "tabular", "internal/child"},
	"tabular/personal":        {"catalog"},
	"outline":                 {"catalog", "blob", "dcat/register", "tabular", "tabular/*"},
	"bulk":                    {"catalog", "dcat", "exporter"},
	"exporter":                {"catalog"},
	"exporter/*":              {"exporter", "catalog", "internal/parquetfile"},
	"exporter/all":            {"exporter", "exporter/*"},
	"datastore":               {"catalog", "blob", "exporter", "tabular", "internal/parquetfile"},
	"datastore/profile":       {"catalog", "datastore", "exporter"},
	"datastore/datastoretest": {"catalog", "blob", "datastore", "exporter"},
	"datastore/sql":           {"catalog", "datastore", "internal/child", "internal/parquetfile"},
	"datastore/sql/duck":      {"datastore/sql", "internal/child"},

	"hold": {"catalog", "blob", "datastore", "exporter", "tabular", "tabular/personal"},

	"harvester":     {"catalog", "dcat", "dcat/vocab", "blob", "datastore", "internal/extent"},
	"harvester/*":   {"catalog", "harvester", "harvester/web", "dcat", "dcat/vocab", "tabular", "internal/rdf", "internal/ckan", "internal/httpclient", "internal/xmltree"},
	"harvester/all": {"harvester", "harvester/*"},

	"harvester/web/webtest": {"catalog", "harvester", "internal/httpclient"},

	"search":             {"catalog", "dcat", "dcat/vocab", "internal/extent", "search/analysis"},
	"search/analysis":    {},
	"search/memory":      {"catalog", "search", "search/analysis"},
	"search/searchtest":  {"catalog", "search"},
	"search/meilisearch": {"catalog", "search", "search/analysis", "internal/httpclient"},

	"api/solr":   {"catalog", "search"},
	"api/schema": {"catalog", "internal/ckan"},
	"api":        {"catalog", "api/solr", "search", "datastore", "exporter", "blob", "dcat", "dcat/vocab", "internal/rdf", "internal/ckan", "internal/lru", "api/schema", "internal/password", "quality", "datastore/sql", "hold", "bulk"},
	"ui":         {"catalog", "bulk", "participation", "subscription", "openness", "search", "datastore", "exporter", "blob", "dcat", "dcat/vocab", "internal/lru", "quality", "datastore/profile", "dcat/register", "internal/extent", "outline"},

	"internal/arch":          {},
	"internal/browser":       {},
	"internal/child":         {},
	"internal/rdf":           {},
	"internal/httpclient":    {},
	"internal/xmltree":       {},
	"internal/parquetfile":   {"catalog"},
	"internal/ckan":          {"catalog", "dcat", "dcat/vocab"},
	"internal/extent":        {},
	"internal/fixtures":      {},
	"internal/fixtures/*":    {},
	"internal/golden":        {"internal/fixtures"},
	"internal/testdb":        {},
	"usage":                  {"catalog", "internal/answer", "internal/lru"},
	"participation":          {"catalog", "internal/limit"},
	"internal/lru":           {},
	"internal/limit":         {},
	"internal/answer":        {},
	"internal/process":       {},
	"internal/password":      {},
	"internal/mail":          {},
	"internal/seal":          {},
	"openness":               {"catalog", "dcat", "dcat/vocab"},
	"own":                    {"catalog", "blob", "dcat", "openness"},
	"subscription":           {"catalog", "search", "internal/limit", "internal/mail"},
	"internal/mail/mailtest": {},
}

// TestImports reads the files itself, for go test would not notice that the
// answer of a "go list" has changed and would show a cached pass.
func TestImports(t *testing.T) {
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "testdata" || e.Name() == "node_modules" || e.Name() == ".git" || e.Name() == "build") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		pkg, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil || strings.HasPrefix(pkg, "cmd") || strings.HasPrefix(pkg, "scripts") {
			return err
		}
		check(t, file, filepath.ToSlash(pkg))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, file, pkg string) {
	t.Helper()
	allowed, ok := plan[pkg]
	if !ok {
		allowed, ok = plan[path.Dir(pkg)+"/*"]
	}
	if !ok {
		t.Errorf("%s: package %s has no place in the plan", file, pkg)
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		imp, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if to, ours := strings.CutPrefix(imp, module); ours && !matches(allowed, to) {
			t.Errorf("%s: %s must not import %s (docs/architecture.md §2)", file, pkg, to)
		}
	}
}

func matches(patterns []string, pkg string) bool {
	for _, p := range patterns {
		if ok, _ := path.Match(p, pkg); ok {
			return true
		}
	}
	return false
}
