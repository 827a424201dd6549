package ckan

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/fixtures"
)

func TestSharedFixturesAreRead(t *testing.T) {
	dir := fixtures.Path(t)
	for _, test := range []struct {
		file, title   string
		distributions int
		check         func(t *testing.T, d catalog.Dataset)
	}{
		{"dati_trentino_package_show.json", "Elenco aderenti EuregioFamilyPass", 3, func(t *testing.T, d catalog.Dataset) {
			if d.Holder.Identifier != "p_tn" || d.Frequency != "IRREG" || d.Modified != "2022-08-01" || d.Issued != "2021-08-04" {
				t.Errorf("holder %q, frequency %q, modified %q, issued %q", d.Holder.Identifier, d.Frequency, d.Modified, d.Issued)
			}
			if len(d.Themes) != 2 || len(d.Languages) != 2 || len(d.Creators) != 1 || len(d.Creators[0].Name) != 4 || len(d.Spatial) != 2 || len(d.Keywords) != 12 {
				t.Errorf("themes %v, languages %v, creators %v, spatial %v, keywords %v", d.Themes, d.Languages, d.Creators, d.Spatial, d.Keywords)
			}
			if d.Distributions[0].License != "https://creativecommons.org/licenses/by/4.0/" || d.Distributions[0].Format != "CSV" {
				t.Errorf("distribution %+v", d.Distributions[0])
			}
			if d.Extra("fields_description") == "" || d.URI != remote+"/dataset/f76af483-5e62-43ad-92c5-3bcea666edb0" {
				t.Errorf("extras %v, URI %q", d.Extras, d.URI)
			}
		}},
		{"ckanext_dcat_full_dataset.json", "Zimbabwe Regional Geochemical Survey.", 1, func(t *testing.T, d catalog.Dataset) {
			if d.Issued != "2012-05-10" || d.Modified != "2012-05-10T21:04:00Z" || len(d.Spatial) != 1 || len(d.Extras) != 28 || len(d.Languages) != 3 {
				t.Errorf("issued %q, modified %q, spatial %v, %d extras, languages %v", d.Issued, d.Modified, d.Spatial, len(d.Extras), d.Languages)
			}
		}},
		{"dkan_french_package.json", "Antennes régionales de la Région Hauts-de-France (au 01/10/2019)", 2, func(t *testing.T, d catalog.Dataset) {
			if strings.Contains(d.Description.String(), "<p>") || d.Modified != "2019-09-30" || d.Kind != "" {
				t.Errorf("description %q, modified %q, kind %q", d.Description, d.Modified, d.Kind)
			}
		}},
		{"magda_ckan_package_extras.json", "ANUClim (Australia), Current Climate December, (1976-2005), 30 arcsec (~1km)", 5, nil},
	} {
		t.Run(test.file, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, "fixtures/a_ckan", test.file))
			if err != nil {
				t.Fatal(err)
			}
			p, err := Decode(raw)
			if err != nil {
				t.Fatal(err)
			}
			d, _, problems := Read(p, remote+"/")
			if d.Title.String() != test.title || len(d.Distributions) != test.distributions {
				t.Errorf("title %q, %d distributions", d.Title, len(d.Distributions))
			}
			t.Log(problems)
			if test.check != nil {
				test.check(t, d)
			}
		})
	}
}

func TestGoldenKeysAreAllThere(t *testing.T) {
	dir := fixtures.Path(t)
	raw, err := os.ReadFile(filepath.Join(dir, "golden/golden/0073-package_show_name.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rec struct {
		Body struct {
			Result json.RawMessage `json:"result"`
		} `json:"body_json"`
	}
	if err := json.Unmarshal(raw, &rec); err != nil {
		t.Fatal(err)
	}
	p, err := Decode(rec.Body.Result)
	if err != nil {
		t.Fatal(err)
	}
	d, _, problems := Read(p, "")
	if len(problems) > 0 {
		t.Errorf("problems %v", problems)
	}
	var want, got map[string]any
	_ = json.Unmarshal(rec.Body.Result, &want)
	if err := json.Unmarshal(AppendShow(nil, &d, refs(&d)), &got); err != nil {
		t.Fatal(err)
	}
	for key := range want {
		if _, ok := got[key]; !ok {
			t.Errorf("no %s", key)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s is too many: %v", key, got[key])
		}
	}
	first := func(m map[string]any) map[string]any { return m["resources"].([]any)[0].(map[string]any) }
	for key := range first(want) {
		if _, ok := first(got)[key]; !ok {
			t.Errorf("no resources.%s", key)
		}
	}
	if len(want["extras"].([]any)) != len(got["extras"].([]any)) {
		t.Errorf("%d extras, want %d", len(got["extras"].([]any)), len(want["extras"].([]any)))
	}
	for _, key := range []string{"isopen", "license_id", "license_title", "license_url", "num_tags", "title", "type", "version"} {
		if want[key] != got[key] {
			t.Errorf("%s: got %v, want %v", key, got[key], want[key])
		}
	}
}

func TestDecodeRefusesAndForgives(t *testing.T) {
	for _, test := range []struct {
		name, in string
		fails    bool
	}{
		{"an error page", "<!DOCTYPE html><html>", true},
		{"an answer that is no success", `{"success": false, "error": {"message": "Not found"}}`, true},
		{"an answer without result", `{"success": true}`, true},
		{"an empty list", `[]`, true},
		{"a key that comes twice", `{"id":"a","id":"b"}`, true},
		{"a key in other case", `{"id":"a","Title":"b"}`, true},
		{"nested beyond reason", `{"x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, true},
		{"tags as texts", `{"id":"a","tags":["x", {"name":"y"}, {"display_name":"z"}, ""]}`, false},
		{"numbers as titles, texts as sizes", `{"id":7,"title":2020,"resources":[{"id":"r","url":"http://x/a.csv","size":"42 octets"}]}`, false},
		{"extras as an object", `{"id":"a","extras":{"theme":"AMBIENTE","n":3}}`, false},
		{"null everywhere", `{"id":"a","title":null,"tags":null,"extras":null,"resources":null,"organization":null,"groups":null}`, false},
		{"an organization by name", `{"id":"a","organization":"comune","groups":["ambiente"]}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Decode([]byte(test.in))
			if (err != nil) != test.fails {
				t.Fatalf("got %v", err)
			}
			if err == nil {
				d, _, problems := Read(p, remote)
				t.Logf("%+v %v", d, problems)
			}
		})
	}
	if _, err := Decode([]byte("<html>")); !errors.Is(err, ErrNoPackage) {
		t.Errorf("got %v", err)
	}
}

