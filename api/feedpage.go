package api

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/search"
)

// A feedPage is what is on one page of a feed.
type feedPage struct {
	datasets []*catalog.Dataset
	total    int // datasets on all pages
	left     int // datasets on later pages
}

// feedPage returns the datasets of a page by ID. A page that is counted skips
// those before it, while one that begins after a dataset does not: who follows
// the links from page to page sees each dataset once that is there all the
// while, whatever comes and goes meanwhile.
func (s *Server) feedPage(ctx context.Context, f *feed) (feedPage, error) {
	part, all := s.listFed, 0
	if f.searched() {
		part = s.searchFed
	}
	offset := (f.page - 1) * perPage
	if f.after != "" {
		offset = 0
	}
	ds, matching, err := part(ctx, f, f.after, offset, perPage)
	if err != nil {
		return feedPage{}, err
	}
	if all = matching; f.after != "" {
		if _, all, err = part(ctx, f, "", 0, 0); err != nil {
			return feedPage{}, err
		}
	}
	return feedPage{datasets: ds, total: all, left: max(0, matching-offset-len(ds))}, nil
}

// listFed returns what a feed without a search may hold after a dataset.
func (s *Server) listFed(ctx context.Context, f *feed, after string, offset, limit int) ([]*catalog.Dataset, int, error) {
	return s.datasets.ListDatasets(ctx, catalog.DatasetFilter{
		Organization: f.org, Holder: f.holder, ModifiedSince: f.since, Fed: true, NotRNDT: !f.rndt,
		Sort: catalog.ByID, After: after, Offset: offset, Limit: limit,
	})
}

// searchFed is listFed for a feed with a search.
func (s *Server) searchFed(ctx context.Context, f *feed, after string, offset, limit int) ([]*catalog.Dataset, int, error) {
	q := f.filter
	q.Filters = slices.Clone(q.Filters)
	if after != "" {
		q.Filters = append(q.Filters, search.Range{Field: search.ID, Low: after, LowOpen: true})
	}
	held, err := s.unfed(ctx, f.rndt)
	if err != nil {
		return nil, 0, err
	}
	if len(held) > 0 {
		q.Filters = append(q.Filters, search.Bool{Must: []search.Node{search.Everything{}}, Not: []search.Node{search.IDs{Of: held}}})
	}
	q.Offset, q.Limit = offset, limit
	found, err := search.Find(ctx, s.engine, s.datasets, q)
	if err != nil {
		return nil, 0, err
	}
	return found.Datasets, found.Total, nil
}

// unfed returns the IDs of what everybody sees and feeds may not hold: the
// index does not know it, and a page must be neither short nor miscounted.
func (s *Server) unfed(ctx context.Context, rndt bool) ([]string, error) {
	ds, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Quarantined: true, Limit: -1})
	if err == nil && !rndt {
		var geo []*catalog.Dataset
		geo, _, err = s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Fed: true, RNDT: true, Limit: -1})
		ds = append(ds, geo...)
	}
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(ds))
	for i, d := range ds {
		ids[i] = d.ID
	}
	return ids, nil
}

// renderFeed renders a page once for all who ask for it at the same time.
func (s *Server) renderFeed(ctx context.Context, f *feed, key string, revision int64) ([]byte, error) {
	v, err, _ := s.renders.Do(fmt.Sprintf("%d %s", revision, key), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		on, err := s.feedPage(ctx, f)
		if err != nil {
			return nil, err
		}
		page, err := s.describePage(ctx, f, on)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := f.as.WriteCatalog(&b, f.syntax.format, s.site, page, on.datasets, s.shelf(ctx, f.as, f.syntax.format)); err != nil {
			return nil, err
		}
		if !f.searched() {
			s.cache.put(&cached{key: key, revision: revision, body: b.Bytes()})
		}
		return b.Bytes(), nil
	})
	if err != nil {
		return nil, err
	}
	return v.([]byte), nil
}

// describePage says which page of f is written. The link to the next one says
// where this one ends, so that nothing is lost between them.
func (s *Server) describePage(ctx context.Context, f *feed, on feedPage) (dcat.Page, error) {
	end := ""
	if n := len(on.datasets); n > 0 {
		end = on.datasets[n-1].ID
	}
	page := dcat.Page{
		Number: f.page, PerPage: perPage, Total: on.total,
		Link: func(n int) string {
			switch n {
			case f.page:
				return s.site.Link(f.self())
			case f.page + 1:
				return s.site.Link(f.link(n, end))
			}
			return s.site.Link(f.link(n, ""))
		},
	}
	if f.after != "" || on.left > 0 {
		page.Pages = f.page + (on.left+perPage-1)/perPage
	}
	latest, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Fed: true, Sort: catalog.ByUpdated, Limit: 1})
	if err != nil {
		return page, err
	}
	if len(latest) > 0 {
		page.Modified = latest[0].Updated
	}
	return page, nil
}
