package personal_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/tabular/personal"
)

// look checks a table whose first line is its header.
func look(lines ...string) personal.Report {
	split := func(s string) []string { return strings.Split(s, ";") }
	var columns []catalog.Column
	for _, h := range split(lines[0]) {
		columns = append(columns, catalog.Column{Name: strings.ToLower(h), Header: h, Type: catalog.String})
	}
	c := personal.New(columns)
	for _, l := range lines[1:] {
		var row []any
		for _, cell := range split(l) {
			if cell == "" {
				row = append(row, nil)
				continue
			}
			row = append(row, cell)
		}
		c.Row(row)
	}
	return c.Report()
}

func TestWhatIsAFiscalCode(t *testing.T) {
	for code, want := range map[string]bool{
		"RSSMRA80A01H501U": true, "BNCLCU75D45F205T": true, "RSSMRA80A01HRLMS": true, "rssmra80a01h501u": true,
		"RSSMRA80A01H501V": false, // another check letter
		"RSSMRA80A01H501":  false, "RSSMRA80A01H501UU": false, "": false, "AAAAAA00A00A000A": false, "0123456789ABCDEF": false,
		"RSSMRAÀ0A01H501": false,
	} {
		if got := personal.IsFiscalCode(code); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
	for number, want := range map[string]bool{
		"00246180590": true, "01763870225": true, "00246180591": false, "00000000000": false, "0024618059": false, "0024618059A": false,
	} {
		if got := personal.IsVATNumber(number); got != want {
			t.Errorf("%s: %v", number, got)
		}
	}
	for iban, want := range map[string]bool{
		"IT60X0542811101000000123456": true, "it60x0542811101000000123456": true, "DE89370400440532013000": true, "NO9386011117947": true,
		"IT61X0542811101000000123456": false, "IT60X054281110100000012345": false, "ZZ60X0542811101000000123456": false, "": false,
	} {
		if got := personal.IsIBAN(iban); got != want {
			t.Errorf("%s: %v", iban, got)
		}
	}
}

// fakeCode makes the codice fiscale of nobody, with some digits as omocodia has
// them.
func fakeCode(r *rand.Rand, letters int) string {
	const consonants = "BCDFGLMNPRSTVZ"
	pick := func(s string) byte { return s[r.IntN(len(s))] }
	b := make([]byte, 0, 16)
	for range 6 {
		b = append(b, pick(consonants))
	}
	day := 1 + r.IntN(28) + 40*r.IntN(2)
	b = fmt.Appendf(b, "%02d%c%02d%c%03d", r.IntN(100), pick("ABCDEHLMPRST"), day, pick("ABCDEFGHIL"), 1+r.IntN(899))
	for _, at := range []int{14, 13, 12, 10, 9, 7, 6}[:letters] {
		b[at] = "LMNPQRSTUV"[b[at]-'0']
	}
	return string(append(b, personal.FiscalLetter(string(b))))
}

// TestAThousandFakeCodes finds all that are right, and none that is not.
func TestAThousandFakeCodes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same codes at each run
	for i := range 1000 {
		code := fakeCode(r, i%8)
		if !personal.IsFiscalCode(code) {
			t.Fatalf("%s with %d letters is not known", code, i%8)
		}
		if wrong := code[:15] + string('A'+(code[15]-'A'+1)%26); personal.IsFiscalCode(wrong) {
			t.Fatalf("%s is taken for one", wrong)
		}
		got := look("id;note", fmt.Sprintf("%d;pratica di %s, del 2024", i, code))
		if !got.Holds() || got.Findings[0].Count != 1 || strings.Contains(got.Findings[0].Sample, code[3:12]) {
			t.Fatalf("%s in a text: %+v", code, got)
		}
	}
}

