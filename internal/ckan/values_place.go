package ckan

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func firstPeriod(d *catalog.Dataset) *catalog.Period {
	if len(d.Temporal) == 0 {
		d.Temporal = make([]catalog.Period, 1)
	}
	return &d.Temporal[0]
}

// appendTemporal writes the periods that have a start, which is required.
func appendTemporal(b []byte, d *catalog.Dataset) []byte {
	l := list{b: b}
	for _, p := range d.Temporal {
		if p.Start == "" {
			continue
		}
		if !l.more {
			l.b = append(l.b, '[')
		}
		l.comma()
		l.b = append(l.b, '{')
		in := list{b: l.b}
		in.string("temporal_start", string(p.Start))
		in.optional("temporal_end", string(p.End))
		l.b = append(in.b, '}')
	}
	if !l.more {
		return l.b
	}
	return append(l.b, ']')
}

// appendTemporalEnd writes the end of a period without a start, where that is
// all there is.
func appendTemporalEnd(b []byte, d *catalog.Dataset) []byte {
	if len(d.Temporal) == 1 && d.Temporal[0].Start == "" {
		return append(b, d.Temporal[0].End...)
	}
	return b
}

func readTemporal(d *catalog.Dataset, v string) bool {
	if len(d.Temporal) > 0 {
		return true
	}
	var in []struct {
		Start  string `json:"temporal_start"`
		End    string `json:"temporal_end"`
		Start2 string `json:"start"` // as ckanext-dcat has them
		End2   string `json:"end"`
	}
	if json.Unmarshal([]byte(v), &in) != nil {
		return false
	}
	all := true
	for _, p := range in {
		var out catalog.Period
		for _, x := range []struct {
			to *catalog.Date
			v  string
		}{{&out.Start, orElse(p.Start, p.Start2)}, {&out.End, orElse(p.End, p.End2)}} {
			if x.v != "" {
				day, ok := dcat.ParseDate(x.v)
				*x.to, all = day, all && ok
			}
		}
		if out != (catalog.Period{}) {
			d.Temporal = append(d.Temporal, out)
		}
	}
	return all
}

var geoNames = regexp.MustCompile(`geonames\.org/([0-9]+)`)

const geoNamesBase = "https://sws.geonames.org/"

// geoNamesID returns the number of a place whose IRI is in the form that we
// keep.
func geoNamesID(p catalog.Place) string {
	rest, ok := strings.CutPrefix(p.URI, geoNamesBase)
	if !ok || !onlyURI(p) {
		return ""
	}
	return strings.TrimSuffix(rest, "/")
}

func placeCode(p catalog.Place) string {
	code, ok := strings.CutPrefix(p.URI, places)
	if !ok || !onlyURI(p) {
		return ""
	}
	return code
}

func onlyURI(p catalog.Place) bool { return len(p.Name) == 0 && p.Geometry == "" }

// plainPlaces reports whether the fields of ckanext-dcatapit can say where d
// is: any number of EU places, then at most one of GeoNames.
func plainPlaces(d *catalog.Dataset) bool {
	names := 0
	for _, p := range d.Spatial {
		switch {
		case geoNamesID(p) != "":
			names++
		case placeCode(p) == "" || names > 0:
			return false
		}
	}
	return names < 2
}

func appendPlaceCodes(b []byte, d *catalog.Dataset) []byte {
	var codes []string
	for _, p := range d.Spatial {
		if code, ok := strings.CutPrefix(p.URI, places); ok {
			codes = append(codes, code)
		}
	}
	return appendBraces(b, codes)
}

func appendGeoNames(b []byte, d *catalog.Dataset) []byte {
	for _, p := range d.Spatial {
		if m := geoNames.FindStringSubmatch(p.URI); m != nil {
			return append(append(append(b, "http://www.geonames.org/"...), m[1]...), '/')
		}
	}
	return b
}

// appendSpatialGeometry writes the first GeoJSON geometry, which is what
// ckanext-spatial indexes.
func appendSpatialGeometry(b []byte, d *catalog.Dataset) []byte {
	for _, p := range d.Spatial {
		if strings.HasPrefix(strings.TrimSpace(p.Geometry), "{") {
			return append(b, p.Geometry...)
		}
	}
	return b
}

func appendSpatial(b []byte, d *catalog.Dataset) []byte {
	if plainPlaces(d) {
		return b
	}
	return appendObjects(b, d.Spatial, func(in *list, p catalog.Place) {
		in.optional("uri", p.URI)
		if len(p.Name) > 0 {
			in.key("text")
			in.b = appendTextJSON(in.b, p.Name)
		}
		in.optional("geom", p.Geometry)
	})
}

func readSpatial(d *catalog.Dataset, v string) bool {
	var in []struct {
		URI  string          `json:"uri"`
		Text text            `json:"text"`
		Geom json.RawMessage `json:"geom"`
	}
	if json.Unmarshal([]byte(v), &in) != nil {
		return false
	}
	d.Spatial = nil
	for _, p := range in {
		out := catalog.Place{URI: p.URI, Name: p.Text.Text, Geometry: plainValue(p.Geom)}
		if !onlyURI(out) || out.URI != "" {
			d.Spatial = append(d.Spatial, out)
		}
	}
	return true
}

// addPlace adds the place with the given IRI, unless it is there.
func addPlace(d *catalog.Dataset, uri string) bool {
	if !slices.ContainsFunc(d.Spatial, func(p catalog.Place) bool { return p.URI == uri }) {
		d.Spatial = append(d.Spatial, catalog.Place{URI: uri})
	}
	return true
}

// ownPlace returns the place that the keys of plain CKAN describe.
func ownPlace(d *catalog.Dataset) *catalog.Place {
	if len(d.Spatial) == 0 {
		d.Spatial = make([]catalog.Place, 1)
	}
	return &d.Spatial[len(d.Spatial)-1]
}

func readPlaceCodes(d *catalog.Dataset, v string) bool {
	all := true
	for _, s := range stringList(v) {
		c, ok := vocab.Place(s)
		switch {
		case ok:
			addPlace(d, c.IRI)
		case strings.HasPrefix(s, places):
			addPlace(d, s)
		case isCode(s):
			addPlace(d, places+s)
		default:
			all = false
		}
	}
	return all
}

// isCode reports whether s looks like a code of the EU place table, of which
// we have the Italian part alone.
func isCode(s string) bool {
	country, rest, ok := strings.Cut(s, "_")
	return ok && len(country) == 3 && rest != "" && strings.ToUpper(s) == s && !strings.ContainsAny(s, " /:")
}

func readGeoNames(d *catalog.Dataset, v string) bool {
	m := geoNames.FindStringSubmatch(v)
	return m != nil && addPlace(d, geoNamesBase+m[1]+"/")
}

func readGeometry(d *catalog.Dataset, v string) bool {
	if slices.ContainsFunc(d.Spatial, func(p catalog.Place) bool { return p.Geometry != "" }) {
		return true
	}
	if !json.Valid([]byte(v)) || !strings.HasPrefix(strings.TrimSpace(v), "{") {
		return false
	}
	ownPlace(d).Geometry = v
	return true
}
