package personal_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"portico/catalog"
	"portico/tabular/personal"
)

// A generated column says what its values are like and what it must be found
// to be; "" is a column that nothing is to be said of.
type generated struct {
	header string
	value  func(r *rand.Rand) string
	is     personal.Kind
}

var (
	surnames = strings.Fields("Rossi Bianchi Ferrari Esposito Russo Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca D'Angelo Brambilla Pellegrini Caruso Öberhofer Nguyen Kaur")
	names    = strings.Fields("Mario Anna Luca Giulia Francesco Maria Antonio Laura Giuseppe Chiara Mohamed Elena Paolo Sofia Ahmed Yang Precious Ion Zeynep Ludwig")
	streets  = strings.Fields("Roma Garibaldi Mazzini Dante Cavour Manzoni Verdi Gramsci Matteotti Leopardi")
	quarters = strings.Fields("Centro Nord Sud Stazione Borgo Collina")
)

func one(r *rand.Rand, list []string) string {
	return strings.ReplaceAll(list[r.IntN(len(list))], "_", " ")
}

// written varies how a value is written, as people do.
func written(r *rand.Rand, s string) string {
	switch r.IntN(6) {
	case 0:
		return strings.ToLower(s)
	case 1:
		return " " + s
	}
	return s
}

func fakeIBAN(r *rand.Rand) string {
	bban := fmt.Sprintf("%c%05d%05d%012d", 'A'+rune(r.IntN(26)), r.IntN(100000), r.IntN(100000), r.IntN(1_000_000_000))
	for check := 2; check < 99; check++ {
		if s := fmt.Sprintf("IT%02d%s", check, bban); personal.IsIBAN(s) {
			if r.IntN(3) > 0 {
				return s
			}
			var parts []string
			for len(s) > 4 {
				parts, s = append(parts, s[:4]), s[4:]
			}
			return strings.Join(append(parts, s), " ")
		}
	}
	return ""
}

func mobile(r *rand.Rand) string {
	n := fmt.Sprintf("3%d%d%07d", 2+r.IntN(8), r.IntN(10), r.IntN(10_000_000))
	return [4]string{n, "+39 " + n[:3] + " " + n[3:], n[:3] + "-" + n[3:], "0039" + n}[r.IntN(4)]
}

func personalMail(r *rand.Rand) string {
	providers := []string{"gmail.com", "libero.it", "hotmail.it", "yahoo.it", "tiscali.it", "icloud.com"}
	name, surname := strings.ToLower(one(r, names)), strings.ToLower(strings.NewReplacer(" ", "", "'", "", "ö", "o").Replace(one(r, surnames)))
	local := [3]string{name + "." + surname, name[:1] + surname, surname + fmt.Sprint(60+r.IntN(40))}[r.IntN(3)]
	return local + "@" + providers[r.IntN(len(providers))]
}

// date is one of somebody who lives.
func date(r *rand.Rand) string {
	d, m, y := 1+r.IntN(28), 1+r.IntN(12), 1930+r.IntN(90)
	return [3]string{fmt.Sprintf("%02d/%02d/%d", d, m, y), fmt.Sprintf("%d-%02d-%02d", y, m, d), fmt.Sprintf("%d.%d.%d", d, m, y)}[r.IntN(3)]
}

func text(list ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return one(r, list) }
}

func number(most int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return fmt.Sprint(r.IntN(most)) }
}

// codes makes codici fiscali, each third one with letters for digits.
func codes(r *rand.Rand) string {
	if r.IntN(3) == 0 {
		return written(r, fakeCode(r, 1+r.IntN(7)))
	}
	return written(r, fakeCode(r, 0))
}

func vat(r *rand.Rand) string {
	for {
		if s := fmt.Sprintf("%011d", r.Int64N(100_000_000_000)); personal.IsVATNumber(s) {
			return s
		}
	}
}

