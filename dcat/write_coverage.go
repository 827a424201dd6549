package dcat

import (
	"cmp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// coverage writes the periods and places of d.
func (b *builder) coverage(n *node, d *catalog.Dataset) {
	for _, p := range d.Temporal {
		b.period(n, p)
	}
	for i := range d.Spatial {
		b.place(n, &d.Spatial[i])
	}
}

// period writes the same dates in the words of DCAT-AP_IT, DCAT-AP 2 and
// DCAT-AP 1: each reader knows one of them (dcat-traps D5). A period without a
// beginning is not one of the profile.
func (b *builder) period(n *node, p catalog.Period) {
	if p.Start == "" || !p.Start.Valid() {
		return
	}
	t, blank := b.blank(cPeriod)
	starts, ends := b.classes(startProperties...), b.classes(endProperties...)
	for _, q := range starts {
		t.date(q, p.Start)
	}
	for _, q := range ends {
		t.date(q, p.End)
	}
	n.blank(pTemporal, blank)
	b.done(t)
}

// place writes a place under its own IRI, or as a blank node when it has no
// IRI, or a geometry, which is of this dataset and not of the place.
func (b *builder) place(n *node, p *catalog.Place) {
	uri, ok := absoluteIRI(placeIRI(p.URI))
	if ok && p.Geometry == "" {
		n.iri(pSpatial, rdf.NewIRI(uri))
		if b.claim(uri, aThing) {
			l := about(rdf.NewIRI(uri), cLocation)
			if v, known := vocab.Place(uri); known {
				label := cmp.Or(v.Label["it"], v.Label["en"])
				l.literal(pPrefLabel, rdf.NewLangLiteral(label, "it"))
			}
			b.placeFacts(l, p, uri)
			b.done(l)
		}
		return
	}
	if !ok && len(p.Name) == 0 && p.Geometry == "" {
		return
	}
	l, blank := b.blank(cLocation)
	if ok && !b.as.italian { // which has a property of its own for it
		l.iri(pExactMatch, rdf.NewIRI(uri))
	}
	b.placeFacts(l, p, uri)
	n.blank(pSpatial, blank)
	b.done(l)
}

func (b *builder) placeFacts(l *node, p *catalog.Place, uri string) {
	if b.as.italian {
		l.plain(pGeoIdentifier, geoIdentifier(uri))
	}
	l.text(pGeoName, p.Name, cleanLine)
	if b.as.geo {
		l.extent(p.Geometry)
	}
	switch g := strings.TrimSpace(dropControls(p.Geometry)); {
	case g == "":
	case strings.HasPrefix(g, "{"):
		l.literal(pGeometry, rdf.NewTypedLiteral(g, geoJSONType))
	default:
		l.literal(pGeometry, rdf.NewTypedLiteral(g, nsGsp+"wktLiteral"))
	}
}

// placeIRI returns the linked-data IRI of a GeoNames page, and other addresses
// as they are.
func placeIRI(s string) string {
	_, rest, ok := strings.Cut(s, "geonames.org/")
	if !ok || !strings.Contains(s, "://") {
		return s
	}
	id, _, _ := strings.Cut(rest, "/")
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return s
	}
	return geonamesBase + id + "/"
}

// geoIdentifier is the literal by which ckanext-dcatapit knows a place: the
// only thing that it reads (dcat-traps D6).
func geoIdentifier(uri string) string {
	if id, ok := strings.CutPrefix(uri, geonamesBase); ok {
		return "http://www.geonames.org/" + strings.Trim(id, "/")
	}
	return uri
}

// standard links what d conforms to.
func (b *builder) standard(n *node, s *catalog.Standard) {
	uri, ok := absoluteIRI(s.URI)
	id := cleanLine(cmp.Or(s.Identifier, s.URI, s.Title.String()))
	if id == "" {
		return
	}
	var t *node
	if ok {
		n.iri(pConformsTo, rdf.NewIRI(uri))
		if !b.claim(uri, aThing) {
			return
		}
		t = about(rdf.NewIRI(uri), b.classes(standardClasses...)...)
	} else {
		var blank rdf.Blank
		t, blank = b.blank(b.classes(standardClasses...)...)
		n.blank(pConformsTo, blank)
	}
	t.plain(pIdentifier, id)
	t.text(pTitle, s.Title, cleanLine)
	t.text(pDescription, s.Description, cleanText)
	reference := pReference
	if !b.as.italian {
		reference = pSeeAlso
	}
	b.things(t, reference, s.References)
	b.done(t)
}
