package register_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"portico/catalog"
	"portico/dcat/register"
	"portico/internal/fixtures"
)

// open imports texts and opens what was kept.
func open(t testing.TB, files map[register.Kind]string) *register.Registers {
	t.Helper()
	data := t.TempDir()
	for k, text := range files {
		if _, err := register.Import(data, k, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := register.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	ipa = "ipa_code,name,province,region\nc_a074,Comune di Aglie',TO,Piemonte\nc_h754,Comune di Samone,TN,Trentino\nc_h753,Comune di Samone,TO,Piemonte\nr_liguri,Regione Liguria,GE,Liguria\n"

	amministrazioni = "cod_amm\tdes_amm\tComune\tProvincia\tRegione\nC_A074\tComune di Aglie'\tAgliè\tTO\tPiemonte\naoo1\tIstituto \"G. Galilei\"\tRoma\tRM\tLazio\n"

	enti = "Codice_IPA;Denominazione_ente;Codice_fiscale_ente\nc_a074;Comune di Aglie';01234567890\n"

	istat = "\"Codice Regione\";\"Codice Comune formato\nalfanumerico\";\"Denominazione (Italiana e straniera)\";\"Denominazione in italiano\";\"Denominazione altra lingua\";\"Denominazione Regione\";\"Sigla automobilistica\";\"Codice Catastale del comune\"\n" +
		"01;001001;Agliè;Agliè;;Piemonte;TO;A074\n04;021008;Bolzano/Bozen;Bolzano;Bozen;Trentino-Alto Adige/Südtirol;BZ;A952\n01;001235;Samone;Samone;;Piemonte;TO;H753\n04;022165;Samone;Samone;;Trentino;TN;H754\n"
)

func TestEveryFormOfIPAIsRead(t *testing.T) {
	for name, text := range map[string]string{"ours": ipa, "amministrazioni.txt": amministrazioni, "enti.csv": enti} {
		t.Run(name, func(t *testing.T) {
			r := open(t, map[register.Kind]string{register.IPA: text})
			b, ok := r.Body("C_A074")
			if !ok || b.Name != "Comune di Aglie'" || b.Code != "c_a074" {
				t.Errorf("%+v %v", b, ok)
			}
			if b, ok := r.BodyNamed("COMUNE DI AGLIÈ"); !ok || b.Code != "c_a074" {
				t.Errorf("by name: %+v %v", b, ok)
			}
			if !r.Has(register.IPA) || r.Has(register.ISTAT) {
				t.Error("which registers there are")
			}
		})
	}
}

func TestTabsDoNotQuote(t *testing.T) {
	r := open(t, map[register.Kind]string{register.IPA: amministrazioni})
	if b, _ := r.Body("aoo1"); b.Name != `Istituto "G. Galilei"` {
		t.Errorf("%q", b.Name)
	}
}

func TestISTATsOwnFileIsRead(t *testing.T) {
	cp1252, err := charmap.Windows1252.NewEncoder().String(istat)
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, map[register.Kind]string{register.ISTAT: cp1252, register.IPA: ipa})
	m, ok := r.Municipality("001001")
	if !ok || m.Name != "Agliè" || m.Province != "TO" || m.Cadastre != "A074" || m.Region != "Piemonte" {
		t.Fatalf("%+v %v", m, ok)
	}
	if got, ok := r.Municipality(m.URI()); !ok || got != m {
		t.Errorf("by IRI: %+v %v", got, ok)
	}
	if got, ok := r.Municipality(m.URI() + "-(2015-01-01)"); !ok || got != m {
		t.Errorf("by dated IRI: %+v %v", got, ok)
	}
	if m, ok := r.MunicipalityNamed("Bozen"); !ok || m.Name != "Bolzano" {
		t.Errorf("by its other name: %+v %v", m, ok)
	}
	if _, ok := r.MunicipalityNamed("Comune di Samone"); ok {
		t.Error("one of two municipalities of a name was taken")
	}
	if m, ok := r.MunicipalityOf("c_h754"); !ok || m.Province != "TN" {
		t.Errorf("the municipality of a body: %+v %v", m, ok)
	}
}

func TestAmbiguousNamesAreNobodys(t *testing.T) {
	r := open(t, map[register.Kind]string{register.IPA: ipa})
	if b, ok := r.BodyNamed("Comune di Samone"); ok {
		t.Errorf("%+v", b)
	}
}

func TestNoRegistersKnowNothing(t *testing.T) {
	empty, err := register.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*register.Registers{nil, empty} {
		_, a := r.Body("c_a074")
		_, b := r.BodyNamed("Comune")
		_, c := r.Municipality("001001")
		_, d := r.MunicipalityNamed("Agliè")
		_, e := r.MunicipalityOf("c_a074")
		if a || b || c || d || e || r.Has(register.IPA) || r.Has(register.ISTAT) {
			t.Error("an empty register knows something")
		}
	}
}

func TestWhatIsNoRegisterChangesNothing(t *testing.T) {
	data := t.TempDir()
	if _, err := register.Import(data, register.IPA, strings.NewReader(ipa)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"another table": "a,b\n1,2\n", "nothing": "", "a header alone": "ipa_code,name\n", "a workbook": "PK\x03\x04...", "a page": "<!DOCTYPE html><p>no</p>",
	} {
		if _, err := register.Import(data, register.IPA, strings.NewReader(text)); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := register.Import(data, "rna", strings.NewReader(ipa)); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("an unknown register: %v", err)
	}
	if r, err := register.Open(data); err != nil || !r.Has(register.IPA) {
		t.Errorf("the register is gone: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "registers", ".import-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestTheSharedRegistersAreRead(t *testing.T) {
	data := t.TempDir()
	for k, name := range map[register.Kind]string{register.IPA: "ipa_codes.csv", register.ISTAT: "istat_municipalities.csv"} {
		f, err := os.Open(fixtures.Path(t, "vocab", name))
		if err != nil {
			t.Fatal(err)
		}
		n, err := register.Import(data, k, f)
		f.Close()
		if want := map[register.Kind]int{register.IPA: 23734, register.ISTAT: 7901}[k]; err != nil || n != want {
			t.Errorf("%s: %d entries, want %d: %v", name, n, want, err)
		}
	}
	r, err := register.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := r.MunicipalityOf("c_h501"); !ok || m.Name != "ROMA" {
		t.Errorf("%+v %v", m, ok)
	}
	if b, ok := r.BodyNamed("Comune di Agliè"); !ok || b.Code != "c_a074" {
		t.Errorf("%+v %v", b, ok)
	}
}

func FuzzImport(f *testing.F) {
	for _, s := range []string{ipa, amministrazioni, enti, istat, "a\"b\nc", "ipa_code\tname\n\"\t\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		data := t.TempDir()
		for _, k := range []register.Kind{register.IPA, register.ISTAT} {
			n, err := register.Import(data, k, strings.NewReader(string(b)))
			if (err == nil) != (n > 0) {
				t.Errorf("%d entries, %v", n, err)
			}
		}
		if _, err := register.Open(data); err != nil {
			t.Errorf("what was kept cannot be read: %v", err)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	data := b.TempDir()
	f, err := os.Open(fixtures.Path(b, "vocab", "ipa_codes.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := register.Import(data, register.IPA, f); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := register.Open(data); err != nil {
			b.Fatal(err)
		}
	}
}
