package api

import (
	"context"

	"portico/catalog"
)

// notAuthorized is CKAN's refusal: it names who may not do what.
func notAuthorized(ctx context.Context, what string) error {
	return withDetail(catalog.Denied, "User "+catalog.ActorOf(ctx).Name+" not authorized to "+what)
}

// mayCreate asks whether the actor of ctx may make a dataset as it was sent, in
// CKAN's order: any dataset, in these groups, in this organization.
func (s *Server) mayCreate(ctx context.Context, sent map[string]any) error {
	a := catalog.ActorOf(ctx)
	if a.Sysadmin {
		return nil
	}
	makes, err := s.makesDatasets(ctx, a)
	if err != nil {
		return err
	}
	if !makes {
		return notAuthorized(ctx, "create packages")
	}
	if err := s.mayUseGroups(ctx, sent["groups"], nil); err != nil {
		return err
	}
	ref := toText(sent["owner_org"])
	if ref == "" {
		return nil // validation says that one must be given
	}
	may, err := s.mayAddTo(ctx, ref)
	if err == nil && !may {
		return notAuthorized(ctx, "add dataset to this organization")
	}
	return err
}

// makesDatasets reports whether an actor may make datasets in any organization.
// What they are in groups does not count.
func (s *Server) makesDatasets(ctx context.Context, a catalog.Actor) (bool, error) {
	for _, body := range a.Bodies() {
		if !a.May(body, catalog.RoleEditor) {
			continue
		}
		_, organization, err := s.bodyID(ctx, body)
		if err != nil || organization {
			return organization, err
		}
	}
	return false, nil
}

// mayAddTo reports whether the actor of ctx may put a dataset into the
// organization with the given ID or name.
func (s *Server) mayAddTo(ctx context.Context, ref string) (bool, error) {
	id, organization, err := s.bodyID(ctx, ref)
	if err != nil || !organization {
		return false, err
	}
	return catalog.ActorOf(ctx).May(id, catalog.RoleEditor), nil
}

// bodyID returns the ID of an organization or group that is not deleted, or "".
func (s *Server) bodyID(ctx context.Context, ref string) (id string, organization bool, err error) {
	if ref == "" || len(ref) > maxRef {
		return "", false, nil
	}
	id, organization, state, err := s.orgs.BodyID(ctx, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound || err == nil && state == catalog.Deleted {
		return "", false, nil
	}
	return id, organization, err
}

// mayUseGroups asks whether the actor of ctx may put a dataset into the groups
// that were sent: whoever is a member of a group may. Those that the dataset is
// in already are not asked about.
func (s *Server) mayUseGroups(ctx context.Context, sent any, in []string) error {
	a := catalog.ActorOf(ctx)
	groups, ok := sent.([]any)
	if a.Sysadmin || !ok {
		return nil
	}
	had := make(map[string]bool, len(in))
	for _, name := range in {
		had[name] = true
	}
	refused := false
	for _, item := range groups {
		ref := groupRef(item)
		if ref == "" || had[ref] {
			continue
		}
		g, err := s.group(ctx, ref)
		if err != nil {
			return err
		}
		if g == nil {
			return withDetail(catalog.NotFound, "Group was not found.")
		}
		refused = refused || !had[g.Name] && !a.May(g.ID, catalog.RoleMember)
	}
	if refused {
		return notAuthorized(ctx, "edit these groups")
	}
	return nil
}

// groupRef returns the ID, else the name, of a group as clients write it.
func groupRef(item any) string {
	m, ok := item.(map[string]any)
	if !ok {
		s, _ := item.(string)
		return s
	}
	if id := toText(m["id"]); id != "" {
		return id
	}
	return toText(m["name"])
}

// group returns the group with the given ID or name, whoever may see it, or
// nil.
func (s *Server) group(ctx context.Context, ref string) (*catalog.Group, error) {
	if ref == "" || len(ref) > maxRef {
		return nil, nil
	}
	_, g, err := s.orgs.Body(ctx, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound || g != nil && g.State == catalog.Deleted {
		return nil, nil
	}
	return g, err
}

// mayEdit reports whether an actor may change a dataset: editors of its
// organization may, and of one that has none, who made it. The decision is on
// the stored dataset; where it is to go is asked by validation.
func mayEdit(a catalog.Actor, d *catalog.Dataset) bool {
	switch {
	case a.Sysadmin:
		return true
	case d.Organization != "":
		return a.May(d.Organization, catalog.RoleEditor)
	}
	return a.ID != "" && a.ID == d.Creator && a.Scope == catalog.ScopeAll
}

// mayUpdate asks whether the actor of ctx may change d, and put it into the
// groups that were sent.
func (s *Server) mayUpdate(ctx context.Context, d *catalog.Dataset, groups any) error {
	if !mayEdit(catalog.ActorOf(ctx), d) {
		return notAuthorized(ctx, "edit package "+d.ID)
	}
	return s.mayUseGroups(ctx, groups, d.Groups)
}

// mayRead reports whether the actor of ctx may see d at all: what is public
// everybody, the rest members of its organization and, where it has none, who
// made it. The store says the same in SQL to those who only read.
func mayRead(a catalog.Actor, d *catalog.Dataset) bool {
	return d.Visible() || a.Sysadmin || a.May(d.Organization, catalog.RoleMember) || d.Organization == "" && a.ID != "" && a.ID == d.Creator
}
