package api

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"sync"

	"portico/catalog"
	"portico/internal/ckan"
)

// A directory is all organizations and groups at one revision of the catalog,
// with the numbers of datasets that one actor may see.
type directory struct {
	revision   int64
	stamp      uint64 // of everything that a dataset's JSON shows of them
	orgs       []*catalog.Organization
	orgsByID   map[string]*catalog.Organization
	groups     []*catalog.Group
	groupsByID map[string]*catalog.Group
	groupNamed map[string]*catalog.Group
}

// A directoryCache holds what anybody may see of the latest revision.
type directoryCache struct {
	mu     sync.Mutex
	latest *directory
}

// directoryNow returns the directory of the latest revision for the actor of
// ctx.
func (s *Server) directoryNow(ctx context.Context) (*directory, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	return s.directoryAt(ctx, revision)
}

// directoryAt returns the directory for the actor of ctx.
func (s *Server) directoryAt(ctx context.Context, revision int64) (*directory, error) {
	if a := catalog.ActorOf(ctx); a.ID != "" || a.Sysadmin {
		return s.loadDirectory(ctx, revision)
	}
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	if d := s.directory.latest; d != nil && d.revision == revision {
		return d, nil
	}
	d, err := s.loadDirectory(ctx, revision)
	if err == nil {
		s.directory.latest = d
	}
	return d, err
}

func (s *Server) loadDirectory(ctx context.Context, revision int64) (*directory, error) {
	d := &directory{
		revision: revision, orgsByID: map[string]*catalog.Organization{},
		groupsByID: map[string]*catalog.Group{}, groupNamed: map[string]*catalog.Group{},
	}
	var err error
	if d.orgs, err = s.orgs.Organizations(ctx); err != nil {
		return nil, err
	}
	if d.groups, err = s.orgs.Groups(ctx); err != nil {
		return nil, err
	}
	h := fnv.New64a()
	enc := json.NewEncoder(h)
	for _, o := range d.orgs {
		d.orgsByID[o.ID] = o
		if err := enc.Encode([]any{o.ID, o.Name, o.Title, o.Description, o.ImageURL, o.State, o.Created}); err != nil {
			return nil, err
		}
	}
	for _, g := range d.groups {
		d.groupsByID[g.ID], d.groupNamed[g.Name] = g, g
		if err := enc.Encode([]any{g.ID, g.Name, g.Title, g.Description, g.ImageURL, g.State}); err != nil {
			return nil, err
		}
	}
	d.stamp = h.Sum64()
	return d, nil
}

// org returns the organization with the given ID or name, or nil.
func (d *directory) org(ref string) *catalog.Organization {
	if o := d.orgsByID[ref]; o != nil {
		return o
	}
	for _, o := range d.orgs {
		if o.Name == ref {
			return o
		}
	}
	return nil
}

// group returns the group with the given ID or name, or nil.
func (d *directory) group(ref string) *catalog.Group {
	if g := d.groupsByID[ref]; g != nil {
		return g
	}
	return d.groupNamed[ref]
}

// refs returns what the JSON of a dataset needs beside it.
func (d *directory) refs(site catalog.Site, ds *catalog.Dataset) ckan.Refs {
	return ckan.Refs{Site: site, Organization: d.orgsByID[ds.Organization], Groups: d.groupNamed}
}
