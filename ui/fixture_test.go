package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/api"
	"portico/catalog"
	"portico/exporter"
	"portico/internal/httpclient"
	"portico/participation"
	"portico/quality"
	"portico/search"
	"portico/search/memory"
	"portico/store"
	"portico/ui"
)

const ccby = "https://creativecommons.org/licenses/by/4.0/"

// A world is a catalog of an invented union of municipalities, with its pages.
type world struct {
	store  *store.Store
	engine search.Engine
	site   catalog.Site
	log    *bytes.Buffer
	ui     *ui.Server
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{engine: memory.New("it"), log: &bytes.Buffer{}, site: catalog.Site{
		Title: "Dati aperti Valle del Serchiello", Origin: "https://dati.valleserchiello.example", Locale: "it",
		Description: "Il catalogo dei dati aperti dell’Unione dei Comuni: ambiente, bilanci, scuole, mobilità. Liberi da consultare, scaricare e riusare.",
		Publisher:   catalog.Agent{Identifier: "uc_vsr", Name: catalog.Text{"it": "Unione dei Comuni Valle del Serchiello"}},
		Email:       "opendata@valleserchiello.example",
	}}
	var err error
	w.store, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "portico.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	w.fill(t)
	w.serve(func(*ui.Config) {})
	return w
}

// serve makes the pages anew, with a changed configuration.
func (w *world) serve(change func(*ui.Config)) {
	c := ui.Config{
		Site: w.site, Datasets: w.store, Organizations: w.store, Tombstones: w.store, Engine: w.engine, Revision: w.store, Usage: w.store, Contributions: w.store, Desk: participation.New(w.store, []byte("a secret of the test")),
		Tables: tables{}, Log: slog.New(slog.NewTextHandler(w.log, nil)),
		Formats:   exporter.NewRegistry(exporter.Format{Name: "csv", Title: "CSV"}, exporter.Format{Name: "parquet", Title: "Parquet"}),
		Quality:   &quality.Desk{Site: w.site, Links: w.store, Scores: w.store},
		Validator: &quality.Validator{Client: httpclient.New(httpclient.Options{})},
		Records:   w.store, Activities: w.store, Distributions: w.store, API: actions(),
		Harvest: &ui.Harvest{Sources: w.store, Origins: w.store, Records: w.store, Kinds: map[string]string{"ckan": "CKAN"}},
	}
	change(&c)
	w.ui = ui.New(c)
}

// actions are what the API can do, as the program hands it to the pages.
func actions() []ui.Action {
	var out []ui.Action
	for _, a := range api.Actions() {
		doc := ui.Action{Name: a.Name, Help: a.Help, Who: a.Who, Read: a.Read, Anybody: a.Anybody}
		for _, p := range a.Params {
			doc.Params = append(doc.Params, ui.Param(p))
		}
		out = append(out, doc)
	}
	return out
}

// get asks for a page.
func (w *world) get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	w.ui.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return rec
}

func (w *world) put(t testing.TB, ds ...*catalog.Dataset) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	for _, d := range ds {
		if _, err := w.store.PutDataset(ctx, d); err != nil {
			t.Fatalf("put %s: %v", d.Title, err)
		}
	}
	w.follow(t)
}

func (w *world) follow(t testing.TB) {
	t.Helper()
	if err := search.Follow(t.Context(), w.engine, w.store, w.store); err != nil {
		t.Fatal(err)
	}
}

