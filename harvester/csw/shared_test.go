package csw_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"portico/harvester/csw"
	"portico/harvester/web/webtest"
	"portico/internal/fixtures"
)

// A record of the RNDT and one of an older profile come out with all that the
// guidelines map.
func TestRNDTRecords(t *testing.T) {
	srv := httptest.NewServer(http.FileServer(http.Dir(fixtures.Path(t, "fixtures", "c_csw"))))
	defer srv.Close()
	for file, want := range map[string]struct {
		ipa, holder, licence, theme, modified string
		boxes                                 int
	}{
		"rndt_item_iso19139.xml":   {"age", "Agenzia delle Entrate", "https://creativecommons.org/licenses/by/4.0/", "REGI", "2023-09-22", 1},
		"pat_iff2007_iso19139.xml": {"p_tn", "AGENZIA PROVINCIALE PER LA PROTEZIONE DELL'AMBIENTE PROVINCIA AUTONOMA DI TRENTO", "https://creativecommons.org/licenses/by/2.5/it/", "ENVI", "", 1},
	} {
		got, end := webtest.Read(t, webtest.Open(t, csw.Kind(), srv.URL+"/"+file, ""))
		if end != nil || len(got) != 1 || got[0].Dataset == nil {
			t.Fatalf("%s: %+v, %v", file, got, end)
		}
		d := got[0].Dataset
		if d.Holder.Identifier != want.ipa || d.Holder.Name.String() != want.holder {
			t.Errorf("%s: holder %+v", file, d.Holder)
		}
		if d.License != want.licence {
			t.Errorf("%s: licence %q", file, d.License)
		}
		if len(d.Themes) == 0 || d.Themes[0].Code != want.theme {
			t.Errorf("%s: themes %+v", file, d.Themes)
		}
		if want.modified != "" && string(d.Modified) != want.modified {
			t.Errorf("%s: modified %s", file, d.Modified)
		}
		geometries := 0
		for _, p := range d.Spatial {
			if p.Geometry != "" {
				geometries++
			}
		}
		if geometries != want.boxes {
			t.Errorf("%s: places %+v", file, d.Spatial)
		}
		if len(d.Provenance) == 0 || len(d.Contacts) == 0 || len(d.Distributions) == 0 || len(d.Keywords) == 0 {
			t.Errorf("%s: lineage %v, contacts %v, distributions %d, keywords %v", file, d.Provenance, d.Contacts, len(d.Distributions), d.Keywords)
		}
	}
}
