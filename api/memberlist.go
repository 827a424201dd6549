package api

import (
	"context"

	"portico/catalog"
	"portico/internal/ckan"
	"portico/search"
)

type memberListParams struct {
	ref, role string
	kind      memberKind
}

func readMemberList(a *args) memberListParams {
	return memberListParams{ref: a.required("id"), kind: memberKind(a.text("object_type")), role: a.text("capacity")}
}

// A listedMember is a member as member_list gives it: ID, kind, role.
type listedMember [3]string

var roleLabels = map[catalog.Role]string{catalog.RoleAdmin: "Admin", catalog.RoleEditor: "Editor", catalog.RoleMember: "Member"}

func (s *Server) memberList(ctx context.Context, p memberListParams) (result, error) {
	b, err := s.bodyByID(ctx, p.ref)
	if err != nil {
		return nil, err
	}
	if p.kind == userKind && s.hidesUsers(ctx) {
		return nil, errPrivateUsers()
	}
	members, err := s.members.Members(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	out := []listedMember{}
	for _, m := range members {
		kind, label, capacity := userKind, roleLabels[m.Role], string(m.Role)
		if m.Kind == catalog.MemberGroup {
			kind, label, capacity = groupKind, "public", "public"
		}
		if p.wants(kind, capacity) && (kind != userKind || !s.hidesUsers(ctx)) {
			out = append(out, listedMember{m.Object, string(kind), translate(label, localeIn(ctx))})
		}
	}
	if !p.wants(packageKind, datasetRole(b)) {
		return one(mustJSON(out)), nil
	}
	ids, err := s.datasetsIn(ctx, b)
	for _, id := range ids {
		out = append(out, listedMember{id, string(packageKind), datasetRole(b)})
	}
	return one(mustJSON(out)), err
}

// wants reports whether members of a kind with a role were asked for.
func (p memberListParams) wants(kind memberKind, role string) bool {
	return (p.kind == "" || p.kind == kind) && (p.role == "" || p.role == role)
}

// datasetRole is what CKAN calls the role of a dataset in b.
func datasetRole(b body) string {
	if b.IsOrganization {
		return "organization"
	}
	return "public"
}

// idForm renders a dataset as its ID.
var idForm = form{key: "id", append: func(dst []byte, d *catalog.Dataset, _ ckan.Refs) []byte { return append(dst, d.ID...) }}

// datasetsIn returns the IDs of the datasets in b that the actor may see.
func (s *Server) datasetsIn(ctx context.Context, b body) ([]string, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	const page, most = 1000, 100_000
	var ids []string
	for len(ids) < most {
		found, err := s.find(ctx, idForm, revision, search.Query{
			Filters: []search.Node{b.inIt()},
			Sort:    []search.Sort{{Field: search.Name}}, Offset: len(ids), Limit: page,
		})
		if err != nil {
			return nil, err
		}
		for _, id := range found.items {
			ids = append(ids, string(id))
		}
		if len(found.items) == 0 || len(ids) >= found.total {
			break
		}
	}
	return ids, nil
}

func readRoles(a *args) bool { return a.text("group_type") == "group" }

func (s *Server) memberRoles(ctx context.Context, group bool) (result, error) {
	type role struct {
		Text  string       `json:"text"`
		Value catalog.Role `json:"value"`
	}
	var out []role
	for _, r := range []catalog.Role{catalog.RoleAdmin, catalog.RoleEditor, catalog.RoleMember} {
		if !group || r != catalog.RoleEditor {
			out = append(out, role{translate(roleLabels[r], localeIn(ctx)), r})
		}
	}
	return one(mustJSON(out)), nil
}
