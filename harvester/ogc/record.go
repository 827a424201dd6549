package ogc

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// A feature is one of OGC API Records, of the standard and of the drafts that
// servers still follow.
type feature struct {
	ID         web.String      `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Links      []link          `json:"links"`
	Properties struct {
		Title       web.String      `json:"title"`
		Description web.String      `json:"description"`
		Type        web.String      `json:"type"`
		Created     web.String      `json:"created"`
		Updated     web.String      `json:"updated"`
		Language    json.RawMessage `json:"language"`
		Keywords    web.Strings     `json:"keywords"`
		License     web.String      `json:"license"`
		Rights      web.String      `json:"rights"`
		Publisher   web.String      `json:"publisher"`
		Providers   json.RawMessage `json:"providers"`
		Contacts    []contact       `json:"contacts"`
		Themes      []struct {
			Concepts []json.RawMessage `json:"concepts"`
		} `json:"themes"`
		Extent       extent `json:"extent"`
		Associations []link `json:"associations"`
	} `json:"properties"`
}

type contact struct {
	Name         web.String  `json:"name"`
	Organization web.String  `json:"organization"`
	Roles        web.Strings `json:"roles"`
	Emails       []struct {
		Value web.String `json:"value"`
	} `json:"emails"`
}

// records returns the records of a page. Features that are no records are
// data, and refused as a catalog.
func (c *connector) records(doc apiDoc, page *httpclient.Page) (web.Batch, error) {
	b := web.Batch{}
	base := web.Base(page)
	for _, raw := range *doc.Features {
		var f feature
		if err := json.Unmarshal(raw, &f); err != nil || f.Properties.Title == "" || f.ID == "" {
			if len(b.Items) == 0 {
				return web.Batch{}, web.NotA(page, "un catalogo: contiene elementi geografici, non schede", "a catalogue: it holds features, not records", err)
			}
		}
		b.Items = append(b.Items, web.Item{ID: string(f.ID), Title: web.Line(string(f.Properties.Title)), Raw: web.JSON(raw), Convert: func() (harvester.Record, error) {
			return fromFeature(raw, f, base)
		}})
	}
	if len(b.Items) > 0 {
		b.Total = doc.Matched
		for _, l := range doc.Links {
			if l.Rel == "next" {
				b.Next = web.Reachable(base, string(l.Href))
			}
		}
	}
	return b, nil
}

func fromFeature(raw json.RawMessage, f feature, base *url.URL) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Digest(version, raw)}
	p := &f.Properties
	if p.Title == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	lang := language(p.Language)
	d := &rec.Dataset
	d.Identifier = web.Line(string(f.ID))
	d.Title, d.Description = web.Text(web.Line(string(p.Title)), lang), web.Text(web.Plain(string(p.Description)), lang)
	d.Issued, d.Modified = web.Date(string(p.Created)), web.Date(cmp.Or(string(p.Updated), string(p.Created)))
	d.Publisher.Name = web.Text(web.Line(string(p.Publisher)), lang)
	words := p.Keywords
	for _, t := range p.Themes {
		words = append(words, concepts(t.Concepts)...)
	}
	d.Keywords, d.Themes = web.Keywords(lang, words...), web.Themes(words...)
	p.Extent.add(d)
	if len(d.Spatial) == 0 {
		if g, ok := web.Geometry(f.Geometry); ok {
			d.Spatial = []catalog.Place{g}
		}
	}
	people(d, p.Contacts, p.Providers, lang)
	links(&rec, append(f.Links, p.Associations...), base, lang)
	if said := []string{string(p.License), string(p.Rights)}; said[0]+said[1] != "" && !web.License(d, said...) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(cmp.Or(said[0], said[1])))
	}
	return rec, nil
}

// language is a code, or an object with one.
func language(raw json.RawMessage) string {
	var o struct {
		Code web.String `json:"code"`
	}
	var s web.String
	if json.Unmarshal(raw, &o) == nil {
		return string(o.Code)
	}
	_ = json.Unmarshal(raw, &s) // or nothing that we know
	return string(s)
}

// concepts are words, or objects with a title or an ID.
func concepts(list []json.RawMessage) []string {
	var out []string
	for _, raw := range list {
		var s web.String
		var o struct {
			ID    web.String `json:"id"`
			Title web.String `json:"title"`
		}
		if json.Unmarshal(raw, &s) == nil && s != "" {
			out = append(out, string(s))
		} else if json.Unmarshal(raw, &o) == nil {
			out = append(out, cmp.Or(string(o.Title), string(o.ID)))
		}
	}
	return out
}

// people reads contacts, and providers as drafts had them: texts of the form
// "office, e-mail, body".
func people(d *catalog.Dataset, list []contact, providers json.RawMessage, lang string) {
	for _, c := range list[:min(len(list), 20)] {
		name := web.Text(web.Line(cmp.Or(string(c.Organization), string(c.Name))), lang)
		for _, role := range c.Roles {
			switch role {
			case "owner", "rightsHolder":
				d.Holder.Name = name
			case "publisher":
				d.Publisher.Name = name
			}
		}
		if len(c.Emails) > 0 && strings.Contains(string(c.Emails[0].Value), "@") {
			d.Contacts = append(d.Contacts, catalog.Contact{Name: name, Email: web.Line(string(c.Emails[0].Value))})
		}
	}
	var texts []string
	if json.Unmarshal(providers, &texts) != nil {
		return
	}
	for _, t := range texts[:min(len(texts), 5)] {
		parts := strings.Split(t, ",")
		name := web.Text(web.Line(parts[len(parts)-1]), lang)
		if len(d.Holder.Name) == 0 {
			d.Holder.Name = name
		}
		for _, p := range parts {
			if p = strings.TrimSpace(p); strings.Contains(p, "@") {
				d.Contacts = append(d.Contacts, catalog.Contact{Name: name, Email: p})
			}
		}
	}
}

// serviceWords tell services among the types and addresses of links.
var serviceWords = regexp.MustCompile(`(?i)\b(wms|wfs|wmts|wcs)(server)?\b`)

// links makes distributions of the links that lead to data.
func links(rec *harvester.Record, list []link, base *url.URL, lang string) {
	d := &rec.Dataset
	for _, l := range list {
		a := web.Link(base, string(l.Href))
		switch l.Rel {
		case "self", "collection", "root", "parent", "next", "prev", "alternate", "canonical", "search", "describedby", "license", "service-desc":
			if l.Rel == "alternate" && strings.Contains(string(l.Type), "html") && d.LandingPage == "" {
				d.LandingPage = a
			}
			continue
		}
		rec.Distributions++
		if a == "" || len(d.Distributions) >= maxLinks {
			continue
		}
		x := catalog.Distribution{Title: web.Text(web.Line(string(l.Title)), lang), AccessURL: a}
		if m := serviceWords.FindStringSubmatch(string(l.Type) + " " + a); m != nil {
			kind := strings.ToUpper(m[1])
			web.Format(&x, kind)
			end, _, _ := strings.Cut(a, "?")
			x.Services = []catalog.Service{{Title: x.Title, EndpointURLs: []string{end}}}
			if iri := serviceTypes[kind]; iri != "" {
				x.Services[0].ConformsTo = []string{iri}
			}
		} else {
			if l.Rel == "enclosure" || strings.Contains(strings.ToLower(string(l.Type)), "download") {
				x.DownloadURL = a
			}
			web.Format(&x, string(l.Type), web.Extension(a))
		}
		d.Distributions = append(d.Distributions, x)
	}
}
