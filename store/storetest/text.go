package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var textChecks = []check{
	{"any text comes back letter for letter", anyText},
	{"NUL and broken UTF-8 in keys are refused as Invalid", badKeys},
	{"NUL in a text is refused as Invalid, an escaped one is not", nulInText},
	{"a strange reference is just not found", strangeRefs},
}

var strange = []string{
	`'; DROP TABLE datasets; --`, `" OR 1=1 --`, `Robert'); DELETE FROM users WHERE ('1'='1`, `%_\`, `$1 ? :name @p`, `\u0000 \\u0000`,
	"😀 𝒳 🇮🇹", "e\u0301 è", "\u202ertl", "日本語", "a\tb\r\nc", "\u2028\u2029", "\ufeff", "<script>&amp;", strings.Repeat("à", 5000),
}

func anyText(t *testing.T, s Store) {
	for i, text := range strange {
		d := &catalog.Dataset{
			Name: fmt.Sprint("n", i), Title: catalog.It(text), Keywords: []catalog.Keyword{{Name: text}},
			Extras: []catalog.Extra{{Key: text, Value: text}}, Distributions: []catalog.Distribution{{ID: fmt.Sprint("d", i), FormatLabel: text}},
		}
		if len(text) < 200 {
			d.Organization, d.Creator, d.Origin, d.Groups = text, text, origin(text, text, text), []string{text}
			d.Holder.Identifier = text
		}
		put(t, s, d)
		got, err := s.Dataset(t.Context(), d.ID)
		if diff := cmp.Diff(d, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", text, err, diff)
		}
		if d.Organization == "" {
			continue
		}
		if page, n, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{Organization: text, Source: text, Holder: text, Limit: -1}); err != nil || n != 1 || page[0].ID != d.ID {
			t.Errorf("%q finds %d, %v", text, n, err)
		}
		if _, id, ok, err := s.Digest(t.Context(), text, text); id != d.ID || !ok || err != nil {
			t.Errorf("%q: digest %v, %v", text, ok, err)
		}
	}
}

func badKeys(t *testing.T, s Store) {
	for _, bad := range []string{"a\x00b", "\xff\xfe", strings.Repeat("x", 3000)} {
		for name, d := range map[string]*catalog.Dataset{
			"id":            {ID: bad},
			"name":          {Name: bad},
			"organization":  {Organization: bad},
			"source":        {Origin: origin(bad, "r", "")},
			"record":        {Origin: origin("s", bad, "")},
			"digest":        {Origin: origin("s", "r", bad)},
			"holder":        {Holder: catalog.Agent{Identifier: bad}},
			"groups":        {Groups: []string{"x", bad, "y"}},
			"distributions": {Distributions: []catalog.Distribution{{ID: bad}, {ID: "y"}}},
		} {
			_, err := s.PutDataset(asSystem(t), d)
			wantKind(t, name, err, catalog.Invalid)
		}
	}
	if names, err := s.DatasetNames(asSystem(t), 0, -1); err != nil || len(names) != 0 {
		t.Errorf("kept %v, %v", names, err)
	}
}

func nulInText(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{
		{Title: catalog.It("a\x00b")},
		{Title: catalog.It(`\` + "\x00")},
		{Extras: []catalog.Extra{{Key: "\x00"}}},
		{Distributions: []catalog.Distribution{{Extras: []catalog.Field{{Key: "k", Value: json.RawMessage(`"\u0000"`)}}}}},
	} {
		_, err := s.PutDataset(asSystem(t), d)
		wantKind(t, "put", err, catalog.Invalid)
	}
	d := put(t, s, &catalog.Dataset{Title: catalog.It(`\u0000 and \\u0000`)})
	if got := stored(t, s, d.ID); got.Title.String() != `\u0000 and \\u0000` {
		t.Errorf("got %q", got.Title)
	}
	// Broken UTF-8 is mended, as JSON does.
	d = put(t, s, &catalog.Dataset{Title: catalog.It("a\xffb")})
	if got := stored(t, s, d.ID); got.Title.String() != "a\uFFFDb" {
		t.Errorf("got %q", got.Title)
	}
}

func strangeRefs(t *testing.T, s Store) {
	ctx := asSystem(t)
	put(t, s, &catalog.Dataset{Name: "a"})
	for _, ref := range append([]string{"a\x00", "\x00", "\xff", "A", " a", "a%"}, strange...) {
		_, err := s.Dataset(ctx, ref)
		wantKind(t, fmt.Sprintf("Dataset(%.20q)", ref), err, catalog.NotFound)
		_, err = s.Organization(ctx, ref)
		wantKind(t, "Organization", err, catalog.NotFound)
		_, err = s.Source(ctx, ref)
		wantKind(t, "Source", err, catalog.NotFound)
		_, err = s.User(ctx, ref)
		wantKind(t, "User", err, catalog.NotFound)
		_, err = s.DatasetOfDistribution(ctx, ref)
		wantKind(t, "DatasetOfDistribution", err, catalog.NotFound)
		if ds, err := s.DatasetsByID(ctx, []string{ref}); err != nil || len(ds) != 0 {
			t.Errorf("DatasetsByID(%.20q): %v, %v", ref, ds, err)
		}
		if acts, err := s.Activities(ctx, catalog.ActivityFilter{Objects: []string{ref}, Limit: 9}); ref != "" && (err != nil || len(acts) != 0) {
			t.Errorf("Activities(%.20q): %v, %v", ref, acts, err)
		}
		wantKind(t, "SetDatasetState", s.SetDatasetState(ctx, ref, catalog.Deleted, ""), catalog.NotFound)
	}
}
