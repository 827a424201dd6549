package dcat

import (
	"cmp"
	"regexp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

func (r *reader) coverage(s rdf.Term, d *catalog.Dataset) {
	for _, o := range r.objects(s, nsDct+"temporal") {
		if p, ok := r.period(o); ok {
			d.Temporal = append(d.Temporal, p)
		}
	}
	for _, o := range r.objects(s, nsDct+"spatial") {
		if p, ok := r.place(o); ok {
			d.Spatial = append(d.Spatial, p)
		}
	}
}

// The words for the ends of a period, in the order in which they are trusted.
var (
	startWords = []string{nsDcat + "startDate", nsDcatapit + "startDate", nsSchema + "startDate", nsTime + "hasBeginning"}
	endWords   = []string{nsDcat + "endDate", nsDcatapit + "endDate", nsSchema + "endDate", nsTime + "hasEnd"}
)

func (r *reader) period(o rdf.Term) (catalog.Period, bool) {
	var p catalog.Period
	if rdf.IsLiteral(o) {
		p = parsePeriod(rdf.Value(o))
	} else {
		p = catalog.Period{Start: r.instant(o, startWords), End: r.instant(o, endWords)}
	}
	if p.Start == "" {
		if p.End != "" || rdf.IsLiteral(o) {
			r.problem(catalog.Problemf("dct:temporal", rdf.Value(o)+string(p.End), "temporal-without-start",
				"Il periodo non ha un inizio che si legga ed è stato tolto.", "The period has no beginning that can be read and was left out."))
		}
		return p, false
	}
	if p.End != "" && p.End.Time().Before(p.Start.Time()) {
		r.problem(catalog.Problemf("dct:temporal", string(p.Start)+"/"+string(p.End), "temporal-reversed",
			"Il periodo finisce prima di cominciare: le due date sono state scambiate.", "The period ends before it begins: its dates were exchanged."))
		p.Start, p.End = p.End, p.Start
	}
	return p, true
}

func (r *reader) instant(o rdf.Term, words []string) catalog.Date {
	for _, w := range words {
		for _, v := range r.objects(o, w) {
			s := rdf.Value(v)
			if !rdf.IsLiteral(v) {
				s = r.value(v, nsTime+"inXSDDateTime", nsTime+"inXSDDate", nsTime+"inXSDDateTimeStamp", nsTime+"inXSDgYear", nsRdf+"value")
			}
			if d, ok := ParseDate(s); ok {
				return dayOf(d)
			}
		}
	}
	return ""
}

var (
	dcmiPeriod = regexp.MustCompile(`(?i)\b(start|end)\s*=\s*([^;]+)`)
	between    = regexp.MustCompile(`(?i)^\s*(?:dal?\s|from\s)?\s*(.+?)\s+(?:al?|to|--|–|-)\s+(.+?)\s*$`)
	interval   = regexp.MustCompile(`^\s*([^/]+?)\s*/\s*([^/]+?)\s*$`)
	years      = regexp.MustCompile(`^\s*(\d{4})(?:\s*[-–/]\s*([1-9]\d{3}))?\s*$`)
)

// parsePeriod reads a period written as text: "a/b", "start=a; end=b", "dal a
// al b", "2020-2021", "2020".
func parsePeriod(s string) catalog.Period {
	if len(s) > 200 {
		return catalog.Period{}
	}
	var p catalog.Period
	if m := years.FindStringSubmatch(s); m != nil && m[1] >= "1000" {
		return catalog.Period{Start: catalog.Date(m[1] + "-01-01"), End: catalog.Date(cmp.Or(m[2], m[1]) + "-12-31")}
	}
	if ms := dcmiPeriod.FindAllStringSubmatch(s, 4); ms != nil {
		for _, m := range ms {
			if strings.EqualFold(m[1], "start") {
				p.Start = parseDay(m[2])
			} else {
				p.End = parseDay(m[2])
			}
		}
		return p
	}
	if d := parseDay(s); d != "" {
		return catalog.Period{Start: d}
	}
	m := between.FindStringSubmatch(s)
	if m == nil {
		m = interval.FindStringSubmatch(s)
	}
	if m == nil {
		return p
	}
	return catalog.Period{Start: parseDay(m[1]), End: parseDay(m[2])}
}

// parseDay reads an end of a period, or returns "".
func parseDay(s string) catalog.Date {
	d, _ := ParseDate(s)
	return dayOf(d)
}

// place reads a place by IRI, by the literal that ckanext-dcatapit writes, by
// name or by geometry.
func (r *reader) place(o rdf.Term) (catalog.Place, bool) {
	if rdf.IsLiteral(o) {
		return placeOf(rdf.Value(o))
	}
	var p catalog.Place
	if rdf.IsIRI(o) {
		p.URI = placeIRI(rdf.Value(o))
	}
	_, known := vocab.Place(p.URI)
	if !known && !strings.HasPrefix(p.URI, geonamesBase) {
		p.URI = cmp.Or(placeByIdentifier(r.value(o, nsDcatapit+"geographicalIdentifier", nsSkos+"exactMatch")), p.URI)
	}
	for _, w := range []string{nsLocn + "geographicName", nsDcatapit + "geographicalName", nsSkos + "prefLabel", nsRdfs + "label", nsFoaf + "name"} {
		if w == nsSkos+"prefLabel" && known {
			break // the vocabulary's own label
		}
		if p.Name = r.text(o, w, cleanLine); len(p.Name) > 0 {
			break
		}
	}
	p.Geometry = r.geometry(o)
	return p, p.URI != "" || p.Geometry != "" || len(p.Name) > 0
}

// placeByIdentifier returns the IRI that a dcatapit:geographicalIdentifier
// tells, or "".
func placeByIdentifier(id string) string {
	if u, ok := webIRI(id); ok {
		return placeIRI(u)
	}
	v, _ := vocab.Place(id)
	return v.IRI
}

// placeOf reads a place written as text.
func placeOf(s string) (catalog.Place, bool) {
	s = strings.TrimSpace(s)
	if v, ok := vocab.Place(s); ok && strings.Contains(s, "ITA_") {
		return catalog.Place{URI: v.IRI}, true
	}
	if u, ok := webIRI(s); ok {
		return catalog.Place{URI: placeIRI(u)}, true
	}
	if g := geometryOf(s); g != "" {
		return catalog.Place{Geometry: g}, true
	}
	name := catalog.It(cleanLine(s))
	return catalog.Place{Name: name}, len(name) > 0
}

// geometry reads the geometry of a place: what it is, else its box, else its
// centre. Geometries are kept as WKT where there is one, else as GeoJSON.
func (r *reader) geometry(o rdf.Term) string {
	for _, words := range geometryWords {
		if g := r.geometryBy(o, words); g != "" {
			return g
		}
	}
	return ""
}

var geometryWords = [][]string{
	{nsLocn + "geometry", nsGsp + "asWKT", "http://www.w3.org/2003/01/geo/wgs84_pos#asWKT", "http://www.opengis.net/rdf#asWKT"},
	{nsDcat + "bbox"},
	{nsDcat + "centroid"},
}

func (r *reader) geometryBy(o rdf.Term, words []string) string {
	best := ""
	for _, w := range words {
		for _, v := range r.objects(o, w) {
			s := rdf.Value(v)
			if !rdf.IsLiteral(v) {
				s = r.value(v, nsGsp+"asWKT", nsRdf+"value")
			}
			g := geometryOf(s)
			if g != "" && (best == "" || strings.HasPrefix(best, "{") && !strings.HasPrefix(g, "{")) {
				best = g
			}
		}
	}
	return best
}

var (
	wkt    = regexp.MustCompile(`(?is)^(?:POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION|ENVELOPE)\s*(?:Z|M|ZM)?\s*\([-+0-9.eE,\s()]+\)$`)
	wktCRS = regexp.MustCompile(`(?is)^(<[^<>]*>|SRID=\d+;)\s*`)
)

const maxGeometry = 1 << 20

// geometryOf returns s if it is WKT or looks like GeoJSON, or "".
func geometryOf(s string) string {
	if len(s) > maxGeometry {
		return ""
	}
	s = strings.TrimSpace(dropControls(s))
	if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") && strings.Contains(s, `"type"`) && !strings.Contains(s, "NaN") {
		return s
	}
	if s = wktCRS.ReplaceAllString(s, ""); wkt.MatchString(s) {
		return s
	}
	return ""
}
