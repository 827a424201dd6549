package ui

import (
	"cmp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// An organizationsPage lists the bodies that publish here.
type organizationsPage struct {
	frame
	Organizations []organizationLink
}

// An organizationPage is about one body and its datasets.
type organizationPage struct {
	frame
	Heading      string
	About        catalog.Text
	Name         string
	Identifier   string
	Email        string
	Telephone    string
	Website      string
	Region       string
	Cards        []card
	Total        int
	Themes       []facetValue
	Formats      []facetValue
	All          string // address of the list of all its datasets
	SearchParam  string
	SearchValue  string
	CatalogLinks []alternate
	Quality      *meanView
	Territory    *coverageView
}

// A groupsPage lists the 13 themes and the groups that are none.
type groupsPage struct {
	frame
	Themes []themeLink
	Groups []organizationLink
}

// A groupPage is about one theme, or a group that is none.
type groupPage struct {
	frame
	Heading       string
	Icon          string
	About         catalog.Text
	IRI           string
	Cards         []card
	Total         int
	Organizations []facetValue
	Formats       []facetValue
	All           string
	SearchParam   string
	SearchValue   string
}

// compareWords orders names as people do, as far as case goes.
func compareWords(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

func (s *Server) organizations(r *request) (view, error) {
	os, err := s.Organizations.Organizations(r.ctx)
	if err != nil {
		return view{}, err
	}
	p := &organizationsPage{Organizations: s.organizationLinks(r, os)}
	p.Section, p.Title = "organization", r.text("organizations.title")
	p.Description = r.text("organizations.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "organizations", data: p}, nil
}

func (s *Server) organization(r *request) (view, error) {
	o, err := s.Organizations.Organization(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	settled := s.settled(r)
	f := filter{Page: 1, Values: map[string][]string{"organization": {o.Name}}}
	res, err := s.find(r, f)
	if err != nil {
		return view{}, err
	}
	n := s.names(r)
	p := &organizationPage{
		Heading: cmp.Or(r.in(o.Title), o.Name), About: o.Description, Name: o.Name, Identifier: o.Identifier,
		Email: o.Email, Telephone: o.Telephone, Website: o.Site, Region: o.Region,
		All: f.url(), SearchParam: "organization", SearchValue: o.Name,
	}
	if !res.down {
		p.Cards, p.Total = s.cards(r, res.datasets), res.total
		p.Themes, p.Formats = n.within(f, res, "groups"), n.within(f, res, "res_format")
	} else {
		if p.Cards, p.Total, err = s.organizationList(r, o.ID); err != nil {
			return view{}, err
		}
	}
	if p.Quality, err = s.mean(r, o.ID); err != nil {
		return view{}, err
	}
	p.Territory = s.outlineOf(r, o)
	p.Section, p.Title = "organization", p.Heading
	p.Description = s.plain(r.in(o.Description), 160)
	p.Crumbs = []crumb{{r.text("organizations.title"), "/organization"}, {Title: p.Heading}}
	p.Canonical = "/organization/" + o.Name
	p.offer(r, s.followOrganization(r, o))
	p.CatalogLinks = []alternate{
		{"text/turtle", "Turtle", "/organization/" + o.Name + "/catalog.ttl"},
		{"application/rdf+xml", "RDF/XML", "/organization/" + o.Name + "/catalog.rdf"},
		{"application/ld+json", "JSON-LD", "/organization/" + o.Name + "/catalog.jsonld"},
	}
	return view{template: "organization", data: p, uncached: res.down || !settled}, nil
}

// organizationList is what the catalog itself tells when the engine is down.
func (s *Server) organizationList(r *request, id string) ([]card, int, error) {
	ds, total, err := s.Datasets.ListDatasets(r.ctx, catalog.DatasetFilter{Organization: id, Sort: catalog.ByUpdated, Limit: perPage})
	return s.cards(r, ds), total, err
}

// within returns the values of a facet as further filters on f.
func (n names) within(f filter, res found, param string) []facetValue {
	var out []facetValue
	for _, fc := range n.facets(f, res) {
		if fc.Param == param {
			out = fc.Values
		}
	}
	return out
}

func (s *Server) groups(r *request) (view, error) {
	settled := s.settled(r)
	facets, down := s.homeFacets(r)
	gs, err := s.Organizations.Groups(r.ctx)
	if err != nil {
		return view{}, err
	}
	p := &groupsPage{Themes: s.themes(r, facets)}
	for _, g := range gs {
		if _, theme := vocab.Theme(cmp.Or(g.Theme, g.Name)); !theme {
			p.Groups = append(p.Groups, organizationLink{
				Title: cmp.Or(r.in(g.Title), g.Name), Excerpt: s.plain(r.in(g.Description), 160), URL: "/group/" + g.Name, N: g.Datasets,
			})
		}
	}
	p.Section, p.Title = "group", r.text("groups.title")
	p.Description = r.text("groups.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "groups", data: p, uncached: down || !settled}, nil
}

func (s *Server) group(r *request) (view, error) {
	p := &groupPage{SearchParam: "groups"}
	if err := s.describeGroup(r, p); err != nil {
		return view{}, err
	}
	settled := s.settled(r)
	f := filter{Page: 1, Values: map[string][]string{"groups": {p.SearchValue}}}
	res, err := s.find(r, f)
	if err != nil {
		return view{}, err
	}
	if !res.down {
		p.Cards, p.Total = s.cards(r, res.datasets), res.total
		n := s.names(r)
		p.Organizations, p.Formats = n.within(f, res, "organization"), n.within(f, res, "res_format")
	}
	p.All = f.url()
	p.Section, p.Title = "group", p.Heading
	p.Crumbs = []crumb{{r.text("groups.title"), "/group"}, {Title: p.Heading}}
	p.Canonical = "/group/" + p.SearchValue
	return view{template: "group", data: p, uncached: res.down || !settled}, nil
}

// describeGroup finds the group that r asks for: a theme, which is there even
// before a dataset has it, or a group of the catalog.
func (s *Server) describeGroup(r *request, p *groupPage) error {
	id := r.param("id")
	g, err := s.Organizations.Group(r.ctx, id)
	if err != nil {
		t, ok := vocab.Theme(id)
		if !ok || catalog.KindOf(err) == catalog.Internal {
			return err
		}
		g = &catalog.Group{Name: t.Group, Theme: t.Code}
	}
	p.Heading, p.About, p.SearchValue, p.Icon = cmp.Or(r.in(g.Title), g.Name), g.Description, g.Name, "it-folder"
	if t, ok := vocab.Theme(cmp.Or(g.Theme, g.Name)); ok {
		p.Heading, p.IRI, p.SearchValue, p.Icon = r.theme(t), t.IRI, t.Group, themeIcons[t.Code]
	}
	return nil
}