func (w *world) fill(t testing.TB) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	ids := make(map[string]string)
	for _, o := range []*catalog.Organization{
		{Name: "comune-di-roccaverde", Title: catalog.It("Comune di Roccaverde"), Identifier: "c_x101", Email: "urp@roccaverde.example", Telephone: "0583 100 200", Site: "https://www.roccaverde.example/", Region: "Toscana", Description: catalog.It("Comune capofila dell’Unione, 12.400 abitanti. Pubblica dati su ambiente, bilancio e servizi scolastici.")},
		{Name: "comune-di-pian-del-lago", Title: catalog.It("Comune di Pian del Lago"), Identifier: "c_x102", Email: "protocollo@piandellago.example", Description: catalog.It("Comune montano di 3.150 abitanti.")},
		{Name: "comune-di-sant-elmo", Title: catalog.It("Comune di Sant’Elmo al Ponte"), Identifier: "c_x103", Description: catalog.It("Comune di 5.870 abitanti, sede del centro di raccolta intercomunale.")},
		{Name: "unione-valle-del-serchiello", Title: catalog.It("Unione dei Comuni Valle del Serchiello"), Identifier: "uc_vsr", Email: "opendata@valleserchiello.example", Description: catalog.It("Gestisce in forma associata polizia locale, trasporti e rifiuti.")},
	} {
		o.State = catalog.Active
		if err := w.store.PutOrganization(ctx, o); err != nil {
			t.Fatal(err)
		}
		ids[o.Name] = o.ID
	}
	w.put(t, sampleDatasets(ids)...)
}

// A sketch is a dataset in few words.
type sketch struct {
	title, about, org, theme, freq, modified string
	keywords, files                          []string
	license                                  string
	hvd                                      string
}

var orgNames = map[string]string{
	"comune-di-roccaverde": "Comune di Roccaverde", "comune-di-pian-del-lago": "Comune di Pian del Lago",
	"comune-di-sant-elmo": "Comune di Sant’Elmo al Ponte", "unione-valle-del-serchiello": "Unione dei Comuni Valle del Serchiello",
}

