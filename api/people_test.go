package api_test

import "portico/catalog"

// userID returns the ID of a user of the tests.
func userID(name string) string { return catalog.StableID("user", name) }

// user makes a user with a token, "secret-NAME", and roles.
func (w *world) user(name string, roles map[string]catalog.Role) {
	w.t.Helper()
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: userID(name), Name: "golden-" + name, Email: name + "@esempio.example"}))
	w.scoped("secret-"+name, userID(name), catalog.ScopeAll)
	for body, role := range roles {
		w.must(w.store.PutMember(w.ctx, &catalog.Member{Body: body, Kind: catalog.MemberUser, Object: userID(name), Role: role}))
	}
}

// scoped makes a token of a user.
func (w *world) scoped(token, user string, scope catalog.Scope) {
	w.t.Helper()
	w.must(w.store.PutToken(w.ctx, &catalog.Token{ID: token, User: user, Hash: hashOf(token), Scope: scope}))
}
