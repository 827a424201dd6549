package api

import (
	"context"
	"slices"
	"strings"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addMemberActions(t map[string]action) {
	group := param{"id", "text", "the name or ID of the organization or group"}
	object := param{"object", "text", "the name or ID of the user, dataset or group"}
	kind := param{"object_type", "text", "user, package or group"}
	username := param{"username", "text", "the name or ID of the user"}
	role := param{"role", "text", "member, editor or admin"}
	t["member_list"] = read(readMemberList, s.memberList, "The members of an organization or group: ID, kind and role of each.",
		group, kind, param{"capacity", "text", "only those with this role"})
	t["member_roles_list"] = read(readRoles, s.memberRoles, "The roles that there are.",
		param{"group_type", "text", "organization or group"})
	t["member_create"] = write(readMember, s.memberCreate, "Puts a user, dataset or group into a group, or a user into an organization.",
		group, object, kind, param{"capacity", "text", "the role of a user: member, editor or admin"})
	t["member_delete"] = write(readMemberDelete, s.memberDelete, "Takes a user, dataset or group out of a group or organization.", group, object, kind)
	for _, body := range []string{"organization", "group"} {
		t[body+"_member_create"] = write(asGiven, s.userMemberCreate, "Gives a user a role.", group, username, role)
		t[body+"_member_delete"] = write(asGiven, s.userMemberDelete, "Takes a user's role away.", group, username,
			param{"user_id", "text", "the same as username"})
	}
}

// A memberKind is what can be put into a body, as CKAN names it.
type memberKind string

const (
	userKind    memberKind = "user"
	packageKind memberKind = "package"
	groupKind   memberKind = "group"
)

type memberParams struct {
	ref, object, role string
	kind              memberKind
}

func readMember(a *args) memberParams {
	p := readMemberDelete(a)
	p.role = a.required("capacity")
	return p
}

func readMemberDelete(a *args) memberParams {
	return memberParams{ref: a.required("id"), object: a.required("object"), kind: memberKind(a.required("object_type"))}
}

func (s *Server) memberCreate(ctx context.Context, p memberParams) (result, error) {
	b, object, err := s.membership(ctx, p)
	if err != nil {
		return nil, err
	}
	m := &catalog.Member{Body: b.ID, Object: object}
	switch p.kind {
	case packageKind:
		if err := s.putInGroup(ctx, b, object, true); err != nil {
			return nil, err
		}
		m.ID = catalog.StableID("member", b.ID, object)
	case groupKind:
		if err := s.putParent(ctx, b, m); err != nil {
			return nil, err
		}
	default:
		m.Kind, m.Role = catalog.MemberUser, catalog.Role(p.role)
		if err := s.putRole(ctx, m); err != nil {
			return nil, err
		}
	}
	return one(memberJSON(m, p)), nil
}

func memberJSON(m *catalog.Member, p memberParams) []byte {
	return mustJSON(map[string]string{
		"id": m.ID, "table_name": string(p.kind), "table_id": m.Object, "capacity": p.role, "group_id": m.Body, "state": "active",
	})
}

// putParent makes a body the parent of another, if no loop comes of it.
func (s *Server) putParent(ctx context.Context, b body, m *catalog.Member) error {
	free, err := s.lookup(ctx).MayBeParent(ctx, b.ID, m.Object)
	if err != nil {
		return err
	}
	if !free {
		return schema.Fault("groups", "This parent would create a loop in the hierarchy")
	}
	m.Kind, m.Role = catalog.MemberGroup, catalog.RoleMember
	return s.members.PutMember(ctx, m)
}

// putRole gives a user a role. An admin cannot take it from themselves: a body
// must not lose its last one by a slip.
func (s *Server) putRole(ctx context.Context, m *catalog.Member) error {
	if !m.Role.Valid() {
		return schema.Fault("role", "role does not exist.")
	}
	a := catalog.ActorOf(ctx)
	if a.ID == m.Object && !a.Sysadmin && m.Role != catalog.RoleAdmin && a.Roles[m.Body] == catalog.RoleAdmin {
		return withDetail(catalog.Denied, "Administrators cannot revoke their own admin status")
	}
	return s.members.PutMember(ctx, m)
}

func (s *Server) memberDelete(ctx context.Context, p memberParams) (result, error) {
	b, object, err := s.membership(ctx, p)
	if err != nil {
		return nil, err
	}
	switch p.kind {
	case packageKind:
		err = s.putInGroup(ctx, b, object, false)
	case groupKind:
		err = s.members.RemoveMember(ctx, b.ID, catalog.MemberGroup, object)
	default:
		err = s.members.RemoveMember(ctx, b.ID, catalog.MemberUser, object)
	}
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		return nil, err
	}
	return nothing(), nil // that it was no member is no fault, as in CKAN
}

