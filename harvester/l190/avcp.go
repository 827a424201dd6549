package l190

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
	"portico/internal/xmltree"
)

var errNotContracts = errors.New("neither a pubblicazione nor an index of them")

// contracts reads a file of contracts, or an index of such files.
func (c *connector) contracts(page *httpclient.Page) (web.Batch, error) {
	root, err := xmltree.Parse(page.Body, xmltree.Limits{})
	if err != nil {
		return web.Batch{}, web.NotA(page, "un file della legge 190/2012", "a file of law 190/2012", err)
	}
	switch root.Name {
	case "indici":
		return c.index(page, root)
	case "pubblicazione":
		meta := read(root)
		return web.Batch{Items: []web.Item{{ID: page.URL, Title: meta.name(), Raw: func() ([]byte, string) { return page.Body, "application/xml" }, Convert: func() (harvester.Record, error) {
			return c.publication(page, root, meta)
		}}}}, nil
	}
	return web.Batch{}, web.NotA(page, "un file della legge 190/2012", "a file of law 190/2012", errNotContracts)
}

// index lists the files that an index names. An index has no records of its
// own, and its files are read each as a document.
func (c *connector) index(page *httpclient.Page, root *xmltree.Node) (web.Batch, error) {
	var b web.Batch
	for _, d := range root.All("indice/dataset") {
		if a := web.Link(web.Base(page), d.Value("linkDataset")); a != "" {
			b.Also = append(b.Also, a)
		}
	}
	if len(b.Also) == 0 {
		return b, web.NotA(page, "un indice della legge 190/2012", "an index of law 190/2012", errNotContracts)
	}
	return b, nil
}

// A meta is what a file of contracts says of itself.
type meta struct {
	title, abstract, issued, updated, body, licence, year string
}

func read(root *xmltree.Node) meta {
	m := root.First("metadata")
	v := func(name string) string { return web.Line(m.Value(name)) }
	return meta{
		title: v("titolo"), abstract: web.Plain(m.Value("abstract")), issued: v("dataPubblicazioneDataset|dataPubbicazioneDataset"),
		updated: v("dataUltimoAggiornamentoDataset"), body: v("entePubblicatore"), licence: v("licenza"), year: v("annoRiferimento"),
	}
}

// name is the title for people: what the programs that write these files call
// them ("Pubblicazione 1 legge 190") tells nobody what they are.
func (m meta) name() string {
	s := "Appalti e contratti"
	if m.year != "" {
		s += " " + m.year
	}
	if m.body != "" {
		s += " - " + m.body
	}
	return s
}

// code is the tax code of the body that made the contracts.
func code(root *xmltree.Node) string {
	return web.Code(root.Value("data/lotto/strutturaProponente/codiceFiscaleProp"))
}

func (c *connector) publication(page *httpclient.Page, root *xmltree.Node, m meta) (harvester.Record, error) {
	lots := root.All("data/lotto")
	if len(lots) > maxRows {
		return harvester.Record{}, catalog.Errorf(catalog.Invalid, "more than %d lots", maxRows).Italian("più di %d lotti", maxRows)
	}
	rec := harvester.Record{ID: page.URL, Title: m.name(), Digest: web.Hash(version, string(page.Body)), Link: page.URL}
	d := &rec.Dataset
	d.Title = catalog.It(m.name())
	d.Identifier = strings.Trim("l190-"+code(root)+"-"+m.year, "-")
	n := strconv.Itoa(len(lots))
	d.Description = catalog.Text{
		"it": "Contratti pubblicati ai sensi dell'art. 1, comma 32, della legge 190/2012: " + n + " lotti.",
		"en": "Contracts published under article 1(32) of Italian law 190/2012: " + n + " lots.",
	}
	if m.abstract != "" {
		d.Description["it"] += "\n\n" + m.abstract
	}
	d.Holder = catalog.Agent{Name: web.Text(m.body, "it")}
	d.Publisher = d.Holder
	d.Themes = web.Themes("GOVE", "ECON")
	d.Keywords = web.Keywords("it", "appalti", "contratti pubblici", "trasparenza", "legge 190/2012", "anticorruzione")
	d.Issued, d.Modified, d.Frequency = web.Date(m.issued), web.Date(m.updated), "ANNUAL"
	if len(m.year) == 4 && web.Date(m.year+"-01-01") != "" {
		d.Temporal = []catalog.Period{{Start: catalog.Date(m.year + "-01-01"), End: catalog.Date(m.year + "-12-31")}}
	}
	original := catalog.Distribution{Title: catalog.It("XML"), DownloadURL: page.URL, AccessURL: page.URL, ByteSize: int64(len(page.Body))}
	web.Format(&original, "XML")
	d.Distributions = []catalog.Distribution{original}
	stem := web.Hash(page.URL)[:12]
	for _, s := range []sheet{
		{"lotti-" + stem + ".csv", "Lotti (tabella)", lotRows(lots)},
		{"operatori-" + stem + ".csv", "Partecipanti e aggiudicatari (tabella)", bidderRows(lots)},
	} {
		x, err := c.keep(s)
		if err != nil {
			return rec, err
		}
		d.Distributions = append(d.Distributions, x)
	}
	rec.Distributions = len(d.Distributions)
	if m.licence != "" && !web.License(d, m.licence) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(m.licence))
	}
	rec.Problems = append(rec.Problems, amounts(lots)...)
	return rec, nil
}

