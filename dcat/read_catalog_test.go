package dcat_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

// TestTheCatalogueItselfIsReadAgain writes a page and reads what it says of the
// catalogue, in every profile.
func TestTheCatalogueItselfIsReadAgain(t *testing.T) {
	want := dcat.CatalogInfo{
		URI: site.Origin, Title: catalog.It(site.Title), Description: catalog.It(site.Description), Publisher: site.Publisher,
		Homepage: site.Origin + "/#", Languages: []string{"ITA"}, Issued: site.Issued,
		Modified: catalog.Date(time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Format(time.RFC3339)), Total: 1,
	}
	want.Publisher.URI = site.Link("/agent/c_a001")
	for _, p := range []dcat.Profile{dcat.DCATAPIT, dcat.DCATAP2, dcat.DCATAP3, dcat.GeoDCAT} {
		_, info := dcat.Read(parse(t, feedOf(t, p, rdf.Turtle, full(1)), rdf.Turtle), "")
		if diff := cmp.Diff(want, info); diff != "" {
			t.Errorf("%s (-want +got)\n%s", p, diff)
		}
	}
}
