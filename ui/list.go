package ui

import (
	"cmp"
	"fmt"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/search"
)

// A listPage shows the datasets that a filter finds.
type listPage struct {
	frame
	Filter filter
	Total  int
	How    string // see found
	Taken  string // the question for which the words were taken
	Exact  string // the address of the list for the words as they are written
	Alike  string // and for those like them, when it is not this one
	Down   bool
	Cards  []card
	Chips  []chip
	Facets []facet
	Sorts  []option
	Pages  pager
	Kept   []hiddenField // what the search form keeps
	WaysOn []way         // for an empty answer
	Clear  string
	API    string // the same question to the API
}

// A chip is a filter in force, with the address of the list without it.
type chip struct{ Facet, Label, URL string }

// A facet is a field with its values, most frequent first; those after the
// first few are folded away.
type facet struct {
	Param, Title string
	Values, More []facetValue
	Folded       bool // until somebody wants it
}

type facetValue struct {
	Param  string
	Label  string
	N      int
	URL    string
	Chosen bool
}

type option struct {
	Label, URL string
	Chosen     bool
}

type hiddenField struct{ Name, Value string }

// A way is a question near one that nothing answers, with how many would.
type way struct {
	Label, URL string
	N          int
}

// facetShown is how many values of a facet are in sight.
const facetShown = 6

func (s *Server) list(r *request) (view, error) {
	f := parseFilter(r.query, s.now())
	settled := s.settled(r)
	res, err := s.find(r, f)
	if err != nil {
		return view{}, err
	}
	if last := lastPage(res.total, perPage); f.Page > last {
		f.Page = last
		f.Ignored = append(f.Ignored, "page")
		if res, err = s.find(r, f); err != nil {
			return view{}, err
		}
	}
	if !res.down && res.total > 0 {
		res.counts = s.counts(r, f, res.asked)
	}
	names := s.names(r)
	p := &listPage{Filter: f, Total: res.total, How: res.how, Taken: res.taken, Down: res.down, Cards: s.cards(r, res.datasets), Clear: "/dataset"}
	s.explain(r, p.Cards, res.datasets, strings.TrimSpace(f.Q+" "+res.taken))
	p.Section, p.Q, p.Searches = "dataset", f.Q, true
	p.Title = r.text("list.title")
	p.Crumbs = []crumb{{Title: p.Title}}
	p.Exact, p.Alike = f.exactly(true), ""
	if f.Exact && f.Q != "" {
		p.Alike = f.exactly(false)
	}
	p.Chips, p.Facets = names.chips(f), names.facets(f, res)
	p.Sorts = sorts(r.speaker, f)
	p.Kept = hiddenFields(f)
	p.Pages = newPager(f.Page, res.total, perPage, func(n int) string {
		g := f.clone()
		g.Page = n
		return g.url()
	})
	p.Canonical = f.url()
	p.API = apiQuery(f)
	p.offer(r, s.followSearch(r, f))
	if res.total == 0 {
		p.Hidden, p.WaysOn = true, s.waysOn(r, f, names)
	}
	return view{template: "list", data: p, uncached: res.down || !settled}, nil
}

// names gives the values of facets their names in the reader's language.
type names struct {
	speaker
	organizations map[string]catalog.Text // by name
}

func (s *Server) names(r *request) names {
	of, err := s.titlesOfBodies(r.ctx)
	if err != nil {
		s.Log.WarnContext(r.ctx, "organizations have no titles in the list", "error", err)
	}
	return names{speaker: r.speaker, organizations: of}
}

// label returns the name of a value; where nothing better is known, the value.
func (n names) label(k facetKind, v string) string {
	label := ""
	switch k.param {
	case "groups":
		if t, ok := vocab.Theme(v); ok {
			label = n.theme(t)
		}
	case "organization":
		label = n.in(n.organizations[v])
	case "license_id":
		label = n.words["license."+v]
		if l := licenseNamed(v); l.Name != nil {
			label = l.Short
		}
	case "frequency":
		label = capital(n.frequency(v))
	case "updated":
		label = n.text("facet.updated." + v)
	case "hvd":
		label = n.hvdLabel(v)
	case "stars":
		label = n.starsLabel(v)
	}
	return cmp.Or(label, v)
}

