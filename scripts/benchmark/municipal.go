package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"portico/catalog"
	"portico/search"
)

// A topic is what Italian municipalities publish about.
type topic struct {
	theme string
	title string // %s is a place or a year
	words string
}

var topics = []topic{
	{"GOVE", "Bilancio di previsione %s", "bilancio previsione spesa entrate missioni programmi consuntivo residui"},
	{"GOVE", "Incarichi di consulenza e collaborazione %s", "incarichi consulenza compensi trasparenza amministrazione curriculum"},
	{"GOVE", "Elezioni comunali %s: risultati per sezione", "elezioni voti liste candidati sezione affluenza preferenze scrutinio"},
	{"GOVE", "Delibere di giunta e consiglio %s", "delibere giunta consiglio albo pretorio atti determinazioni pubblicazione"},
	{"SOCI", "Popolazione residente per età e sesso %s", "popolazione residente età sesso anagrafe famiglie stranieri cittadinanza"},
	{"SOCI", "Nati e morti %s", "nascite decessi anagrafe stato civile matrimoni demografia"},
	{"EDUC", "Scuole dell'infanzia e primarie %s", "scuole infanzia primarie alunni classi istituto comprensivo iscritti mensa"},
	{"EDUC", "Biblioteche comunali: prestiti %s", "biblioteche prestiti libri iscritti orari patrimonio librario cultura"},
	{"EDUC", "Musei e luoghi della cultura %s", "musei visitatori mostre collezioni ingressi biglietti monumenti"},
	{"ENVI", "Raccolta differenziata dei rifiuti urbani %s", "rifiuti raccolta differenziata plastica carta vetro organico tonnellate calendario"},
	{"ENVI", "Qualità dell'aria: centraline %s", "aria qualità centraline polveri sottili ozono biossido azoto inquinamento"},
	{"ENVI", "Alberi monumentali e verde pubblico %s", "alberi verde parchi giardini specie censimento potature botanica"},
	{"ENVI", "Qualità dell'acqua potabile %s", "acqua potabile analisi acquedotto fontanelle cloro durezza controlli"},
	{"TRAN", "Incidenti stradali con lesioni %s", "incidenti stradali feriti veicoli strada sinistri polizia locale pedoni"},
	{"TRAN", "Fermate e orari del trasporto pubblico %s", "fermate orari autobus linee trasporto pubblico corse gtfs tram"},
	{"TRAN", "Parcheggi e zone a sosta regolata %s", "parcheggi sosta stalli tariffe disabili residenti autorimesse occupazione"},
	{"TRAN", "Piste ciclabili e flussi di biciclette %s", "piste ciclabili biciclette percorsi rete ciclabile flussi conteggi mobilità"},
	{"REGI", "Stradario e numeri civici %s", "stradario civici toponomastica vie indirizzi archi nodi coordinate"},
	{"REGI", "Piano di governo del territorio: zone %s", "piano urbanistica zone vincoli destinazione edificabile particelle catasto"},
	{"REGI", "Edifici comunali e impianti sportivi %s", "edifici patrimonio immobili impianti sportivi palestre fabbricati superfici"},
	{"ECON", "Strutture ricettive: arrivi e presenze %s", "turismo arrivi presenze alberghi strutture ricettive posti letto imposta"},
	{"ECON", "Attività commerciali in sede fissa %s", "commercio negozi licenze mercati esercizi vicinato ambulanti superfici"},
	{"ECON", "Bandi di gara e contratti %s", "appalti gare contratti cig aggiudicatario importo affidamento fornitori"},
	{"HEAL", "Farmacie e turni %s", "farmacie turni orari medici pediatri ambulatori sanità defibrillatori"},
	{"ENER", "Consumi energetici degli edifici pubblici %s", "energia consumi elettricità gas fotovoltaico illuminazione lampioni kwh"},
	{"JUST", "Sanzioni del codice della strada %s", "sanzioni multe codice strada proventi autovelox violazioni polizia"},
	{"AGRI", "Mercati contadini e orti urbani %s", "orti urbani agricoltura mercati contadini prodotti assegnazione aziende"},
	{"TECH", "Punti di accesso Wi-Fi pubblici %s", "wifi accesso rete connettività hotspot fibra utenti digitale"},
}

