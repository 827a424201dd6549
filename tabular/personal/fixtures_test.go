package personal_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"portico/internal/fixtures"
	"portico/tabular"
	"portico/tabular/personal"
)

// heldFixtures are the real tables that would wait for a person, with why. The
// publishers have a legal basis for some and should think about others; what
// matters is that tables of streets, buildings and numbers are not among them.
var heldFixtures = map[string]string{
	"e_l190/terracina_appalti_2013.xml": "a tenderer has the codice fiscale of a person; the publication is asked for by l. 190/2012",
}

// TestFewRealTablesAreHeld runs the check over the tables of real publishers.
func TestFewRealTablesAreHeld(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	tables, seen := 0, map[string]bool{}
	for _, kind := range []string{"f_table", "f_excel", "e_anncsu", "e_aria", "e_elezioni", "e_gtfs", "e_istat", "e_l190", "e_opencup", "e_pnrr", "e_registry", "h_json", "h_xml", "g_geo"} {
		err := filepath.WalkDir(filepath.Join(dir, kind), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			name, _ := filepath.Rel(dir, path)
			reports := reportsOf(t, path)
			tables += len(reports)
			for sheet, r := range reports {
				name := filepath.ToSlash(name)
				if r.Holds() && heldFixtures[name] == "" {
					t.Errorf("%s %s would be held: %+v", name, sheet, r.Findings)
				}
				seen[name] = seen[name] || r.Holds()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range heldFixtures {
		if !seen[name] {
			t.Errorf("%s is not held any more", name)
		}
	}
	t.Logf("%d tables of %d files; held: %d", tables, len(seen), len(heldFixtures))
}

// reportsOf returns what is found in each table of a file.
func reportsOf(t *testing.T, path string) map[string]personal.Report {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]personal.Report{}
	sheets := []string{""}
	for i := 0; i < len(sheets); i++ {
		table, err := tabular.Open(context.Background(), f, info.Size(), tabular.Options{Name: filepath.Base(path), Sheet: sheets[i]})
		if err != nil {
			return out
		}
		if i == 0 && len(table.Sheets) > 1 {
			for _, s := range table.Sheets {
				if s != table.Sheet {
					sheets = append(sheets, s)
				}
			}
		}
		c := personal.New(table.Columns)
		for row, err := range table.Rows {
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			c.Row(row)
		}
		out[table.Sheet] = c.Report()
	}
	return out
}
