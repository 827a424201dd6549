package ui

import (
	"net/url"

	"portico/catalog"
)

// A node is a thing in schema.org's words. html/template writes it as JSON that
// cannot end its script element.
type node map[string]any

// set puts what is not empty.
func (n node) set(key, value string) {
	if value != "" {
		n[key] = value
	}
}

// siteJSONLD tells search engines what the site is, and how to search it.
func (s *Server) siteJSONLD(r *request) node {
	home := s.Site.Link(s.prefix(r.locale) + "/")
	n := node{"@context": "https://schema.org", "@type": "DataCatalog", "@id": home, "url": home, "name": s.Site.Title, "inLanguage": r.locale}
	n.set("description", s.Site.Summary(r.locale))
	if name := r.in(s.Site.Publisher.Name); name != "" {
		n["publisher"] = node{"@type": "GovernmentOrganization", "name": name}
	}
	return n
}

// datasetJSONLD describes d to dataset search engines.
func (s *Server) datasetJSONLD(r *request, d *catalog.Dataset, p *datasetPage) node {
	address := s.Site.Link(p.Canonical)
	n := node{
		"@context": "https://schema.org", "@type": "Dataset", "@id": address, "url": address, "name": p.Title,
		"isAccessibleForFree": true, "includedInDataCatalog": node{"@type": "DataCatalog", "name": s.Site.Title, "url": s.Site.Link("/")},
	}
	n.set("description", s.plain(r.in(d.Description), 4900))
	n.set("identifier", d.Identifier)
	n.set("dateModified", string(d.Modified))
	n.set("datePublished", string(d.Issued))
	n.set("license", p.License.URL)
	n.set("version", d.Version)
	if p.Holder != "" {
		n["creator"] = node{"@type": "GovernmentOrganization", "name": p.Holder}
	}
	if name := r.in(d.Publisher.Name); name != "" {
		n["publisher"] = node{"@type": "GovernmentOrganization", "name": name}
	}
	var words []string
	for _, k := range d.Keywords {
		words = append(words, k.Name)
	}
	if len(words) > 0 {
		n["keywords"] = words
	}
	if place := r.places(d.Spatial); place != "" {
		n["spatialCoverage"] = node{"@type": "Place", "name": place}
	}
	if t := d.Temporal; len(t) > 0 && t[0].Start != "" {
		end := ".."
		if t[0].End != "" {
			end = string(t[0].End)
		}
		n["temporalCoverage"] = string(t[0].Start) + "/" + end
	}
	if files := s.filesJSONLD(p.Files); len(files) > 0 {
		n["distribution"] = files
	}
	return n
}

func (s *Server) filesJSONLD(files []fileView) []node {
	var out []node
	for _, f := range files {
		for _, dl := range f.Downloads {
			address := dl.URL
			if u, err := url.Parse(address); err == nil && u.Host == "" {
				address = s.Site.Link(address)
			}
			n := node{"@type": "DataDownload", "name": f.Title, "contentUrl": address}
			if dl.Original {
				n.set("encodingFormat", f.Format)
			} else {
				n.set("encodingFormat", dl.Label)
			}
			out = append(out, n)
		}
	}
	return out
}
