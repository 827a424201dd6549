package ckan_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"portico/internal/fixtures"
)

// Real answers, each served as the one package of a portal.
func TestSharedFixtures(t *testing.T) {
	dir := fixtures.Path(t)
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
