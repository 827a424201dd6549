package schema

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

func untranslated(s string) string { return s }

// TestShapesAreInOrder holds the tables to what their search relies on.
func TestShapesAreInOrder(t *testing.T) {
	shapes := []*shape{
		&newPackageShape, &packageShape, &resourceShape, &extraShape, &tagShape, &newTagShape, &packageGroupShape, &newBodyShape, &bodyShape,
		&bodyPackageShape, &bodyUserShape, &parentShape, &newUserShape, &userShape, &inviteShape, &memberShape, &newVocabularyShape,
		&vocabularyShape, &relationshipShape, &newViewShape,
	}
	for _, own := range viewKinds {
		shapes = append(shapes, &shape{fields: with(with(newViewShape.fields, viewFields...), own...)})
	}
	for i, s := range shapes {
		for j := 1; j < len(s.fields); j++ {
			if s.fields[j-1].key >= s.fields[j].key {
				t.Errorf("shape %d: %q stands before %q", i, s.fields[j-1].key, s.fields[j].key)
			}
		}
		for j := 1; j < len(s.lists); j++ {
			if s.lists[j-1].key >= s.lists[j].key {
				t.Errorf("shape %d: list %q stands before %q", i, s.lists[j-1].key, s.lists[j].key)
			}
		}
	}
}

func run1(do step, v any) (any, []string) {
	c := &cell{run: &run{c: &Context{}}, value: v}
	do(c)
	return c.value, c.wrong
}

func TestDatesAreReadAsPythonReadsThem(t *testing.T) {
	for in, want := range map[string]any{
		"2024-01-31": "2024-01-31T00:00:00", "2024-01-31T10:00:00": "2024-01-31T10:00:00", "2024-01-31 10:00": "2024-01-31T10:00:00",
		"2024-01-31T10:00:00.5": "2024-01-31T10:00:00.500000", "2024-01-31T10:00:00,123456789": "2024-01-31T10:00:00.123456",
		"2024-01-31T10:00:00+01:00": "2024-01-31T09:00:00", "2024-01-31T10:00:00Z": "2024-01-31T10:00:00", "2024-01-31T10": "2024-01-31T10:00:00",
		"20240131T1000": "2024-01-31T10:00:00", "2024-W05-3": "2024-01-31T00:00:00", "2024W05": "2024-01-29T00:00:00", "": nil,
		"2024-01-31è10:00": "2024-01-31T10:00:00", "2020/01/31": "2020-01-31T00:00:00", "2020/01/31 15.04": "2020-01-31T15:04:00",
		"2020/01/01 17.04.59.123": "2020-01-01T17:04:59.123000",
		"x":                       false, "2024": false, "2024-02-30": false, "2024-13-01": false, "2024-01-31T25:00": false, "31/01/2024": false,
		"2024-01-31 ieri": false, "0000-01-01": false, "2024-W54-1": false, "10000-01-01": false, "2024-01": false,
		"0001-01-01T00:00:00+10:00": false, strings.Repeat("2", 100): false,
	} {
		got, wrong := run1(moment, in)
		if want == false {
			if !cmp.Equal(wrong, []string{"Date format incorrect"}) {
				t.Errorf("%q became %v", in, got)
			}
			continue
		}
		if got != want || wrong != nil {
			t.Errorf("%q became %v %v, want %v", in, got, wrong, want)
		}
	}
	for _, v := range []any{json.Number("5"), true, []any{}} {
		if _, wrong := run1(moment, v); wrong == nil {
			t.Errorf("%v is a date", v)
		}
	}
}

func TestIntegersAreReadAsPythonReadsThem(t *testing.T) {
	for _, c := range []struct {
		in   any
		want any // nil = wrong
	}{
		{"5", "5"},
		{" -7 ", "-7"},
		{"1_000", "1000"},
		{"+3", "3"},
		{json.Number("12"), "12"},
		{json.Number("1e3"), "1000"},
		{json.Number("2.0"), "2"},
		{true, "1"},
		{false, "0"},
		{"tanti", nil},
		{"1.0", nil},
		{"_1", nil},
		{"1__0", nil},
		{json.Number("1.5"), nil},
		{json.Number("1e400"), nil},
		{json.Number("9223372036854775808"), nil},
		{"99999999999999999999", nil},
		{[]any{}, nil},
		{map[string]any{}, nil},
	} {
		got, wrong := run1(integer, c.in)
		if c.want == nil {
			if !cmp.Equal(wrong, []string{"Invalid integer"}) {
				t.Errorf("%v became %v", c.in, got)
			}
			continue
		}
		if got != json.Number(c.want.(string)) || wrong != nil {
			t.Errorf("%v became %v %v, want %v", c.in, got, wrong, c.want)
		}
	}
	if got, wrong := run1(integer, "  "); got != nil || wrong != nil {
		t.Errorf("a blank text became %v %v", got, wrong)
	}
	if _, wrong := run1(naturalNumber, "-1"); !cmp.Equal(wrong, []string{"Must be a natural number"}) {
		t.Errorf("-1: %v", wrong)
	}
}

