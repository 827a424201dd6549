package dcat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
)

const ccBy = "https://creativecommons.org/licenses/by/4.0/"

var comune = catalog.Agent{Identifier: "C_A001", Name: catalog.It("Comune di Borgo Esempio")}

func rules(ps []catalog.Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Rule)
	}
	return out
}

func TestCompletions(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	dist := catalog.Distribution{ID: "1", DownloadURL: "https://example.org/dati/aria.csv"}
	for _, tc := range []struct {
		name  string
		d     catalog.Dataset
		def   dcat.Defaults
		rules []string // of the notes, among others
		get   func(catalog.Dataset) any
		want  any
	}{
		{"a title serves for a description", catalog.Dataset{Title: catalog.It("Aria")}, dcat.Defaults{}, []string{"description-from-title"}, func(d catalog.Dataset) any { return d.Description.String() }, "Aria"},
		{"the publisher serves for a holder", catalog.Dataset{Publisher: comune}, dcat.Defaults{}, []string{"holder-from-publisher"}, holderID, "c_a001"},
		{"the source's holder goes before a publisher without a code", catalog.Dataset{Publisher: catalog.Agent{Name: catalog.It("Redazione")}}, dcat.Defaults{Holder: comune}, []string{"holder-default"}, holderID, "c_a001"},
		{"the holder serves for a publisher", catalog.Dataset{Holder: comune}, dcat.Defaults{}, []string{"publisher-from-holder"}, func(d catalog.Dataset) any { return d.Publisher.Identifier }, "c_a001"},
		{"a holder of the source's name has its code", catalog.Dataset{Holder: catalog.Agent{Name: catalog.It("comune di  Borgo Esempio")}}, dcat.Defaults{Holder: comune}, []string{"holder-identifier-derived"}, holderID, "c_a001"},
		{"a holder of another name gets no code", catalog.Dataset{Holder: catalog.Agent{Name: catalog.It("Altro ente")}}, dcat.Defaults{Holder: comune}, nil, holderID, ""},
		{"an identifier is made of holder and UUID", catalog.Dataset{Holder: comune, URI: "https://example.org/dataset/7a1f8d3e-0c2b-4c55-9a51-0c7d1e1f0a01"}, dcat.Defaults{}, []string{"identifier-derived"}, func(d catalog.Dataset) any { return d.Identifier }, "c_a001:7a1f8d3e-0c2b-4c55-9a51-0c7d1e1f0a01"},
		{"an identifier is made of title and address", catalog.Dataset{Holder: comune, Title: catalog.It("Qualità dell'aria"), URI: "https://example.org/aria"}, dcat.Defaults{}, []string{"identifier-derived"}, func(d catalog.Dataset) any { return d.Identifier }, "c_a001:qualita_dell_aria_04d350d3"},
		{"the latest distribution dates the dataset", catalog.Dataset{Distributions: []catalog.Distribution{{Modified: "2020-01-01"}, {Modified: "2021-05-05"}}}, dcat.Defaults{Now: now}, []string{"modified-from-distribution"}, modified, catalog.Date("2021-05-05")},
		{"the day of issue dates the dataset", catalog.Dataset{Issued: "2019-01-01"}, dcat.Defaults{Now: now}, []string{"modified-from-issued"}, modified, catalog.Date("2019-01-01")},
		{"the harvest dates the dataset", catalog.Dataset{}, dcat.Defaults{Now: now}, []string{"modified-from-harvest"}, modified, catalog.Date("2026-11-21")},
		{"a date in another form is rewritten", catalog.Dataset{Modified: "03/08/2021"}, dcat.Defaults{}, nil, modified, catalog.Date("2021-08-03")},
		{"a date that cannot be read goes", catalog.Dataset{Issued: "ieri", Modified: "2020-01-01"}, dcat.Defaults{}, []string{"date-unreadable"}, func(d catalog.Dataset) any { return d.Issued }, catalog.Date("")},
		{"a group tells the theme", catalog.Dataset{Groups: []string{"altro", "ambiente"}}, dcat.Defaults{Theme: "ECON"}, []string{"theme-from-group"}, themeCode, "ENVI"},
		{"the source tells the theme", catalog.Dataset{Title: catalog.It("Scuole")}, dcat.Defaults{Theme: "ECON"}, []string{"theme-default"}, themeCode, "ECON"},
		{"words tell the theme", catalog.Dataset{Title: catalog.It("Fermate dell'autobus"), Keywords: []catalog.Keyword{{Name: "scuola"}}}, dcat.Defaults{}, []string{"theme-guessed"}, themeCode, "TRAN"},
		{"words with accents tell the theme", catalog.Dataset{Title: catalog.It("Viabilità e mobilità")}, dcat.Defaults{}, []string{"theme-guessed"}, themeCode, "TRAN"},
		{"government is the last resort", catalog.Dataset{Title: catalog.It("Xyz")}, dcat.Defaults{}, []string{"theme-fallback"}, themeCode, "GOVE"},
		{"the source tells the frequency", catalog.Dataset{}, dcat.Defaults{Frequency: "MONTHLY"}, []string{"frequency-default"}, frequency, "MONTHLY"},
		{"an unknown frequency is said to be so", catalog.Dataset{}, dcat.Defaults{}, []string{"frequency-unknown", "access-rights-public"}, frequency, "UNKNOWN"},
		{"a licence goes to every distribution", catalog.Dataset{License: "http://creativecommons.org/licenses/by/4.0", Distributions: []catalog.Distribution{dist}}, dcat.Defaults{}, []string{"licence-from-dataset"}, licenseOf, ccBy},
		{"the CKAN licence goes to every distribution", catalog.Dataset{LicenseID: "cc-by", Distributions: []catalog.Distribution{dist}}, dcat.Defaults{}, []string{"licence-from-dataset"}, licenseOf, ccBy},
		{"the source tells the licence", catalog.Dataset{LicenseID: "notspecified", Distributions: []catalog.Distribution{dist}}, dcat.Defaults{License: "cc-by"}, []string{"licence-default"}, licenseOf, ccBy},
		{"no licence is invented", catalog.Dataset{Distributions: []catalog.Distribution{dist}}, dcat.Defaults{}, nil, licenseOf, ""},
		{"a licence that is stated is kept", catalog.Dataset{License: "Copyright", Distributions: []catalog.Distribution{dist}}, dcat.Defaults{License: "cc-by"}, nil, licenseOf, "Copyright"},
		{"the download address serves for access", catalog.Dataset{Distributions: []catalog.Distribution{dist}}, dcat.Defaults{}, []string{"access-url-from-download"}, func(d catalog.Dataset) any { return d.Distributions[0].AccessURL }, dist.DownloadURL},
		{"an extension tells the format", catalog.Dataset{Distributions: []catalog.Distribution{dist}}, dcat.Defaults{}, []string{"format-derived"}, func(d catalog.Dataset) any { return d.Distributions[0].Format }, "CSV"},
		{"high value is told of the distributions", catalog.Dataset{HVD: []string{"c_c3de25e4"}, Distributions: []catalog.Distribution{dist}}, dcat.Defaults{}, []string{"hvd-legislation"}, func(d catalog.Dataset) any { return d.Distributions[0].Legislation }, []string{"http://data.europa.eu/eli/reg_impl/2023/138/oj"}},
		{"a contact without a name has the holder's", catalog.Dataset{Holder: comune, Contacts: []catalog.Contact{{Email: "a@b.it"}}}, dcat.Defaults{}, []string{"contact-name-from-holder"}, func(d catalog.Dataset) any { return d.Contacts[0].Name.String() }, "Comune di Borgo Esempio"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := tc.d
			d.Distributions = slices.Clone(tc.d.Distributions)
			dcat.Complete(&d, tc.def)
			if diff := cmp.Diff(tc.want, tc.get(d)); diff != "" {
				t.Error(diff)
			}
			for _, r := range tc.rules {
				if !slices.Contains(rules(d.Notes), r) {
					t.Errorf("no note %s among %v", r, rules(d.Notes))
				}
			}
			for _, n := range d.Notes {
				if n.Message["it"] == "" || n.Message["en"] == "" {
					t.Errorf("note %s is not in both languages", n.Rule)
				}
			}
			before := d
			before.Distributions = slices.Clone(d.Distributions)
			dcat.Complete(&d, tc.def)
			if diff := cmp.Diff(before, d); diff != "" {
				t.Errorf("completing twice changes something: %s", diff)
			}
		})
	}
}

