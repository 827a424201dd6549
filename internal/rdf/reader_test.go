package rdf_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"portico/internal/rdf"
)

// TestDocuments reads each document of testdata and compares it with the
// N-Triples beside it, which an independent reader made.
func TestDocuments(t *testing.T) {
	for pattern, f := range map[string]rdf.Format{"turtle/*.ttl": rdf.Turtle, "rdfxml/*.rdf": rdf.RDFXML, "jsonld/*.jsonld": rdf.JSONLD} {
		for _, name := range glob(t, "testdata/"+pattern) {
			t.Run(filepath.Base(name), func(t *testing.T) {
				got := read(t, f, readFile(t, name))
				want := read(t, rdf.NTriples, readFile(t, strings.TrimSuffix(name, filepath.Ext(name))+".nt"))
				same(t, got.Triples, want.Triples)
				if len(got.Warnings) > 0 {
					t.Errorf("warnings: %q", got.Warnings)
				}
			})
		}
	}
}

// TestBrokenDocuments reads documents that are wrong. Their first line, a
// comment, tells the line of the error and a part of its message.
func TestBrokenDocuments(t *testing.T) {
	for pattern, f := range map[string]rdf.Format{"turtle/bad/*.ttl": rdf.Turtle, "rdfxml/bad/*.rdf": rdf.RDFXML} {
		for _, name := range glob(t, "testdata/"+pattern) {
			t.Run(filepath.Base(name), func(t *testing.T) {
				text := readFile(t, name)
				var line int
				first, _, _ := strings.Cut(text, "\n")
				first = strings.TrimSuffix(strings.TrimLeft(first, "<!-# "), " -->")
				number, msg, _ := strings.Cut(first, ": ")
				if _, err := fmt.Sscan(number, &line); err != nil {
					t.Fatal(err)
				}
				d, err := rdf.Read(strings.NewReader(text), f, base, rdf.DefaultLimits)
				bad, ok := errors.AsType[*rdf.SyntaxError](err)
				if !ok || bad.Line != line || !strings.Contains(bad.Msg, strings.TrimSuffix(msg, ":")) || bad.Format != f {
					t.Errorf("error %v, want line %d: %s", err, line, msg)
				}
				if d == nil {
					t.Error("no document came with the error")
				}
			})
		}
	}
	for _, name := range glob(t, "testdata/jsonld/bad/*.jsonld") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text := readFile(t, name)
			_, msg, _ := strings.Cut(text, `"want":"`)
			msg, _, _ = strings.Cut(msg, `"`)
			_, err := rdf.Read(strings.NewReader(text), rdf.JSONLD, base, rdf.DefaultLimits)
			if bad, ok := errors.AsType[*rdf.SyntaxError](err); !ok || !strings.Contains(bad.Error(), msg) {
				t.Errorf("error %v, want %s", err, msg)
			}
		})
	}
}

func TestAnErrorComesWithWhatWasReadBeforeIt(t *testing.T) {
	const head = `<rdf:RDF xmlns:rdf="` + rdfNS + `" xmlns:e="http://e/">`
	for f, text := range map[rdf.Format]string{
		rdf.Turtle:   "<http://e/s> <http://e/p> 'kept' .\n<http://e/s> <http://e/p> oops",
		rdf.NTriples: "<http://e/s> <http://e/p> \"kept\" .\n<http://e/s> <http://e/p> ",
		rdf.RDFXML:   head + `<rdf:Description rdf:about="http://e/s"><e:p>kept</e:p></rdf:Description><e:T rdf:about="x"`,
	} {
		d, err := rdf.Read(strings.NewReader(text), f, "", rdf.DefaultLimits)
		if err == nil || d == nil || len(d.Triples) != 1 || rdf.Value(d.Triples[0].Obj) != "kept" {
			t.Errorf("%s: %v, %+v", f, err, d)
		}
	}
}

func TestNTriplesTakesNoTurtle(t *testing.T) {
	for _, text := range []string{
		"@prefix e: <http://e/> .", "<http://e/s> a <http://e/o> .", "<http://e/s> <http://e/p> 1 .",
		"<http://e/s> <http://e/p> <http://e/o> ; <http://e/q> <http://e/o> .", "<http://e/s> <http://e/p> 'x' .",
		"<http://e/s> <http://e/p> [] .", "<http://e/s> _:p <http://e/o> .", `"s" <http://e/p> <http://e/o> .`,
	} {
		if _, err := rdf.Read(strings.NewReader(text), rdf.NTriples, "", rdf.DefaultLimits); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func TestPrefixesAreReported(t *testing.T) {
	for f, text := range map[rdf.Format]string{
		rdf.Turtle: "@prefix ex: <http://e/> .",
		rdf.RDFXML: `<rdf:RDF xmlns:rdf="` + rdfNS + `" xmlns:ex="http://e/"/>`,
		rdf.JSONLD: `{"@context":{"ex":"http://e/","term":"http://e/term"}}`,
	} {
		if d := read(t, f, text); d.Prefixes["ex"] != "http://e/" || d.Prefixes["term"] != "" {
			t.Errorf("%s: %v", f, d.Prefixes)
		}
	}
}

func TestReadRefusesAnUnknownFormat(t *testing.T) {
	if _, err := rdf.Read(strings.NewReader(""), "csv", "", rdf.DefaultLimits); err == nil {
		t.Error("csv was read")
	}
	if _, err := rdf.NewWriter(nil, "csv", nil); err == nil {
		t.Error("csv would be written")
	}
}
