package ui

import (
	"cmp"
	"errors"
	"net/url"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A datasetPage tells what a dataset is, who answers for it, and how to take
// it.
type datasetPage struct {
	frame
	D            *catalog.Dataset
	Heading      catalog.Text
	Name         string
	Lead         string
	Holder       string
	HolderURL    string
	Organization *organizationLink
	Themes       []themeLink
	HVD          []string
	Freshness    freshness
	Frequency    string
	License      license
	Files        []fileView
	Facts        []fact
	Contacts     []contactView
	Keywords     []facetValue
	Notes        []noteView
	Uses         []useCount
	Quality      *qualityView
	Coverage     *coverageView
	ValidateURL  string
	Citation     string
	BibTeX       string
	Machine      []alternate
	ShowURL      string
	Similar      []neighbour
	Elsewhere    []neighbour // the same data of other holders
	History      string      // the page of it; "" = there is none
	Updated      time.Time   // when the latest change was made that readers may know of
}

// A fact is a line of a description list. It has a text or links.
type fact struct {
	Label string
	Text  string
	Lang  string
	Links []linkView
}

type linkView struct{ Text, URL string }

// A contactView is an office to ask.
type contactView struct{ Name, Email, Telephone, URL string }

// A noteView is what a rule of ours completed, for a reader.
type noteView struct{ Field, Message string }

func (s *Server) dataset(r *request) (view, error) {
	d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	if ref := r.param("id"); ref == d.ID && ref != d.Name {
		return view{}, &moved{path: "/dataset/" + url.PathEscape(d.Name)} // as CKAN; the URI in RDF has the ID
	}
	p := &datasetPage{D: d, Name: d.Name, Heading: d.Title, Lead: s.plain(r.in(d.Description), 300), Holder: holderName(r.speaker, d)}
	if len(p.Heading) == 0 {
		p.Heading = catalog.Text{r.locale: d.Name}
	}
	if p.Organization, err = s.organizationOf(r, d); err != nil {
		return view{}, err
	}
	p.HolderURL = holderURL(r.speaker, d)
	p.Themes = s.datasetThemes(r, d)
	p.HVD = highValue(r.speaker, d)
	p.Freshness, p.Frequency, p.License = freshnessOf(d, s.now()), r.frequency(d.Frequency), licenseOf(d)
	for i := range d.Distributions {
		p.Files = append(p.Files, s.file(r, d, &d.Distributions[i]))
	}
	p.Coverage = s.coverage(r, d)
	p.Facts, p.Contacts = s.facts(r, d), contacts(r.speaker, d)
	p.Keywords, p.Notes = keywords(d), notes(r.speaker, d)
	if p.Uses, err = s.usesOf(r, d.ID); err != nil {
		return view{}, err
	}
	if p.Quality, err = s.quality(r, d); err != nil {
		return view{}, err
	}
	if s.Validator != nil && d.Visible() {
		p.ValidateURL = s.validateURL(d)
	}
	known := s.around(r, d, p)
	s.datasetFrame(r, d, p)
	p.offer(r, s.followDataset(r, d))
	return view{template: "dataset", data: p, uncached: !known}, nil
}

// around leads to the past of d and to other datasets; known is false where the
// search engine did not answer, or has yet to learn of a change.
func (s *Server) around(r *request, d *catalog.Dataset, p *datasetPage) (known bool) {
	if s.Activities != nil {
		p.History, p.Updated = "/dataset/activity/"+url.PathEscape(d.Name), d.Updated
	}
	settled, down := s.settled(r), false
	p.Similar, p.Elsewhere, down = s.neighbours(r, d)
	return settled && !down
}

// holderURL returns the search for what the holder of d answers for, "" when
// nobody is named: a search for nobody would find everything.
func holderURL(p speaker, d *catalog.Dataset) string {
	h := cmp.Or(p.in(d.Holder.Name), d.Holder.Identifier)
	if h == "" {
		return ""
	}
	return filter{Values: map[string][]string{"holder": {h}}}.url()
}

// notes returns what rules of ours completed in d, so that no reader takes it
// for words of the holder.
func notes(p speaker, d *catalog.Dataset) []noteView {
	var out []noteView
	for _, n := range d.Notes {
		out = append(out, noteView{Field: n.Field, Message: p.in(n.Message)})
	}
	return out
}

// keywords returns the keywords of d, each with the search for it.
func keywords(d *catalog.Dataset) []facetValue {
	var out []facetValue
	for _, k := range d.Keywords {
		out = append(out, facetValue{Label: k.Name, URL: filter{Values: map[string][]string{"tags": {k.Name}}}.url()})
	}
	return out
}

// highValue returns the names of the high-value categories of d.
func highValue(p speaker, d *catalog.Dataset) []string {
	var out []string
	for _, code := range d.HVD {
		if h, ok := vocab.HVDCategory(code); ok {
			out = append(out, p.label(h.Label))
		}
	}
	return out
}

// datasetFrame fills in what machines read of the page.
func (s *Server) datasetFrame(r *request, d *catalog.Dataset, p *datasetPage) {
	p.Section, p.Title, p.Description = "dataset", r.in(p.Heading), p.Lead
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {Title: p.Title}}
	p.Canonical = "/dataset/" + d.Name
	p.Machine = []alternate{
		{"text/turtle", "Turtle", p.Canonical + ".ttl"},
		{"application/rdf+xml", "RDF/XML", p.Canonical + ".rdf"},
		{"application/ld+json", "JSON-LD", p.Canonical + ".jsonld"},
		{"application/ld+json", "Croissant", p.Canonical + "/croissant.jsonld"},
	}
	p.Alternates = p.Machine
	p.ShowURL = apiURL("package_show", "id", d.Name)
	p.Citation, p.BibTeX = s.citation(r, d, p), s.cited(r, d).bibTeX()
	p.JSONLD = s.datasetJSONLD(r, d, p)
}

