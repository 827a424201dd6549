package csw

import (
	"cmp"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/xmltree"
)

// dublinCore returns the item of a csw:Record or csw:SummaryRecord, which is
// what a catalog gives that speaks no ISO.
func dublinCore(n *xmltree.Node, base *url.URL) web.Item {
	title := web.Line(n.Value("title"))
	id := cmp.Or(web.Line(n.Value("identifier")), "sha256:"+web.Hash(title))
	return web.Item{ID: id, Title: title, Raw: web.XML(n), Convert: func() (harvester.Record, error) { return fromDublinCore(n, id, base) }}
}

func fromDublinCore(n *xmltree.Node, id string, base *url.URL) (harvester.Record, error) {
	title := web.Line(n.Value("title"))
	rec := harvester.Record{ID: id, Title: title, Digest: digest(n)}
	if title == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	lang := n.Value("language")
	d := &rec.Dataset
	d.Identifier = id
	d.Title = web.Text(title, lang)
	d.Description = web.Text(web.Plain(cmp.Or(n.Value("abstract"), n.Value("description"))), lang)
	d.Modified = web.Date(cmp.Or(n.Value("modified"), n.Value("date")))
	d.Publisher.Name = web.Text(web.Line(n.Value("publisher")), lang)
	d.Holder.Name = web.Text(web.Line(cmp.Or(n.Value("rightsHolder"), n.Value("creator"))), lang)
	d.Provenance = web.Text(web.Plain(n.Value("provenance")), lang)
	var words, themes []string
	for _, s := range n.All("subject") {
		if t, ok := topics[s.String()]; ok {
			themes = append(themes, t...)
			continue
		}
		words = append(words, s.String())
	}
	d.Keywords, d.Themes = web.Keywords(lang, words...), web.Themes(append(themes, themesIn(words)...)...)
	if b := n.First("BoundingBox"); b != nil {
		// The corners of ows:BoundingBox are in the order of their reference
		// system; catalogs write WGS84 with the longitude first.
		if p, ok := web.BoxText(b.Value("LowerCorner") + " " + b.Value("UpperCorner")); ok {
			d.Spatial = []catalog.Place{p}
		}
	}
	links(&rec, n, base, lang)
	rights := append(texts(n.All("rights")), texts(n.All("license"))...)
	if len(rights) > 0 && !web.License(d, rights...) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(rights[0]))
	}
	return rec, nil
}

// links makes distributions of what a record points to.
func links(rec *harvester.Record, n *xmltree.Node, base *url.URL, lang string) {
	d := &rec.Dataset
	all := n.All("URI|references")
	rec.Distributions = len(all)
	for _, l := range all {
		address := web.Link(base, l.String())
		if address == "" || len(d.Distributions) >= maxOnline {
			continue
		}
		x := catalog.Distribution{AccessURL: address, Title: web.Text(web.Line(cmp.Or(l.Attribute("name"), l.Attribute("description"))), lang)}
		said := cmp.Or(l.Attribute("protocol"), l.Attribute("scheme"))
		if p := serviceOf(said, address); p != nil {
			web.Format(&x, p.format)
		} else {
			if strings.Contains(strings.ToLower(said), "download") {
				x.DownloadURL = address
			}
			web.Format(&x, web.Extension(address), n.Value("format"))
		}
		d.Distributions = append(d.Distributions, x)
	}
}

func texts(list []*xmltree.Node) []string {
	var out []string
	for _, n := range list {
		out = append(out, n.String())
	}
	return out
}
