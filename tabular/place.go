package tabular

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"portico/catalog"
	"portico/tabular/geo"
)

// geometryField is the name of the column with the shapes of features.
const geometryField = "geometry"

const (
	samplePoints = 1000
	maxTold      = 20 // points outside that are told one by one
)

// A Geo is what is known of the shapes of a table.
type Geo struct {
	CRS      geo.CRS // of the file; the Geometry column is WGS 84 whatever it is
	Accuracy float64 // metres by which the coordinates may be off for the change of CRS
	Features int64
	Kinds    []string // "Point", …, in the order in which they come
	BBox     geo.Box  // on WGS 84, around the extent that the file has in its own system
	Outside  int64    // features with a point outside Italy, or the Options.Within
	Empty    int64    // features without a shape
	Problems []string // for people, in both languages
}

// placeOptions is what a file says of its coordinates.
type placeOptions struct {
	crs     geo.CRS
	stated  bool // the file says it; else it is what the format holds to
	told    string
	nowhere bool // there is no geometry column at all
}

// A placing brings shapes to WGS 84 and notes what is wrong with them.
type placing struct {
	crs     geo.CRS
	swapped bool
	within  orb.Bound
	stat    *Geo // nil once it is full
	told    int
	failed  int64
	mended  int64
	native  geo.Box // in the system of the file
	buf     []byte
}

// openFeatures understands a source of features.
func openFeatures(ctx context.Context, t *Table, src fieldSource, f *fields, p placeOptions, o Options) error {
	points, shapes, err := learn(ctx, src, f)
	if err != nil {
		return err
	}
	return placeFeatures(ctx, t, src, f, points, shapes, p, o)
}

// placeFeatures understands features whose fields are known.
func placeFeatures(ctx context.Context, t *Table, src fieldSource, f *fields, points []orb.Point, shapes bool, p placeOptions, o Options) error {
	columns := slices.Clone(f.names)
	if shapes || !p.nowhere {
		f.declare(geometryField, catalog.Geometry)
	}
	place := newPlacing(points, p, o)
	t.Geo = place.stat
	l := layout{header: -1, headers: slices.Clone(f.names), types: f.types, width: len(f.names), lenient: true, exact: true}
	if len(columns) == 0 && len(f.names) == 0 {
		return catalog.Errorf(catalog.Invalid, "The file holds no features").Italian("Il file non contiene elementi geografici")
	}
	if len(f.names) > maxCells {
		return tooWide()
	}
	if err := understand(ctx, t, &fieldTable{src: src, f: f, place: place}, &l, o); err != nil {
		return err
	}
	place.conclude(t)
	return nil
}

// newPlacing decides in which system the points are.
func newPlacing(points []orb.Point, p placeOptions, o Options) *placing {
	q := &placing{crs: p.crs, within: geo.Italy, stat: &Geo{}}
	if o.Within != nil {
		q.within = bound(*o.Within)
	}
	if o.CRS != geo.Unknown {
		q.crs, p.stated = o.CRS, true
	}
	g := q.stat
	switch {
	case len(points) == 0:
	case q.crs == geo.Unknown && p.stated: // to guess another would be off by hundreds of metres, and look right
		g.Problems = append(g.Problems, fmt.Sprintf("Sistema di riferimento che non conosciamo: %s; le geometrie restano vuote / unknown reference system: no geometries", clip(p.told, 120)))
	case q.crs == geo.Unknown:
		q.guess(points)
	case outOfPlane(points, q.crs) || !geoMostly(points, q.crs, q.within) && swapHelps(points, q.crs, q.within):
		q.guess(points)
	}
	g.CRS, g.Accuracy = q.crs, q.crs.Accuracy()
	return q
}

// guess takes the system in which the points lie where they should.
func (q *placing) guess(points []orb.Point) {
	crs, swapped := geo.Guess(points, q.within)
	if crs == geo.Unknown && q.within != geo.Italy {
		crs, swapped = geo.Guess(points, geo.Italy)
	}
	if crs == geo.Unknown {
		if q.crs == geo.Unknown || outOfPlane(points, q.crs) {
			q.stat.Problems = append(q.stat.Problems, "Le coordinate non sono in gradi e il sistema di riferimento non è indicato / coordinates of an unknown reference system")
		}
		return
	}
	if crs != q.crs {
		q.stat.Problems = append(q.stat.Problems, fmt.Sprintf("Sistema di riferimento dedotto dalle coordinate: %s (%s) / reference system guessed", crs, crs.Name()))
		q.crs = crs
	}
	if q.swapped = swapped; swapped {
		q.stat.Problems = append(q.stat.Problems, "Latitudine e longitudine erano invertite: corrette / latitude and longitude were swapped: mended")
	}
}

