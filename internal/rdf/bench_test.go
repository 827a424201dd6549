package rdf_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"portico/internal/rdf"
)

func BenchmarkRead(b *testing.B) {
	ts := catalogue(2000)
	for _, f := range formats {
		b.Run(string(f), func(b *testing.B) {
			doc := write(b, f, ts)
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if d := read(b, f, doc); len(d.Triples) != len(ts) {
					b.Fatal(len(d.Triples))
				}
			}
			b.ReportMetric(float64(len(ts)*b.N)/b.Elapsed().Seconds(), "triples/s")
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	ts := catalogue(2000)
	for _, f := range formats {
		b.Run(string(f), func(b *testing.B) {
			for b.Loop() {
				w, err := rdf.NewWriter(io.Discard, f, prefixes)
				if err != nil {
					b.Fatal(err)
				}
				for at := 0; at < len(ts); at += 16 {
					if err := w.Write(ts[at : at+16]); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(ts)*b.N)/b.Elapsed().Seconds(), "triples/s")
		})
	}
}

// TestLongDocumentsTakeNoLongerThanTheyAreLong reads and writes what would take
// minutes if the work grew with the square of the length.
func TestLongDocumentsTakeNoLongerThanTheyAreLong(t *testing.T) {
	deepText := strings.Repeat("<!--x-->a", 300_000)
	var manyPredicates strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&manyPredicates, "<http://e/s> <http://e/p%d> 1 .", i)
	}
	docs := map[string]struct {
		f    rdf.Format
		text string
	}{
		"text in many pieces":   {rdf.RDFXML, `<r:RDF xmlns:r="` + rdfNS + `" xmlns:e="http://e/"><e:T><e:p>` + deepText + `</e:p></e:T></r:RDF>`},
		"many warnings":         {rdf.Turtle, strings.Repeat("<http://e/a b> <http://e/p> <http://e/c d> .\n", 50_000)},
		"many blank nodes":      {rdf.Turtle, strings.Repeat("_:a <http://e/p> [ <http://e/q> [] ] .\n", 50_000)},
		"many escapes":          {rdf.Turtle, `<http://e/s> <http://e/p> "` + strings.Repeat(`\n\u00e8`, 500_000) + `" .`},
		"many predicates":       {rdf.Turtle, manyPredicates.String() + strings.Repeat("[] <http://e/p> 1 .", 50_000)},
		"a long list":           {rdf.Turtle, `<http://e/s> <http://e/p> (` + strings.Repeat(" 1", 50_000) + `) .`},
		"many namespaces":       {rdf.RDFXML, `<r:RDF xmlns:r="` + rdfNS + `">` + strings.Repeat(`<e:T xmlns:e="http://e/"><e:p>x</e:p></e:T>`, 50_000) + `</r:RDF>`},
		"many odd attributes":   {rdf.RDFXML, `<r:RDF xmlns:r="` + rdfNS + `" xmlns:e="http://e/">` + strings.Repeat(`<e:T odd="1" e:p="2"/>`, 50_000) + `</r:RDF>`},
		"many stray ampersands": {rdf.RDFXML, `<!DOCTYPE r [<!ENTITY a "b">]><r:RDF xmlns:r="` + rdfNS + `"><!--` + strings.Repeat("&", 1_000_000) + `--></r:RDF>`},
	}
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			d := read(t, doc.f, doc.text)
			for _, f := range formats {
				write(t, f, d.Triples)
			}
		})
	}
}
