package ogc

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester/web"
	"portico/internal/httpclient"
	"portico/internal/xmltree"
)

// Limits on one service.
const (
	maxLayers = 20_000
	maxNested = 30
)

// A service is what a capabilities document tells.
type service struct {
	kind     string // "WFS", "WMS", "WMTS"
	version  string
	endpoint *url.URL // by which it was reached: what it says of itself may be a name known inside alone
	title    string
	provider string
	email    string
	phone    string
	rights   []string // access constraints, fees
	outputs  []string // formats of GetFeature
	layers   []layer
}

// A layer is a feature type of a WFS or a layer of a WMS or WMTS.
type layer struct {
	name, title, abstract string
	keywords              []string
	place                 *catalog.Place
	crs                   string
	metadata              []string // addresses
}

// serviceIn reads a capabilities document of any of the three services. It is
// false for another document.
func serviceIn(root *xmltree.Node, page *httpclient.Page) (*service, bool) {
	s := &service{version: root.Attribute("version"), endpoint: endpointOf(page)}
	switch {
	case root.Name == "WFS_Capabilities":
		s.kind = "WFS"
		s.outputs = outputs(root)
		for _, n := range root.All("FeatureTypeList/FeatureType") {
			s.add(featureType(n))
		}
	case root.Name == "WMS_Capabilities" || root.Name == "WMT_MS_Capabilities":
		s.kind = "WMS"
		for _, n := range root.All("Capability/Layer") {
			s.nested(n, nil, 0)
		}
	case root.Name == "Capabilities" && root.First("Contents/Layer") != nil:
		s.kind = "WMTS"
		for _, n := range root.All("Contents/Layer") {
			l := featureType(n)
			l.name = web.Line(n.Value("Identifier"))
			s.add(l)
		}
	default:
		return nil, false
	}
	s.identify(root)
	return s, true
}

func endpointOf(page *httpclient.Page) *url.URL {
	u := *web.Base(page)
	u.RawQuery = rest(u.Query()).Encode()
	return &u
}

// identify reads who gives the service, in the words of OWS and of older ones.
func (s *service) identify(root *xmltree.Node) {
	id := root.First("ServiceIdentification|Service")
	s.title = web.Line(id.Value("Title"))
	s.provider = web.Line(cmp.Or(
		root.Value("ServiceProvider/ProviderName"), id.Value("ContactInformation/ContactPersonPrimary/ContactOrganization")))
	contact := root.First("ServiceProvider/ServiceContact/ContactInfo")
	s.email = web.Line(cmp.Or(contact.Value("Address/ElectronicMailAddress"), id.Value("ContactInformation/ContactElectronicMailAddress")))
	s.phone = web.Line(cmp.Or(contact.Value("Phone/Voice"), id.Value("ContactInformation/ContactVoiceTelephone")))
	for _, n := range id.All("AccessConstraints|Fees") {
		switch text := web.Line(n.String()); strings.ToLower(text) {
		case "", "none", "nessuno", "nessuna", "no", "no conditions apply":
		default:
			s.rights = append(s.rights, text)
		}
	}
}

func (s *service) add(l layer) {
	if l.name != "" && len(s.layers) < maxLayers {
		l.title = cmp.Or(l.title, l.name)
		s.layers = append(s.layers, l)
	}
}

// outputs returns the formats that GetFeature gives.
func outputs(root *xmltree.Node) []string {
	var out []string
	for _, op := range root.All("OperationsMetadata/Operation") {
		if op.Attribute("name") != "GetFeature" {
			continue
		}
		for _, p := range op.All("Parameter") {
			if !strings.EqualFold(p.Attribute("name"), "outputFormat") {
				continue
			}
			for _, v := range append(p.All("Value"), p.All("AllowedValues/Value")...) {
				out = append(out, v.String())
			}
		}
	}
	for _, f := range root.All("Capability/Request/GetFeature/ResultFormat/*") {
		out = append(out, f.Name)
	}
	return out
}

func featureType(n *xmltree.Node) layer {
	l := layer{
		name: web.Line(n.Value("Name")), title: web.Line(n.Value("Title")), abstract: web.Plain(n.Value("Abstract")),
		crs: n.Value("DefaultCRS|DefaultSRS|SRS|CRS"),
	}
	for _, k := range n.All("Keywords|KeywordList") {
		words := k.All("Keyword")
		for _, w := range words {
			l.keywords = append(l.keywords, w.String())
		}
		if len(words) == 0 {
			l.keywords = append(l.keywords, strings.FieldsFunc(k.String(), func(r rune) bool { return r == ',' || r == '\n' })...)
		}
	}
	for _, m := range n.All("MetadataURL|DataURL") {
		if a := web.Link(nil, cmp.Or(m.First("OnlineResource").Attribute("href"), m.Attribute("href"), m.String())); a != "" && len(l.metadata) < 20 {
			l.metadata = append(l.metadata, a)
		}
	}
	if p, ok := box(n); ok {
		l.place = &p
	}
	return l
}

// nested reads a layer of a WMS and those in it. Only layers with a name can
// be asked for; a box is inherited.
func (s *service) nested(n *xmltree.Node, place *catalog.Place, depth int) {
	if depth > maxNested {
		return
	}
	l := featureType(n)
	if l.place == nil {
		l.place = place
	}
	s.add(l)
	for _, k := range n.All("Layer") {
		s.nested(k, l.place, depth+1)
	}
}

// box reads a bounding box in longitudes and latitudes in any of its forms.
func box(n *xmltree.Node) (catalog.Place, bool) {
	if b := n.First("WGS84BoundingBox"); b != nil {
		return web.BoxText(b.Value("LowerCorner") + " " + b.Value("UpperCorner"))
	}
	var v [4]float64
	var texts [4]string
	if b := n.First("EX_GeographicBoundingBox"); b != nil {
		texts = [4]string{b.Value("westBoundLongitude"), b.Value("southBoundLatitude"), b.Value("eastBoundLongitude"), b.Value("northBoundLatitude")}
	} else {
		b := n.First("LatLonBoundingBox|LatLongBoundingBox")
		texts = [4]string{b.Attribute("minx"), b.Attribute("miny"), b.Attribute("maxx"), b.Attribute("maxy")}
	}
	for i, t := range texts {
		f, err := strconv.ParseFloat(t, 64)
		if err != nil {
			return catalog.Place{}, false
		}
		v[i] = f
	}
	return web.Box(v[0], v[1], v[2], v[3])
}
