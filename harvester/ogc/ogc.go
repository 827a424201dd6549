// Package ogc reads what geographic servers offer as catalogs of data: the
// feature types of a WFS (1.0 to 2.0), the layers of a WMS or WMTS, the
// collections of an OGC API and the records of an OGC API Records. Each is a
// dataset whose distributions are the service and, where the server gives
// whole files, downloads. GeoServer, MapServer, QGIS Server, ArcGIS Server,
// deegree, ldproxy and pygeoapi are read alike.
//
// It knows no features, for these are data, and no store.
package ogc

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
	"portico/internal/xmltree"
)

// version changes when the mapping makes something else of the same record.
const version = "ogc/1"

const accept = "application/json, application/geo+json;q=0.9, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1"

// Kind returns the "ogc" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "ogc", Title: "WFS, WMS, WMTS, OGC API", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Service   string   `json:"service,omitempty"`   // "wfs", "wms", "wmts", "api"; "" = as the address looks, else whichever answers
	Version   string   `json:"version,omitempty"`   // of the service, such as "1.1.0"; "" = the server's choice
	Downloads *bool    `json:"downloads,omitempty"` // links to whole files by GetFeature; none = true
	Layers    []string `json:"layers,omitempty"`    // names to take; none = all
}

type connector struct {
	web.Reader
	url *url.URL
	o   Options
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un servizio geografico", En: "a geographic service"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.url = r, u
	if v := c.o.Version; v != "" && !serviceVersion.MatchString(v) {
		return nil, catalog.Errorf(catalog.Invalid, "the option version is a number such as 2.0.0").Italian("l'opzione version è un numero come 2.0.0")
	}
	return c, web.OneOf("service", c.o.Service, "wfs", "wms", "wmts", "api")
}

var serviceVersion = regexp.MustCompile(`^\d\.\d(\.\d)?$`)

// addresses returns where the source may be described, the likeliest first.
func (c *connector) addresses() []string {
	kind := c.o.Service
	if kind == "" {
		kind = strings.ToLower(ask(c.url.Query(), "service"))
	}
	if kind == "" {
		kind = hint(c.url.Path)
	}
	switch kind {
	case "wfs", "wms", "wmts":
		return []string{c.capabilities(kind)}
	case "api":
		return []string{c.url.String()}
	}
	return []string{c.url.String(), c.collections(), c.capabilities("wfs"), c.capabilities("wms"), c.capabilities("wmts")}
}

// hint returns the kind of service that a path tells of, or "".
func hint(p string) string {
	low := strings.ToLower(p)
	if strings.Contains(low, "/collections") {
		return "api"
	}
	for _, kind := range []string{"wmts", "wfs", "wms"} {
		if strings.HasSuffix(low, ".xml") || strings.HasSuffix(low, ".json") {
			return "api" // the document itself
		}
		if regexp.MustCompile(`(^|[/._-])` + kind + `(server)?(/|$|[._-])`).MatchString(low) {
			return kind
		}
	}
	return ""
}

// ask returns the value of a parameter whose name may be in any case.
func ask(q url.Values, name string) string {
	for k, v := range q {
		if strings.EqualFold(k, name) && len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// capabilities returns the address of GetCapabilities, with what else the
// service's address says, such as a map file.
func (c *connector) capabilities(kind string) string {
	q := rest(c.url.Query())
	q.Set("service", strings.ToUpper(kind))
	q.Set("request", "GetCapabilities")
	if c.o.Version != "" {
		q.Set("version", c.o.Version)
	}
	u := *c.url
	u.RawQuery = q.Encode()
	return u.String()
}

// rest returns a query without the parameters that are the protocol's own.
func rest(q url.Values) url.Values {
	out := make(url.Values)
	for k, v := range q {
		switch strings.ToLower(k) {
		case "service", "request", "version", "acceptversions", "typename", "typenames", "layers", "outputformat":
		default:
			out[k] = v
		}
	}
	return out
}

func (c *connector) collections() string {
	return web.At(web.Parent(c.url, "/collections", "/conformance", "/api"), "collections", url.Values{"f": {"json"}}).String()
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Any(ctx, c.addresses(), accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	title := ""
	b, page, err := c.Reader.Probe(ctx, c.addresses(), accept, func(page *httpclient.Page, read int) (web.Batch, error) {
		b, err := c.parse(page, read)
		if err == nil && len(b.Items)+len(b.Also) == 0 {
			err = web.NotA(page, "un servizio con dei livelli", "a service with layers", nil)
		}
		return b, err
	})
	if err != nil || len(b.Items)+len(b.Also) == 0 {
		return 0, "", err
	}
	if root, err := xmltree.Parse(page.Body, xmltree.Limits{}); err == nil {
		title = web.Line(root.Value("ServiceIdentification|Service/Title"))
	} else {
		title = apiTitle(page)
	}
	return 0.95, title, nil
}

// parse reads whatever document came.
func (c *connector) parse(page *httpclient.Page, _ int) (web.Batch, error) {
	if page.IsHTML() {
		return web.Batch{}, web.NotA(page, "un servizio geografico", "a geographic service", nil)
	}
	if body := strings.TrimLeft(string(page.Body[:min(len(page.Body), 64)]), "\ufeff \t\r\n"); strings.HasPrefix(body, "{") {
		return c.api(page)
	}
	root, err := xmltree.Parse(page.Body, xmltree.Limits{})
	if err != nil {
		return web.Batch{}, web.NotA(page, "un documento di capacità che si legge fino in fondo", "a capabilities document that can be read to its end", err)
	}
	s, ok := serviceIn(root, page)
	if !ok {
		said := web.Line(root.Value("Exception|ServiceException"))
		if strings.Contains(root.Name, "Exception") {
			return web.Batch{}, catalog.Errorf(catalog.Unavailable, "the service answered with an exception: %.200s", said).
				Italian("il servizio ha risposto con un'eccezione: %.200s", said)
		}
		return web.Batch{}, web.NotA(page, "un documento di capacità", "a capabilities document", nil)
	}
	var b web.Batch
	for _, l := range s.layers {
		if c.takes(l.name) {
			b.Items = append(b.Items, web.Item{ID: l.name, Title: l.title, Convert: func() (harvester.Record, error) { return c.convert(s, l) }})
		}
	}
	return b, nil
}

func (c *connector) takes(name string) bool {
	return len(c.o.Layers) == 0 || slices.Contains(c.o.Layers, name)
}

func (c *connector) downloads() bool { return c.o.Downloads == nil || *c.o.Downloads }
