package l190_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/l190"
	"portico/harvester/web/webtest"
	"portico/internal/fixtures"
)

const lots = `<?xml version="1.0"?><legge190:pubblicazione xmlns:legge190="legge190_1_0"><metadata><titolo>Pubblicazione 1 legge 190</titolo>
<dataPubbicazioneDataset>2024-01-31</dataPubbicazioneDataset><entePubblicatore> Comune di Esempio </entePubblicatore>
<dataUltimoAggiornamentoDataset>2024-01-29</dataUltimoAggiornamentoDataset><annoRiferimento>2023</annoRiferimento><licenza>IODL 2.0</licenza></metadata><data>
<lotto><cig>Z1</cig><strutturaProponente><codiceFiscaleProp>00246180590</codiceFiscaleProp><denominazione>Comune di Esempio</denominazione></strutturaProponente>
<oggetto>Sfalcio; "verde"</oggetto><sceltaContraente>23-AFFIDAMENTO DIRETTO</sceltaContraente>
<partecipanti><partecipante><codiceFiscale>1</codiceFiscale><ragioneSociale>Verde srl</ragioneSociale></partecipante>
<raggruppamento><membro><codiceFiscale>2</codiceFiscale><ragioneSociale>A</ragioneSociale><ruolo>04-CAPOGRUPPO</ruolo></membro><membro><identificativoFiscaleEstero>DE3</identificativoFiscaleEstero><ragioneSociale>B</ragioneSociale></membro></raggruppamento></partecipanti>
<aggiudicatari><aggiudicatario><codiceFiscale>1</codiceFiscale><ragioneSociale>Verde srl</ragioneSociale></aggiudicatario></aggiudicatari>
<importoAggiudicazione>1.234,50</importoAggiudicazione><tempiCompletamento><dataInizio>2023-01-01</dataInizio></tempiCompletamento><importoSommeLiquidate>0</importoSommeLiquidate></lotto>
</data></legge190:pubblicazione>`

const concessions = `<!DOCTYPE html><html><head><title>Comune di Esempio - Amministrazione trasparente</title></head><body>
<table><tr><td><h2>Atti di concessione</h2><table><tr><th colspan="3">Anno 2024</th></tr><tr><th>Beneficiario</th><th>Importo</th><th>Norma</th></tr>
<tr><td>Pro loco &lt;Esempio&gt;</td><td>1.000,00</td><td>Reg.<br>12</td></tr><tr><td>Banda</td><td>500,00</td></tr></table></td></tr></table>
<h2>Consulenti</h2><table><caption>Incarichi</caption><tr><th>Nome</th><th>Compenso</th></tr><tr><td>Studio X</td><td>10</td></tr></table>
<table><tr><td>menu</td></tr></table></body></html>`

const ocds = `{"publishedDate":"2024-05-06T00:00:00Z","license":"https://creativecommons.org/licenses/by/4.0/","publisher":{"name":"ANAC"},"releases":[
{"ocid":"ocds-hu01ve-1","date":"2024-05-01","buyer":{"name":"Comune di Esempio"},"tender":{"id":"T1","title":"Strade","value":{"amount":1000.5,"currency":"EUR"}},"awards":[{"value":{"amount":900},"suppliers":[{"name":"A"},{"name":"B"}]}]}]}`

