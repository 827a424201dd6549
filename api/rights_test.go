package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
)

// The bodies of the small municipality.
const (
	orgA = "0a000000-0000-4000-8000-000000000001"
	orgB = "0a000000-0000-4000-8000-000000000002"
	envi = "0b000000-0000-4000-8000-000000000001"
)

// castOf makes one user for each role, and returns their tokens by name, in
// the order of the matrix.
func (w *world) castOf() (names []string, tokens map[string]string) {
	w.t.Helper()
	tokens = map[string]string{"anybody": "", "sysadmin": w.token}
	roles := []struct {
		name  string
		roles map[string]catalog.Role
	}{
		{"no role", nil},
		{"member of A", map[string]catalog.Role{orgA: catalog.RoleMember}},
		{"editor of A", map[string]catalog.Role{orgA: catalog.RoleEditor}},
		{"admin of A", map[string]catalog.Role{orgA: catalog.RoleAdmin}},
		{"editor of B", map[string]catalog.Role{orgB: catalog.RoleEditor}},
		{"editor of A and B", map[string]catalog.Role{orgA: catalog.RoleEditor, orgB: catalog.RoleEditor}},
		{"admin of group", map[string]catalog.Role{envi: catalog.RoleAdmin}},
		{"editor of A in group", map[string]catalog.Role{orgA: catalog.RoleEditor, envi: catalog.RoleMember}},
	}
	names = append(names, "anybody")
	for i, r := range roles {
		user := fmt.Sprintf("cast-%d", i)
		w.user(user, r.roles)
		names, tokens[r.name] = append(names, r.name), "secret-"+user
	}
	w.scoped("secret-read", userID("cast-2"), catalog.ScopeRead)
	w.scoped("secret-org-a", userID("cast-5"), catalog.ScopeOrg+"comune-di-esempio")
	w.scoped("secret-admin-a", "u1", catalog.ScopeOrg+"comune-di-esempio")
	tokens["editor of A, reading"] = "secret-read"
	tokens["editor of A and B, scope A"] = "secret-org-a"
	tokens["sysadmin, scope A"] = "secret-admin-a"
	return append(names, "editor of A, reading", "editor of A and B, scope A", "sysadmin, scope A", "sysadmin"), tokens
}

// trials are what everybody tries on a fresh catalog.
var trials = []struct {
	name, action string
	params       map[string]any
}{
	{"create in A", "package_create", map[string]any{"name": "nuovo", "owner_org": orgA}},
	{"create in A by name", "package_create", map[string]any{"name": "nuovo", "owner_org": "comune-di-esempio"}},
	{"create in none", "package_create", map[string]any{"name": "nuovo"}},
	{"create in a group as organization", "package_create", map[string]any{"name": "nuovo", "owner_org": envi}},
	{"create in A and group", "package_create", map[string]any{"name": "nuovo", "owner_org": orgA, "groups": []any{map[string]any{"name": "envi"}}}},
	{"create as draft", "package_create", map[string]any{"name": "nuovo", "owner_org": orgA, "state": "draft"}},
	{"patch public", "package_patch", map[string]any{"id": "bilancio-2023", "notes": "x"}},
	{"patch private", "package_patch", map[string]any{"id": "stipendi", "notes": "x"}},
	{"patch draft of B", "package_patch", map[string]any{"id": "bozza", "notes": "x"}},
	{"update public", "package_update", map[string]any{"id": "bilancio-2023", "owner_org": orgA}},
	{"revise public", "package_revise", map[string]any{"match": map[string]any{"name": "bilancio-2023"}, "update": map[string]any{"notes": "x"}}},
	{"revise private", "package_revise", map[string]any{"match": map[string]any{"name": "stipendi"}, "update": map[string]any{"notes": "x"}}},
	{"undelete", "package_patch", map[string]any{"id": "vecchi-orari", "state": "active"}},
	{"move A to B", "package_patch", map[string]any{"id": "bilancio-2023", "owner_org": orgB}},
	{"take B for A", "package_patch", map[string]any{"id": "qualita-aria", "owner_org": orgA}},
	{"put into a group", "package_patch", map[string]any{"id": "bilancio-2023", "groups": []any{map[string]any{"id": envi}}}},
	{"take out of a group", "package_patch", map[string]any{"id": "rifiuti-2023", "groups": []any{}}},
	{"delete", "package_delete", map[string]any{"id": "bilancio-2023"}},
	{"purge", "dataset_purge", map[string]any{"id": "bilancio-2023"}},
	{"owner_org_update", "package_owner_org_update", map[string]any{"id": "bilancio-2023", "organization_id": orgB}},
	{"bulk private", "bulk_update_private", map[string]any{"datasets": []any{"0c000000-0000-4000-8000-000000000002"}, "org_id": orgA}},
	{"bulk delete of another's", "bulk_update_delete", map[string]any{"datasets": []any{"0c000000-0000-4000-8000-000000000003"}, "org_id": orgA}},
	{"reorder", "package_resource_reorder", map[string]any{"id": "bilancio-2023", "order": []any{}}},
	{"add resource", "resource_create", map[string]any{"package_id": "bilancio-2023", "url": "http://a.example/"}},
	{"add resource to private", "resource_create", map[string]any{"package_id": "stipendi", "url": "http://a.example/"}},
	{"patch resource", "resource_patch", map[string]any{"id": "0d000000-0000-4000-8000-000000000002", "name": "x"}},
	{"patch private resource", "resource_patch", map[string]any{"id": "0d000000-0000-4000-8000-000000000004", "name": "x"}},
	{"update resource", "resource_update", map[string]any{"id": "0d000000-0000-4000-8000-000000000002", "url": "http://a.example/"}},
	{"delete resource", "resource_delete", map[string]any{"id": "0d000000-0000-4000-8000-000000000002"}},
	{"show private", "package_show", map[string]any{"id": "stipendi"}},
	{"show deleted", "package_show", map[string]any{"id": "vecchi-orari"}},
	{"show private resource", "resource_show", map[string]any{"id": "0d000000-0000-4000-8000-000000000004"}},
}

