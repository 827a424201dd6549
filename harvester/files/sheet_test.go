package files

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

func TestFieldNamesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/file-sources.md")
	if err != nil {
		t.Fatal(err)
	}
	for field, names := range fieldNames {
		want := "| " + field + " | `" + strings.Join(names, "`, `") + "` |"
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/file-sources.md lacks the row %s", want)
		}
	}
}

func TestSheetsAreReadInEveryForm(t *testing.T) {
	for _, test := range []struct{ name, file, text string }{
		{"entries in a list", "metadata.yaml", "dataset:\n  - file: a.csv\n    Titolo: X\n"},
		{"entries by file name", "metadati.yml", "a.csv:\n  TITOLO: X\n"},
		{"a table with semicolons", "metadati.csv", "\ufefffile;Titolo;tema\na.csv;X;ENVI\n"},
		{"a table with commas, as Windows writes it", "metadata.csv", "file,titolo,descrizione\r\na.csv,X,citt\xe0\r\n"},
		{"a sheet beside the file", "a.csv.yaml", "titolo: X\n"},
		{"a sheet for every extension", "a.yaml", "title: X\n"},
		{"what holds for all", "metadata.yaml", "title: X\n"},
	} {
		s := readSheets(&shelf{sheets: []item{{path: test.file, open: opener(test.text)}}})
		if got := s.of("a.csv").one("title"); got != "X" || len(s.problems) > 0 {
			t.Errorf("%s: got %q, %v", test.name, got, s.problems)
		}
	}
	s := readSheets(&shelf{sheets: []item{{path: "metadata.yaml", open: opener("a: [")}}})
	if len(s.problems) != 1 {
		t.Errorf("a broken sheet: %v", s.problems)
	}
}

func opener(text string) func(context.Context) (file, error) {
	return func(context.Context) (file, error) { return inMemory{bytes.NewReader([]byte(text))}, nil }
}