var sketches = []sketch{
	{"Raccolta differenziata mensile", "Tonnellate di rifiuti raccolti ogni mese, per **frazione** e per comune, dal 2015.\n\nI pesi vengono dai formulari del gestore e sono consolidati entro 30 giorni dalla fine del mese.\n\n- una riga per mese, comune e frazione\n- i rifiuti ingombranti sono contati a parte", "unione-valle-del-serchiello", "ENVI", "MONTHLY", "2026-11-05", []string{"rifiuti", "raccolta differenziata", "ambiente"}, []string{"CSV", "XLSX"}, ccby, ""},
	{"Bilancio consuntivo 2025", "Entrate e uscite per missione e programma, con gli impegni e i pagamenti.", "comune-di-roccaverde", "ECON", "ANNUAL", "2026-05-12", []string{"bilancio", "spesa pubblica"}, []string{"CSV", "PDF"}, ccby, ""},
	{"Scuole e iscritti", "Elenco delle scuole con indirizzo, codice meccanografico e numero di iscritti per anno scolastico.", "comune-di-roccaverde", "EDUC", "ANNUAL", "2026-09-20", []string{"scuole", "istruzione"}, []string{"CSV"}, ccby, ""},
	{"Orari e fermate del trasporto locale", "Fermate, percorsi e orari delle linee di autobus dell’Unione in formato GTFS.", "unione-valle-del-serchiello", "TRAN", "QUARTERLY", "2026-09-10", []string{"trasporti", "mobilità", "autobus"}, []string{"ZIP", "CSV"}, ccby, "c_b79e35eb"},
	{"Isole ecologiche", "Posizione, orari e materiali accettati dei centri di raccolta.", "comune-di-sant-elmo", "ENVI", "IRREG", "2026-03-02", []string{"rifiuti", "ambiente"}, []string{"GEOJSON", "CSV"}, ccby, ""},
	{"Contatori idrici degli edifici pubblici", "Consumi mensili di acqua, in metri cubi, degli edifici comunali.", "comune-di-pian-del-lago", "ENVI", "MONTHLY", "2026-06-30", []string{"acqua", "consumi", "edifici"}, []string{"CSV"}, ccby, ""},
	{"Popolazione residente per età", "Residenti al 31 dicembre per anno di nascita, sesso e cittadinanza.", "comune-di-pian-del-lago", "SOCI", "ANNUAL", "2026-01-31", []string{"popolazione", "anagrafe"}, []string{"CSV", "JSON"}, "https://creativecommons.org/publicdomain/zero/1.0/", "c_e1da4e07"},
	{"Numeri civici", "Numeri civici con coordinate, come da anagrafe nazionale degli indirizzi.", "comune-di-roccaverde", "REGI", "MONTHLY", "2026-11-01", []string{"indirizzi", "territorio"}, []string{"CSV", "GEOJSON"}, ccby, "c_c3de25e4"},
	{"Incidenti stradali rilevati dalla polizia locale", "Incidenti per data, strada, condizioni del tempo e conseguenze alle persone. I dati sono anonimi.", "unione-valle-del-serchiello", "TRAN", "ANNUAL", "2026-04-18", []string{"mobilità", "sicurezza"}, []string{"CSV"}, ccby, ""},
	{"Consumi elettrici dell’illuminazione pubblica", "Energia consumata dai punti luce, per quadro elettrico e per mese.", "comune-di-sant-elmo", "ENER", "BIMONTHLY", "2026-10-15", []string{"energia", "consumi"}, []string{"CSV"}, "https://creativecommons.org/licenses/by-sa/4.0/", ""},
	{"Contratti e affidamenti", "Procedure di affidamento con CIG, oggetto, importo e aggiudicatario.", "comune-di-roccaverde", "GOVE", "WEEKLY", "2026-11-18", []string{"appalti", "spesa pubblica"}, []string{"CSV", "XML"}, ccby, ""},
	{"Qualità dell’aria: centraline mobili", "Medie orarie di PM10, PM2.5 e biossido di azoto durante le campagne di misura.", "unione-valle-del-serchiello", "ENVI", "DAILY", "2026-11-20", []string{"aria", "ambiente", "PM10"}, []string{"CSV", "API"}, ccby, "c_dd313021"},
	{"Farmacie e turni", "Farmacie con indirizzo, telefono e turni di guardia del trimestre.", "comune-di-pian-del-lago", "HEAL", "QUARTERLY", "2026-10-01", []string{"salute", "farmacie"}, []string{"CSV"}, "", ""},
	{"Eventi culturali e sportivi", "Calendario degli eventi patrocinati, con luogo, data e organizzatore.", "comune-di-sant-elmo", "EDUC", "WEEKLY", "2026-11-17", []string{"cultura", "sport", "eventi"}, []string{"ICS", "JSON"}, ccby, ""},
}

func sampleDatasets(orgs map[string]string) []*catalog.Dataset {
	var out []*catalog.Dataset
	for i, s := range sketches {
		holder := catalog.Agent{Identifier: []string{"c_x101", "c_x102", "c_x103", "uc_vsr"}[slices.Index([]string{"comune-di-roccaverde", "comune-di-pian-del-lago", "comune-di-sant-elmo", "unione-valle-del-serchiello"}, s.org)], Name: catalog.It(orgNames[s.org])}
		d := &catalog.Dataset{
			Title: catalog.It(s.title), Description: catalog.It(s.about), Identifier: fmt.Sprintf("%s:ds-%03d", holder.Identifier, i+1),
			Holder: holder, Publisher: holder, Organization: orgs[s.org], Modified: catalog.Date(s.modified), Issued: "2024-02-01",
			Frequency: s.freq, Themes: []catalog.Theme{{Code: s.theme}}, License: s.license, Languages: []string{"ITA"}, State: catalog.Active,
			Contacts: []catalog.Contact{{Name: catalog.It("Ufficio Relazioni con il Pubblico"), Email: "urp@" + s.org + ".example", Telephone: "0583 100 2" + fmt.Sprint(10+i)}},
			Temporal: []catalog.Period{{Start: "2015-01-01", End: "2025-12-31"}}, Spatial: []catalog.Place{{Name: catalog.It("Valle del Serchiello")}},
			AccessRights: "PUBLIC",
		}
		if s.license == ccby {
			d.LicenseID = "cc-by"
		}
		if s.hvd != "" {
			d.HVD = []string{s.hvd}
		}
		for _, k := range s.keywords {
			d.Keywords = append(d.Keywords, catalog.Keyword{Name: k})
		}
		for j, f := range s.files {
			d.Distributions = append(d.Distributions, sampleFile(s, i, j, f))
		}
		if i == 0 {
			d.Title["en"] = "Monthly separate waste collection"
			d.Notes = []catalog.Problem{catalog.Problemf("dct:identifier", "", "identifier-made", "Composto con il codice IPA.", "The identifier was made with the IPA code.")}
		}
		out = append(out, d)
	}
	return out
}

