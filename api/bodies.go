package api

import (
	"context"

	"portico/catalog"
	"portico/internal/ckan"
)

// Organizations is what a Server asks of the store of organizations and groups.
type Organizations interface {
	catalog.Organizations

	// Body returns the organization or group with the given ID or name, the
	// other being nil, whoever asks and in any state, or NotFound. It does not
	// count datasets, which takes longer than all the rest.
	Body(ctx context.Context, ref string) (*catalog.Organization, *catalog.Group, error)
}

// bodies are the organizations and groups that one request has looked at, so
// that each is loaded once.
type bodies struct {
	s      *Server
	orgs   map[string]*catalog.Organization
	groups map[string]*catalog.Group // by what was asked for and by name
}

func (s *Server) bodies() *bodies {
	return &bodies{s: s, orgs: map[string]*catalog.Organization{}, groups: map[string]*catalog.Group{}}
}

// organization returns the organization with the given ID, or nil.
func (b *bodies) organization(ctx context.Context, id string) (*catalog.Organization, error) {
	if o, ok := b.orgs[id]; ok || id == "" {
		return o, nil
	}
	o, _, err := b.s.orgs.Body(ctx, id)
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		return nil, err
	}
	if o != nil && o.State == catalog.Deleted {
		o = nil
	}
	b.orgs[id] = o
	return o, nil
}

// group returns the group with the given ID or name, or nil.
func (b *bodies) group(ctx context.Context, ref string) (*catalog.Group, error) {
	if g, ok := b.groups[ref]; ok {
		return g, nil
	}
	g, err := b.s.group(ctx, ref)
	if err != nil {
		return nil, err
	}
	if b.groups[ref] = g; g != nil {
		b.groups[g.Name] = g
	}
	return g, nil
}

// refs returns what the JSON of a dataset needs beside it.
func (b *bodies) refs(ctx context.Context, d *catalog.Dataset) (ckan.Refs, error) {
	o, err := b.organization(ctx, d.Organization)
	if err != nil {
		return ckan.Refs{}, err
	}
	refs := ckan.Refs{Site: b.s.site, Organization: o, Groups: make(map[string]*catalog.Group, len(d.Groups))}
	for _, name := range d.Groups {
		g, err := b.group(ctx, name)
		if err != nil {
			return refs, err
		}
		if g != nil {
			refs.Groups[g.Name] = g
		}
	}
	return refs, nil
}

// resolve puts the groups of a validated dataset by their names, however they
// were sent. There is none of those that there are not, as in CKAN.
func (b *bodies) resolve(ctx context.Context, clean map[string]any) error {
	items, ok := clean["groups"].([]any)
	if !ok {
		return nil
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		g, err := b.group(ctx, groupRef(item))
		if err != nil {
			return err
		}
		if g != nil {
			out = append(out, map[string]any{"id": g.ID, "name": g.Name, "title": g.Title.String()})
		}
	}
	clean["groups"] = out
	return nil
}
