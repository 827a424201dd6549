package dcat_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

// notOfTheProfile are the fields that RDF does not carry, each with its reason.
// A field that is neither here nor in RDF fails TestEveryFieldSurvives.
var notOfTheProfile = map[string]string{
	"ID":                    "ours; DatasetURI is made of it",
	"Name":                  "ours; the landing page is made of it",
	"Organization":          "our own membership",
	"Groups":                "names of groups of this catalogue; themes are in Themes",
	"LicenseID":             "CKAN's name of License, which Complete derives",
	"Extras":                "what the profile does not know, by definition",
	"Notes":                 "what this instance did to the record",
	"Quarantine":            "what this instance holds against the record",
	"State":                 "a feed holds what is active alone",
	"Private":               "a feed holds what is public alone",
	"Creator":               "a user of this instance",
	"Origin":                "where this instance has it from",
	"Created":               "of the record here",
	"Updated":               "of the record here",
	"Revision":              "of the record here",
	"Successor":             "only of what is no longer in the feed",
	"Keywords.Vocabulary":   "CKAN's own",
	"Distributions.ID":      "made of the addresses, again and again the same",
	"Distributions.Created": "of the record here",
	"Distributions.Updated": "of the record here",
	"Distributions.Extras":  "what the profile does not know, by definition",
	"Distributions.File":    "the bytes that this instance keeps",
	"Distributions.Hold":    "what this instance decided of them",
	"Distributions.Table":   "the rows that this instance keeps",
}

// samples are the values of fields that take no address: codes, names, texts.
// Two values, for lists.
var samples = map[string][2]string{
	"Identifier":       {"c_a001:D.1-bis", ""},
	"Frequency":        {"ANNUAL", ""},
	"Languages":        {"ITA", "DEU"},
	"Version":          {"2.1", ""},
	"AccessRights":     {"RESTRICTED", "PUBLIC"},
	"HVD":              {"c_c3de25e4", "c_ac64a52d"},
	"Type":             {"STATISTICAL", ""},
	"Kind":             {dcat.KindSeries, ""},
	"License":          {"https://creativecommons.org/licenses/by/4.0/", ""},
	"Legislation":      {vocab.HVDRegulation, "http://data.europa.eu/eli/reg/2016/679/oj"},
	"Themes.Code":      {"GOVE", "ENVI"},
	"Themes.Subthemes": {"", ""}, // set by hand: they belong to their theme
	"Keywords.Name":    {"numeri civici", "addresses"},
	"Keywords.Lang":    {"", "en"},
	"Geometry":         {"POINT(12.5 42.5)", `{"type":"Point","coordinates":[11.1,46.0]}`},
	"Telephone":        {"+39 0123 456", "0123 789"},
	"Email":            {"uno@comune.esempio.it", "due@comune.esempio.it"},
	"Author.Name":      {"Ufficio statistica", ""},
	"Maintainer.Name":  {"Ufficio anagrafe", ""},
	"Value":            {"atti-2025", "atti-2026"},
	"Format":           {"CSV", "GEOJSON"},
	"FormatLabel":      {"CSV con ;", "GeoJSON 1"},
	"MediaType":        {"text/csv", "application/geo+json"},
	"CompressFormat":   {"application/gzip", "application/zip"},
	"PackageFormat":    {"application/zip", "application/gzip"},
	"Algorithm":        {"sha1", "sha256"},
	"Checksum.Value":   {"da39a3ee5e6b4b0d3255bfef95601890afd80709", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	"Rights":           {"Uso libero, citando la fonte", "https://dati.comune.esempio.it/diritti"},
	"Availability":     {"STABLE", "AVAILABLE"},
	"Status":           {"http://publications.europa.eu/resource/authority/distribution-status/COMPLETED", "http://publications.europa.eu/resource/authority/distribution-status/DEVELOP"},
}

// A filler gives a value to every field of a dataset.
type filler struct {
	t    *testing.T
	used int
}

func (f *filler) fill(v reflect.Value, path string, nth int) {
	if notOfTheProfile[path] != "" {
		return
	}
	f.used++
	switch x := v.Addr().Interface().(type) {
	case *catalog.Text:
		*x = catalog.Text{"it": "Testo di " + path + fmt.Sprint(f.used), "en": "Text of " + path + fmt.Sprint(f.used)}
		return
	case *catalog.Date:
		*x = catalog.Date(fmt.Sprintf("%d-01-02", 2000+f.used%400))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), nth)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i), path, i)
		}
	case reflect.String:
		v.SetString(f.text(path, nth))
	case reflect.Int64:
		v.SetInt(int64(1000 + f.used))
	default:
		f.t.Fatalf("%s: no way to fill a %s; say here how", path, v.Type())
	}
}

