package ckan_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// shared returns the folder of fixtures that live outside the project, or "".
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PORTICO_SHARED")
	if dir == "" {
		at, _ := os.Getwd()
		for ; at != filepath.Dir(at); at = filepath.Dir(at) {
			if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
				dir = filepath.Join(filepath.Dir(at), "shared")
				break
			}
		}
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no shared fixtures: %v", err)
		}
		return ""
	}
	return dir
}

// Real answers, each served as the one package of a portal.
func TestSharedFixtures(t *testing.T) {
	dir := shared(t)
	if dir == "" {
		t.Skip("no shared fixtures here")
	}
	for file, distributions := range map[string]int{
		"dati_trentino_package_show.json": 3, "ckanext_dcat_full_dataset.json": 1, "dkan_french_package.json": 2, "magda_ckan_package_extras.json": 5,
	} {
		raw, err := os.ReadFile(filepath.Join(dir, "fixtures/a_ckan", file))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Result json.RawMessage `json:"result"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Result != nil {
			raw = answer.Result
		}
		for raw[0] == '[' {
			var list []json.RawMessage
			if err := json.Unmarshal(raw, &list); err != nil {
				t.Fatal(err)
			}
			raw = list[0]
		}
		got, end := read(t, portal(t, 100, string(raw)).URL)
		if end != nil || len(got) != 1 || got[0].Error != "" || got[0].Distributions != distributions {
			t.Errorf("%s: %+v, %v", file, got, end)
		}
	}
}