func holderID(d catalog.Dataset) any  { return d.Holder.Identifier }
func modified(d catalog.Dataset) any  { return d.Modified }
func themeCode(d catalog.Dataset) any { return d.Themes[0].Code }
func licenseOf(d catalog.Dataset) any { return d.Distributions[0].License }

func TestACompleteDatasetNeedsNoNote(t *testing.T) {
	d := full(1)
	d.Contacts, d.Distributions = d.Contacts[:1], d.Distributions[:1]
	dcat.Complete(d, dcat.Defaults{Now: time.Now()})
	if len(d.Notes) > 0 {
		t.Errorf("notes %v", rules(d.Notes))
	}
	if ps := dcat.Check(d); len(ps) > 0 {
		t.Errorf("problems %v", ps)
	}
}

func TestChecks(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(*catalog.Dataset)
		want  string
	}{
		{"no title", func(d *catalog.Dataset) { d.Title = catalog.Text{"it": " <p> "} }, "title-missing"},
		{"no description", func(d *catalog.Dataset) { d.Description = nil }, "description-missing"},
		{"an identifier of signs alone", func(d *catalog.Dataset) { d.Identifier = "--/--" }, "identifier-missing"},
		{"no modification", func(d *catalog.Dataset) { d.Modified = "" }, "modified-missing"},
		{"a date in words", func(d *catalog.Dataset) { d.Modified = "3 agosto 2021" }, "date-invalid"},
		{"no holder", func(d *catalog.Dataset) { d.Holder = catalog.Agent{} }, "holder-missing"},
		{"a holder without a code", func(d *catalog.Dataset) { d.Holder.Identifier = "" }, "holder-identifier-missing"},
		{"no theme", func(d *catalog.Dataset) { d.Themes = nil }, "theme-missing"},
		{"a theme of nobody", func(d *catalog.Dataset) { d.Themes[0].Code = "XXXX" }, "theme-unknown"},
		{"no frequency", func(d *catalog.Dataset) { d.Frequency = "" }, "frequency-missing"},
		{"a frequency of nobody", func(d *catalog.Dataset) { d.Frequency = "ogni tanto" }, "frequency-unknown"},
		{"no distribution", func(d *catalog.Dataset) { d.Distributions = nil }, "distribution-missing"},
		{"no licence", func(d *catalog.Dataset) { d.Distributions[0].License = "" }, "licence-missing"},
		{"a licence of nobody", func(d *catalog.Dataset) { d.Distributions[0].License = "Copyright" }, "licence-unknown"},
		{"a licence that forbids selling", func(d *catalog.Dataset) {
			d.Distributions[0].License = "https://creativecommons.org/licenses/by-nc/4.0/"
		}, "licence-not-open"},
		{"no address", func(d *catalog.Dataset) { d.Distributions[0].AccessURL, d.Distributions[0].DownloadURL = "", "" }, "access-url-missing"},
		{"an address that is none", func(d *catalog.Dataset) { d.Distributions[0].AccessURL = "C:\\dati.csv" }, "iri-invalid"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := full(1)
			d.Distributions = d.Distributions[:1]
			tc.spoil(d)
			if diff := cmp.Diff([]string{tc.want}, rules(dcat.Check(d))); diff != "" {
				t.Error(diff)
			}
			for _, p := range dcat.Check(d) {
				if p.Message["it"] == "" || p.Message["en"] == "" || p.Mend["it"] == "" || p.Mend["en"] == "" {
					t.Errorf("%s is not told in both languages", p.Rule)
				}
			}
		})
	}
}