// amounts warns of amounts that are no numbers, which the table keeps as they
// are.
func amounts(lots []*xmltree.Node) []catalog.Problem {
	wrong, example := 0, ""
	for _, l := range lots {
		for _, name := range []string{"importoAggiudicazione", "importoSommeLiquidate"} {
			v := l.Value(name)
			if _, err := strconv.ParseFloat(v, 64); v != "" && err != nil {
				wrong++
				example = cmp.Or(example, v)
			}
		}
	}
	if wrong == 0 {
		return nil
	}
	return []catalog.Problem{catalog.Problemf("lotto", example, "amount-not-a-number",
		strconv.Itoa(wrong)+" importi non sono numeri.", strconv.Itoa(wrong)+" amounts are no numbers.").
		WithMend("Scrivere gli importi con il punto e senza simboli, per esempio 1234.50.", "Write amounts with a point and without symbols, such as 1234.50.")}
}

// lotRows is the table of the lots. A CIG can repeat, so each has a number.
func lotRows(lots []*xmltree.Node) [][]string {
	out := [][]string{{
		"lotto", "cig", "codice_fiscale_proponente", "struttura_proponente", "oggetto", "scelta_contraente", "importo_aggiudicazione",
		"data_inizio", "data_ultimazione", "importo_somme_liquidate", "partecipanti", "aggiudicatari",
	}}
	for i, l := range lots {
		out = append(out, []string{
			strconv.Itoa(i + 1), web.Line(l.Value("cig")), web.Line(l.Value("strutturaProponente/codiceFiscaleProp")),
			web.Line(l.Value("strutturaProponente/denominazione")), web.Line(l.Value("oggetto")), web.Line(l.Value("sceltaContraente")),
			web.Line(l.Value("importoAggiudicazione")), web.Line(l.Value("tempiCompletamento/dataInizio")),
			web.Line(l.Value("tempiCompletamento/dataUltimazione")), web.Line(l.Value("importoSommeLiquidate")),
			strconv.Itoa(len(l.All("partecipanti/*"))), strconv.Itoa(len(l.All("aggiudicatari/*"))),
		})
	}
	return out
}

// bidderRows is the table of who took part and who won, a row for each
// operator; those of a group share its number.
func bidderRows(lots []*xmltree.Node) [][]string {
	out := [][]string{{"lotto", "cig", "esito", "raggruppamento", "ruolo", "codice_fiscale", "identificativo_estero", "ragione_sociale"}}
	for i, l := range lots {
		for _, part := range []struct{ list, outcome string }{{"partecipanti", "partecipante"}, {"aggiudicatari", "aggiudicatario"}} {
			for n, p := range l.All(part.list + "/*") {
				members, group := []*xmltree.Node{p}, ""
				if inside := p.All("membro"); len(inside) > 0 {
					members, group = inside, strconv.Itoa(n+1)
				}
				for _, m := range members {
					if len(out) > maxRows {
						return out
					}
					out = append(out, []string{
						strconv.Itoa(i + 1), web.Line(l.Value("cig")), part.outcome, group, web.Line(m.Value("ruolo")), web.Line(m.Value("codiceFiscale")),
						web.Line(m.Value("identificativoFiscaleEstero")), web.Line(m.Value("ragioneSociale")),
					})
				}
			}
		}
	}
	return out
}
