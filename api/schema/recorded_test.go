package schema

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

// A recording is one exchange with a real CKAN, cut down to what a schema
// decides.
type recording struct {
	Name    string
	Action  string
	Actor   string
	Locale  string
	Request map[string]any
	Status  int
	Error   map[string]any
	Result  any
}

func recordings(t testing.TB) []recording {
	t.Helper()
	f, err := os.Open("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.UseNumber()
	var out []recording
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func decoded(t testing.TB, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var out map[string]any
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

const storedDataset = `{"id": "` + datasetID + `", "name": "golden-dataset", "type": "dataset", "title": "T", "owner_org": "` + organizationID + `",
	"notes": "Note", "private": false, "state": "active", "author": "A", "author_email": "a@b.it", "maintainer": "M", "maintainer_email": "m@b.it",
	"license_id": "cc-by", "version": "1.0", "url": "http://example.it", "tags": [{"name": "prova", "vocabulary_id": null, "id": "t1", "state": "active"}],
	"extras": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}], "metadata_modified": "2026-01-01T00:00:00",
	"resources": [{"id": "` + distributionID + `", "url": "http://example.it/a.csv", "name": "Uno", "format": "CSV", "position": 0, "size": null}]}`

// existing returns what an action finds stored before it asks a schema.
func existing(t testing.TB, action string) map[string]any {
	switch action {
	case "package_update", "package_patch", "package_revise":
		return decoded(t, storedDataset)
	case "resource_update", "resource_patch":
		return decoded(t, `{"id": "`+distributionID+`", "url": "http://example.it/nuova.csv", "name": "Nuova", "campo_libero": "x", "description": "d", "format": "CSV", "mimetype": "text/csv"}`)
	case "organization_update", "organization_patch":
		return decoded(t, `{"id": "`+organizationID+`", "name": "golden-org", "type": "organization", "title": "T", "extras": []}`)
	case "group_update", "group_patch":
		return decoded(t, `{"id": "`+groupID+`", "name": "golden-gruppo", "type": "group", "title": "T", "extras": []}`)
	case "user_update", "user_patch":
		return decoded(t, `{"id": "66666666-6666-4666-8666-666666666667", "name": "golden-member", "email": "member@golden.example.it", "state": "active"}`)
	case "vocabulary_update":
		return decoded(t, `{"id": "`+vocabularyID+`", "name": "golden-vocab"}`)
	case "resource_view_update":
		return decoded(t, `{"id": "`+viewID+`", "view_type": "text_view", "resource_id": "`+distributionID+`"}`)
	}
	return nil
}

// call does what the action does around its schema.
func call(ctx context.Context, c Context, action string, data map[string]any) (map[string]any, error) {
	if strings.HasSuffix(action, "_patch") || strings.HasSuffix(action, "_update") && action != "package_update" {
		if err := Required(data, "id"); err != nil {
			return nil, err
		}
	}
	if strings.HasSuffix(action, "_patch") {
		whole := maps.Clone(c.Existing)
		delete(whole, "metadata_modified")
		maps.Copy(whole, data)
		data = whole
	}
	switch action {
	case "package_create", "package_update", "package_patch":
		return Package(ctx, c, data)
	case "package_revise":
		r, err := ParseRevision(data)
		if err != nil {
			return nil, err
		}
		if data, err = r.Apply(c.Existing); err != nil {
			return nil, err
		}
		return Package(ctx, c, data)
	case "resource_create":
		if err := Required(data, "package_id"); err != nil {
			return nil, err
		}
		return Resource(ctx, c, data)
	}
	return callOther(ctx, c, action, data)
}

func callOther(ctx context.Context, c Context, action string, data map[string]any) (map[string]any, error) {
	schemas := map[string]func(context.Context, Context, map[string]any) (map[string]any, error){
		"resource_update": Resource, "resource_patch": Resource,
		"organization_create": Organization, "organization_update": Organization, "organization_patch": Organization,
		"group_create": Group, "group_update": Group, "group_patch": Group,
		"user_create": User, "user_update": User, "user_patch": User, "user_invite": Invite,
		"organization_member_create": Member, "group_member_create": Member,
		"vocabulary_create": Vocabulary, "vocabulary_update": Vocabulary, "tag_create": Tag,
		"resource_view_create": View, "resource_view_update": View,
	}
	required := map[string][]string{
		"member_create": {"id", "object", "object_type", "capacity"},
	}
	if err := Required(data, required[action]...); err != nil {
		return nil, err
	}
	if schemas[action] == nil {
		return data, nil
	}
	return schemas[action](ctx, c, data)
}

// cleared are the keys of a dataset that are null when they are not given.
var cleared = []string{"author", "author_email", "license_id", "maintainer", "maintainer_email", "notes", "url", "version"}

func TestRecordedAnswers(t *testing.T) {
	for _, rec := range recordings(t) {
		t.Run(rec.Name, func(t *testing.T) {
			actor := actorNamed(rec.Actor)
			ctx := catalog.WithActor(t.Context(), actor)
			w := recorded()
			if rec.Status == 200 && strings.HasSuffix(rec.Action, "_create") {
				forget(w, rec)
			}
			c := Context{Lookup: w, Actor: actor, Existing: existing(t, rec.Action), MayChangeState: strings.HasSuffix(rec.Action, "_patch")}
			got, err := call(ctx, c, rec.Action, rec.Request)
			if rec.Status != 200 {
				wantError(t, rec, err)
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			result, ok := rec.Result.(map[string]any)
			if !ok {
				return
			}
			if strings.HasSuffix(rec.Action, "_patch") { // the rest is what was stored there
				maps.DeleteFunc(got, func(key string, _ any) bool { _, given := rec.Request[key]; return !given })
			}
			compare(t, "", got, result)
			if rec.Action == "package_create" || rec.Action == "package_update" {
				for _, key := range cleared {
					if _, given := got[key]; !given && result[key] != nil {
						t.Errorf("%s is not kept, and CKAN has %v", key, result[key])
					}
				}
			}
		})
	}
}

// forget takes out of the world what the recording has made in it.
func forget(w *world, rec recording) {
	for kind, things := range w.things {
		w.things[kind] = slices.DeleteFunc(things, func(t Thing) bool {
			return t.Name != "" && t.Name == rec.Request["name"] || t.ID == rec.Request["id"] && strings.HasPrefix(rec.Action, "resource_")
		})
	}
	if email, ok := rec.Request["email"].(string); ok {
		delete(w.emails, email)
	}
	w.tags = nil
}

func wantError(t *testing.T, rec recording, err error) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got error %v, want one of a schema", err)
	}
	translate := func(s string) string { return s }
	if rec.Locale == "it" {
		translate = func(s string) string {
			if it, ok := Italian(s); ok {
				return it
			}
			return s
		}
	}
	if e.Status() != rec.Status {
		t.Errorf("status %d, want %d", e.Status(), rec.Status)
	}
	if diff := cmp.Diff(rec.Error, e.JSON(translate)); diff != "" {
		t.Errorf("error differs (-want +got):\n%s", diff)
	}
}

// compare looks whether CKAN has kept what is cleaned, where its answer shows
// that and does not mask it.
func compare(t *testing.T, at string, got, want map[string]any) {
	t.Helper()
	for key, v := range got {
		w, shown := want[key]
		if s, ok := w.(string); !shown || ok && strings.HasPrefix(s, "<") || ok && strings.HasPrefix(s, "{{") || key == "id" {
			continue
		}
		items, isList := v.([]any)
		if !isList {
			if s, ok := v.(string); ok && key == "url" && s != "" && !strings.Contains(s, ":") {
				continue // shown with a scheme
			}
			if !equal(v, w) {
				t.Errorf("%s%s is %v, CKAN has %v", at, key, v, w)
			}
			continue
		}
		wanted, _ := w.([]any)
		switch key {
		case "tags", "extras":
			compareSets(t, at+key, items, wanted)
		case "resources":
			if len(items) != len(wanted) {
				t.Fatalf("%d distributions, CKAN has %d", len(items), len(wanted))
			}
			for i := range items {
				compare(t, at+key+".", items[i].(map[string]any), wanted[i].(map[string]any))
			}
		}
	}
}

func compareSets(t *testing.T, at string, got, want []any) {
	t.Helper()
	names := func(items []any) []string {
		var out []string
		for _, item := range items {
			m := item.(map[string]any)
			out = append(out, asText(m["name"])+asText(m["key"])+"="+asText(m["value"]))
		}
		slices.Sort(out)
		return out
	}
	if diff := cmp.Diff(names(want), names(got)); diff != "" {
		t.Errorf("%s differ (-CKAN +here):\n%s", at, diff)
	}
}
