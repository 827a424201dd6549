package ui_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portico/api"
	"portico/blob/folder"
	"portico/exporter"
	"portico/ui"
)

// TestCKANAddressesAnswer asks for every address that CKAN's own pages have, as
// the API and the pages answer together: what a person or a program has
// bookmarked is there, is somewhere else, or says why it is not.
func TestCKANAddressesAnswer(t *testing.T) {
	w := newWorld(t)
	w.serve(func(c *ui.Config) {
		c.Harvest = &ui.Harvest{Sources: w.store, Origins: w.store, Records: w.store, Kinds: map[string]string{"ckan": "CKAN"}}
	})
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	whole := api.New(api.Config{
		Site: w.site, Datasets: w.store, Organizations: w.store, Index: w.store, Engine: w.engine, Tables: tables{}, Blobs: blobs, Users: w.store, Members: w.store,
		Records: w.store, Activities: w.store, Formats: exporter.NewRegistry(exporter.Format{Name: "csv", Title: "CSV"}), Next: w.ui,
	})
	const name = "raccolta-differenziata-mensile"
	d, set := "/dataset/"+name, "/dataset/"+name+"/resource/"+wasteFile
	for _, c := range []struct {
		path   string
		status int
		want   string // in the page, or where it leads
	}{
		{"/", 200, "Esplora per tema"},
		{"/dataset/", 200, "14 dataset"},
		{"/dataset", 200, "14 dataset"},
		{d, 200, "Raccolta differenziata"},
		{"/dataset/new", 200, "package_create"},
		{"/dataset/edit/" + name, 200, "package_patch"},
		{"/dataset/delete/" + name, 200, "package_delete"},
		{"/dataset/follow/" + name, 200, "follow_dataset"},
		{"/dataset/groups/" + name, 302, d},
		{"/dataset/resources/" + name, 302, d},
		{"/dataset/followers/" + name, 302, d},
		{"/dataset/activity/" + name, 200, "Raccolta differenziata"},
		{"/dataset/changes/" + name, 404, "Questa pagina non c"},
		{"/dataset/activity/boh", 404, "Questa pagina non c"},
		{d + "/history/x", 302, d},
		{d + "/resource", 302, d},
		{set, 200, "Righe da 1 a 50"},
		{set + "/edit", 200, "package_patch"},
		{set + "/delete", 200, "package_delete"},
		{d + "/resource/new", 200, "resource_create"},
		{set + "/view/x", 302, set},
		{set + "/new_view", 200, "package_create"},
		{d + "/resource/boh/view/x", 404, "Questa pagina non c"},
		{"/organization", 200, "Comune di Roccaverde"},
		{"/organization/comune-di-roccaverde", 200, "urp@roccaverde.example"},
		{"/organization/about/comune-di-roccaverde", 302, "/organization/comune-di-roccaverde"},
		{"/organization/members/comune-di-roccaverde", 302, "/organization/comune-di-roccaverde"},
		{"/organization/activity/comune-di-roccaverde", 302, "/organization/comune-di-roccaverde"},
		{"/organization/manage_members/comune-di-roccaverde", 200, "organization_member_create"},
		{"/organization/edit/comune-di-roccaverde", 200, "organization_patch"},
		{"/organization/new", 200, "organization_create"},
		{"/organization/bulk_process/comune-di-roccaverde", 200, "package_patch"},
		{"/organization/member_dump/comune-di-roccaverde", 200, "organization_member_create"},
		{"/group", 200, "Tematiche internazionali"},
		{"/group/ambiente", 200, "Isole ecologiche"},
		{"/group/about/ambiente", 302, "/group/ambiente"},
		{"/group/new", 200, "group_create"},
		{"/group/members/ambiente", 302, "/group/ambiente"},
		{"/group/manage_members/ambiente", 200, "group_create"},
		{"/tag", 200, "spesa pubblica"},
		{"/tag/rifiuti", 302, "/dataset?tags=rifiuti"},
		{"/feeds/dataset.atom", 200, "<feed"},
		{"/feeds/custom.atom?q=rifiuti", 200, "<feed"},
		{"/feeds/tag/rifiuti.atom", 200, "<feed"},
		{"/feeds/organization/comune-di-roccaverde.atom", 200, "<feed"},
		{"/user/login", 200, "api_token_create"},
		{"/user/me", 200, "api_token_create"},
		{"/user/edit", 200, "api_token_create"},
		{"/user/mario", 200, "api_token_create"},
		{"/user/mario/organizations", 200, "api_token_create"},
		{"/user/token", 200, "token"},
		{"/dashboard", 200, "recently_changed"},
		{"/dashboard/datasets", 200, "recently_changed"},
		{"/dashboard/organizations", 200, "recently_changed"},
		{"/ckan-admin", 200, "status_show"},
		{"/ckan-admin/config", 200, "status_show"},
		{"/ckan-admin/trash", 200, "status_show"},
		{"/stats", 200, "numeri"},
		{"/about", 200, "package_search"},
		{"/api/3/action/package_show?id=" + name, 200, `"success": true`},
		{"/api/action/status_show", 200, `"success": true`},
		{"/api/2/util/dataset/autocomplete?incomplete=rac", 200, "ResultSet"},
		{"/api/util/resource/format_autocomplete?incomplete=c", 200, "ResultSet"},
		{"/catalog.rdf", 200, "rdf:RDF"},
		{"/catalog.xml", 200, "rdf:RDF"},
		{"/catalog.ttl", 200, "@prefix"},
		{"/catalog.n3", 200, "@prefix"},
		{"/catalog.jsonld", 200, "@graph"},
		{d + ".ttl", 200, "@prefix"},
		{"/dataset_series/" + name, 302, d},
		{"/dataset_series/" + name + ".ttl", 302, d + ".ttl"},
		{"/dcat.json", 200, "dataset"},
		{d + "/croissant.jsonld", 200, "mlcommons"},
		{"/datastore/dump/boh", 404, ""},
		{"/datastore/api_info/boh", 404, ""},
		{"/datastore/dictionary_download/" + wasteFile, 302, set + "/data.csv-metadata.json"},
		{"/datastore/dictionary_download/boh", 404, ""},
		{"/harvest", 200, "raccoglie"},
		{"/harvest/new", 200, "harvest_source_create"},
		{"/harvest/boh", 404, "Questa pagina non c"},
		{"/harvest/about/boh", 302, "/harvest/boh"},
		{"/harvest/admin/boh", 200, "harvest_source_create"},
		{"/harvest/refresh/boh", 200, "harvest_job_create"},
		{"/harvest/boh/job", 302, "/harvest/boh"},
		{"/harvest/boh/job/x", 302, "/harvest/boh/run/x"},
		{"/harvest/boh/job/x/abort", 200, "harvest_job_create"},
		{"/harvest/object/boh", 404, "Questa pagina non c"},
		{"/dataset/harvest_object/x", 302, "/harvest/object/x"},
		{"/datarequest", 302, "/richieste"},
		{"/robots.txt", 200, "Disallow: /dataset/rate/"},
		{"/sitemap.xml", 200, "<sitemapindex"},
	} {
		for _, prefix := range []string{"", "/it", "/en"} {
			t.Run(prefix+c.path, func(t *testing.T) {
				rec := follow(t, whole, prefix+c.path)
				if rec.Code != c.status {
					t.Fatalf("status %d, want %d", rec.Code, c.status)
				}
				if c.status == http.StatusFound {
					want := c.want
					if prefix == "/en" && !strings.HasSuffix(want, ".json") {
						want = "/en" + want
					}
					if got := rec.Header().Get("Location"); got != want {
						t.Errorf("leads to %s, want %s", got, want)
					}
				} else if prefix == "" && !strings.Contains(rec.Body.String(), c.want) {
					t.Errorf("nothing says %q", c.want)
				}
			})
		}
	}
}

