package all_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/all"
	"portico/internal/fixtures"
)

var columns = []catalog.Column{
	{Name: "testo", Type: catalog.String},
	{Name: "n", Type: catalog.Integer},
	{Name: "importo", Type: catalog.Decimal, Scale: 2},
	{Name: "misura", Type: catalog.Decimal},
	{Name: "attivo", Type: catalog.Boolean},
	{Name: "giorno", Type: catalog.Day},
	{Name: "ora", Type: catalog.TimeOfDay},
	{Name: "quando", Type: catalog.Timestamp},
}

// rows have what goes wrong between formats: codes, quotes, lines, formulas,
// numbers of many digits, days before 1900, nothing at all.
func rows() [][]any {
	at := time.Date(2024, 2, 29, 8, 30, 5, 0, time.UTC)
	out := [][]any{
		{"00184", int64(-5), 1234.5, 41.125, true, at.Truncate(24 * time.Hour), 9*time.Hour + 30*time.Minute, at},
		{"Bar \"Da Gino\", centro; Forlì", int64(9_007_199_254_740_993), 0.01, 1e-7, false, time.Date(1861, 3, 17, 0, 0, 0, 0, time.UTC), time.Duration(0), at.Add(time.Hour)},
		{nil, nil, nil, nil, nil, nil, nil, nil},
		{"due\nrighe\te tab", int64(0), -99.99, 16.8718715, true, at.Truncate(24 * time.Hour), 23*time.Hour + 59*time.Minute + 59*time.Second, at},
		{"=1+1", int64(1), 0.0, 0.1 + 0.2, nil, nil, nil, nil},
	}
	for i := range 3000 {
		out = append(out, []any{"riga " + strconv.Itoa(i), int64(i), float64(i) / 4, float64(i) / 3, i%2 == 0, at.AddDate(0, 0, i).Truncate(24 * time.Hour), time.Duration(i) * time.Second, at.Add(time.Duration(i) * time.Minute)})
	}
	return out
}

// plain writes a value as read.py does.
func plain(v any, typ catalog.ColumnType) any {
	switch v := v.(type) {
	case nil:
		return nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		if typ == catalog.Day {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02T15:04:05.000000")
	case time.Duration:
		return time.Time{}.Add(v).Format(time.TimeOnly)
	}
	return fmt.Sprint(v)
}

func TestAllFormatsHoldTheSameRows(t *testing.T) {
	venv := os.Getenv("PORTICO_VENV")
	if venv == "" {
		venv = filepath.Join("..", "..", "build", "venv")
	}
	python, err := filepath.Abs(filepath.Join(venv, "bin", "python"))
	if err == nil {
		_, err = os.Stat(python)
	}
	if err != nil {
		fixtures.Missing(t, "no Python with DuckDB, pyarrow and pandas to read the files: make test-tools")
	}
	dir, given := t.TempDir(), rows()
	want := make([][]any, len(given))
	for i, row := range given {
		for j, v := range row {
			want[i] = append(want[i], plain(v, columns[j].Type))
		}
	}
	for _, name := range []string{"csv", "tsv", "json", "ndjson", "parquet", "xlsx"} {
		f, ok := all.Formats().Format(name)
		if !ok {
			t.Fatal(name)
		}
		var b bytes.Buffer
		if err := f.Write(t.Context(), &b, exporter.Rows{Columns: columns, All: each(given)}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "t."+name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "read.py"), dir)
	cmd.Stderr = os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Pyarrow, Duckdb, Pandas, CSV, TSV, JSON, NDJSON [][]any
		PyarrowTypes                                    []string `json:"pyarrow types"`
		DuckdbTypes                                     []string `json:"duckdb types"`
		PandasTypes                                     []string `json:"pandas types"`
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	pandasTypes := "string[pyarrow] int64[pyarrow] decimal128(18, 2)[pyarrow] double[pyarrow] bool[pyarrow] date32[day][pyarrow] time64[us][pyarrow] timestamp[us][pyarrow]"
	types := "string int64 decimal128(18, 2) double bool date32[day] time64[us] timestamp[us]"
	if s := strings.Join(got.PyarrowTypes, " "); s != types {
		t.Errorf("pyarrow: types %s", s)
	}
	if s := strings.Join(got.DuckdbTypes, " "); s != "VARCHAR BIGINT DECIMAL(18,2) DOUBLE BOOLEAN DATE TIME TIMESTAMP" {
		t.Errorf("DuckDB: types %s", s)
	}
	if s := strings.Join(got.PandasTypes, " "); s != pandasTypes {
		t.Errorf("pandas: types %s", s)
	}
	for name, rows := range map[string][][]any{"pyarrow": got.Pyarrow, "DuckDB": got.Duckdb, "pandas": got.Pandas, "JSON": moments(got.JSON), "NDJSON": moments(got.NDJSON), "XLSX": workbook(t, filepath.Join(dir, "t.xlsx"))} {
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%s: -want +got\n%.2000s", name, diff)
		}
	}
	for name, rows := range map[string][][]any{"CSV": got.CSV, "TSV": got.TSV} {
		if len(rows) == 0 || len(rows[0]) != len(columns) || rows[0][0] != "testo" {
			t.Fatalf("%s: no header", name)
		}
		rows = rows[1:]
		for _, row := range rows {
			for i, v := range row {
				if v == "" {
					row[i] = nil
				}
			}
		}
		if diff := cmp.Diff(want, moments(rows)); diff != "" {
			t.Errorf("%s: -want +got\n%.2000s", name, diff)
		}
	}
}

func each(rows [][]any) func(func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// moments gives the last column its microseconds, which texts leave out where
// they are none.
func moments(rows [][]any) [][]any {
	for _, row := range rows {
		if s, ok := row[len(row)-1].(string); ok && !strings.Contains(s, ".") {
			row[len(row)-1] = s + ".000000"
		}
	}
	return rows
}

// workbook reads the rows of an Excel file, each value by the type of its cell.
func workbook(t *testing.T, path string) [][]any {
	t.Helper()
	x, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	lines, err := x.GetRows("Dati", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var out [][]any
	for _, line := range lines[1:] {
		row := make([]any, len(columns))
		for i, s := range line {
			if s != "" {
				row[i] = fromExcel(t, s, columns[i].Type)
			}
		}
		out = append(out, row)
	}
	return out
}

func fromExcel(t *testing.T, s string, typ catalog.ColumnType) any {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case typ == catalog.Boolean:
		return strconv.FormatBool(s == "1")
	case err != nil || typ == catalog.String || typ == catalog.Integer:
		return s // days before 1900, and long numbers, are texts
	case typ == catalog.Decimal:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	at := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(f * float64(24*time.Hour))).Round(time.Microsecond * 100)
	layouts := map[catalog.ColumnType]string{catalog.Day: time.DateOnly, catalog.TimeOfDay: time.TimeOnly, catalog.Timestamp: "2006-01-02T15:04:05.000000"}
	return at.Format(layouts[typ])
}