// membership finds the body and the thing that a call is about, in CKAN's
// order, and asks whether the actor may.
func (s *Server) membership(ctx context.Context, p memberParams) (b body, object string, err error) {
	if b, err = s.bodyByID(ctx, p.ref); err != nil {
		return body{}, "", notThere("Group", err)
	}
	if p.kind != userKind && p.kind != packageKind && p.kind != groupKind {
		return body{}, "", schema.Says("message", title(string(p.kind))+" isn't a valid model")
	}
	least := catalog.RoleAdmin
	if p.kind == packageKind && !b.IsOrganization {
		least = catalog.RoleMember
	}
	if !catalog.ActorOf(ctx).May(b.ID, least) {
		return body{}, "", notAuthorized(ctx, "edit group "+b.ID)
	}
	object, err = s.memberID(ctx, p.kind, p.object)
	return b, object, err
}

// memberID returns the ID of a user, dataset or body.
func (s *Server) memberID(ctx context.Context, kind memberKind, ref string) (string, error) {
	switch kind {
	case packageKind:
		d, err := s.dataset(ctx, ref)
		if err != nil {
			return "", notThere("Package", err)
		}
		return d.ID, nil
	case groupKind:
		b, err := s.bodyByID(ctx, ref)
		return b.ID, notThere("Group", err)
	case userKind:
	}
	u, err := s.userByRef(ctx, ref)
	if err != nil {
		return "", notThere("User", err)
	}
	return u.ID, nil
}

// notThere says in CKAN's words that something was not found.
func notThere(what string, err error) error {
	if k := catalog.KindOf(err); err != nil && (k == catalog.NotFound || k == catalog.Gone) {
		return withDetail(catalog.NotFound, what+" was not found.")
	}
	return err
}

// title returns the first 50 letters of s with a capital at the start.
func title(s string) string {
	const most = 50
	r := []rune(strings.ToLower(s))
	r = r[:min(len(r), most)]
	return strings.ToUpper(string(r[:min(len(r), 1)])) + string(r[min(len(r), 1):])
}

// putInGroup puts a dataset into a group, or takes it out.
func (s *Server) putInGroup(ctx context.Context, b body, id string, in bool) error {
	if b.IsOrganization {
		return schema.Says("message", "The organization of a dataset is changed by package_owner_org_update")
	}
	const tries = 5
	var err error
	for range tries {
		var d *catalog.Dataset
		if d, err = s.datasets.Dataset(ctx, id); err != nil {
			return err
		}
		if slices.Contains(d.Groups, b.Name) == in {
			return nil
		}
		if in {
			d.Groups = append(d.Groups, b.Name)
		} else {
			d.Groups = slices.DeleteFunc(d.Groups, func(name string) bool { return name == b.Name })
		}
		_, err = s.datasets.PutDataset(ctx, d)
		if err == nil || catalog.KindOf(err) != catalog.Conflict {
			return err
		}
	}
	return err
}

// userMemberCreate gives a user a role in a body. Who may not is told so before
// anything else, as CKAN does.
func (s *Server) userMemberCreate(ctx context.Context, in *args) (result, error) {
	a := catalog.ActorOf(ctx)
	b, err := s.bodyByID(ctx, in.text("id"))
	if k := catalog.KindOf(err); err != nil && k != catalog.NotFound && k != catalog.Gone {
		return nil, err
	}
	if !a.May(b.ID, catalog.RoleAdmin) {
		return nil, notAuthorized(ctx, "add members")
	}
	clean, err := schema.Member(ctx, schema.Context{Lookup: s.lookup(ctx), Actor: a}, in.given)
	if err != nil {
		return nil, err
	}
	username, _ := clean["username"].(string)
	u, err := s.userByRef(ctx, username)
	if err != nil {
		return nil, err
	}
	if b.ID == "" {
		return nil, withDetail(catalog.NotFound, "Group was not found.")
	}
	role, _ := clean["role"].(string)
	m := &catalog.Member{Body: b.ID, Kind: catalog.MemberUser, Object: u.ID, Role: catalog.Role(role)}
	if err := s.putRole(ctx, m); err != nil {
		return nil, err
	}
	return one(memberJSON(m, memberParams{kind: userKind, role: role})), nil
}

func (s *Server) userMemberDelete(ctx context.Context, in *args) (result, error) {
	p := memberParams{kind: userKind, ref: in.required("id")}
	if p.object = in.text("username"); p.object == "" {
		if p.object = in.text("user_id"); p.object == "" {
			p.object = in.required("username")
		}
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	return s.memberDelete(ctx, p)
}
