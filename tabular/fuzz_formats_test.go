package tabular_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func FuzzOpenJSON(f *testing.F) {
	for _, s := range []string{
		`[{"a":1,"b":{"c":"x"}},{"a":null}]`, `{"r":{"rows":[{"a":1},{"a":2}]}}`, "{\"a\":1}\n{\"a\":2}\n", `[[1,"a"],[2,"b"]]`, `["a",1]`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":["12",41.9]}}]}`,
		`{"type":"Polygon","coordinates":[[[1,2],[3,4],[1,2]]]}`, `{"success":false}`, `[{"a":`, "[1e400]",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1e300,2]}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(readAll)
}

func FuzzOpenXML(f *testing.F) {
	for _, s := range []string{
		`<?xml version="1.0"?><r><v a="1"><b>x</b><b>y</b></v><v/></r>`, `<r><!DOCTYPE x><a>&amp;</a></r>`, `<r>`,
		`<kml><Placemark><name>a</name><Point><coordinates>12,41</coordinates></Point></Placemark></kml>`,
		`<kml><Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><Polygon><outerBoundaryIs><LinearRing><coordinates>1,2 3,4</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark></kml>`,
		`<gpx><wpt lat="45" lon="9"/><trk><trkseg><trkpt lat="x" lon="9"/></trkseg></trk></gpx>`,
	} {
		f.Add(s)
	}
	f.Fuzz(readAll)
}

// FuzzOpenParts changes the parts of archives rather than their bytes: the
// three files of a shapefile, and the sheet of an OpenDocument workbook.
func FuzzOpenParts(f *testing.F) {
	whole := shapefileOf(f, "", 12.5, 41.9, "Citta")
	at := strings.Index(whole, "x.shp")
	f.Add([]byte(whole[at:at+128]), []byte("\x03AAA\x01\x00\x00\x00A\x00\x16\x00"), []byte(`EPSG`), odsOf(`<table:table-row><table:table-cell/></table:table-row>`))
	f.Add([]byte{0, 0, 0x27, 0x0a}, []byte{}, []byte(`GEOGCS["x",DATUM["D_WGS_1984"`), odsOf(`<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="1024" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>`))
	f.Fuzz(func(t *testing.T, shp, dbf, prj []byte, content string) {
		readAll(t, zipOf(t, "x.shp", string(shp), "x.dbf", string(dbf), "x.prj", string(prj)))
		readAll(t, zipOf(t, "content.xml", content))
	})
}

// odsOf is the content of an OpenDocument workbook with such rows.
func odsOf(rows string) string {
	return `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="A">` +
		rows + `</table:table></office:spreadsheet></office:body></office:document-content>`
}

func FuzzOpenParquet(f *testing.F) {
	type row struct {
		A int64   `parquet:"a"`
		B *string `parquet:"b,optional"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	text := "x"
	if _, err := w.Write([]row{{1, &text}, {2, nil}}); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.String())
	f.Add("PAR1PAR1")
	f.Fuzz(readAll)
}

// packageOf writes a GeoPackage of one layer.
func packageOf(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.gpkg")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		`CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT)`,
		`INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'undefined')`,
		`CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)`,
		`CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)`,
		`INSERT INTO gpkg_contents VALUES ('a "b"', 'features'), ('v', 'features')`,
		`INSERT INTO gpkg_geometry_columns VALUES ('a "b"', 'geom', 4326)`,
		`CREATE TABLE "a ""b""" (fid INTEGER PRIMARY KEY, geom BLOB, nome TEXT, giorno DATE)`,
		`CREATE VIEW v AS WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM x) SELECT n FROM x`,
		`INSERT INTO "a ""b""" VALUES (1, x'4750000100000000' || x'0101000000000000000000294033333333333344400', 'Rosa', '2024-03-01')`,
	} {
		q = strings.ReplaceAll(q, "x'4750000100000000' || x'0101000000000000000000294033333333333344400'", "x'4750000100000000010100000000000000000029403333333333f34440'")
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(q, err)
		}
	}
	db.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func FuzzOpenGeoPackage(f *testing.F) {
	f.Add(packageOf(f))
	f.Fuzz(readAll)
}

func TestGeoPackages(t *testing.T) {
	got, err := openString(t, packageOf(t))
	if err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, got); len(rows) != 1 || rows[0] != `Rosa | 2024-03-01 | {"type":"Point","coordinates":[12.5,41.9]}` || columnsOf(got) != "nome text, giorno date, geometry geometry" {
		t.Error(columnsOf(got), rows)
	}
	if got.Sheet != `a "b"` || got.Sheets != nil { // the view, which never ends, is no layer
		t.Error(got.Sheet, got.Sheets)
	}
}

func TestOpenDocument(t *testing.T) {
	const cell = `<table:table-cell office:value-type="string"><text:p>%</text:p></table:table-cell>`
	text := func(s string) string { return strings.ReplaceAll(cell, "%", s) }
	rows := `<table:table-row>` + text("giorno") + text("codice") + text("n") + text("ora") + text("nota") + `</table:table-row>` +
		`<table:table-row><table:table-cell office:value-type="date" office:date-value="2024-03-01"><text:p>01/03/24</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="float" office:value="118"><text:p>00118</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="float" office:value="1.5"><text:p>1,5</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="time" office:time-value="PT09H30M00S"><text:p>9.30</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="string"><office:annotation><text:p>non questa</text:p></office:annotation><text:p>due</text:p><text:p>righe</text:p></table:table-cell>` +
		`<table:table-cell table:number-columns-repeated="16000"/></table:table-row>` +
		`<table:table-row table:number-rows-repeated="2">` + strings.Repeat(text("x"), 5) + `</table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`
	rows = strings.Replace(rows, strings.Repeat(text("x"), 5), `<table:table-cell office:value-type="date" office:date-value="2024-03-02"/><table:table-cell/><table:table-cell office:value-type="float" office:value="2"/>`, 1)
	got, err := openString(t, zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", odsOf(rows)))
	if err != nil {
		t.Fatal(err)
	}
	if c := columnsOf(got); c != "giorno text, codice text, n decimal(1), ora time, nota text" && c != "giorno date, codice text, n decimal(1), ora time, nota text" {
		t.Error(c)
	}
	if all := rowsOf(t, got); len(all) != 3 || all[0] != "2024-03-01 | 00118 | 1.5 | 9h30m0s | due\nrighe" {
		t.Errorf("%q", all)
	}
}
