package api

import (
	"context"
	"maps"
	"slices"

	"portico/api/schema"
	"portico/catalog"
)

// A bulkChange is what a bulk action sets on each of its datasets.
type bulkChange struct {
	key   string
	value any
}

// maxBulk bounds how many datasets one bulk action changes.
const maxBulk = 1000

// bulkUpdate returns an action that changes those of the given datasets that
// are in the given organization; others are passed over, as CKAN does. Admins
// of the organization may.
func (s *Server) bulkUpdate(do bulkChange) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, in *args) (result, error) {
		org := in.text("org_id")
		id, _, err := s.bodyID(ctx, org)
		if err != nil {
			return nil, err
		}
		if !catalog.ActorOf(ctx).May(id, catalog.RoleAdmin) {
			return nil, catalog.Errorf(catalog.Denied, "not for this actor")
		}
		refs := in.list("datasets")
		if len(refs) > maxBulk {
			return nil, schema.Fault("datasets", "Too many datasets")
		}
		for _, ref := range refs {
			if err := s.bulkOne(ctx, ref, id, do); err != nil {
				return nil, err
			}
		}
		return nothing(), nil
	}
}

func (s *Server) bulkOne(ctx context.Context, ref, org string, do bulkChange) error {
	d, err := s.anyDataset(ctx, ref)
	switch {
	case err != nil && catalog.KindOf(err) == catalog.NotFound, err == nil && (d.ID != ref || org == "" || d.Organization != org):
		return nil
	case err != nil:
		return err
	}
	_, _, err = s.patch(ctx, d.ID, map[string]any{do.key: do.value})
	return err
}

// packageOwnerOrgUpdate is for sysadmins alone: whoever else moves a dataset
// does so by package_patch, which asks for both organizations.
func (s *Server) packageOwnerOrgUpdate(ctx context.Context, in *args) (result, error) {
	if !catalog.ActorOf(ctx).Sysadmin {
		return nil, catalog.Errorf(catalog.Denied, "not for this actor")
	}
	org := in.text("organization_id")
	id, organization, err := s.bodyID(ctx, org)
	if err != nil {
		return nil, err
	}
	err = change(ctx, func() error {
		d, err := s.anyDataset(ctx, in.text("id"))
		switch {
		case err != nil && catalog.KindOf(err) == catalog.NotFound:
			return withDetail(catalog.NotFound, "Package was not found.")
		case err != nil:
			return err
		case org != "" && !organization:
			return withDetail(catalog.NotFound, "Organization was not found.")
		}
		e := &rework{s: s, old: d, bodies: s.bodies()}
		moved := *d
		moved.Organization, moved.Private = id, d.Private && id != ""
		_, err = e.put(ctx, &moved)
		return err
	})
	if err != nil {
		return nil, err
	}
	return nothing(), nil
}

func (s *Server) packageReorder(ctx context.Context, in *args) (result, error) {
	if err := schema.Required(in.given, "id"); err != nil {
		return nil, err
	}
	if err := schema.Required(in.given, "order"); err != nil {
		return nil, err
	}
	if _, ok := in.given["order"].([]any); !ok {
		return nil, schema.Says("order", "Must be a list of resource")
	}
	order := in.list("order")
	if twice := slices.Compact(slices.Sorted(slices.Values(order))); len(twice) != len(order) {
		return nil, schema.Says("order", "Must supply unique resource_ids")
	}
	var ids []string
	err := change(ctx, func() error {
		d, err := s.readable(ctx, in.text("id"))
		if err != nil {
			return err
		}
		moved := *d
		if moved.Distributions, err = inOrder(d.Distributions, order); err != nil {
			return err
		}
		if err := s.mayUpdate(ctx, d, nil); err != nil {
			return err
		}
		e := &rework{s: s, old: d, bodies: s.bodies()}
		if _, err := e.put(ctx, &moved); err != nil {
			return err
		}
		ids = ids[:0]
		for i := range moved.Distributions {
			ids = append(ids, moved.Distributions[i].ID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]any{"id": in.given["id"], "order": ids})), nil
}

// inOrder returns the distributions with the given IDs first.
func inOrder(xs []catalog.Distribution, order []string) ([]catalog.Distribution, error) {
	left := make(map[string]*catalog.Distribution, len(xs))
	for i := range xs {
		left[xs[i].ID] = &xs[i]
	}
	out := make([]catalog.Distribution, 0, len(xs))
	for _, id := range order {
		x := left[id]
		if x == nil {
			return nil, schema.Says("order", "resource_id "+id+" can not be found")
		}
		delete(left, id)
		out = append(out, *x)
	}
	rest := slices.Collect(maps.Keys(left))
	for i := range xs {
		if slices.Contains(rest, xs[i].ID) {
			out = append(out, xs[i])
		}
	}
	return out, nil
}

// readable returns a dataset that the actor of ctx may see, or may change: who
// may undelete it may see it. Else it is CKAN's refusal.
func (s *Server) readable(ctx context.Context, ref string) (*catalog.Dataset, error) {
	d, err := s.anyDataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !mayRead(catalog.ActorOf(ctx), d) {
		return nil, notAuthorized(ctx, "read package "+d.ID)
	}
	return d, nil
}
