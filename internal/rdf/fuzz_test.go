package rdf_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"portico/internal/rdf"
)

// fuzz feeds a reader. Whatever it reads must be written and read again in
// Turtle and N-Triples, and come out the same.
func fuzz(f *testing.F, format rdf.Format, pattern string) {
	for _, p := range []string{pattern, strings.Replace(pattern, "/", "/bad/", 1)} {
		if p == "turtle/bad/*.nt" {
			continue
		}
		for _, name := range glob(f, "testdata/"+p) {
			f.Add(readFile(f, name))
		}
	}
	lim := rdf.Limits{Bytes: 1 << 16, Depth: 20, Triples: 1000}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := rdf.Read(strings.NewReader(text), format, base, lim)
		if d == nil {
			return
		}
		if err != nil && len(d.Triples) > lim.Triples {
			t.Errorf("%d triples", len(d.Triples))
		}
		checkReadable(t, d.Triples)
	})
}

// checkReadable writes ts in every format and reads it again.
func checkReadable(t *testing.T, ts []rdf.Triple) {
	t.Helper()
	for _, tr := range ts {
		if !utf8.ValidString(rdf.Value(tr.Subj) + rdf.Value(tr.Pred) + rdf.Value(tr.Obj)) {
			t.Errorf("not UTF-8: %q", tr)
		}
	}
	for _, f := range formats {
		var b bytes.Buffer
		w, err := rdf.NewWriter(&b, f, prefixes)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(ts), w.Close()); err != nil {
			if f == rdf.Turtle || f == rdf.NTriples {
				t.Error(err)
			}
			continue // a property that the syntax cannot express
		}
		d, err := rdf.Read(&b, f, "", rdf.DefaultLimits)
		if err != nil && f != rdf.JSONLD { // json-gold refuses some datatypes that are no URLs
			t.Errorf("%s: %v", f, err)
		}
		if f == rdf.Turtle || f == rdf.NTriples {
			same(t, d.Triples, ts)
		}
	}
}

func FuzzTurtle(f *testing.F)   { fuzz(f, rdf.Turtle, "turtle/*.ttl") }
func FuzzNTriples(f *testing.F) { fuzz(f, rdf.NTriples, "turtle/*.nt") }
func FuzzNQuads(f *testing.F)   { fuzz(f, rdf.NQuads, "turtle/*.nt") }
func FuzzRDFXML(f *testing.F)   { fuzz(f, rdf.RDFXML, "rdfxml/*.rdf") }
func FuzzJSONLD(f *testing.F)   { fuzz(f, rdf.JSONLD, "jsonld/*.jsonld") }

// FuzzSniff must answer whatever it is given.
func FuzzSniff(f *testing.F) {
	for _, seed := range []string{"<rdf:RDF", "<http://e/s> <", "[ {", "@prefix", "<!DOCTYPE x [", "<", "[", "\xff\xfe<"} {
		f.Add([]byte(seed), "text/turtle", "x.rdf")
	}
	f.Fuzz(func(t *testing.T, head []byte, mediaType, name string) {
		if got, ok := rdf.Sniff(head, mediaType, name); ok && got.MediaType() == "" {
			t.Errorf("format %q", got)
		}
	})
}
