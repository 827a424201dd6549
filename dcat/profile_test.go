package dcat_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestProfilesByTheNamesThatClientsUse(t *testing.T) {
	for names, want := range map[string]dcat.Profile{
		"": dcat.DCATAPIT, "it_dcat_ap": dcat.DCATAPIT, "dcat_ap_it": dcat.DCATAPIT, "euro_dcat_ap_2": dcat.DCATAP2,
		"euro_dcat_ap_2,it_dcat_ap": dcat.DCATAPIT, "it_dcat_ap euro_dcat_ap_3": dcat.DCATAPIT, "euro_dcat_ap_2,euro_dcat_ap_3": dcat.DCATAP3,
		"euro_geodcat_ap_3": dcat.GeoDCAT, "schemaorg": dcat.SchemaOrg, "croissant": dcat.Croissant, "DCAT_AP_3": dcat.DCATAP3,
	} {
		if got, ok := dcat.ProfileOf(names); got != want || !ok {
			t.Errorf("%q is %q %v, want %q", names, got, ok, want)
		}
	}
	for _, names := range []string{"nope", "it_dcat_ap,nope"} {
		if got, ok := dcat.ProfileOf(names); ok {
			t.Errorf("%q is %q", names, got)
		}
	}
	for _, p := range everyProfile {
		if got, ok := dcat.ProfileOf(string(p)); !ok || got != p {
			t.Errorf("%q is not known by its own name", p)
		}
	}
}

var everyProfile = []dcat.Profile{dcat.DCATAPIT, dcat.DCATAP2, dcat.DCATAP3, dcat.GeoDCAT, dcat.SchemaOrg, dcat.Croissant}

// TestWhatTellsTheProfilesApart looks for the words by which they differ.
func TestWhatTellsTheProfilesApart(t *testing.T) {
	d := full(1)
	d.Distributions[0].Status = "http://publications.europa.eu/resource/authority/distribution-status/COMPLETED"
	for _, tc := range []struct {
		profile dcat.Profile
		has     []string
		not     []string
	}{
		{dcat.DCATAPIT, []string{"dcatapit:Dataset", "48213.0", "owl:versionInfo", "dcatapit:startDate", "schema:startDate", "geographicalIdentifier", "bibo:status"}, []string{"adms:status", "dcat:version ", "dcat:bbox"}},
		{dcat.DCATAP2, []string{"dcat:Dataset", "owl:versionInfo", "adms:status <http://purl.org/adms/status/Completed>"}, []string{"dcatapit", "dcat:bbox"}},
		{dcat.DCATAP3, []string{"xsd:nonNegativeInteger", "dcat:version ", "distribution-status/COMPLETED", "checksumAlgorithm_sha256", "dcat:DatasetSeries"}, []string{"dcatapit", "owl:versionInfo \"1.2\"", "dcat:bbox"}},
		{dcat.GeoDCAT, []string{"dcat:bbox", "dcat:centroid", "geodcatap:custodian"}, []string{"dcatapit"}},
	} {
		t.Run(string(tc.profile), func(t *testing.T) {
			var buf bytes.Buffer
			if err := tc.profile.WriteDataset(&buf, rdf.Turtle, site, d, nil); err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(buf.String(), `"48213"^^xsd:decimal`, "48213.0")
			for _, s := range tc.has {
				if !strings.Contains(text, s) {
					t.Errorf("no %q", s)
				}
			}
			for _, s := range tc.not {
				if strings.Contains(text, s) {
					t.Errorf("there is %q", s)
				}
			}
		})
	}
}

// tabled returns a dataset with a table of every type of column.
func tabled() *catalog.Dataset {
	d := best()
	d.URI, d.Name = "", "numeri-civici"
	x := &d.Distributions[0]
	x.ID = "0f6d2c1e-1111-4222-8333-444455556666"
	x.File = &catalog.File{Hash: strings.Repeat("ab", 32), Name: "civici.csv", Size: 48213, MediaType: "text/csv"}
	x.Table = &catalog.Table{Hash: strings.Repeat("cd", 32), File: x.File.Hash, Rows: 3, Taken: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), Columns: []catalog.Column{
		{Name: "codice", Header: "Codice via", Type: catalog.Integer},
		{Name: "quota", Type: catalog.Decimal},
		{Name: "abitato", Type: catalog.Boolean},
		{Name: "dal", Type: catalog.Day},
		{Name: "ora", Type: catalog.TimeOfDay},
		{Name: "rilevato", Type: catalog.Timestamp},
		{Name: "via", Header: "Via", Type: catalog.String, Title: catalog.It("Nome della via")},
		{Name: "punto", Type: catalog.Geometry},
	}}
	return d
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", name, diff)
	}
}

func TestSchemaOrgAndCroissant(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"schemaorg.json": func(b *bytes.Buffer) error { return dcat.SchemaOrg.WriteDataset(b, rdf.JSONLD, site, tabled(), nil) },
		"croissant.json": func(b *bytes.Buffer) error { return dcat.Croissant.WriteDataset(b, rdf.JSONLD, site, tabled(), nil) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name, b.Bytes())
	}
}