func (n names) chips(f filter) []chip {
	var out []chip
	for _, k := range facetKinds {
		for _, v := range f.Values[k.param] {
			out = append(out, chip{Facet: n.text("facet." + k.param), Label: n.label(k, v), URL: f.without(k.param, v).url()})
		}
	}
	return out
}

// sorts are the orders that the list can have. Without a word about it, the
// best comes first when words are searched for, else the latest.
func sorts(p speaker, f filter) []option {
	chosen := f.Sort
	if chosen == "" {
		chosen = sortKinds[1].param
		if f.Q != "" {
			chosen = sortKinds[0].param
		}
	}
	var out []option
	for i, k := range sortKinds {
		if i == 0 && f.Q == "" {
			continue // there are no words to be near to
		}
		g := f.clone()
		g.Sort = k.param
		out = append(out, option{Label: p.text(fmt.Sprintf("sort.%d", i)), URL: g.url(), Chosen: k.param == chosen})
	}
	return out
}

// hiddenFields are the facets in force, kept when words are searched anew.
func hiddenFields(f filter) []hiddenField {
	var out []hiddenField
	for _, k := range facetKinds {
		for _, v := range f.Values[k.param] {
			out = append(out, hiddenField{k.param, v})
		}
	}
	return out
}

// mostWays bounds the questions near one that nothing answers.
const mostWays = 6

// meant returns the words as they are spelt in the catalog, when they are spelt
// otherwise there; else "".
func (s *Server) meant(r *request, words string) string {
	if words == "" {
		return ""
	}
	wrong, err := search.Corrections(r.ctx, s.Engine, words)
	if err != nil {
		return "" // it is but an offer
	}
	if meant := search.Corrected(words, wrong); meant != words {
		return meant
	}
	return ""
}

// waysOn finds what to ask instead of f: the same without one of its filters,
// or without its words.
func (s *Server) waysOn(r *request, f filter, n names) []way {
	var out []way
	try := func(label string, g filter) {
		q := g.query()
		q.Limit, q.Offset, q.Facets = 0, 0, nil
		res, err := search.AskExactly(r.ctx, s.Engine, s.Datasets, q, g.Q)
		if err == nil && res.Total > 0 {
			out = append(out, way{Label: label, URL: g.url(), N: res.Total})
		}
	}
	if meant := s.meant(r, f.Q); meant != "" {
		g := f.clone()
		g.Q, g.Exact = meant, false
		try(r.text("list.meant", meant), g)
		if len(out) == 0 {
			try(r.text("list.meant", meant), filter{Q: meant, Page: 1, Today: f.Today})
		}
	}
	for _, k := range facetKinds {
		for _, v := range f.Values[k.param] {
			if len(out) < mostWays {
				try(r.text("list.without", n.label(k, v)), f.without(k.param, v))
			}
		}
	}
	if f.Q != "" && f.chosen() > 0 {
		g := f.clone()
		g.Q = ""
		try(r.text("list.without", "“"+f.Q+"”"), g)
	}
	return out
}

// apiQuery is the list's question in the API's words; "" when CKAN has none for
// a filter.
func apiQuery(f filter) string {
	var fq []string
	for _, k := range facetKinds {
		if !k.ckan && len(f.Values[k.param]) > 0 {
			return ""
		}
		param := k.param
		if param == "holder" {
			param = "holder_name"
		}
		for _, v := range f.Values[k.param] {
			fq = append(fq, param+`:"`+strings.ReplaceAll(v, `"`, `\"`)+`"`)
		}
	}
	return apiURL("package_search", "q", f.Q, "fq", strings.Join(fq, " "), "rows", "20")
}

// capital returns s with its first letter as a capital.
func capital(s string) string {
	for i, c := range s {
		return strings.ToUpper(string(c)) + s[i+len(string(c)):]
	}
	return s
}
