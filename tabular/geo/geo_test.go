package geo

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// snyder projects with the series of Snyder (Map Projections, a Working
// Manual, 8-9 to 8-15): other formulas than ours, a millimetre off near the
// meridian.
func snyder(s projection, p orb.Point) orb.Point {
	e2 := s.figure.f * (2 - s.figure.f)
	ep2 := e2 / (1 - e2)
	lat, lon := p[1]*math.Pi/180, (p[0]-s.meridian)*math.Pi/180
	n := s.figure.a / math.Sqrt(1-e2*math.Sin(lat)*math.Sin(lat))
	t, c := math.Tan(lat)*math.Tan(lat), ep2*math.Cos(lat)*math.Cos(lat)
	a := lon * math.Cos(lat)
	e4, e6 := e2*e2, e2*e2*e2
	m := s.figure.a * ((1-e2/4-3*e4/64-5*e6/256)*lat - (3*e2/8+3*e4/32+45*e6/1024)*math.Sin(2*lat) +
		(15*e4/256+45*e6/1024)*math.Sin(4*lat) - 35*e6/3072*math.Sin(6*lat))
	x := s.scale * n * (a + (1-t+c)*a*a*a/6 + (5-18*t+t*t+72*c-58*ep2)*a*a*a*a*a/120)
	y := s.scale * (m + n*math.Tan(lat)*(a*a/2+(5-t+9*c+4*c*c)*a*a*a*a/24+(61-58*t+t*t+600*c-330*ep2)*a*a*a*a*a*a/720))
	return orb.Point{x + s.east, y}
}

// metres between two points that are close.
func metres(a, b orb.Point) float64 {
	return math.Hypot((a[0]-b[0])*math.Cos(a[1]*math.Pi/180), a[1]-b[1]) * 111_200
}

func TestProjectionsAgreeWithOtherFormulas(t *testing.T) {
	for code, s := range systems {
		if s.scale == 0 {
			continue
		}
		for lat := 35.5; lat < 47.5; lat += 0.7 {
			for lon := s.meridian - 3; lon <= s.meridian+3; lon += 0.5 {
				p := orb.Point{lon, lat}
				if d := metres(s.unproject(snyder(s, p)), p); d > 0.005 {
					t.Errorf("EPSG:%d at %v: %.4f m off", code, p, d)
				}
			}
		}
	}
}

func TestPublishedPoints(t *testing.T) {
	for _, tt := range []struct {
		name   string
		crs    CRS
		in     orb.Point
		want   orb.Point
		within float64 // metres
	}{
		// The corners of Alessandria and Bologna as PROJ 9.5.1 gives them, to
		// the fourth decimal (fixtures).
		{"Gauss-Boaga west, Alessandria", 3003, orb.Point{1462762.159, 4967418.382}, orb.Point{8.5274 + 0.0013, 44.859 - 0.0001}, 200},
		{"UTM 33 far west of its meridian, Bologna", 6708, orb.Point{213433.786, 4930804.372}, orb.Point{11.3969, 44.4737}, 500},
		// By the definitions themselves.
		{"the meridian of zone 32", 25832, orb.Point{500000, 0}, orb.Point{9, 0}, 0.001},
		// The example of IOGP guidance note 7-2 for method 1024.
		{"a web map", 3857, orb.Point{-11169055.58, 2800000.00}, orb.Point{-100 - 20./60, 24 + 22./60 + 54.433/3600}, 0.02},
		{"degrees stay as they are", 4258, orb.Point{12.5, 41.9}, orb.Point{12.5, 41.9}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.crs.WGS84(tt.in)
			if d := metres(got, tt.want); !ok || d > tt.within {
				t.Errorf("got %v, %.3f m off %v", got, d, tt.want)
			}
		})
	}
}

// TestHelmert uses the example of IOGP guidance note 7-2 for the position
// vector transformation.
func TestHelmert(t *testing.T) {
	x, y, z := helmert{dz: 4.5, rz: 0.554, ppm: 0.219}.apply(3657660.66, 255768.55, 5201382.11)
	if math.Abs(x-3657660.78) > 0.01 || math.Abs(y-255778.43) > 0.01 || math.Abs(z-5201387.75) > 0.01 {
		t.Errorf("got %.2f %.2f %.2f", x, y, z)
	}
}

func TestEllipsoidsAreLeftAndFound(t *testing.T) {
	for lat := -85.0; lat <= 85; lat += 17 {
		p := orb.Point{12.34, lat}
		if d := metres(wgs84.geographic(wgs84.geocentric(p)), p); d > 1e-6 {
			t.Errorf("%v: %g m off", p, d)
		}
	}
}

func TestMonteMarioMovesAsItShould(t *testing.T) {
	// The marks of both datums are some 60 to 80 m apart all over Italy.
	for name, p := range map[string]orb.Point{
		"Roma": {12.5, 41.9}, "Cagliari": {9.1, 39.2}, "Palermo": {13.36, 38.11}, "Aosta": {7.3, 45.7}, "Lecce": {18.1, 40.3}, "Reggio Calabria": {15.67, 38.1},
	} {
		q, ok := MonteMario.WGS84(p)
		if d := metres(p, q); !ok || d < 20 || d > 120 {
			t.Errorf("%s: moved by %.1f m", name, d)
		}
	}
}

