package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"testing"

	"portico/catalog"
	recorded "portico/internal/golden"
	"portico/search/memory"
)

// writeCases are the recorded cases that write datasets and resources, in the
// order in which they build on each other.
var writeCases = regexp.MustCompile(`^(w_package_|w_revise|w_owner_org|w_bulk|w_resource_(create|patch|update|reorder|delete|show)|w_upload|w_dataset_purge|w_search_after|z_purge_(golden|12345|404))`)

// otherWrites are cases of that name that are not about datasets, or depend on
// what the datastore's cases have done before.
var otherWrites = regexp.MustCompile(`^(w_search_after_write|w_resource_view|w_package_(relationship|activity|show_private_member|show_deleted_editor)|z_purge_golden.*-(organization|group)$)`)

// writeDiffers are cases that are answered otherwise than CKAN does, each with
// the reason; docs/ckan-differences.md tells of them.
var writeDiffers = map[string]string{
	"w_resource_create_dup_id_same_pkg":  "CKAN takes an ID twice and is broken then",
	"w_resource_create_dup_id_then_show": "CKAN takes an ID twice and is broken then",
	"w_resource_delete_again":            "what was deleted is not remembered",
	"w_resource_show_deleted":            "what was deleted is not remembered",
	"w_upload_html_download":             "a page that somebody sent is never shown as one of ours",
}

// TestWritesAreAnsweredAsCKANDoes replays what was recorded of a CKAN.
func TestWritesAreAnsweredAsCKANDoes(t *testing.T) {
	cases := recorded.Cases(t)
	w := newWorld(t)
	w.engine = memory.New("en")
	w.server = w.serverIn("en")
	w.load()
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: userID("admin"), Name: "golden-admin", Email: "golden-admin@esempio.example", Sysadmin: true}))
	w.scoped("secret-admin", userID("admin"), catalog.ScopeAll)
	r := recorded.New(t, w.server, origin, "secret-admin")
	w.cast(r)
	for _, c := range cases {
		if !writeCases.MatchString(c.Name) || otherWrites.MatchString(c.Name) {
			continue
		}
		if c.Name == "w_package_create" { // a case of other actions has made the editor a member of the group
			w.must(w.store.PutMember(w.ctx, &catalog.Member{Body: w.groupID("envi"), Kind: catalog.MemberUser, Object: userID("editor"), Role: catalog.RoleMember}))
		}
		w.follow()
		t.Run(c.Name, func(t *testing.T) {
			why := r.Run(c)
			reason, differs := writeDiffers[c.Name]
			switch {
			case differs && why == "":
				t.Errorf("is equal to CKAN's answer, though it should not be: %s", reason)
			case !differs && why != "":
				t.Errorf("%s %s: %s", c.Request.Method, c.Request.Path, why)
			}
		})
	}
}

// cast makes the users of the recordings, with their organizations.
func (w *world) cast(r *recorded.Replayer) {
	w.t.Helper()
	org := &catalog.Organization{Name: "golden-org", Title: catalog.It("Ente aggiornato"), Description: catalog.It("nuova"), State: catalog.Active}
	w.must(w.store.PutOrganization(w.ctx, org))
	other := &catalog.Organization{Name: "golden-other", State: catalog.Active}
	w.must(w.store.PutOrganization(w.ctx, other))
	r.Set("organization_gid", org.ID)
	for name, role := range map[string]catalog.Role{"editor": catalog.RoleEditor, "member": catalog.RoleMember} {
		w.user(name, map[string]catalog.Role{org.ID: role})
		r.Set(name+"_id", userID(name))
		r.Set("token_"+name, "secret-"+name)
	}
	w.user("noorg", map[string]catalog.Role{other.ID: catalog.RoleAdmin})
	r.Set("token_noorg", "secret-noorg")
}

func (w *world) groupID(name string) string {
	w.t.Helper()
	g, err := w.store.Group(w.ctx, name)
	w.must(err)
	return g.ID
}

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
	sum := sha256.Sum256([]byte(token))
	w.must(w.store.PutToken(w.ctx, &catalog.Token{ID: token, User: user, Hash: hex.EncodeToString(sum[:]), Scope: scope}))
}