func TestTablesOfPeopleAreHeld(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  []personal.Kind
	}{
		"codici fiscali":                    {[]string{"id;cf", "1;RSSMRA80A01H501U", "2;BNCLCU75D45F205T", "3;RSSMRA80A01HRLMS"}, []personal.Kind{personal.FiscalCode}},
		"one among many numbers of bodies":  {[]string{"beneficiario;codice fiscale;importo", "Pro Loco;00246180590;10", "Dedagroup;01763870225;20", "Rossi;RSSMRA80A01H501U;30"}, []personal.Kind{personal.FiscalCode}},
		"one in a note":                     {[]string{"via;note", "Roma;chiedere a RSSMRA80A01H501U."}, []personal.Kind{personal.FiscalCode}},
		"IBANs":                             {[]string{"n;iban", "1;IT60X0542811101000000123456", "2;IT60 X054 2811 1010 0000 0123 456", "3;DE89 3704 0044 0532 0130 00"}, []personal.Kind{personal.IBAN}},
		"e-mail addresses of people":        {[]string{"n;e-mail", "1;mario.rossi@gmail.com", "2;anna_bianchi@libero.it"}, []personal.Kind{personal.Email}},
		"e-mail beside names":               {[]string{"cognome;nome;e-mail", "Rossi;Mario;mr@gmail.com"}, []personal.Kind{personal.Email}},
		"mobile numbers":                    {[]string{"n;cellulare", "1;+39 333 1234567", "2;3401234567"}, []personal.Kind{personal.Mobile}},
		"names and birth dates":             {[]string{"cognome;nome;data di nascita", "Rossi;Mario;01/01/1980"}, []personal.Kind{personal.Birth}},
		"names in one column":               {[]string{"Nominativo;dataNascita", "Rossi Mario;1980-01-01"}, []personal.Kind{personal.Birth}},
		"first names in a column called so": {[]string{"nome;nato il", "Mario Rossi;1/2/1980", "Anna Bianchi;3/4/1975"}, []personal.Kind{personal.Birth}},
		"names and residence":               {[]string{"cognome;nome;residenza", "Rossi;Mario;via Roma 1"}, []personal.Kind{personal.Residence}},
		"names and plates":                  {[]string{"cognome;nome;targa", "Rossi;Mario;AB123CD"}, []personal.Kind{personal.Plate}},
		"names and documents":               {[]string{"cognome;nome;carta d'identità", "Rossi;Mario;CA12345AB"}, []personal.Kind{personal.Document}},
		"names and disability":              {[]string{"cognome;nome;disabilità", "Rossi;Mario;75%"}, []personal.Kind{personal.Special}},
		"codes and need":                    {[]string{"cf;ISEE", "RSSMRA80A01H501U;8200"}, []personal.Kind{personal.FiscalCode, personal.Special}},
		"patients and diagnoses":            {[]string{"id paziente;diagnosi", "7;diabete"}, []personal.Kind{personal.Special}},
		"a list with a note on invalidity":  {[]string{"cognome;nome;punti;note", "Rossi;Mario;12;invalido civile al 75%"}, []personal.Kind{personal.Special}},
		"union membership":                  {[]string{"cognome;nome;iscrizione sindacale", "Rossi;Mario;CGIL"}, []personal.Kind{personal.Special}},
	} {
		r := look(c.lines...)
		var got []personal.Kind
		for _, f := range r.Findings {
			if f.Holds {
				got = append(got, f.Kind)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v: %+v", name, got, c.want, r.Findings)
		}
	}
}

