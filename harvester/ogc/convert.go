package ogc

import (
	"encoding/json"
	"regexp"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// convert makes a record of a layer of a service.
func (c *connector) convert(s *service, l layer) (harvester.Record, error) {
	facts, err := json.Marshal([]any{
		version, s.kind, s.version, s.endpoint.String(), s.provider, s.email, s.phone, s.rights, s.outputs,
		l.name, l.title, l.abstract, l.keywords, l.place, l.crs, l.metadata,
	})
	if err != nil {
		return harvester.Record{}, err
	}
	rec := harvester.Record{ID: l.name, Title: l.title, Digest: web.Hash(string(facts))}
	d := &rec.Dataset
	d.Identifier = l.name
	d.Title, d.Description = catalog.It(l.title), catalog.It(l.abstract)
	d.Keywords = web.Keywords("", l.keywords...)
	d.Pages = l.metadata
	d.Holder.Name = catalog.It(s.provider)
	if strings.Contains(s.email, "@") || s.phone != "" {
		d.Contacts = []catalog.Contact{{Name: d.Holder.Name, Email: s.email, Telephone: s.phone}}
	}
	if l.place != nil {
		d.Spatial = []catalog.Place{*l.place}
	}
	if m := epsg.FindStringSubmatch(l.crs); m != nil {
		d.ConformsTo = []catalog.Standard{{URI: "http://www.opengis.net/def/crs/EPSG/0/" + m[1], Title: catalog.It("EPSG:" + m[1])}}
	}
	d.Distributions = []catalog.Distribution{s.access(l)}
	if s.kind == "WFS" && c.downloads() {
		d.Distributions = append(d.Distributions, s.files(l)...)
	}
	rec.Distributions = len(d.Distributions)
	if len(s.rights) > 0 && !web.License(d, s.rights...) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(s.rights[0]))
	}
	return rec, nil
}

var epsg = regexp.MustCompile(`(?i)EPSG[:/](?:0/|[\d.]*:)?(\d{4,6})$`)

// serviceTypes are the IRIs of the kinds of services.
var serviceTypes = map[string]string{
	"WFS": "http://www.opengis.net/def/serviceType/ogc/wfs", "WMS": "http://www.opengis.net/def/serviceType/ogc/wms", "WMTS": "http://www.opengis.net/def/serviceType/ogc/wmts",
}

// access is the service itself as a distribution of one of its layers.
func (s *service) access(l layer) catalog.Distribution {
	u := *s.endpoint
	q := u.Query()
	q.Set("service", s.kind)
	q.Set("request", "GetCapabilities")
	u.RawQuery = q.Encode()
	x := catalog.Distribution{
		Title: catalog.It(s.kind + ": " + l.name), AccessURL: u.String(),
		Services: []catalog.Service{{
			Title: catalog.It(s.title), EndpointURLs: []string{s.endpoint.String()}, EndpointDescription: u.String(), ConformsTo: []string{serviceTypes[s.kind]},
		}},
	}
	if len(x.Services[0].Title) == 0 {
		x.Services[0].Title = x.Title
	}
	web.Format(&x, s.kind)
	return x
}

// An output is a format of whole files that people can use, and how servers
// name it.
type output struct {
	names  *regexp.Regexp
	format string
}

var wanted = []output{
	{regexp.MustCompile(`(?i)^(application/)?(vnd\.)?(geo\+?)?json(;.*)?$|geojson`), "GeoJSON"},
	{regexp.MustCompile(`(?i)^(text/)?csv$`), "CSV"},
	{regexp.MustCompile(`(?i)^shape-?zip$|^shapezip$|shapefile`), "SHP"},
	{regexp.MustCompile(`(?i)geopackage|gpkg`), "GPKG"},
}

// files are whole files of a feature type, by GetFeature in the formats that
// the server names; GML, which all give, where it names none of ours.
func (s *service) files(l layer) []catalog.Distribution {
	var out []catalog.Distribution
	for _, w := range wanted {
		for _, name := range s.outputs {
			if w.names.MatchString(name) {
				out = append(out, s.file(l, name, w.format))
				break
			}
		}
	}
	if len(out) == 0 {
		out = append(out, s.file(l, "", "GML"))
	}
	return out
}

func (s *service) file(l layer, name, format string) catalog.Distribution {
	u := *s.endpoint
	q := u.Query()
	version := s.version
	if version == "" {
		version = "2.0.0"
	}
	q.Set("service", "WFS")
	q.Set("request", "GetFeature")
	q.Set("version", version)
	key := "typeNames"
	if strings.HasPrefix(version, "1.") {
		key = "typeName"
	}
	q.Set(key, l.name)
	if name != "" {
		q.Set("outputFormat", name)
	}
	if format == "GeoJSON" {
		q.Set("srsName", "EPSG:4326")
	}
	u.RawQuery = q.Encode()
	x := catalog.Distribution{Title: catalog.It(format + ": " + l.name), AccessURL: u.String(), DownloadURL: u.String()}
	web.Format(&x, format)
	return x
}
