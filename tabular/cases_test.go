package tabular_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"portico/tabular"
)

// rowsOf reads all rows of a table as text, for short expectations.
func rowsOf(t *testing.T, table *tabular.Table) []string {
	t.Helper()
	var all []string
	for row, err := range table.Rows {
		if err != nil {
			t.Fatal(err)
		}
		cells := make([]string, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case nil:
				cells[i] = "∅"
			case time.Time:
				cells[i] = v.Format("2006-01-02T15:04:05.999")
				cells[i] = strings.TrimSuffix(cells[i], "T00:00:00")
			default:
				cells[i] = fmt.Sprint(v)
			}
		}
		all = append(all, strings.Join(cells, " | "))
	}
	return all
}

func columnsOf(table *tabular.Table) string {
	var all []string
	for _, c := range table.Columns {
		s := c.Name + " " + string(c.Type)
		if c.Scale > 0 {
			s += fmt.Sprint("(", c.Scale, ")")
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func TestTypesAreDecidedOnAllValues(t *testing.T) {
	many := "codice;n\n" + strings.Repeat("30125;1\n", 30_000) + "A12;2\n"
	for _, tt := range []struct{ name, in, columns, last string }{
		{"one code after 30,000 numbers makes a column text", many, "codice text, n integer", "A12 | 2"},
		{"integers and decimals with comma", "a;b\n1;1,5\n-2;1.234,50\n", "a integer, b decimal(2)", "-2 | 1234.5"},
		{"decimals with point and thousands with comma", "a,b\n1,\"1,234.5\"\n2,7.25\n", "a integer, b decimal(2)", "2 | 7.25"},
		{"a point before three digits separates thousands", "c;n\nx;1.026\ny;690\n", "c text, n integer", "y | 690"},
		{"but not in a latitude", "c;lat\nx;44.618\ny;44.619\n", "c text, lat decimal(3)", "y | 44.619"},
		{"nor after a zero", "c;n\nx;0.618\ny;1.619\n", "c text, n decimal(3)", "y | 1.619"},
		{"nor beside 1026 without a point", "c;n\nx;1026\ny;1.619\n", "c text, n decimal(3)", "y | 1.619"},
		{"leading zeros make a code", "c;n\n007;1\n123;2\n", "c text, n integer", "123 | 2"},
		{"a CAP is a code", "CAP;n\n40062;1\n40063;2\n", "cap text, n integer", "40063 | 2"},
		{"an ISTAT code is a code", "CodiceIstat;n\n6003;1\n", "codiceistat text, n integer", "6003 | 1"},
		{"a phone number with + is text", "tel;n\n+39081234567;1\n", "tel text, n integer", "+39081234567 | 1"},
		{"days first", "g;n\n31/12/2024;1\n1/2/2024;2\n", "g date, n integer", "2024-02-01 | 2"},
		{"days and ISO days together", "g;n\n31/12/2024;1\n2024-02-03;2\n", "g date, n integer", "2024-02-03 | 2"},
		{"months first where a day proves it", "g,n\n12/31/2024,1\n1/2/2024,2\n", "g date, n integer", "2024-01-02 | 2"},
		{"days with dots and dashes", "g;h\n31.12.2024;31-12-2024\n", "g date, h date", "2024-12-31 | 2024-12-31"},
		{"9999-12-31 is a day", "g;n\n9999-12-31;1\n", "g date, n integer", "9999-12-31 | 1"},
		{"30 February is no day", "g;n\n30/02/2024;1\n", "g text, n integer", "30/02/2024 | 1"},
		{"eight digits are a day under data", "data;n\n20241231;1\n", "data date, n integer", "2024-12-31 | 1"},
		{"eight digits are a number elsewhere", "x;n\n20241231;1\n", "x integer, n integer", "20241231 | 1"},
		{"times", "o;n\n09:30;1\n23:59:59;2\n", "o time, n integer", "23h59m59s | 2"},
		{"25 o'clock is text", "o;n\n25:30;1\n", "o text, n integer", "25:30 | 1"},
		{"timestamps", "q;n\n2024-05-01 08:30:15;1\n2024-05-01T08:30:15.5+02:00;2\n", "q timestamp, n integer", "2024-05-01T06:30:15.5 | 2"},
		{"timestamps day first", "q;n\n31/12/2024 08:30;1\n01/01/2025;2\n", "q timestamp, n integer", "2025-01-01 | 2"},
		{"sì and no", "b;n\nSì;1\nNO;2\n", "b boolean, n integer", "false | 2"},
		{"vero and falso", "b;n\nVERO;1\nfalso;2\n", "b boolean, n integer", "false | 2"},
		{"NO is Novara under provincia", "provincia;n\nNO;1\nNO;2\n", "provincia text, n integer", "NO | 2"},
		{"placeholders are null in a typed column", "v;w\n1;n.d.\n-;testo\nN/A;-\n", "v integer, w text", "∅ | -"},
		{"a column of placeholders alone stays text", "v;w\n-;1\n-;2\n", "v text, w integer", "- | 2"},
		{"19 digits are text", "v;w\n1234567890123456789;1\n", "v text, w integer", "1234567890123456789 | 1"},
		{"more than 15 digits have no scale", "v;w\n1234567890.1234567;1\n", "v decimal, w integer", "1.2345678901234567e+09 | 1"},
		{"texts keep their blanks", "v;w\n a ;1\n", "v text, w integer", " a  | 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := openString(t, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := columnsOf(table); got != tt.columns {
				t.Errorf("columns: got %s, want %s", got, tt.columns)
			}
			if rows := rowsOf(t, table); rows[len(rows)-1] != tt.last {
				t.Errorf("last row: got %s, want %s", rows[len(rows)-1], tt.last)
			}
		})
	}
}

func TestLayoutsOfDirtyTables(t *testing.T) {
	for _, tt := range []struct {
		name, in  string
		header    int
		delimiter string
		columns   string
		rows      []string
		rejected  []int64
	}{
		{
			name: "duplicate and blank headers", in: "Anno;Valore;Valore;;Note;\n2023;1;2;3;;\n2024;4;5;6;;\n;;;;;\n;;;;;\n",
			header: 0, delimiter: ";", columns: "anno integer, valore integer, valore_2 integer, column_4 integer, note text",
			rows: []string{"2023 | 1 | 2 | 3 | ∅", "2024 | 4 | 5 | 6 | ∅"},
		},
		{
			name: "title rows and a footer", in: "Comune di X;;\nPopolazione;;\n\nAnno;M;F\n2023;1;2\n2024;3;4\n\nTotale;4;6\nFonte: anagrafe;;\n",
			header: 3, delimiter: ";", columns: "anno integer, m integer, f integer", rows: []string{"2023 | 1 | 2", "2024 | 3 | 4"},
		},
		{
			name: "a total among the data is data", in: "v;n\nnord;1\nTotale;3\nsud;2\n",
			header: 0, delimiter: ";", columns: "v text, n integer", rows: []string{"nord | 1", "Totale | 3", "sud | 2"},
		},
		{
			name: "no header", in: "Bangladesh,3.425,2024-05-02\nSiria,690,2024-05-02\n",
			header: -1, delimiter: ",", columns: "col1 text, col2 integer, col3 date", rows: []string{"Bangladesh | 3425 | 2024-05-02", "Siria | 690 | 2024-05-02"},
		},
		{
			name: "years are headers", in: "voce,2021,2022\na,1,2\nb,3,4\n",
			header: 0, delimiter: ",", columns: "voce text, 2021 integer, 2022 integer", rows: []string{"a | 1 | 2", "b | 3 | 4"},
		},
		{
			name: "rows too long and too short are told", in: "a;b;c\n1;2;3\n4;5\n6;7;8;9\n1;2;3;;\n",
			header: 0, delimiter: ";", columns: "a integer, b integer, c integer", rows: []string{"1 | 2 | 3", "1 | 2 | 3"}, rejected: []int64{3, 4},
		},
		{
			name: "a row that lacks only trailing blanks is kept", in: "a;b;c\n1;2;\n4;5\n6;7;8\n",
			header: 0, delimiter: ";", columns: "a integer, b integer, c integer", rows: []string{"1 | 2 | ∅", "4 | 5 | ∅", "6 | 7 | 8"},
		},
		{
			name: "quoted delimiters, quotes and lines", in: "a,b\n\"x, \"\"y\"\"\",\"due\nrighe\"\nz,w\n",
			header: 0, delimiter: ",", columns: "a text, b text", rows: []string{"x, \"y\" | due\nrighe", "z | w"},
		},
		{
			name: "a quote inside a bare cell stands for itself", in: "a;b\nBar \"Da Gino\";1\n5\" pollici;2\n",
			header: 0, delimiter: ";", columns: "a text, b integer", rows: []string{"Bar \"Da Gino\" | 1", "5\" pollici | 2"},
		},
		{
			name: "quotes that were not doubled", in: "a,b\n\"Bar \"Da Gino\" srl\",1\n\"x\",2\n",
			header: 0, delimiter: ",", columns: "a text, b integer", rows: []string{"Bar \"Da Gino\" srl | 1", "x | 2"},
		},
		{
			name: "a quote that is never closed costs no other row", in: "a;b\n\"Bar;1\nuno;2\ndue;3\n",
			header: 0, delimiter: ";", columns: "a text, b integer", rows: []string{"\"Bar | 1", "uno | 2", "due | 3"},
		},
		{
			name: "tabs", in: "a\tb\n1\tx, y; z\n", header: 0, delimiter: "\t", columns: "a integer, b text", rows: []string{"1 | x, y; z"},
		},
		{
			name: "bars", in: "a|b\n1|x\n", header: 0, delimiter: "|", columns: "a integer, b text", rows: []string{"1 | x"},
		},
		{
			name: "one column with commas in it", in: "indirizzo\nVia Roma, 12\nVia Po\nVia Dante, 1, Torino\nPiazza Duomo\n",
			header: 0, delimiter: "", columns: "indirizzo text", rows: []string{"Via Roma, 12", "Via Po", "Via Dante, 1, Torino", "Piazza Duomo"},
		},
		{
			name: "comma as delimiter and as decimal sign in quotes", in: "nome,lat,lon\nx,\"43,807\",\"10,98\"\ny,\"43,9\",\"11,0\"\n",
			header: 0, delimiter: ",", columns: "nome text, lat decimal(3), lon decimal(2)", rows: []string{"x | 43.807 | 10.98", "y | 43.9 | 11"},
		},
		{
			name: "old Mac line ends", in: "a;b\r1;x\r2;y\r", header: 0, delimiter: ";", columns: "a integer, b text", rows: []string{"1 | x", "2 | y"},
		},
		{
			name: "formulas and phone numbers stay as they are", in: "nome;importo;note\n\"=HYPERLINK(\"\"http://e.example\"\";\"\"x\"\")\";10,50;+39 0881 123456\n@SUM(A1:A9);1.234,00;-5\n",
			header: 0, delimiter: ";", columns: "nome text, importo decimal(2), note text",
			rows: []string{"=HYPERLINK(\"http://e.example\";\"x\") | 10.5 | +39 0881 123456", "@SUM(A1:A9) | 1234 | -5"},
		},
		{
			name: "accents, signs and length of names", in: "Città;% M;N° Civico;" + strings.Repeat("lungo ", 30) + "\nx;1;2;3\n",
			header: 0, delimiter: ";", columns: "citta text, perc_m integer, n_civico integer, " + strings.Repeat("lungo_", 10) + "l integer",
			rows: []string{"x | 1 | 2 | 3"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := openString(t, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if table.HeaderRow != tt.header || table.Delimiter != tt.delimiter {
				t.Errorf("header %d, delimiter %q", table.HeaderRow, table.Delimiter)
			}
			if got := columnsOf(table); got != tt.columns {
				t.Errorf("columns: got %s, want %s", got, tt.columns)
			}
			if diff := cmp.Diff(tt.rows, rowsOf(t, table)); diff != "" {
				t.Errorf("rows: -want +got\n%s", diff)
			}
			var lines []int64
			for _, r := range table.Rejected {
				lines = append(lines, r.Line)
			}
			if !slices.Equal(lines, tt.rejected) {
				t.Errorf("rejected %v, want %v", table.Rejected, tt.rejected)
			}
		})
	}
}

const accents = "via;località;quota\nVia Nicolò;Cefalù è qui;12 °C\nPiazza dell’Unità;Forlì, perché;n° 3\n"

func TestEncodings(t *testing.T) {
	encode := func(e interface{ String(string) (string, error) }, s string) string {
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	dos := strings.ReplaceAll(accents, "’", "'")
	want := rowsOf(t, must(openString(t, accents)))
	wantDOS := rowsOf(t, must(openString(t, dos)))
	cp1252 := encode(charmap.Windows1252.NewEncoder(), accents)
	for _, tt := range []struct {
		name, in, encoding string
		want               []string
	}{
		{"UTF-8", accents, "utf-8", want},
		{"UTF-8 with a byte order mark", "\ufeff" + accents, "utf-8", want},
		{"UTF-16 little endian", encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), accents), "utf-16-le", want},
		{"UTF-16 big endian", encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), accents), "utf-16-be", want},
		{"UTF-16 without a mark", encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), accents), "utf-16-le", want},
		{"Windows", cp1252, "cp1252", want},
		{"DOS", encode(charmap.CodePage850.NewEncoder(), dos), "cp850", wantDOS},
		{"UTF-8 and Windows by turns", accents[:strings.LastIndex(accents[:len(accents)-1], "\n")+1] + cp1252[strings.LastIndex(cp1252[:len(cp1252)-1], "\n")+1:], "utf-8", want},
		{"one Windows letter after 2 MB of ASCII", "via;località;quota\n" + strings.Repeat("a;b;c\n", 350_000) + encode(charmap.Windows1252.NewEncoder(), "Nicolò;è;x\n"), "utf-8", nil},
		{"a line that is longer than any buffer", "a;b\n1;" + strings.Repeat("à", 400_000) + "\n", "utf-8", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := openString(t, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if table.Encoding != tt.encoding {
				t.Errorf("encoding %s, want %s", table.Encoding, tt.encoding)
			}
			rows := rowsOf(t, table)
			if tt.want == nil {
				if strings.ContainsRune(rows[len(rows)-1], '\ufffd') {
					t.Error("a letter was lost")
				}
				return
			}
			if diff := cmp.Diff(tt.want, rows); diff != "" {
				t.Errorf("rows: -want +got\n%s", diff)
			}
		})
	}
}

