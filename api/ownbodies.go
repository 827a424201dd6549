package api

import (
	"context"
	"slices"
	"strings"

	"portico/catalog"
)

func (s *Server) addOwnBodyActions(t map[string]action) {
	members := param{"include_member_count", "true or false", "whether to tell how many members there are"}
	t["organization_list_for_user"] = read(readOwnOrganizations, s.ownOrganizations,
		"The organizations in which a user may do something.",
		param{"id", "text", "the name or ID of the user; without it, the one whose token is sent"},
		param{"permission", "text", "what they may do there: read, create_dataset, update_dataset, delete_dataset, manage_group, membership, admin"},
		withCountParam, members)
	t["group_list_authz"] = read(readOwnGroups, s.ownGroups, "The groups into which the actor may put datasets.",
		param{"available_only", "true or false", "accepted for CKAN's sake"},
		param{"am_member", "true or false", "only those that the actor is a member of, also for sysadmins"},
		withCountParam, members)
}

type ownBodiesParams struct {
	user, permission string
	member           bool
	view             bodyView
}

func readOwnBodies(a *args) ownBodiesParams {
	return ownBodiesParams{view: bodyView{
		count: a.boolean("include_dataset_count", false), members: a.boolean("include_member_count", false), bare: true,
	}}
}

func readOwnOrganizations(a *args) ownBodiesParams {
	p := readOwnBodies(a)
	p.user, p.permission = a.text("id"), a.text("permission")
	return p
}

func readOwnGroups(a *args) ownBodiesParams {
	p := readOwnBodies(a)
	p.member = a.boolean("am_member", false)
	a.boolean("available_only", false)
	return p
}

// leastRole returns the role that a permission of CKAN asks for. One that is
// not known asks for an admin, who may do everything.
func leastRole(permission string) catalog.Role {
	switch permission {
	case "", "manage_group", "read":
		return catalog.RoleMember
	case "create_dataset", "update_dataset", "delete_dataset":
		return catalog.RoleEditor
	}
	return catalog.RoleAdmin
}

func (s *Server) ownOrganizations(ctx context.Context, p ownBodiesParams) (result, error) {
	who := catalog.ActorOf(ctx)
	if p.user != "" {
		if s.hidesUsers(ctx) {
			return nil, errPrivateUsers()
		}
		u, err := s.userByRef(ctx, p.user)
		if err != nil {
			return nil, err
		}
		if u.ID != who.ID {
			roles, err := s.users.Roles(ctx, u.ID)
			if err != nil {
				return nil, err
			}
			who = catalog.Actor{ID: u.ID, Name: u.Name, Sysadmin: u.Sysadmin, Roles: roles}
		}
	}
	if who.ID == "" {
		return one([]byte("[]")), nil
	}
	return s.bodiesOf(ctx, true, p, func(b body) (string, bool) {
		role := who.Roles[b.ID]
		if who.Sysadmin {
			role = catalog.RoleAdmin
		}
		return string(role), who.May(b.ID, leastRole(p.permission))
	})
}

func (s *Server) ownGroups(ctx context.Context, p ownBodiesParams) (result, error) {
	a := catalog.ActorOf(ctx)
	if a.ID == "" {
		return one([]byte("[]")), nil
	}
	return s.bodiesOf(ctx, false, p, func(b body) (string, bool) {
		_, member := a.Roles[b.ID]
		return "", member || a.Sysadmin && !p.member
	})
}

// bodiesOf lists the bodies that choose chooses, by title, with the role that
// it tells.
func (s *Server) bodiesOf(ctx context.Context, organizations bool, p ownBodiesParams, choose func(body) (string, bool)) (result, error) {
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return nil, err
	}
	all := dir.bodies(organizations)
	slices.SortStableFunc(all, func(a, b body) int { return strings.Compare(a.Title, b.Title) })
	out := []any{}
	for _, b := range all {
		role, ok := choose(b)
		if !ok {
			continue
		}
		m, err := s.bodyObject(ctx, b, p.view)
		if err != nil {
			return nil, err
		}
		if role != "" {
			m["capacity"] = role
		}
		out = append(out, m)
	}
	return one(mustJSON(out)), nil
}
