// Package geo brings coordinates to WGS 84 and writes them as GeoJSON: it
// knows the reference systems of Italian data and no file, table or store.
package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// A CRS is a coordinate reference system, by its EPSG code. Coordinates are
// always east before north, longitude before latitude, as files hold them
// whatever the register of EPSG says of the order.
type CRS int

// The systems in which Italian offices publish.
const (
	Unknown        CRS = 0
	WGS84          CRS = 4326
	ETRS89         CRS = 4258
	MonteMario     CRS = 4265
	WebMercator    CRS = 3857
	GaussBoagaWest CRS = 3003
	GaussBoagaEast CRS = 3004
	RDN2008        CRS = 6706
)

// An ellipsoid is a figure of the Earth.
type ellipsoid struct{ a, f float64 }

var (
	grs80         = ellipsoid{6378137, 1 / 298.257222101}
	wgs84         = ellipsoid{6378137, 1 / 298.257223563}
	international = ellipsoid{6378388, 1 / 297.0} // Hayford 1924
)

// A datum ties an ellipsoid to the Earth.
type datum int

const (
	datumWGS84      datum = iota // ETRS89 and RDN2008 as well: within a metre
	datumMonteMario              // Roma 40, from Greenwich
)

// A projection says how the plane coordinates of a CRS are made. Without
// scale they are degrees.
type projection struct {
	datum    datum
	figure   ellipsoid
	meridian float64 // central, in degrees
	scale    float64
	east     float64 // false easting
	mercator bool    // the spherical one of web maps
	name     string
}

// systems are the CRS that are understood.
var systems = map[CRS]projection{
	WGS84:          {name: "WGS 84"},
	ETRS89:         {name: "ETRS89"},
	RDN2008:        {name: "RDN2008"},
	MonteMario:     {datum: datumMonteMario, figure: international, name: "Monte Mario (Roma 40)"},
	WebMercator:    {mercator: true, name: "WGS 84 / Pseudo-Mercator"},
	GaussBoagaWest: {datumMonteMario, international, 9, 0.9996, 1_500_000, false, "Monte Mario / Italy zone 1 (Gauss-Boaga Ovest)"},
	GaussBoagaEast: {datumMonteMario, international, 15, 0.9996, 2_520_000, false, "Monte Mario / Italy zone 2 (Gauss-Boaga Est)"},
	25832:          {datumWGS84, grs80, 9, 0.9996, 500_000, false, "ETRS89 / UTM zone 32N"},
	25833:          {datumWGS84, grs80, 15, 0.9996, 500_000, false, "ETRS89 / UTM zone 33N"},
	32632:          {datumWGS84, wgs84, 9, 0.9996, 500_000, false, "WGS 84 / UTM zone 32N"},
	32633:          {datumWGS84, wgs84, 15, 0.9996, 500_000, false, "WGS 84 / UTM zone 33N"},
	6707:           {datumWGS84, grs80, 9, 0.9996, 500_000, false, "RDN2008 / UTM zone 32N (N-E)"},
	6708:           {datumWGS84, grs80, 15, 0.9996, 500_000, false, "RDN2008 / UTM zone 33N (N-E)"},
	7791:           {datumWGS84, grs80, 9, 0.9996, 500_000, false, "RDN2008 / UTM zone 32N"},
	7792:           {datumWGS84, grs80, 15, 0.9996, 500_000, false, "RDN2008 / UTM zone 33N"},
}

// ByCode returns the CRS of an EPSG code, Unknown where we have none.
func ByCode(code int) CRS {
	switch code {
	case 900913, 3785, 102100:
		return WebMercator
	case 84: // CRS84 of the OGC
		return WGS84
	}
	if _, ok := systems[CRS(code)]; ok {
		return CRS(code)
	}
	return Unknown
}

// String returns "EPSG:3003", or "" for Unknown.
func (c CRS) String() string {
	if c == Unknown {
		return ""
	}
	return fmt.Sprintf("EPSG:%d", int(c))
}

// Name returns what people call c, or "".
func (c CRS) Name() string { return systems[c].name }

// Degrees reports whether the coordinates of c are longitude and latitude.
func (c CRS) Degrees() bool {
	p, ok := systems[c]
	return ok && p.scale == 0 && !p.mercator
}

// Accuracy returns how many metres off WGS84 may be. It is the datum shift
// that costs: the formulas themselves are right to a millimetre.
func (c CRS) Accuracy() float64 {
	switch systems[c].datum {
	case datumMonteMario:
		return 4
	default:
		if c == WGS84 || c == 32632 || c == 32633 || c == WebMercator {
			return 0
		}
		return 1
	}
}

// WGS84 brings a point to longitude and latitude on WGS 84. It reports false
// where c is unknown or the point is none of its plane.
func (c CRS) WGS84(p orb.Point) (orb.Point, bool) {
	s, ok := systems[c]
	if !ok || !finite(p[0]) || !finite(p[1]) {
		return orb.Point{}, false
	}
	switch {
	case s.mercator:
		p = unmercator(p)
	case s.scale != 0:
		if math.Abs(p[0]-s.east) > 3_000_000 || math.Abs(p[1]) > 10_100_000 {
			return orb.Point{}, false
		}
		p = s.unproject(p)
	}
	if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		return orb.Point{}, false
	}
	if s.datum == datumMonteMario {
		p = fromMonteMario(p)
	}
	return p, finite(p[0]) && finite(p[1])
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

func unmercator(p orb.Point) orb.Point {
	const r = 6378137
	return orb.Point{p[0] / r * 180 / math.Pi, (2*math.Atan(math.Exp(p[1]/r)) - math.Pi/2) * 180 / math.Pi}
}
