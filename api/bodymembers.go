package api

import (
	"context"
	"slices"

	"portico/catalog"
)

// changeMembers sees to the lists of users, parents and datasets that were
// sent with a body. With replace, who is not in a list that was sent is out.
func (s *Server) changeMembers(ctx context.Context, b body, clean map[string]any, replace bool) error {
	if users, ok := clean["users"].([]any); ok {
		if err := s.changeUsers(ctx, b, users, replace); err != nil {
			return err
		}
	}
	if parents, ok := clean["groups"].([]any); ok {
		if err := s.changeParents(ctx, b, parents, replace); err != nil {
			return err
		}
	}
	if packages, ok := clean["packages"].([]any); ok && !b.IsOrganization {
		return s.changePackages(ctx, b, packages, replace)
	}
	return nil
}

// changeUsers gives users their roles. Those that are not there are left out,
// as CKAN does, and who changes the list keeps the role that they have.
func (s *Server) changeUsers(ctx context.Context, b body, users []any, replace bool) error {
	self := catalog.ActorOf(ctx).ID
	listed := map[string]bool{}
	for _, item := range users {
		sent, _ := item.(map[string]any)
		u, err := s.userByRef(ctx, toText(sent["name"]))
		if catalog.KindOf(err) == catalog.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		listed[u.ID] = true
		role := catalog.Role(toText(sent["capacity"]))
		if !role.Valid() {
			role = catalog.RoleMember
		}
		if u.ID == self {
			continue
		}
		if err := s.members.PutMember(ctx, &catalog.Member{Body: b.ID, Kind: catalog.MemberUser, Object: u.ID, Role: role}); err != nil {
			return err
		}
	}
	if !replace {
		return nil
	}
	return s.removeOthers(ctx, b, catalog.MemberUser, func(id string) bool { return listed[id] || id == self })
}

// removeOthers takes out of b the members of a kind that are not to stay.
func (s *Server) removeOthers(ctx context.Context, b body, kind catalog.MemberKind, stays func(id string) bool) error {
	members, err := s.members.Members(ctx, b.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.Kind != kind || stays(m.Object) {
			continue
		}
		if err := s.members.RemoveMember(ctx, b.ID, kind, m.Object); err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
	}
	return nil
}

func (s *Server) changeParents(ctx context.Context, b body, parents []any, replace bool) error {
	var listed []string
	for _, item := range parents {
		sent, _ := item.(map[string]any)
		parent, err := s.bodyByID(ctx, toText(sent["name"]))
		if k := catalog.KindOf(err); err != nil && (k == catalog.NotFound || k == catalog.Gone) {
			continue
		}
		if err != nil {
			return err
		}
		listed = append(listed, parent.ID)
		if err := s.putParent(ctx, b, &catalog.Member{Body: b.ID, Object: parent.ID}); err != nil {
			return err
		}
	}
	if !replace {
		return nil
	}
	return s.removeOthers(ctx, b, catalog.MemberGroup, func(id string) bool { return slices.Contains(listed, id) })
}

// changePackages puts datasets into a group; those that the actor may not see
// stay as they are.
func (s *Server) changePackages(ctx context.Context, b body, packages []any, replace bool) error {
	listed := map[string]bool{}
	for _, item := range packages {
		sent, _ := item.(map[string]any)
		d, err := s.dataset(ctx, toText(sent["id"]))
		if err != nil {
			return err
		}
		listed[d.ID] = true
		if err := s.putInGroup(ctx, b, d.ID, true); err != nil {
			return err
		}
	}
	if !replace {
		return nil
	}
	in, err := s.datasetsIn(ctx, b)
	if err != nil {
		return err
	}
	for _, id := range in {
		if listed[id] {
			continue
		}
		if err := s.putInGroup(ctx, b, id, false); err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
	}
	return nil
}
