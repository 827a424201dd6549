// Package csw reads catalogs of geographic metadata: CSW 2.0.2 and 3.0, as
// GeoNetwork, pycsw, deegree and Esri's geoportals speak it, folders of XML
// files (WAF), and single documents. The records are ISO 19139 (with the
// Italian RNDT profile and INSPIRE), ISO 19115-3, or Dublin Core.
//
// It knows HTTP by package web alone, and no store.
package csw

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
	"portico/internal/xmltree"
)

// version changes when the mapping makes something else of the same record.
const version = "csw/1"

const accept = "application/xml, text/xml;q=0.9, text/html;q=0.5, */*;q=0.1"

// Kind returns the "csw" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "csw", Title: "CSW, ISO 19139, RNDT, GeoNetwork, WAF", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Mode     string   `json:"mode,omitempty"`      // "csw", "waf"; "" = as the address looks
	Version  string   `json:"version,omitempty"`   // "2.0.2", "3.0.0"; "" = 2.0.2
	Schema   string   `json:"schema,omitempty"`    // "iso19139", "iso19115-3", "dc"; "" = iso19139
	CQL      string   `json:"cql,omitempty"`       // a constraint, such as "OrganisationName = 'Comune di X'"
	PageSize int      `json:"page_size,omitempty"` // 1 to 200; 0 = 50
	Types    []string `json:"types,omitempty"`     // hierarchy levels to take, such as "dataset"; none = all
}

var schemas = map[string]string{
	"iso19139":   "http://www.isotc211.org/2005/gmd",
	"iso19115-3": "http://standards.iso.org/iso/19115/-3/mdb/2.0",
	"dc":         "http://www.opengis.net/cat/csw/2.0.2",
}

type connector struct {
	web.Reader
	url *url.URL
	o   Options
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un servizio CSW o di una cartella di metadati", En: "a CSW service or a folder of metadata"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.url = r, u
	return c, c.o.check()
}

