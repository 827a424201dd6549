package ckan

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"portico/catalog"
)

const remote = "https://dati.comune.esempio.it"

// full is a dataset that says everything CKAN's JSON has a word for.
func full() catalog.Dataset {
	at := time.Date(2026, 4, 7, 8, 3, 3, 428194000, time.UTC)
	both := func(it, en string) catalog.Text { return catalog.Text{"it": it, "en": en} }
	return catalog.Dataset{
		ID: "0f6c7d23-15c2-40f0-a72a-5bd4fb97bd92", Name: "qualita-aria", URI: "https://example.it/id/aria", Identifier: "c_a001:D.1",
		Title: both("Qualità dell'aria", "Air quality"), Description: both("Testo <con> & \u2028 \"virgolette\"\n", "Text"),
		Holder:    catalog.Agent{Identifier: "c_a001", Name: catalog.It("Comune di Esempio"), URI: "https://example.it/ente", Type: "LocalAuthority"},
		Publisher: catalog.Agent{Identifier: "r_emiro", Name: both("Regione", "Region"), URI: "https://example.it/regione", Type: "RegionalAuthority"},
		Creators:  []catalog.Agent{{Identifier: "c_a002", Name: catalog.It("Ufficio aria")}, {Name: both("Altro", "Other"), URI: "https://example.it/altro"}},
		Contacts:  []catalog.Contact{{URI: "https://example.it/contatto", Name: catalog.It("URP"), Email: "urp@example.it", Telephone: "051 1234", URL: "https://example.it/urp"}, {Email: "b@example.it"}},
		Author:    catalog.Party{Name: "Ufficio", Email: "ufficio@example.it"}, Maintainer: catalog.Party{Name: "CED", Email: "ced@example.it"},
		Organization: "f6c7d231-15c2-40f0-a72a-5bd4fb97bd92", Creator: "a6c7d231-15c2-40f0-a72a-5bd4fb97bd92",
		Modified: "2026-01-31", Issued: "2020-02-29T10:00:00+02:00", Frequency: "ANNUAL",
		Themes:   []catalog.Theme{{Code: "ENVI", Subthemes: []string{"http://eurovoc.europa.eu/100242"}}, {Code: "HEAL"}},
		Groups:   []string{"ambiente", "salute"},
		Keywords: []catalog.Keyword{{Name: "air", Lang: "en"}, {Name: "aria"}, {Name: "città, vie"}}, Languages: []string{"ITA", "ENG"},
		License: "https://creativecommons.org/licenses/by/3.0/it/", LicenseID: "cc-by",
		Temporal:    []catalog.Period{{Start: "2020-01-01", End: "2020-12-31"}, {Start: "2022-01-01"}},
		Spatial:     []catalog.Place{{URI: "http://publications.europa.eu/resource/authority/place/ITA_BLQ"}, {URI: "https://sws.geonames.org/3181928/"}, {Name: both("Centro", "Centre"), Geometry: `{"type":"Point","coordinates":[11.3,44.5]}`}},
		ConformsTo:  []catalog.Standard{{URI: "https://example.it/std", Identifier: "STD", Title: catalog.It("Norma"), Description: both("d", "e"), References: []string{"https://example.it/ref"}}},
		OtherIDs:    []catalog.AlternateID{{Value: "ISTAT:1", Agent: catalog.Agent{Identifier: "istat", Name: catalog.It("ISTAT")}}, {Value: "x"}},
		IsVersionOf: []string{"https://example.it/a", "https://example.it/b"},
		HasVersion:  []string{"https://example.it/v1"},
		SourceIRIs:  []string{"https://example.it/s"},
		Pages:       []string{"https://example.it/p1", "https://example.it/p2"},
		Samples:     []string{"https://example.it/sample"},
		InSeries:    []string{"https://example.it/serie"},
		LandingPage: "https://example.it/pagina", Version: "1.0", VersionNotes: both("note", "notes"), AccessRights: "PUBLIC",
		Legislation: []string{"http://data.europa.eu/eli/reg_impl/2023/138/oj"}, HVD: []string{"c_ac64a52d"}, Type: "http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL",
		Provenance: catalog.It("rilevazione"), Kind: "dataset_series",
		Extras: []catalog.Extra{{Key: "zeta", Value: "1"}, {Key: "alfa", Value: `{"a":1}`}},
		State:  catalog.Active, Created: at, Updated: at,
		Distributions: []catalog.Distribution{fullDistribution(), {
			ID: "1f6c7d23-15c2-40f0-a72a-5bd4fb97bd92", URI: remote + "/dataset/x/resource/y", AccessURL: "https://example.it/servizio", FormatLabel: "boh",
		}},
	}
}

