package ogc

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// maxLinks bounds the links of one collection or record.
const maxLinks = 200

// A link is one of RFC 8288 in JSON.
type link struct {
	Href  web.String `json:"href"`
	Rel   web.String `json:"rel"`
	Type  web.String `json:"type"`
	Title web.String `json:"title"`
}

// An apiDoc is any document of an OGC API: landing page, list of collections,
// one collection, items.
type apiDoc struct {
	Type        web.String         `json:"type"`
	ID          web.String         `json:"id"`
	Title       web.String         `json:"title"`
	Links       []link             `json:"links"`
	Collections *[]json.RawMessage `json:"collections"`
	Features    *[]json.RawMessage `json:"features"`
	Matched     int                `json:"numberMatched"`
	Extent      json.RawMessage    `json:"extent"`
	ItemType    web.String         `json:"itemType"`
}

func apiTitle(page *httpclient.Page) string {
	var doc struct {
		Title web.String `json:"title"`
	}
	_ = json.Unmarshal(page.Body, &doc) // it was read before
	return web.Line(string(doc.Title))
}

// api reads a document of an OGC API.
func (c *connector) api(page *httpclient.Page) (web.Batch, error) {
	var doc apiDoc
	if err := web.Decode(page, &doc, "un documento di un'OGC API", "a document of an OGC API"); err != nil {
		return web.Batch{}, err
	}
	base := web.Base(page)
	switch {
	case doc.Collections != nil:
		return c.listed(doc, base), nil
	case doc.Features != nil && doc.Type == "FeatureCollection":
		return c.records(doc, page)
	case doc.ID != "" && (doc.Extent != nil || doc.ItemType != "") && len(doc.Links) > 0:
		one := []json.RawMessage{page.Body}
		doc.Collections = &one
		return c.listed(doc, base), nil
	}
	if a := rel(doc.Links, base, "data", "http://www.opengis.net/def/rel/ogc/1.0/data"); a != "" {
		return web.Batch{Also: []string{a}}, nil
	}
	return web.Batch{}, web.NotA(page, "un documento di un'OGC API", "a document of an OGC API", nil)
}

// A collection is one of an OGC API.
type collection struct {
	ID          web.String  `json:"id"`
	Title       web.String  `json:"title"`
	Description web.String  `json:"description"`
	Keywords    web.Strings `json:"keywords"`
	License     web.String  `json:"license"`
	Updated     web.String  `json:"updated"`
	Links       []link      `json:"links"`
	ItemType    web.String  `json:"itemType"`
	ItemCount   int         `json:"itemCount"`
	StorageCRS  web.String  `json:"storageCrs"`
	Extent      extent      `json:"extent"`
}

type extent struct {
	Spatial struct {
		BBox []json.RawMessage `json:"bbox"`
	} `json:"spatial"`
	Temporal struct {
		Interval []json.RawMessage `json:"interval"`
	} `json:"temporal"`
}

// listed returns the collections of a list. Where the items of all of them are
// records, the API is a catalog, and these are read instead.
func (c *connector) listed(doc apiDoc, base *url.URL) web.Batch {
	var b web.Batch
	licence := rel(doc.Links, base, "license")
	catalogs := onlyRecords(*doc.Collections)
	for _, raw := range *doc.Collections {
		var in collection
		err := json.Unmarshal(raw, &in)
		id := string(in.ID)
		if err == nil && !c.takes(id) {
			continue
		}
		if catalogs {
			if a := rel(in.Links, base, "items"); a != "" {
				b.Also = append(b.Also, a)
			}
			continue
		}
		b.Items = append(b.Items, web.Item{ID: id, Title: web.Line(cmp.Or(string(in.Title), id)), Raw: web.JSON(raw), Convert: func() (harvester.Record, error) {
			if err != nil || id == "" {
				return harvester.Record{}, web.Unreadable(raw)
			}
			return c.fromCollection(raw, in, base, licence)
		}})
	}
	if next := rel(doc.Links, base, "next"); next != "" {
		b.Next = web.Reachable(base, next)
	}
	return b
}

// onlyRecords reports whether all of some collections hold records.
func onlyRecords(list []json.RawMessage) bool {
	for _, raw := range list {
		var in struct {
			ItemType web.String `json:"itemType"`
		}
		if json.Unmarshal(raw, &in) != nil || in.ItemType != "record" {
			return false
		}
	}
	return len(list) > 0
}

