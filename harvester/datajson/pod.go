package datajson

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// maxDistributions bounds what one dataset may have.
const maxDistributions = 500

// A pod is a dataset of the Project Open Data schema 1.1, as it comes.
type pod struct {
	Identifier   web.String      `json:"identifier"`
	Title        web.String      `json:"title"`
	Description  web.String      `json:"description"`
	Keyword      web.Strings     `json:"keyword"`
	Theme        web.Strings     `json:"theme"`
	Language     web.Strings     `json:"language"`
	Issued       web.String      `json:"issued"`
	Modified     web.String      `json:"modified"`
	Periodicity  web.String      `json:"accrualPeriodicity"`
	Level        web.String      `json:"accessLevel"`
	License      web.String      `json:"license"`
	Rights       web.String      `json:"rights"`
	Landing      web.String      `json:"landingPage"`
	Described    web.String      `json:"describedBy"`
	References   web.Strings     `json:"references"`
	Conforms     web.String      `json:"conformsTo"`
	Temporal     web.String      `json:"temporal"`
	Spatial      json.RawMessage `json:"spatial"`
	Publisher    json.RawMessage `json:"publisher"`
	Contact      json.RawMessage `json:"contactPoint"`
	Distribution json.RawMessage `json:"distribution"`
}

type podFile struct {
	Title       web.String `json:"title"`
	Description web.String `json:"description"`
	Access      web.String `json:"accessURL"`
	Download    web.String `json:"downloadURL"`
	MediaType   web.String `json:"mediaType"`
	Format      web.String `json:"format"`
	License     web.String `json:"license"`
	Conforms    web.String `json:"conformsTo"`
	Described   web.String `json:"describedBy"`
}

func fromPOD(raw json.RawMessage, base *url.URL) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Digest(version, raw)}
	var p pod
	if err := json.Unmarshal(raw, &p); err != nil {
		return rec, err
	}
	lang := ""
	if len(p.Language) == 1 {
		lang = p.Language[0]
	}
	d := &rec.Dataset
	d.Identifier = web.Line(string(p.Identifier))
	d.Title = web.Text(web.Line(string(p.Title)), lang)
	d.Description = web.Text(web.Plain(string(p.Description)), lang)
	d.Keywords = web.Keywords(lang, p.Keyword...)
	d.Themes = web.Themes(p.Theme...)
	for _, l := range p.Language {
		if code := web.Language(l); code != "" {
			d.Languages = append(d.Languages, code)
		}
	}
	p.dates(d)
	d.Publisher.Name = web.Text(web.Line(agent(p.Publisher)), lang)
	d.Contacts = contacts(p.Contact)
	d.AccessRights = map[string]string{"public": "PUBLIC", "restricted public": "RESTRICTED", "non-public": "NON_PUBLIC"}[strings.ToLower(string(p.Level))]
	d.LandingPage = web.Link(base, string(p.Landing))
	for _, s := range append([]string{string(p.Described)}, p.References...) {
		if a := web.Link(base, s); a != "" {
			d.Pages = append(d.Pages, a)
		}
	}
	if a := web.Link(base, string(p.Conforms)); a != "" && p.Conforms != "" {
		d.ConformsTo = []catalog.Standard{{URI: a}}
	}
	d.Spatial = whereabouts(p.Spatial, lang)
	files(&rec, list(p.Distribution), base, lang)
	if !web.License(d, string(p.License), string(p.Rights)) && p.License != "" {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(p.License)))
	}
	if d.Title.String() == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	return rec, nil
}

// dates reads the dates; "modified" may be how often instead of when.
func (p *pod) dates(d *catalog.Dataset) {
	d.Issued, d.Modified = web.Date(string(p.Issued)), web.Date(string(p.Modified))
	d.Frequency = web.Frequency(string(p.Periodicity))
	if d.Frequency == "" && strings.HasPrefix(string(p.Modified), "R/") {
		d.Frequency = web.Frequency(string(p.Modified))
	}
	if start, end, ok := strings.Cut(string(p.Temporal), "/"); ok {
		if period := (catalog.Period{Start: web.Date(start), End: web.Date(end)}); period != (catalog.Period{}) {
			d.Temporal = []catalog.Period{period}
		}
	}
}

