package search_test

import (
	"strings"
	"testing"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

func TestWhyTellsWhereTheWordsStand(t *testing.T) {
	d := &catalog.Dataset{
		Title: catalog.It("Acqua"), Holder: catalog.Agent{Name: catalog.It("Acquedotto")}, Themes: []catalog.Theme{{Code: "ENVI"}},
		Keywords: []catalog.Keyword{{Name: "acque"}, {Name: "fiumi"}, {Name: "acqua potabile"}, {Name: "acqua piovana"}, {Name: "acqua minerale"}},
		Spatial:  []catalog.Place{{Name: catalog.It("Valle dell’Acqua")}},
		Distributions: []catalog.Distribution{{
			Title: catalog.It("Analisi dell’acqua"),
			Table: &catalog.Table{Columns: []catalog.Column{{Name: "ph"}, {Name: "acqua_m3", Header: "Acqua (m³)"}}},
		}},
	}
	got := map[search.Field][]string{}
	for _, r := range search.NewMarker(memory.New("it"), "acqua").Why(d, "it") {
		got[r.Field] = append(got[r.Field], r.Text[r.Marks[0].Start:r.Marks[0].End])
	}
	for f, want := range map[search.Field]string{
		search.Keyword: "acque acqua acqua", search.DistributionName: "acqua", search.Column: "Acqua", search.Municipality: "Acqua", search.Theme: "", search.HolderName: "",
	} {
		if s := strings.Join(got[f], " "); s != want {
			t.Errorf("%s: %q, want %q", f, s, want)
		}
	}
	var none *search.Marker
	if none.Why(d, "it") != nil || none.Marks("acqua") != nil || search.NewMarker(memory.New("it"), "") != nil {
		t.Error("nothing was asked, and something stands there")
	}
}

func TestDocumentsHaveTheirStars(t *testing.T) {
	const by = "https://creativecommons.org/licenses/by/4.0/"
	for _, c := range []struct {
		name string
		d    catalog.Dataset
		want string
	}{
		{"no licence", catalog.Dataset{Distributions: []catalog.Distribution{{Format: "CSV"}}}, ""},
		{"a licence of the file", catalog.Dataset{Distributions: []catalog.Distribution{{Format: "PDF", License: by}}}, "1"},
		{"a workbook", catalog.Dataset{License: by, Distributions: []catalog.Distribution{{FormatLabel: "XLSX"}}}, "2"},
		{"a workbook that has become a table", catalog.Dataset{License: by, Distributions: []catalog.Distribution{{Format: "XLSX", Table: &catalog.Table{}}}}, "3"},
		{"RDF by a vocabulary", catalog.Dataset{LicenseID: "cc-by", Distributions: []catalog.Distribution{{Format: "RDF_TURTLE", ConformsTo: []catalog.Standard{{URI: "https://w3id.org/italia/onto/CLV"}}}}}, "5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := search.NewDocument(&c.d, "", "")
			if got := strings.Join(doc.Strings[search.Stars], " "); got != c.want {
				t.Errorf("stars %q, want %q", got, c.want)
			}
		})
	}
}