// TestWhoMayDoWhat writes down what each may do to each (API-005).
func TestWhoMayDoWhat(t *testing.T) {
	var out bytes.Buffer
	for _, trial := range trials {
		w := newWorld(t).fill()
		names, tokens := w.castOf()
		params := trial.params
		fmt.Fprintf(&out, "%s\n", trial.name)
		for i, name := range names {
			if trial.action == "package_create" {
				params["name"] = fmt.Sprintf("nuovo-%d", i)
			}
			before := w.stored("bilancio-2023")
			status, answer := w.call(tokens[name], trial.action, params)
			fmt.Fprintf(&out, "  %-28s %d%s\n", name, status, reason(answer))
			if status != http.StatusOK {
				continue
			}
			if trial.name == "create as draft" {
				fmt.Fprintf(&out, "  %-28s state %v\n", "", answer.(map[string]any)["state"])
			}
			if w2, err := w.store.Dataset(w.ctx, "bilancio-2023"); err != nil || w2.Revision != before.Revision || !strings.HasPrefix(trial.name, "create") {
				w = newWorld(t).fill() // the next finds everything as it was
				_, tokens = w.castOf()
			}
		}
	}
	compare(t, filepath.Join("testdata", "rights.golden.txt"), out.Bytes())
}

func reason(answer any) string {
	m, ok := answer.(map[string]any)
	if !ok || m["__type"] == nil {
		return ""
	}
	if m["message"] != nil {
		return fmt.Sprintf(" %v", m["message"])
	}
	delete(m, "__type")
	return fmt.Sprintf(" %v", m)
}

// TestNoTrickOfJSONPassesTheChecks sends requests that a check could read
// otherwise than the action does (API-004).
func TestNoTrickOfJSONPassesTheChecks(t *testing.T) {
	w := newWorld(t).fill()
	_, tokens := w.castOf()
	before := w.stored("qualita-aria")
	for name, c := range map[string]struct{ action, body string }{
		"an ID twice":                      {"package_patch", `{"id": "bilancio-2023", "id": "qualita-aria", "notes": "x"}`},
		"an ID in two cases":               {"package_patch", `{"id": "bilancio-2023", "ID": "qualita-aria", "notes": "x"}`},
		"a name beside an ID":              {"package_update", `{"name": "bilancio-2023", "id": "qualita-aria", "owner_org": "` + orgA + `"}`},
		"another dataset's resource":       {"package_patch", `{"id": "bilancio-2023", "resources": [{"id": "0d000000-0000-4000-8000-000000000003", "url": "http://x.example"}]}`},
		"a resource's package_id":          {"resource_patch", `{"id": "0d000000-0000-4000-8000-000000000003", "package_id": "bilancio-2023", "name": "x"}`},
		"an organization in an object":     {"package_patch", `{"id": "qualita-aria", "organization": {"id": "` + orgA + `"}, "notes": "x"}`},
		"a creator of one's own":           {"package_patch", `{"id": "qualita-aria", "creator_user_id": "` + userID("cast-2") + `", "owner_org": ""}`},
		"a revision of another by ID":      {"package_revise", `{"match": {"name": "qualita-aria"}, "update": {"owner_org": "` + orgA + `"}}`},
		"a revision that changes the ID":   {"package_revise", `{"match": {"name": "bilancio-2023"}, "update": {"id": "0c000000-0000-4000-8000-000000000003", "notes": "x"}}`},
		"another's ID among the resources": {"resource_create", `{"package_id": "bilancio-2023", "id": "0d000000-0000-4000-8000-000000000003"}`},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.do("POST", "/api/3/action/"+c.action, c.body, "Content-Type", "application/json", "Authorization", tokens["editor of A"])
			after := w.stored("qualita-aria")
			if after.Revision != before.Revision {
				t.Errorf("has changed what the editor may not: %d %s", rec.Code, rec.Body)
			}
			if rec.Code == http.StatusOK && !strings.HasPrefix(name, "a revision that") {
				t.Errorf("is accepted: %s", rec.Body)
			}
		})
	}
}