var (
	towns = strings.Fields(`Ancona Aosta Arezzo Asti Bari Belluno Bergamo Biella Bologna Bolzano Brescia Brindisi Cagliari Caserta Catania Catanzaro Chieti Como
Cosenza Cremona Cuneo Empoli Enna Faenza Fano Ferrara Firenze Foggia Forlì Frosinone Genova Gorizia Grosseto Imola Imperia Isernia Latina Lecce Lecco Livorno
Lodi Lucca Macerata Mantova Matera Messina Milano Modena Monza Napoli Novara Nuoro Oristano Padova Palermo Parma Pavia Perugia Pesaro Pescara Piacenza Pisa Pistoia
Pordenone Potenza Prato Ragusa Ravenna Rieti Rimini Roma Rovigo Salerno Sassari Savona Siena Siracusa Sondrio Taranto Teramo Terni Torino Trapani Trento Treviso
Trieste Udine Varese Venezia Verbania Vercelli Verona Vicenza Viterbo`)
	quarters = strings.Fields(`Centro Nord Sud Est Ovest Stazione Porto Castello Borgo Marina Collina Fiume Ospedale Università Mercato Stadio`)
	phrases  = []string{
		"Il dataset contiene i dati relativi a", "Elenco aggiornato di", "Dati rilevati dagli uffici comunali su", "Serie storica di", "Distribuzione territoriale di",
		"con il dettaglio di", "suddivisi per", "rilevazione annuale su", "secondo la classificazione ISTAT di", "pubblicati in formato aperto con",
	}
	kinds    = strings.Fields("CSV JSON XLSX SHP GeoJSON XML KML WMS PDF ODS")
	licenses = strings.Fields("cc-by-4.0 iodl-2.0 cc-zero cc-by-sa-4.0")
	periods  = strings.Fields("ANNUAL MONTHLY IRREG DAILY QUARTERLY NEVER")
)

// A municipal makes datasets like those of Italian municipalities: big ones
// publish more, and every title, description and column says what it is about.
type municipal struct {
	rand *rand.Rand
	made int
}

func newMunicipal() *municipal { return &municipal{rand: rand.New(rand.NewPCG(5, 5))} }

func pick[T any](m *municipal, of []T) T { return of[m.rand.IntN(len(of))] }

// often prefers what stands first.
func often[T any](m *municipal, of []T) T {
	x := m.rand.Float64()
	return of[int(x*x*float64(len(of)))]
}

// about returns n words on a subject, with those of others between them.
func (m *municipal) about(s topic, n int) string {
	var b strings.Builder
	own := strings.Fields(s.words)
	for i := range n {
		if i%7 == 0 {
			b.WriteString(pick(m, phrases) + " ")
		}
		if m.rand.IntN(4) == 0 {
			own = strings.Fields(pick(m, topics).words)
		}
		b.WriteString(pick(m, own) + " ")
	}
	return b.String()
}

// document returns the next dataset as engines see it.
func (m *municipal) document() search.Document {
	s, town := pick(m, topics), often(m, towns)
	m.made++
	year := 2008 + m.rand.IntN(18)
	subtitle := fmt.Sprintf("%d", year)
	if m.rand.IntN(3) == 0 {
		subtitle = pick(m, quarters) + " " + subtitle
	}
	slug := "comune-di-" + strings.ToLower(town)
	updated := time.Date(year, time.Month(1+m.rand.IntN(12)), 1+m.rand.IntN(28), m.rand.IntN(24), m.rand.IntN(60), m.rand.IntN(60), 0, time.UTC)
	d := &catalog.Dataset{
		ID:           fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", m.rand.Uint32(), m.made&0xffff, m.rand.IntN(1<<12), m.rand.IntN(1<<12), m.made),
		Name:         fmt.Sprintf("%s-%d", slug, m.made),
		Title:        catalog.It(fmt.Sprintf(s.title, subtitle) + " - Comune di " + town),
		Description:  catalog.It(m.about(s, 15+m.rand.IntN(30))),
		Identifier:   fmt.Sprintf("c_%s:%d", strings.ToLower(town[:3]), m.made),
		Holder:       catalog.Agent{Identifier: "c_" + strings.ToLower(town[:3]), Name: catalog.It("Comune di " + town)},
		Organization: slug, Themes: []catalog.Theme{{Code: s.theme}}, Groups: []string{strings.ToLower(s.theme)},
		LicenseID: often(m, licenses), Frequency: often(m, periods), State: catalog.Active, Private: m.rand.IntN(50) == 0,
		Created: updated.AddDate(-1, 0, 0), Updated: updated, Modified: catalog.Date(updated.Format(time.DateOnly)),
		Extras: []catalog.Extra{{Key: "ufficio", Value: "Ufficio " + pick(m, quarters)}},
	}
	for range 2 + m.rand.IntN(4) {
		d.Keywords = append(d.Keywords, catalog.Keyword{Name: often(m, strings.Fields(s.words))})
	}
	d.Keywords = append(d.Keywords, catalog.Keyword{Name: fmt.Sprintf("%s %d", pick(m, quarters), m.rand.IntN(300))})
	for i := range 1 + m.rand.IntN(3) {
		d.Distributions = append(d.Distributions, m.distribution(d, s, i))
	}
	return search.NewDocument(d, slug, "Comune di "+town)
}

func (m *municipal) distribution(d *catalog.Dataset, s topic, i int) catalog.Distribution {
	x := catalog.Distribution{
		Format: often(m, kinds), Title: catalog.It("Dati " + pick(m, strings.Fields(s.words))),
		DownloadURL: fmt.Sprintf("https://dati.comune.example/%s/%d.csv", d.Name, i),
	}
	if x.Format == "CSV" {
		x.Table = &catalog.Table{}
		for _, c := range strings.Fields(s.words)[:3+m.rand.IntN(4)] {
			x.Table.Columns = append(x.Table.Columns, catalog.Column{Name: c, Header: strings.ToUpper(c)})
		}
	}
	return x
}
