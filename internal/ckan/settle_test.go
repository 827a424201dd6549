package ckan

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"portico/catalog"
)

const sentExtras = `{"id": "` + goldenID + `", "name": "aria", "title": "Aria", "license_id": "cc-by", "extras": [
	{"key": "holder_name", "value": "Comune di A"}, {"key": "libero", "value": "x"}, {"key": "contact_email", "value": "a@example.it"},
	{"key": "frequency", "value": "http://publications.europa.eu/resource/authority/frequency/MONTHLY"},
	{"key": "temporal_end", "value": "2020-12-31"}, {"key": "temporal_start", "value": "2020-01-01"},
	{"key": "theme", "value": "[\"http://publications.europa.eu/resource/authority/data-theme/ENVI\"]"}],
	"resources": [{"id": "` + goldenID + `", "url": "http://example.it/a.csv", "license": "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40",
		"language": ["ITA"], "modified": "2020-01-01", "last_modified": "2021-01-01T10:00:00", "mia": 1}]}`

func TestExtrasFollowTheFields(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(d *catalog.Dataset)
		extra  string
		want   string // "" = gone
	}{
		{"a name in its place", func(d *catalog.Dataset) { d.Holder.Name = catalog.It("Comune di B") }, "holder_name", "Comune di B"},
		{"a name in two languages cannot stay", func(d *catalog.Dataset) { d.Holder.Name = catalog.Text{"it": "A", "de": "B"} }, "holder_name", ""},
		{"a code", func(d *catalog.Dataset) { d.Frequency = "ANNUAL" }, "frequency", "ANNUAL"},
		{"what is taken away", func(d *catalog.Dataset) { d.Frequency = "" }, "frequency", ""},
		{"the end of a period", func(d *catalog.Dataset) { d.Temporal[0].End = "2021-12-31" }, "temporal_end", "2021-12-31"},
		{"two periods cannot stay", func(d *catalog.Dataset) { d.Temporal = append(d.Temporal, catalog.Period{Start: "2022-01-01"}) }, "temporal_start", ""},
		{"an address", func(d *catalog.Dataset) { d.Contacts[0].Email = "b@example.it" }, "contact_email", "b@example.it"},
		{"a second contact cannot stay", func(d *catalog.Dataset) { d.Contacts = append(d.Contacts, catalog.Contact{Email: "c@example.it"}) }, "contact_email", ""},
		{"a theme", func(d *catalog.Dataset) { d.Themes[0].Code = "HEAL" }, "theme", `["http://publications.europa.eu/resource/authority/data-theme/HEAL"]`},
		{"a key that nobody knows", func(d *catalog.Dataset) { d.Frequency = "ANNUAL" }, "libero", "x"},
	} {
		d := read(t, []byte(sentExtras))
		before := read(t, []byte(sentExtras))
		test.change(&d)
		Settle(&d)
		if got := d.Extra(test.extra); got != test.want {
			t.Errorf("%s: the extra says %q, want %q", test.name, got, test.want)
		}
		back := read(t, AppendShow(nil, &d, refs(&d)))
		if diff := cmp.Diff(d, back, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(catalog.Dataset{}, "Extras")); diff != "" {
			t.Errorf("%s: posted back: %s", test.name, diff)
		}
		if d.Extra("holder_name") != "Comune di A" && before.Extra("holder_name") != "Comune di A" {
			t.Errorf("%s: the list of another was changed", test.name)
		}
	}
}

