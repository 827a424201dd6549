package schema

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var fuzzed = []string{
	"package_create", "package_update", "resource_create", "resource_update", "organization_create", "group_update",
	"user_create", "user_update", "user_invite", "tag_create", "vocabulary_create", "vocabulary_update",
	"organization_member_create", "resource_view_create", "resource_view_update", "package_revise",
}

// FuzzSchemas sends anything to every schema: none panics, and what one has
// cleaned it finds clean.
func FuzzSchemas(f *testing.F) {
	for _, rec := range recordings(f) {
		raw, err := json.Marshal(rec.Request)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Add(`{"name": "aa", "owner_org": "golden-org", "resources": [{}, {"size": 1e2, "id": "", "created": "2024-W05-3T10,5+01"}, {"url_type": "upload", "url": "a/b"}]}`)
	f.Add(`{"name": 1.5e300, "tags": [{"name": "à b\n"}], "tag_string": ["a", 2], "extras": [{"key": 1, "value": null, "deleted": 0}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := decodeJSON(text)
		data, isObject := v.(map[string]any)
		if !ok || !isObject {
			return
		}
		actor := actorNamed("admin")
		ctx := catalog.WithActor(t.Context(), actor)
		for _, action := range fuzzed {
			c := Context{Lookup: recorded(), Actor: actor, Existing: existing(t, action), MayChangeState: true, AllowUnowned: true}
			before, _ := json.Marshal(data)
			out, err := call(ctx, c, action, data)
			if after, _ := json.Marshal(data); string(before) != string(after) {
				t.Fatalf("%s changed what it was given", action)
			}
			if err != nil || action == "package_revise" {
				continue
			}
			again := action
			if action == "resource_create" {
				out["package_id"] = "p"
			}
			once, err := call(ctx, c, again, out)
			if err != nil {
				t.Fatalf("%s of what it cleaned: %v\n%v", action, err, out)
			}
			delete(out, "package_id")
			alignFormats(out, once)
			if diff := cmp.Diff(out, once); diff != "" {
				t.Fatalf("%s: cleaned twice is another (-once +twice):\n%s", action, diff)
			}
		}
	})
}

func FuzzItalian(f *testing.F) {
	for _, m := range []string{`Tag "x" length is less than minimum 2`, `Name "%s" length is more than maximum 100`, "Duplicate key \"\"", ""} {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if it, ok := Italian(message); ok && it == "" || !ok && it != "" {
			t.Errorf("%q became %q", message, it)
		}
		if it, ok := Italian(`Tag "` + message + `" length is less than minimum 2`); !ok || !strings.Contains(it, message) {
			t.Errorf("%q is lost in %q", message, it)
		}
	})
}

// alignFormats lets a format be guessed the second time that was not the
// first, as in CKAN: it guesses before it trims the address.
func alignFormats(out, once map[string]any) {
	x, _ := out["resources"].([]any)
	y, _ := once["resources"].([]any)
	if len(x) != len(y) {
		x, y = []any{out}, []any{once}
	}
	for i := range x {
		a, b := x[i].(map[string]any), y[i].(map[string]any)
		for _, key := range []string{"format", "mimetype"} {
			if !truthy(a[key]) {
				delete(a, key)
				delete(b, key)
			}
		}
	}
}
