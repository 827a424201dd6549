package tabular

import (
	"regexp"

	"github.com/paulmach/orb"
)

// setFeature makes fields of a GeoJSON feature, or of a bare geometry.
func setFeature(f *fields, raw []byte) {
	if len(raw) == 0 || raw[0] != '{' {
		f.bad = "Elemento che non è un oggetto / not an object"
		return
	}
	feature := false
	eachMember(raw, func(key string, value []byte) {
		switch key {
		case "id":
			setJSON(f, "id", value, maxFlat)
		case "properties":
			feature = true
			if value[0] == '{' {
				flatten(f, "", value, 0)
			}
		case "geometry":
			feature = true
			f.setGeometry(value)
		}
	})
	if !feature {
		f.setGeometry(raw)
	}
}

func (f *fields) setGeometry(raw []byte) {
	f.geometry = parseGeometry(raw, 0)
	if f.geometry != nil {
		f.mended = quotedNumber.Match(raw)
	}
}

// quotedNumber is a coordinate as a string, which the standard forbids and
// most programs read as nothing.
var quotedNumber = regexp.MustCompile(`"coordinates"\s*:\s*[\[\s]*"`)

// parseGeometry reads a GeoJSON geometry, its coordinates as strings as well.
// What cannot be read is nil, as a null geometry is.
func parseGeometry(raw []byte, depth int) orb.Geometry {
	if depth > 4 || len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	var kind string
	var coordinates, parts []byte
	eachMember(raw, func(key string, value []byte) {
		switch key {
		case "type":
			kind = jsonString(value)
		case "coordinates":
			coordinates = value
		case "geometries":
			parts = value
		}
	})
	if kind == "GeometryCollection" {
		var all orb.Collection
		eachElement(parts, func(value []byte) {
			if g := parseGeometry(value, depth+1); g != nil {
				all = append(all, g)
			}
		})
		if len(all) == 0 {
			return nil
		}
		return all
	}
	return parseCoordinates(kind, coordinates)
}

func parseCoordinates(kind string, raw []byte) orb.Geometry {
	switch kind {
	case "Point":
		if p, ok := parsePosition(raw); ok {
			return p
		}
	case "MultiPoint":
		return orNil(orb.MultiPoint(parseLine(raw)))
	case "LineString":
		return orNil(orb.LineString(parseLine(raw)))
	case "MultiLineString":
		return orNil(orb.MultiLineString(parseParts(raw, func(v []byte) orb.LineString { return parseLine(v) })))
	case "Polygon":
		return orNil(parsePolygon(raw))
	case "MultiPolygon":
		return orNil(orb.MultiPolygon(parseParts(raw, parsePolygon)))
	}
	return nil
}

// orNil is nil for a geometry without parts.
func orNil[G interface {
	orb.Geometry
	~[]E
}, E any](g G) orb.Geometry {
	if len(g) == 0 {
		return nil
	}
	return g
}

// parseParts reads the parts of a geometry; those without points are left out.
func parseParts[P ~[]E, E any](raw []byte, one func([]byte) P) []P {
	var all []P
	eachElement(raw, func(v []byte) {
		if p := one(v); len(p) > 0 {
			all = append(all, p)
		}
	})
	return all
}

func parsePolygon(raw []byte) orb.Polygon {
	return parseParts(raw, func(v []byte) orb.Ring { return parseLine(v) })
}

func parseLine(raw []byte) []orb.Point {
	var all []orb.Point
	eachElement(raw, func(v []byte) {
		if p, ok := parsePosition(v); ok {
			all = append(all, p)
		}
	})
	return all
}

func parsePosition(raw []byte) (p orb.Point, ok bool) {
	n := 0
	ok = true
	eachElement(raw, func(v []byte) {
		if n < 2 {
			f, good := jsonNumber(v)
			p[n], ok = f, ok && good
		}
		n++
	})
	return p, ok && n >= 2
}
