package csvw_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/csvw"
	"portico/internal/rdf"
)

var columns = []catalog.Column{
	{Name: "codice", Type: catalog.String, Title: catalog.It("Codice"), Description: catalog.It("Come nel registro.")},
	{Name: "n", Type: catalog.Integer},
	{Name: "kg (lordi)", Type: catalog.Decimal, Unit: "kg"},
	{Name: "attivo", Type: catalog.Boolean},
	{Name: "giorno", Type: catalog.Day},
	{Name: "ora", Type: catalog.TimeOfDay},
	{Name: "quando", Type: catalog.Timestamp},
	{Name: "geometry", Type: catalog.Geometry},
}

const base = "https://dati.example/dataset/d/resource/r/data.csv"

func table(rows ...[]any) exporter.Rows {
	return exporter.Rows{Columns: columns, About: exporter.About{
		Title: "Rifiuti", Language: "it", URL: base, Page: "https://dati.example/dataset/d/resource/r",
		License: "https://creativecommons.org/licenses/by/4.0/", Publisher: "Comune di Esempio", Modified: "2024-02-29T08:30:05Z",
	}, All: func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
}

var (
	at   = time.Date(2024, 2, 29, 8, 30, 5, 0, time.UTC)
	full = []any{"00\"1\\\n\té\x01", int64(-5), 12.50, true, at.Truncate(24 * time.Hour), 90 * time.Minute, at, `{"type":"Point","coordinates":[16.8,41.1]}`}
)

func write(t *testing.T, f exporter.Format, rows exporter.Rows) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(t.Context(), &b, rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRowsAreRDF(t *testing.T) {
	rows := table(full, make([]any, len(columns)), []any{"2", nil, nil, nil, nil, nil, nil, nil})
	want := []string{
		"#row=2> <#codice> \"00\\\"1\\\\\\n\\té\\u0001\"",
		`#row=2> <#n> "-5"^^<integer>`,
		`#row=2> <#kg%20%28lordi%29> "12.5"^^<decimal>`,
		`#row=2> <#attivo> "true"^^<boolean>`,
		`#row=2> <#giorno> "2024-02-29"^^<date>`,
		`#row=2> <#ora> "01:30:00"^^<time>`,
		`#row=2> <#quando> "2024-02-29T08:30:05"^^<dateTime>`,
		`#row=2> <#geometry> "{\"type\":\"Point\",\"coordinates\":[16.8,41.1]}"^^<JSON>`,
		`#row=4> <#codice> "2"`,
	}
	for i, line := range want {
		line = strings.Replace(line, "<#", "<"+base+"#", 1)
		line = strings.Replace(line, "^^<JSON>", "^^<http://www.w3.org/ns/csvw#JSON>", 1)
		want[i] = "<" + base + strings.Replace(line, "^^<", "^^<http://www.w3.org/2001/XMLSchema#", 1) + " ."
		want[i] = strings.Replace(want[i], "http://www.w3.org/2001/XMLSchema#http", "http", 1)
	}
	lines := write(t, csvw.NTriples(), rows)
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(lines), "\n")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	turtle := write(t, csvw.Turtle(), rows)
	a, b := read(t, lines, rdf.NTriples), read(t, turtle, rdf.Turtle)
	if len(a) != len(want) || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("N-Triples and Turtle differ:\n%v\n%v", a, b)
	}
}

// read reads triples in their order.
func read(t *testing.T, s string, f rdf.Format) []rdf.Triple {
	t.Helper()
	d, err := rdf.Read(strings.NewReader(s), f, "", rdf.Limits{})
	if err != nil {
		t.Fatalf("%v\n%s", err, s)
	}
	return d.Triples
}

func TestATableIsDescribed(t *testing.T) {
	got := write(t, csvw.Metadata(), table())
	var m struct {
		Context []any  `json:"@context"`
		URL     string `json:"url"`
		License struct {
			ID string `json:"@id"`
		} `json:"dc:license"`
		Schema struct {
			About   string           `json:"aboutUrl"`
			Columns []map[string]any `json:"columns"`
		} `json:"tableSchema"`
	}
	if err := json.Unmarshal([]byte(got), &m); err != nil {
		t.Fatal(err)
	}
	if m.Context[0] != "http://www.w3.org/ns/csvw" || m.URL != base || m.License.ID == "" || m.Schema.About != "#row={_sourceRow}" || len(m.Schema.Columns) != len(columns) {
		t.Errorf("%s", got)
	}
	c := m.Schema.Columns[2]
	if c["name"] != "kg%20%28lordi%29" && c["name"] != "kg%20(lordi)" || c["titles"] != "kg (lordi)" || c["propertyUrl"] != "#kg%20%28lordi%29" || c["datatype"] != "decimal" || c["schema:unitText"] != "kg" {
		t.Errorf("%v", c)
	}
	if empty := write(t, csvw.Metadata(), exporter.Rows{}); !strings.Contains(empty, `"columns": []`) {
		t.Errorf("%s", empty)
	}
}

func TestAnErrorAmongTheRowsEndsTheFile(t *testing.T) {
	broken := errors.New("broken")
	for _, f := range []exporter.Format{csvw.Turtle(), csvw.NTriples()} {
		rows := table()
		rows.All = func(yield func([]any, error) bool) { yield(nil, broken) }
		if err := f.Write(t.Context(), &bytes.Buffer{}, rows); !errors.Is(err, broken) {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, row := range [][]any{{"short"}, {1, nil, nil, nil, nil, nil, nil, nil}} {
			if err := f.Write(t.Context(), &bytes.Buffer{}, table(row)); err == nil {
				t.Errorf("%s: %v is no row", f.Name, row)
			}
		}
	}
}
