package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var memberChecks = []check{
	{"a member comes back, and has one role", memberBack},
	{"a member needs a body, a user and a role that are there", memberOfNothing},
	{"roles are those in bodies that are Active", rolesOfUser},
	{"who becomes a member where is told to sysadmins alone", memberTold},
}

// body makes an organization and returns its ID.
func body(t *testing.T, s Store, name string) string {
	t.Helper()
	o := &catalog.Organization{Name: name}
	must(t, s.PutOrganization(asSystem(t), o))
	return o.ID
}

// group makes a group and returns its ID.
func group(t *testing.T, s Store, name string) string {
	t.Helper()
	g := &catalog.Group{Name: name}
	must(t, s.PutGroup(asSystem(t), g))
	return g.ID
}

// user makes a user and returns their ID.
func user(t *testing.T, s Store, name string) string {
	t.Helper()
	u := &catalog.User{Name: name}
	must(t, s.PutUser(asSystem(t), u))
	return u.ID
}

func join(t *testing.T, s Store, body, user string, role catalog.Role) *catalog.Member {
	t.Helper()
	m := &catalog.Member{Body: body, Kind: catalog.MemberUser, Object: user, Role: role}
	must(t, s.PutMember(asSystem(t), m))
	return m
}

func memberBack(t *testing.T, s Store) {
	o, g, u := body(t, s, "o"), group(t, s, "g"), user(t, s, "u")
	first := join(t, s, o, u, catalog.RoleMember)
	if first.ID == "" || first.Created.IsZero() {
		t.Errorf("put %+v", first)
	}
	again := join(t, s, o, u, catalog.RoleAdmin)
	if again.ID != first.ID || !again.Created.Equal(first.Created) {
		t.Errorf("put %+v, then %+v", first, again)
	}
	below := &catalog.Member{Body: o, Kind: catalog.MemberGroup, Object: g, Role: catalog.RoleMember}
	must(t, s.PutMember(asSystem(t), below))
	got, err := s.Members(t.Context(), o)
	if diff := cmp.Diff([]*catalog.Member{again, below}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	must(t, s.RemoveMember(asSystem(t), o, catalog.MemberUser, u))
	wantKind(t, "again", s.RemoveMember(asSystem(t), o, catalog.MemberUser, u), catalog.NotFound)
	if got, err := s.Members(t.Context(), o); err != nil || len(got) != 1 || got[0].Object != g {
		t.Errorf("got %v, %v", got, err)
	}
	must(t, s.PurgeBody(asSystem(t), g))
	if got, err := s.Members(t.Context(), o); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func memberOfNothing(t *testing.T, s Store) {
	o, u := body(t, s, "o"), user(t, s, "u")
	for name, c := range map[string]struct {
		m    catalog.Member
		want catalog.Kind
	}{
		"no body":  {catalog.Member{Body: "x", Kind: catalog.MemberUser, Object: u, Role: catalog.RoleAdmin}, catalog.NotFound},
		"no user":  {catalog.Member{Body: o, Kind: catalog.MemberUser, Object: o, Role: catalog.RoleAdmin}, catalog.NotFound},
		"no group": {catalog.Member{Body: o, Kind: catalog.MemberGroup, Object: u, Role: catalog.RoleAdmin}, catalog.NotFound},
		"no role":  {catalog.Member{Body: o, Kind: catalog.MemberUser, Object: u}, catalog.Invalid},
		"a chief":  {catalog.Member{Body: o, Kind: catalog.MemberUser, Object: u, Role: "chief"}, catalog.Invalid},
		"a kind":   {catalog.Member{Body: o, Kind: "package", Object: u, Role: catalog.RoleAdmin}, catalog.Invalid},
		"a NUL":    {catalog.Member{Body: o, Kind: catalog.MemberUser, Object: "\x00", Role: catalog.RoleAdmin}, catalog.Invalid},
	} {
		wantKind(t, name, s.PutMember(asSystem(t), &c.m), c.want)
	}
	if got, err := s.Members(t.Context(), o); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func rolesOfUser(t *testing.T, s Store) {
	u, v := user(t, s, "u"), user(t, s, "v")
	o, gone, g := body(t, s, "o"), body(t, s, "gone"), group(t, s, "g")
	join(t, s, o, u, catalog.RoleEditor)
	join(t, s, gone, u, catalog.RoleAdmin)
	join(t, s, g, u, catalog.RoleMember)
	join(t, s, g, v, catalog.RoleAdmin)
	must(t, s.PutOrganization(asSystem(t), &catalog.Organization{ID: gone, State: catalog.Deleted}))
	got, err := s.Roles(t.Context(), u)
	if diff := cmp.Diff(map[string]catalog.Role{o: catalog.RoleEditor, g: catalog.RoleMember}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := s.Roles(t.Context(), "nobody"); err != nil || len(got) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func memberTold(t *testing.T, s Store) {
	o, u := body(t, s, "o"), user(t, s, "u")
	join(t, s, o, u, catalog.RoleMember)
	join(t, s, o, u, catalog.RoleMember)
	join(t, s, o, u, catalog.RoleAdmin)
	must(t, s.RemoveMember(asSystem(t), o, catalog.MemberUser, u))
	kinds := catalog.ActivityFilter{Kinds: []string{"member"}, Limit: -1}
	if acts, err := s.Activities(asSystem(t), kinds); err != nil || len(acts) != 3 || acts[0].Verb != "removed member" || acts[1].Verb != "changed member" {
		t.Errorf("told %v, %v", acts, err)
	}
	if acts, err := s.Activities(asMember(t, u, o), kinds); err != nil || len(acts) != 0 {
		t.Errorf("told to a member %v, %v", acts, err)
	}
}
