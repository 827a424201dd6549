package ui

import (
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/search"
)

// facetLimit is how many values of a facet are asked for.
const facetLimit = 30

// query returns the question that f asks of the search engine. words says how
// its words are meant; see the ways below.
func (f filter) query(words search.Node) search.Query {
	q := search.Query{Root: words, Offset: (f.Page - 1) * perPage, Limit: perPage}
	for _, k := range facetKinds {
		if node := f.node(k); node != nil {
			q.Filters = append(q.Filters, node)
		}
		q.Facets = append(q.Facets, search.Facet{Field: k.field, Limit: facetLimit})
	}
	for _, k := range sortKinds {
		if k.param == f.Sort {
			q.Sort = k.sort
		}
	}
	if f.Q == "" && f.Sort == "" {
		q.Sort = []search.Sort{{Field: search.Updated, Desc: true}}
	}
	return q
}

// node returns what the chosen values of a facet ask, or nil when none is.
func (f filter) node(k facetKind) search.Node {
	var of []search.Node
	for _, v := range f.Values[k.param] {
		of = append(of, term(k, v))
	}
	switch {
	case len(of) == 0:
		return nil
	case len(of) == 1:
		return of[0]
	case k.many:
		return search.Bool{Must: of}
	}
	return search.Bool{Should: of}
}

func term(k facetKind, v string) search.Node {
	switch k.param {
	case "groups":
		if t, ok := vocab.Theme(v); ok {
			return search.Term{Field: search.Theme, Value: t.Code}
		}
		return search.Term{Field: search.Group, Value: v}
	case "holder":
		return either(search.Term{Field: search.HolderName, Value: v}, search.Term{Field: search.Holder, Value: v}, search.Term{Field: search.Holder, Value: strings.ToLower(v)})
	case "organization":
		return either(search.Term{Field: search.Organization, Value: v}, search.Term{Field: search.OrgID, Value: v})
	}
	return search.Term{Field: k.field, Value: v}
}

func either(of ...search.Node) search.Node { return search.Bool{Should: of} }

// exact asks for every word of q, the title's weighing more.
func exact(q string) search.Node {
	if q == "" {
		return search.Everything{}
	}
	return search.Bool{
		Must:   []search.Node{search.Words{Field: search.All, Text: q, Prefix: true}},
		Should: []search.Node{search.Boost{Of: search.Words{Field: search.Title, Text: q, Any: true}, By: 4}},
	}
}

// similar asks for every word of q as it is or misspelt by a letter.
func similar(q string) search.Node {
	var must []search.Node
	for w := range strings.FieldsSeq(q) {
		must = append(must, either(
			search.Words{Field: search.All, Text: w, Prefix: true},
			search.Fuzzy{Field: search.All, Value: strings.ToLower(w), Distance: 1},
		))
	}
	return search.Bool{Must: must}
}

// some asks for any word of q.
func some(q string) search.Node { return search.Words{Field: search.All, Text: q, Any: true} }

// A found is one page of datasets, and how it was found.
type found struct {
	datasets []*catalog.Dataset
	total    int
	facets   map[search.Field][]search.Count
	how      string // "", "similar" or "some": what the words had to be taken for
	down     bool   // the engine did not answer: this is the plain list
}

// find answers f. When no dataset has all the words, it looks for words like
// them and then for some of them. When the engine is down, the catalog itself
// still gives the plain list (decision D3).
func (s *Server) find(r *request, f filter) (found, error) {
	out, err := s.ask(r, f, exact(f.Q))
	if err != nil {
		return s.plainList(r, f, err)
	}
	if out.total > 0 || f.Q == "" {
		return out, nil
	}
	for _, way := range []struct {
		name  string
		words func(string) search.Node
	}{{"similar", similar}, {"some", some}} {
		more, err := s.ask(r, f, way.words(f.Q))
		if err == nil && more.total > 0 {
			more.how = way.name
			return more, nil
		}
	}
	return out, nil
}

func (s *Server) ask(r *request, f filter, words search.Node) (found, error) {
	res, err := search.Find(r.ctx, s.Engine, s.Datasets, f.query(words))
	if err != nil {
		return found{}, err
	}
	return found{datasets: res.Datasets, total: res.Total, facets: res.Facets, down: res.Total > 0 && none(res.Facets)}, nil
}

// none reports whether no facet has a value: search.Find answers so when the
// engine is down and the catalog can answer instead.
func none(facets map[search.Field][]search.Count) bool {
	for _, counts := range facets {
		if len(counts) > 0 {
			return false
		}
	}
	return true
}

// plainList is the list without words and facets, from the catalog itself.
func (s *Server) plainList(r *request, f filter, cause error) (found, error) {
	if r.ctx.Err() != nil {
		return found{}, cause
	}
	s.Log.WarnContext(r.ctx, "search did not answer, the plain list does", "error", cause)
	ds, total, err := s.Datasets.ListDatasets(r.ctx, catalog.DatasetFilter{
		Sort: catalog.ByUpdated, Offset: (f.Page - 1) * perPage, Limit: perPage,
	})
	return found{datasets: ds, total: total, down: true}, err
}

// settled reports whether the search engine has learnt of every change, so that
// a page made of its answers may be kept.
func (s *Server) settled(r *request) bool {
	if s.Revision == nil {
		return false
	}
	stale, err := s.Revision.Stale(r.ctx, 1)
	return err == nil && len(stale) == 0
}
