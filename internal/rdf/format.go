package rdf

import (
	"path"
	"strings"
)

// MediaType returns the value of Content-Type for f, or "" for no format.
func (f Format) MediaType() string {
	switch f {
	case RDFXML:
		return "application/rdf+xml; charset=utf-8"
	case Turtle:
		return "text/turtle; charset=utf-8"
	case NTriples:
		return "application/n-triples; charset=utf-8"
	case NQuads:
		return "application/n-quads; charset=utf-8"
	case JSONLD:
		return "application/ld+json; charset=utf-8"
	}
	return ""
}

// FormatOf returns the format that a media type names; parameters do not
// matter. Types that name no RDF syntax for sure ("text/xml") give false.
func FormatOf(mediaType string) (Format, bool) {
	essence, _, _ := strings.Cut(mediaType, ";")
	switch strings.ToLower(strings.TrimSpace(essence)) {
	case "application/rdf+xml", "text/rdf", "text/rdf+xml", "application/rdf", "application/owl+xml":
		return RDFXML, true
	case "text/turtle", "application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3", "application/n3":
		return Turtle, true
	case "application/n-triples", "text/ntriples", "application/ntriples":
		return NTriples, true
	case "application/n-quads", "text/x-nquads", "text/nquads":
		return NQuads, true
	case "application/ld+json", "application/json-ld":
		return JSONLD, true
	}
	return "", false
}

// formatOfName returns the format that a file name or URL path ends in.
func formatOfName(name string) (Format, bool) {
	name, _, _ = strings.Cut(name, "?")
	name, _, _ = strings.Cut(name, "#")
	switch strings.ToLower(path.Ext(name)) {
	case ".rdf", ".owl", ".rdfs":
		return RDFXML, true
	case ".ttl", ".turtle", ".n3":
		return Turtle, true
	case ".nt":
		return NTriples, true
	case ".nq":
		return NQuads, true
	case ".jsonld":
		return JSONLD, true
	}
	return "", false
}
