package all_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"portico/internal/fixtures"
)

// A whole harvest of real catalogues, and a second one that finds nothing
// changed: it costs a request a page, and all that was kept stays the same.
func TestTheSecondHarvestCostsARequestAPage(t *testing.T) {
	inner := portals(t, fixtures.Path(t, "fixtures"))
	for name, test := range map[string]struct {
		kind, at           string
		datasets, requests int
	}{
		"a CSW of three pages": {"csw", "/gn/csw", 6, 3},
		"a data.json":          {"datajson", "/d_dcatus/evian_arcgis_hub.json", 8, 1},
		"an RDF file":          {"dcat", "/b_dcat/comune_alessandria_catalog.rdf", 5, 1},
		"a WFS":                {"ogc", "/koeln/wfs", 86, 1},
		"a Data Package":       {"frictionless", "/d_frictionless/soldi_e_politica_datapackage.json", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				inner.Config.Handler.ServeHTTP(w, r)
			}))
			defer srv.Close()
			i := instanceOf(t)
			first := i.harvest(t, test.kind, srv.URL+test.at)
			if first.Read.Datasets != test.datasets || first.Failed != 0 {
				t.Fatalf("%+v", first)
			}
			asked.Store(0)
			second := i.harvest(t, test.kind, srv.URL+test.at)
			if second.Same != test.datasets || second.Changed != 0 || second.Failed != 0 || second.Retired != 0 {
				t.Errorf("the second time: %d same, %d changed, %d failed, %d retired", second.Same, second.Changed, second.Failed, second.Retired)
			}
			if n := int(asked.Load()); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
		})
	}
}
