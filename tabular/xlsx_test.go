package tabular_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"portico/tabular"
)

// workbook makes an XLSX of sheets with rows.
func workbook(t testing.TB, f func(x *excelize.File)) string {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	f(x)
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWorkbooks(t *testing.T) {
	in := workbook(t, func(x *excelize.File) {
		x.SetSheetName("Sheet1", "Copertina")
		x.SetCellStr("Copertina", "A1", "Comune di Prova")
		x.NewSheet("Dati")
		day, _ := x.NewStyle(&excelize.Style{NumFmt: 14})
		italian := "dd/mm/yyyy hh:mm"
		stamp, _ := x.NewStyle(&excelize.Style{CustomNumFmt: &italian})
		month := "mmm-yy"
		monthly, _ := x.NewStyle(&excelize.Style{CustomNumFmt: &month})
		zeros := "00000"
		code, _ := x.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
		percent, _ := x.NewStyle(&excelize.Style{NumFmt: 10})
		hours, _ := x.NewStyle(&excelize.Style{NumFmt: 20})
		x.SetSheetRow("Dati", "A1", &[]any{"Piante censite nel 2024"})
		x.SetSheetRow("Dati", "A3", &[]any{"Giorno", "Rilievo", "Mese", "Codice", "Quota", "Ora", "Misura", "Attivo", "Testo"})
		for i, row := range []string{"A4", "A5"} {
			at := time.Date(2024, 3, 1+i, 8, 30, 0, 0, time.UTC)
			x.SetSheetRow("Dati", row, &[]any{at.Truncate(24 * time.Hour), at, at.Truncate(24 * time.Hour), 118, 0.125, 0.5, 4.6 + 0.1, true, "007"})
		}
		x.SetCellStyle("Dati", "A4", "A5", day)
		x.SetCellStyle("Dati", "B4", "B5", stamp)
		x.SetCellStyle("Dati", "C4", "C5", monthly)
		x.SetCellStyle("Dati", "D4", "D5", code)
		x.SetCellStyle("Dati", "E4", "E5", percent)
		x.SetCellStyle("Dati", "F4", "F5", hours)
	})
	table, err := openString(t, in)
	if err != nil {
		t.Fatal(err)
	}
	if table.Sheet != "Dati" || table.Format != "xlsx" || table.HeaderRow != 2 || table.DataRows != 2 {
		t.Errorf("sheet %q, format %q, header %d, rows %d", table.Sheet, table.Format, table.HeaderRow, table.DataRows)
	}
	const columns = "giorno date, rilievo timestamp, mese date, codice text, quota decimal(3), ora time, misura decimal(1), attivo boolean, testo text"
	if got := columnsOf(table); got != columns {
		t.Errorf("columns:\n got %s\nwant %s", got, columns)
	}
	want := []string{
		"2024-03-01 | 2024-03-01T08:30:00 | 2024-03-01 | 00118 | 0.125 | 12h0m0s | 4.7 | true | 007",
		"2024-03-02 | 2024-03-02T08:30:00 | 2024-03-02 | 00118 | 0.125 | 12h0m0s | 4.7 | true | 007",
	}
	if diff := cmp.Diff(want, rowsOf(t, table)); diff != "" {
		t.Errorf("rows: -want +got\n%s", diff)
	}
}

func TestSheetsAreChosenByName(t *testing.T) {
	in := workbook(t, func(x *excelize.File) {
		x.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"})
		x.NewSheet("Altro")
		x.SetSheetRow("Altro", "A1", &[]any{"c", "d"})
		x.SetSheetRow("Altro", "A2", &[]any{1, 2})
	})
	open := func(sheet string) (*tabular.Table, error) {
		return tabular.Open(t.Context(), strings.NewReader(in), int64(len(in)), tabular.Options{Sheet: sheet})
	}
	table, err := open("Altro")
	if err != nil || columnsOf(table) != "c integer, d integer" {
		t.Errorf("%v, %v", table, err)
	}
	if _, err := open("Manca"); italian(err) != "Il foglio \"Manca\" non esiste; ci sono: Sheet1, Altro" {
		t.Errorf("got %v", err)
	}
}

func TestHostileWorkbooksAreRefused(t *testing.T) {
	good := workbook(t, func(x *excelize.File) { x.SetSheetRow("Sheet1", "A1", &[]any{"a", "b"}) })
	const parts = `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="S" sheetId="1" r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets></workbook>`
	for name, in := range map[string]string{
		"parts that unpack to much":   zipOf(t, "xl/workbook.xml", parts, "xl/media/image1.png", strings.Repeat("0", 60<<20)),
		"a sheet that is a bomb":      zipOf(t, "xl/workbook.xml", parts, "xl/worksheets/sheet1.xml", strings.Repeat(" ", 40<<20)),
		"a workbook without sheets":   zipOf(t, "xl/workbook.xml", parts),
		"a workbook that is no XML":   zipOf(t, "xl/workbook.xml", "{}", "xl/worksheets/sheet1.xml", "{}"),
		"a workbook that is cut":      good[:len(good)/2],
		"a Word document":             zipOf(t, "word/document.xml", "<x/>"),
		"an OpenDocument spreadsheet": zipOf(t, "content.xml", "<x/>"),
	} {
		if _, err := openString(t, in); italian(err) == "" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// bareWorkbook makes an XLSX of one sheet with the given XML of rows.
func bareWorkbook(t testing.TB, rows string) string {
	t.Helper()
	whole := workbook(t, func(*excelize.File) {})
	z, err := zip.NewReader(strings.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		content := string(b)
		if f.Name == "xl/worksheets/sheet1.xml" {
			content = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
		}
		parts = append(parts, f.Name, content)
	}
	return zipOf(t, parts...)
}

func TestFarAwayCellsCostNoMemory(t *testing.T) {
	for name, rows := range map[string]string{
		"a cell in the last row and column": `<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="1048576"><c r="XFD1048576"><v>3</v></c></row>`,
		"rows that are as wide as can be":   strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			readAll(t, bareWorkbook(t, rows))
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}
