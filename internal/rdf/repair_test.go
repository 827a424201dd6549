package rdf_test

import (
	"strings"
	"testing"

	"portico/internal/rdf"
)

const xmlHead = `<rdf:RDF xmlns:rdf="` + rdfNS + `" xmlns:dct="` + dctNS + `" xmlns:e="http://e/">`

// TestRepairs reads what real publishers write and standards forbid.
func TestRepairs(t *testing.T) {
	for _, c := range []struct {
		name    string
		f       rdf.Format
		text    string
		want    string // N-Triples
		warning string // a part of the first; "" = none
	}{
		{
			"a blank in an IRI of Turtle", rdf.Turtle, `<http://e/a b> <http://e/p> < http://e/o > .`,
			`<http://e/a%20b> <http://e/p> <http://e/o> .`, "line 1: the IRI",
		},
		{
			"a backslash, braces and quotes in an IRI", rdf.Turtle, "<http://e/s> <http://e/p> <http://e/a\\b{c}|\"^`> .",
			`<http://e/s> <http://e/p> <http://e/a%5Cb%7Bc%7D%7C%22%5E%60> .`, "line 1: the IRI",
		},
		{
			"a blank in rdf:about and round rdf:resource", rdf.RDFXML,
			xmlHead + "\n" + `<rdf:Description rdf:about="http://e/a b"><e:p rdf:resource=" http://e/o&#10;"/></rdf:Description></rdf:RDF>`,
			`<http://e/a%20b> <http://e/p> <http://e/o> .`, "line 2: the IRI",
		},
		{
			"a blank in an @id", rdf.JSONLD, `{"@id":"http://e/a b","http://e/p":{"@id":"http://e/o"}}`,
			`<http://e/a%20b> <http://e/p> <http://e/o> .`, "the IRI",
		},
		{
			"the quotation mark in AgID's example", rdf.RDFXML,
			`<rdf:RDF xmlns:rdf="` + rdfNS + `" xmlns:d="http://dati.gov.it/onto/dcatapit#&quot;"><d:Dataset rdf:about="http://e/s"/></rdf:RDF>`,
			`<http://e/s> <` + rdfNS + `type> <http://dati.gov.it/onto/dcatapit#Dataset> .`, "was read as",
		},
		{
			"the namespace of DCAT-AP_IT with https and without #", rdf.Turtle,
			`@prefix d: <https://www.dati.gov.it/onto/dcatapit> . <http://e/s> a d:Dataset .`,
			`<http://e/s> <` + rdfNS + `type> <http://dati.gov.it/onto/dcatapit#Dataset> .`, "was read as",
		},
		{
			"two nodes in one property", rdf.RDFXML,
			xmlHead + `<e:T rdf:about="http://e/s"><e:p><rdf:Description rdf:about="http://e/a"/><rdf:Description rdf:about="http://e/b"/></e:p></e:T></rdf:RDF>`,
			"<http://e/s> <" + rdfNS + "type> <http://e/T> .\n<http://e/s> <http://e/p> <http://e/a> .\n<http://e/s> <http://e/p> <http://e/b> .", "more than one",
		},
		{
			"a resource that is described as well", rdf.RDFXML,
			xmlHead + `<rdf:Description rdf:about="http://e/s"><dct:license rdf:resource="http://e/l"><e:L rdf:about="http://e/l"/></dct:license></rdf:Description></rdf:RDF>`,
			"<http://e/s> <" + dctNS + "license> <http://e/l> .\n<http://e/l> <" + rdfNS + "type> <http://e/L> .", "refers to a resource",
		},
		{
			"text beside nodes", rdf.RDFXML,
			xmlHead + `stray<rdf:Description rdf:about="http://e/s">stray<e:p>stray<rdf:Description rdf:about="http://e/o"/></e:p></rdf:Description></rdf:RDF>`,
			"<http://e/s> <http://e/p> <http://e/o> .", "text in <rdf:RDF> was ignored",
		},
		{
			"attributes without a prefix", rdf.RDFXML,
			xmlHead + `<rdf:Description about="http://e/s" odd="x"><e:p resource="http://e/o"/></rdf:Description></rdf:RDF>`,
			"<http://e/s> <http://e/p> <http://e/o> .", "was read as rdf:about",
		},
		{
			"a language with an underscore", rdf.RDFXML, xmlHead + `<rdf:Description rdf:about="http://e/s"><e:p xml:lang="it_IT">x</e:p></rdf:Description></rdf:RDF>`,
			`<http://e/s> <http://e/p> "x"@it-it .`, "",
		},
		{
			"a language that is none", rdf.RDFXML, xmlHead + `<rdf:Description rdf:about="http://e/s"><e:p xml:lang="Italiano!">x</e:p></rdf:Description></rdf:RDF>`,
			`<http://e/s> <http://e/p> "x" .`, "was ignored",
		},
		{
			"control characters in XML", rdf.RDFXML, xmlHead + "<rdf:Description rdf:about='http://e/s'><e:p>a\x0b\x00b\ufffe</e:p></rdf:Description></rdf:RDF>",
			`<http://e/s> <http://e/p> "ab" .`, "were dropped",
		},
		{
			"blank lines and a mark before the XML declaration", rdf.RDFXML,
			"\ufeff\n\n<?xml version='1.1' encoding='utf-8'?>" + xmlHead + `<rdf:Description rdf:about="http://e/s"><e:p/></rdf:Description></rdf:RDF>`,
			`<http://e/s> <http://e/p> "" .`, "",
		},
		{
			"nulls for what is not known", rdf.JSONLD, `{"@id":null,"@type":null,"http://e/p":{"@value":"x","@language":null}}`,
			`_:b <http://e/p> "x" .`, "",
		},
		{
			"an empty literal", rdf.RDFXML, xmlHead + `<rdf:Description rdf:about="http://e/s"><dct:license></dct:license></rdf:Description></rdf:RDF>`,
			`<http://e/s> <` + dctNS + `license> "" .`, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := read(t, c.f, c.text)
			same(t, d.Triples, read(t, rdf.NTriples, c.want).Triples)
			first := strings.Join(d.Warnings[:min(1, len(d.Warnings))], "")
			if (first == "") != (c.warning == "") || !strings.Contains(first, c.warning) {
				t.Errorf("warnings %q, want %q", d.Warnings, c.warning)
			}
		})
	}
}

