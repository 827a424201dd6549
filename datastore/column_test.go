package datastore_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/datastore"
)

// TestNumbersComeBackFromAFileAsTheyWereWritten compacts a table of every kind
// of number, reads it with nothing in memory, and looks whether its file serves
// for SQL as it is.
func TestNumbersComeBackFromAFileAsTheyWereWritten(t *testing.T) {
	for name, c := range map[string]struct {
		typ    string
		values string // of JSON
		column string // of the file; "" = not one that SQL can be asked of
	}{
		"whole numbers":                   {"int4", `1 | -2 | null | 2147483647`, "integer 0"},
		"amounts as Python writes them":   {"numeric", `42.5 | 42 | 42.50 | 0.25 | null`, "decimal 2"},
		"amounts with two digits, always": {"numeric", `"42.50" | "0.00" | "-7.10"`, "decimal 2"},
		"whole amounts":                   {"numeric", `"42" | 7 | "-1000000"`, "decimal 1"},
		"amounts as each liked":           {"numeric", `"42.50" | "42.5"`, ""},
		"many digits":                     {"numeric", `"3.14159265358979323846"`, ""},
		"shares of four digits":           {"numeric", `0.1234 | 12345678901.5`, "decimal 4"},
		"too many digits for a DECIMAL":   {"numeric", `"12345678901234.25" | "1.5"`, "decimal 0"},
		"coordinates":                     {"numeric", `18.14236 | 40.38516`, "decimal 5"},
		"measurements":                    {"float8", `1e-7 | 0.30000000000000004 | 1e300 | 5 | -0`, "decimal 0"},
		"short measurements":              {"float4", `0.5 | "1.25"`, "decimal 0"},
		"moments":                         {"timestamptz", `"2024-02-29T10:00:00+02:00" | null`, "timestamp 0"},
		"other moments":                   {"timestamp", `"2024-02-29T10:00:00.125"`, "timestamp 0"},
		"answers":                         {"bool", `true | "no" | null`, "boolean 0"},
		"trees":                           {"json", `{"a": 1}`, "text 0"},
	} {
		t.Run(name, func(t *testing.T) {
			b := openTables(t)
			var records []string
			for v := range strings.SplitSeq(c.values, " | ") {
				records = append(records, `{"v": `+v+`}`)
			}
			if _, _, err := b.Create(t.Context(), "t", datastore.Definition{
				Fields: []datastore.Field{{ID: "v", Type: c.typ}}, Records: rows(t, "["+strings.Join(records, ",")+"]"),
			}); err != nil {
				t.Fatal(err)
			}
			want := b.show(t, datastore.Query{Limit: -1})
			view, err := b.Table(t.Context(), "t")
			if err != nil {
				t.Fatal(err)
			}
			if _, there := b.Base(t.Context(), view); there {
				t.Error("there is a file before one was made")
			}
			columns, _ := view.Parquet()
			if told := fmt.Sprintf("%s %d", columns[1].Type, columns[1].Scale); c.column != "" && told != c.column || columns[1].Type == catalog.String && c.typ != "json" {
				t.Errorf("the column is %s", told)
			}
			if done, err := b.Compact(t.Context(), "t"); !done || err != nil {
				t.Fatal(done, err)
			}
			b = b.again()
			if diff := cmp.Diff(want, b.show(t, datastore.Query{Limit: -1})); diff != "" {
				t.Error(diff)
			}
			if view, err = b.Table(t.Context(), "t"); err != nil {
				t.Fatal(err)
			}
			f, there := b.Base(t.Context(), view)
			if there != (c.column != "") {
				t.Errorf("a file for SQL: %v", there)
			}
			if !there {
				return
			}
			_ = f.Close()
			if _, err := b.Write(t.Context(), "t", datastore.Insert, rows(t, `[{"v": null}]`), false); err != nil {
				t.Fatal(err)
			}
			if view, err = b.Table(t.Context(), "t"); err != nil {
				t.Fatal(err)
			}
			if _, there := b.Base(t.Context(), view); there {
				t.Error("the file serves though a row was written after it")
			}
		})
	}
}
