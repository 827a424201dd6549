package opendatasoft

import (
	"cmp"
	"encoding/json"
	"net/url"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// A dataset is one of either version: 1.0 has its metadata flat, 2.1 by
// template.
type dataset struct {
	ID2         web.String        `json:"dataset_id"`
	ID1         web.String        `json:"datasetid"`
	HasRecords  bool              `json:"has_records"`
	Attachments []attachment      `json:"attachments"`
	Alternative []attachment      `json:"alternative_exports"`
	Fields      []json.RawMessage `json:"fields"`
	Features    web.Strings       `json:"features"`
	Metas       json.RawMessage   `json:"metas"`
}

type attachment struct {
	ID       web.String `json:"id"`
	Title    web.String `json:"title"`
	URL      web.String `json:"url"`
	MimeType web.String `json:"mimetype"`
}

// metas are the metadata that we read, of the template "default".
type metas struct {
	Title       web.String  `json:"title"`
	Description web.String  `json:"description"`
	Theme       web.Strings `json:"theme"`
	Keyword     web.Strings `json:"keyword"`
	License     web.String  `json:"license"`
	LicenseURL  web.String  `json:"license_url"`
	Language    web.String  `json:"language"`
	Modified    web.String  `json:"modified"`
	Publisher   web.String  `json:"publisher"`
	References  web.String  `json:"references"`
	Attribution web.Strings `json:"attributions"`
	Territory   web.Strings `json:"territory"`
}

// more are the metadata of the templates "dcat" and "dcat_ap_it", and of 1.0's
// interop_metas.
type more struct {
	Created     web.String `json:"created"`
	Issued      web.String `json:"issued"`
	Creator     web.String `json:"creator"`
	ContactName web.String `json:"contact_name"`
	Contact     web.String `json:"contact_email"`
	Periodicity web.String `json:"accrualperiodicity"`
	Spatial     web.String `json:"spatial"`
	Start       web.String `json:"temporal_coverage_start_date"`
	End         web.String `json:"temporal_coverage_end_date"`
	Holder      web.String `json:"rights_holder"`
	HolderID    web.String `json:"rights_holder_id"`
	Theme       web.String `json:"theme"`
}

func (c *connector) convert(raw json.RawMessage) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Digest(version, raw)}
	var in dataset
	if err := json.Unmarshal(raw, &in); err != nil {
		return rec, web.Unreadable(raw)
	}
	var byTemplate struct {
		Default json.RawMessage `json:"default"`
		DCAT    more            `json:"dcat"`
		Italian more            `json:"dcat_ap_it"`
	}
	_ = json.Unmarshal(in.Metas, &byTemplate) // 1.0 has no templates
	var m metas
	if byTemplate.Default == nil {
		byTemplate.Default = in.Metas
	}
	_ = json.Unmarshal(byTemplate.Default, &m) // without a title it is rejected
	id := cmp.Or(string(in.ID2), string(in.ID1))
	lang := string(m.Language)
	d := &rec.Dataset
	d.Identifier = web.Line(id)
	d.Title = web.Text(web.Line(string(m.Title)), lang)
	if rec.Title = d.Title.String(); rec.Title == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Description = web.Text(web.Plain(string(m.Description)), lang)
	d.Keywords, d.Themes = web.Keywords(lang, m.Keyword...), web.Themes(append(m.Theme, string(byTemplate.Italian.Theme))...)
	if l := web.Language(lang); l != "" {
		d.Languages = []string{l}
	}
	d.Modified = web.Date(string(m.Modified))
	d.Publisher.Name = web.Text(web.Line(string(m.Publisher)), lang)
	d.LandingPage = web.At(c.base, "explore/dataset/"+url.PathEscape(id)+"/", nil).String()
	for _, a := range []string{string(m.References)} {
		if p := web.Link(nil, a); p != "" {
			d.Pages = []string{p}
		}
	}
	for _, t := range m.Territory {
		d.Spatial = append(d.Spatial, catalog.Place{Name: web.Text(web.Line(t), lang)})
	}
	byTemplate.DCAT.add(d, lang)
	byTemplate.Italian.add(d, lang)
	c.exports(&rec, in, id)
	if !web.License(d, string(m.LicenseURL), string(m.License)) && m.License != "" {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(m.License)))
	}
	return rec, nil
}

// add takes what a template says beside.
func (m *more) add(d *catalog.Dataset, lang string) {
	d.Issued = cmp.Or(web.Date(cmp.Or(string(m.Issued), string(m.Created))), d.Issued)
	d.Frequency = cmp.Or(web.Frequency(string(m.Periodicity)), d.Frequency)
	if m.Creator != "" {
		d.Creators = []catalog.Agent{{Name: web.Text(web.Line(string(m.Creator)), lang)}}
	}
	if m.Holder != "" {
		d.Holder = catalog.Agent{Name: web.Text(web.Line(string(m.Holder)), lang), Identifier: web.Code(string(m.HolderID))}
	}
	if m.Contact != "" || m.ContactName != "" {
		d.Contacts = []catalog.Contact{{Name: web.Text(web.Line(string(m.ContactName)), lang), Email: web.Line(string(m.Contact))}}
	}
	if p := (catalog.Period{Start: web.Date(string(m.Start)), End: web.Date(string(m.End))}); p != (catalog.Period{}) {
		d.Temporal = []catalog.Period{p}
	}
	if s := web.Line(string(m.Spatial)); s != "" {
		d.Spatial = append(d.Spatial, catalog.Place{Name: web.Text(s, lang)})
	}
}

// exports makes distributions of the tables that every dataset with records
// can be had as, and of what is attached.
func (c *connector) exports(rec *harvester.Record, in dataset, id string) {
	d := &rec.Dataset
	if in.HasRecords {
		formats := []string{"csv", "json", "xlsx"}
		for _, f := range in.Features {
			if f == "geo" {
				formats = append(formats, "geojson", "shp")
			}
		}
		for _, f := range formats {
			address := web.At(c.base, "api/explore/v2.1/catalog/datasets/"+url.PathEscape(id)+"/exports/"+f, nil).String()
			if in.ID1 != "" {
				address = web.At(c.base, "explore/dataset/"+url.PathEscape(id)+"/download/", url.Values{"format": {f}}).String()
			}
			x := catalog.Distribution{Title: catalog.It(f), AccessURL: address, DownloadURL: address}
			web.Format(&x, f)
			d.Distributions = append(d.Distributions, x)
		}
	}
	rec.Distributions = len(d.Distributions) + len(in.Attachments) + len(in.Alternative)
	const most = 200
	for _, a := range append(in.Attachments, in.Alternative...) {
		address := web.Link(nil, string(a.URL))
		if address == "" && a.ID != "" {
			address = web.At(c.base, "api/explore/v2.1/catalog/datasets/"+url.PathEscape(id)+"/attachments/"+url.PathEscape(string(a.ID)), nil).String()
		}
		if address == "" || len(d.Distributions) >= most {
			continue
		}
		x := catalog.Distribution{Title: catalog.It(web.Line(cmp.Or(string(a.Title), string(a.ID)))), AccessURL: address, DownloadURL: address}
		web.Format(&x, web.Extension(address), string(a.MimeType))
		d.Distributions = append(d.Distributions, x)
	}
}
