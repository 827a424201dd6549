// Package socrata reads Socrata portals (Tyler Data & Insights) by their
// Discovery API, catalog v1. It knows what its results mean, and no other
// portal.
package socrata

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same record.
const version = "socrata/1"

const accept = "application/json"

// pageSize is how many results are asked for at once.
const pageSize = 100

// Kind returns the "socrata" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "socrata", Title: "Socrata (catalog v1)", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Domain     string `json:"domain,omitempty"`     // whose datasets to take; "" = the portal's own host
	Categories string `json:"categories,omitempty"` // take these alone
	Tags       string `json:"tags,omitempty"`
}

type connector struct {
	web.Reader
	base *url.URL
	o    Options
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un portale Socrata", En: "a Socrata portal"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.base = r, web.Parent(u, "/api", "/browse", "/resource", "/d")
	return c, nil
}

func (c *connector) page(offset int) string {
	domain := cmp.Or(c.o.Domain, c.base.Hostname())
	q := url.Values{
		"domains": {domain}, "search_context": {domain}, "only": {"dataset"}, "order": {"dataset_id"},
		"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)},
	}
	if c.o.Categories != "" {
		q.Set("categories", c.o.Categories)
	}
	if c.o.Tags != "" {
		q.Set("tags", c.o.Tags)
	}
	return web.At(c.base, "api/catalog/v1", q).String()
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Reader.Records(ctx, c.page(0), accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	return c.ProbePortal(ctx, cmp.Or(c.o.Domain, c.base.Hostname()), []string{c.page(0)}, accept, c.parse)
}

func (c *connector) parse(page *httpclient.Page, read int) (web.Batch, error) {
	var a struct {
		Results *[]json.RawMessage `json:"results"`
		Total   *int               `json:"resultSetSize"`
	}
	if err := web.Decode(page, &a, "una risposta di Socrata", "an answer of Socrata"); err != nil {
		return web.Batch{}, err
	}
	if a.Results == nil || a.Total == nil {
		return web.Batch{}, web.NotA(page, "una risposta di Socrata", "an answer of Socrata", nil)
	}
	b := web.Batch{Total: *a.Total}
	for _, raw := range *a.Results {
		var who struct {
			Resource struct {
				ID   web.String `json:"id"`
				Name web.String `json:"name"`
			} `json:"resource"`
		}
		_ = json.Unmarshal(raw, &who) // what cannot be read fails when it is converted
		b.Items = append(b.Items, web.Item{ID: string(who.Resource.ID), Title: web.Line(string(who.Resource.Name)), Raw: web.JSON(raw), Convert: func() (harvester.Record, error) {
			return c.convert(raw)
		}})
	}
	if after := read + len(b.Items); len(b.Items) > 0 && after < b.Total {
		b.Next = c.page(after)
	}
	return b, nil
}

// A result is one of the catalog's, as far as we read it.
type result struct {
	Resource struct {
		ID          web.String  `json:"id"`
		Name        web.String  `json:"name"`
		Description web.String  `json:"description"`
		Attribution web.String  `json:"attribution"`
		Link        web.String  `json:"attribution_link"`
		Type        web.String  `json:"type"`
		Updated     web.String  `json:"updatedAt"`
		DataUpdated web.String  `json:"data_updated_at"`
		Created     web.String  `json:"createdAt"`
		Columns     web.Strings `json:"columns_datatype"`
		BlobType    web.String  `json:"blob_mime_type"`
	} `json:"resource"`
	Classification struct {
		Categories     web.Strings `json:"categories"`
		Tags           web.Strings `json:"tags"`
		DomainCategory web.String  `json:"domain_category"`
		DomainTags     web.Strings `json:"domain_tags"`
		Metadata       []struct {
			Key   web.String `json:"key"`
			Value web.String `json:"value"`
		} `json:"domain_metadata"`
	} `json:"classification"`
	Metadata struct {
		Domain  web.String `json:"domain"`
		License web.String `json:"license"`
	} `json:"metadata"`
	Permalink web.String `json:"permalink"`
	Link      web.String `json:"link"`
}

// counters are what changes from day to day without the dataset changing.
var counters = regexp.MustCompile(`"(page_views|download_count)":\s*(\{[^{}]*\}|\d+)\s*,?`)

func (c *connector) convert(raw json.RawMessage) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Hash(version, counters.ReplaceAllString(string(raw), ""))}
	var in result
	if err := json.Unmarshal(raw, &in); err != nil || in.Resource.ID == "" {
		return rec, web.Unreadable(raw)
	}
	d := &rec.Dataset
	d.Identifier = web.Line(string(in.Resource.ID))
	d.Title = catalog.It(web.Line(string(in.Resource.Name)))
	if len(d.Title) == 0 {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Description = catalog.It(web.Plain(string(in.Resource.Description)))
	d.Issued = web.Date(string(in.Resource.Created))
	d.Modified = web.Date(cmp.Or(string(in.Resource.DataUpdated), string(in.Resource.Updated)))
	d.Holder.Name = catalog.It(web.Line(string(in.Resource.Attribution)))
	d.Keywords = web.Keywords("", append(in.Classification.DomainTags, in.Classification.Tags...)...)
	d.Themes = web.Themes(append(web.Strings{string(in.Classification.DomainCategory)}, in.Classification.Categories...)...)
	d.LandingPage = web.Link(nil, cmp.Or(string(in.Permalink), string(in.Link)))
	c.custom(d, in)
	c.exports(&rec, in)
	if !web.License(d, string(in.Metadata.License)) && in.Metadata.License != "" {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(in.Metadata.License)))
	}
	return rec, nil
}

