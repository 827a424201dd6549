package exporter

import (
	"slices"
	"strings"

	"portico/catalog"
)

// A Place says in which columns of a table the place of its rows is: one of
// geometries, or a latitude and a longitude. What is not there is -1.
type Place struct {
	Geometry, Lat, Lon int
}

// How columns of coordinates on WGS 84 are called. Names that may as well be
// those of metres on a plane, such as x and y, are not among them.
var (
	latNames = []string{"lat", "latitude", "latitudine", "wgs84_lat", "lat_wgs84", "gps_lat", "coord_y_comune", "y_wgs84"}
	lonNames = []string{"lon", "long", "lng", "longitude", "longitudine", "wgs84_lon", "lon_wgs84", "gps_lon", "coord_x_comune", "x_wgs84"}
)

// PlaceOf returns where the place of a row is; ok is false when a table has
// none.
func PlaceOf(columns []catalog.Column) (p Place, ok bool) {
	p = Place{Geometry: -1, Lat: -1, Lon: -1}
	p.Geometry = slices.IndexFunc(columns, func(c catalog.Column) bool { return c.Type == catalog.Geometry })
	if p.Geometry >= 0 {
		return p, true
	}
	p.Lat, p.Lon = named(columns, latNames), named(columns, lonNames)
	if p.Lat < 0 || p.Lon < 0 {
		return Place{Geometry: -1, Lat: -1, Lon: -1}, false
	}
	return p, true
}

// named returns the first column of numbers, or of texts that may be numbers,
// with one of the names.
func named(columns []catalog.Column, names []string) int {
	return slices.IndexFunc(columns, func(c catalog.Column) bool {
		if c.Type != catalog.Decimal && c.Type != catalog.Integer && c.Type != catalog.String {
			return false
		}
		return slices.Contains(names, strings.ToLower(c.Name)) || slices.Contains(names, strings.ToLower(strings.TrimSpace(c.Header)))
	})
}

// Columns returns the columns that tell the place.
func (p Place) Columns() []int {
	if p.Geometry >= 0 {
		return []int{p.Geometry}
	}
	if p.Lat < 0 || p.Lon < 0 {
		return nil
	}
	return []int{p.Lat, p.Lon}
}
