package schema

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const revised = `{"id": "` + datasetID + `", "name": "d", "notes": "n", "private": false, "metadata_modified": "2026-01-01", "tags": [{"name": "uno"}, {"name": "due"}],
	"resources": [{"id": "aaaaa111", "name": "A", "size": 5}, {"id": "bbbbb222", "name": "B", "size": 6}], "organization": {"id": "o", "title": "O"}}`

func TestRevisionsAreApplied(t *testing.T) {
	for _, c := range []struct{ name, params, want string }{
		{
			"a scalar is set", `{"match": {"name": "d", "private": 0}, "update": {"notes": "m"}}`,
			`{"id": "` + datasetID + `", "name": "d", "notes": "m", "private": false, "tags": [{"name": "uno"}, {"name": "due"}],
				"resources": [{"id": "aaaaa111", "name": "A", "size": 5}, {"id": "bbbbb222", "name": "B", "size": 6}], "organization": {"id": "o", "title": "O"}}`,
		},
		{
			"texts are JSON, as in a form", `{"match": "{\"id\": \"d\"}", "match__id": "` + datasetID + `", "match__name": "d", "filter": "-tags,-organization, x", "update": "{\"notes\": 5}"}`,
			``,
		},
		{
			"what is named is taken away, but for what is kept", `{"match__name": "d", "filter": ["+resources__0", "-resources__*", "+resources", "+name", "-*"], "update__resources__extend": [{"url": "u"}], "update__resources__1__name": "C"}`,
			`{"id": "` + datasetID + `", "name": "d", "resources": [{"id": "aaaaa111", "name": "A", "size": 5}, {"url": "u", "name": "C"}]}`,
		},
		{
			"a distribution is found by its ID, or from the end", `{"match__name": "d", "filter": ["-tags", "-organization", "-private"], "update__resources__bbbbb__name": "B2", "update__resources__-2__name": "A2"}`,
			`{"id": "` + datasetID + `", "name": "d", "notes": "n", "resources": [{"id": "aaaaa111", "name": "A2", "size": 5}, {"id": "bbbbb222", "name": "B2", "size": 6}]}`,
		},
		{
			"lists are merged position by position", `{"match__name": "d", "filter": ["-tags__0", "-organization", "-private", "-resources__bbbbb"], "update": {"resources": [{"size": 7}, {"url": "u"}], "tags": []}}`,
			`{"id": "` + datasetID + `", "name": "d", "notes": "n", "tags": [{"name": "due"}], "resources": [{"id": "aaaaa111", "name": "A", "size": 7}, {"url": "u"}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			stored := decoded(t, revised)
			r, err := ParseRevision(decoded(t, c.params))
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Apply(stored)
			if c.want == "" {
				if err == nil {
					t.Fatal("it matched")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, c.want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(decoded(t, revised), stored); diff != "" {
				t.Errorf("what is stored has changed:\n%s", diff)
			}
		})
	}
}

func TestRevisionsAreRefused(t *testing.T) {
	for _, r := range []refusal{
		{"matches that are none", `{"match": 5, "update": [1]}`, `{"match": ["Must be a dict"], "update": ["Must be a dict"]}`},
		{"patterns that are no texts", `{"filter": [5], "include": {}}`, `{"filter": ["Not a string: 5"], "include": ["Not a list"]}`},
		{"no dataset", `{"match": {"notes": "n"}}`, `{"match__id": "Missing value"}`},
		{
			"what differs, each by its path", `{"match": {"name": "d", "notes": 1, "tags": [{"name": "uno"}, {"name": "x"}, {}], "x": null, "resources": {}}, "match__resources__0__size": 6}`,
			`{"match": ["notes", "resources", "tags__1__name", "tags__2", "x", "resources__0__size"]}`,
		},
		{
			"a match where nothing is", `{"match__name": "d", "match__resources__7__id": "x"}`,
			`{"message": "Unmatched key resources__7", "data": {"match__name": "d", "match__resources__7__id": "x"}}`,
		},
		{"a text for a list", `{"match__name": "d", "update": {"resources": "x"}}`, `{"update": ["Expected list for resources"]}`},
		{"a list for an object", `{"match__name": "d", "update__organization": []}`, `{"organization": ["Expected dict for organization"]}`},
		{"a way through a text", `{"match__name": "d", "update__notes__x__y": 1}`, `{"notes__x__y": ["Unmatched key notes__x"]}`},
		{"a child of a text", `{"match__name": "d", "update__notes__x": 1}`, `{"notes__x": ["Expected list or dict for notes"]}`},
		{"more of what is no list", `{"match__name": "d", "update__tags__extend": "x"}`, `{"tags__extend": ["Expected list for tags"]}`},
		{"an ID too short", `{"match__name": "d", "update__resources__aaaa__name": 1}`, `{"resources__aaaa__name": ["Unmatched key resources__aaaa"]}`},
	} {
		t.Run(r.name, func(t *testing.T) {
			rev, err := ParseRevision(decoded(t, r.data))
			if err == nil {
				_, err = rev.Apply(decoded(t, revised))
			}
			wantRefusal(t, r, err)
		})
	}
}

func TestAnswersOfRevisionsShowWhatWasAsked(t *testing.T) {
	for include, want := range map[string]string{
		`[]`:                             `{"package": {"id": "x", "tags": [1, 2]}}`,
		`"-package__id"`:                 `{"package": {"tags": [1, 2]}}`,
		`["+package__id", "package__*"]`: `{"package": {"id": "x"}}`,
		`["+package__tags__0", "package__tags__*"]`:           `{"package": {"id": "x", "tags": [1]}}`,
		`["package__tags__*", "+package__tags__0"]`:           `{"package": {"id": "x", "tags": []}}`,
		`["package__tags__-1", "package__x", "x", "+*", "*"]`: `{"package": {"id": "x", "tags": [1]}}`,
		`["+name", "-*"]`: `{}`,
	} {
		r, err := ParseRevision(decoded(t, `{"match__name": "d", "include": `+include+`}`))
		if err != nil {
			t.Fatal(err)
		}
		answer := decoded(t, `{"package": {"id": "x", "tags": [1, 2]}}`)
		r.Include(answer)
		if diff := cmp.Diff(decoded(t, want), answer); diff != "" {
			t.Errorf("%s: -want +got:\n%s", include, diff)
		}
	}
}

func TestARevisionNamesItsDataset(t *testing.T) {
	for params, want := range map[string]string{
		`{"match": {"name": "n", "id": "i"}}`:             "i",
		`{"match": {"id": "i"}, "match__id": "j"}`:        "j",
		`{"match": {"name": "n"}, "match__name": "2024"}`: "2024",
		`{"match": {"name": ""}}`:                         "",
	} {
		r, err := ParseRevision(decoded(t, params))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Ref(); got != want {
			t.Errorf("%s is about %q, want %q", params, got, want)
		}
	}
}

func TestUploadedFilesPassThroughARevision(t *testing.T) {
	type file struct{ name string }
	r, err := ParseRevision(map[string]any{"match__name": "d", "update__resources__0__upload": &file{"a.csv"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Apply(decoded(t, revised))
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := got["resources"].([]any)[0].(map[string]any)["upload"].(*file); !ok || f.name != "a.csv" {
		t.Error("the file is lost")
	}
}

func TestErrorsWithoutFieldsAreBareTexts(t *testing.T) {
	var err error = Says("message", "You cannot follow yourself")
	e, _ := errors.AsType[*Error](err)
	got := e.JSON(func(s string) string { it, _ := Italian(s); return it })
	if diff := cmp.Diff(map[string]any{"message": "Non puoi seguire te stesso", "__type": "Validation Error"}, got); diff != "" {
		t.Error(diff)
	}
}
