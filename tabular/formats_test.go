package tabular_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"portico/catalog"
	"portico/tabular"
	"portico/tabular/geo"
)

func TestDocumentsBecomeTables(t *testing.T) {
	for _, tt := range []struct {
		name, in, format, columns string
		rows                      []string
	}{
		{
			"objects", `[{"id":1,"nome":"Àcqua","ok":true},{"id":2,"ok":false,"altro":null}]`, "json",
			"id integer, nome text, ok boolean, altro text",
			[]string{"1 | Àcqua | true | ∅", "2 | ∅ | false | ∅"},
		},
		{
			"objects in objects, lists as JSON", `[{"a":{"b":1,"c":{"d":"x"}},"l":[1, 2]},{"a":{"b":2.5},"l":[]}]`, "json",
			"a_b decimal(1), a_c_d text, l text",
			[]string{"1 | x | [1,2]", "2.5 | ∅ | ∅"},
		},
		{
			"the longest list of a document", `{"success":true,"result":{"tags":["a"],"fields":[{"id":"x"}],"records":[{"x":1},{"x":2}]}}`, "json",
			"x integer",
			[]string{"1", "2"},
		},
		{"one object", `{"nome":"Comune","abitanti":1200}`, "json", "nome text, abitanti integer", []string{"Comune | 1200"}},
		{"a list of lists", `[["anno","n"],[2023,5],[2024,7]]`, "json", "anno integer, n integer", []string{"2023 | 5", "2024 | 7"}},
		{"a list of texts", `["a","b"]`, "json", "value text", []string{"a", "b"}},
		{"codes stay text", `[{"cap":"00118","n":"7"},{"cap":"00119","n":"8"}]`, "json", "cap text, n integer", []string{"00118 | 7", "00119 | 8"}},
		{"amounts with exponents", `[{"v":1e3},{"v":2.5E-1}]`, "json", "v decimal(2)", []string{"1000 | ", "0.25"}},
		{"lines of JSON", "{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}\n", "ndjson", "a integer", []string{"1", "2", "3"}},
		{"JSON in Windows-1252", "[{\"citt\xe0\":\"Forl\xec\"}]", "json", "citta text", []string{"Forlì"}},
		{"JSON in UTF-16", "\xff\xfe[\x00{\x00\"\x00a\x00\"\x00:\x001\x00}\x00]\x00", "json", "a integer", []string{"1"}},
		{
			"elements of XML", `<?xml version="1.0" encoding="iso-8859-1"?><r xmlns:x="u"><meta><t>z</t></meta><x:righe><riga id="7"><n>1</n><c>a</c><c>b</c></riga><riga id="8"><n>2</n><c>d</c></riga></x:righe></r>`, "xml",
			"id integer, n integer, c text",
			[]string{`7 | 1 | ["a","b"]`, `8 | 2 | ["d"]`},
		},
		{"an XML document with a harmless DTD", `<!DOCTYPE r [<!ENTITY x "y">]><r><v><a>1</a></v><v><a>2</a></v></r>`, "xml", "a integer", []string{"1", "2"}},
		{
			"GeoJSON", `{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":{"n":1},"geometry":{"type":"Point","coordinates":[12.5,41.9,30]}},{"type":"Feature","properties":{"n":2},"geometry":null}]}`, "geojson",
			"id text, n integer, geometry geometry",
			[]string{`a | 1 | {"type":"Point","coordinates":[12.5,41.9]}`, "∅ | 2 | ∅"},
		},
		{
			"features in lines", "{\"type\":\"Feature\",\"properties\":{\"n\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[12,41]}}\n{\"type\":\"Feature\",\"properties\":{\"n\":2},\"geometry\":null}\n", "geojson",
			"n integer, geometry geometry",
			[]string{`1 | {"type":"Point","coordinates":[12,41]}`, "2 | ∅"},
		},
		{
			"KML", `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><Placemark id="p"><name>Scuola&nbsp;A</name><ExtendedData><Data name="posti"><value>20</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>12,41,0 13,41,0 13,42,0 12,41,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder></Document></kml>`, "kml",
			"id text, name text, posti integer, geometry geometry",
			[]string{"p | Scuola\u00a0A | 20 | " + `{"type":"Polygon","coordinates":[[[12,41],[13,41],[13,42],[12,41]]]}`},
		},
		{
			"GPX", `<gpx><wpt lat="45.1" lon="9.2"><ele>120</ele><name>A</name></wpt><trk><name>B</name><trkseg><trkpt lat="45" lon="9"/><trkpt lat="45.5" lon="9.5"/></trkseg></trk></gpx>`, "gpx",
			"kind text, ele integer, name text, geometry geometry",
			[]string{
				`waypoint | 120 | A | {"type":"Point","coordinates":[9.2,45.1]}`, `track | ∅ | B | {"type":"LineString","coordinates":[[9,45],[9.5,45.5]]}`,
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := openString(t, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got.Format != tt.format || columnsOf(got) != tt.columns {
				t.Errorf("%s: %s", got.Format, columnsOf(got))
			}
			for i, row := range tt.rows {
				tt.rows[i] = strings.TrimSuffix(row, " | ")
			}
			if diff := cmp.Diff(tt.rows, rowsOf(t, got)); diff != "" {
				t.Error(diff)
			}
			if got.DataRows != int64(len(tt.rows)) {
				t.Errorf("%d rows told", got.DataRows)
			}
		})
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ in, refusal string }{
		"JSON cut short":            {`[{"a":1},{"a":`, "Il documento JSON è incompleto: finisce alla riga 1"},
		"JSON with a slip":          {"[{\"a\":1},\n{\"a\" 2}]", "Il documento JSON non è valido vicino alla riga 2 (byte 17)"},
		"JSON that goes on":         {`[{"a":1}] x`, "Il documento JSON non è valido vicino alla riga 1 (byte 10)"},
		"JSON of many levels":       {`[{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}]", "Il documento ha più di 200 livelli"},
		"XML of many levels":        {"<r>" + strings.Repeat("<a>", 5000), "Il documento ha più di 200 livelli"},
		"XML that does not end":     {"<r><a>1</a>", "Il documento XML non è ben formato alla riga 1"},
		"a billion laughs":          {`<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l><x>&b;</x><x>&b;</x></l>`, "Il documento XML usa entità dichiarate da lui stesso, alla riga 1: non vengono espanse"},
		"the file of a password":    {`<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l><x>&a;</x><x/></l>`, "Il documento XML usa entità dichiarate da lui stesso, alla riga 1: non vengono espanse"},
		"Turtle":                    {"@prefix a: <b> .\n", "È un documento RDF (Turtle), non una tabella"},
		"a database without layers": {"SQLite format 3\x00" + strings.Repeat("\x00", 600), "Il file è danneggiato o incompleto"},
		"an OLE file of nothing":    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "Il file è danneggiato o incompleto"},
		"Parquet cut short":         {"PAR1abcd", "Il file è danneggiato o incompleto"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := openString(t, tt.in); italian(err) != tt.refusal {
				t.Errorf("got %v (%s)", err, italian(err))
			}
		})
	}
}

func TestBrokenLinesOfJSONAreTold(t *testing.T) {
	got, err := openString(t, "{\"a\":1}\n{\"a\":\n[3]\n{\"a\":4}\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]tabular.Rejected{
		{Line: 2, Reason: "La riga non è un oggetto JSON valido / the line is not valid JSON"},
		{Line: 3, Reason: "Elemento che non è un oggetto: [3] / not an object"},
	}, got.Rejected); diff != "" || got.DataRows != 2 {
		t.Error(got.DataRows, diff)
	}
}

func TestCoordinatesTraps(t *testing.T) {
	feature := func(crs string, x, y float64) string {
		return fmt.Sprintf(`{"type":"FeatureCollection",%s"features":[{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[%v,%v]}}]}`, crs, x, y)
	}
	for _, tt := range []struct {
		name, in, crs, problem string
		lon, lat               float64
	}{
		{"latitude before longitude", feature("", 41.9, 12.5), "EPSG:4326", "invertite", 12.5, 41.9},
		{"metres without a word", feature("", 1465000, 4970000), "EPSG:3003", "dedotto", 8.556, 44.883},
		{"a CRS that is told", feature(`"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25833"}},`, 291000, 4640000), "EPSG:25833", "", 12.477, 41.885},
		{"a CRS that is told, north first", feature(`"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::6708"}},`, 4640000, 291000), "EPSG:32633", "invertite", 12.477, 41.885},
		{"a CRS that we do not know", feature(`"crs":{"type":"name","properties":{"name":"EPSG:23032"}},`, 470000, 4970000), "", "non conosciamo: EPSG:23032", 0, 0},
		{"a point in the sea of Guinea", feature("", 0, 0), "EPSG:4326", "fuori dall'Italia: 0.0000, 0.0000", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := openString(t, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			b := got.Geo.BBox
			if got.Geo.CRS.String() != tt.crs || math.Abs(b.Min[0]-tt.lon) > 0.01 || math.Abs(b.Min[1]-tt.lat) > 0.01 {
				t.Errorf("%s at %v", got.Geo.CRS, b.Min)
			}
			if all := strings.Join(got.Geo.Problems, "\n"); !strings.Contains(all, tt.problem) || tt.problem == "" && all != "" {
				t.Errorf("problems: %s", all)
			}
		})
	}
}

func TestParquetKeepsItsTypes(t *testing.T) {
	type row struct {
		ID    int64    `parquet:"id"`
		CAP   string   `parquet:"cap"`
		Price *float64 `parquet:"price,optional"`
		Day   int32    `parquet:"day,date"`
		At    int64    `parquet:"at,timestamp(microsecond)"`
		Cost  int64    `parquet:"cost,decimal(2:18)"`
		OK    bool     `parquet:"ok"`
		Tags  []string `parquet:"tags,list"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	price := 0.5
	if _, err := w.Write([]row{
		{1, "118", &price, 19783, 1709281800000000, 1250, true, []string{"a", "b"}},
		{2, "40062", nil, -1, 0, -5, false, nil},
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := openString(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if c := columnsOf(got); c != "id integer, cap text, price decimal, day date, at timestamp, cost decimal, ok boolean, tags_list_element text" {
		t.Error(c)
	}
	if diff := cmp.Diff([]string{
		`1 | 118 | 0.5 | 2024-03-01 | 2024-03-01T08:30:00 | 12.5 | true | ["a","b"]`,
		`2 | 40062 | ∅ | 1969-12-31 | 1970-01-01 | -0.05 | false | ∅`,
	}, rowsOf(t, got)); diff != "" {
		t.Error(diff)
	}
}

// shapefileOf writes a shapefile of one point and one field.
func shapefileOf(t testing.TB, prj string, x, y float64, value string) string {
	t.Helper()
	le, be := binary.LittleEndian, binary.BigEndian
	shp := make([]byte, 100)
	be.PutUint32(shp, 9994)
	rec := be.AppendUint32(be.AppendUint32(nil, 1), 10)
	rec = le.AppendUint32(rec, 1)
	rec = le.AppendUint64(le.AppendUint64(rec, math.Float64bits(x)), math.Float64bits(y))
	dbf := make([]byte, 32)
	dbf[0] = 3
	le.PutUint32(dbf[4:], 1)
	le.PutUint16(dbf[8:], 65)
	le.PutUint16(dbf[10:], 21)
	field := make([]byte, 32)
	copy(field, "NOME")
	field[11], field[16] = 'C', 20
	dbf = append(append(dbf, field...), '\r')
	dbf = append(dbf, ' ')
	dbf = append(dbf, value...)
	dbf = append(dbf, strings.Repeat(" ", 20-len(value))...)
	return zipOf(t, "dati/x.shp", string(append(shp, rec...)), "dati/x.dbf", string(dbf), "dati/x.prj", prj, "leggimi.txt", "niente")
}

func TestShapefileWithoutCodePage(t *testing.T) {
	got, err := openString(t, shapefileOf(t, `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]]]`, 12.5, 41.9, "Citt\xe0"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`Città | {"type":"Point","coordinates":[12.5,41.9]}`}, rowsOf(t, got)); diff != "" {
		t.Error(diff)
	}
}

func TestThePublisherKnowsBetter(t *testing.T) {
	const in = "codice;data;importo;attivo;n\n007;01/02/2024;1.026;1;x\n120;13/02/2024;12;0;5\n"
	table, err := tabular.Open(t.Context(), strings.NewReader(in), int64(len(in)), tabular.Options{Dictionary: []catalog.Column{
		{Header: "Codice", Type: catalog.Integer, Name: "numero"},
		{Name: "data", Type: catalog.String},
		{Name: "importo", Type: catalog.Decimal, Unit: "€", Title: catalog.Text{"it": "Importo"}, Description: catalog.Text{"it": "Lordo"}},
		{Name: "attivo", Type: catalog.Boolean},
		{Name: "n", Type: catalog.Integer},
		{Name: "che non c'è", Type: catalog.Integer},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if c := columnsOf(table); c != "numero integer, data text, importo decimal, attivo boolean, n integer" {
		t.Error(c)
	}
	if diff := cmp.Diff([]string{"7 | 01/02/2024 | 1026 | true | ∅", "120 | 13/02/2024 | 12 | false | 5"}, rowsOf(t, table)); diff != "" {
		t.Error(diff)
	}
	if c := table.Columns[2]; c.Unit != "€" || c.Title["it"] != "Importo" || c.Description["it"] != "Lordo" {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(strings.Join(table.Notes, "\n"), "Colonna n: 1 valori non sono del tipo indicato (integer)") {
		t.Error(table.Notes)
	}
}

func TestHeadersOfManyRows(t *testing.T) {
	const station = "NetC;ARPA;;;\nParm;SO2;SO2;NO2;NO2\nPtId;1;1;2;2\nUnit;ug/m3;;mg/m3;\nField;Aver;Max;Aver;Max\n01/09/2015 00:00;;;1.5;2.5\n01/09/2015 01:00;2.5;4.5;;\n"
	table, err := openString(t, station)
	if err != nil {
		t.Fatal(err)
	}
	if c := columnsOf(table); c != "timestamp timestamp, so2_aver decimal(1), so2_max decimal(1), no2_aver decimal(1), no2_max decimal(1)" || table.HeaderRow != 4 || table.DataRows != 2 {
		t.Error(c, table.HeaderRow, table.DataRows)
	}
	if u := table.Columns[1].Unit + " " + table.Columns[3].Unit; u != "ug/m3 mg/m3" {
		t.Error(u)
	}
	const pages = "via;n\nRoma;1\nvia;n\nMilano;2\n"
	if table, err = openString(t, pages); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]tabular.Rejected{{Line: 3, Reason: "Intestazione ripetuta / repeated header"}}, table.Rejected); diff != "" || table.DataRows != 2 {
		t.Error(table.DataRows, diff)
	}
}

func TestSheetsLayersAndMembersCanBeChosen(t *testing.T) {
	archive := zipOf(t, "a.csv", "x\n1\n2\n", "b.json", `[{"y":1}]`)
	document := `{"a":[{"x":1},{"x":2}],"b":{"c":[{"y":3}]}}`
	for _, tt := range []struct{ in, sheet, columns string }{
		{archive, "b.json", "y integer"}, {archive, "a.csv", "x integer"}, {document, "", "x integer"}, {document, "b.c", "y integer"},
	} {
		table, err := tabular.Open(t.Context(), strings.NewReader(tt.in), int64(len(tt.in)), tabular.Options{Sheet: tt.sheet})
		if err != nil {
			t.Fatal(err)
		}
		if columnsOf(table) != tt.columns {
			t.Errorf("%s: %s", tt.sheet, columnsOf(table))
		}
	}
	if _, err := tabular.Open(t.Context(), strings.NewReader(archive), int64(len(archive)), tabular.Options{Sheet: "c"}); italian(err) != `Il foglio "c" non esiste; ci sono: a.csv, b.json` {
		t.Error(italian(err))
	}
}

func TestThePublisherNamesTheCRS(t *testing.T) {
	const in = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[470000,4970000]}}]}`
	table, err := tabular.Open(t.Context(), strings.NewReader(in), int64(len(in)), tabular.Options{CRS: geo.ByCode(25832)})
	if err != nil {
		t.Fatal(err)
	}
	if g := table.Geo; g.CRS != 25832 || g.Accuracy != 1 || len(g.Problems) != 0 {
		t.Errorf("%+v", g)
	}
}
