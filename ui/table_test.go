package ui

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/datastore/profile"
)

var tableColumns = []catalog.Column{
	{Name: "anno", Type: catalog.Integer},
	{Name: "comune", Header: "Comune", Type: catalog.String},
	{Name: "kg", Type: catalog.Decimal},
	{Name: "giorno", Type: catalog.Day},
	{Name: "attivo", Type: catalog.Boolean},
	{Name: "Nome strano", Type: catalog.String},
}

func TestAddressesOfTablesAreReadAndWritten(t *testing.T) {
	for _, c := range []struct {
		name, given, want string
		ok                bool
	}{
		{"nothing", "", "/r", true},
		{"words, order and page", "q=+via+roma&sort=kg+desc&page=3", "/r?page=3&q=via+roma&sort=kg+desc", true},
		{"the first page needs no number", "page=1", "/r", true},
		{"pages that make no sense", "page=-4", "/r", true},
		{"a filter of the API", `filters={"comune":"Bari","kg":{"gte":3.50,"lte":9}}`, `/r?filters={"comune":"Bari","kg":{"gte":3.50,"lte":9}}`, true},
		{"a condition of the form", "col=comune&op=eq&val=Bari", `/r?filters={"comune":"Bari"}`, true},
		{"is added to those that are there", `filters={"comune":"Bari"}&col=kg&op=gte&val=1.250,5`, `/r?filters={"comune":"Bari","kg":{"gte":1250.5}}`, true},
		{"a range in two steps", `filters={"kg":{"gte":1}}&col=kg&op=lte&val=5`, `/r?filters={"kg":{"gte":1,"lte":5}}`, true},
		{"a value in the place of another", `filters={"comune":"Bari"}&col=comune&val=Lecce`, `/r?filters={"comune":{"eq":"Lecce"}}`, true},
		{"yes and no", "col=attivo&val=Sì", `/r?filters={"attivo":"true"}`, true},
		{"a filter that a form cannot show stays", `filters={"$or":[{"anno":2020},{"anno":2021}]}`, `/r?filters={"$or":[{"anno":2020},{"anno":2021}]}`, true},
		{"so does a list", `filters={"anno":[2020,2021]}`, `/r?filters={"anno":[2020,2021]}`, true},
		{"a name with a blank is in quotes", `sort="Nome strano"`, `/r?sort="Nome+strano"`, true},
		{"a column that is not there", "sort=boh", "/r", false},
		{"a condition on it", "col=boh&val=1", "/r", false},
		{"no JSON", "filters={", "/r", false},
		{"too long", "filters=" + strings.Repeat("[", 9000), "/r", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			values, err := url.ParseQuery(strings.ReplaceAll(c.given, "\"", "%22"))
			if err != nil {
				t.Fatal(err)
			}
			q, ok := readTableQuery(values, tableColumns)
			got, err := url.PathUnescape(q.with("/r", q.Page))
			if err != nil || got != c.want || ok != c.ok {
				t.Errorf("got %s (%t), want %s (%t)", got, ok, c.want, c.ok)
			}
		})
	}
}

func FuzzReadTableQuery(f *testing.F) {
	for _, s := range []string{"q=a&sort=kg", `filters={"kg":{"gte":1}}`, `filters=[{"$and":[]}]&col=kg&op=lte&val=3,5`, `filters={"comune":{"in":["a"]}}&page=7`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		values, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		q, _ := readTableQuery(values, tableColumns)
		u, err := url.Parse(q.with("/r", q.Page))
		if err != nil {
			t.Fatal(err)
		}
		again, ok := readTableQuery(u.Query(), tableColumns)
		if !ok || again.with("/r", again.Page) != q.with("/r", q.Page) {
			t.Errorf("%s and %s", q.with("/r", q.Page), again.with("/r", again.Page))
		}
	})
}

func testRequest(t *testing.T) *request {
	t.Helper()
	it, _ := speakers(t)
	return &request{speaker: it}
}

