package rdf_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/internal/rdf"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	rdfNS  = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	xsdNS  = "http://www.w3.org/2001/XMLSchema#"
	dcatNS = "http://www.w3.org/ns/dcat#"
	dctNS  = "http://purl.org/dc/terms/"
	foafNS = "http://xmlns.com/foaf/0.1/"
	itNS   = "http://dati.gov.it/onto/dcatapit#"

	base = "http://base.example/"
)

var (
	formats  = []rdf.Format{rdf.NTriples, rdf.Turtle, rdf.RDFXML, rdf.JSONLD}
	prefixes = map[string]string{"dcat": dcatNS, "dct": dctNS, "dcatapit": itNS, "foaf": foafNS, "xsd": xsdNS}
)

// read reads a document that is expected to be right.
func read(t testing.TB, f rdf.Format, text string) *rdf.Document {
	t.Helper()
	d, err := rdf.Read(strings.NewReader(text), f, base, rdf.DefaultLimits)
	if err != nil {
		t.Fatalf("read %s: %v\n%s", f, err, clip(text))
	}
	return d
}

// write writes triples in one piece.
func write(t testing.TB, f rdf.Format, ts []rdf.Triple) string {
	t.Helper()
	var b bytes.Buffer
	w, err := rdf.NewWriter(&b, f, prefixes)
	if err == nil {
		err = errors.Join(w.Write(ts), w.Close())
	}
	if err != nil {
		t.Fatalf("write %s: %v", f, err)
	}
	return b.String()
}

// same fails unless the graphs are equal but for the names of blank nodes.
func same(t testing.TB, got, want []rdf.Triple) {
	t.Helper()
	g, w := rdf.NewGraph(got), rdf.NewGraph(want)
	if g.Equal(w) {
		return
	}
	t.Errorf("the graphs differ\ngot:\n%s\nwant:\n%s", clip(write(t, rdf.NTriples, g.All())), clip(write(t, rdf.NTriples, w.All())))
}

func clip(s string) string {
	if len(s) > 1500 {
		return s[:1500] + "…"
	}
	return s
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return files
}

// catalogue makes triples as a page of a catalogue has them, 16 a dataset.
func catalogue(datasets int) []rdf.Triple {
	var ts []rdf.Triple
	add := func(s any, p string, o any) {
		t := rdf.Triple{Pred: rdf.NewIRI(p)}
		switch s := s.(type) {
		case rdf.IRI:
			t.Subj = s
		case rdf.Blank:
			t.Subj = s
		}
		switch o := o.(type) {
		case rdf.IRI:
			t.Obj = o
		case rdf.Blank:
			t.Obj = o
		case rdf.Literal:
			t.Obj = o
		}
		ts = append(ts, t)
	}
	for i := range datasets {
		s := rdf.NewIRI(fmt.Sprintf("http://dati.comune.esempio.it/dataset/%d", i))
		d := rdf.NewIRI(fmt.Sprintf("http://dati.comune.esempio.it/dataset/%d/distribuzione", i))
		agent := rdf.NewBlank(fmt.Sprintf("agent%d", i))
		add(s, rdfNS+"type", rdf.NewIRI(dcatNS+"Dataset"))
		add(s, rdfNS+"type", rdf.NewIRI(itNS+"Dataset"))
		add(s, dctNS+"title", rdf.NewLangLiteral(fmt.Sprintf("Alberi monumentali della città, anno %d", i), "it"))
		add(s, dctNS+"description", rdf.NewLangLiteral("Elenco degli alberi censiti dall'ufficio verde: specie, altezza, \"età\" & posizione.\nOgni anno.", "it"))
		add(s, dctNS+"identifier", rdf.NewLiteral(fmt.Sprintf("c_h501:%d", i)))
		add(s, dctNS+"modified", rdf.NewTypedLiteral("2024-03-21", xsdNS+"date"))
		add(s, dcatNS+"theme", rdf.NewIRI("http://publications.europa.eu/resource/authority/data-theme/ENVI"))
		add(s, dctNS+"accrualPeriodicity", rdf.NewIRI("http://publications.europa.eu/resource/authority/frequency/ANNUAL"))
		add(s, dctNS+"publisher", agent)
		add(s, dcatNS+"distribution", d)
		add(agent, rdfNS+"type", rdf.NewIRI(foafNS+"Agent"))
		add(agent, foafNS+"name", rdf.NewLangLiteral("Comune di Esempio", "it"))
		add(d, rdfNS+"type", rdf.NewIRI(dcatNS+"Distribution"))
		add(d, dcatNS+"accessURL", rdf.NewIRI(fmt.Sprintf("http://dati.comune.esempio.it/dataset/%d/data.csv", i)))
		add(d, dctNS+"license", rdf.NewIRI("https://creativecommons.org/licenses/by/4.0/"))
		add(d, dcatNS+"byteSize", rdf.NewTypedLiteral("12345", xsdNS+"decimal"))
	}
	return ts
}
