package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// unproject inverts the transverse Mercator projection with the series of
// Krüger to the fourth power of the third flattening: a hundredth of a
// millimetre off at most where Italy is.
func (s *projection) unproject(p orb.Point) orb.Point {
	n := s.figure.f / (2 - s.figure.f)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	radius := s.figure.a / (1 + n) * (1 + n2/4 + n4/64)
	xi, eta := p[1]/(s.scale*radius), (p[0]-s.east)/(s.scale*radius)
	beta := [4]float64{
		n/2 - n2*2/3 + n3*37/96 - n4/360,
		n2/48 + n3/15 - n4*437/1440,
		n3*17/480 - n4*37/840,
		n4 * 4397 / 161280,
	}
	x, y := xi, eta
	for j, b := range beta {
		k := 2 * float64(j+1)
		x -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		y -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	chi := math.Asin(math.Sin(x) / math.Cosh(y))
	delta := [4]float64{
		n*2 - n2*2/3 - n3*2 + n4*116/45,
		n2*7/3 - n3*8/5 - n4*227/45,
		n3*56/15 - n4*136/35,
		n4 * 4279 / 630,
	}
	lat := chi
	for j, d := range delta {
		lat += d * math.Sin(2*float64(j+1)*chi)
	}
	lon := math.Atan2(math.Sinh(y), math.Cos(x))
	return orb.Point{s.meridian + lon*180/math.Pi, lat * 180 / math.Pi}
}

// A helmert moves geocentric coordinates in seven parameters: metres, seconds
// of arc as position vector, parts per million.
type helmert struct{ dx, dy, dz, rx, ry, rz, ppm float64 }

// The usual shifts from Monte Mario to WGS 84, EPSG 1660, 1662 and 1663, each
// said to be right within four metres.
var (
	shiftMainland = helmert{-104.1, -49.1, -9.9, 0.971, -2.917, 0.714, -11.68}
	shiftSardinia = helmert{-168.6, -34.0, 38.6, -0.374, -0.679, -1.379, -9.48}
	shiftSicily   = helmert{-50.2, -50.4, 84.8, -0.690, -2.012, 0.459, -28.08}
)

// shiftAt returns the shift that is made for where p is.
func shiftAt(p orb.Point) helmert {
	lon, lat := p[0], p[1]
	switch {
	case lon > 7.9 && lon < 10 && lat > 38.7 && lat < 41.4:
		return shiftSardinia
	case lon > 11.8 && lon < 15.66 && lat > 35.4 && lat < 38.9 && (lat < 38.35 || lon < 15.2):
		return shiftSicily
	}
	return shiftMainland
}

func fromMonteMario(p orb.Point) orb.Point {
	x, y, z := international.geocentric(p)
	x, y, z = shiftAt(p).apply(x, y, z)
	return wgs84.geographic(x, y, z)
}

func (h helmert) apply(x, y, z float64) (x1, y1, z1 float64) {
	const second = math.Pi / 180 / 3600
	rx, ry, rz, m := h.rx*second, h.ry*second, h.rz*second, 1+h.ppm*1e-6
	return h.dx + m*(x-rz*y+ry*z), h.dy + m*(rz*x+y-rx*z), h.dz + m*(-ry*x+rx*y+z)
}

func (e ellipsoid) geocentric(p orb.Point) (x, y, z float64) {
	lon, lat := p[0]*math.Pi/180, p[1]*math.Pi/180
	e2 := e.f * (2 - e.f)
	n := e.a / math.Sqrt(1-e2*math.Sin(lat)*math.Sin(lat))
	return n * math.Cos(lat) * math.Cos(lon), n * math.Cos(lat) * math.Sin(lon), n * (1 - e2) * math.Sin(lat)
}

// geographic inverts geocentric; the height is dropped, for what comes in lay
// on an ellipsoid.
func (e ellipsoid) geographic(x, y, z float64) orb.Point {
	e2 := e.f * (2 - e.f)
	r := math.Hypot(x, y)
	lat := math.Atan2(z, r*(1-e2))
	for range 6 {
		n := e.a / math.Sqrt(1-e2*math.Sin(lat)*math.Sin(lat))
		h := r/math.Cos(lat) - n
		lat = math.Atan2(z, r*(1-e2*n/(n+h)))
	}
	return orb.Point{math.Atan2(y, x) * 180 / math.Pi, lat * 180 / math.Pi}
}
