package datajson

import (
	"encoding/json"
	"net/url"
	"path"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// A listed is a dataset in a listing of PortalJS: its files by their bare
// addresses, or its resources as objects.
type listed struct {
	Name        web.String  `json:"name"`
	Title       web.String  `json:"title"`
	Display     web.String  `json:"displayName"`
	Description web.String  `json:"description"`
	URL         web.String  `json:"url"`
	License     web.String  `json:"license"`
	Keywords    web.Strings `json:"keywords"`
	Modified    web.String  `json:"modified"`
	Files       web.Strings `json:"files"`
	Articles    []struct {
		URL web.String `json:"url"`
	} `json:"articles"`
	Resources []struct {
		Name   web.String `json:"name"`
		Title  web.String `json:"title"`
		Path   web.String `json:"path"`
		URL    web.String `json:"url"`
		Format web.String `json:"format"`
	} `json:"resources"`
}

func fromListing(raw json.RawMessage, base *url.URL) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Digest(version, raw)}
	var l listed
	if err := json.Unmarshal(raw, &l); err != nil {
		return rec, err
	}
	d := &rec.Dataset
	d.Identifier = web.Line(string(l.Name))
	d.Title = catalog.It(web.Line(first(l.Title, l.Display, l.Name)))
	d.Description = catalog.It(web.Plain(string(l.Description)))
	d.Keywords = web.Keywords("", l.Keywords...)
	d.Modified = web.Date(string(l.Modified))
	d.LandingPage = link(base, l.URL)
	for _, a := range l.Articles {
		if p := link(base, a.URL); p != "" && len(d.Pages) < 50 {
			d.Pages = append(d.Pages, p)
		}
	}
	for _, f := range l.Files {
		addListed(&rec, link(base, web.String(f)), "", "")
	}
	for _, r := range l.Resources {
		addListed(&rec, link(base, web.String(first(r.URL, r.Path))), first(r.Title, r.Name), string(r.Format))
	}
	if !web.License(d, string(l.License)) && l.License != "" {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(l.License)))
	}
	return rec, nil
}

func addListed(rec *harvester.Record, address, title, format string) {
	rec.Distributions++
	if address == "" || len(rec.Dataset.Distributions) >= maxDistributions {
		return
	}
	if title == "" {
		if u, err := url.Parse(address); err == nil {
			title = path.Base(u.Path)
		}
	}
	x := catalog.Distribution{Title: catalog.It(web.Line(title)), AccessURL: address, DownloadURL: address}
	web.Format(&x, format, web.Extension(address))
	rec.Dataset.Distributions = append(rec.Dataset.Distributions, x)
}
