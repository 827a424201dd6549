package openapi

import (
	"encoding/json"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// setters put what is at a path into a dataset, by the name of the field.
var setters = map[string]func(d *catalog.Dataset, values []string){
	"title":       func(d *catalog.Dataset, v []string) { d.Title = web.Text(web.Line(v[0]), "it") },
	"description": func(d *catalog.Dataset, v []string) { d.Description = web.Text(web.Plain(v[0]), "it") },
	"identifier":  func(d *catalog.Dataset, v []string) { d.Identifier = web.Line(v[0]) },
	"keywords":    func(d *catalog.Dataset, v []string) { d.Keywords = web.Keywords("it", v...) },
	"theme":       func(d *catalog.Dataset, v []string) { d.Themes = web.Themes(v...) },
	"modified":    func(d *catalog.Dataset, v []string) { d.Modified = web.Date(v[0]) },
	"issued":      func(d *catalog.Dataset, v []string) { d.Issued = web.Date(v[0]) },
	"frequency":   func(d *catalog.Dataset, v []string) { d.Frequency = web.Frequency(v[0]) },
	"version":     func(d *catalog.Dataset, v []string) { d.Version = web.Line(v[0]) },
	"landing":     func(d *catalog.Dataset, v []string) { d.LandingPage = web.Link(nil, v[0]) },
	"holder":      func(d *catalog.Dataset, v []string) { d.Holder.Name = web.Text(web.Line(v[0]), "it") },
	"holder_code": func(d *catalog.Dataset, v []string) { d.Holder.Identifier = web.Code(v[0]) },
	"publisher":   func(d *catalog.Dataset, v []string) { d.Publisher.Name = web.Text(web.Line(v[0]), "it") },
	"language": func(d *catalog.Dataset, v []string) {
		if l := web.Language(v[0]); l != "" {
			d.Languages = []string{l}
		}
	},
	"hvd": func(d *catalog.Dataset, v []string) {
		for _, s := range v {
			if c := web.HVD(s); c != "" {
				d.HVD = append(d.HVD, c)
			}
		}
	},
	"license": func(*catalog.Dataset, []string) {}, // once the files are there
}

// listing finds the datasets in an answer.
func (c *connector) listing(page *httpclient.Page, read int, p pager) (web.Batch, error) {
	var body json.RawMessage
	if err := web.Decode(page, &body, "una risposta JSON", "a JSON answer"); err != nil {
		return web.Batch{}, err
	}
	items, ok := list(body, c.o.Records.Items)
	if !ok {
		return web.Batch{}, web.NotA(page, "una risposta con l'elenco atteso", "an answer with the list that was expected", nil)
	}
	b := web.Batch{Total: p.total(body), Next: p.next(page, body, read, len(items))}
	for _, raw := range items {
		id, title := text(find(raw, c.o.Records.Fields["id"])), text(find(raw, c.o.Records.Fields["title"]))
		b.Items = append(b.Items, web.Item{ID: id, Title: web.Line(title), Raw: web.JSON(raw), Convert: func() (harvester.Record, error) {
			return c.dataset(page, id, raw)
		}})
	}
	return b, nil
}

func (c *connector) dataset(page *httpclient.Page, id string, raw json.RawMessage) (harvester.Record, error) {
	l := c.o.Records
	rec := harvester.Record{ID: id, Digest: web.Digest(version, raw)}
	d := &rec.Dataset
	for name, path := range l.Fields {
		if values := texts(raw, path); len(values) > 0 && setters[name] != nil {
			setters[name](d, values)
		}
	}
	rec.Title = d.Title.String()
	if len(d.Title) == 0 {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Distributions = c.distributions(page, raw)
	rec.Distributions = len(d.Distributions)
	if path := l.Fields["license"]; path != "" {
		if named := texts(raw, path); len(named) > 0 && !web.License(d, named...) {
			rec.Problems = append(rec.Problems, web.UnknownLicense(named[0]))
		}
	}
	return rec, nil
}

// distributions returns the files of a dataset. Where the options name no list
// of them, the dataset itself says where its one file is.
func (c *connector) distributions(page *httpclient.Page, raw json.RawMessage) (out []catalog.Distribution) {
	l := c.o.Records.Files
	files := []json.RawMessage{raw}
	if l.Items != "" {
		files, _ = list(raw, l.Items)
	}
	for _, f := range files {
		address := web.Link(web.Base(page), text(find(f, l.URL)))
		if l.URL == "" || address == "" {
			continue
		}
		x := catalog.Distribution{DownloadURL: address, AccessURL: address}
		if l.Title != "" {
			x.Title = web.Text(web.Line(text(find(f, l.Title))), "it")
		}
		format := ""
		if l.Format != "" {
			format = text(find(f, l.Format))
		}
		web.Format(&x, format, web.Extension(address))
		out = append(out, x)
	}
	return out
}
