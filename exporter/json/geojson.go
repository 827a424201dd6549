package json

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/exporter"
)

// GeoJSON returns a FeatureCollection (RFC 7946): a feature a row, with its
// geometry, or a point where there are a latitude and a longitude; the other
// columns are its properties. A row whose place is unknown or is none on earth
// has a null geometry, so that no row is lost.
func GeoJSON() exporter.Format {
	return exporter.Format{
		Name:      "geojson",
		Title:     "GeoJSON",
		MediaType: "application/geo+json",
		Fits: func(columns []catalog.Column) bool {
			_, ok := exporter.PlaceOf(columns)
			return ok
		},
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			place, ok := exporter.PlaceOf(rows.Columns)
			if !ok {
				return catalog.Errorf(catalog.Invalid, "the table tells no place, so it cannot be GeoJSON").
					Italian("la tabella non ha coordinate: non può diventare GeoJSON")
			}
			return write(ctx, w, rows, shape{
				open: `{"type":"FeatureCollection","features":[`, between: ",\n", before: "\n", end: "\n]}\n",
				row: featureOf(place, rows.Columns),
			})
		},
	}
}

// featureOf returns what writes a row as a feature.
func featureOf(place exporter.Place, columns []catalog.Column) func([]byte, []any) ([]byte, error) {
	var properties []catalog.Column
	var at []int
	for i, c := range columns {
		if i != place.Geometry {
			properties, at = append(properties, c), append(at, i)
		}
	}
	keys := keysOf(properties)
	values := make([]any, len(at))
	return func(buf []byte, row []any) ([]byte, error) {
		buf = append(buf, `{"type":"Feature","geometry":`...)
		buf = appendPlace(buf, place, row)
		for i, a := range at {
			values[i] = row[a]
		}
		buf = append(buf, `,"properties":`...)
		buf, err := appendRow(buf, values, keys, properties)
		return append(buf, '}'), err
	}
}

// appendPlace writes the geometry of a row.
func appendPlace(buf []byte, place exporter.Place, row []any) []byte {
	if place.Geometry >= 0 {
		if s, ok := row[place.Geometry].(string); ok && strings.HasPrefix(s, "{") && json.Valid([]byte(s)) {
			return append(buf, s...)
		}
		return append(buf, "null"...)
	}
	lat, okLat := degrees(row[place.Lat], 90)
	lon, okLon := degrees(row[place.Lon], 180)
	if !okLat || !okLon || lat == 0 && lon == 0 {
		return append(buf, "null"...)
	}
	buf = append(buf, `{"type":"Point","coordinates":[`...)
	buf = strconv.AppendFloat(buf, lon, 'f', -1, 64)
	buf = append(buf, ',')
	buf = strconv.AppendFloat(buf, lat, 'f', -1, 64)
	return append(buf, "]}"...)
}

// degrees reads an angle of at most the given size.
func degrees(v any, most float64) (float64, bool) {
	f := math.NaN()
	switch v := v.(type) {
	case float64:
		f = v
	case int64:
		f = float64(v)
	case string:
		if p, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(v), ",", ".", 1), 64); err == nil {
			f = p
		}
	}
	return f, math.Abs(f) <= most
}