func TestExtrasThatAreRightStayAsTheyCame(t *testing.T) {
	d := read(t, []byte(sentExtras))
	Settle(&d)
	if diff := cmp.Diff(read(t, []byte(sentExtras)), d, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestKeysOfResourcesFollowTheFields(t *testing.T) {
	d := read(t, []byte(sentExtras))
	x := &d.Distributions[0]
	x.License, x.Languages, x.Modified, x.FormatLabel, x.Format = "https://creativecommons.org/publicdomain/zero/1.0/", nil, "2025-01-01", "", "JSON"
	Settle(&d)
	got := string(AppendResource(nil, &d, &d.Distributions[0], refs(&d)))
	for _, part := range []string{`"license":"https://w3id.org/italia/controlled-vocabulary/licences/A11_CCO10"`, `"modified":"2025-01-01"`, `"last_modified":"2025-01-01T00:00:00"`, `"format":"JSON"`, `"mia":1`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %s in %s", part, got)
		}
	}
	if strings.Contains(got, "language") || strings.Contains(got, "license_type") {
		t.Errorf("too much in %s", got)
	}
	back := read(t, AppendShow(nil, &d, refs(&d)))
	if b, x := &back.Distributions[0], &d.Distributions[0]; b.License != x.License || b.Modified != x.Modified || b.Format != x.Format {
		t.Errorf("posted back: %+v", b)
	}
}

// package_patch lays what a client sends over our own answer.
func TestFieldsFollowWhatAClientPatches(t *testing.T) {
	d := full()
	for _, test := range []struct {
		name, patch string
		ok          func(d *catalog.Dataset) bool
	}{
		{"an extra wins over the field that we show", `{"extras":[{"key":"holder_name","value":"Nuovo"}]}`, func(d *catalog.Dataset) bool { return d.Holder.Name.String() == "Nuovo" }},
		{"an extra wins over the name by language", `{"extras":[{"key":"publisher_name","value":"Nuovo"}]}`, func(d *catalog.Dataset) bool { return d.Publisher.Name.String() == "Nuovo" }},
		{"an extra wins over the field that says the same", `{"extras":[{"key":"temporal_start","value":"1999-01-01"}]}`, func(d *catalog.Dataset) bool {
			return len(d.Temporal) == 1 && d.Temporal[0].Start == "1999-01-01"
		}},
		{"a theme wins over the sub-themes", `{"extras":[{"key":"theme","value":"TRAN"}]}`, func(d *catalog.Dataset) bool { return len(d.Themes) == 1 && d.Themes[0].Code == "TRAN" }},
		{"no extra at all leaves the fields", `{"extras":[]}`, func(d *catalog.Dataset) bool { return d.Frequency == "ANNUAL" && len(d.Themes) == 2 }},
		{"a field at top level", `{"frequency":"MONTHLY"}`, func(d *catalog.Dataset) bool { return d.Frequency == "MONTHLY" }},
		{"the plain title", `{"title":"Nuovo"}`, func(d *catalog.Dataset) bool { return d.Title["it"] == "Nuovo" && d.Title["en"] == "Air quality" }},
		{"the plain notes", `{"notes":"Nuove"}`, func(d *catalog.Dataset) bool { return d.Description["it"] == "Nuove" && d.Description["en"] == "Text" }},
		{"the title by language", `{"title":"Nuovo","title_translated":"{\"it\":\"Nuovo\",\"en\":\"New\"}"}`, func(d *catalog.Dataset) bool { return d.Title["it"] == "Nuovo" && d.Title["en"] == "New" }},
		{"the plain name of a resource", `{"resources":[{"url":"http://a/x.csv","download_url":"http://a/old.csv","access_url":"http://a/","name":"N","name_translated":"{\"it\":\"V\",\"de\":\"D\"}"}]}`, func(d *catalog.Dataset) bool {
			x := &d.Distributions[0]
			return x.Title["it"] == "N" && x.Title["de"] == "D" && x.DownloadURL == "http://a/x.csv" && x.AccessURL == "http://a/"
		}},
	} {
		m := asMap(t, AppendShow(nil, &d, refs(&d)))
		dec := json.NewDecoder(strings.NewReader(test.patch))
		dec.UseNumber()
		if err := dec.Decode(&m); err != nil {
			t.Fatal(err)
		}
		got := readMap(t, m)
		if !test.ok(&got) {
			t.Errorf("%s: got %+v", test.name, got)
		}
		again := readMap(t, asMap(t, AppendShow(nil, &got, refs(&got))))
		if !test.ok(&again) {
			t.Errorf("%s: once more: got %+v", test.name, again)
		}
	}
}

func TestMarksAreNoExtras(t *testing.T) {
	d := read(t, []byte(`{"id":"x","name":"x","author":"","notes":"","groups":[{"name":"envi"}],"extras":[{"key":"libero","value":""}]}`))
	if len(d.Extras) != 4 || len(d.FreeExtras()) != 1 || d.FreeExtras()[0].Key != "libero" {
		t.Errorf("extras %v, of them free %v", d.Extras, d.FreeExtras())
	}
	d.Themes = append(d.Themes, catalog.Theme{Code: "HEAL"})
	if got := string(AppendShow(nil, &d, refs(&d))); !strings.Contains(got, `"themes_aggregate"`) {
		t.Errorf("the groups do not say the themes any more, and nothing else does: %s", got)
	}
}
