package dcat

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"portico/internal/rdf"
)

// A box is the extent of a geometry, in degrees.
type box struct {
	west, south, east, north float64
	points                   int
}

func (b *box) add(x, y float64) {
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return
	}
	if b.points == 0 {
		b.west, b.south, b.east, b.north = x, y, x, y
	}
	b.west, b.south, b.east, b.north = min(b.west, x), min(b.south, y), max(b.east, x), max(b.north, y)
	b.points++
}

// extentOf returns the extent of a geometry in WKT or GeoJSON; it has no points
// where there is none to be read.
func extentOf(geometry string) box {
	var b box
	g := strings.TrimSpace(geometry)
	if strings.HasPrefix(g, "{") {
		var v any
		if json.Unmarshal([]byte(g), &v) == nil {
			b.json(v, 0)
		}
		return b
	}
	open := strings.IndexByte(g, '(')
	if open < 0 {
		return b
	}
	word := strings.ToUpper(strings.TrimSpace(g[:open]))
	if word == "ENVELOPE" { // west, east, north, south
		ns := numbers(strings.FieldsFunc(g[open:], notNumber))
		if len(ns) == 4 {
			b.add(ns[0], ns[3])
			b.add(ns[1], ns[2])
		}
		return b
	}
	for tuple := range strings.SplitSeq(g[open:], ",") {
		if ns := numbers(strings.FieldsFunc(tuple, notNumber)); len(ns) >= 2 {
			b.add(ns[0], ns[1])
		}
	}
	return b
}

// maxNesting is deeper than any geometry of GeoJSON.
const maxNesting = 12

// json takes every position in a value of GeoJSON.
func (b *box) json(v any, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"coordinates", "geometry", "geometries", "features"} {
			b.json(v[key], depth+1)
		}
	case []any:
		if len(v) >= 2 {
			x, okX := v[0].(float64)
			y, okY := v[1].(float64)
			if okX && okY {
				b.add(x, y)
				return
			}
		}
		for _, e := range v {
			b.json(e, depth+1)
		}
	}
}

func notNumber(r rune) bool {
	return (r < '0' || r > '9') && !strings.ContainsRune("+-.eE", r)
}

func numbers(fields []string) []float64 {
	out := make([]float64, 0, len(fields))
	for _, f := range fields {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			continue
		}
		out = append(out, n)
	}
	return out
}

// wkt returns b as a polygon.
func (b box) wkt() string {
	corner := func(x, y float64) string { return degrees(x) + " " + degrees(y) }
	return "POLYGON((" + strings.Join([]string{
		corner(b.west, b.south), corner(b.east, b.south), corner(b.east, b.north), corner(b.west, b.north), corner(b.west, b.south),
	}, ", ") + "))"
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// extent adds the box of a geometry and its centre, as GeoDCAT-AP wants them.
func (n *node) extent(geometry string) {
	b := extentOf(geometry)
	if b.points == 0 {
		return
	}
	n.literal(pBox, rdf.NewTypedLiteral(b.wkt(), nsGsp+"wktLiteral"))
	centre := "POINT(" + degrees((b.west+b.east)/2) + " " + degrees((b.south+b.north)/2) + ")"
	n.literal(pCentroid, rdf.NewTypedLiteral(centre, nsGsp+"wktLiteral"))
}