// text returns the sample of the longest end of path that has one, else an
// address.
func (f *filler) text(path string, nth int) string {
	if strings.HasSuffix(path, "Agent.Identifier") || strings.HasPrefix(path, "Holder.Id") || strings.HasPrefix(path, "Publisher.Id") || strings.HasPrefix(path, "Creators.Id") {
		return fmt.Sprintf("c_a%03d", f.used)
	}
	if strings.HasSuffix(path, "ConformsTo.Identifier") {
		return fmt.Sprintf("norma-%d", f.used)
	}
	if strings.HasSuffix(path, ".Type") { // of an agent
		return [2]string{"LocalAuthority", "RegionalAuthority"}[nth]
	}
	for at := path; ; {
		if s, ok := samples[at]; ok {
			return s[nth]
		}
		_, rest, ok := strings.Cut(at, ".")
		if !ok {
			return fmt.Sprintf("https://dati.comune.esempio.it/%s/%d", strings.ToLower(path), f.used)
		}
		at = rest
	}
}

func everything(t *testing.T) *catalog.Dataset {
	t.Helper()
	var d catalog.Dataset
	f := filler{t: t}
	f.fill(reflect.ValueOf(&d).Elem(), "", 0)
	d.State = catalog.Active
	d.Themes[0].Subthemes = []string{"http://eurovoc.europa.eu/100169"}
	d.Themes[1].Subthemes = []string{"http://eurovoc.europa.eu/100242"}
	for i := range d.Temporal {
		d.Temporal[i].End = catalog.Date(fmt.Sprintf("%d-12-31", 2500+i))
	}
	for i := range d.Distributions {
		x := &d.Distributions[i]
		x.ID = catalog.StableID(d.URI, x.URI)
		for j := range x.Services {
			x.Services[j].License = samples["License"][0]
		}
	}
	d.Distributions[1].License = "https://creativecommons.org/publicdomain/zero/1.0/"
	return &d
}

// TestEveryFieldSurvives fills every field of a dataset by reflection, writes it
// and reads it: a field that is added to the catalogue and not to RDF, or only
// to one side, fails here.
func TestEveryFieldSurvives(t *testing.T) {
	want := everything(t)
	for _, p := range []dcat.Profile{dcat.DCATAPIT, dcat.DCATAP2, dcat.DCATAP3, dcat.GeoDCAT} {
		for _, f := range formats {
			t.Run(string(p)+" "+string(f), func(t *testing.T) {
				var buf bytes.Buffer
				if err := p.WriteDataset(&buf, f, site, want, nil); err != nil {
					t.Fatal(err)
				}
				found := readBytes(t, buf.Bytes(), f)
				if len(found) != 1 {
					t.Fatalf("%d datasets, want 1", len(found))
				}
				got := found[0].Dataset
				if p == dcat.DCATAP2 { // whose statuses are those of ADMS
					for i := range got.Distributions {
						got.Distributions[i].Status = want.Distributions[i].Status
					}
				}
				if diff := cmp.Diff(*want, got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				if len(found[0].Problems) > 0 {
					t.Errorf("problems in our own RDF: %v", found[0].Problems)
				}
			})
		}
	}
}

// TestNoFieldIsLeftEmpty guards the test above: a value that the filler forgot
// would survive by being nothing.
func TestNoFieldIsLeftEmpty(t *testing.T) {
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch {
		case notOfTheProfile[path] != "" || path == "Keywords.Lang":
		case v.IsZero():
			t.Errorf("%s is empty", path)
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."))
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), path)
			}
		}
	}
	walk(reflect.ValueOf(everything(t)).Elem(), "")
}
