package geo

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
)

// maxNesting is how many collections may stand in collections.
const maxNesting = 8

// ParseWKB reads a geometry in well-known binary, of OGC, ISO and PostGIS,
// and drops heights and measures. What is broken or empty is nil.
func ParseWKB(b []byte) orb.Geometry {
	w := wkb{b: b}
	g := w.geometry(0)
	if w.bad {
		return nil
	}
	return g
}

// ParseGeoPackage reads the geometry of a GeoPackage: a header, then WKB.
func ParseGeoPackage(b []byte) orb.Geometry {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil
	}
	envelope := []int{0, 32, 48, 48, 64, 0, 0, 0}[b[3]>>1&7]
	if b[3]&0x10 != 0 || len(b) < 8+envelope {
		return nil // empty
	}
	return ParseWKB(b[8+envelope:])
}

// A wkb is what is left of a geometry. No count is believed that the bytes
// left cannot hold.
type wkb struct {
	b   []byte
	bo  binary.ByteOrder
	bad bool
	dim int // numbers of a point
}

func (w *wkb) uint32() uint32 {
	if len(w.b) < 4 {
		w.bad = true
		return 0
	}
	v := w.bo.Uint32(w.b)
	w.b = w.b[4:]
	return v
}

func (w *wkb) count(size int) int {
	n := int(w.uint32())
	if w.bad || n > len(w.b)/size {
		w.bad = true
		return 0
	}
	return n
}

func (w *wkb) point() orb.Point {
	if len(w.b) < 8*w.dim {
		w.bad = true
		return orb.Point{}
	}
	p := orb.Point{math.Float64frombits(w.bo.Uint64(w.b)), math.Float64frombits(w.bo.Uint64(w.b[8:]))}
	w.b = w.b[8*w.dim:]
	return p
}

func (w *wkb) points() []orb.Point {
	all := make([]orb.Point, w.count(8*w.dim))
	for i := range all {
		all[i] = w.point()
	}
	return all
}

func (w *wkb) polygon() orb.Polygon {
	p := make(orb.Polygon, w.count(4))
	for i := range p {
		p[i] = w.points()
	}
	return p
}

// kind reads the byte order and the type of a geometry.
func (w *wkb) kind() uint32 {
	if len(w.b) < 5 {
		w.bad = true
		return 0
	}
	w.bo = binary.BigEndian
	if w.b[0] == 1 {
		w.bo = binary.LittleEndian
	}
	w.b = w.b[1:]
	k := w.uint32()
	w.dim = 2
	if k&0x80000000 != 0 {
		w.dim++
	}
	if k&0x40000000 != 0 {
		w.dim++
	}
	if k&0x20000000 != 0 {
		w.uint32() // the SRID of PostGIS
	}
	k &= 0x0fffffff
	switch k / 1000 {
	case 1, 2:
		w.dim++
	case 3:
		w.dim += 2
	}
	return k % 1000
}

func (w *wkb) geometry(depth int) orb.Geometry {
	k := w.kind()
	if w.bad || depth > maxNesting {
		w.bad = true
		return nil
	}
	switch k {
	case 1:
		p := w.point()
		if !finite(p[0]) || !finite(p[1]) {
			return nil
		}
		return p
	case 2:
		if l := w.points(); len(l) > 0 {
			return orb.LineString(l)
		}
	case 3:
		if p := w.polygon(); len(p) > 0 {
			return p
		}
	case 4, 5, 6, 7:
		return w.several(k, depth)
	default:
		w.bad = true // curves and surfaces, which GeoJSON has not
	}
	return nil
}

func (w *wkb) several(k uint32, depth int) orb.Geometry {
	var all orb.Collection
	for range w.count(5) {
		g := w.geometry(depth + 1)
		if w.bad {
			return nil
		}
		if g != nil {
			all = append(all, g)
		}
	}
	if k == 7 && len(all) > 0 {
		return all
	}
	return Narrow(all)
}

// Narrow makes the narrowest geometry of several: points alone are a
// MultiPoint. None are nil.
func Narrow(all orb.Collection) orb.Geometry {
	var points orb.MultiPoint
	var lines orb.MultiLineString
	var polygons orb.MultiPolygon
	for _, g := range all {
		switch g := g.(type) {
		case orb.Point:
			points = append(points, g)
		case orb.LineString:
			lines = append(lines, g)
		case orb.Polygon:
			polygons = append(polygons, g)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case len(points):
		return points
	case len(lines):
		return lines
	case len(polygons):
		return polygons
	}
	return all
}
