package ui_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/fixtures"
	"portico/search"
	"portico/ui"
)

func TestPagesFollowTheCatalog(t *testing.T) {
	w := newWorld(t)
	first := w.get(t, "/dataset/numeri-civici")
	again := w.get(t, "/dataset/numeri-civici")
	if first.Body.String() != again.Body.String() || first.Header().Get("ETag") == "" {
		t.Fatal("the same page is not the same")
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/dataset/numeri-civici", nil)
	req.Header.Set("If-None-Match", first.Header().Get("ETag"))
	rec := httptest.NewRecorder()
	if w.ui.ServeHTTP(rec, req); rec.Code != http.StatusNotModified || rec.Body.Len() > 0 {
		t.Errorf("status %d for what the reader has", rec.Code)
	}
	ctx := catalog.WithActor(t.Context(), catalog.System)
	d, err := w.store.Dataset(ctx, "numeri-civici")
	if err != nil {
		t.Fatal(err)
	}
	d.Title = catalog.It("Civici e accessi")
	if _, err := w.store.PutDataset(ctx, d); err != nil {
		t.Fatal(err)
	}
	if body := w.get(t, "/dataset/numeri-civici").Body.String(); !strings.Contains(body, "Civici e accessi") {
		t.Error("the page is older than the catalog")
	}
	w.get(t, "/dataset?q=accessi") // before the index knows of it
	w.follow(t)
	if body := w.get(t, "/dataset?q=accessi").Body.String(); !strings.Contains(body, "1 dataset per") {
		t.Error("the list was kept from before the index knew of the change")
	}
}

// A brokenEngine answers nothing.
type brokenEngine struct{ search.Engine }

func (brokenEngine) Search(context.Context, search.Query) (search.Page, error) {
	return search.Page{}, catalog.Errorf(catalog.Unavailable, "search is away").Because(errors.New("dial tcp 10.0.0.7:7700"))
}

// brokenDatasets fail, or panic.
type brokenDatasets struct {
	catalog.Datasets
	panics bool
}

func (b brokenDatasets) Dataset(context.Context, string) (*catalog.Dataset, error) {
	if b.panics {
		panic("segreto interno")
	}
	return nil, fmt.Errorf("select: %w", errors.New("segreto interno"))
}

func TestFailuresKeepTheSiteUp(t *testing.T) {
	w := newWorld(t)
	w.serve(func(c *ui.Config) { c.Engine = brokenEngine{} })
	for _, path := range []string{"/", "/dataset", "/dataset?q=rifiuti&groups=ambiente", "/group", "/group/ambiente", "/organization/comune-di-roccaverde"} {
		rec := w.get(t, path)
		if rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), "10.0.0.7") {
			t.Errorf("%s without search: status %d", path, rec.Code)
		}
	}
	if body := w.get(t, "/dataset?q=rifiuti").Body.String(); !strings.Contains(body, "La ricerca non è disponibile") || !strings.Contains(body, "14 dataset") {
		t.Error("without search, the list should be whole and say so")
	}
}

func TestFailuresAreLoggedAndNotShown(t *testing.T) {
	w := newWorld(t)
	for _, panics := range []bool{false, true} {
		w.serve(func(c *ui.Config) { c.Datasets = brokenDatasets{c.Datasets, panics} })
		rec := w.get(t, "/dataset/numeri-civici")
		if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "segreto") || !strings.Contains(rec.Body.String(), "Qualcosa non ha funzionato") {
			t.Errorf("panics=%t: status %d", panics, rec.Code)
		}
		if !strings.Contains(w.log.String(), "segreto interno") {
			t.Error("the log does not know why")
		}
	}
	rec := httptest.NewRecorder()
	w.ui.Fail(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/en/dataset", nil), catalog.Errorf(catalog.TooMany, "slow down"))
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") == "" || !strings.Contains(rec.Body.String(), "Too many requests") {
		t.Errorf("429: %d %v", rec.Code, rec.Header())
	}
}

func TestAnEmptyCatalogHasPages(t *testing.T) {
	w := newWorld(t)
	w.serve(func(c *ui.Config) {
		*c = ui.Config{Site: catalog.Site{Locale: "en"}, Datasets: noDatasets{}, Organizations: noOrganizations{}, Engine: w.engine, Usage: w.store}
	})
	w.engine.Clear(t.Context())
	for _, path := range []string{"/", "/it/", "/dataset", "/organization", "/group", "/stats", "/about"} {
		if rec := w.get(t, path); rec.Code != http.StatusOK {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

type noDatasets struct{ catalog.Datasets }

func (noDatasets) ListDatasets(context.Context, catalog.DatasetFilter) ([]*catalog.Dataset, int, error) {
	return nil, 0, nil
}

func (noDatasets) DatasetsByID(context.Context, []string) ([]*catalog.Dataset, error) {
	return nil, nil
}

// organizations is the interface under a name that its method does not have.
type organizations = catalog.Organizations

type noOrganizations struct{ organizations }

func (noOrganizations) Organizations(context.Context) ([]*catalog.Organization, error) {
	return nil, nil
}

func (noOrganizations) Groups(context.Context) ([]*catalog.Group, error) { return nil, nil }

func TestStaticFilesAreServedForGood(t *testing.T) {
	w := newWorld(t)
	icon := w.get(t, "/favicon.ico")
	if icon.Code != http.StatusOK || icon.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("favicon: %d %v", icon.Code, icon.Header())
	}
	if rec := w.get(t, "/static/../ui.go"); rec.Code == http.StatusOK {
		t.Error("a file of the source is served")
	}
}

func TestBuiltAssetsKeepTheRules(t *testing.T) {
	w := newWorld(t)
	_, css, ok := strings.Cut(w.get(t, "/").Body.String(), `<link rel="stylesheet" href="`)
	if !ok {
		fixtures.Missing(t, "this program was built without its assets")
	}
	css, _, _ = strings.Cut(css, `"`)
	rec := w.get(t, css)
	if rec.Code != http.StatusOK || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") || !strings.Contains(rec.Body.String(), "--bootstrap-italia-version") {
		t.Errorf("%s: %d %v", css, rec.Code, rec.Header())
	}
	if strings.Contains(rec.Body.String(), "url(http") || strings.Contains(rec.Body.String(), "data:") {
		t.Error("the style sheet asks for what the policy forbids")
	}
	for _, path := range []string{"/static/licenses/bootstrap-italia.txt", "/static/licenses/titillium-web.txt", "/static/licenses/roboto-mono.txt", "/static/licenses/leaflet.txt"} {
		if rec := w.get(t, path); rec.Code != http.StatusOK || rec.Body.Len() < 500 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

// BenchmarkPages draws pages anew for every request, which the cache spares.
func BenchmarkPages(b *testing.B) {
	w := newWorld(b)
	for name, path := range map[string]string{"home": "/", "list": "/dataset", "search": "/dataset?q=rifiuti", "dataset": "/dataset/raccolta-differenziata-mensile", "resource": "/dataset/raccolta-differenziata-mensile/resource/" + wasteFile} {
		for _, cached := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/cached=%t", name, cached), func(b *testing.B) {
				w.serve(func(c *ui.Config) {
					if !cached {
						c.Revision = nil
					}
				})
				b.ReportAllocs()
				for b.Loop() {
					w.ui.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
				}
			})
		}
	}
}