// TestEveryFieldOfARecordSetHasAFile follows the references of Croissant.
func TestEveryFieldOfARecordSetHasAFile(t *testing.T) {
	d := tabled()
	d.Distributions = append(d.Distributions, plainDistribution(d.URI))
	d.Distributions[1].Table = &catalog.Table{Written: true, Taken: time.Now(), Columns: []catalog.Column{{Name: "n", Type: catalog.Integer}}}
	var b bytes.Buffer
	if err := dcat.Croissant.WriteDataset(&b, rdf.JSONLD, site, d, nil); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		ConformsTo   string
		Live         bool `json:"isLiveDataset"`
		Distribution []struct {
			ID                                 string `json:"@id"`
			ContentURL, EncodingFormat, Sha256 string
		}
		RecordSet []struct {
			Field []struct {
				Source struct {
					FileObject struct {
						ID string `json:"@id"`
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, f := range doc.Distribution {
		if files[f.ID] || f.ContentURL == "" || f.EncodingFormat == "" {
			t.Errorf("file %+v", f)
		}
		files[f.ID] = true
	}
	for _, r := range doc.RecordSet {
		for _, f := range r.Field {
			if !files[f.Source.FileObject.ID] {
				t.Errorf("no file %q", f.Source.FileObject.ID)
			}
		}
	}
	if len(doc.Distribution) != 4 || len(doc.RecordSet) != 2 || !doc.Live || doc.ConformsTo != "http://mlcommons.org/croissant/1.0" {
		t.Errorf("%d files, %d record sets, live %v, %s", len(doc.Distribution), len(doc.RecordSet), doc.Live, doc.ConformsTo)
	}
}

func TestACatalogueInEveryProfileAndSyntax(t *testing.T) {
	for _, p := range everyProfile {
		for _, f := range formats {
			g := parseAny(t, feedOf(t, p, f, full(1), tabled()), f)
			class := "http://www.w3.org/ns/dcat#Dataset"
			if p == dcat.SchemaOrg || p == dcat.Croissant {
				class = "http://schema.org/Dataset"
			}
			if f == rdf.JSONLD && class == "http://schema.org/Dataset" {
				continue // whose context is elsewhere, as its readers want it
			}
			if n := len(g.Typed(class)); n != 2 {
				t.Errorf("%s in %s: %d datasets", p, f, n)
			}
		}
	}
}

func parseAny(t *testing.T, data []byte, f rdf.Format) *rdf.Graph {
	t.Helper()
	if bytes.Contains(data[:min(len(data), 4096)], []byte(`"https://schema.org`)) && f == rdf.JSONLD {
		if !json.Valid(data) {
			t.Error("no JSON")
		}
		return rdf.NewGraph(nil)
	}
	return parse(t, data, f)
}

func TestExtents(t *testing.T) {
	for geometry, want := range map[string]string{
		"POINT(12.5 42.5)":                         "POLYGON((12.5 42.5, 12.5 42.5, 12.5 42.5, 12.5 42.5, 12.5 42.5))",
		"POLYGON((1 2, 3 2, 3 4, 1 4, 1 2))":       "POLYGON((1 2, 3 2, 3 4, 1 4, 1 2))",
		"LINESTRING Z (1 2 9, 3 4 9)":              "POLYGON((1 2, 3 2, 3 4, 1 4, 1 2))",
		"ENVELOPE(1, 3, 4, 2)":                     "POLYGON((1 2, 3 2, 3 4, 1 4, 1 2))",
		`{"type":"Point","coordinates":[1,2,100]}`: "POLYGON((1 2, 1 2, 1 2, 1 2, 1 2))",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[3,4]}]}`: "POLYGON((1 2, 3 2, 3 4, 1 4, 1 2))",
		`{"type":"Polygon","coordinates":"x"}`: "",
		`{"type":`:                             "",
		"POINT(x y)":                           "",
		"niente":                               "",
	} {
		d := full(1)
		d.Spatial = []catalog.Place{{Name: catalog.It("Qui"), Geometry: geometry}}
		var b bytes.Buffer
		if err := dcat.GeoDCAT.WriteDataset(&b, rdf.NTriples, site, d, nil); err != nil {
			t.Fatal(err)
		}
		_, box, _ := strings.Cut(b.String(), `<http://www.w3.org/ns/dcat#bbox> "`)
		box, _, _ = strings.Cut(box, `"`)
		if box != want {
			t.Errorf("%s has the box %q, want %q", geometry, box, want)
		}
	}
}

// FuzzGeometry writes any geometry as GeoDCAT-AP, which reads it, and validates
// what comes out.
func FuzzGeometry(f *testing.F) {
	for _, s := range []string{"POINT(1 2)", "POLYGON((1 2, 3 4))", "ENVELOPE(1,2,3,4)", `{"type":"Point","coordinates":[1,2]}`, "((((", "MULTIPOINT Z (1e308 1e308 1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, geometry string) {
		d := full(1)
		d.Spatial = []catalog.Place{{Name: catalog.It("Qui"), Geometry: geometry}}
		var b bytes.Buffer
		if err := dcat.GeoDCAT.WriteDataset(&b, rdf.NTriples, site, d, nil); err != nil {
			t.Fatal(err)
		}
		for _, v := range dcat.Validate(parse(t, b.Bytes(), rdf.NTriples), dcat.Validation{Rules: []dcat.Ruleset{dcat.RulesAP3}, Fragment: true}) {
			if v.Severity == dcat.Violation {
				t.Errorf("%q: %s %q", geometry, v.Rule, v.Value)
			}
		}
	})
}