func TestSystemsAreKnownByTheirText(t *testing.T) {
	const tm = `PROJCS["x",GEOGCS["g",DATUM["%s",SPHEROID["s",%s]]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",%s],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",%s],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	for _, tt := range []struct {
		name, in string
		want     CRS
	}{
		{"ESRI's Gauss-Boaga", `PROJCS["Monte_Mario_Italy_1",GEOGCS["GCS_Monte_Mario",DATUM["D_Monte_Mario",SPHEROID["International_1924",6378388.0,297.0]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",1500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`, 3003},
		{"an EPSG code at the end", `PROJCS["ETRS89 / UTM zone 33N",GEOGCS["ETRS89",AUTHORITY["EPSG","4258"]],AUTHORITY["EPSG","25833"]]`, 25833},
		{"the code of a part is not that of the whole", `PROJCS["?",GEOGCS["ETRS89",DATUM["ETRS89"],AUTHORITY["EPSG","4258"]],PROJECTION["Albers"]]`, Unknown},
		{"WKT of the second edition", `PROJCRS["RDN2008 / UTM zone 33N",BASEGEOGCRS["RDN2008"],ID["EPSG",7792]]`, 7792},
		{"WGS 84 as ESRI writes it", `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]`, 4326},
		{"zone 31 is none of ours", sprintf(tm, "D_WGS_1984", "6378137,298.257223563", "500000.0", "3.0"), Unknown},
		{"ED50 is not Monte Mario", sprintf(tm, "D_European_1950", "6378388.0,297.0", "500000.0", "9.0"), Unknown},
		{"an unnamed datum with the origin of Gauss-Boaga", sprintf(tm, "D_unknown", "6378388.0,297.0", "2520000.0", "15.0"), 3004},
		{"web maps", `PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]]],PROJECTION["Mercator_Auxiliary_Sphere"]]`, 3857},
		{"nothing", "", Unknown},
		{"noise", "LOCAL_CS[", Unknown},
	} {
		if got := ByWKT(tt.in); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
	for in, want := range map[string]CRS{
		"urn:ogc:def:crs:OGC:1.3:CRS84": 4326, "EPSG:3003": 3003, "urn:ogc:def:crs:EPSG::25832": 25832, "urn:ogc:def:crs:EPSG:9.9.1:6708": 6708,
		"http://www.opengis.net/def/crs/EPSG/0/4326": 4326, "http://www.opengis.net/gml/srs/epsg.xml#3004": 3004, "EPSG:900913": 3857, "EPSG:2154": Unknown, "boh": Unknown,
	} {
		if got := ByName(in); got != want {
			t.Errorf("%s: got %d, want %d", in, got, want)
		}
	}
}

func sprintf(f string, a ...string) string {
	for _, s := range a {
		i := 0
		for f[i:i+2] != "%s" {
			i++
		}
		f = f[:i] + s + f[i+2:]
	}
	return f
}

func TestGuess(t *testing.T) {
	alessandria := orb.Bound{Min: orb.Point{8.5, 44.8}, Max: orb.Point{8.8, 45}}
	for _, tt := range []struct {
		name    string
		p       orb.Point
		near    orb.Bound
		want    CRS
		swapped bool
	}{
		{"degrees", orb.Point{12.5, 41.9}, Italy, 4326, false},
		{"latitude first", orb.Point{41.9, 12.5}, Italy, 4326, true},
		{"Gauss-Boaga west", orb.Point{1465000, 4970000}, Italy, 3003, false},
		{"Gauss-Boaga east", orb.Point{2535000, 4650000}, Italy, 3004, false},
		{"UTM, told by where the town is", orb.Point{470000, 4970000}, alessandria, 32632, false},
		{"northing first", orb.Point{4970000, 1465000}, Italy, 3003, true},
		{"web map", orb.Point{1023000, 5694000}, Italy, 3857, false},
		{"nowhere", orb.Point{1e9, 3}, Italy, Unknown, false},
	} {
		if got, swapped := Guess([]orb.Point{tt.p}, tt.near); got != tt.want || swapped != tt.swapped {
			t.Errorf("%s: got %d %v", tt.name, got, swapped)
		}
	}
}

func TestWKB(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a point", "0101000000000000000000F03F0000000000000040", `{"type":"Point","coordinates":[1,2]}`},
		{"a point with height, of ISO", "01E9030000000000000000F03F00000000000000400000000000000840", `{"type":"Point","coordinates":[1,2]}`},
		{"a point of PostGIS with SRID", "0101000020E6100000000000000000F03F0000000000000040", `{"type":"Point","coordinates":[1,2]}`},
		{"a line, big end first", "0000000002000000023FF000000000000040000000000000003FF00000000000004008000000000000", `{"type":"LineString","coordinates":[[1,2],[1,3]]}`},
		{"more points than bytes", "0102000000FFFFFF7F000000000000F03F", "null"},
		{"cut short", "0101000000000000", "null"},
		{"a curve", "010800000000000000", "null"},
	} {
		b, err := hex.DecodeString(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendJSON(nil, ParseWKB(b))); got != tt.want {
			t.Errorf("%s: got %s", tt.name, got)
		}
	}
}

func FuzzParseWKB(f *testing.F) {
	f.Add([]byte("\x01\x01\x00\x00\x00AAAAAAAABBBBBBBB"))
	f.Add([]byte("GP\x00\x01\x00\x00\x00\x00\x01\x02\x00\x00\x00\x01\x00\x00\x00AAAAAAAABBBBBBBB"))
	f.Add([]byte("\x01\x07\x00\x00\x00\x01\x00\x00\x00\x01\x04\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		AppendJSON(nil, ParseWKB(b))
		AppendJSON(nil, ParseGeoPackage(b))
	})
}

func FuzzByWKT(f *testing.F) {
	f.Add(`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]]]`)
	f.Fuzz(func(_ *testing.T, s string) {
		ByWKT(s).WGS84(orb.Point{1, 2})
		ByName(s)
	})
}