// outOfPlane reports whether most points cannot be of a system.
func outOfPlane(points []orb.Point, c geo.CRS) bool {
	bad := 0
	for _, p := range points {
		if _, ok := c.WGS84(p); !ok {
			bad++
		}
	}
	return bad*2 > len(points)
}

func geoMostly(points []orb.Point, c geo.CRS, box orb.Bound) bool {
	in := 0
	for _, p := range points {
		if q, ok := c.WGS84(p); ok && box.Contains(q) {
			in++
		}
	}
	return in*2 >= len(points)
}

// swapHelps reports whether the points lie in the box the other way round.
func swapHelps(points []orb.Point, c geo.CRS, box orb.Bound) bool {
	turned := make([]orb.Point, len(points))
	for i, p := range points {
		turned[i] = geo.Swapped(p)
	}
	return geoMostly(turned, c, box)
}

// put sets the geometry field of a record.
func (q *placing) put(f *fields) {
	g, ok := geo.Map(f.geometry, q.toWGS84)
	if !ok {
		g = nil
	}
	if q.stat != nil {
		q.note(f.geometry, g, ok)
		if f.mended {
			q.mended++
		}
	}
	if g == nil {
		return
	}
	q.buf = geo.AppendJSON(q.buf[:0], g)
	f.set(geometryField, string(q.buf), false)
}

func (q *placing) toWGS84(p orb.Point) (orb.Point, bool) {
	if q.swapped {
		p = geo.Swapped(p)
	}
	w, ok := q.crs.WGS84(p)
	if ok && q.stat != nil {
		q.native.Add(p)
	}
	return w, ok
}

func (q *placing) note(raw, g orb.Geometry, ok bool) {
	s := q.stat
	s.Features++
	switch {
	case !ok:
		q.failed++
		return
	case raw == nil:
		s.Empty++
		return
	}
	if kind := g.GeoJSONType(); !slices.Contains(s.Kinds, kind) {
		s.Kinds = append(s.Kinds, kind)
	}
	var out *orb.Point
	geo.Each(g, func(p orb.Point) bool {
		if out == nil && !q.within.Contains(p) {
			out = &p
		}
		return true
	})
	if out == nil {
		return
	}
	if s.Outside++; q.told < maxTold {
		q.told++
		s.Problems = append(s.Problems, fmt.Sprintf("Punto fuori %s: %.4f, %.4f (elemento %d) / point outside: feature %d",
			q.where(), out[0], out[1], s.Features, s.Features))
	}
}

func (q *placing) where() string {
	if q.within == geo.Italy {
		return "dall'Italia"
	}
	return "dal territorio comunale"
}

// conclude tells the counts and ends the taking of notes.
func (q *placing) conclude(t *Table) {
	s := q.stat
	q.native.Edges(func(p orb.Point) {
		if w, ok := q.crs.WGS84(p); ok {
			s.BBox.Add(w)
		}
	})
	if s.Empty > 0 {
		s.Problems = append(s.Problems, fmt.Sprintf("Elementi senza geometria: %d / features without a geometry: %d", s.Empty, s.Empty))
	}
	if q.mended > 0 {
		s.Problems = append(s.Problems, fmt.Sprintf("Coordinate scritte come testo invece che come numeri: lette lo stesso in %d elementi / coordinates as strings: read all the same in %d features", q.mended, q.mended))
	}
	if q.failed > 0 {
		s.Problems = append(s.Problems, fmt.Sprintf("Elementi con coordinate illeggibili: %d / features with coordinates that cannot be read: %d", q.failed, q.failed))
	}
	if s.Outside > int64(q.told) {
		s.Problems = append(s.Problems, fmt.Sprintf("In tutto %d elementi fuori %s / features outside: %d", s.Outside, q.where(), s.Outside))
	}
	if s.Accuracy >= 1 {
		t.Notes = append(t.Notes, fmt.Sprintf("Coordinate portate da %s a EPSG:4326, precisione %.0f m / coordinates brought to EPSG:4326, accurate to %.0f m", s.CRS, s.Accuracy, s.Accuracy))
	} else if s.CRS != geo.WGS84 && s.CRS != geo.Unknown {
		t.Notes = append(t.Notes, fmt.Sprintf("Coordinate portate da %s a EPSG:4326 / coordinates brought to EPSG:4326", s.CRS))
	}
	t.Notes = append(t.Notes, s.Problems...)
	q.stat = nil
}

func anyPoint(g orb.Geometry) (p orb.Point, ok bool) {
	geo.Each(g, func(q orb.Point) bool {
		p, ok = q, true
		return false
	})
	return p, ok
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
