// Package frictionless reads Data Packages (Frictionless, versions 1 and 2):
// a datapackage.json is one dataset, and a Git repository or a folder that
// holds one is found by it. It knows what a descriptor means, and no tables.
package frictionless

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same record.
const version = "frictionless/1"

const accept = "application/json, */*;q=0.1"

// Kind returns the "frictionless" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "frictionless", Title: "Frictionless Data Package (datapackage.json)", Open: open}
}

type connector struct {
	web.Reader
	addresses []string
}

// open takes no options.
func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un datapackage.json", En: "a datapackage.json"}, nil)
	if err != nil {
		return nil, err
	}
	c := &connector{Reader: r, addresses: []string{u.String()}}
	if path.Ext(u.Path) != ".json" {
		c.addresses = []string{web.At(raw(u), "datapackage.json", nil).String()}
	}
	return c, nil
}

// raw returns where the files of a GitHub repository are, for the address of
// its page; any other address is a folder.
func raw(u *url.URL) *url.URL {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if u.Host != "github.com" || len(parts) < 2 {
		return u
	}
	branch := "HEAD"
	below := ""
	if len(parts) > 3 && parts[2] == "tree" {
		branch, below = parts[3], strings.Join(parts[4:], "/")
	}
	return &url.URL{Scheme: "https", Host: "raw.githubusercontent.com", Path: path.Join("/", parts[0], parts[1], branch, below)}
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Any(ctx, c.addresses, accept, parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	b, _, err := c.Reader.Probe(ctx, c.addresses, accept, parse)
	if err != nil || len(b.Items) == 0 {
		return 0, "", err
	}
	return 0.95, b.Items[0].Title, nil
}

// A descriptor is a datapackage.json as far as we read it. Version 1 allowed
// more than one way to say a licence, and people found others.
type descriptor struct {
	Profile      web.String      `json:"profile"`
	Schema       web.String      `json:"$schema"`
	ID           web.String      `json:"id"`
	Name         web.String      `json:"name"`
	Title        web.String      `json:"title"`
	Description  web.String      `json:"description"`
	Homepage     web.String      `json:"homepage"`
	Version      web.String      `json:"version"`
	Created      web.String      `json:"created"`
	Updated      web.String      `json:"updated"`
	LastUpdated  web.String      `json:"last_updated"`
	Keywords     web.Strings     `json:"keywords"`
	Licenses     json.RawMessage `json:"licenses"`
	License      json.RawMessage `json:"license"`
	Contributors []contributor   `json:"contributors"`
	Sources      []struct {
		Path web.String `json:"path"`
		Web  web.String `json:"web"`
	} `json:"sources"`
	Resources []resource `json:"resources"`
}

type contributor struct {
	Title web.String  `json:"title"`
	Email web.String  `json:"email"`
	Path  web.String  `json:"path"`
	Role  web.String  `json:"role"`
	Roles web.Strings `json:"roles"`
}

type resource struct {
	Name        web.String      `json:"name"`
	Title       web.String      `json:"title"`
	Description web.String      `json:"description"`
	Path        json.RawMessage `json:"path"`
	URL         web.String      `json:"url"`
	Format      web.String      `json:"format"`
	MediaType   web.String      `json:"mediatype"`
	Bytes       int64           `json:"bytes"`
	Hash        web.String      `json:"hash"`
	Licenses    json.RawMessage `json:"licenses"`
}

func parse(page *httpclient.Page, _ int) (web.Batch, error) {
	var p struct {
		Name      web.String         `json:"name"`
		Title     web.String         `json:"title"`
		Resources *[]json.RawMessage `json:"resources"`
		Datasets  json.RawMessage    `json:"dataset"`
		Layers    json.RawMessage    `json:"layers"`
	}
	if err := web.Decode(page, &p, "un datapackage.json", "a datapackage.json"); err != nil {
		return web.Batch{}, err
	}
	if p.Resources == nil || p.Datasets != nil || p.Layers != nil {
		return web.Batch{}, web.NotA(page, "un datapackage.json: manca «resources»", `a datapackage.json: it has no "resources"`, nil)
	}
	title := web.Line(cmp.Or(string(p.Title), string(p.Name)))
	return web.Batch{Items: []web.Item{{ID: cmp.Or(string(p.Name), page.URL), Title: title, Raw: web.JSON(page.Body), Convert: func() (harvester.Record, error) {
		return convert(page.Body, web.Base(page))
	}}}}, nil
}

func convert(body json.RawMessage, base *url.URL) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Hash(version, string(body))}
	var p descriptor
	if err := json.Unmarshal(body, &p); err != nil {
		return rec, harvester.Reject(catalog.Problemf("record", "", "json-unreadable", "Il descrittore non è quello di un Data Package: "+err.Error()+".", "The descriptor is not that of a Data Package: "+err.Error()+"."))
	}
	d := &rec.Dataset
	d.Identifier = web.Line(cmp.Or(string(p.ID), string(p.Name)))
	title := web.Line(string(p.Title))
	if title == "" {
		title = strings.Join(strings.FieldsFunc(string(p.Name), func(r rune) bool { return r == '_' || r == '-' }), " ")
	}
	if d.Title = catalog.It(web.Line(title)); len(d.Title) == 0 {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Description = catalog.It(web.Plain(string(p.Description)))
	d.Version = web.Line(string(p.Version))
	d.Issued, d.Modified = web.Date(string(p.Created)), web.Date(cmp.Or(string(p.Updated), string(p.LastUpdated)))
	d.Keywords = web.Keywords("", p.Keywords...)
	d.LandingPage = web.Link(nil, string(p.Homepage))
	for _, s := range p.Sources {
		if a := web.Link(nil, cmp.Or(string(s.Path), string(s.Web))); a != "" && len(d.SourceIRIs) < 50 {
			d.SourceIRIs = append(d.SourceIRIs, a)
		}
	}
	people(d, p.Contributors)
	files(&rec, p.Resources, base)
	said := append(licences(p.Licenses), licences(p.License)...)
	if len(said) > 0 && !web.License(d, said...) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(said[0]))
	}
	return rec, nil
}