// rel returns the address of the first link with one of some relations, in
// GeoJSON or JSON where there is a choice.
func rel(links []link, base *url.URL, names ...string) string {
	found := ""
	for _, l := range links {
		if !slices.Contains(names, string(l.Rel)) {
			continue
		}
		a := web.Link(base, string(l.Href))
		if strings.Contains(string(l.Type), "json") && !strings.Contains(string(l.Type), "fg+json") {
			return a
		}
		found = cmp.Or(found, a)
	}
	return found
}

func (c *connector) fromCollection(raw json.RawMessage, in collection, base *url.URL, licence string) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Hash(web.Digest(version, raw, "itemCount"), licence)}
	d := &rec.Dataset
	d.Identifier = web.Line(string(in.ID))
	d.Title = catalog.It(web.Line(cmp.Or(string(in.Title), string(in.ID))))
	d.Description = catalog.It(web.Plain(string(in.Description)))
	d.Keywords = web.Keywords("", in.Keywords...)
	d.Modified = web.Date(string(in.Updated))
	in.Extent.add(d)
	if m := epsg.FindStringSubmatch(string(in.StorageCRS)); m != nil {
		d.ConformsTo = []catalog.Standard{{URI: "http://www.opengis.net/def/crs/EPSG/0/" + m[1], Title: catalog.It("EPSG:" + m[1])}}
	}
	for _, l := range in.Links[:min(len(in.Links), maxLinks)] {
		if a := web.Link(base, string(l.Href)); a != "" {
			in.lead(d, l, a)
		}
	}
	licence = cmp.Or(rel(in.Links, base, "license"), licence)
	rec.Distributions = len(d.Distributions)
	if said := []string{licence, string(in.License)}; licence+string(in.License) != "" && !web.License(d, said...) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(cmp.Or(said[0], said[1])))
	}
	return rec, nil
}

// lead takes what a link of a collection leads to.
func (in *collection) lead(d *catalog.Dataset, l link, a string) {
	switch r := string(l.Rel); {
	case r == "items" && strings.Contains(string(l.Type), "html"), r == "describedby", r == "about":
		d.Pages = append(d.Pages, a)
	case r == "items" || r == "enclosure" || gives.MatchString(r):
		d.Distributions = append(d.Distributions, distribution(l, a, in.ItemCount))
	case r == "self" || r == "canonical":
		d.LandingPage = a
	}
}

// gives matches the relations of what a collection is given as beside features.
var gives = regexp.MustCompile(`/(coverage|map)$|/tilesets-`)

// maxItems is how many features servers give at once, where they say nothing.
const maxItems = 10_000

// distribution makes a distribution of a link. Items come by the page, so that
// they are a download only where all fit into one.
func distribution(l link, a string, count int) catalog.Distribution {
	x := catalog.Distribution{Title: catalog.It(web.Line(string(l.Title))), AccessURL: a}
	web.Format(&x, string(l.Type), web.Extension(a))
	switch l.Rel {
	case "enclosure":
		x.DownloadURL = a
	case "items":
		x.Services = []catalog.Service{{Title: x.Title, EndpointURLs: []string{a}, ConformsTo: []string{"http://www.opengis.net/spec/ogcapi-features-1/1.0"}}}
		if u, err := url.Parse(a); err == nil && count > 0 && count <= maxItems {
			q := u.Query()
			q.Set("limit", strconv.Itoa(count))
			u.RawQuery = q.Encode()
			x.DownloadURL = u.String()
		}
	}
	if len(x.Title) == 0 {
		x.Title = catalog.It(cmp.Or(x.FormatLabel, "API"))
	}
	return x
}

// add reads where and when the data are about.
func (e extent) add(d *catalog.Dataset) {
	for _, raw := range e.Spatial.BBox {
		var v []float64
		if json.Unmarshal(raw, &v) != nil || len(d.Spatial) >= 20 {
			continue
		}
		if len(v) == 6 {
			v = []float64{v[0], v[1], v[3], v[4]}
		}
		if len(v) != 4 {
			continue
		}
		if p, ok := web.Box(v[0], v[1], v[2], v[3]); ok {
			d.Spatial = append(d.Spatial, p)
		}
	}
	for _, raw := range e.Temporal.Interval {
		var v []web.String
		if json.Unmarshal(raw, &v) != nil || len(v) != 2 || len(d.Temporal) >= 20 {
			continue
		}
		if p := (catalog.Period{Start: web.Date(string(v[0])), End: web.Date(string(v[1]))}); p != (catalog.Period{}) {
			d.Temporal = append(d.Temporal, p)
		}
	}
}
