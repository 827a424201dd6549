package ui

import (
	"slices"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/search"
)

// A homePage says what is here and begins a search.
type homePage struct {
	frame
	Total         int
	Latest        []card
	Themes        []themeLink
	Organizations []organizationLink
	MoreOrgs      int
	OrgTotal      int
	ThemeTotal    int
	Formats       []facetValue // the most frequent
	Keywords      []facetValue
	Examples      []exampleLink
	Updated       catalog.Date // of the latest change
}

// A themeLink is one of the 13 themes.
type themeLink struct {
	Code, Label, Icon, URL string
	N                      int
}

type organizationLink struct {
	Name, Title, Excerpt, URL, Identifier string
	N                                     int
}

// themeIcons are symbols of Bootstrap Italia's sprite that fit the themes.
var themeIcons = map[string]string{
	"AGRI": "it-box", "ECON": "it-chart-line", "EDUC": "it-presentation", "ENER": "it-plug", "ENVI": "it-refresh", "GOVE": "it-pa",
	"HEAL": "it-plus-circle", "INTR": "it-flag", "JUST": "it-locked", "REGI": "it-map-marker", "SOCI": "it-user", "TECH": "it-settings", "TRAN": "it-car",
}

// What the home page has room for.
const (
	homeLatest  = 6
	homeOrgs    = 8
	homeThemes  = 12
	homeFormats = 6
	homeWords   = 6
)

func (s *Server) home(r *request) (view, error) {
	settled := s.settled(r)
	ds, total, err := s.Datasets.ListDatasets(r.ctx, catalog.DatasetFilter{Sort: catalog.ByUpdated, Limit: homeLatest})
	if err != nil {
		return view{}, err
	}
	p := &homePage{Total: total, Latest: s.cards(r, ds)}
	p.Section, p.Crumbs = "home", nil
	if len(ds) > 0 {
		p.Updated = catalog.DateOf(ds[0].Updated)
	}
	os, err := s.Organizations.Organizations(r.ctx)
	if err != nil {
		return view{}, err
	}
	p.Organizations = s.organizationLinks(r, os)
	p.OrgTotal = len(p.Organizations)
	slices.SortStableFunc(p.Organizations, func(a, b organizationLink) int { return b.N - a.N })
	if len(p.Organizations) > homeOrgs {
		p.MoreOrgs = len(p.Organizations) - homeOrgs
		p.Organizations = p.Organizations[:homeOrgs]
	}
	facets, down := s.homeFacets(r)
	themes := s.themes(r, facets)
	for _, t := range themes {
		if t.N > 0 {
			p.ThemeTotal++
		}
	}
	p.Themes = homeChoice(themes, p.ThemeTotal)
	p.Formats = topValues(facets[search.Format], homeFormats, "res_format")
	if p.Examples = s.exampleLinks(r, themes); len(p.Examples) < homeExamples/2 {
		p.Keywords = topValues(facets[search.Keyword], homeWords, "tags")
	}
	p.JSONLD = s.siteJSONLD(r)
	return view{template: "home", data: p, uncached: down || !settled}, nil
}

// homeFacets counts themes, formats and keywords; without the engine there are
// no counts.
func (s *Server) homeFacets(r *request) (facets map[search.Field][]search.Count, down bool) {
	res, err := search.Find(r.ctx, s.Engine, s.Datasets, search.Query{Facets: []search.Facet{
		{Field: search.Theme, Limit: -1}, {Field: search.Format, Limit: homeFormats}, {Field: search.Keyword, Limit: homeWords},
	}})
	if err != nil {
		s.Log.WarnContext(r.ctx, "search did not answer, the page has no counts", "error", err)
		return nil, true
	}
	return res.Facets, false
}

// themes returns all 13, by name.
func (s *Server) themes(r *request, facets map[search.Field][]search.Count) []themeLink {
	n := make(map[string]int)
	for _, c := range facets[search.Theme] {
		n[c.Value] = c.N
	}
	var out []themeLink
	for _, t := range vocab.Themes() {
		out = append(out, themeLink{Code: t.Code, Label: r.theme(t), Icon: themeIcons[t.Code], URL: "/group/" + t.Group, N: n[t.Code]})
	}
	slices.SortFunc(out, func(a, b themeLink) int { return compareWords(a.Label, b.Label) })
	return out
}

// homeChoice takes the themes with most datasets, in full rows of four.
func homeChoice(all []themeLink, filled int) []themeLink {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b themeLink) int { return b.N - a.N })
	return out[:min(max(filled/4*4, 4), homeThemes, len(out))]
}

func topValues(counts []search.Count, most int, param string) []facetValue {
	var out []facetValue
	for _, c := range counts[:min(len(counts), most)] {
		out = append(out, facetValue{Label: c.Value, N: c.N, URL: filter{Values: map[string][]string{param: {c.Value}}}.url()})
	}
	return out
}

func (s *Server) organizationLinks(r *request, os []*catalog.Organization) []organizationLink {
	var out []organizationLink
	for _, o := range os {
		title := r.in(o.Title)
		if title == "" {
			title = o.Name
		}
		out = append(out, organizationLink{
			Name: o.Name, Title: title, Excerpt: s.plain(r.in(o.Description), 160),
			URL: "/organization/" + o.Name, Identifier: o.Identifier, N: o.Datasets,
		})
	}
	slices.SortFunc(out, func(a, b organizationLink) int { return compareWords(a.Title, b.Title) })
	return out
}