func TestRepairIRI(t *testing.T) {
	for in, want := range map[string]string{
		"http://e/a?b=c#d":           "http://e/a?b=c#d",
		"http://e/città/%20":         "http://e/città/%20",
		"":                           "",
		" http://e/ ":                "http://e/",
		"http://e/a b":               "http://e/a%20b",
		"http://e/<x>":               "http://e/%3Cx%3E",
		"http://e/\x00\x7f":          "http://e/%00%7F",
		"http://e/\u200b\u00a0x":     "http://e/%E2%80%8B%C2%A0x",
		"http://e/\xff":              "http://e/%FF",
		"C:\\dati\\piano {1}.rdf":    "C:%5Cdati%5Cpiano%20%7B1%7D.rdf",
		"http://e/\ufffd":            "http://e/%EF%BF%BD",
		"http://e/a\nb\tc":           "http://e/a%0Ab%09c",
		"http://e/`^|\"{}\\ end":     "http://e/%60%5E%7C%22%7B%7D%5C%20end",
		"https://e/x y\u00a0(1).csv": "https://e/x%20y%C2%A0(1).csv",
	} {
		got, changed := rdf.RepairIRI(in)
		if got != want || changed != (in != want) {
			t.Errorf("RepairIRI(%q) = %q, %v; want %q", in, got, changed, want)
		}
		if again, changed := rdf.RepairIRI(got); changed {
			t.Errorf("RepairIRI(%q) repaired again: %q", got, again)
		}
	}
}

func TestWarningsEnd(t *testing.T) {
	d := read(t, rdf.Turtle, strings.Repeat("<http://e/a b> <http://e/p> 1 .\n", 500))
	if n := len(d.Warnings); n != 101 || d.Warnings[100] != "400 more warnings" || !strings.HasPrefix(d.Warnings[99], "line 100:") {
		t.Errorf("%d warnings, the last: %s", n, d.Warnings[n-1])
	}
}
