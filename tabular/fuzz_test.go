package tabular_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"portico/catalog"
	"portico/tabular"
)

// readAll opens and reads hostile bytes: whatever they are, they end as a
// table whose rows are as told, or as an error that people can read.
func readAll(t *testing.T, in string) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	table, err := tabular.Open(ctx, strings.NewReader(in), int64(len(in)), tabular.Options{MaxBytes: 32 << 20, MaxRows: 1_000_000})
	if err != nil {
		if catalog.KindOf(err) != catalog.Invalid {
			t.Fatalf("not catalog.Invalid: %v", err)
		}
		return
	}
	checkNames(t, table)
	var n int64
	for row, err := range table.Rows {
		if err != nil {
			t.Fatal(err)
		}
		checkRow(t, table, row)
		n++
	}
	if n != table.DataRows {
		t.Fatalf("%d rows, %d told", n, table.DataRows)
	}
}

func checkNames(t *testing.T, table *tabular.Table) {
	t.Helper()
	names := make(map[string]bool)
	for _, c := range table.Columns {
		if c.Name == "" || names[c.Name] || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Fatalf("name %q", c.Name)
		}
		names[c.Name] = true
	}
}

func checkRow(t *testing.T, table *tabular.Table, row []any) {
	t.Helper()
	if len(row) != len(table.Columns) {
		t.Fatalf("%d values, %d columns", len(row), len(table.Columns))
	}
	for i, v := range row {
		if !fitsType(v, table.Columns[i].Type) {
			t.Fatalf("a %T in a column of %s", v, table.Columns[i].Type)
		}
	}
}

func fitsType(v any, typ catalog.ColumnType) bool {
	switch v.(type) {
	case nil:
		return true
	case int64:
		return typ == catalog.Integer
	case float64:
		return typ == catalog.Decimal
	case bool:
		return typ == catalog.Boolean
	case string:
		return typ == catalog.String || typ == catalog.Geometry
	case time.Time:
		return typ == catalog.Day || typ == catalog.Timestamp
	case time.Duration:
		return typ == catalog.TimeOfDay
	}
	return false
}

func FuzzOpenCSV(f *testing.F) {
	for _, s := range []string{
		"a;b\n1;2,5\n", "a,b\n\"x\ny\",\"z\"\"\"\n", "\ufefftitolo;;\n\nn;data\n1;31/12/2024\nTotale;1\n",
		"\xff\xfea\x00;\x00b\x00\n\x00", "citt\xe0;v\nForl\xec;1.026\n", "1\t2\n3\t4\n", "\"", "a\rb\r", accents,
		"x;ora\n1;09:30\n-;n.d.\n", "a|b|\n|1|", "d\n2024-05-01T08:30:15+02:00\n", "v\n\"a\" b\"c\n",
	} {
		f.Add(s)
	}
	f.Fuzz(readAll)
}

func FuzzOpenXLSX(f *testing.F) {
	f.Add(workbook(f, func(x *excelize.File) {
		x.SetSheetRow("Sheet1", "A1", &[]any{"a", "b", "c"})
		x.SetSheetRow("Sheet1", "A2", &[]any{1.5, "x", time.Date(2024, 1, 2, 3, 4, 0, 0, time.UTC)})
	}))
	f.Add(bareWorkbook(f, `<row r="1"><c r="A1"><v>1</v></c></row>`))
	f.Add(bareWorkbook(f, `<row r="3"><c r="XFD3" t="s"><v>9</v></c></row><row r="2"><c r="A0"/></row>`))
	f.Fuzz(readAll)
}
