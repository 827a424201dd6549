// Package extent finds out which part of the map a geometry is on. It must not
// know what the geometry is of.
package extent

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// A Box is the extent of a geometry, in degrees.
type Box struct {
	West, South, East, North float64
	Points                   int // of the geometry
}

// Add makes b reach to another box.
func (b *Box) Add(other Box) {
	if other.Points > 0 {
		b.add(other.West, other.South)
		b.add(other.East, other.North)
		b.Points += other.Points - 2
	}
}

func (b *Box) add(x, y float64) {
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return
	}
	if b.Points == 0 {
		b.West, b.South, b.East, b.North = x, y, x, y
	}
	b.West, b.South, b.East, b.North = min(b.West, x), min(b.South, y), max(b.East, x), max(b.North, y)
	b.Points++
}

// Of returns the extent of a geometry in WKT or GeoJSON; it has no points
// where there is none to be read.
func Of(geometry string) Box {
	var b Box
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
func (b *Box) json(v any, depth int) {
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
