package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/json"
)

func writeAs(t *testing.T, f exporter.Format, columns []catalog.Column, rows ...[]any) string {
	t.Helper()
	var b bytes.Buffer
	all := func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
	if err := f.Write(t.Context(), &b, exporter.Rows{Columns: columns, All: all}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRowsWithAPlaceAreFeatures(t *testing.T) {
	shapes := []catalog.Column{{Name: "nome", Type: catalog.String}, {Name: "geometry", Type: catalog.Geometry}}
	points := []catalog.Column{{Name: "nome", Type: catalog.String}, {Name: "lat", Type: catalog.Decimal}, {Name: "lng", Header: "Long", Type: catalog.Decimal}}
	texts := []catalog.Column{{Name: "latitudine", Type: catalog.String}, {Name: "longitudine", Type: catalog.String}}
	for _, c := range []struct {
		name, want string
		columns    []catalog.Column
		rows       [][]any
	}{
		{
			"a geometry", `{"type":"FeatureCollection","features":[` + "\n" +
				`{"type":"Feature","geometry":{"type":"Point","coordinates":[16.8,41.1]},"properties":{"nome":"a"}},` + "\n" +
				`{"type":"Feature","geometry":null,"properties":{"nome":"b"}},` + "\n" +
				`{"type":"Feature","geometry":null,"properties":{"nome":"c"}}` + "\n]}\n", shapes,
			[][]any{{"a", `{"type":"Point","coordinates":[16.8,41.1]}`}, {"b", nil}, {"c", "nessuna"}},
		},
		{
			"a latitude and a longitude, which stay properties", `{"type":"FeatureCollection","features":[` + "\n" +
				`{"type":"Feature","geometry":{"type":"Point","coordinates":[16.8,41.1]},"properties":{"nome":"a","lat":41.1,"lng":16.8}},` + "\n" +
				`{"type":"Feature","geometry":null,"properties":{"nome":"b","lat":4567890,"lng":16.8}},` + "\n" +
				`{"type":"Feature","geometry":null,"properties":{"nome":"c","lat":0,"lng":0}}` + "\n]}\n", points,
			[][]any{{"a", 41.1, 16.8}, {"b", 4567890.0, 16.8}, {"c", 0.0, 0.0}},
		},
		{
			"coordinates that are texts", `{"type":"FeatureCollection","features":[` + "\n" +
				`{"type":"Feature","geometry":{"type":"Point","coordinates":[16.8,41.1]},"properties":{"latitudine":"41,1","longitudine":" 16.8"}},` + "\n" +
				`{"type":"Feature","geometry":null,"properties":{"latitudine":"NaN","longitudine":"Inf"}}` + "\n]}\n", texts,
			[][]any{{"41,1", " 16.8"}, {"NaN", "Inf"}},
		},
		{"no rows", `{"type":"FeatureCollection","features":[` + "\n]}\n", shapes, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := writeAs(t, json.GeoJSON(), c.columns, c.rows...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if !stdjson.Valid([]byte(got)) || !json.GeoJSON().Takes(c.columns) {
				t.Error("no JSON")
			}
		})
	}
}

func TestATableWithoutAPlaceIsNoGeoJSON(t *testing.T) {
	columns := []catalog.Column{{Name: "x", Type: catalog.Decimal}, {Name: "y", Type: catalog.Decimal}, {Name: "lat", Type: catalog.Boolean}, {Name: "lon", Type: catalog.Decimal}}
	err := json.GeoJSON().Write(t.Context(), &bytes.Buffer{}, exporter.Rows{Columns: columns})
	if catalog.KindOf(err) != catalog.Invalid || json.GeoJSON().Takes(columns) {
		t.Errorf("got %v", err)
	}
}

func TestEveryLineIsAnObject(t *testing.T) {
	columns := []catalog.Column{{Name: "a", Type: catalog.String}, {Name: "b", Type: catalog.Integer}}
	got := writeAs(t, json.Lines(), columns, []any{"due\nrighe", int64(1)}, []any{nil, nil})
	if want := "{\"a\":\"due\\nrighe\",\"b\":1}\n{\"a\":null,\"b\":null}\n"; got != want {
		t.Errorf("got %q", got)
	}
	if got := writeAs(t, json.Lines(), columns); got != "" {
		t.Errorf("no rows: %q", got)
	}
}
