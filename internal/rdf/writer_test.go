package rdf_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/internal/rdf"
)

// TestGolden writes a dataset with all that writers have to care about: nodes
// used once, twice and in a ring, text with markup, a property of no prefix.
func TestGolden(t *testing.T) {
	ts := read(t, rdf.NTriples, readFile(t, "testdata/write/dataset.nt")).Triples
	for f, ext := range map[rdf.Format]string{rdf.Turtle: "ttl", rdf.RDFXML: "rdf", rdf.JSONLD: "jsonld", rdf.NTriples: "canonical.nt"} {
		t.Run(string(f), func(t *testing.T) {
			got := write(t, f, ts)
			name := "testdata/write/dataset." + ext
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(readFile(t, name), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			same(t, read(t, f, got).Triples, ts)
		})
	}
}

// TestRoundTrip writes in every format what was read, and reads it again.
func TestRoundTrip(t *testing.T) {
	docs := map[string][]rdf.Triple{"catalogue": catalogue(20), "nothing": nil}
	for pattern, f := range map[string]rdf.Format{"turtle/*.ttl": rdf.Turtle, "rdfxml/*.rdf": rdf.RDFXML, "jsonld/*.jsonld": rdf.JSONLD} {
		for _, name := range glob(t, "testdata/"+pattern) {
			docs[name] = read(t, f, readFile(t, name)).Triples
		}
	}
	for name, ts := range docs {
		for _, f := range formats {
			t.Run(name+" as "+string(f), func(t *testing.T) {
				if strings.HasSuffix(name, "/strings.ttl") && f == rdf.RDFXML {
					return // it has characters that XML forbids
				}
				same(t, read(t, f, write(t, f, ts)).Triples, ts)
			})
		}
	}
}

// TestRoundTripOfHardTerms writes terms that one syntax or the other has to
// go out of its way for.
func TestRoundTripOfHardTerms(t *testing.T) {
	s := rdf.NewIRI("http://e/s")
	p := func(name string) rdf.IRI { return rdf.NewIRI("http://e/" + name) }
	long := []rdf.Triple{{Subj: s, Pred: p("list"), Obj: rdf.NewBlank("cell0")}}
	for i := range 100 {
		long = append(long, rdf.Triple{Subj: rdf.NewBlank("cell" + string(rune('0'+i))), Pred: p("next"), Obj: rdf.NewBlank("cell" + string(rune('1'+i)))})
	}
	for name, ts := range map[string][]rdf.Triple{
		"text of quotes and lines": {
			{Subj: s, Pred: p("p"), Obj: rdf.NewLiteral("a\"\n\"\"\"\n\\\n'''\tè")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewLiteral("\r\n \r")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewLiteral("]]> <![CDATA[ & &amp; <b>")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewLangLiteral("  spaced  ", "zh-hant-tw")},
		},
		"an IRI that looks like a prefixed name": {
			{Subj: rdf.NewIRI("dct:title"), Pred: p("p"), Obj: rdf.NewIRI("dcat:Dataset")},
			{Subj: rdf.NewIRI("dct:title"), Pred: rdf.NewIRI(dctNS + "title"), Obj: rdf.NewBlank("b")},
			{Subj: rdf.NewBlank("b"), Pred: rdf.NewIRI(dctNS + "title"), Obj: rdf.NewIRI("dct:x")},
			{Subj: s, Pred: rdf.NewIRI(rdfNS + "type"), Obj: rdf.NewIRI("dcat:Dataset")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("1", "xsd:integer")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewIRI("geo:45.4,9.2")},
		},
		"labels of all kinds": {
			{Subj: rdf.NewBlank("0 <&>\""), Pred: p("p"), Obj: rdf.NewBlank("hex-00")},
			{Subj: rdf.NewBlank("hex-00"), Pred: p("q"), Obj: rdf.NewBlank("0 <&>\"")},
			{Subj: rdf.NewBlank("anon1"), Pred: p("q"), Obj: rdf.NewBlank("anonx-anon1")},
			{Subj: rdf.NewBlank("anonx-anon1"), Pred: p("r"), Obj: rdf.NewBlank("anon1")},
		},
		"a node that is its own object": {
			{Subj: rdf.NewBlank("self"), Pred: p("p"), Obj: rdf.NewBlank("self")},
			{Subj: rdf.NewBlank("a"), Pred: p("p"), Obj: rdf.NewBlank("b")},
			{Subj: rdf.NewBlank("b"), Pred: p("p"), Obj: rdf.NewBlank("a")},
			{Subj: rdf.NewBlank("b"), Pred: p("q"), Obj: rdf.NewLiteral("x")},
		},
		"a long chain of nodes": long,
		"classes that are blank, literal or without a name": {
			{Subj: s, Pred: rdf.NewIRI(rdfNS + "type"), Obj: rdf.NewBlank("class")},
			{Subj: s, Pred: rdf.NewIRI(rdfNS + "type"), Obj: rdf.NewLiteral("class")},
			{Subj: s, Pred: rdf.NewIRI(rdfNS + "type"), Obj: rdf.NewIRI("http://e/123")},
			{Subj: s, Pred: rdf.NewIRI(rdfNS + "type"), Obj: rdf.NewIRI(rdfNS + "Description")},
			{Subj: rdf.NewBlank("class"), Pred: p("p"), Obj: rdf.NewLiteral("x")},
		},
		"numbers that are not what they say": {
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("", xsdNS+"integer")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("+", xsdNS+"integer")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("1.", xsdNS+"decimal")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("+.5", xsdNS+"decimal")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("1", xsdNS+"boolean")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewTypedLiteral("-007", xsdNS+"integer")},
		},
		"a subject in two places and predicates in turns": {
			{Subj: s, Pred: p("p"), Obj: rdf.NewLiteral("1")},
			{Subj: p("t"), Pred: p("p"), Obj: rdf.NewLiteral("2")},
			{Subj: s, Pred: p("q"), Obj: rdf.NewLiteral("3")},
			{Subj: s, Pred: p("p"), Obj: rdf.NewLiteral("4")},
			{Subj: s, Pred: rdf.NewIRI(rdfNS + "type"), Obj: p("T")},
		},
	} {
		for _, f := range formats {
			t.Run(name+" as "+string(f), func(t *testing.T) {
				same(t, read(t, f, write(t, f, ts)).Triples, ts)
			})
		}
	}
}

