// Package arcgis reads ArcGIS Server and ArcGIS Online by their REST API: a
// directory of services, one service, or one layer. Each layer and table is a
// dataset. Hub sites are read by their data.json, see package datajson.
//
// It knows no features, for these are data, and no store.
package arcgis

import (
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
const version = "arcgis/1"

const accept = "application/json, */*;q=0.1"

// maxServices bounds a directory.
const maxServices = 5_000

// Kind returns the "arcgis" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "arcgis", Title: "ArcGIS REST (FeatureServer, MapServer)", Open: open}
}

type connector struct {
	web.Reader
	url *url.URL
}

// open takes no options.
func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un servizio ArcGIS", En: "an ArcGIS service"}, nil)
	if err != nil {
		return nil, err
	}
	if before, _, ok := strings.Cut(u.Path, "/query"); ok {
		u.Path = before // of a query that somebody tried out
	}
	u.Path, u.RawPath, u.RawQuery = strings.TrimRight(u.Path, "/"), "", ""
	return &connector{url: u, Reader: r}, nil
}

func inJSON(u *url.URL, below string) string {
	return web.At(u, below, url.Values{"f": {"json"}}).String()
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Reader.Records(ctx, inJSON(c.url, ""), accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	b, page, err := c.Reader.Probe(ctx, []string{inJSON(c.url, "")}, accept, c.parse)
	if err != nil || len(b.Items)+len(b.Also) == 0 {
		return 0, "", err
	}
	var doc document
	_ = json.Unmarshal(page.Body, &doc) // it was read before
	return 0.95, web.Line(string(doc.Name)), nil
}

// A document is whatever the server describes: a directory, a service, a layer
// or all layers of a service.
type document struct {
	Error *struct {
		Message web.String `json:"message"`
	} `json:"error"`
	Folders  *[]web.String `json:"folders"`
	Services *[]struct {
		Name web.String `json:"name"`
		Type web.String `json:"type"`
	} `json:"services"`
	Name     web.String         `json:"name"`
	Layers   *[]json.RawMessage `json:"layers"`
	Tables   *[]json.RawMessage `json:"tables"`
	Fields   json.RawMessage    `json:"fields"`
	Type     web.String         `json:"type"`
	Features json.RawMessage    `json:"features"`
}

// layer reports whether a document is of one layer or table.
func (d *document) layer() bool {
	return d.Type != "" && d.Fields != nil && d.Name != "" && d.Features == nil
}

func (c *connector) parse(page *httpclient.Page, _ int) (web.Batch, error) {
	var doc document
	if err := web.Decode(page, &doc, "una risposta di ArcGIS", "an answer of ArcGIS"); err != nil {
		return web.Batch{}, err
	}
	base := *web.Base(page)
	base.RawQuery = ""
	if doc.Error != nil {
		said := web.Line(string(doc.Error.Message))
		return web.Batch{}, catalog.Errorf(catalog.Unavailable, "the server answered with an error: %.200s", said).
			Italian("il server ha risposto con un errore: %.200s", said)
	}
	switch {
	case doc.Services != nil || doc.Folders != nil:
		return directory(doc, &base), nil
	case doc.Layers != nil && strings.HasSuffix(base.Path, "/layers"):
		base.Path = strings.TrimSuffix(base.Path, "/layers")
		return layers(doc, &base), nil
	case doc.Layers != nil && (strings.HasSuffix(base.Path, "Server") || doc.Tables != nil):
		return web.Batch{Also: []string{inJSON(&base, "layers")}}, nil
	case doc.layer():
		return web.Batch{Items: []web.Item{item(page.Body, &base)}}, nil
	}
	return web.Batch{}, web.NotA(page, "un servizio o un livello di ArcGIS", "a service or layer of ArcGIS", nil)
}

// directory returns where the services and folders of a directory are. A
// FeatureServer is preferred to the MapServer of the same name.
func directory(doc document, base *url.URL) web.Batch {
	var b web.Batch
	root := *base
	if before, _, ok := strings.Cut(base.Path+"/", "/rest/services/"); ok {
		root.Path = before + "/rest/services"
	}
	for _, s := range doc.services() {
		b.Also = append(b.Also, inJSON(&root, s))
	}
	if doc.Folders != nil && root.Path == base.Path {
		for _, f := range *doc.Folders {
			if f != "" && f != "Utilities" && f != "System" && len(b.Also) < maxServices {
				b.Also = append(b.Also, inJSON(&root, string(f)))
			}
		}
	}
	return b
}

// services returns the services of a directory as their addresses end, a
// FeatureServer before the MapServer of the same name.
func (d *document) services() []string {
	if d.Services == nil {
		return nil
	}
	features := make(map[string]bool)
	for _, s := range *d.Services {
		features[string(s.Name)] = features[string(s.Name)] || s.Type == "FeatureServer"
	}
	var out []string
	for _, s := range *d.Services {
		if (s.Type == "FeatureServer" || s.Type == "MapServer" && !features[string(s.Name)]) && len(out) < maxServices {
			out = append(out, string(s.Name)+"/"+string(s.Type))
		}
	}
	return out
}

func layers(doc document, base *url.URL) web.Batch {
	list := *doc.Layers
	if doc.Tables != nil {
		list = append(list, *doc.Tables...)
	}
	var b web.Batch
	for _, raw := range list {
		var who struct {
			ID   *int       `json:"id"`
			Type web.String `json:"type"`
		}
		if json.Unmarshal(raw, &who) != nil || who.ID == nil || who.Type == "Group Layer" {
			continue
		}
		b.Items = append(b.Items, item(raw, web.At(base, strconv.Itoa(*who.ID), nil)))
	}
	return b
}