func (s *Server) citation(r *request, d *catalog.Dataset, p *datasetPage) string {
	parts := []string{p.Holder, p.Title}
	if when := r.date(d.Modified); when != "" {
		parts = append(parts, r.text("dataset.citation.version", when))
	}
	parts = append(parts, p.License.Short, s.Site.Link(p.Canonical))
	kept := parts[:0]
	for _, x := range parts {
		if x != "" {
			kept = append(kept, x)
		}
	}
	return strings.Join(kept, ", ")
}

// organizationOf returns under whom d is published, or nil when that is nobody
// who is still there.
func (s *Server) organizationOf(r *request, d *catalog.Dataset) (*organizationLink, error) {
	if d.Organization == "" {
		return nil, nil
	}
	o, err := s.Organizations.Organization(r.ctx, d.Organization)
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind != catalog.Internal {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := s.organizationLinks(r, []*catalog.Organization{o})[0]
	return &l, nil
}

// themeNames names themes by their codes.
func (p speaker) themeNames(codes []string) []string {
	var out []string
	for _, code := range codes {
		if t, ok := vocab.Theme(code); ok {
			code = p.theme(t)
		}
		out = append(out, code)
	}
	return out
}

func (s *Server) datasetThemes(r *request, d *catalog.Dataset) []themeLink {
	var out []themeLink
	for _, th := range d.Themes {
		if t, ok := vocab.Theme(th.Code); ok {
			out = append(out, themeLink{Code: t.Code, Label: r.theme(t), Icon: themeIcons[t.Code], URL: "/group/" + t.Group})
		}
	}
	return out
}

// contacts returns the offices to ask: the contact points, or else author and
// maintainer as CKAN has them.
func contacts(p speaker, d *catalog.Dataset) []contactView {
	var out []contactView
	for _, c := range d.Contacts {
		v := contactView{Name: p.in(c.Name), Email: c.Email, Telephone: c.Telephone}
		if isWeb(c.URL) {
			v.URL = c.URL
		}
		out = append(out, v)
	}
	if len(out) > 0 {
		return out
	}
	for _, party := range []catalog.Party{d.Maintainer, d.Author} {
		if party.Email != "" {
			return []contactView{{Name: party.Name, Email: party.Email}}
		}
	}
	return nil
}