func sampleFile(s sketch, i, j int, f string) catalog.Distribution {
	slug := catalog.Slug(s.title, 60)
	x := catalog.Distribution{
		ID: catalog.StableID("ui-test", slug, fmt.Sprint(j)), Title: catalog.It(s.title + " (" + f + ")"), Format: f, License: s.license,
		AccessURL: "https://dati.valleserchiello.example/file/" + slug, Modified: catalog.Date(s.modified),
		DownloadURL: "https://dati.valleserchiello.example/file/" + slug + "." + strings.ToLower(f),
	}
	if f == "CSV" || f == "XLSX" {
		x.File = &catalog.File{Hash: strings.Repeat("ab", 32), Name: slug + "." + strings.ToLower(f), Size: int64(48_200 * (i + 1) * (j + 2)), MediaType: "text/csv", Fetched: time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC)}
		x.Table = &catalog.Table{Hash: strings.Repeat("cd", 32), Rows: int64(137 * (i + 1) * (j + 3)), Columns: sampleColumns, Taken: x.File.Fetched, Notes: []string{"Righe di titolo prima dell’intestazione: 2."}}
	}
	return x
}

var sampleColumns = []catalog.Column{
	{Name: "anno", Header: "Anno", Type: catalog.Integer},
	{Name: "mese", Header: "Mese", Type: catalog.Day},
	{Name: "comune", Header: "Comune", Type: catalog.String},
	{Name: "frazione", Header: "Frazione merceologica", Type: catalog.String},
	{Name: "kg", Header: "Peso", Type: catalog.Integer, Unit: "kg"},
	{Name: "quota", Header: "Quota sul totale", Type: catalog.Decimal, Scale: 1, Unit: "%"},
	{Name: "consolidato", Header: "Consolidato", Type: catalog.Boolean},
}

// tables gives rows that are computed.
type tables struct{}

func (tables) Load(context.Context, string, string, string) (*catalog.Table, error) {
	return nil, catalog.Errorf(catalog.Invalid, "not in this test")
}

func (tables) Parquet(context.Context, *catalog.Table) (io.ReadSeekCloser, error) {
	return nil, catalog.Errorf(catalog.NotFound, "not in this test")
}

func (tables) Rows(_ context.Context, t *catalog.Table, offset, limit int64) (exporter.Rows, io.Closer, error) {
	all := func(yield func([]any, error) bool) {
		for i := offset; i < min(t.Rows, offset+limit); i++ {
			row := []any{
				2015 + i/36, time.Date(2015, time.Month(1+i/3), 1, 0, 0, 0, 0, time.UTC), []string{"Roccaverde", "Pian del Lago", "Sant’Elmo al Ponte"}[i%3],
				[]string{"Carta e cartone", "Organico", "Vetro", "Plastica"}[i%4], 1930 + i*i%48_000, 12.5 + float64(i%70), i%2 == 0,
			}
			if i%11 == 3 {
				row[4] = nil
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return exporter.Rows{Columns: t.Columns, All: all}, io.NopCloser(nil), nil
}
