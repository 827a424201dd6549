package api

import (
	"strconv"
	"strings"

	"portico/internal/rdf"
)

// A syntax is a syntax of RDF with the extensions of its addresses and the
// type that goes with it.
type syntax struct {
	extension string
	format    rdf.Format
	mediaType string // as ckanext-dcat sends it
	accept    string // as clients ask for it
}

// syntaxes are in the order in which they are preferred where a client takes
// any.
var syntaxes = []syntax{
	{"rdf", rdf.RDFXML, "application/rdf+xml; charset=utf-8", "application/rdf+xml"},
	{"xml", rdf.RDFXML, "application/rdf+xml; charset=utf-8", ""},
	{"ttl", rdf.Turtle, "text/turtle; charset=utf-8", "text/turtle"},
	{"jsonld", rdf.JSONLD, "application/ld+json", "application/ld+json"},
	{"n3", rdf.Turtle, "text/n3", "text/n3"},
	{"nt", rdf.NTriples, "application/n-triples", "application/n-triples"},
}

// syntaxOf returns the syntax with the given extension.
func syntaxOf(extension string) (syntax, bool) {
	for _, x := range syntaxes {
		if x.extension == extension {
			return x, true
		}
	}
	return syntax{}, false
}

// A mediaRange is one part of an Accept header.
type mediaRange struct {
	typ, sub string
	q        float64
}

// parseAccept reads an Accept header. What makes no sense is left out.
func parseAccept(header string) []mediaRange {
	const most = 32
	var out []mediaRange
	for part := range strings.SplitSeq(header, ",") {
		if len(out) == most {
			break
		}
		name, params, _ := strings.Cut(part, ";")
		typ, sub, ok := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "/")
		if !ok {
			continue
		}
		r := mediaRange{typ: typ, sub: sub, q: 1}
		for p := range strings.SplitSeq(params, ";") {
			if v, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q="); ok {
				q, err := strconv.ParseFloat(v, 64)
				if err != nil || !(q >= 0 && q <= 1) {
					q = 0
				}
				r.q = q
			}
		}
		out = append(out, r)
	}
	return out
}

// A fit says how well an Accept header likes a media type. The better one has
// the higher q; among equals the more closely named, then the one named first.
type fit struct {
	q        float64
	closely  int // 0 = */*, 1 = type/*, 2 = type/subtype
	position int
}

func fitOf(ranges []mediaRange, mediaType string) fit {
	typ, sub, _ := strings.Cut(mediaType, "/")
	best := fit{closely: -1}
	for i, r := range ranges {
		closely := -1
		switch {
		case r.typ == typ && r.sub == sub:
			closely = 2
		case r.typ == typ && r.sub == "*":
			closely = 1
		case r.typ == "*" && r.sub == "*":
			closely = 0
		}
		if closely > best.closely { // the closest range gives the q
			best = fit{q: r.q, closely: closely, position: i}
		}
	}
	return best
}

func (f fit) better(than fit) bool {
	switch {
	case f.q != than.q:
		return f.q > than.q
	case f.closely != than.closely:
		return f.closely > than.closely
	}
	return f.position < than.position
}

// negotiate chooses a syntax by an Accept header; ok is false when the client
// would rather have a page. What is no choice at all, such as */*, is a page
// unless machine is set.
func negotiate(accept string, machine bool) (best syntax, ok bool) {
	if accept == "" {
		accept = "*/*"
	}
	ranges := parseAccept(accept)
	page := fitOf(ranges, "text/html")
	if x := fitOf(ranges, "application/xhtml+xml"); x.closely == 2 && x.better(page) {
		page = x
	}
	if machine && page.closely < 2 {
		page.q = 0
	}
	top := page
	for _, x := range syntaxes {
		if x.accept == "" {
			continue
		}
		if f := fitOf(ranges, x.accept); f.q > 0 && f.better(top) {
			best, top, ok = x, f, true
		}
	}
	return best, ok
}