func TestBooleansAreNeverWrong(t *testing.T) {
	for _, v := range []any{true, "TRUE", "yes", "t", "y", "1", json.Number("1"), json.Number("5")} {
		if got, _ := run1(boolean, v); got != true {
			t.Errorf("%v is %v", v, got)
		}
	}
	for _, v := range []any{false, "", "no", "forse", nil, json.Number("0"), json.Number("1.0"), []any{true}, " true"} {
		if got, _ := run1(boolean, v); got != false {
			t.Errorf("%v is %v", v, got)
		}
	}
}

func TestWhatIsNoTextBecomesPythonsJSON(t *testing.T) {
	for in, want := range map[string]string{
		`5`: "5", `1.0`: "1.0", `1e5`: "100000.0", `1e16`: "1e+16", `0.00001`: "1e-05", `-0`: "0", `-0.0`: "-0.0", `1e400`: "Infinity", `true`: "true", `[]`: "[]",
		`{"b": [1, null], "a": "è\"\n\u0001"}`: `{"a": "è\"\n\u0001", "b": [1, null]}`, `123456789012345678901234567890`: "123456789012345678901234567890",
		`"a\u0000b"`: "ab",
	} {
		v, ok := decodeJSON(in)
		if got := asText(v); !ok || got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

func TestEmails(t *testing.T) {
	for _, s := range []string{"a@b.it", "a.b+c@d-e.example", "o'hara@x", "a@" + strings.Repeat("b", 63) + ".it"} {
		if !isEmail(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"nope", "a b@c", ".a@b.it", "a..b@c.it", "a@b.it.", "a@-b.it", "a@b@c", "@b.it", "a@", "è@b.it", "a@b.it\n", "a@" + strings.Repeat("b", 64) + ".it"} {
		if isEmail(s) {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestTagsAreOfAnyScript(t *testing.T) {
	for name, good := range map[string]bool{
		"città": true, "Ελλάδα 2.0": true, "日本": true, "a_b-c.d e": true, "½ litro": true,
		"dell'acqua": false, "a/b": false, "a,b": false, "ab\n": false, "e\u0301t\u0301": false,
	} {
		_, wrong := run1(tagLetters, name)
		if good != (wrong == nil) {
			t.Errorf("%q: %v", name, wrong)
		}
	}
}

// A refusal is what a schema must say of some data.
type refusal struct {
	name string
	data string
	want string // the error object, without its __type
}

func wantRefusal(t *testing.T, r refusal, err error) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %v, want an *Error", err)
	}
	got := e.JSON(untranslated)
	delete(got, "__type")
	if diff := cmp.Diff(decoded(t, r.want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if e.Error() == "" {
		t.Error("nothing for the log")
	}
}

func TestWhatADatasetMustNotBe(t *testing.T) {
	editor := Context{Lookup: recorded(), Actor: actorNamed("editor")}
	for _, r := range []refusal{
		{"an organization that is another's", `{"name": "ab", "owner_org": "comune-di-lecce"}`, `{"owner_org": ["You cannot add a dataset to this organization"]}`},
		{"a group as its organization", `{"name": "ab", "owner_org": "envi"}`, `{"owner_org": ["Organization does not exist"]}`},
		{"an organization that is a number", `{"name": "ab", "owner_org": 5}`, `{"owner_org": ["Organization does not exist"]}`},
		{"mixed lists", `{"name": "ab", "resources": [{"url": "a"}, 5]}`, `{"message": "Values in lists need to be dicts", "data": {"name": "ab", "resources": [{"url": "a"}, 5], "type": "dataset"}}`},
		{"null for a list", `{"tags": null}`, `{"message": "Only lists of dicts can be placed against subschema ('tags',), not <class 'NoneType'>", "data": {"tags": null, "type": "dataset"}}`},
		{"a number for a list", `{"tags": 1.5}`, `{"message": "Only lists of dicts can be placed against subschema ('tags',), not <class 'float'>", "data": {"tags": 1.5, "type": "dataset"}}`},
		{
			"a relationship of no kind", `{"name": "ab", "owner_org": "golden-org", "relationships_as_subject": [{"type": "x"}, {"comment": "c"}]}`,
			`{"relationships_as_subject": [{"type": ["Value must be one of ['depends_on', 'dependency_of', 'derives_from', 'has_derivation', 'links_to', 'linked_from', 'child_of', 'parent_of']"]}, {"type": ["Missing value"]}]}`,
		},
		{"junk", `{"name": "ab", "owner_org": "golden-org", "__junk": {"a": 1}}`, `{"__junk": ["The input field ['a'] was not expected."]}`},
		{"a tag text with a bad tag", `{"name": "ab", "owner_org": "golden-org", "tag_string": "uno, a"}`, `{"tag_string": ["Tag \"a\" length is less than minimum 2"]}`},
		{"an ID of an extra", `{"name": "ab", "owner_org": "golden-org", "extras": [{"key": "k", "value": "", "id": "x"}]}`, `{"extras": [{"id": ["The input field id was not expected."]}]}`},
		{"settings that are no object", `{"name": "ab", "owner_org": "golden-org", "plugin_data": [1]}`, `{"plugin_data": ["The value should be a valid JSON object"]}`},
		{
			"one ID for two distributions", `{"name": "ab", "owner_org": "golden-org", "resources": [{"id": "99999999-9999-4999-8999-999999999999"}, {"id": "99999999-9999-4999-8999-999999999999"}]}`,
			`{"resources": [{}, {"id": ["Resource id already exists."]}]}`,
		},
	} {
		t.Run(r.name, func(t *testing.T) {
			_, err := Package(catalog.WithActor(t.Context(), editor.Actor), editor, decoded(t, r.data))
			wantRefusal(t, r, err)
		})
	}
	t.Run("private without an organization", func(t *testing.T) {
		c := Context{Lookup: recorded(), Actor: actorNamed("admin"), AllowUnowned: true}
		_, err := Package(t.Context(), c, map[string]any{"name": "ab", "private": true})
		wantRefusal(t, refusal{want: `{"private": ["Datasets with no organization can't be private."]}`}, err)
	})
}

func TestWhatADatasetBecomes(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{
			"texts of all kinds", `{"name": 12, "title": "", "notes": {"it": "Sì"}, "author_email": " a@b.it ", "owner_org": "golden-org", "pippo": [{"a": 1}], "state": "draft"}`,
			`{"name": "12", "title": "12", "notes": "{\"it\": \"Sì\"}", "author_email": "a@b.it", "owner_org": "` + organizationID + `", "type": "dataset"}`,
		},
		{
			"tags of both kinds, each once", `{"name": "ab", "owner_org": "golden-org", "tags": [{"name": "uno", "id": "x"}, {}], "tag_string": "due, uno,,"}`,
			`{"name": "ab", "title": "ab", "owner_org": "` + organizationID + `", "type": "dataset", "tags": [{"name": "uno"}, {"name": "due"}]}`,
		},
		{
			"extras without those that are deleted", `{"name": "ab", "owner_org": "golden-org", "extras": [{"key": "a", "value": "1", "deleted": true}, {"key": "a", "value": null, "state": "x"}]}`,
			`{"name": "ab", "title": "ab", "owner_org": "` + organizationID + `", "type": "dataset", "extras": [{"key": "a", "value": ""}]}`,
		},
		{
			"empty lists, and lists of nothing", `{"name": "ab", "owner_org": "golden-org", "resources": [], "groups": [{"pippo": 1}]}`,
			`{"name": "ab", "title": "ab", "owner_org": "` + organizationID + `", "type": "dataset", "resources": []}`,
		},
		{
			"a distribution with keys of its own",
			`{"name": "ab", "owner_org": "golden-org", "resources": [{"url": " http://a/b.csv", "size": "5", "created": "2024-01-31", "last_modified": "", "mio": {"b": [1]}, "position": 7, "datastore_active": "true"}]}`,
			`{"name": "ab", "title": "ab", "owner_org": "` + organizationID + `", "type": "dataset", "resources": [{"url": "http://a/b.csv", "format": "CSV", "size": 5, "created": "2024-01-31T00:00:00", "last_modified": null, "mio": {"b": [1]}, "datastore_active": true}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			editor := Context{Lookup: recorded(), Actor: actorNamed("editor")}
			got, err := Package(catalog.WithActor(t.Context(), editor.Actor), editor, decoded(t, c.data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, c.want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