func fullDistribution() catalog.Distribution {
	return catalog.Distribution{
		ID: "2f6c7d23-15c2-40f0-a72a-5bd4fb97bd92", URI: "https://example.it/id/aria/csv", Title: catalog.Text{"it": "CSV", "de": "CSV-Datei"}, Description: catalog.It("d"),
		AccessURL: "https://example.it/aria", DownloadURL: "https://example.it/aria.csv", Format: "CSV", FormatLabel: "csv con ;", MediaType: "text/csv",
		License: "https://creativecommons.org/licenses/by/4.0/", Issued: "2021-01-01", Modified: "2026-01-31T10:11:12.5Z", ByteSize: 12345,
		Checksum: catalog.Checksum{Algorithm: "sha1", Value: "a363fc4d0b3786c6e965221f56f8477eede69a3d"},
		Rights:   "libero", Availability: "STABLE", Status: "http://publications.europa.eu/resource/authority/distribution-status/COMPLETED",
		CompressFormat: "application/gzip", PackageFormat: "application/zip", Languages: []string{"ITA"}, Pages: []string{"https://example.it/doc"},
		ConformsTo: []catalog.Standard{{URI: "https://example.it/std2", Identifier: "S2"}}, Legislation: []string{"http://data.europa.eu/eli/reg_impl/2023/138/oj"},
		Services: []catalog.Service{{
			URI: "https://example.it/api", Title: catalog.It("API"), Description: catalog.Text{"it": "a", "en": "b"}, EndpointURLs: []string{"https://example.it/api/v1"},
			EndpointDescription: "https://example.it/openapi.json", ServesDatasets: []string{"https://example.it/id/aria"}, License: "https://creativecommons.org/licenses/by/4.0/",
			AccessRights: "PUBLIC", Availability: "STABLE", Pages: []string{"https://example.it/api/doc"}, ConformsTo: []string{"https://example.it/ogc"},
			Legislation: []string{"http://data.europa.eu/eli/reg_impl/2023/138/oj"}, HVD: []string{"c_ac64a52d"}, Contacts: []catalog.Contact{{Email: "api@example.it"}},
		}},
		Extras: []catalog.Field{{Key: "custom", Value: json.RawMessage(`"libero"`)}, {Key: "zona", Value: json.RawMessage(`{"a":[1,2]}`)}},
	}
}

func refs(d *catalog.Dataset) Refs {
	groups := make(map[string]*catalog.Group)
	for _, g := range d.Groups {
		groups[g] = &catalog.Group{ID: "g-" + g, Name: g, Title: catalog.It(strings.ToUpper(g))}
	}
	return Refs{
		Site:         catalog.Site{Origin: remote},
		Organization: &catalog.Organization{ID: d.Organization, Name: "comune", Title: catalog.It("Comune di Esempio"), State: catalog.Active},
		Groups:       groups,
	}
}

type appender func([]byte, *catalog.Dataset, Refs) []byte

var appenders = map[string]appender{"show": AppendShow, "search": AppendSearch}

func TestReadIsTheInverseOfAppend(t *testing.T) {
	for name, write := range appenders {
		t.Run(name, func(t *testing.T) {
			d := full()
			raw := write(nil, &d, refs(&d))
			if !json.Valid(raw) {
				t.Fatalf("no JSON: %s", raw)
			}
			p, err := Decode(raw)
			if err != nil {
				t.Fatal(err)
			}
			got, org, problems := Read(p, remote)
			if len(problems) > 0 {
				t.Errorf("problems: %v", problems)
			}
			// What is the portal's own is left out by a client.
			want := full()
			want.ID, want.Organization, want.Creator, want.State = "", "", "", ""
			want.Created, want.Updated = time.Time{}, time.Time{}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if org.Name != "comune" || org.Title.String() != "Comune di Esempio" {
				t.Errorf("organization %+v", org)
			}
		})
	}
}

// A whole package_show posted back must change nothing (decision D1).
func TestPostingAnAnswerBackChangesNothing(t *testing.T) {
	d := full()
	d.Extras = append(d.Extras, catalog.Extra{Key: "frequency", Value: "http://publications.europa.eu/resource/authority/frequency/ANNUAL"})
	first := AppendShow(nil, &d, refs(&d))
	p, err := Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	back, _, _ := Read(p, "")
	back.Created, back.Updated = d.Created, d.Updated
	if diff := cmp.Diff(string(first), string(AppendShow(nil, &back, refs(&back)))); diff != "" {
		t.Error(diff)
	}
	d.Extras = d.Extras[:2] // now what we show says it
	first = AppendShow(nil, &d, refs(&d))
	for form, back := range map[string]catalog.Dataset{"text": read(t, first), "map": readMap(t, asMap(t, first))} {
		for i := range back.Distributions {
			back.Distributions[i].Created = time.Time{}
		}
		back.Created, back.Updated = d.Created, d.Updated
		if diff := cmp.Diff(d, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", form, diff)
		}
	}
	d.Extras = back.Extras
	if back.ID != d.ID || back.Organization != d.Organization || back.Extras[2] != d.Extras[2] {
		t.Errorf("ID %q, organization %q, extras %v", back.ID, back.Organization, back.Extras)
	}
}

