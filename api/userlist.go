package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"portico/catalog"
)

type userListParams struct {
	q, email, order string
	whole           bool
}

func readUserList(a *args) userListParams {
	a.boolean("include_site_user", false)
	p := userListParams{q: strings.ToLower(a.text("q")), email: strings.ToLower(a.text("email")), order: a.text("order_by"), whole: a.boolean("all_fields", true)}
	if p.order == "edits" {
		a.refuse("order_by=edits is no longer supported")
	}
	return p
}

func (s *Server) userList(ctx context.Context, p userListParams) (result, error) {
	a := catalog.ActorOf(ctx)
	if s.hidesUsers(ctx) || p.email != "" && !a.Sysadmin {
		return nil, errPrivateUsers()
	}
	all, err := s.activeUsers(ctx)
	if err != nil {
		return nil, err
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	var objects []map[string]any
	for _, u := range all {
		if !p.matches(u, a.Sysadmin) {
			continue
		}
		m, err := s.userObjectAt(ctx, u, sightOf(ctx, u), revision)
		if err != nil {
			return nil, err
		}
		objects = append(objects, m)
	}
	slices.SortStableFunc(objects, p.compare)
	if p.whole {
		if objects == nil {
			objects = []map[string]any{}
		}
		return one(mustJSON(objects)), nil
	}
	names := make([]string, len(objects))
	for i, m := range objects {
		names[i], _ = m["name"].(string)
	}
	return one(stringsJSON(names)), nil
}

// activeUsers returns the users who can act, by name.
func (s *Server) activeUsers(ctx context.Context) ([]*catalog.User, error) {
	if s.users == nil {
		return nil, nil
	}
	all, err := s.users.Users(ctx)
	return slices.DeleteFunc(all, func(u *catalog.User) bool { return u.State == catalog.Deleted }), err
}

func (p userListParams) matches(u *catalog.User, sysadmin bool) bool {
	if p.email != "" && strings.ToLower(u.Email) != p.email {
		return false
	}
	return strings.Contains(strings.ToLower(u.Name), p.q) || strings.Contains(strings.ToLower(u.FullName), p.q) ||
		sysadmin && strings.Contains(strings.ToLower(u.Email), p.q)
}

// compare orders users as order_by says, else by the name that they show.
func (p userListParams) compare(a, b map[string]any) int {
	text := func(m map[string]any, key string) string { s, _ := m[key].(string); return strings.ToLower(s) }
	switch p.order {
	case "id", "name", "fullname", "about", "created":
		return strings.Compare(text(a, p.order), text(b, p.order))
	case "sysadmin":
		x, _ := a[p.order].(bool)
		y, _ := b[p.order].(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	case "number_created_packages":
		x, _ := a[p.order].(int)
		y, _ := b[p.order].(int)
		return cmp.Compare(x, y)
	}
	return strings.Compare(text(a, "display_name"), text(b, "display_name"))
}

type userPartParams struct {
	partParams
	others bool
}

func readUserPart(a *args) userPartParams {
	return userPartParams{partParams: readPart(20, true)(a), others: a.boolean("ignore_self", false)}
}

func (s *Server) userAutocomplete(ctx context.Context, p userPartParams) (result, error) {
	if s.hidesUsers(ctx) {
		return nil, errPrivateUsers()
	}
	out, err := s.usersLike(ctx, p)
	return one(mustJSON(out)), err
}

// A namedUser is a user as the autocomplete actions give them.
type namedUser struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	FullName any    `json:"fullname"`
}

func (s *Server) usersLike(ctx context.Context, p userPartParams) ([]namedUser, error) {
	all, err := s.activeUsers(ctx)
	out := []namedUser{}
	like := userListParams{q: strings.ToLower(p.part)}
	for _, u := range all {
		self := u.ID == catalog.ActorOf(ctx).ID
		if len(out) < p.limit && like.matches(u, false) && (!self || !p.others) {
			out = append(out, namedUser{ID: u.ID, Name: u.Name, FullName: orNull(u.FullName)})
		}
	}
	return out, err
}