func (o *Options) check() error {
	for _, err := range []error{
		web.OneOf("mode", o.Mode, "csw", "waf"),
		web.OneOf("version", o.Version, "2.0.2", "3.0.0"),
		web.OneOf("schema", o.Schema, "iso19139", "iso19115-3", "dc"),
	} {
		if err != nil {
			return err
		}
	}
	if o.PageSize < 0 || o.PageSize > 200 {
		return catalog.Errorf(catalog.Invalid, "the option page_size is between 1 and 200").Italian("l'opzione page_size va da 1 a 200")
	}
	return nil
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Reader.Records(ctx, c.start(), accept, c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	p := *c
	p.o.PageSize = 1
	page, err := p.Get(ctx, p.start(), accept)
	if err != nil {
		return 0, "", err
	}
	b, err := p.parse(page, 0)
	switch {
	case err != nil && len(b.Items) == 0:
		return 0, "", err
	case len(b.Items) > 0 && c.service():
		return 0.95, c.title(ctx), nil
	case len(b.Items) > 0:
		return 0.95, b.Items[0].Title, nil
	case c.service():
		return 0.9, c.title(ctx), nil
	}
	return p.probeFolder(ctx, b)
}

// probeFolder looks into one file of a folder: folders hold all sorts of XML.
func (c *connector) probeFolder(ctx context.Context, b web.Batch) (float64, string, error) {
	for _, a := range b.Also {
		if strings.HasSuffix(a, "/") {
			continue
		}
		page, err := c.Get(ctx, a, accept)
		if err != nil {
			return 0, "", err
		}
		if inner, err := c.parse(page, 0); err == nil && len(inner.Items) > 0 {
			return 0.9, "", nil
		}
		break
	}
	return 0, "", nil
}

// title asks a service for its name, which is a courtesy: "" is well.
func (c *connector) title(ctx context.Context) string {
	page, err := c.Get(ctx, c.request(url.Values{"request": {"GetCapabilities"}}), accept)
	if err != nil {
		return ""
	}
	root, err := xmltree.Parse(page.Body, xmltree.Limits{})
	if err != nil {
		return ""
	}
	return web.Line(root.Value("ServiceIdentification/Title"))
}

var looksLikeService = regexp.MustCompile(`(?i)(^|[/.?&=_-])csw(\d|[/?&.=_-]|$)|pycsw|discovery`)

// service reports whether the address is that of a CSW rather than of a
// document or a folder.
func (c *connector) service() bool {
	if c.o.Mode != "" {
		return c.o.Mode == "csw"
	}
	if strings.HasSuffix(strings.ToLower(c.url.Path), ".xml") {
		return false
	}
	return looksLikeService.MatchString(c.url.Path+"?"+c.url.RawQuery) || geonetwork.MatchString(c.url.Path)
}

// geonetwork matches the addresses of GeoNetwork's pages: its CSW is beside.
var geonetwork = regexp.MustCompile(`^(.*/srv(?:/[a-z]{3})?)(?:/.*)?$`)

// start returns the address of the first request.
func (c *connector) start() string {
	if !c.service() {
		return c.url.String()
	}
	return c.page(1)
}

// page returns the address of the records from a place on, counted from 1.
func (c *connector) page(from int) string {
	q := url.Values{
		"request": {"GetRecords"}, "typeNames": {"csw:Record"}, "elementSetName": {"full"}, "resultType": {"results"},
		"outputSchema":  {schemas[cmp.Or(c.o.Schema, "iso19139")]},
		"startPosition": {strconv.Itoa(from)}, "maxRecords": {strconv.Itoa(cmp.Or(c.o.PageSize, 50))},
	}
	if c.o.CQL != "" {
		q.Set("constraintLanguage", "CQL_TEXT")
		q.Set("constraint_language_version", "1.1.0")
		q.Set("constraint", c.o.CQL)
	}
	return c.request(q)
}

// request returns the address of a request, with what the service's own
// address says beside, such as a map file.
func (c *connector) request(q url.Values) string {
	u := *c.url
	if m := geonetwork.FindStringSubmatch(u.Path); m != nil && !looksLikeService.MatchString(u.Path) {
		u.Path, u.RawPath = m[1]+"/csw", ""
	}
	ours := []string{"service", "request", "version", "typenames", "elementsetname", "resulttype", "outputschema", "startposition", "maxrecords", "acceptversions"}
	for key, values := range u.Query() {
		if !slices.Contains(ours, strings.ToLower(key)) {
			q[key] = values
		}
	}
	q.Set("service", "CSW")
	q.Set("version", cmp.Or(c.o.Version, "2.0.2"))
	u.RawQuery = q.Encode()
	return u.String()
}

// parse reads whatever document came.
func (c *connector) parse(page *httpclient.Page, _ int) (web.Batch, error) {
	if page.IsHTML() {
		if c.service() {
			return web.Batch{}, web.NotA(page, "una risposta CSW", "a CSW answer", nil)
		}
		return c.folder(page)
	}
	root, err := xmltree.Parse(page.Body, xmltree.Limits{})
	if err != nil {
		b := c.of(root, page)
		b.Next = ""
		return b, web.NotA(page, "un documento XML che si legge fino in fondo", "an XML document that can be read to its end", err)
	}
	if root.Name == "ExceptionReport" {
		said := web.Line(root.Value("Exception/ExceptionText"))
		return web.Batch{}, catalog.Errorf(catalog.Unavailable, "the service answered with an exception: %.200s", said).
			Italian("il servizio ha risposto con un'eccezione: %.200s", said)
	}
	b := c.of(root, page)
	if c.service() && root.Name != "GetRecordsResponse" {
		return b, web.NotA(page, "una risposta CSW", "a CSW answer", nil)
	}
	return b, nil
}

// of returns the records in a tree: one, or an answer full of them.
func (c *connector) of(root *xmltree.Node, page *httpclient.Page) web.Batch {
	if root == nil {
		return web.Batch{}
	}
	if root.Name != "GetRecordsResponse" && root.Name != "GetRecordByIdResponse" {
		return web.Batch{Items: c.items([]*xmltree.Node{root}, page)}
	}
	results := root.First("SearchResults")
	list := results.All("*")
	if root.Name == "GetRecordByIdResponse" {
		list = root.Kids
	}
	b := web.Batch{Items: c.items(list, page)}
	if c.service() {
		c.follow(&b, results, from(page.URL), len(list))
	}
	return b
}

// follow finds out where the next records are. The service's own word counts
// where it leads on; a number at or before this page's does not.
func (c *connector) follow(b *web.Batch, results *xmltree.Node, at, here int) {
	next, err := strconv.Atoi(results.Attribute("nextRecord"))
	if err != nil || next != 0 && next <= at {
		next = at + here
	}
	total, err := strconv.Atoi(results.Attribute("numberOfRecordsMatched"))
	if err == nil && len(c.o.Types) == 0 {
		b.Total = total
	}
	if here > 0 && next > 0 && (err != nil || next <= total) {
		b.Next = c.page(next)
	}
}

// from returns the place of the first record that an address asks for.
func from(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 1
	}
	n, err := strconv.Atoi(u.Query().Get("startPosition"))
	if err != nil {
		return 1
	}
	return n
}

// items makes items of the elements that are records.
func (c *connector) items(list []*xmltree.Node, page *httpclient.Page) []web.Item {
	var out []web.Item
	for _, n := range list {
		var it web.Item
		switch n.Name {
		case "MD_Metadata", "MI_Metadata":
			it = isoItem(n, c.landing)
		case "Record", "SummaryRecord", "BriefRecord":
			it = dublinCore(n, web.Base(page))
		default:
			continue
		}
		if c.takes(n) {
			out = append(out, it)
		}
	}
	return out
}

// takes reports whether the source's options want a record.
func (c *connector) takes(n *xmltree.Node) bool {
	if len(c.o.Types) == 0 {
		return true
	}
	return slices.Contains(c.o.Types, cmp.Or(level(n), "dataset"))
}

// landing returns the page of a record for people, where we know how the
// portal builds it.
func (c *connector) landing(id string) string {
	m := geonetwork.FindStringSubmatch(c.url.Path)
	if m == nil || !c.service() {
		return ""
	}
	u := url.URL{Scheme: c.url.Scheme, Host: c.url.Host, Path: m[1] + "/catalog.search", Fragment: "/metadata/" + id}
	return u.String()
}