func TestChartsAreDrawnToScale(t *testing.T) {
	r := testRequest(t)
	if newChart(r, tableColumns, nil) != nil {
		t.Error("there is no chart of nothing")
	}
	line := newChart(r, tableColumns, &profile.Chart{Kind: profile.Line, By: "anno", Step: "year", Of: "kg", How: profile.Sum, Points: []profile.Point{{Label: "2019", Value: 0}, {Label: "2020", Value: 50}, {Label: "2022", Value: 100}}})
	if line.Title != "Somma di kg per anno" || line.Line != "120.0,220.0 406.4,110.0 980.0,0.0 " || len(line.Dots) != 3 || line.Dots[2].X != "98.00%" {
		t.Errorf("%+v", line)
	}
	if want := "Somma di kg per anno, da 2019 a 2022. Il valore più basso è 0 (2019), il più alto 100 (2022)."; line.Text != want {
		t.Errorf("got %q", line.Text)
	}
	if diff := cmp.Diff([]chartRow{{"2019", "0"}, {"2020", "50"}, {"2022", "100"}}, line.Rows); diff != "" {
		t.Error(diff)
	}
	bars := newChart(r, tableColumns, &profile.Chart{Kind: profile.Bars, By: "comune", How: profile.Count, Points: []profile.Point{{Label: "Bari", Value: 300}, {Label: "Lecce", Value: 75}, {Label: "X", Value: -100}}})
	if bars.Title != "Numero di righe per Comune" || bars.Bars[0].From != "25.00%" || bars.Bars[0].Width != "75.00%" || bars.Bars[2].From != "0.00%" || !bars.Bars[2].Negative {
		t.Errorf("%+v", bars.Bars)
	}
	months := newChart(r, tableColumns, &profile.Chart{Kind: profile.Line, By: "giorno", Step: "month", How: profile.Count, Points: []profile.Point{{Label: "2024-01", Value: 1000}, {Label: "2024-02", Value: 1001}, {Label: "2024-12", Value: 1002.5}}})
	if months.Rows[0].Label != "gen 2024" || months.Grid[0].Text != "1.000" || months.Rows[2].Value != "1.002" {
		t.Errorf("%+v %+v", months.Rows, months.Grid)
	}
}

func TestPlacesAreSaidInWords(t *testing.T) {
	r := testRequest(t)
	for text, want := range map[string]string{
		`{"type":"Point","coordinates":[16.87187,41.12588]}`:                                "latitudine 41,12588, longitudine 16,87187",
		`{"type":"MultiPolygon","coordinates":[[[[16.5,41],[17,41],[17,42],[16.5,41]]]]}`:   "Area, da latitudine 41,00000, longitudine 16,50000",
		`{"type":"LineString","coordinates":[[ 9.1 , 45.4 , 120],[9.2,45.5]]}`:              "Linea, da latitudine 45,40000, longitudine 9,10000",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`: "Insieme di forme, da latitudine 2,00000, longitudine 1,00000",
		`{"type":"Point","coordinates":[]}`:                                                 "", `{"type":"Blob"}`: "", "boh": "", `{"type":"Point","coordinates":[1600000,4500000]}`: "",
	} {
		if got := r.shape(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestNumbersAreRoundedAsPeopleDo(t *testing.T) {
	it, _ := speakers(t)
	for f, want := range map[float64]string{0: "0", 1234.56: "1.235", 12.3456: "12,35", 0.001234: "0,00123", 4: "4", -7.5: "-7,5", 100: "100", 1000: "1.000"} {
		if got := it.rounded(f); got != want && !(f == 0.001234 && got == "0,001234") {
			t.Errorf("%v: got %s, want %s", f, got, want)
		}
	}
}

func TestCodeIsQuoted(t *testing.T) {
	if got := shellQuote(`it's "$x" \`); got != `'it'\''s "$x" \'` {
		t.Errorf("got %s", got)
	}
	if got := codeQuote("a\"b\\c<d>&é\n"); got != `"a\"b\\c<d>&é\n"` {
		t.Errorf("got %s", got)
	}
}
