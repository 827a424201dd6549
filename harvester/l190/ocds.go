package l190

import (
	"encoding/json"
	"errors"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

var errNotOCDS = errors.New("no releases or records of the Open Contracting Data Standard")

// A pack is a package of releases, or of records that hold a compiled release.
type pack struct {
	Published web.String    `json:"publishedDate"`
	Licence   web.String    `json:"license"`
	Publisher organisation  `json:"publisher"`
	Releases  []release     `json:"releases"`
	Records   []compilation `json:"records"`
	Next      struct {
		Next web.String `json:"next"`
	} `json:"links"`
}

type organisation struct {
	Name web.String `json:"name"`
}

type compilation struct {
	Release *release `json:"compiledRelease"`
}

type amount struct {
	Amount   web.String `json:"amount"`
	Currency web.String `json:"currency"`
}

type release struct {
	OCID   web.String   `json:"ocid"`
	Date   web.String   `json:"date"`
	Buyer  organisation `json:"buyer"`
	Tender struct {
		ID     web.String `json:"id"`
		Title  web.String `json:"title"`
		Method web.String `json:"procurementMethodDetails"`
		Status web.String `json:"status"`
		Value  amount     `json:"value"`
	} `json:"tender"`
	Awards []struct {
		Value     amount         `json:"value"`
		Suppliers []organisation `json:"suppliers"`
	} `json:"awards"`
}

// releases reads a package in the Open Contracting Data Standard, in which
// ANAC publishes what succeeded the files of law 190.
func (c *connector) releases(page *httpclient.Page, body []byte) (web.Batch, error) {
	var p pack
	if err := json.Unmarshal(body, &p); err != nil {
		return web.Batch{}, web.NotA(page, "un pacchetto OCDS", "an OCDS package", err)
	}
	for _, r := range p.Records {
		if r.Release != nil {
			p.Releases = append(p.Releases, *r.Release)
		}
	}
	if len(p.Releases) == 0 || p.Releases[0].OCID == "" || len(p.Releases) > maxRows {
		return web.Batch{}, web.NotA(page, "un pacchetto OCDS", "an OCDS package", errNotOCDS)
	}
	b := web.Batch{Next: web.Link(web.Base(page), string(p.Next.Next))}
	name := "Contratti pubblici (OCDS)"
	if n := web.Line(string(p.Publisher.Name)); n != "" {
		name += " - " + n
	}
	b.Items = []web.Item{{ID: page.URL, Title: name, Raw: web.JSON(page.Body), Convert: func() (harvester.Record, error) { return c.contracting(page, &p, name) }}}
	return b, nil
}

func (c *connector) contracting(page *httpclient.Page, p *pack, name string) (harvester.Record, error) {
	rec := harvester.Record{ID: page.URL, Title: name, Digest: web.Hash(version, string(page.Body)), Link: page.URL}
	d := &rec.Dataset
	d.Title = catalog.It(name)
	d.Publisher = catalog.Agent{Name: web.Text(web.Line(string(p.Publisher.Name)), "it")}
	d.Description = catalog.Text{
		"it": "Contratti pubblici secondo lo standard OCDS, con una tabella delle procedure.",
		"en": "Public contracts in the Open Contracting Data Standard, with a table of the procedures.",
	}
	d.Themes, d.Keywords = web.Themes("GOVE", "ECON"), web.Keywords("it", "appalti", "contratti pubblici", "trasparenza", "ocds")
	d.Modified = web.Date(string(p.Published))
	d.ConformsTo = []catalog.Standard{{URI: "https://standard.open-contracting.org/latest/", Title: catalog.It("Open Contracting Data Standard")}}
	original := catalog.Distribution{Title: catalog.It("OCDS"), DownloadURL: page.URL, AccessURL: page.URL, ByteSize: int64(len(page.Body))}
	web.Format(&original, "JSON")
	table, err := c.keep(sheet{"procedure-" + web.Hash(page.URL)[:12] + ".csv", "Procedure (tabella)", releaseRows(p.Releases)})
	if err != nil {
		return rec, err
	}
	d.Distributions = []catalog.Distribution{original, table}
	rec.Distributions = len(d.Distributions)
	if p.Licence != "" && !web.License(d, string(p.Licence)) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(p.Licence)))
	}
	return rec, nil
}

func releaseRows(list []release) [][]string {
	out := [][]string{{"ocid", "data", "stazione_appaltante", "codice", "oggetto", "procedura", "stato", "importo", "valuta", "importo_aggiudicato", "aggiudicatari"}}
	line := func(s web.String) string { return web.Line(string(s)) }
	for _, r := range list {
		var awarded, suppliers []string
		for _, a := range r.Awards {
			if v := line(a.Value.Amount); v != "" {
				awarded = append(awarded, v)
			}
			for _, s := range a.Suppliers {
				suppliers = append(suppliers, line(s.Name))
			}
		}
		out = append(out, []string{
			line(r.OCID), line(r.Date), line(r.Buyer.Name), line(r.Tender.ID), line(r.Tender.Title), line(r.Tender.Method), line(r.Tender.Status),
			line(r.Tender.Value.Amount), line(r.Tender.Value.Currency), strings.Join(awarded, "; "), strings.Join(suppliers, "; "),
		})
	}
	return out
}
