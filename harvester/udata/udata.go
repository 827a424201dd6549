// Package udata reads portals that run udata, the software of data.gouv.fr and
// dados.gov.pt, by its API. It knows what its records mean, and no other
// portal.
package udata

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same record.
const version = "udata/1"

const accept = "application/json"

const pageSize = 100

// Kind returns the "udata" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "udata", Title: "udata (API 1)", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Organization string `json:"organization,omitempty"` // ID of one; "" = all
	Tag          string `json:"tag,omitempty"`
}

type connector struct {
	web.Reader
	base *url.URL
	o    Options
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un portale udata", En: "a udata portal"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.base = r, web.Parent(u, "/api", "/datasets", "/organizations")
	return c, nil
}

func (c *connector) page(n int) string {
	q := url.Values{"page": {strconv.Itoa(n)}, "page_size": {strconv.Itoa(pageSize)}, "sort": {"created"}}
	if c.o.Organization != "" {
		q.Set("organization", c.o.Organization)
	}
	if c.o.Tag != "" {
		q.Set("tag", c.o.Tag)
	}
	return web.At(c.base, "api/1/datasets/", q).String()
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Reader.Records(ctx, c.page(1), accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	return c.ProbePortal(ctx, c.base.Hostname(), []string{c.page(1)}, accept, c.parse)
}

func (c *connector) parse(page *httpclient.Page, _ int) (web.Batch, error) {
	var a struct {
		Data  *[]json.RawMessage `json:"data"`
		Total *int               `json:"total"`
		Next  web.String         `json:"next_page"`
		Page  int                `json:"page"`
	}
	if err := web.Decode(page, &a, "una risposta di udata", "an answer of udata"); err != nil {
		return web.Batch{}, err
	}
	if a.Data == nil || a.Total == nil {
		return web.Batch{}, web.NotA(page, "una risposta di udata", "an answer of udata", nil)
	}
	b := web.Batch{Total: *a.Total}
	for _, raw := range *a.Data {
		var who struct {
			ID    web.String `json:"id"`
			Title web.String `json:"title"`
		}
		_ = json.Unmarshal(raw, &who) // what cannot be read fails when it is converted
		b.Items = append(b.Items, web.Item{ID: string(who.ID), Title: web.Line(string(who.Title)), Raw: web.JSON(raw), Convert: func() (harvester.Record, error) {
			return convert(raw)
		}})
	}
	if a.Next != "" && len(b.Items) > 0 {
		b.Next = c.page(a.Page + 1) // its own link may name a host that is known inside alone
	}
	return b, nil
}

// A dataset is one of udata's, as far as we read it.
type dataset struct {
	ID           web.String  `json:"id"`
	Title        web.String  `json:"title"`
	Description  web.String  `json:"description"`
	Page         web.String  `json:"page"`
	URI          web.String  `json:"uri"`
	Tags         web.Strings `json:"tags"`
	License      web.String  `json:"license"`
	Frequency    web.String  `json:"frequency"`
	Created      web.String  `json:"created_at"`
	Modified     web.String  `json:"last_modified"`
	LastUpdate   web.String  `json:"last_update"`
	Private      bool        `json:"private"`
	Organization *struct {
		Name web.String `json:"name"`
	} `json:"organization"`
	Temporal *struct {
		Start web.String `json:"start"`
		End   web.String `json:"end"`
	} `json:"temporal_coverage"`
	Spatial *struct {
		Geom json.RawMessage `json:"geom"`
	} `json:"spatial"`
	Resources []resource `json:"resources"`
}

type resource struct {
	Title       web.String `json:"title"`
	Description web.String `json:"description"`
	URL         web.String `json:"url"`
	Format      web.String `json:"format"`
	Mime        web.String `json:"mime"`
	Size        int64      `json:"filesize"`
	Published   web.String `json:"created_at"`
	Modified    web.String `json:"last_modified"`
	Checksum    *struct {
		Type  web.String `json:"type"`
		Value web.String `json:"value"`
	} `json:"checksum"`
}

// frequencies are udata's own words that are none of the EU's.
var frequencies = map[string]string{"punctual": "AS_NEEDED", "semidaily": "DAILY_2", "semiweekly": "WEEKLY_2", "semimonthly": "MONTHLY_2", "semiannual": "ANNUAL_2"}

func convert(raw json.RawMessage) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Digest(version, raw, "metrics", "quality", "internal")}
	var in dataset
	if err := json.Unmarshal(raw, &in); err != nil {
		return rec, web.Unreadable(raw)
	}
	d := &rec.Dataset
	d.Identifier = web.Line(string(in.ID))
	d.Title = catalog.It(web.Line(string(in.Title)))
	if len(d.Title) == 0 {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Description = catalog.It(web.Plain(string(in.Description)))
	d.Keywords, d.Themes = web.Keywords("", in.Tags...), web.Themes(in.Tags...)
	d.Issued, d.Modified = web.Date(string(in.Created)), web.Date(cmp.Or(string(in.LastUpdate), string(in.Modified)))
	d.Frequency = cmp.Or(frequencies[string(in.Frequency)], web.Frequency(string(in.Frequency)))
	d.LandingPage = web.Link(nil, string(in.Page))
	if in.Organization != nil {
		d.Holder.Name = catalog.It(web.Line(string(in.Organization.Name)))
	}
	if t := in.Temporal; t != nil {
		d.Temporal = []catalog.Period{{Start: web.Date(string(t.Start)), End: web.Date(string(t.End))}}
	}
	if in.Spatial != nil {
		if p, ok := web.Geometry(in.Spatial.Geom); ok {
			d.Spatial = []catalog.Place{p}
		}
	}
	files(&rec, in.Resources)
	if !web.License(d, string(in.License)) && in.License != "" && in.License != "notspecified" {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(in.License)))
	}
	return rec, nil
}

func files(rec *harvester.Record, list []resource) {
	const most = 500
	rec.Distributions = len(list)
	for _, r := range list[:min(len(list), most)] {
		address := web.Link(nil, string(r.URL))
		if address == "" {
			rec.Problems = append(rec.Problems, catalog.Problemf("dcat:accessURL", string(r.URL), "address-not-web",
				"La distribuzione non ha un indirizzo web ed è stata tralasciata.", "The distribution has no web address and was left out."))
			continue
		}
		x := catalog.Distribution{
			Title: catalog.It(web.Line(string(r.Title))), Description: catalog.It(web.Plain(string(r.Description))),
			AccessURL: address, DownloadURL: address, ByteSize: max(0, r.Size), Issued: web.Date(string(r.Published)), Modified: web.Date(string(r.Modified)),
		}
		if c := r.Checksum; c != nil {
			x.Checksum = catalog.Checksum{Algorithm: web.Line(string(c.Type)), Value: web.Line(string(c.Value))}
		}
		web.Format(&x, string(r.Format), string(r.Mime), web.Extension(address))
		rec.Dataset.Distributions = append(rec.Dataset.Distributions, x)
	}
}
