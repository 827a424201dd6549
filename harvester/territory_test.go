package harvester

import (
	"testing"

	"portico/catalog"
)

func TestTheTerritoryOfADatasetIsAroundItsPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		geometry string
		want     *[4]float64
	}{
		"a polygon":         {"POLYGON((18 40, 18.25 40, 18.25 40.5, 18 40.5, 18 40))", &[4]float64{17.995, 39.995, 18.255, 40.505}},
		"GeoJSON":           {`{"type":"Polygon","coordinates":[[[18,40],[18.25,40],[18.25,40.5],[18,40]]]}`, &[4]float64{17.995, 39.995, 18.255, 40.505}},
		"a point is none":   {"POINT(18 40)", nil},
		"nothing is said":   {"", nil},
		"what is no number": {"POLYGON((a b, c d))", nil},
	} {
		got := territory(&catalog.Dataset{Spatial: []catalog.Place{{Geometry: c.geometry}}})
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
