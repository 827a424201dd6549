package search

import (
	"context"
	"time"

	"portico/catalog"
)

// A Found is the answer to Find: one page of datasets.
type Found struct {
	Total    int
	Datasets []*catalog.Dataset // best first
	Scores   map[string]float32 // by ID, when the query asks for them
	Facets   map[Field][]Count  // has every field that was asked for
}

// Find answers q with datasets that the actor of ctx may see. To whoever is
// not a sysadmin it shows what is active and public, or of an organization of
// theirs, whatever q asks; and every dataset is checked once more by ds, so
// that an index that is out of date can hide but never reveal (decision D3).
//
// Queries for everything in an order that the database has are answered by
// the database (decision D4). So are they when e is Unavailable, then even
// with facets, which are empty. What else is asked of an engine that is
// Unavailable, or does not answer in time, is Unavailable: the database knows
// no words, and half an answer would be taken for a whole one.
func Find(ctx context.Context, e Engine, ds catalog.Datasets, q Query) (Found, error) {
	actor := catalog.ActorOf(ctx)
	list, plain := listing(actor, q)
	if plain && len(q.Facets) == 0 {
		return fromStore(ctx, ds, list, q)
	}
	page, err := ask(ctx, e, restrict(actor, q))
	if plain && catalog.KindOf(err) == catalog.Unavailable && ctx.Err() == nil {
		return fromStore(ctx, ds, list, q)
	}
	if err != nil {
		return Found{}, err
	}
	found := Found{Total: page.Total, Facets: page.Facets}
	if len(page.IDs) == 0 {
		return found, nil
	}
	if found.Datasets, err = ds.DatasetsByID(ctx, page.IDs); err != nil {
		return Found{}, err
	}
	found.Datasets = inState(found.Datasets, q.Drafts)
	if len(page.Scores) == len(page.IDs) {
		found.Scores = make(map[string]float32, len(page.IDs))
		for i, id := range page.IDs {
			found.Scores[id] = page.Scores[i]
		}
	}
	found.Total -= len(page.IDs) - len(found.Datasets)
	return found, nil
}

// patience is how long an engine may take. The one in memory never takes as
// long; another may be slow, and then counts as away.
const patience = 5 * time.Second

func ask(ctx context.Context, e Engine, q Query) (Page, error) {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	page, err := e.Search(within, q)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return Page{}, catalog.Errorf(catalog.Unavailable, "the search engine is too slow").
			Italian("il motore di ricerca è troppo lento").Because(err)
	}
	return page, err
}

func inState(ds []*catalog.Dataset, drafts bool) []*catalog.Dataset {
	out := make([]*catalog.Dataset, 0, len(ds))
	for _, d := range ds {
		if d.State == catalog.Active || drafts && d.State == catalog.Draft {
			out = append(out, d)
		}
	}
	return out
}

// restrict adds to q what a is shown at most.
func restrict(a catalog.Actor, q Query) Query {
	filters := append(make([]Node, 0, len(q.Filters)+2), q.Filters...)
	if !q.Drafts {
		filters = append(filters, Term{State, string(catalog.Active)})
	}
	if !a.Sysadmin {
		filters = append(filters, shownTo(a))
	}
	q.Filters = filters
	return q
}

// shownTo holds for what everybody sees and for what is of a's organizations.
func shownTo(a catalog.Actor) Node {
	open := Bool{Must: []Node{Term{Visibility, "public"}, Term{State, string(catalog.Active)}}}
	bodies := a.Bodies()
	if len(bodies) == 0 {
		return open
	}
	any := Bool{Should: []Node{open}}
	for _, id := range bodies {
		any.Should = append(any.Should, Term{OrgID, id})
	}
	return any
}

// listing returns q as the database can answer it; ok is false when it cannot.
func listing(a catalog.Actor, q Query) (f catalog.DatasetFilter, ok bool) {
	switch q.Root.(type) {
	case nil, Everything:
	default:
		return f, false
	}
	if q.Drafts {
		return f, false
	}
	for _, n := range q.Filters {
		if !implied(a, n) {
			return f, false
		}
	}
	f.Sort, ok = stored(q.Sort)
	f.Offset, f.Limit = q.Offset, q.Limit
	return f, ok
}

// implied reports whether n says no more than what a is shown anyway.
func implied(a catalog.Actor, n Node) bool {
	switch n {
	case Everything{}, Term{State, string(catalog.Active)}:
		return true
	case Term{Visibility, "public"}:
		return !a.Sysadmin && len(a.Roles) == 0
	}
	return false
}

// stored returns the order of the database that is the same as sort. The
// relevance of everything is one, and the database breaks ties by ID, too.
func stored(sort []Sort) (catalog.DatasetSort, bool) {
	if len(sort) == 0 {
		return catalog.ByUpdated, true
	}
	if sort[0].Field == Score {
		if len(sort) == 1 {
			return catalog.ByID, true
		}
		sort = sort[1:]
	}
	if len(sort) == 2 && sort[1] == (Sort{Field: ID}) {
		sort = sort[:1]
	}
	if len(sort) != 1 {
		return 0, false
	}
	by, ok := map[Sort]catalog.DatasetSort{
		{ID, false}: catalog.ByID, {ID, true}: catalog.ByIDDesc,
		{Name, false}: catalog.ByName, {Name, true}: catalog.ByNameDesc,
		{TitleSort, false}: catalog.ByTitle, {TitleSort, true}: catalog.ByTitleDesc,
		{Updated, true}: catalog.ByUpdated, {Updated, false}: catalog.ByUpdatedAsc,
		{Created, true}: catalog.ByCreated, {Created, false}: catalog.ByCreatedAsc,
	}[sort[0]]
	return by, ok
}

func fromStore(ctx context.Context, ds catalog.Datasets, f catalog.DatasetFilter, q Query) (Found, error) {
	page, total, err := ds.ListDatasets(ctx, f)
	if err != nil {
		return Found{}, err
	}
	found := Found{Total: total, Datasets: page}
	if q.Scores {
		found.Scores = make(map[string]float32, len(page))
		for _, d := range page {
			found.Scores[d.ID] = 1 // everything is equally relevant
		}
	}
	if len(q.Facets) > 0 {
		found.Facets = make(map[Field][]Count, len(q.Facets))
		for _, facet := range q.Facets {
			found.Facets[facet.Field] = []Count{}
		}
	}
	return found, nil
}
