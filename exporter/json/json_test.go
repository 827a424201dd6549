package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/json"
)

func TestRowsAreObjectsInTheOrderOfTheColumns(t *testing.T) {
	columns := []catalog.Column{
		{Name: "zeta", Type: catalog.String},
		{Name: "n", Type: catalog.Integer},
		{Name: "x", Type: catalog.Decimal},
		{Name: "b", Type: catalog.Boolean},
		{Name: "d", Type: catalog.Day},
		{Name: "o", Type: catalog.TimeOfDay},
		{Name: "q", Type: catalog.Timestamp},
		{Name: "g", Type: catalog.Geometry},
	}
	at := time.Date(2024, 2, 29, 8, 30, 5, 0, time.UTC)
	rows := [][]any{
		{"\"Da Gino\"\nForlì </script>", int64(1), 1.5, true, at, 90 * time.Minute, at, `{"type":"Point","coordinates":[1,2]}`},
		{nil, nil, math.NaN(), nil, nil, nil, nil, "no GeoJSON"},
		{"\xff", int64(2), 1e21, false, nil, nil, nil, nil},
	}
	got := write(t, columns, rows)
	want := "[\n" +
		`{"zeta":"\"Da Gino\"\nForlì \u003c/script\u003e","n":1,"x":1.5,"b":true,"d":"2024-02-29","o":"01:30:00","q":"2024-02-29T08:30:05","g":{"type":"Point","coordinates":[1,2]}},` + "\n" +
		`{"zeta":null,"n":null,"x":null,"b":null,"d":null,"o":null,"q":null,"g":"no GeoJSON"},` + "\n" +
		`{"zeta":"\ufffd","n":2,"x":1000000000000000000000,"b":false,"d":null,"o":null,"q":null,"g":null}` + "\n]\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !stdjson.Valid([]byte(got)) {
		t.Error("this is no JSON")
	}
	if got := write(t, columns, nil); !stdjson.Valid([]byte(got)) {
		t.Errorf("no rows: %q", got)
	}
}

func write(t *testing.T, columns []catalog.Column, rows [][]any) string {
	t.Helper()
	var b bytes.Buffer
	err := json.Format().Write(t.Context(), &b, exporter.Rows{Columns: columns, All: func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnErrorAmongTheRowsEndsTheFile(t *testing.T) {
	broken := errors.New("broken")
	rows := exporter.Rows{All: func(yield func([]any, error) bool) { yield(nil, broken) }}
	if err := json.Format().Write(t.Context(), &bytes.Buffer{}, rows); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
