package api

import (
	"context"

	"portico/catalog"
	"portico/dcat"
)

// judge says what keeps a dataset that a client has written out of RDF feeds,
// and what has to be completed by rule to put it there. The dataset itself
// stays as it was written: CKAN's clients are answered what they sent.
func (s *Server) judge(ctx context.Context, d *catalog.Dataset, b *bodies) error {
	o, err := b.organization(ctx, d.Organization)
	if err != nil {
		return err
	}
	full := dcat.Completed(d, s.defaults.In(o))
	if full.Modified == "" { // see dcat.Fed
		full.Modified = catalog.DateOf(s.now())
	}
	d.Notes, d.Quarantine = full.Notes, dcat.Check(full)
	return nil
}

// fed returns datasets as they go into a feed: with what the profile asks and
// a client who knows only CKAN's words does not say.
func (b *bodies) fed(ctx context.Context, ds ...*catalog.Dataset) ([]*catalog.Dataset, error) {
	out := make([]*catalog.Dataset, len(ds))
	for i, d := range ds {
		o, err := b.organization(ctx, d.Organization)
		if err != nil {
			return nil, err
		}
		out[i] = dcat.Fed(d, o, b.s.defaults)
	}
	return out, nil
}
