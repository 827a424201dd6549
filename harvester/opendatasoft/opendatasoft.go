// Package opendatasoft reads Opendatasoft (Huwise) portals by their Explore
// API, version 2.1, and by the older Search API 1.0. It knows what the records
// of the two mean, and no other portal.
package opendatasoft

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same record.
const version = "opendatasoft/1"

const accept = "application/json"

// pageSize is what version 2.1 grants at most; maxOffset is how far it pages.
const (
	pageSize  = 100
	maxOffset = 10_000
)

// Kind returns the "opendatasoft" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "opendatasoft", Title: "Opendatasoft (Explore API 2.1, Search API 1.0)", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	API    string `json:"api,omitempty"`    // "v2.1", "v1"; "" = 2.1, else 1.0
	Where  string `json:"where,omitempty"`  // a filter in ODSQL, of version 2.1
	Refine string `json:"refine,omitempty"` // a facet, such as "publisher:Comune di X"
}

type connector struct {
	web.Reader
	base *url.URL
	o    Options
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un portale Opendatasoft", En: "an Opendatasoft portal"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.base = r, web.Parent(u, "/api", "/explore", "/pages")
	return c, web.OneOf("api", c.o.API, "v1", "v2.1")
}

// addresses returns the first pages of the APIs that the source may have.
func (c *connector) addresses() []string {
	switch c.o.API {
	case "v1":
		return []string{c.page1(0)}
	case "v2.1":
		return []string{c.page2(0)}
	}
	if c.o.Where != "" {
		return []string{c.page2(0)} // the older API would take no notice of it
	}
	return []string{c.page2(0), c.page1(0)}
}

func (c *connector) page2(offset int) string {
	q := url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}, "order_by": {"dataset_id"}}
	if c.o.Where != "" {
		q.Set("where", c.o.Where)
	}
	if c.o.Refine != "" {
		q.Set("refine", c.o.Refine)
	}
	return web.At(c.base, "api/explore/v2.1/catalog/datasets", q).String()
}

func (c *connector) page1(start int) string {
	q := url.Values{"rows": {strconv.Itoa(pageSize)}, "start": {strconv.Itoa(start)}}
	if facet, value, ok := strings.Cut(c.o.Refine, ":"); ok {
		q.Set("refine."+facet, value)
	}
	return web.At(c.base, "api/datasets/1.0/search/", q).String()
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Any(ctx, c.addresses(), accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	return c.ProbePortal(ctx, c.base.Hostname(), c.addresses(), accept, c.parse)
}

// An answer is a page of either version.
type answer struct {
	Total    *int              `json:"total_count"`
	Results  []json.RawMessage `json:"results"`
	NHits    *int              `json:"nhits"`
	Datasets []json.RawMessage `json:"datasets"`
}

func (c *connector) parse(page *httpclient.Page, read int) (web.Batch, error) {
	var a answer
	if err := web.Decode(page, &a, "una risposta di Opendatasoft", "an answer of Opendatasoft"); err != nil {
		return web.Batch{}, err
	}
	var b web.Batch
	list, next := a.Results, c.page2
	switch {
	case a.Total != nil:
		b.Total = *a.Total
	case a.NHits != nil:
		b.Total, list, next = *a.NHits, a.Datasets, c.page1
	default:
		return b, web.NotA(page, "una risposta di Opendatasoft", "an answer of Opendatasoft", nil)
	}
	for _, raw := range list {
		b.Items = append(b.Items, c.item(raw))
	}
	if after := read + len(list); len(list) > 0 && after < b.Total && (a.NHits != nil || after < maxOffset) {
		b.Next = next(after)
	}
	return b, nil
}

func (c *connector) item(raw json.RawMessage) web.Item {
	var who struct {
		ID2 web.String `json:"dataset_id"`
		ID1 web.String `json:"datasetid"`
	}
	_ = json.Unmarshal(raw, &who) // what cannot be read has no ID, and fails when it is converted
	id := cmp.Or(string(who.ID2), string(who.ID1))
	return web.Item{ID: id, Title: id, Raw: web.JSON(raw), Convert: func() (harvester.Record, error) { return c.convert(raw) }}
}