// tablesToMeasure are tables as bodies have them, with what is personal in
// them and what is not. Each is drawn several times.
var tablesToMeasure = map[string][]generated{
	"beneficiaries": {
		{"Cognome", text(surnames...), ""},
		{"Nome", text(names...), ""},
		{"Codice Fiscale", codes, personal.FiscalCode},
		{"IBAN", fakeIBAN, personal.IBAN},
		{"Importo", number(5000), ""},
		{"Determina", number(900), ""},
	},
	"codes under any header":         {{"identificativo", codes, personal.FiscalCode}, {"importo", number(900), ""}},
	"codes and numbers of companies": {{"codice fiscale", func(r *rand.Rand) string { return [2]func(*rand.Rand) string{codes, vat}[r.IntN(2)](r) }, personal.FiscalCode}, {"contributo", number(900), ""}},
	"codes in notes":                 {{"pratica", number(9000), ""}, {"note", func(r *rand.Rand) string { return "istanza di " + codes(r) + ", accolta" }, personal.FiscalCode}},
	"accounts":                       {{"mandato", number(9000), ""}, {"coordinate bancarie", fakeIBAN, personal.IBAN}},
	"contacts": {
		{"Cognome e nome", func(r *rand.Rand) string { return one(r, surnames) + " " + one(r, names) }, ""},
		{"Cellulare", mobile, personal.Mobile},
		{"E-mail", personalMail, personal.Email},
		{"Corso", text("Yoga", "Ceramica", "Inglese"), ""},
	},
	"addresses alone": {{"n", number(100), ""}, {"posta elettronica", personalMail, personal.Email}},
	"numbers alone":   {{"n", number(100), ""}, {"telefono", mobile, personal.Mobile}},
	"the register": {
		{"COGNOME", text(surnames...), ""},
		{"NOME", text(names...), ""},
		{"DATA DI NASCITA", date, personal.Birth},
		{"RESIDENZA", func(r *rand.Rand) string { return "via " + one(r, streets) + " " + fmt.Sprint(r.IntN(90)) }, personal.Residence},
		{"SESSO", text("M", "F"), ""},
	},
	"births by another header": {{"nominativo", func(r *rand.Rand) string { return one(r, surnames) + " " + one(r, names) }, ""}, {"nato il", date, personal.Birth}, {"squadra", text("A", "B"), ""}},
	"the health of people": {
		{"cognome", text(surnames...), ""}, {"nome", text(names...), ""}, {"disabilità", text("motoria", "visiva", "no", "psichica"), personal.Special}, {"ore", number(20), ""},
	},
	"patients":           {{"id paziente", number(9000), ""}, {"diagnosi", text("diabete", "asma", "frattura"), personal.Special}},
	"need":               {{"codice fiscale", codes, personal.FiscalCode}, {"ISEE", number(15000), personal.Special}, {"contributo", number(900), ""}},
	"notes about people": {{"Nominativo", func(r *rand.Rand) string { return one(r, surnames) + " " + one(r, names) }, ""}, {"punti", number(60), ""}, {"annotazioni", text("nessuna", "invalido civile", "beneficia della legge 104"), personal.Special}},
	"unions":             {{"cognome", text(surnames...), ""}, {"nome", text(names...), ""}, {"sindacato", text("CGIL", "CISL", "UIL"), personal.Special}},
	"fines": {{"cognome", text(surnames...), ""}, {"targa", func(r *rand.Rand) string {
		return fmt.Sprintf("%c%c%03d%c%c", 'A'+rune(r.IntN(8)), 'A'+rune(r.IntN(8)), r.IntN(1000), 'A'+rune(r.IntN(8)), 'A'+rune(r.IntN(8)))
	}, personal.Plate}, {"importo", number(300), ""}},

	"streets":            {{"codice", number(900), ""}, {"toponimo", func(r *rand.Rand) string { return "Via " + one(r, names) + " " + one(r, streets) }, ""}, {"quartiere", text(quarters...), ""}, {"lunghezza", number(2000), ""}},
	"suppliers":          {{"ragione sociale", func(r *rand.Rand) string { return one(r, surnames) + " S.r.l." }, ""}, {"codice fiscale", vat, ""}, {"importo", number(90000), ""}},
	"one-man businesses": {{"ditta", func(r *rand.Rand) string { return "Ditta " + one(r, surnames) }, ""}, {"partita IVA", func(r *rand.Rand) string { return vat(r) }, ""}},
	"offices":            {{"ufficio", text("Tributi", "Anagrafe", "Lavori pubblici"), ""}, {"e-mail", func(r *rand.Rand) string { return strings.ToLower(one(r, quarters)) + "@comune.esempio.it" }, ""}, {"telefono", func(r *rand.Rand) string { return fmt.Sprintf("055%06d", r.IntN(1000000)) }, ""}, {"pec", text("protocollo@pec.comune.esempio.it"), ""}},
	"clubs":              {{"associazione", text("Calcio Pieve", "Bocce", "Pro Loco"), ""}, {"e-mail", text("calciopieve@gmail.com", "bocciofila@libero.it", "proloco@tiscali.it"), ""}, {"cellulare", mobile, ""}},
	"land":               {{"foglio", number(90), ""}, {"particella", number(900), ""}, {"codice catastale", text("H501", "F205", "D612"), ""}, {"protocollo", func(r *rand.Rand) string { return fmt.Sprintf("%016d", r.Int64N(1e15)) }, ""}},
	"assets": {{"codice inventario", func(r *rand.Rand) string {
		return strings.ToUpper(fmt.Sprintf("%06x%02dA%02dB%03dC", r.IntN(1<<24), r.IntN(100), r.IntN(100), r.IntN(1000)))
	}, ""}, {"data acquisto", date, ""}, {"valore", number(9000), ""}},
	"the treasury":       {{"tributo", text("IMU", "TARI", "COSAP"), ""}, {"iban", text("IT60X0542811101000000123456"), ""}},
	"counts of the sick": {{"comune", text("Alfa", "Beta"), ""}, {"anno", number(2024), ""}, {"malattie infettive", number(40), ""}, {"alunni con disabilità", number(30), ""}},
	"votes":              {{"cognome", text(surnames...), ""}, {"nome", text(names...), ""}, {"lista", text("Civica", "Insieme"), ""}, {"voti", number(2000), ""}},
	"works":              {{"opera", func(r *rand.Rand) string { return "Scuola " + one(r, names) + " " + one(r, streets) }, ""}, {"inizio lavori", date, ""}, {"CUP", func(r *rand.Rand) string { return fmt.Sprintf("J%02dE%011d", r.IntN(100), r.Int64N(1e11)) }, ""}},
	"graves of long ago": {{"cognome", text(surnames...), ""}, {"nome", text(names...), ""}, {"data di nascita", func(r *rand.Rand) string {
		return fmt.Sprintf("%02d/%02d/%d", 1+r.IntN(28), 1+r.IntN(12), 1780+r.IntN(120))
	}, ""}},
	"sensors": {{"sensore", func(r *rand.Rand) string { return fmt.Sprintf("%08x-%04x", r.Uint32(), r.IntN(1<<16)) }, ""}, {"valore", number(3_500_000), ""}, {"istante", date, ""}},
}