func TestTablesOfOtherThingsAreNot(t *testing.T) {
	for name, lines := range map[string][]string{
		"the e-mail of an office":             {"ufficio;e-mail;telefono", "Tributi;tributi@comune.esempio.it;0551234567", "URP;urp@comune.esempio.it;055123"},
		"an employee at the office":           {"ufficio;responsabile;e-mail", "Tributi;Mario Rossi;mario.rossi@comune.esempio.it"},
		"certified mail":                      {"ente;pec", "Comune;comune.esempio@pec.it", "Unione;protocollo@cert.unione.it"},
		"clubs with their addresses":          {"associazione;e-mail;cellulare", "Calcio;calciopieve@gmail.com;3331234567", "Bocce;bocciofila@libero.it;347 1234567"},
		"numbers of bodies":                   {"fornitore;codice fiscale", "Dedagroup;01763870225", "Comune;00246180590"},
		"partita IVA with one-man businesses": {"ditta;partita iva", "A;01763870225", "B;00246180590", "C;RSSMRA80A01H501U"},
		"the account of the treasury":         {"tributo;iban", "IMU;IT60X0542811101000000123456", "TARI;IT60X0542811101000000123456"},
		"streets named after people":          {"nome;data di nascita;quartiere", "Piazza Garibaldi 1;1807;Centro", "Via Dante 3;1265;Nord"},
		"people of long ago":                  {"cognome;nome;data di nascita", "Garibaldi;Giuseppe;04/07/1807", "Alighieri;Dante;1265"},
		"councillors and votes":               {"cognome;nome;lista;voti", "Rossi;Mario;Lista civica;120"},
		"counts of disabled pupils":           {"scuola;alunni con disabilità;anno", "Dante;12;2023", "Manzoni;7;2023"},
		"places for disabled people":          {"via;posti disabili", "Roma;2"},
		"causes of death by sex":              {"sesso;classe di età;malattia;casi", "M;60-69;tumori;12"},
		"codes that look like telephones":     {"codice;valore", "3331234567;1", "3401234567;2"},
		"UUIDs":                               {"uuid;x", "97f2ab4b-bb03-4eb5-a4de-c5aae13a0b7c;1"},
		"nothing at all":                      {"a;b"},
		"cadastral codes":                     {"foglio;particella;codice", "12;345;H501", "13;346;F205"},
	} {
		if r := look(lines...); r.Holds() {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}

func TestTypedValuesAreUnderstood(t *testing.T) {
	c := personal.New([]catalog.Column{
		{Name: "cognome", Type: catalog.String},
		{Name: "nato", Header: "Nato il", Type: catalog.Day},
		{Name: "cell", Type: catalog.Integer},
		{Name: "forma", Type: catalog.Geometry},
		{Name: "ok", Type: catalog.Boolean},
	})
	c.Row([]any{"Rossi", time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), int64(3331234567), "RSSMRA80A01H501U", true})
	c.Row([]any{"Rossi"}) // shorter than its header
	c.Row(nil)
	var got strings.Builder
	for _, f := range c.Report().Findings {
		got.WriteString(f.Column + " " + string(f.Kind) + " " + f.Sample + "; ")
	}
	if want := "nato names-birth …/198…; cell mobile 333…567; "; got.String() != want {
		t.Errorf("%q", got.String())
	}
}

// TestNoSampleTellsAValue says that a report can be shown.
func TestNoSampleTellsAValue(t *testing.T) {
	cells := []string{"Rossi", "Mario", "RSSMRA80A01H501U", "IT60X0542811101000000123456", "mario.rossi@gmail.com", "3331234567", "AB123CD", "CA12345AB", "cieco"}
	r := look("cognome;nome;cf;iban;email;cellulare;targa;documento;invalidità", strings.Join(cells, ";"))
	if len(r.Findings) != 7 {
		t.Errorf("%d findings", len(r.Findings))
	}
	for _, f := range r.Findings {
		for _, c := range cells {
			if strings.Contains(f.Sample, c) {
				t.Errorf("%s shows %s", f.Column, c)
			}
		}
	}
}

// TestTheCheckIsQuick is HRV-026: a megabyte of whatever costs at most 50 ms.
func TestTheCheckIsQuick(t *testing.T) {
	const mega = 1 << 20
	for name, unit := range map[string]string{
		"letters": "a", "an exclamation": "aaaaaaaaaaaaaaa!", "at": "@", "addresses": "a@", "long locals": "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a@", "digits": "3", "groups of IBAN": "IT60 ", "spaces": " ", "commas": "1,",
	} {
		text := strings.Repeat(unit, mega/len(unit))
		best := time.Hour
		for range 20 { // the machine may be busy with something else
			if best <= slowly*50*time.Millisecond {
				break
			}
			c := personal.New([]catalog.Column{{Name: "cognome", Type: catalog.String}, {Name: "telefono", Type: catalog.String}})
			at := time.Now()
			c.Row([]any{"Rossi", text})
			best = min(best, time.Since(at))
		}
		if best > slowly*50*time.Millisecond {
			t.Errorf("%s: %v", name, best)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"RSSMRA80A01H501U", "IT60 X054 2811 1010 0000 0123 456", "a@b.it", "+39 333 1234567", "@", "", "IT60", "è@à.it", "\xff\x00", "l. 104"} {
		f.Add("Cognome", s)
		f.Add("Data di Nascita", s)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, header, cell string) {
		c := personal.New([]catalog.Column{{Name: "a", Header: header, Type: catalog.String}, {Name: "cognome", Header: "Cognome", Type: catalog.String}})
		c.Row([]any{cell, "Rossi"})
		c.Row([]any{cell, cell})
		for _, found := range c.Report().Findings {
			if found.Count < 1 || found.Count > 2*int64(len(cell)+1) || found.Kind.In()["it"] == "" || found.Kind.In()["en"] == "" {
				t.Errorf("%+v", found)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	columns := []catalog.Column{{Name: "via", Type: catalog.String}, {Name: "civico", Type: catalog.Integer}, {Name: "quartiere", Type: catalog.String}, {Name: "lat", Type: catalog.Decimal}, {Name: "note", Type: catalog.String}}
	row := []any{"Via Giuseppe Garibaldi", int64(12), "Centro storico", 43.77, "accesso dal cortile, vedi delibera 12/2020"}
	b.ReportAllocs()
	c := personal.New(columns)
	for b.Loop() {
		c.Row(row)
	}
}

// TestAStreamIsReadAcrossItsCuts puts a code at every place around the end of a
// buffer.
func TestAStreamIsReadAcrossItsCuts(t *testing.T) {
	const buffer = 64 << 10
	for at := buffer - 70; at < buffer+5; at++ {
		text := strings.Repeat("x", 30) + strings.Repeat(" ", at-30) + "RSSMRA80A01H501U e IT60 X054 2811 1010 0000 0123 456" + strings.Repeat(" y", 200)
		r, err := personal.Stream(strings.NewReader(text))
		if err != nil || len(r.Findings) != 2 || r.Findings[0].Count != 1 || r.Findings[1].Count != 1 {
			t.Fatalf("at %d: %+v %v", at, r, err)
		}
	}
	if r, err := personal.Stream(strings.NewReader(strings.Repeat("a", 3*buffer))); err != nil || r.Holds() {
		t.Errorf("%+v %v", r, err)
	}
}