// follow asks for a path, and again where the site's own language was taken off
// it.
func follow(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	for {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if rec.Code != http.StatusMovedPermanently {
			return rec
		}
		u, err := url.Parse(rec.Header().Get("Location"))
		if err != nil || u.Host != "" {
			t.Fatalf("%s leads to %s", path, rec.Header().Get("Location"))
		}
		path = u.String()
	}
}

// TestStaffPagesNameActionsThatThereAre follows what the pages for staff offer.
func TestStaffPagesNameActionsThatThereAre(t *testing.T) {
	w := newWorld(t)
	whole := api.New(api.Config{Site: w.site, Datasets: w.store, Organizations: w.store, Index: w.store, Engine: w.engine, Users: w.store, Members: w.store, Records: w.store, Activities: w.store, Harvest: &api.Harvest{}, Next: w.ui})
	offered := regexp.MustCompile(`href="(/api/3/action/help_show\?name=[a-z_]+)"`)
	for _, path := range []string{"/dataset/new", "/organization/new", "/user/login", "/dashboard", "/ckan-admin", "/harvest/new", "/dataset/follow/x"} {
		all := offered.FindAllStringSubmatch(w.get(t, path).Body.String(), -1)
		if len(all) == 0 {
			t.Errorf("%s offers nothing", path)
		}
		for _, m := range all {
			if rec := follow(t, whole, m[1]); rec.Code != http.StatusOK {
				t.Errorf("%s: %s answers %d", path, m[1], rec.Code)
			}
		}
	}
}
