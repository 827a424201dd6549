package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Italy is the box around Italy and its islands.
var Italy = orb.Bound{Min: orb.Point{6.5, 35.3}, Max: orb.Point{18.7, 47.2}}

// Each calls f with every vertex of g until it returns false.
func Each(g orb.Geometry, f func(orb.Point) bool) bool {
	if p, ok := g.(orb.Point); ok {
		return f(p)
	}
	if c, ok := g.(orb.Collection); ok {
		for _, m := range c {
			if !Each(m, f) {
				return false
			}
		}
		return true
	}
	return eachPart(g, func(points []orb.Point) bool {
		for _, p := range points {
			if !f(p) {
				return false
			}
		}
		return true
	})
}

// eachPart calls f with the vertices of each line or ring of g, which is no
// point and no collection, until it returns false.
func eachPart(g orb.Geometry, f func([]orb.Point) bool) bool {
	switch g := g.(type) {
	case orb.MultiPoint:
		return f(g)
	case orb.LineString:
		return f(g)
	case orb.MultiLineString:
		for _, l := range g {
			if !f(l) {
				return false
			}
		}
	case orb.Polygon:
		for _, r := range g {
			if !f(r) {
				return false
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if !eachPart(p, f) {
				return false
			}
		}
	}
	return true
}

// Map changes every vertex of g in place, where it can, and returns g. It
// reports false when f did for any.
func Map(g orb.Geometry, f func(orb.Point) (orb.Point, bool)) (orb.Geometry, bool) {
	if p, ok := g.(orb.Point); ok {
		p, ok = f(p)
		return p, ok
	}
	if c, ok := g.(orb.Collection); ok {
		for i, m := range c {
			n, ok := Map(m, f)
			if !ok {
				return c, false
			}
			c[i] = n
		}
		return c, true
	}
	return g, eachPart(g, func(points []orb.Point) bool {
		for i, p := range points {
			q, ok := f(p)
			if !ok {
				return false
			}
			points[i] = q
		}
		return true
	})
}

// A Box grows around points. Its zero value is empty.
type Box struct {
	Min, Max orb.Point
	Any      bool // it holds a point
}

// Add makes the box hold p.
func (b *Box) Add(p orb.Point) {
	if !b.Any {
		b.Min, b.Max, b.Any = p, p, true
		return
	}
	for i := range 2 {
		b.Min[i], b.Max[i] = math.Min(b.Min[i], p[i]), math.Max(b.Max[i], p[i])
	}
}

// edgeSteps is in how many steps the edges of a box are walked.
const edgeSteps = 22

// Edges calls f with points all along the edges of the box: straight lines of
// one system are curves of another.
func (b *Box) Edges(f func(orb.Point)) {
	if !b.Any {
		return
	}
	for i := range edgeSteps + 1 {
		t := float64(i) / edgeSteps
		x, y := b.Min[0]+t*(b.Max[0]-b.Min[0]), b.Min[1]+t*(b.Max[1]-b.Min[1])
		for _, p := range []orb.Point{{x, b.Min[1]}, {x, b.Max[1]}, {b.Min[0], y}, {b.Max[0], y}} {
			f(p)
		}
	}
}

// Swapped is p with its coordinates the other way round.
func Swapped(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} }

// Guess tells in which system points of a file are that does not say, or
// Unknown. A zone of UTM cannot be told from its numbers alone: near is where
// the points should lie. swapped says that north comes before east.
func Guess(points []orb.Point, near orb.Bound) (c CRS, swapped bool) {
	for _, swap := range []bool{false, true} {
		for _, c := range []CRS{WGS84, GaussBoagaWest, GaussBoagaEast, 32632, 32633, WebMercator} {
			if mostlyIn(points, c, swap, near) {
				return c, swap
			}
		}
	}
	return Unknown, false
}

// mostlyIn reports whether nine in ten points lie in the box when they are
// read as c. Two zones of UTM overlap, so each must keep near its meridian.
func mostlyIn(points []orb.Point, c CRS, swap bool, box orb.Bound) bool {
	s := systems[c]
	in := 0
	for _, p := range points {
		if swap {
			p = Swapped(p)
		}
		if s.scale != 0 && math.Abs(p[0]-s.east) > 400_000 {
			continue
		}
		q, ok := c.WGS84(p)
		if ok && box.Contains(q) && (p[0] != 0 || p[1] != 0) {
			in++
		}
	}
	return len(points) > 0 && in*10 >= len(points)*9
}
