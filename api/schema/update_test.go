package schema

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

func TestWhatIsStoredIsNotFoundWrong(t *testing.T) {
	stored := decoded(t, `{"id": "not-a-uuid", "name": "Nome", "type": "harvest", "owner_org": "`+organizationID+`", "author_email": "Ufficio", "tags": [{"name": "dell'acqua"}],
		"resources": [{"id": "r1", "url": "http://a/x.csv", "created": "ieri", "size": "tanti"}, {"id": "r2", "url": "http://b"}]}`)
	c := Context{Lookup: recorded(), Actor: actorNamed("editor"), Existing: stored}
	data := maps.Clone(stored)
	data["title"] = "Nuovo"
	data["resources"] = []any{stored["resources"].([]any)[0], map[string]any{"id": "r2", "url": "http://b/y.csv", "created": "domani"}}
	_, err := Package(t.Context(), c, data)
	wantRefusal(t, refusal{want: `{"resources": [{}, {"created": ["Date format incorrect"]}]}`}, err)
	data["resources"] = []any{stored["resources"].([]any)[0], map[string]any{"id": "r2", "url": "http://b/y.csv"}, map[string]any{"id": "r3"}}
	_, err = Package(t.Context(), c, data)
	wantRefusal(t, refusal{want: `{"resources": [{}, {}, {"id": ["Invalid id provided"]}]}`}, err)
	data["resources"] = data["resources"].([]any)[:2]
	got, err := Package(t.Context(), c, data)
	if err != nil {
		t.Fatal(err)
	}
	want := decoded(t, `{"id": "not-a-uuid", "name": "Nome", "type": "harvest", "title": "Nuovo", "owner_org": "`+organizationID+`", "author_email": "Ufficio", "tags": [{"name": "dell'acqua"}],
		"resources": [{"id": "r1", "url": "http://a/x.csv", "created": "ieri", "size": "tanti"}, {"id": "r2", "url": "http://b/y.csv", "mimetype": "text/csv"}]}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	data["author_email"] = "Altro"
	_, err = Package(t.Context(), c, data)
	wantRefusal(t, refusal{want: `{"author_email": ["Email Altro is not a valid format"]}`}, err)
}

func TestUpdatesKeepWhatCannotChange(t *testing.T) {
	c := Context{Lookup: recorded(), Actor: actorNamed("editor"), Existing: decoded(t, storedDataset)}
	got, err := Package(t.Context(), c, map[string]any{"id": "other", "type": "other", "state": "deleted", "metadata_modified": "2020-01-01", "private": true, "plugin_data": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"id": datasetID, "type": "dataset", "private": true}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.MayChangeState = true
	if got, err = Package(t.Context(), c, map[string]any{"state": "deleted", "name": 5}); err == nil {
		t.Fatalf("a number is a name: %v", got)
	}
	wantRefusal(t, refusal{want: `{"name": ["Names must be strings"]}`}, err)
}

func TestAnOrganizationChangesOnlyWhereOneMay(t *testing.T) {
	actor := actorNamed("editor")
	ctx := catalog.WithActor(t.Context(), actor)
	c := Context{Lookup: recorded(), Actor: actor, Existing: decoded(t, storedDataset)}
	if _, err := Package(ctx, c, map[string]any{"owner_org": "golden-org"}); err != nil {
		t.Error(err)
	}
	_, err := Package(ctx, c, map[string]any{"owner_org": "comune-di-lecce"})
	wantRefusal(t, refusal{want: `{"owner_org": ["You cannot add a dataset to this organization"]}`}, err)
}

func TestWhatOthersMustNotBe(t *testing.T) {
	editor, admin := actorNamed("editor"), actorNamed("admin")
	member := `{"id": "66666666-6666-4666-8666-666666666667", "name": "golden-member", "state": "active", "sysadmin": false}`
	oneself := `{"id": "a", "name": "admin", "sysadmin": true}`
	org := `{"id": "` + organizationID + `", "name": "golden-org", "type": "organization"}`
	for _, c := range []struct {
		actor    catalog.Actor
		existing string
		action   string
		refusal
	}{
		{editor, ``, "user_create", refusal{
			"a user without texts", `{"name": 5, "email": 5, "password": null, "about": "https://x"}`,
			`{"name": ["Names must be strings", "User names must be strings"], "email": ["Email 5 is not a valid format"], "password": ["Passwords must be strings", "Missing value"],
			"about": ["Edit not allowed as it looks like spam. Please avoid links in your description."]}`,
		}},
		{editor, member, "user_update", refusal{"another login name", `{"id": "x", "name": "altro-nome", "email": "a@b.it"}`, `{"name": ["That login name can not be modified."]}`}},
		{editor, member, "user_update", refusal{
			"another's login name", `{"id": "x", "name": "golden-editor", "email": "EDITOR@golden.example.it"}`,
			`{"name": ["The username is already associated with another account. Please use a different username."]}`,
		}},
		{editor, member, "user_update", refusal{
			"another's address", `{"id": "x", "email": "EDITOR@golden.example.it"}`,
			`{"email": ["The email address 'editor@golden.example.it' belongs to a registered user."]}`,
		}},
		{admin, oneself, "user_update", refusal{"a sysadmin who shuts themselves out", `{"id": "a", "email": "a@b.it", "sysadmin": false}`, `{"sysadmin": ["Cannot modify your own sysadmin privileges"]}`}},
		{admin, org, "organization_update", refusal{"another type", `{"id": "x", "type": "group"}`, `{"type": "Type cannot be updated"}`}},
		{admin, org, "organization_update", refusal{"a name that is none", `{"id": "x", "name": "Nome Brutto"}`, `{"name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]}`}},
		{admin, org, "organization_update", refusal{
			"itself as its parent", `{"id": "x", "groups": [{"name": "golden-org"}, {"name": "envi"}, {}, {"name": ""}]}`,
			`{"groups": [{"name": ["This parent would create a loop in the hierarchy"]}, {}, {"name": ["Missing value"]}]}`,
		}},
		{admin, ``, "group_create", refusal{"an organization", `{"name": "ab", "type": "organization"}`, `{"message": "Trying to create an organization as a group"}`}},
		{admin, ``, "group_create", refusal{
			"things that are not there", `{"name": "ab", "packages": [{"id": "nope"}, {"id": "golden-min"}], "users": [{"capacity": "x"}], "extras": [{"key": "title", "value": ""}]}`,
			`{"packages": [{"id": ["Dataset not found"]}, {}], "users": [{"name": ["Missing value"]}], "extras": [{"key": ["There is a schema field with the same name"]}]}`,
		}},
		{admin, ``, "tag_create", refusal{
			"no tag at all", `{"id": "x", "vocabulary_id": "` + vocabularyID + `"}`,
			`{"id": ["The input field id was not expected."], "name": ["Missing value"], "vocabulary_id": ["No tag name"]}`,
		}},
		{admin, `{"id": "` + vocabularyID + `", "name": "v"}`, "vocabulary_update", refusal{"a vocabulary with bad tags", `{"id": "x", "tags": [{"name": "a"}, {"name": "ab"}]}`, `{"tags": ["Tag \"a\" length is less than minimum 2"]}`}},
		{editor, ``, "user_invite", refusal{
			"an invitation of who is there", `{"email": "editor@golden.example.it", "group_id": "g", "role": "editor"}`,
			`{"email": ["The email address 'editor@golden.example.it' belongs to a registered user."]}`,
		}},
		{editor, ``, "resource_view_create", refusal{"a view without its kind", `{"resource_id": "x"}`, `{"view_type": ["Missing value"]}`}},
		{editor, ``, "resource_view_create", refusal{"a view with an ID", `{"resource_id": "` + distributionID + `", "view_type": "text_view", "title": "T", "id": "x"}`, `{"id": ["The input field id was not expected."]}`}},
		{editor, ``, "resource_view_create", refusal{
			"filters of another length", `{"resource_id": "` + distributionID + `", "view_type": "datatables_view", "title": "T", "filter_fields": ["a", "b"], "filter_values": "1", "ellipsis_length": -1}`,
			`{"filter_fields": ["\"filter_fields\" and \"filter_values\" should have the same length"], "filter_values": ["\"filter_fields\" and \"filter_values\" should have the same length"], "ellipsis_length": ["Must be a natural number"]}`,
		}},
		{editor, ``, "organization_member_create", refusal{
			"a member of nulls", `{"id": null, "username": null, "role": null}`,
			`{"id": ["That group name or ID does not exist."], "username": ["User not found"], "role": ["role does not exist."]}`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := Context{Lookup: recorded(), Actor: c.actor}
			if c.existing != "" {
				ctx.Existing = decoded(t, c.existing)
			}
			_, err := call(t.Context(), ctx, c.action, decoded(t, c.data))
			wantRefusal(t, c.refusal, err)
		})
	}
}

func TestWhatOthersBecome(t *testing.T) {
	for _, c := range []struct{ name, action, actor, data, want string }{
		{
			"a user leaves out what is for sysadmins", "user_create", "editor",
			`{"id": "x", "name": "ab", "email": " a@b.it ", "password": "12345678", "sysadmin": true, "state": "deleted", "password_hash": "h", "plugin_extras": {}, "x": 1}`,
			`{"name": "ab", "email": "a@b.it", "password": "12345678"}`,
		},
		{
			"a sysadmin imports a user", "user_create", "admin",
			`{"id": "99999999-9999-4999-8999-999999999999", "name": "ab", "email": "a@b.it", "password_hash": "h", "sysadmin": "true"}`,
			`{"id": "99999999-9999-4999-8999-999999999999", "name": "ab", "email": "a@b.it", "password_hash": "h", "sysadmin": true}`,
		},
		{
			"a view gets its defaults", "resource_view_create", "editor",
			`{"resource_id": "` + distributionID + `", "view_type": "datatables_view", "title": "T", "filter_fields": ["a", "a"], "filter_values": ["1", "2"]}`,
			`{"resource_id": "` + distributionID + `", "view_type": "datatables_view", "title": "T", "filter_fields": ["a", "a"], "filter_values": ["1", "2"], "filters": {"a": ["1", "2"]},
				"responsive": false, "filterable": true, "ellipsis_length": 100, "date_format": "llll"}`,
		},
		{
			"a group keeps its lists", "group_create", "editor",
			`{"name": "ab", "packages": [{"id": "golden-min", "x": 1}], "users": [{"name": "u", "capacity": "admin"}], "groups": [{"name": "envi"}], "state": "deleted", "extras": [{"key": "a", "value": 1}, {"key": "a", "value": {"b": []}}]}`,
			`{"name": "ab", "is_organization": false, "packages": [{"id": "golden-min"}], "users": [{"name": "u", "capacity": "admin"}], "groups": [{"name": "envi"}], "extras": [{"key": "a", "value": "{\"b\": []}"}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := call(t.Context(), Context{Lookup: recorded(), Actor: actorNamed(c.actor)}, c.action, decoded(t, c.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, c.want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestItalianIsCKANsOwn(t *testing.T) {
	for message, want := range map[string]string{
		missingValue:                              "Valore mancante",
		`Tag "a" length is less than minimum 2`:   `La lunghezza del tag "a" è inferiore alla lunghezza minima 2`,
		`Duplicate key "%s"`:                      `Chiave duplicata "%s"`,
		"The input field id was not expected.":    "Il campo di input id non era previsto.",
		"Must be at least 2 characters long":      "La lunghezza dev'essere di almeno 2 caratteri",
		"Tag tre already belongs to vocabulary v": "Il tag tre fa già parte del vocabolario v",
		"An organization must be provided":        "",
		"Email x is not a valid format":           "",
	} {
		if got, ok := Italian(message); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", message, got, want)
		}
	}
}