// custom reads the fields that Italian portals add to their records, by what
// their names say.
func (c *connector) custom(d *catalog.Dataset, in result) {
	for _, m := range in.Classification.Metadata {
		value := web.Line(string(m.Value))
		switch key := string(m.Key); {
		case ipa.MatchString(key):
			d.Holder.Identifier = web.Code(value)
		case titolare.MatchString(key):
			d.Holder.Name = catalog.It(value)
		case frequency.MatchString(key):
			d.Frequency = web.Frequency(value)
		case email.MatchString(key):
			d.Contacts = []catalog.Contact{{Email: value}}
		}
	}
}

var (
	titolare  = regexp.MustCompile(`(?i)titolare|data-?owner`)
	ipa       = regexp.MustCompile(`(?i)(^|[-_ ])ipa($|[-_ ])`)
	frequency = regexp.MustCompile(`(?i)frequen|aggiornamento$`)
	email     = regexp.MustCompile(`(?i)e-?mail`)
)

// exports makes distributions of what every table can be had as.
func (c *connector) exports(rec *harvester.Record, in result) {
	host := cmp.Or(web.Line(string(in.Metadata.Domain)), c.base.Host)
	at := func(format string) string {
		return web.Link(nil, "https://"+host+"/api/views/"+url.PathEscape(string(in.Resource.ID))+"/rows."+format+"?accessType=DOWNLOAD")
	}
	formats := []string{"csv", "json", "xml"}
	for _, t := range in.Resource.Columns {
		switch t {
		case "Point", "Line", "Polygon", "MultiPoint", "MultiLine", "MultiPolygon", "Location":
			formats = []string{"csv", "json", "xml", "geojson"}
		}
	}
	for _, f := range formats {
		address := at(f)
		if f == "geojson" {
			address = web.Link(nil, "https://"+host+"/resource/"+url.PathEscape(string(in.Resource.ID))+".geojson")
		}
		if address == "" {
			continue
		}
		x := catalog.Distribution{Title: catalog.It(f), AccessURL: address, DownloadURL: address}
		web.Format(&x, f)
		rec.Dataset.Distributions = append(rec.Dataset.Distributions, x)
	}
	rec.Distributions = len(rec.Dataset.Distributions)
}
