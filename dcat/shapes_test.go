package dcat_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/fixtures"
	"portico/internal/rdf"
)

// python returns the Python that has pySHACL: the one of the project's tools.
func python(t testing.TB) string {
	t.Helper()
	at, err := filepath.Abs(filepath.Join("..", "build", "venv", "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at); err != nil {
		fixtures.Missing(t, "no Python with pySHACL: make tools")
	}
	return at
}

// checkShapes validates files with the independent shapes.
func checkShapes(t testing.TB, args ...string) (report string, clean bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python(t), append([]string{fixtures.Path(t, "shapes", "check.py")}, args...)...)
	out, err := cmd.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out), err == nil
}

// feedOf writes datasets as one page of a catalogue in a profile.
func feedOf(t testing.TB, p dcat.Profile, f rdf.Format, ds ...*catalog.Dataset) []byte {
	t.Helper()
	var buf bytes.Buffer
	page := dcat.Page{Number: 1, PerPage: 100, Total: len(ds), Link: link, Modified: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	if err := p.WriteCatalog(&buf, f, site, page, ds, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestEveryProfileKeepsItsShapes validates a page that uses every field, in
// every profile, with the shapes and the vocabularies of that profile.
func TestEveryProfileKeepsItsShapes(t *testing.T) {
	for p, profiles := range map[dcat.Profile]string{dcat.DCATAPIT: "it,ap2,hvd", dcat.DCATAP2: "ap2,hvd", dcat.DCATAP3: "ap3,hvd", dcat.GeoDCAT: "ap3,hvd"} {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "feed.ttl")
			if err := os.WriteFile(file, feedOf(t, p, rdf.Turtle, full(1), full(2), everything(t)), 0o600); err != nil {
				t.Fatal(err)
			}
			out, clean := checkShapes(t, file, "--profiles", profiles, "--vocab")
			if !clean {
				t.Error(out)
			}
			for line := range strings.Lines(out) {
				if summary, ok := strings.CutPrefix(line, file); ok {
					t.Log(strings.TrimSpace(summary))
				}
			}
		})
	}
}
