package ui

import (
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/search"
)

// facetLimit is how many values of a facet are asked for.
const facetLimit = 30

// query returns the question that f asks of the search engine, but for its
// words.
func (f filter) query() search.Query {
	q := search.Query{Offset: (f.Page - 1) * perPage, Limit: perPage}
	for _, k := range facetKinds {
		if node := f.node(k); node != nil {
			q.Filters = append(q.Filters, node)
		}
		if k.field != "" {
			q.Facets = append(q.Facets, search.Facet{Field: k.field, Limit: facetLimit})
		}
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
		of = append(of, f.term(k, v))
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

func (f filter) term(k facetKind, v string) search.Node {
	switch k.param {
	case "updated":
		return updatedIn(v, f.Today)
	case "hvd":
		if v == anyHVD {
			return search.Exists{Field: search.HVD}
		}
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

// A found is one page of datasets, and how it was found.
type found struct {
	datasets []*catalog.Dataset
	total    int
	facets   map[search.Field][]search.Count
	how      string                    // "", "taken", "also" or "some": what the words had to be taken for
	counts   map[string]map[string]int // of values that are counted one by one, by parameter
	taken    string                    // the question for which it was taken
	asked    search.Query              // as it went to the engine in the end
	down     bool                      // the engine did not answer: this is the plain list
}

// find answers f. When no dataset has all the words, they are taken for what
// was meant, unless they are to be found exactly. When the engine is down, the
// catalog itself still gives the plain list (decision D3).
func (s *Server) find(r *request, f filter) (found, error) {
	out, err := s.ask(r, f, f.query())
	if err != nil {
		return s.plainList(r, f, err)
	}
	return out, nil
}

func (s *Server) ask(r *request, f filter, q search.Query) (found, error) {
	ask := search.Ask
	if f.Exact {
		ask = search.AskExactly
	}
	res, err := ask(r.ctx, s.Engine, s.Datasets, q, f.Q)
	if err != nil {
		return found{}, err
	}
	out := found{datasets: res.Datasets, total: res.Total, facets: res.Facets, taken: res.Taken, asked: res.Asked, down: res.Total > 0 && none(res.Facets)}
	switch {
	case res.Also:
		out.how = "also"
	case res.Taken != "":
		out.how = "taken"
	case res.Some:
		out.how = "some"
	}
	return out, nil
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
