// Package gtfs reads a feed of public transport (GTFS Schedule): one dataset,
// with the feed itself, its stops and routes as tables, and both as GeoJSON.
//
// It knows the files of a feed, no store: what it makes of them is handed out
// by Open, and whoever runs it keeps it.
package gtfs

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same feed.
const version = "gtfs/1"

// scheme begins the address of what is made of a feed, which only Open knows.
const scheme = "gtfs:"

// record is the ID of the one record of a source: a feed that moves to another
// address stays the same dataset.
const record = "gtfs"

// Kind returns the "gtfs" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "gtfs", Title: "Trasporto pubblico (GTFS)", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Title    string   `json:"title,omitempty"` // "" = made of the agencies' names
	Keywords []string `json:"keywords,omitempty"`
	// Lines says whether the routes are drawn, too: "off" for a feed whose
	// shapes are of no use.
	Lines string `json:"lines,omitempty"`
}

type connector struct {
	web.Reader
	at     *url.URL
	o      Options
	sealed bool // the source wants a credential: the feed's address is of use to nobody else

	mu   sync.Mutex
	feed *feed
	body []byte
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{sealed: src.SecretFor != ""}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un feed GTFS", En: "a GTFS feed"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.at = r, u
	return c, web.OneOf("lines", c.o.Lines, "off")
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Reader.Records(ctx, c.at.String(), "", c.parse)
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	_, _, err := c.Reader.Probe(ctx, []string{c.at.String()}, "", c.parse)
	if err != nil {
		return 0, "", err
	}
	return 0.95, c.feed.title(), nil
}

func (c *connector) parse(page *httpclient.Page, _ int) (web.Batch, error) {
	f, err := read(page.Body)
	if err != nil {
		return web.Batch{}, web.NotA(page, "un feed GTFS", "a GTFS feed", err)
	}
	c.mu.Lock()
	c.feed, c.body = f, page.Body
	c.mu.Unlock()
	return web.Batch{Items: []web.Item{{ID: record, Title: f.title(), Convert: func() (harvester.Record, error) {
		return c.convert(f, web.Hash(version, string(page.Body))), nil
	}}}}, nil
}

func (c *connector) convert(f *feed, digest string) harvester.Record {
	rec := harvester.Record{ID: record, Digest: digest, Problems: f.problems, Link: c.at.String()}
	d := &rec.Dataset
	d.Identifier = c.at.Host + c.at.EscapedPath()
	d.Title = web.Text(web.Line(cmp.Or(c.o.Title, f.title())), "it")
	rec.Title = d.Title.String()
	d.Description = f.description()
	d.Publisher = catalog.Agent{Name: web.Text(web.Line(f.publisher()), "it")}
	d.Themes = web.Themes("TRAN")
	d.Keywords = web.Keywords("it", append([]string{"trasporto pubblico", "gtfs", "fermate", "orari"}, c.o.Keywords...)...)
	d.Version = web.Line(f.info["feed_version"])
	d.LandingPage = web.Link(nil, cmp.Or(f.info["feed_contact_url"], f.info["feed_publisher_url"], f.agency("agency_url")))
	if email := cmp.Or(f.info["feed_contact_email"], f.agency("agency_email")); email != "" {
		d.Contacts = []catalog.Contact{{Name: d.Publisher.Name, Email: web.Line(email)}}
	}
	if l := web.Language(cmp.Or(f.info["feed_lang"], f.agency("agency_lang"))); l != "" {
		d.Languages = []string{l}
	}
	if f.from != "" || f.to != "" {
		d.Temporal = []catalog.Period{{Start: f.from, End: f.to}}
	}
	if p, ok := web.Box(f.box[0], f.box[1], f.box[2], f.box[3]); ok && f.placed > 0 {
		d.Spatial = []catalog.Place{p}
	}
	if !f.modified.IsZero() && f.modified.Year() > 2000 {
		d.Modified = catalog.DateOf(f.modified)
	}
	d.ConformsTo = []catalog.Standard{{URI: "https://gtfs.org/documentation/schedule/reference/", Title: catalog.It("GTFS Schedule")}}
	d.Distributions = c.distributions(f)
	rec.Distributions = len(d.Distributions)
	return rec
}

func (c *connector) distributions(f *feed) []catalog.Distribution {
	whole := catalog.Distribution{Title: catalog.It("Feed GTFS"), DownloadURL: c.at.String(), AccessURL: c.at.String(), ByteSize: int64(len(c.body))}
	if c.sealed {
		whole.DownloadURL, whole.AccessURL = scheme+"gtfs.zip", ""
	}
	web.Format(&whole, "GTFS")
	out := []catalog.Distribution{whole}
	for _, x := range []struct {
		name, title, format string
		has                 bool
	}{
		{"fermate.csv", "Fermate (tabella)", "CSV", true},
		{"linee.csv", "Linee (tabella)", "CSV", true},
		{"fermate.geojson", "Fermate (mappa)", "GEOJSON", f.placed > 0},
		{"linee.geojson", "Linee (mappa)", "GEOJSON", c.o.Lines != "off" && f.placed > 1},
	} {
		if !x.has {
			continue
		}
		d := catalog.Distribution{Title: catalog.It(x.title), DownloadURL: scheme + x.name}
		web.Format(&d, x.format)
		out = append(out, d)
	}
	return out
}

// Open implements harvester.Opener: what is made of the feed that was read
// last.
func (c *connector) Open(_ context.Context, address string) (io.ReadCloser, error) {
	c.mu.Lock()
	f, body := c.feed, c.body
	c.mu.Unlock()
	name, ours := strings.CutPrefix(address, scheme)
	var write func(io.Writer) error
	if ours && f != nil {
		write = map[string]func(io.Writer) error{
			"fermate.csv": f.stops.write, "linee.csv": f.routes.write, "fermate.geojson": f.writeStops, "linee.geojson": f.writeLines,
			"gtfs.zip": func(w io.Writer) error { _, err := w.Write(body); return err },
		}[path.Base(name)]
	}
	if write == nil {
		return nil, catalog.Errorf(catalog.NotFound, "no such file in the feed").Italian("nel feed non c'è questo file")
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return io.NopCloser(&b), nil
}
