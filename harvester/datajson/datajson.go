// Package datajson reads catalogs that are one JSON document: DCAT-US
// (data.json of the Project Open Data, ArcGIS Hub, DKAN) and the listings of
// PortalJS. It knows what these mean and nothing of other portals.
package datajson

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same record.
const version = "datajson/1"

const accept = "application/json, */*;q=0.1"

// Kind returns the "datajson" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "datajson", Title: "data.json (DCAT-US, ArcGIS Hub, DKAN, PortalJS)", Open: open}
}

type connector struct {
	web.Reader
	addresses []string
}

// places are where the document of a portal is, by what runs it: the standard's
// own, ArcGIS Hub, DKAN 2.
var places = []string{"data.json", "api/feed/dcat-us/1.1.json", "api/1/metastore/schemas/dataset/items"}

// open takes no options.
func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un data.json", En: "a data.json"}, nil)
	if err != nil {
		return nil, err
	}
	c := &connector{Reader: r, addresses: []string{u.String()}}
	if u.RawQuery == "" && path.Ext(u.Path) != ".json" && !strings.Contains(u.Path, "/api/") {
		c.addresses = nil
		base := web.Parent(u, "/search", "/datasets", "/dataset")
		for _, p := range places {
			c.addresses = append(c.addresses, web.At(base, p, nil).String())
		}
	}
	return c, nil
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Any(ctx, c.addresses, accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	b, page, err := c.Reader.Probe(ctx, c.addresses, accept, c.parse)
	if err != nil || len(b.Items) == 0 {
		return 0, "", err
	}
	if isLinkedData(page) {
		return 0.6, titleOf(page), nil // it is RDF first, and says more by it
	}
	return 0.95, titleOf(page), nil
}

// isLinkedData reports whether a document describes its terms itself, so that
// it can be read as JSON-LD without asking anybody.
func isLinkedData(page *httpclient.Page) bool {
	var top struct {
		Context json.RawMessage `json:"@context"`
	}
	return json.Unmarshal(page.Body, &top) == nil && bytes.HasPrefix(bytes.TrimSpace(top.Context), []byte("{"))
}

func titleOf(page *httpclient.Page) string {
	var top struct {
		Title web.String `json:"title"`
		Name  web.String `json:"name"`
	}
	if json.Unmarshal(page.Body, &top) != nil {
		return ""
	}
	if top.Title == "" {
		top.Title = top.Name
	}
	return web.Line(string(top.Title))
}

// parse finds the datasets of a document.
func (c *connector) parse(page *httpclient.Page, _ int) (web.Batch, error) {
	if isTemplate(page.Body) {
		return web.Batch{}, catalog.Errorf(catalog.Invalid, "the document is a template that was not filled in (Jekyll, Liquid), not data").
			Italian("il documento è un modello che nessuno ha compilato (Jekyll, Liquid), non dati")
	}
	var list []json.RawMessage
	if body := bytes.TrimLeft(page.Body, "\ufeff \t\r\n"); bytes.HasPrefix(body, []byte("[")) {
		if err := web.Decode(page, &list, "un data.json", "a data.json"); err != nil {
			return web.Batch{}, err
		}
	} else {
		var top struct {
			Dataset *[]json.RawMessage `json:"dataset"`
		}
		if err := web.Decode(page, &top, "un data.json", "a data.json"); err != nil {
			return web.Batch{}, err
		}
		if top.Dataset == nil {
			return web.Batch{}, web.NotA(page, "un data.json: manca «dataset»", `a data.json: it has no "dataset"`, nil)
		}
		list = *top.Dataset
	}
	var b web.Batch
	strange := 0
	for _, raw := range list {
		it, ok := itemOf(raw, web.Base(page))
		if !ok {
			strange++
		}
		b.Items = append(b.Items, it)
	}
	if strange > 0 && strange == len(list) {
		return web.Batch{}, web.NotA(page, "un data.json: l'elenco non è di dataset", "a data.json: the list is not of datasets", nil)
	}
	return b, nil
}

// isTemplate reports whether a document was served before a site generator
// filled it in, as JKAN's is in its repository.
func isTemplate(body []byte) bool {
	head := bytes.TrimLeft(body[:min(len(body), 4096)], "\ufeff \t\r\n")
	return bytes.HasPrefix(head, []byte("---")) || bytes.Contains(head, []byte("{%")) && !json.Valid(body)
}

// An identity is by what a dataset is known, and which of the two forms it has.
type identity struct {
	Identifier   web.String      `json:"identifier"`
	Landing      web.String      `json:"landingPage"`
	Title        web.String      `json:"title"`
	Distribution json.RawMessage `json:"distribution"`
	Level        web.String      `json:"accessLevel"`
	Publisher    json.RawMessage `json:"publisher"`
	Description  web.String      `json:"description"`
	Name         web.String      `json:"name"`
	Display      web.String      `json:"displayName"`
	URL          web.String      `json:"url"`
	Files        json.RawMessage `json:"files"`
	Resources    json.RawMessage `json:"resources"`
}

func (w *identity) isPOD() bool {
	return w.Title != "" && (w.Distribution != nil || w.Level != "" || w.Publisher != nil || w.Identifier != "" || w.Description != "")
}

func (w *identity) isListed() bool {
	return w.Name != "" && (w.Files != nil || w.Resources != nil || w.URL != "" && w.Display != "")
}

// itemOf returns the item of a dataset in whichever of the two forms. It is
// false for what has neither, whose conversion fails.
func itemOf(raw json.RawMessage, base *url.URL) (web.Item, bool) {
	var who identity
	err := json.Unmarshal(raw, &who)
	it := web.Item{ID: first(who.Identifier, who.Landing, who.Name, who.URL), Title: web.Line(first(who.Title, who.Display, who.Name)), Raw: web.JSON(raw)}
	if it.ID == "" {
		it.ID = "sha256:" + web.Hash(it.Title)
	}
	switch {
	case err == nil && who.isPOD():
		it.Convert = func() (harvester.Record, error) { return fromPOD(raw, base) }
		return it, true
	case err == nil && who.isListed():
		it.Convert = func() (harvester.Record, error) { return fromListing(raw, base) }
		return it, true
	}
	it.Convert = func() (harvester.Record, error) {
		return harvester.Record{}, web.Unreadable(raw)
	}
	return it, false
}

func first(all ...web.String) string {
	for _, s := range all {
		if t := strings.TrimSpace(string(s)); t != "" {
			return t
		}
	}
	return ""
}