// A score counts columns.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return part(s.right, s.right+s.wrong) }
func (s score) recall() float64    { return part(s.right, s.right+s.missed) }

func part(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// TestPrecisionAndRecall measures the check on columns of which is known what
// they hold: what is held back without reason, and what is let through. The
// bounds are what may not get worse; see docs/operator.md for what they mean.
func TestPrecisionAndRecall(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same tables at each run
	const draws, rows = 20, 60
	scores, columns := map[personal.Kind]score{}, 0
	for name, table := range tablesToMeasure {
		for range draws {
			columns += len(table)
			found := held(table, draw(r, table, rows))
			for i, col := range table {
				for _, kind := range kindsOf(col.is, found[i]) {
					s := scores[kind]
					switch {
					case kind == col.is && found[i][kind]:
						s.right++
					case kind == col.is:
						s.missed++
						t.Logf("missed: %s in %s", col.header, name)
					default:
						s.wrong++
						t.Logf("wrong: %s as %s in %s", col.header, kind, name)
					}
					scores[kind] = s
				}
			}
		}
	}
	var all score
	for _, kind := range []personal.Kind{personal.FiscalCode, personal.IBAN, personal.Email, personal.Mobile, personal.Birth, personal.Residence, personal.Plate, personal.Special} {
		s := scores[kind]
		all.right, all.wrong, all.missed = all.right+s.right, all.wrong+s.wrong, all.missed+s.missed
		t.Logf("%-16s %4d columns: precision %.3f, recall %.3f", kind, s.right+s.missed, s.precision(), s.recall())
		if s.precision() < 0.95 || s.recall() < 0.95 {
			t.Errorf("%s: precision %.3f, recall %.3f", kind, s.precision(), s.recall())
		}
	}
	t.Logf("%-16s %4d columns of %d: precision %.3f, recall %.3f", "all", all.right+all.missed, columns, all.precision(), all.recall())
}

// draw draws the rows of a table, of which some cells are empty.
func draw(r *rand.Rand, table []generated, rows int) [][]any {
	out := make([][]any, rows)
	for i := range out {
		out[i] = make([]any, len(table))
		for k, col := range table {
			if r.IntN(8) > 0 {
				out[i][k] = col.value(r)
			}
		}
	}
	return out
}

// held returns the kinds for which each column of a table is held back.
func held(table []generated, rows [][]any) []map[personal.Kind]bool {
	var columns []catalog.Column
	for i, col := range table {
		columns = append(columns, catalog.Column{Name: fmt.Sprintf("c%d", i), Header: col.header, Type: catalog.String})
	}
	c := personal.New(columns)
	for _, row := range rows {
		c.Row(row)
	}
	out := make([]map[personal.Kind]bool, len(table))
	for i := range out {
		out[i] = map[personal.Kind]bool{}
	}
	for _, f := range c.Report().Findings {
		if f.Holds {
			var i int
			_, _ = fmt.Sscanf(f.Column, "c%d", &i)
			out[i][f.Kind] = true
		}
	}
	return out
}

// kindsOf returns what a column is and what it was found to be.
func kindsOf(is personal.Kind, found map[personal.Kind]bool) []personal.Kind {
	var out []personal.Kind
	if is != "" {
		out = append(out, is)
	}
	for kind := range found {
		if kind != is {
			out = append(out, kind)
		}
	}
	return out
}
