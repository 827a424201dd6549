package api

import (
	"cmp"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// dcatJSON answers /dcat.json: a list of datasets in the form that
// ckanext-dcat had before it wrote RDF, 100 a page, for who still reads it.
func (s *Server) dcatJSON(c *gin.Context) {
	f := feed{path: "/dcat.json"}
	ctx, _, err := s.feedHead(c, &f)
	if err != nil {
		s.failPage(c, err)
		return
	}
	on, err := s.feedPage(ctx, &f)
	if err != nil {
		s.failPage(c, err)
		return
	}
	out := make([]object, len(on.datasets))
	for i, d := range on.datasets {
		out[i] = s.legacyDataset(d)
	}
	serveBytes(c, "application/json; charset=utf-8", mustJSON(out))
}

func (s *Server) legacyDataset(d *catalog.Dataset) object {
	keywords := make([]string, len(d.Keywords))
	for i, k := range d.Keywords {
		keywords[i] = k.Name
	}
	distributions := make([]object, len(d.Distributions))
	for i := range d.Distributions {
		distributions[i] = s.legacyDistribution(d, &d.Distributions[i])
	}
	return object{
		"title": d.Title.String(), "description": d.Description.String(), "identifier": d.ID,
		"landingPage": s.site.Link("/dataset/" + d.Name),
		"issued":      d.Created.UTC().Format(ckanTime), "modified": d.Updated.UTC().Format(ckanTime),
		"keyword": keywords, "language": d.Languages, "license": d.License,
		"publisher": object{"name": d.Publisher.Name.String(), "mbox": contactAddress(d)}, "distribution": distributions,
	}
}

func (s *Server) legacyDistribution(d *catalog.Dataset, x *catalog.Distribution) object {
	access, download := x.Offered(s.site, d.ID)
	return object{
		"title": x.Title.String(), "description": x.Description.String(), "accessURL": cmp.Or(download, access), "downloadURL": download,
		"format": strings.ToUpper(x.FormatLabel), "mediaType": x.MediaType, "byteSize": x.ByteSize,
		"issued": x.Issued, "modified": x.Modified, "license": x.License,
	}
}

// contactAddress is the e-mail address of the first office that has one.
func contactAddress(d *catalog.Dataset) string {
	for _, c := range d.Contacts {
		if c.Email != "" {
			return c.Email
		}
	}
	return ""
}
