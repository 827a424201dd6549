package csw

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester/web"
	"portico/internal/xmltree"
)

// maxOnline bounds the online resources of one record.
const maxOnline = 500

// A protocol is a kind of service that an online resource may be.
type protocol struct {
	name   *regexp.Regexp // in its protocol, its address or its name
	format string         // as vocab.FileType knows it
	iri    string         // of the kind of service
}

var protocols = []protocol{
	{regexp.MustCompile(`(?i)\bwmts\b|service=wmts`), "WMTS", "http://www.opengis.net/def/serviceType/ogc/wmts"},
	{regexp.MustCompile(`(?i)\bwms(-c|server)?\b|service=wms`), "WMS", "http://www.opengis.net/def/serviceType/ogc/wms"},
	{regexp.MustCompile(`(?i)\bwfs(server)?\b|service=wfs`), "WFS", "http://www.opengis.net/def/serviceType/ogc/wfs"},
	{regexp.MustCompile(`(?i)\bwcs(server)?\b|service=wcs`), "WCS", "http://www.opengis.net/def/serviceType/ogc/wcs"},
	{regexp.MustCompile(`(?i)\bcsw\b|service=csw`), "CSW", "http://www.opengis.net/def/serviceType/ogc/csw"},
	{regexp.MustCompile(`(?i)\bsos\b|service=sos`), "SOS", "http://www.opengis.net/def/serviceType/ogc/sos"},
	{regexp.MustCompile(`(?i)/(feature|map|image)server(/|\?|$)|esri.*rest`), "ArcGIS REST", "https://developers.arcgis.com/rest/"},
	{regexp.MustCompile(`(?i)ogc[ -]?api|/collections/[^/]+/items`), "OGC API", "http://www.opengis.net/spec/ogcapi-features-1/1.0"},
}

// serviceOf returns the kind of service of an online resource, nil when it is
// a file or a page. What the record says of it counts before its address.
func serviceOf(said, address string) *protocol {
	for _, text := range []string{said, address} {
		for i := range protocols {
			if protocols[i].name.MatchString(text) {
				return &protocols[i]
			}
		}
	}
	return nil
}

func (r *record) distributions() {
	var online []*xmltree.Node
	var sizes []int64
	for _, t := range r.root.All("distributionInfo/MD_Distribution/transferOptions/MD_DigitalTransferOptions") {
		here := t.All("onLine/CI_OnlineResource")
		for range here {
			sizes = append(sizes, size(t.Value("transferSize"), len(here)))
		}
		online = append(online, here...)
	}
	if len(online) == 0 {
		online = r.ident.All("containsOperations/SV_OperationMetadata/connectPoint/CI_OnlineResource")
	}
	r.rec.Distributions = len(online)
	if len(online) > maxOnline {
		r.problem("dcat:distribution", strconv.Itoa(len(online)), "too-many-distributions", "La scheda ha troppe risorse in linea: le ultime sono state tralasciate.",
			"The record has too many online resources: the last ones were left out.")
		online = online[:maxOnline]
	}
	formats := r.formats()
	seen := make(map[string]bool)
	for i, n := range online {
		raw := n.Value("linkage")
		address := web.Link(nil, raw)
		if address == "" {
			r.problem("dcat:accessURL", raw, "address-not-web", "L'indirizzo della risorsa in linea non è un indirizzo web.", "The address of the online resource is no web address.")
			continue
		}
		if seen[address] {
			continue
		}
		seen[address] = true
		if code(n.First("function/CI_OnLineFunctionCode")) == "information" {
			r.d.Pages = append(r.d.Pages, address)
			continue
		}
		x := r.distribution(n, address, formats)
		if i < len(sizes) {
			x.ByteSize = sizes[i]
		}
		r.d.Distributions = append(r.d.Distributions, x)
	}
}

// formats returns the names of the formats in which the record says that the
// data come.
func (r *record) formats() []string {
	var out []string
	for _, f := range r.root.All("distributionInfo/MD_Distribution/distributionFormat/MD_Format") {
		if s := web.Line(cmp.Or(f.Value("name"), f.Value("formatSpecificationCitation/CI_Citation/title"))); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (r *record) distribution(n *xmltree.Node, address string, formats []string) catalog.Distribution {
	x := catalog.Distribution{
		Title: r.text(n.First("name"), web.Line), AccessURL: address,
	}
	if !strings.Contains(n.First("description/Anchor").Attribute("href"), "/OnLineDescriptionCode/") {
		x.Description = r.text(n.First("description"), prose)
	}
	anchor := n.First("protocol/Anchor").Attribute("href")
	said := n.Value("protocol") + " " + anchor
	if p := serviceOf(said, address); p != nil {
		web.Format(&x, p.format)
		if len(x.Title) == 0 {
			x.Title = web.Text(p.format, r.lang)
		}
		end, _, _ := strings.Cut(address, "?")
		x.Services = []catalog.Service{{Title: x.Title, EndpointURLs: []string{end}, EndpointDescription: address, ConformsTo: []string{p.iri}}}
		return x
	}
	download := strings.Contains(strings.ToLower(said), "download") || code(n.First("function/CI_OnLineFunctionCode")) == "download"
	ext := web.Extension(address)
	if download && ext != "html" && ext != "htm" {
		x.DownloadURL = address
	}
	labels := []string{ext, web.Line(n.Value("name"))}
	switch {
	case download && len(formats) == 1:
		labels = append([]string{formats[0]}, labels...)
	case !download && ext == "":
		labels = []string{"HTML"}
	}
	web.Format(&x, labels...)
	return x
}

// size is a transfer size in megabytes, of a file that is alone.
func size(s string, files int) int64 {
	mb, err := strconv.ParseFloat(s, 64)
	if err != nil || files != 1 || mb <= 0 || mb > 1e7 {
		return 0
	}
	return int64(mb * 1e6)
}

// constraints reads the licence and who may have the data.
func (r *record) constraints() {
	var texts, other []string
	for _, c := range r.ident.All("resourceConstraints/*") {
		for _, o := range c.All("otherConstraints|useLimitation|reference") {
			for _, s := range []string{o.First("Anchor").Attribute("href"), o.String()} {
				if s == "" {
					continue
				}
				switch {
				case strings.Contains(s, "LimitationsOnPublicAccess/noLimitations"):
					r.d.AccessRights = "PUBLIC"
				case strings.Contains(s, "LimitationsOnPublicAccess"):
					r.d.AccessRights = "RESTRICTED"
				case o.Name == "useLimitation" || c.First("useConstraints") != nil:
					texts = append(texts, s)
				default:
					other = append(other, s)
				}
			}
		}
	}
	if texts = append(texts, other...); len(texts) == 0 || web.License(r.d, texts...) {
		return
	}
	r.rec.Problems = append(r.rec.Problems, web.UnknownLicense(texts[0]))
}
