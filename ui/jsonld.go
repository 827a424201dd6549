package ui

import (
	"net/url"

	"portico/catalog"
	"portico/dcat"
)

// siteJSONLD tells search engines what the site is. html/template writes it as
// JSON that cannot end its script element.
func (s *Server) siteJSONLD(r *request) dcat.Thing {
	home := s.Site.Link(s.prefix(r.locale) + "/")
	t := dcat.Thing{"@context": "https://schema.org", "@type": "DataCatalog", "@id": home, "url": home, "name": s.Site.Title, "inLanguage": r.locale}
	if about := s.Site.Summary(r.locale); about != "" {
		t["description"] = about
	}
	if name := r.in(s.Site.Publisher.Name); name != "" {
		t["publisher"] = dcat.Thing{"@type": "GovernmentOrganization", "name": name}
	}
	return t
}

// datasetJSONLD describes d to dataset search engines, in the words of package
// dcat, and adds the files that only its page knows: the tables that we make
// of the originals.
func (s *Server) datasetJSONLD(r *request, d *catalog.Dataset, p *datasetPage) dcat.Thing {
	t := dcat.SchemaOrgDataset(d, s.Site, r.locale)
	files, _ := t["distribution"].([]dcat.Thing)
	for _, f := range p.Files {
		for _, dl := range f.Downloads {
			if dl.Original {
				continue
			}
			address := dl.URL
			if u, err := url.Parse(address); err == nil && u.Host == "" {
				address = s.Site.Link(address)
			}
			files = append(files, dcat.Thing{"@type": "DataDownload", "name": f.Title, "contentUrl": address, "encodingFormat": dl.Label})
		}
	}
	if len(files) > 0 {
		t["distribution"] = files
	}
	return t
}
