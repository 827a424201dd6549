package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"portico/catalog"
)

// What a file may be.
const (
	maxBytes = 100 << 20
	maxRows  = 500_000
	maxCell  = 500
)

// A table is a file with its columns found.
type table struct {
	rows   *csv.Reader
	column map[string]int // by what it holds
	line   int
}

// headers are the names of columns, folded, by what they hold: those of
// ../shared/vocab first, then those of the publishers' own files.
var headers = map[Kind]map[string][]string{
	IPA: {
		"code":     {"ipa code", "cod amm", "codice ipa"},
		"name":     {"name", "des amm", "denominazione ente", "denominazione"},
		"province": {"province", "provincia", "sigla provincia"},
		"region":   {"region", "regione"},
	},
	ISTAT: {
		"code":     {"istat code", "codice comune formato alfanumerico", "codice comune formato numerico", "codistat"},
		"cadastre": {"belfiore", "codice catastale del comune", "codice catastale"},
		"name":     {"name", "denominazione in italiano", "denominazione it", "denominazione"},
		"other":    {"other name", "denominazione altra lingua", "altradenominazione"},
		"province": {"province", "sigla automobilistica", "siglaprovincia"},
		"region":   {"region", "denominazione regione"},
		"ipa":      {"ipa code"},
		"iri":      {"iri ontopia"},
	},
}

// open finds encoding, delimiter and columns of a file.
func open(r io.Reader, k Kind) (*table, error) {
	known, ok := headers[k]
	if !ok {
		return nil, catalog.Errorf(catalog.Invalid, "no register is called %q; there are: ipa, istat", k).
			Italian("nessun registro si chiama %q; ci sono: ipa, istat", k)
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the register: %w", err)
	}
	if len(raw) > maxBytes {
		return nil, catalog.Errorf(catalog.Invalid, "the file is larger than %d MiB", maxBytes>>20).
			Italian("il file è più grande di %d MiB", maxBytes>>20)
	}
	text, err := decode(raw)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(strings.NewReader(text))
	rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord, rows.ReuseRecord = delimiter(text), true, -1, true
	if rows.Comma == '\t' && !strings.Contains(text[:min(len(text), 4096)], "\t\"") {
		text = strings.ReplaceAll(text, `"`, "''") // tab-separated files do not quote
		rows = csv.NewReader(strings.NewReader(text))
		rows.Comma, rows.LazyQuotes, rows.FieldsPerRecord, rows.ReuseRecord = '\t', true, -1, true
	}
	header, err := rows.Read()
	if err != nil {
		return nil, unreadable(k, err)
	}
	t := &table{rows: rows, column: map[string]int{}}
	for what, names := range known {
		if at := find(header, names); at >= 0 {
			t.column[what] = at
		}
	}
	if _, ok := t.column["code"]; !ok {
		return nil, unreadable(k, nil)
	}
	if _, ok := t.column["name"]; !ok {
		return nil, unreadable(k, nil)
	}
	return t, nil
}

// find returns the column with the first of the names that one has, or -1. A
// header may have a note after its name.
func find(header, names []string) int {
	for _, n := range names {
		for i, h := range header {
			if Fold(h) == n {
				return i
			}
		}
	}
	return -1
}

func unreadable(k Kind, cause error) error {
	want := map[Kind]string{
		IPA:   "ipa_code,name,province,region; amministrazioni.txt; enti.csv (Codice_IPA, Denominazione_ente)",
		ISTAT: "istat_code,belfiore,name,province,region; Elenco-comuni-italiani.csv",
	}[k]
	return catalog.Errorf(catalog.Invalid, "the file has not the columns of the register; it may be: %s", want).
		Italian("il file non ha le colonne del registro; può essere: %s", want).Because(cause)
}

// decode returns text as UTF-8: what is not valid UTF-8 is windows-1252, as
// ISTAT saves it. A workbook is refused with a word on what to do.
func decode(raw []byte) (string, error) {
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return "", catalog.Errorf(catalog.Invalid, "this is a workbook: save it as CSV and import that").
			Italian("questo è un foglio di calcolo: salvalo come CSV e importa quello")
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if utf8.Valid(raw) {
		return string(raw), nil
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return "", fmt.Errorf("read the register: %w", err)
	}
	return string(out), nil
}

// delimiter returns the sign that the first line has most of.
func delimiter(text string) rune {
	head := text[:min(len(text), 4096)]
	best, most := ',', 0
	for _, d := range []rune{'\t', ';', ','} {
		if n := strings.Count(head, string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

// next returns the cells of the next row by what they hold, or io.EOF.
func (t *table) next() (func(what string) string, error) {
	row, err := t.rows.Read()
	if err != nil {
		return nil, err
	}
	if t.line++; t.line > maxRows {
		return nil, catalog.Errorf(catalog.Invalid, "the file has more than %d rows", maxRows).
			Italian("il file ha più di %d righe", maxRows)
	}
	return func(what string) string {
		at, ok := t.column[what]
		if !ok || at >= len(row) {
			return ""
		}
		s := strings.Join(strings.Fields(row[at]), " ")
		if len(s) > maxCell {
			return ""
		}
		return strings.ReplaceAll(s, "''", `"`)
	}, nil
}

// read calls add for each entry of a file, and returns how many there were.
func read(r io.Reader, k Kind, add func(get func(string) string) bool) (int, error) {
	t, err := open(r, k)
	if err != nil {
		return 0, err
	}
	n := 0
	for {
		get, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return n, err
		}
		if add(get) {
			n++
		}
	}
	if n == 0 {
		return 0, catalog.Errorf(catalog.Invalid, "the file has no entry that can be read").
			Italian("il file non ha nessuna voce leggibile")
	}
	return n, nil
}

func bodyOf(get func(string) string) (Body, bool) {
	b := Body{Code: strings.ToLower(get("code")), Name: get("name"), Province: get("province"), Region: get("region")}
	return b, b.Code != "" && b.Name != "" && !strings.ContainsAny(b.Code, " /:")
}

func municipalityOf(get func(string) string) (Municipality, bool) {
	m := Municipality{
		Code: get("code"), Cadastre: get("cadastre"), Name: get("name"), Other: get("other"),
		Province: get("province"), Region: get("region"), IPA: strings.ToLower(get("ipa")), IRI: get("iri"),
	}
	for len(m.Code) > 0 && len(m.Code) < 6 { // a spreadsheet took the zeros away
		m.Code = "0" + m.Code
	}
	return m, len(m.Code) == 6 && strings.Trim(m.Code, "0123456789") == "" && m.Name != ""
}