func TestFieldsAreReadInEveryForm(t *testing.T) {
	read := func(key, value string) (catalog.Dataset, []catalog.Problem) {
		d, _, problems := Read(&Package{ID: "a", Extras: []catalog.Extra{{Key: key, Value: value}}}, remote)
		return d, problems
	}
	for _, v := range []string{"ANNUAL", "http://publications.europa.eu/resource/authority/frequency/ANNUAL", "annuale", "R/P1Y"} {
		if d, _ := read("frequency", v); d.Frequency != "ANNUAL" {
			t.Errorf("frequency %q: got %q", v, d.Frequency)
		}
	}
	for _, v := range []string{
		"ENVI", `["http://publications.europa.eu/resource/authority/data-theme/ENVI"]`, `[{"theme":"ENVI","subthemes":[]}]`, "{ENVI}", "Ambiente",
		"http://publications.europa.eu/resource/authority/data-theme/ENVI",
	} {
		if d, _ := read("theme", v); len(d.Themes) != 1 || d.Themes[0].Code != "ENVI" {
			t.Errorf("theme %q: got %v", v, d.Themes)
		}
	}
	for _, v := range []string{"{ITA,DEU}", `["http://publications.europa.eu/resource/authority/language/ITA","DEU"]`, "it,de"} {
		if d, _ := read("language", v); len(d.Languages) != 2 || d.Languages[0] != "ITA" {
			t.Errorf("language %q: got %v", v, d.Languages)
		}
	}
	if d, p := read("modified", "32-13-2020"); d.Modified != "" || len(p) != 1 || p[0].Value != "32-13-2020" {
		t.Errorf("a bad date: got %q, %v", d.Modified, p)
	}
	if d, _ := read("modified", "04-08-2021"); d.Modified != "2021-08-04" {
		t.Errorf("day first: got %q", d.Modified)
	}
	if d, _ := read("conforms_to", "ISO 1, https://example.it/x"); len(d.ConformsTo) != 2 || d.ConformsTo[1].URI == "" {
		t.Errorf("comma text: got %v", d.ConformsTo)
	}
}

func TestPlainText(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"no markup stays as it is", "a < b & c\r\nd", "a < b & c\r\nd"},
		{"an address in angle brackets stays", "vedi <https://example.it/x>", "vedi <https://example.it/x>"},
		{"paragraphs, lists and entities", "<p>Uno &amp; due</p><ul><li>tre</li><li>quattro</li></ul>", "Uno & due\n\n- tre\n- quattro"},
		{"scripts vanish", "<b>x</b><script>alert(1)</script>y", "xy"},
	} {
		if got := PlainText(test.in); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// sentExtras is what a client has sent that knows the profile.
const sentExtras = `{"id": "` + goldenID + `", "name": "aria", "title": "Aria", "license_id": "cc-by", "extras": [
	{"key": "holder_name", "value": "Comune di A"}, {"key": "libero", "value": "x"}, {"key": "contact_email", "value": "a@example.it"},
	{"key": "frequency", "value": "http://publications.europa.eu/resource/authority/frequency/MONTHLY"},
	{"key": "temporal_end", "value": "2020-12-31"}, {"key": "temporal_start", "value": "2020-01-01"},
	{"key": "theme", "value": "[\"http://publications.europa.eu/resource/authority/data-theme/ENVI\"]"}],
	"resources": [{"id": "` + goldenID + `", "url": "http://example.it/a.csv", "license": "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40",
		"language": ["ITA"], "modified": "2020-01-01", "last_modified": "2021-01-01T10:00:00", "mia": 1}]}`

func FuzzDecode(f *testing.F) {
	d := full()
	f.Add(AppendSearch(nil, &d, refs(&d)))
	f.Add([]byte(sentExtras))
	f.Add([]byte(`{"author":"","resources":[{"url":"/a.csv","size":0,"format":"","modified":null,"hash":"x","last_modified":"2020-01-01"}]}`))
	f.Add([]byte(`{"success":true,"result":[[{"id":1,"extras":{"a":[]},"tags":["x"]}]]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Decode(raw)
		if err != nil {
			return
		}
		for _, r := range []string{"", remote} {
			d, _, _ := Read(p, r)
			if out := AppendSearch(nil, &d, refs(&d)); !json.Valid(out) {
				t.Errorf("no JSON: %s", out)
			}
		}
		var m map[string]any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if dec.Decode(&m) != nil {
			return
		}
		if p, err := FromMap(m); err == nil {
			d, _, _ := Read(p, "")
			if out := AppendShow(nil, &d, refs(&d)); !json.Valid(out) {
				t.Errorf("no JSON of a map: %s", out)
			}
		}
	})
}
