package rdf_test

import (
	"strings"
	"testing"

	"portico/internal/rdf"
)

func TestSniff(t *testing.T) {
	const (
		xmlDecl = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
		triple  = "<http://e/s> <http://e/p> \"a\" .\n"
	)
	for _, c := range []struct {
		name, head, mediaType, file string
		want                        rdf.Format // "" = no RDF
	}{
		{"RDF/XML by its root", xmlDecl + `<rdf:RDF xmlns:rdf="` + rdfNS + `">`, "", "", rdf.RDFXML},
		{"RDF/XML as text/plain, as GitHub serves it", xmlDecl + `<rdf:RDF xmlns:rdf="` + rdfNS + `">`, "text/plain; charset=utf-8", "catalog.rdf", rdf.RDFXML},
		{"RDF/XML that is called Turtle", `<rdf:RDF`, "text/turtle", "catalog.ttl", rdf.RDFXML},
		{"RDF/XML with the tag alone", `<rdf:RDF>`, "", "", rdf.RDFXML},
		{"RDF/XML after a comment and a DOCTYPE", xmlDecl + `<!-- <html> --><!DOCTYPE rdf:RDF [ <!ENTITY a "b>"> ]><rdf:RDF xmlns:rdf="&rdf;"`, "text/html", "", rdf.RDFXML},
		{"RDF/XML whose head is all comment", xmlDecl + `<!-- long`, "", "catalog.rdf", rdf.RDFXML},
		{"RDF/XML in UTF-16", "\xff\xfe<\x00r\x00d\x00f\x00:\x00R\x00D\x00F\x00>\x00", "", "", rdf.RDFXML},
		{"a single typed node", `<dcat:Catalog xmlns:dcat="x" xmlns:rdf="` + rdfNS + `"`, "", "", rdf.RDFXML},
		{"HTML", "<!DOCTYPE html>\n<html><body>Not found", "application/rdf+xml", "catalog.rdf", ""},
		{"HTML without DOCTYPE", "\n<html lang=it>", "text/turtle", "catalog.ttl", ""},
		{"XHTML", xmlDecl + `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html xmlns="http://www.w3.org/1999/xhtml">`, "application/rdf+xml", "", ""},
		{"another XML", xmlDecl + `<csw:GetRecordsResponse xmlns:csw="x">`, "application/rdf+xml", "", ""},
		{"Turtle by its prefixes", "# catalogue\n@prefix dcat: <http://www.w3.org/ns/dcat#> .\n", "", "", rdf.Turtle},
		{"Turtle in SPARQL's spelling", "PREFIX dcat: <http://www.w3.org/ns/dcat#>\n", "text/html", "", rdf.Turtle},
		{"Turtle by a triple", "<http://e/s> a <http://e/T> ;\n <http://e/p> 1 .\n", "", "", rdf.Turtle},
		{"Turtle by brackets", "[ a <http://e/T> ] .", "", "", rdf.Turtle},
		{"Turtle called JSON-LD", "@prefix dcat: <http://www.w3.org/ns/dcat#> .", "application/ld+json", "", rdf.Turtle},
		{"Turtle that is all comment so far", "# a long licence", "text/turtle", "", rdf.Turtle},
		{"N3", triple, "text/n3", "", rdf.Turtle},
		{"N-Triples by its lines", triple + triple, "", "", rdf.NTriples},
		{"N-Triples by its type", triple, "application/n-triples", "", rdf.NTriples},
		{"N-Triples by its name", triple, "text/plain", "https://e/catalog.nt?x=1#y", rdf.NTriples},
		{"triples that are called Turtle", triple + triple, "text/turtle", "", rdf.Turtle},
		{"JSON-LD", `{"@context": {}}`, "", "", rdf.JSONLD},
		{"JSON-LD as JSON", ` [ {"@id": "http://e/s"} ]`, "application/json", "", rdf.JSONLD},
		{"JSON-LD by its type", `{"dataset": [`, "application/ld+json", "", rdf.JSONLD},
		{"JSON-LD by its name", `{"dataset": [`, "application/json", "data.jsonld", rdf.JSONLD},
		{"JSON of an API", `{"success": true}`, "application/json", "package_list", ""},
		{"JSON called RDF/XML", `{"success": true}`, "application/rdf+xml", "", ""},
		{"nothing", "", "text/turtle", "catalog.ttl", ""},
		{"blanks", " \n\t", "text/turtle", "", ""},
		{"CSV", "nome;cognome\nAda;Rossi\n", "text/turtle", "catalog.ttl", ""},
		{"plain words", "Errore: servizio non disponibile", "", "", ""},
		{"gzip", "\x1f\x8b\x08", "text/turtle", "catalog.ttl", ""},
		{"a ZIP", "PK\x03\x04", "application/rdf+xml", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := rdf.Sniff([]byte(c.head), c.mediaType, c.file)
			if ok != (c.want != "") || ok && got != c.want {
				t.Errorf("Sniff = %q, %v; want %q", got, ok, c.want)
			}
		})
	}
}

// TestSniffKnowsWhatTheWritersWrite gives it no hint.
func TestSniffKnowsWhatTheWritersWrite(t *testing.T) {
	for _, f := range formats {
		doc := write(t, f, catalogue(10))
		if got, ok := rdf.Sniff([]byte(doc[:1000]), "", ""); !ok || got != f {
			t.Errorf("%s: %q, %v", f, got, ok)
		}
		if got, ok := rdf.FormatOf(strings.ToUpper(f.MediaType())); !ok || got != f {
			t.Errorf("FormatOf(%s) = %q, %v", f.MediaType(), got, ok)
		}
	}
	if rdf.Format("csv").MediaType() != "" {
		t.Error("csv has a media type")
	}
}
