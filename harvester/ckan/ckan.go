// Package ckan reads catalogs that speak CKAN's action API: CKAN itself and
// what imitates it. It knows HTTP and paging; what the JSON means is in
// internal/ckan.
package ckan

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// pageSize is what every server grants; CKAN's own harvester asks it, too.
const pageSize = 100

// maxRecords bounds a catalog: Europe has two million datasets.
const maxRecords = 3_000_000

// Kind returns the "ckan" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "ckan", Title: "CKAN (Action API)", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	FQ string `json:"fq,omitempty"` // a filter for package_search, such as organization:comune-di-x
}

type connector struct {
	base   *url.URL // of the portal, without /api
	client *http.Client
	fq     string
	memory
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	base, err := baseOf(src.URL)
	if err != nil {
		return nil, err
	}
	c := &connector{base: base, client: client}
	if q, err := url.Parse(src.URL); err == nil {
		c.fq = q.Query().Get("fq")
	}
	if len(src.Options) > 0 {
		var o Options
		if err := web.Options(src.Options, &o); err != nil {
			return nil, err
		}
		c.fq = o.FQ
	}
	return c, nil
}

// pages are the ends of addresses that people copy from their browser.
var pages = []string{"/dataset", "/organization", "/group"}

// baseOf returns the portal of any address within it: its front page, a list
// of datasets, the API or one of its actions.
func baseOf(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, catalog.Errorf(catalog.Invalid, "the address of a CKAN portal begins with http:// or https://").
			Italian("l'indirizzo di un portale CKAN comincia con http:// o https://").Because(err)
	}
	u.RawQuery, u.Fragment = "", ""
	p := u.Path
	if before, _, ok := strings.Cut(p+"/", "/api/"); ok {
		p = before
	}
	p = strings.TrimRight(p, "/")
	for _, end := range pages {
		if before, _, ok := strings.Cut(p+"/", end+"/"); ok {
			p = before
		}
	}
	u.Path, u.RawPath = p, ""
	return u, nil
}

// origin is where the portal's own URIs begin.
func (c *connector) origin() string { return strings.TrimRight(c.base.String(), "/") }

func (c *connector) action(name string, q url.Values) string {
	u := *c.base
	u.Path = path.Join("/", u.Path, "api/3/action", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// Records implements harvester.Connector. It asks package_search, page by
// page; a portal that has none is asked for all at once, or one by one.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		y := yielder{
			c: c, yield: yield, seen: make(map[string]bool), names: make(map[string]bool),
			fresh: memo{Version: version, FQ: c.fq, Full: time.Now().UTC(), Modified: make(map[string]string)},
		}
		c.now = nil
		err := errAllOver
		if c.old != nil {
			err = y.since(ctx, c.old)
		}
		if errors.Is(err, errAllOver) {
			err = y.search(ctx)
		}
		if errors.Is(err, errNoAction) && c.fq == "" {
			err = y.everything(ctx)
		}
		if err == nil {
			c.now = &y.fresh
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(harvester.Record{}, err)
		}
	}
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	var status struct {
		Title string `json:"site_title"`
	}
	if raw, err := c.call(ctx, "status_show", nil); err == nil {
		if json.Unmarshal(raw, &status) == nil && status.Title != "" {
			return 0.95, status.Title, nil
		}
	}
	if _, err := c.call(ctx, "package_search", url.Values{"rows": {"0"}}); err != nil {
		return 0, "", err
	}
	return 0.9, status.Title, nil
}
