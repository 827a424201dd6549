package geo

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// maxWKT is how long the description of a CRS may be.
const maxWKT = 64 << 10

var (
	authority  = regexp.MustCompile(`(?:AUTHORITY|ID)\s*\[\s*"EPSG"\s*,\s*"?(\d+)"?\s*\]\s*\]\s*$`)
	parameter  = regexp.MustCompile(`(?i)PARAMETER\s*\[\s*"([^"]+)"\s*,\s*(-?[0-9.eE+-]+)`)
	spheroid   = regexp.MustCompile(`(?i)(?:SPHEROID|ELLIPSOID)\s*\[\s*"([^"]*)"\s*,\s*([0-9.]+)\s*,\s*([0-9.]+)`)
	datumName  = regexp.MustCompile(`(?i)DATUM\s*\[\s*"([^"]*)"`)
	projName   = regexp.MustCompile(`(?i)PROJECTION\s*\[\s*"([^"]*)"`)
	crsInURN   = regexp.MustCompile(`(?i)^(?:urn:(?:x-)?ogc:def:crs:|https?://www\.opengis\.net/(?:def/crs/|gml/srs/)?)?(?:EPSG|epsg\.xml)[:/#](?:[0-9.]*[:/])?(\d{2,6})$`)
	crs84InURN = regexp.MustCompile(`(?i)CRS:?84$`)
)

// ByName understands "EPSG:3003" and the URNs and addresses that mean it.
func ByName(s string) CRS {
	s = strings.TrimSpace(s)
	if len(s) > 200 {
		return Unknown
	}
	if crs84InURN.MatchString(s) {
		return WGS84
	}
	if m := crsInURN.FindStringSubmatch(s); m != nil {
		code, err := strconv.Atoi(m[1])
		if err == nil {
			return ByCode(code)
		}
	}
	return Unknown
}

// ByWKT understands the text of a .prj file. ESRI writes no EPSG code there,
// so the system is told by its datum and the numbers of its projection.
func ByWKT(s string) CRS {
	s = strings.TrimSpace(s)
	if len(s) > maxWKT || s == "" {
		return Unknown
	}
	if m := authority.FindStringSubmatch(s); m != nil {
		if code, err := strconv.Atoi(m[1]); err == nil && ByCode(code) != Unknown {
			return ByCode(code)
		}
	}
	frame := frameOf(s)
	name := strings.ToLower(first(projName, s))
	switch {
	case name == "" && strings.HasPrefix(strings.ToUpper(s), "GEOG"):
		return frame.geographic
	case strings.Contains(name, "mercator_auxiliary"), strings.Contains(name, "popular_visualisation"),
		strings.HasPrefix(name, "mercator") && strings.Contains(strings.ToLower(s), "pseudo"):
		return WebMercator
	case strings.Contains(name, "transverse_mercator"), strings.Contains(name, "gauss_kruger"):
		return transverse(frame, s)
	}
	return Unknown
}

// A frame is a datum, with the systems that stand on it.
type frame struct {
	geographic CRS
	utm        [2]CRS // zones 32 and 33
	boaga      [2]CRS // zones west and east
}

var (
	frameMonteMario = frame{geographic: MonteMario, boaga: [2]CRS{GaussBoagaWest, GaussBoagaEast}}
	frameRDN2008    = frame{geographic: RDN2008, utm: [2]CRS{6707, 6708}}
	frameETRS89     = frame{geographic: ETRS89, utm: [2]CRS{25832, 25833}}
	frameWGS84      = frame{geographic: WGS84, utm: [2]CRS{32632, 32633}}
)

func frameOf(s string) frame {
	name := strings.ToLower(first(datumName, s))
	figure := spheroid.FindStringSubmatch(s)
	switch {
	case strings.Contains(name, "monte_mario"), strings.Contains(name, "monte mario"), strings.Contains(name, "roma"):
		return frameMonteMario
	case strings.Contains(name, "rdn2008"), strings.Contains(name, "dinamica_nazionale"), strings.Contains(name, "dinamica nazionale"):
		return frameRDN2008
	case strings.Contains(name, "etrs"), strings.Contains(name, "european_terrestrial"), strings.Contains(name, "european terrestrial"):
		return frameETRS89
	case strings.Contains(name, "wgs"), strings.Contains(name, "world geodetic"):
		return frameWGS84
	case strings.Contains(name, "european"), strings.Contains(name, "ed50"): // another datum on the same figure
		return frame{}
	case len(figure) == 4 && near(figure[2], 6378388, 0.5) && near(figure[3], 297, 0.01) && isBoaga(s):
		return frameMonteMario // named by nobody, but nothing else has these origins
	}
	return frame{}
}

func isBoaga(s string) bool {
	e := parameters(s)["false_easting"]
	return e == 1_500_000 || e == 2_520_000
}

func transverse(f frame, s string) CRS {
	p := parameters(s)
	if math.Abs(p["scale_factor"]-0.9996) > 1e-9 || p["false_northing"] != 0 || p["latitude_of_origin"] != 0 {
		return Unknown
	}
	zone := 0
	switch p["central_meridian"] {
	case 9:
	case 15:
		zone = 1
	default:
		return Unknown
	}
	switch p["false_easting"] {
	case 500_000:
		return f.utm[zone]
	case [2]float64{1_500_000, 2_520_000}[zone]:
		return f.boaga[zone]
	}
	return Unknown
}

// parameters returns the numbers of a projection by their names in lower case.
func parameters(s string) map[string]float64 {
	all := make(map[string]float64)
	for _, m := range parameter.FindAllStringSubmatch(s, 20) {
		if v, err := strconv.ParseFloat(m[2], 64); err == nil {
			name := strings.ReplaceAll(strings.ToLower(m[1]), " ", "_")
			all[wkt2Names(name)] = v
		}
	}
	return all
}

// wkt2Names turns the names of the second edition of WKT into the first's.
func wkt2Names(s string) string {
	switch s {
	case "longitude_of_natural_origin", "longitude_of_center":
		return "central_meridian"
	case "latitude_of_natural_origin":
		return "latitude_of_origin"
	case "scale_factor_at_natural_origin":
		return "scale_factor"
	}
	return s
}

func first(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

func near(s string, want, within float64) bool {
	v, err := strconv.ParseFloat(s, 64)
	return err == nil && math.Abs(v-want) <= within
}