func portal(t testing.TB) *httptest.Server {
	t.Helper()
	docs := map[string]string{
		"/appalti.xml": lots, "/trasparenza": concessions, "/ocds.json": ocds,
		"/indice.xml": `<indici><indice><dataset><linkDataset>appalti.xml</linkDataset></dataset><dataset><linkDataset>2022.xml</linkDataset></dataset></indice></indici>`,
		"/2022.xml":   strings.ReplaceAll(lots, "2023", "2022"),
		"/altro.xml":  `<indici><indice/></indici>`, "/altro.json": `{"a":1}`, "/pagina": "<html><body><p>niente</p></body></html>",
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		doc, ok := docs[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, doc)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// table returns the rows of the distribution whose title begins so.
func table(t *testing.T, conn harvester.Connector, d *catalog.Dataset, title string) [][]string {
	t.Helper()
	for _, x := range d.Distributions {
		if !strings.HasPrefix(x.Title.String(), title) {
			continue
		}
		body, err := conn.(harvester.Opener).Open(t.Context(), x.DownloadURL)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	t.Fatalf("no distribution %q", title)
	return nil
}

func one(t *testing.T, conn harvester.Connector) *webtest.Outcome {
	t.Helper()
	got, err := webtest.Read(t, conn)
	if err != nil || len(got) != 1 || got[0].Error != "" {
		t.Fatalf("%+v, %v", got, err)
	}
	return &got[0]
}

func TestContracts(t *testing.T) {
	srv := portal(t)
	conn := webtest.Open(t, l190.Kind(), srv.URL+"/appalti.xml", "")
	got := one(t, conn)
	d := got.Dataset
	if d.Title.String() != "Appalti e contratti 2023 - Comune di Esempio" || d.Identifier != "l190-00246180590-2023" || d.License == "" || d.Modified != "2024-01-29" ||
		len(d.Distributions) != 3 || d.Temporal[0].Start != "2023-01-01" {
		t.Errorf("%+v", d)
	}
	if len(got.Problems) != 1 || got.Problems[0].Rule != "amount-not-a-number" {
		t.Errorf("%+v", got.Problems)
	}
	rows := table(t, conn, d, "Lotti")
	if len(rows) != 2 || rows[1][4] != `Sfalcio; "verde"` || rows[1][6] != "1.234,50" || rows[1][10] != "2" || rows[1][11] != "1" {
		t.Errorf("%q", rows)
	}
	rows = table(t, conn, d, "Partecipanti")
	if len(rows) != 5 || rows[2][3] == "" || rows[2][3] != rows[3][3] || rows[3][6] != "DE3" || rows[4][2] != "aggiudicatario" {
		t.Errorf("%q", rows)
	}
}

func TestAnIndexGivesADatasetForEachOfItsFiles(t *testing.T) {
	got, err := webtest.Read(t, webtest.Open(t, l190.Kind(), portal(t).URL+"/indice.xml", ""))
	if err != nil || len(got) != 2 || got[0].Title == got[1].Title {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTablesOfAPage(t *testing.T) {
	conn := webtest.Open(t, l190.Kind(), portal(t).URL+"/trasparenza", "")
	got, err := webtest.Read(t, conn)
	if err != nil || len(got) != 2 || got[0].Title != "Anno 2024" || got[1].Title != "Incarichi" {
		t.Fatalf("%+v, %v", got, err)
	}
	rows := table(t, conn, got[0].Dataset, "Anno 2024")
	if len(rows) != 3 || rows[1][0] != "Pro loco <Esempio>" || rows[1][2] != "Reg. 12" || rows[2][2] != "" {
		t.Errorf("%q", rows)
	}
}

func TestReleasesOfOpenContracting(t *testing.T) {
	conn := webtest.Open(t, l190.Kind(), portal(t).URL+"/ocds.json", "")
	got := one(t, conn)
	rows := table(t, conn, got.Dataset, "Procedure")
	if len(rows) != 2 || rows[1][7] != "1000.5" || rows[1][10] != "A; B" || got.Dataset.License == "" {
		t.Errorf("%q", rows)
	}
}

func TestProbe(t *testing.T) {
	srv := portal(t)
	for path, want := range map[string]float64{"/appalti.xml": 0.95, "/indice.xml": 0.95, "/trasparenza": 0.75, "/ocds.json": 0.95, "/altro.xml": 0, "/altro.json": 0, "/pagina": 0, "/niente": 0} {
		sure, _, err := webtest.Open(t, l190.Kind(), srv.URL+path, "").(harvester.Prober).Probe(t.Context())
		if sure != want || (err == nil) != (want > 0) {
			t.Errorf("%s: %.2f, %v", path, sure, err)
		}
	}
	for _, options := range []string{`{"mode":"x"}`, `{"columns":-1}`, `{"y":1}`} {
		if _, err := l190.Kind().Open(catalog.Source{URL: srv.URL, Options: []byte(options)}, nil); err == nil {
			t.Errorf("%s is taken", options)
		}
	}
}

func TestAFileThatHasNotChangedCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, l190.Kind(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, lots) }), "/a.xml", 1)
}

// The contracts of a town, with the counts of the manifest.
func TestTheContractsOfTerracina(t *testing.T) {
	srv := httptest.NewServer(http.FileServer(http.Dir(fixtures.Path(t, "fixtures"))))
	defer srv.Close()
	conn := webtest.Open(t, l190.Kind(), srv.URL+"/e_l190/terracina_appalti_2013.xml", "")
	d := one(t, conn).Dataset
	rows := table(t, conn, d, "Lotti")
	awarded, paid := 0.0, 0.0
	for _, r := range rows[1:] {
		a, _ := strconv.ParseFloat(r[6], 64)
		p, _ := strconv.ParseFloat(r[9], 64)
		awarded, paid = awarded+a, paid+p
	}
	if len(rows)-1 != 87 || rows[1][1] != "5044003AF1" || strconv.FormatFloat(awarded, 'f', 2, 64) != "45897392.39" || strconv.FormatFloat(paid, 'f', 2, 64) != "2176512.09" {
		t.Errorf("%d lots, %.2f awarded, %.2f paid", len(rows)-1, awarded, paid)
	}
	count := map[string]int{}
	for _, r := range table(t, conn, d, "Partecipanti")[1:] {
		if r[3] == "" {
			count[r[2]]++
		}
	}
	if count["partecipante"] != 172 || count["aggiudicatario"] != 88 {
		t.Errorf("%v", count)
	}
}

func FuzzDocuments(f *testing.F) {
	webtest.Fuzz(f, l190.Kind(), []string{"http://portal/trasparenza"}, lots, concessions, ocds)
}