// people tells publishers, authors and whom to ask apart.
func people(d *catalog.Dataset, list []contributor) {
	for _, c := range list[:min(len(list), 50)] {
		a := catalog.Agent{Name: catalog.It(web.Line(string(c.Title)))}
		for _, role := range append(c.Roles, string(c.Role)) {
			switch strings.ToLower(role) {
			case "publisher":
				d.Publisher = a
			case "rightsholder", "rights-holder", "owner":
				d.Holder = a
			case "author", "creator":
				d.Creators = append(d.Creators, a)
			}
		}
		if strings.Contains(string(c.Email), "@") {
			d.Contacts = append(d.Contacts, catalog.Contact{Name: a.Name, Email: web.Line(string(c.Email)), URL: web.Link(nil, string(c.Path))})
		}
	}
}

// licences returns what is said of licences: a list of objects, one object, or
// a bare word.
func licences(raw json.RawMessage) []string {
	type licence struct {
		Path web.String `json:"path"`
		URL  web.String `json:"url"`
		Name web.String `json:"name"`
		Type web.String `json:"type"`
	}
	var many []licence
	var one licence
	var word web.String
	switch {
	case json.Unmarshal(raw, &many) == nil:
	case json.Unmarshal(raw, &one) == nil:
		many = []licence{one}
	case json.Unmarshal(raw, &word) == nil && word != "":
		return []string{string(word)}
	}
	var out []string
	for _, l := range many {
		for _, s := range []web.String{l.Path, l.URL, l.Name, l.Type} {
			if s != "" && len(out) < 20 {
				out = append(out, string(s))
			}
		}
	}
	return out
}

// files makes distributions of the resources; one whose data stand in the
// descriptor itself is had by the descriptor.
func files(rec *harvester.Record, list []resource, base *url.URL) {
	const most = 500
	rec.Distributions = len(list)
	for _, r := range list[:min(len(list), most)] {
		var paths web.Strings
		_ = json.Unmarshal(r.Path, &paths) // or there is none
		if len(paths) == 0 {
			paths = web.Strings{cmp.Or(string(r.URL), base.String())}
		}
		for _, p := range paths[:min(len(paths), most)] {
			address := web.Link(base, p)
			if address == "" || unsafe(p) {
				rec.Problems = append(rec.Problems, catalog.Problemf("dcat:downloadURL", p, "address-not-web",
					"Il percorso della risorsa non porta a un indirizzo web ed è stato tralasciato.", "The resource's path leads to no web address and was left out."))
				continue
			}
			x := catalog.Distribution{
				Title: catalog.It(web.Line(cmp.Or(string(r.Title), string(r.Name)))), Description: catalog.It(web.Plain(string(r.Description))),
				AccessURL: address, DownloadURL: address,
			}
			if len(paths) == 1 {
				x.ByteSize, x.Checksum = max(0, r.Bytes), checksum(string(r.Hash))
			}
			web.Format(&x, string(r.Format), web.Extension(address), string(r.MediaType))
			if l, ok := web.Licence(licences(r.Licenses)...); ok {
				x.License = l.URL
			}
			rec.Dataset.Distributions = append(rec.Dataset.Distributions, x)
		}
	}
}

// unsafe reports whether a path leaves the package, which the specification
// forbids.
func unsafe(p string) bool {
	return strings.HasPrefix(p, "/") || strings.HasPrefix(p, "../") || strings.Contains(p, "/../")
}

// checksum reads "sha256:ab12…"; a bare one is MD5.
func checksum(s string) catalog.Checksum {
	algorithm, value, ok := strings.Cut(strings.ToLower(strings.TrimSpace(s)), ":")
	if !ok {
		algorithm, value = "md5", algorithm
	}
	if len(value) < 32 || strings.Trim(value, "0123456789abcdef") != "" {
		return catalog.Checksum{}
	}
	return catalog.Checksum{Algorithm: algorithm, Value: value}
}