func TestWritersDropWhatTheirSyntaxForbids(t *testing.T) {
	ts := []rdf.Triple{{Subj: rdf.NewIRI("http://e/s"), Pred: rdf.NewIRI("http://e/p"), Obj: rdf.NewLiteral("a\x00\x0bb\ufffe\xffc")}}
	if got := rdf.Value(read(t, rdf.RDFXML, write(t, rdf.RDFXML, ts)).Triples[0].Obj); got != "abc" {
		t.Errorf("RDF/XML: %q", got)
	}
	for _, f := range []rdf.Format{rdf.NTriples, rdf.Turtle, rdf.JSONLD} {
		if got := rdf.Value(read(t, f, write(t, f, ts)).Triples[0].Obj); got != "a\x00\x0bb\ufffe\ufffdc" {
			t.Errorf("%s: %q", f, got)
		}
	}
}

func TestPropertiesThatASyntaxCannotExpressAreErrors(t *testing.T) {
	for iri, f := range map[string]rdf.Format{
		"http://e/123": rdf.RDFXML, "http://e/": rdf.RDFXML, rdfNS + "li": rdf.RDFXML, "name": rdf.JSONLD, "dct:title": rdf.JSONLD,
	} {
		w, err := rdf.NewWriter(&bytes.Buffer{}, f, prefixes)
		if err != nil {
			t.Fatal(err)
		}
		ts := []rdf.Triple{{Subj: rdf.NewIRI("http://e/s"), Pred: rdf.NewIRI(iri), Obj: rdf.NewLiteral("x")}}
		if err := w.Write(ts); err == nil {
			t.Errorf("%s: <%s> was written", f, iri)
		}
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWritersReportWhatCannotBeWritten(t *testing.T) {
	ts := catalogue(1000)
	for _, f := range formats {
		w, err := rdf.NewWriter(full{}, f, prefixes)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(ts); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f, err)
		}
		if err := w.Close(); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestPrefixesThatASyntaxDoesNotTakeAreLeftOut(t *testing.T) {
	ts := catalogue(1)
	odd := map[string]string{"": dcatNS, "xmlfoo": dctNS, "a b": foafNS, "1": xsdNS, "rdf": "http://wrong.example/", "bad": "not an IRI", "geo": "http://geo.example/", "ns": dctNS}
	for _, f := range formats {
		var b bytes.Buffer
		w, err := rdf.NewWriter(&b, f, odd)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(ts), w.Close()); err != nil {
			t.Fatal(err)
		}
		same(t, read(t, f, b.String()).Triples, ts)
	}
}

func TestWritingInPiecesIsWritingAtOnce(t *testing.T) {
	ts := catalogue(3)
	for _, f := range formats {
		var b bytes.Buffer
		w, err := rdf.NewWriter(&b, f, prefixes)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if err := w.Write(ts[i*16 : i*16+16]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(write(t, f, ts), b.String()); diff != "" {
			t.Errorf("%s:\n%s", f, diff)
		}
	}
}
