package outline

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/orb/simplify"
)

// How much of an outline is kept: points on a grid of a ten-thousandth of a
// degree, about ten metres, and of those the ones that make a difference of
// about 5,000 m² (Visvalingam and Whyatt).
const (
	gridPerDegree = 10_000
	leastTriangle = 5e-7 // square degrees
	leastIsland   = 2e-6 // square degrees: smaller islands go, unless there is nothing else
	keptOfArc     = 3    // points: two arcs of them still are a ring
)

// A cell is a point of the grid, packed.
type cell uint64

func cellOf(p orb.Point) cell {
	x, y := int32(math.Round(p[0]*gridPerDegree)), int32(math.Round(p[1]*gridPerDegree))
	return cell(uint32(x))<<32 | cell(uint32(y))
}

func (c cell) point() orb.Point {
	return orb.Point{float64(int32(c>>32)) / gridPerDegree, float64(int32(c)) / gridPerDegree}
}

// A ringOnGrid is a closed ring without its last point, which is the first.
type ringOnGrid []cell

// gridded puts a ring on the grid, or returns nil where nothing is left of it.
func gridded(r orb.Ring) ringOnGrid {
	out := make(ringOnGrid, 0, len(r))
	for _, p := range r {
		if c := cellOf(p); len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	if len(out) < 3 {
		return nil
	}
	return out
}

// simplified makes the outlines of areas small. What two areas have in common
// stays in common: rings are cut into arcs where three areas meet, and an arc
// is simplified in the same way whichever ring it is of, so that neighbours
// neither gape nor overlap.
func simplified(areas []*Area) {
	rings := make([][][]ringOnGrid, len(areas)) // area, polygon, ring
	var k knots
	for i, a := range areas {
		for _, p := range a.Shape {
			var poly []ringOnGrid
			for j, r := range p {
				g := gridded(r)
				if g == nil && j == 0 {
					break // without its outer ring there is no polygon
				}
				if g != nil {
					poly = append(poly, g)
					k.add(g)
				}
			}
			if poly != nil {
				rings[i] = append(rings[i], poly)
			}
		}
	}
	for i, a := range areas {
		var shape orb.MultiPolygon
		for _, poly := range rings[i] {
			var p orb.Polygon
			for j, g := range poly {
				p = append(p, oriented(k.thin(g), j == 0))
			}
			shape = append(shape, p)
		}
		a.Shape = withoutSkerries(shape)
		a.Box = a.Shape.Bound()
	}
}

// oriented returns a ring that runs as GeoJSON wants it: counterclockwise
// around an area, clockwise around a hole.
func oriented(r orb.Ring, outer bool) orb.Ring {
	if (r.Orientation() == orb.CCW) != outer {
		r.Reverse()
	}
	return r
}

// withoutSkerries leaves out islands that are too small to be seen, but for the
// largest of all.
func withoutSkerries(shape orb.MultiPolygon) orb.MultiPolygon {
	size := func(p orb.Polygon) float64 { return math.Abs(planar.Area(p[0])) }
	largest := 0
	for i := range shape {
		if size(shape[i]) > size(shape[largest]) {
			largest = i
		}
	}
	out := shape[:0:0]
	for i, p := range shape {
		if i == largest || size(p) >= leastIsland {
			out = append(out, p)
		}
	}
	return out
}

// Knots knows where arcs end: at points whose neighbours are not the same in
// every ring that they are in.
type knots struct {
	beside map[cell][2]cell
	knot   map[cell]bool
}

func (k *knots) add(r ringOnGrid) {
	if k.beside == nil {
		k.beside, k.knot = make(map[cell][2]cell), make(map[cell]bool)
	}
	for i, c := range r {
		a, b := r[(i+len(r)-1)%len(r)], r[(i+1)%len(r)]
		if a > b {
			a, b = b, a
		}
		if was, ok := k.beside[c]; ok && was != [2]cell{a, b} {
			k.knot[c] = true
		}
		k.beside[c] = [2]cell{a, b}
	}
}

// thin simplifies a ring, arc by arc.
func (k *knots) thin(r ringOnGrid) orb.Ring {
	start := slices.IndexFunc(r, func(c cell) bool { return k.knot[c] })
	if start < 0 { // an island: all of whose rings begin at the same point
		start = slices.Index(r, slices.Min(r))
	}
	turned := slices.Concat(r[start:], r[:start], r[start:start+1])
	var out orb.Ring
	for from := 0; from < len(turned)-1; {
		to := from + 1
		for to < len(turned)-1 && !k.knot[turned[to]] {
			to++
		}
		arc := thinArc(turned[from : to+1])
		if out != nil {
			arc = arc[1:] // where the arc before has ended
		}
		out = append(out, arc...)
		from = to
	}
	if len(out) < 4 {
		out = out[:0]
		for _, c := range turned {
			out = append(out, c.point())
		}
	}
	return out
}

// thinArc simplifies an arc, always from the same of its ends.
func thinArc(arc []cell) orb.LineString {
	arc = slices.Clone(arc)
	back := backwards(arc)
	if back {
		slices.Reverse(arc)
	}
	line := make(orb.LineString, len(arc))
	for i, c := range arc {
		line[i] = c.point()
	}
	if len(line) > keptOfArc {
		keep := keptOfArc
		if arc[0] == arc[len(arc)-1] {
			keep++
		}
		line = simplify.Visvalingam(leastTriangle, keep).LineString(line)
	}
	if back {
		slices.Reverse(line)
	}
	return line
}

// backwards reports whether an arc runs from its greater end.
func backwards(arc []cell) bool {
	for i, j := 0, len(arc)-1; i < j; i, j = i+1, j-1 {
		if arc[i] != arc[j] {
			return arc[i] > arc[j]
		}
	}
	return false
}
