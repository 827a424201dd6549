package tabular_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/fixtures"
	"portico/tabular"
)

// expectation is what the manifest says of a table.
type expectation struct {
	Encoding  *string         `json:"encoding"`
	Delimiter *string         `json:"delimiter"`
	HeaderRow json.RawMessage `json:"header_row"`
	DataRows  *int64          `json:"data_rows"`
	Columns   json.RawMessage `json:"columns"`
	Suggested []string        `json:"columns_suggested"`
	Types     []string        `json:"types"`
	Outcome   string          `json:"outcome"`
}

func manifest(t *testing.T, dir string) map[string]expectation {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := make(map[string]expectation)
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		c := strings.Split(sc.Text(), "\t")
		if len(c) < 10 || !isTableFixture(c[0]) {
			continue
		}
		var e expectation
		if err := json.Unmarshal([]byte(c[9]), &e); err != nil {
			t.Fatalf("%s: %v", c[0], err)
		}
		all[c[0]] = e
	}
	return all
}

func isTableFixture(path string) bool {
	ext := filepath.Ext(strings.TrimSuffix(path, ".zip"))
	switch {
	case strings.HasPrefix(path, "f_table/"), strings.HasPrefix(path, "f_excel/"):
		return true
	case strings.HasPrefix(path, "e_"):
		return ext == ".csv"
	case strings.HasPrefix(path, "n_nasty/"):
		return ext == ".csv" || ext == ".xlsx" || strings.HasSuffix(path, "zip_slip.zip")
	}
	return false
}

// refused are the fixtures of which no table is made, with what is said.
var refused = map[string]string{
	"f_table/prato_scuole_EMPTY.csv": "Il file è vuoto",
	"n_nasty/html_404_saved_as.csv":  "È una pagina web, non una tabella",
	"n_nasty/zip_bomb_256mb.csv.zip": "Il file si espande a più di 250 volte la sua dimensione: rifiutato come zip bomb",
}

// knownDifferences are what we read otherwise than the manifest says. A new
// one fails the test; so does one that is mended and still listed.
var knownDifferences = map[string]string{
	"f_table/alessandria_numeri_civici.csv.zip type of cap":         codes,
	"f_table/alessandria_viario.csv type of cap":                    codes,
	"f_table/alessandria_viario.csv type of codiceistat":            codes,
	"f_table/molinella_associazioni.csv type of cap":                codes,
	"f_table/molinella_impianti_sportivi.csv type of capimpianto":   codes,
	"f_table/prato_botteghe.csv type of cap":                        codes,
	"f_table/newcastle_spending_title_rows.csv type of grand_total": "1,095.00 is a number",
}

const (
	codes = "the manifest tells digits; we keep CAP and ISTAT codes as text"
)

func TestEveryFixtureIsReadAsTheManifestSays(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	checks, wrong := 0, 0
	seen := make(map[string]bool)
	for path, want := range manifest(t, dir) {
		table, err := openFile(t, filepath.Join(dir, path))
		if msg, ok := refused[path]; ok {
			if got := italian(err); got != msg {
				t.Errorf("%s: got %q, want %q", path, got, msg)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if rows := countRows(t, table); rows != table.DataRows {
			t.Errorf("%s: yields %d rows, says %d", path, rows, table.DataRows)
		}
		for _, d := range compare(want, table) {
			checks++
			if d.got == d.want {
				continue
			}
			wrong++
			key := path + " " + d.what
			seen[key] = true
			if _, known := knownDifferences[key]; !known {
				t.Errorf("%s: got %s, want %s", key, d.got, d.want)
			}
		}
	}
	for key, why := range knownDifferences {
		if !seen[key] {
			t.Errorf("%s is as the manifest says now; take it off the list (%s)", key, why)
		}
	}
	tables, off := make(map[string]bool), make(map[string]bool)
	for key := range seen {
		path, _, _ := strings.Cut(key, " ")
		off[path] = true
		if knownDifferences[key] != codes {
			tables[path] = true
		}
	}
	n := len(manifest(t, dir))
	t.Logf("%d of %d facts as the manifest says (%.1f %%); %d of %d tables in all facts, %d but for codes that we keep as text",
		checks-wrong, checks, 100*float64(checks-wrong)/float64(checks), n-len(off), n, n-len(tables))
	if float64(checks-wrong) < 0.95*float64(checks) {
		t.Error("less than 95 % of the facts are right")
	}
	if float64(n-len(tables)) < 0.95*float64(n) {
		t.Errorf("%d of %d tables are less than 95 %%", n-len(tables), n)
	}
}

type difference struct{ what, got, want string }

func compare(e expectation, t *tabular.Table) []difference {
	var all []difference
	add := func(what string, got, want any) {
		all = append(all, told(what, got, want))
	}
	if e.Encoding != nil && t.Format != "xlsx" {
		want := map[string]string{
			"ascii": "utf-8", "utf-8-sig": "utf-8", "windows-1252": "cp1252",
			"utf-16-le-bom": "utf-16-le", "windows-1252 or ascii": "utf-8",
		}[*e.Encoding]
		if want == "" {
			want = *e.Encoding
		}
		add("encoding", t.Encoding, want)
	}
	if e.Delimiter != nil {
		add("delimiter", t.Delimiter, *e.Delimiter)
	}
	if len(e.HeaderRow) > 0 {
		got := fmt.Sprint(t.HeaderRow)
		if t.HeaderRow < 0 {
			got = "null"
		}
		add("header_row", got, string(e.HeaderRow))
	}
	if e.DataRows != nil {
		add("data_rows", t.DataRows, *e.DataRows)
	}
	return append(append(all, compareColumns(e, t)...), compareTypes(e, t)...)
}

func told(what string, got, want any) difference {
	return difference{what, fmt.Sprintf("%q", fmt.Sprint(got)), fmt.Sprintf("%q", fmt.Sprint(want))}
}

func compareColumns(e expectation, t *tabular.Table) (all []difference) {
	var names []string
	if json.Unmarshal(e.Columns, &names) == nil && names != nil {
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
		}
		all = append(all, told("columns", headersOf(t), names))
	} else if len(e.Columns) > 0 {
		all = append(all, told("columns", len(t.Columns), string(e.Columns)))
	}
	if e.Suggested != nil {
		all = append(all, told("columns", len(t.Columns), len(e.Suggested)))
	}
	return all
}

func compareTypes(e expectation, t *tabular.Table) (all []difference) {
	if len(e.Types) == len(t.Columns) {
		for i, want := range e.Types {
			if c := t.Columns[i]; typeOf(want) != "" {
				all = append(all, told("type of "+c.Name, c.Type, typeOf(want)))
			}
		}
	}
	return all
}

func headersOf(t *tabular.Table) []string {
	var all []string
	for _, c := range t.Columns {
		if c.Header == "" {
			c.Header = c.Name
		}
		all = append(all, c.Header)
	}
	return all
}

// typeOf turns the words of the manifest into a type.
func typeOf(want string) string {
	for prefix, typ := range map[string]catalog.ColumnType{
		"text": catalog.String, "empty": catalog.String, "int": catalog.Integer, "float": catalog.Decimal,
		"bool": catalog.Boolean, "date ": catalog.Day, "datetime": catalog.Timestamp, "time": catalog.TimeOfDay,
	} {
		if strings.HasPrefix(want, prefix) {
			return string(typ)
		}
	}
	return ""
}