func TestNoKeyComesTwice(t *testing.T) {
	d := full()
	d.Extras = append(d.Extras, catalog.Extra{Key: "holder_name", Value: "x"}, catalog.Extra{Key: "title", Value: "no"}, catalog.Extra{Key: "temporal_start", Value: "2020-01-01"})
	d.Distributions[0].Extras = append(d.Distributions[0].Extras, catalog.Field{Key: "id", Value: json.RawMessage("1")}, catalog.Field{Key: "rights", Value: json.RawMessage(`"y"`)})
	for name, write := range appenders {
		p, err := Decode(write(nil, &d, refs(&d))) // refuses keys that come twice
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seen := make(map[string]bool)
		for _, x := range p.Extras {
			if seen[x.Key] || core[x.Key] {
				t.Errorf("%s: extra %s comes twice or is a core key", name, x.Key)
			}
			seen[x.Key] = true
		}
		if seen["temporal_coverage"] {
			t.Errorf("%s: temporal_coverage beside temporal_start", name)
		}
	}
}

func TestEmptyDatasetHasCKANsKeys(t *testing.T) {
	d := catalog.Dataset{ID: "x", Name: "golden-min", State: catalog.Active}
	raw := AppendShow(nil, &d, Refs{})
	const want = `{"author":null,"author_email":null,"creator_user_id":null,"id":"x","isopen":false,"license_id":null,"license_title":null,` +
		`"maintainer":null,"maintainer_email":null,"metadata_created":null,"metadata_modified":null,"name":"golden-min","notes":null,` +
		`"num_resources":0,"num_tags":0,"organization":null,"owner_org":null,"private":false,"state":"active","title":"golden-min","type":"dataset",` +
		`"url":null,"version":null,"extras":[],"groups":[],"resources":[],"tags":[],"relationships_as_subject":[],"relationships_as_object":[]}`
	if string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
}

func TestAppendResourceIsThatOfThePackage(t *testing.T) {
	d := full()
	d.Distributions[0].File = &catalog.File{Name: "aria.csv", Uploaded: true}
	d.Distributions[0].Table = &catalog.Table{Hash: "h"}
	one := AppendResource(nil, &d, &d.Distributions[0], refs(&d))
	if !strings.Contains(string(AppendShow(nil, &d, refs(&d))), string(one)) {
		t.Errorf("not in the package: %s", one)
	}
	for _, part := range []string{`"url_type":"upload"`, `"datastore_active":true`, `/resource/2f6c7d23-15c2-40f0-a72a-5bd4fb97bd92/download/aria.csv"`, `"position":0`} {
		if !strings.Contains(string(one), part) {
			t.Errorf("no %s in %s", part, one)
		}
	}
}

func TestAppendString(t *testing.T) {
	for _, s := range []string{"", "a", "à\u2028b\u2029", "<&>\"\\\x00\x1f\x7f\n\r\t", "\xff\xc3", "€😀", "\u202a"} {
		raw := appendString(nil, s)
		var got string
		if err := json.Unmarshal(raw, &got); err != nil || got != strings.ToValidUTF8(s, "") && got != strings.ReplaceAll(strings.ReplaceAll(s, "\xff", "\ufffd"), "\xc3", "\ufffd") && got != s {
			t.Errorf("%q: got %s = %q, %v", s, raw, got, err)
		}
		if strings.ContainsAny(string(raw), "<>&\u2028\u2029") {
			t.Errorf("%q: unsafe %s", s, raw)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\u2028\xff<\"")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(s)
		var want string
		_ = json.Unmarshal(b, &want)
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// The dataset is a usual one: one language, ten resources.
func BenchmarkAppendShow(b *testing.B) {
	d := full()
	d.Title, d.Description, d.VersionNotes = catalog.It("Qualità dell'aria"), catalog.It(strings.Repeat("Rilevazioni orarie delle centraline. ", 20)), nil
	d.ConformsTo, d.OtherIDs, d.Spatial, d.Publisher, d.Creators = nil, nil, d.Spatial[:1], d.Holder, d.Creators[:1]
	d.Keywords = d.Keywords[:1]
	d.Distributions = nil
	for range 10 {
		x := fullDistribution()
		x.Title, x.Services, x.ConformsTo, x.Modified = catalog.It("CSV"), nil, nil, "2026-01-31"
		d.Distributions = append(d.Distributions, x)
	}
	r := refs(&d)
	buf := make([]byte, 0, 64<<10)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendShow(buf[:0], &d, r)
	}
	b.SetBytes(int64(len(buf)))
}
