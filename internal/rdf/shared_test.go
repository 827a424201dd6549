package rdf_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"portico/internal/fixtures"
	"portico/internal/rdf"
)

func readPath(t *testing.T, name string) (*rdf.Document, rdf.Format, error) {
	t.Helper()
	text := readFile(t, name)
	f, ok := rdf.Sniff([]byte(text[:min(len(text), 4096)]), "", name)
	if !ok {
		t.Fatalf("%s: not recognized", name)
	}
	d, err := rdf.Read(strings.NewReader(text), f, base, rdf.DefaultLimits)
	return d, f, err
}

// TestRealCatalogues counts the triples of the catalogues as another reader did
// (expect.triples of MANIFEST.tsv), and writes them in every format and back.
func TestRealCatalogues(t *testing.T) {
	dir := fixtures.Path(t)
	checked := 0
	for line := range strings.Lines(readFile(t, filepath.Join(dir, "fixtures", "MANIFEST.tsv"))) {
		columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if columns[1] != "b_dcat" {
			continue
		}
		var expect struct{ Triples int }
		if err := json.Unmarshal([]byte(columns[9]), &expect); err != nil {
			t.Fatal(err)
		}
		if expect.Triples == 0 {
			continue
		}
		checked++
		t.Run(columns[0], func(t *testing.T) {
			d, _, err := readPath(t, filepath.Join(dir, "fixtures", columns[0]))
			if err != nil {
				t.Fatal(err)
			}
			g := rdf.NewGraph(d.Triples)
			if len(g.All()) != expect.Triples {
				t.Errorf("%d triples, want %d", len(g.All()), expect.Triples)
			}
			for _, f := range formats {
				same(t, read(t, f, write(t, f, g.All())).Triples, g.All())
			}
		})
	}
	if checked < 10 {
		t.Errorf("only %d catalogues", checked)
	}
}

// TestHostileCatalogues reads those that must fail, or be repaired, in a
// certain way.
func TestHostileCatalogues(t *testing.T) {
	dir := fixtures.Path(t)
	for name, check := range map[string]func(*rdf.Document, error) string{
		"billion_laughs.xml": func(_ *rdf.Document, err error) string {
			return unless(errors.Is(err, rdf.ErrLimit), "it is not beyond the limit")
		},
		"xxe_file_catalog.rdf": func(d *rdf.Document, err error) string {
			_, syntax := errors.AsType[*rdf.SyntaxError](err)
			return unless(syntax && len(d.Triples) == 0, "the entity was not refused")
		},
		"truncated_catalog.rdf": func(d *rdf.Document, err error) string {
			bad, ok := errors.AsType[*rdf.SyntaxError](err)
			return unless(ok && bad.Line == 291 && len(d.Triples) > 200, "no error with the triples before it")
		},
		"declared_utf8_is_latin1.rdf": func(d *rdf.Document, err error) string {
			for _, tr := range d.Triples {
				if strings.ContainsRune(rdf.Value(tr.Obj), '\ufffd') {
					return "a letter was lost"
				}
			}
			return unless(err == nil && len(d.Warnings) == 1, "no warning")
		},
		"invalid_iri_catalog.ttl": func(d *rdf.Document, err error) string {
			g := rdf.NewGraph(d.Triples)
			title := g.Object(rdf.NewIRI("http://dati.comune.esempio.it/dataset/alberi"), dctNS+"title")
			return unless(err == nil && rdf.Value(title) == "Alberi" && len(d.Warnings) == 1, "Alberi did not survive")
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, "fixtures", "n_nasty", name)
			d, err := rdf.Read(strings.NewReader(readFile(t, path)), map[bool]rdf.Format{true: rdf.Turtle, false: rdf.RDFXML}[strings.HasSuffix(name, ".ttl")], base, rdf.DefaultLimits)
			if complaint := check(d, err); complaint != "" {
				t.Errorf("%s: %v", complaint, err)
			}
		})
	}
}

func unless(ok bool, complaint string) string {
	if ok {
		return ""
	}
	return complaint
}

// TestShapesAndSamples reads the same dataset in four syntaxes, and every
// shapes file, which are the most intricate Turtle that there is.
func TestShapesAndSamples(t *testing.T) {
	dir := fixtures.Path(t)
	want, _, err := readPath(t, filepath.Join(dir, "shapes", "samples", "good.nt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"good.ttl", "good.rdf", "good.flat.rdf", "good.jsonld"} {
		d, _, err := readPath(t, filepath.Join(dir, "shapes", "samples", name))
		if err != nil {
			t.Fatal(err)
		}
		same(t, d.Triples, want.Triples)
	}
	for _, name := range append(glob(t, filepath.Join(dir, "shapes", "*", "*.ttl")), glob(t, filepath.Join(dir, "shapes", "*", "*.owl"))...) {
		d, _, err := readPath(t, name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range formats {
			same(t, read(t, f, write(t, f, d.Triples)).Triples, d.Triples)
		}
	}
}
