package api

import (
	"context"
	"slices"

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
	full := completed(d, o)
	if full.Modified == "" { // see fed
		full.Modified = catalog.DateOf(s.now())
	}
	d.Notes, d.Quarantine = full.Notes, dcat.Check(full)
	return nil
}

// fed returns datasets as they go into a feed: with what the profile asks and
// a client who knows only CKAN's words does not say. When nothing says when
// the data changed, their record does.
func (b *bodies) fed(ctx context.Context, ds ...*catalog.Dataset) ([]*catalog.Dataset, error) {
	out := make([]*catalog.Dataset, len(ds))
	for i, d := range ds {
		o, err := b.organization(ctx, d.Organization)
		if err != nil {
			return nil, err
		}
		if out[i] = completed(d, o); out[i].Modified == "" {
			out[i].Modified = catalog.DateOf(d.Updated)
		}
	}
	return out, nil
}

// completed returns a copy of d that is completed by rule. Who says nothing of
// the holder means the organization under which they publish.
func completed(d *catalog.Dataset, o *catalog.Organization) *catalog.Dataset {
	full := *d
	full.Notes = slices.Clone(d.Notes)
	if d.Origin.Source == "" {
		full.Notes = nil
	}
	full.Creators, full.Contacts = slices.Clone(d.Creators), slices.Clone(d.Contacts)
	full.ConformsTo, full.Legislation = slices.Clone(d.ConformsTo), slices.Clone(d.Legislation)
	full.Distributions = slices.Clone(d.Distributions)
	for i := range full.Distributions {
		x := &full.Distributions[i]
		x.ConformsTo, x.Legislation = slices.Clone(x.ConformsTo), slices.Clone(x.Legislation)
	}
	var def dcat.Defaults
	if o != nil {
		def.Holder = catalog.Agent{Identifier: o.Identifier, Name: o.Title}
	}
	dcat.Complete(&full, def)
	return &full
}
