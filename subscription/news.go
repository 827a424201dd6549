package subscription

import (
	"context"
	"time"

	"portico/catalog"
	"portico/search"
)

// news are the datasets that everybody sees and that have changed.
type news struct {
	d       *Digester
	now     time.Time
	changed map[string]*catalog.Dataset // by ID
	orgs    map[string]*catalog.Organization
	engine  search.Engine                 // that knows them alone; nil until somebody searches
	answers map[string][]*catalog.Dataset // to searches that several follow
}

const newsPage = 500

// news reads what has changed from since to now.
func (d *Digester) news(ctx context.Context, since, now time.Time) (*news, error) {
	n := &news{d: d, now: now, changed: make(map[string]*catalog.Dataset), orgs: make(map[string]*catalog.Organization), answers: make(map[string][]*catalog.Dataset)}
	ctx = visitor(ctx)
	for offset := 0; offset < mostChanges; offset += newsPage {
		ds, _, err := d.Datasets.ListDatasets(ctx, catalog.DatasetFilter{ModifiedSince: since, Sort: catalog.ByUpdated, Offset: offset, Limit: newsPage})
		if err != nil {
			return nil, err
		}
		for _, x := range ds {
			if !x.Updated.After(now) { // else it is for the next time
				n.changed[x.ID] = x
			}
		}
		if len(ds) < newsPage {
			break
		}
	}
	os, err := d.Organizations.Organizations(ctx)
	for _, o := range os {
		n.orgs[o.ID] = o
	}
	return n, err
}

func (n *news) loud(x *catalog.Dataset) bool { return n.d.Quiet == nil || !n.d.Quiet(x) }

// published returns what is new of an organization: what it publishes, and
// what it holds.
func (n *news) published(id string) []*catalog.Dataset {
	o := n.orgs[id]
	return sorted(n.changed, func(x *catalog.Dataset) bool {
		holds := o != nil && o.Identifier != "" && x.Holder.Identifier == o.Identifier
		return (x.Organization == id || holds) && n.loud(x)
	})
}

// found returns what is new of a search.
func (n *news) found(ctx context.Context, parameters string) ([]*catalog.Dataset, error) {
	if parameters == "" {
		return sorted(n.changed, n.loud), nil
	}
	if of, ok := n.answers[parameters]; ok {
		return of, nil
	}
	if len(n.changed) == 0 {
		return nil, nil
	}
	if n.engine == nil {
		if err := n.index(ctx); err != nil {
			return nil, err
		}
	}
	q, words := n.d.Question(parameters)
	q.Root, q.Facets, q.Offset, q.Limit = search.Asked(words), nil, 0, mostChanges
	page, err := n.engine.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	hit := make(map[string]*catalog.Dataset, len(page.IDs))
	for _, id := range page.IDs {
		if x, ok := n.changed[id]; ok {
			hit[id] = x
		}
	}
	n.answers[parameters] = sorted(hit, n.loud)
	return n.answers[parameters], nil
}

// index makes the engine that knows what has changed.
func (n *news) index(ctx context.Context) error {
	e, err := n.d.Index()
	if err != nil {
		return err
	}
	docs := make([]search.Document, 0, len(n.changed))
	for _, x := range n.changed {
		name, title := "", ""
		if o := n.orgs[x.Organization]; o != nil {
			name, title = o.Name, o.Title.String()
		}
		docs = append(docs, search.NewDocument(x, name, title))
	}
	if err := e.Put(ctx, docs...); err != nil {
		return err
	}
	n.engine = e
	return nil
}