// files reads the distributions.
func files(rec *harvester.Record, raw []json.RawMessage, base *url.URL, lang string) {
	rec.Distributions = len(raw)
	d := &rec.Dataset
	for _, one := range raw[:min(len(raw), maxDistributions)] {
		var f podFile
		if json.Unmarshal(one, &f) != nil {
			continue
		}
		x := catalog.Distribution{
			Title: web.Text(web.Line(string(f.Title)), lang), Description: web.Text(web.Plain(string(f.Description)), lang),
			DownloadURL: link(base, f.Download), AccessURL: link(base, f.Access),
		}
		if x.AccessURL = cmp.Or(x.AccessURL, x.DownloadURL); x.AccessURL == "" {
			rec.Problems = append(rec.Problems, catalog.Problemf("dcat:accessURL", cmp.Or(string(f.Download), string(f.Access)), "address-not-web",
				"La distribuzione non ha un indirizzo web ed è stata tralasciata.", "The distribution has no web address and was left out.").
				WithMend("Indicare accessURL o downloadURL.", "Give an accessURL or a downloadURL."))
			continue
		}
		web.Format(&x, string(f.Format), string(f.MediaType), web.Extension(x.URL()))
		if l, ok := web.Licence(string(f.License)); ok {
			x.License = l.URL
		}
		if a := link(base, f.Described); a != "" {
			x.Pages = []string{a}
		}
		d.Distributions = append(d.Distributions, x)
	}
}

func link(base *url.URL, s web.String) string {
	if strings.TrimSpace(string(s)) == "" {
		return ""
	}
	return web.Link(base, string(s))
}

// list returns the values of a JSON list, or the one value that stands for it.
func list(raw json.RawMessage) []json.RawMessage {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var out []json.RawMessage
	if raw[0] == '[' && json.Unmarshal(raw, &out) == nil {
		return out
	}
	return []json.RawMessage{raw}
}

// agent returns the name of a body, which is an object or its bare name.
func agent(raw json.RawMessage) string {
	var a struct {
		Name web.String `json:"name"`
	}
	var s web.String
	if json.Unmarshal(raw, &a) == nil {
		return string(a.Name)
	}
	_ = json.Unmarshal(raw, &s) // or nothing that we know
	return string(s)
}

func contacts(raw json.RawMessage) []catalog.Contact {
	var out []catalog.Contact
	for _, one := range list(raw) {
		var c struct {
			Name  web.String `json:"fn"`
			Email web.String `json:"hasEmail"`
			Phone web.String `json:"hasTelephone"`
		}
		if json.Unmarshal(one, &c) != nil || len(out) >= 5 {
			continue
		}
		email := strings.TrimPrefix(strings.TrimSpace(string(c.Email)), "mailto:")
		if !strings.Contains(email, "@") {
			email = ""
		}
		if c.Name != "" || email != "" {
			out = append(out, catalog.Contact{Name: catalog.It(web.Line(string(c.Name))), Email: email, Telephone: strings.TrimPrefix(web.Line(string(c.Phone)), "tel:")})
		}
	}
	return out
}

// whereabouts reads what the data are about: a box, a name, or a geometry.
func whereabouts(raw json.RawMessage, lang string) []catalog.Place {
	var out []catalog.Place
	for _, one := range list(raw) {
		if len(out) >= 20 {
			break
		}
		var s web.String
		_ = json.Unmarshal(one, &s) // an object is no text
		if s == "" {
			if g, ok := web.Geometry(one); ok {
				out = append(out, g)
			}
			continue
		}
		if p, ok := web.BoxText(string(s)); ok {
			out = append(out, p)
			continue
		}
		out = append(out, catalog.Place{Name: web.Text(web.Line(string(s)), lang)})
	}
	return out
}