func must(table *tabular.Table, err error) *tabular.Table {
	if err != nil {
		panic(err)
	}
	return table
}

func zipOf(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(files[i+1]))
	}
	z.Close()
	return b.String()
}

func gzipOf(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func TestArchivesHoldOneTable(t *testing.T) {
	const table = "a;b\n1;x\n"
	inner := zipOf(t, "t.csv", table)
	for name, tt := range map[string]struct{ in, refusal string }{
		"a ZIP with one table and a PDF":      {in: zipOf(t, "leggimi.pdf", "%PDF", "dati/t.csv", table)},
		"a gzip":                              {in: gzipOf(t, table)},
		"a gzip in a ZIP":                     {in: zipOf(t, "t.csv.gz", gzipOf(t, table))},
		"a ZIP named csv in a ZIP":            {in: zipOf(t, "t.csv", inner)},
		"names that lead out are passed over": {in: zipOf(t, "../../t.csv", table, "x/../t.csv", table, "/t.csv", table, "ok.csv", table)},
		"a ZIP with two tables":               {zipOf(t, "a.csv", table, "b.csv", table), "L'archivio ZIP contiene 2 tabelle, pubblicarle una per una: a.csv, b.csv"},
		"a ZIP without any":                   {zipOf(t, "a.pdf", "%PDF"), "L'archivio ZIP non contiene tabelle"},
		"a web page in a ZIP":                 {zipOf(t, "a.csv", "<html>"), "È una pagina web, non una tabella"},
		"archives without end":                {gzipOf(t, gzipOf(t, gzipOf(t, gzipOf(t, table)))), "Troppi archivi uno dentro l'altro"},
		"a gzip that is cut short":            {gzipOf(t, strings.Repeat(table, 100))[:30], "Il file è danneggiato o incompleto"},
		"a ZIP that is cut short":             {inner[:60], "Il file è danneggiato o incompleto"},
		"a gzip bomb":                         {gzipOf(t, strings.Repeat("0;0\n", 10<<20)), "Il file si espande a più di 250 volte la sua dimensione: rifiutato come zip bomb"},
		"an empty file":                       {"", "Il file è vuoto"},
		"blank lines alone":                   {"\n\n  \n", "Il file non contiene righe"},
		"XML":                                 {"<?xml version=\"1.0\"?><rdf:RDF/>", "È un documento RDF, non una tabella"},
		"an answer in JSON":                   {"{\"success\":false}", "È la risposta di un'API che segnala un errore (\"success\": false), non dati"},
		"bytes without sense":                 {"\x01\x02\x03\x04\x05\x06\x07", "È un file binario, non una tabella"},
		"a line of 20 MB":                     {"a;b\n" + strings.Repeat("x", 20<<20) + "\n", "La riga 2 supera 16 MB: non è una tabella"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := openString(t, tt.in)
			if tt.refusal != "" {
				if italian(err) != tt.refusal {
					t.Errorf("got %v (%s)", err, italian(err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1 | x"}, rowsOf(t, got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestLimitsAreKept(t *testing.T) {
	in := "a;b\n" + strings.Repeat("1;2\n", 100)
	for name, o := range map[string]tabular.Options{
		"La tabella ha più di 10 righe":    {MaxRows: 10},
		"Il file supera il limite di 0 MB": {MaxBytes: 100},
	} {
		_, err := tabular.Open(t.Context(), strings.NewReader(in), int64(len(in)), o)
		if italian(err) != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

func TestRowsCanBeReadAgainAndLeft(t *testing.T) {
	table := must(openString(t, "a;b\n1;x\n2;y\n"))
	for range 2 {
		for row := range table.Rows {
			if row[0] != int64(1) {
				t.Errorf("first row: %v", row)
			}
			break
		}
	}
	if n := countRows(t, table); n != 2 {
		t.Errorf("%d rows", n)
	}
}
