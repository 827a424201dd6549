package ui_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/catalog"
)

// anyPath puts something in the place of the parameters of a route.
func anyPath(route string) string {
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") || strings.HasPrefix(p, "*") {
			parts[i] = "raccolta-differenziata-mensile"
		}
	}
	return strings.Join(parts, "/")
}

// TestEveryRouteHasTheHeaders asks for every route there is, found or not, and
// once more for what the reader has already.
func TestEveryRouteHasTheHeaders(t *testing.T) {
	w := newWorld(t)
	w.pages(t)
	for _, route := range w.ui.Routes() {
		path, tag := anyPath(route.Path), ""
		for range 2 {
			req := httptest.NewRequestWithContext(t.Context(), route.Method, path, nil)
			req.Header.Set("If-None-Match", tag)
			rec := httptest.NewRecorder()
			w.ui.ServeHTTP(rec, req)
			h := rec.Header()
			if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "base-uri 'none'") {
				t.Errorf("%s %s = %d: policy %q", route.Method, path, rec.Code, csp)
			}
			for _, name := range []string{"Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"} {
				if h.Get(name) == "" {
					t.Errorf("%s %s = %d: no %s", route.Method, path, rec.Code, name)
				}
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie") != "" || rec.Code >= http.StatusInternalServerError {
				t.Errorf("%s %s = %d: %v", route.Method, path, rec.Code, h)
			}
			tag = h.Get("ETag")
		}
	}
}

// TestNoRouteTakesAFormOfAnotherSite sends every route that takes one what a page
// elsewhere could have a browser send, and looks that nothing was kept. There
// is no cookie that could speak for a reader either.
func TestNoRouteTakesAFormOfAnotherSite(t *testing.T) {
	w, _ := takes(t)
	posts := 0
	for _, route := range w.ui.Routes() {
		path := anyPath(route.Path)
		if route.Method != http.MethodPost {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil)
			req.Header.Set("X-Http-Method-Override", route.Method)
			rec := httptest.NewRecorder()
			if w.ui.ServeHTTP(rec, req); rec.Code < http.StatusBadRequest {
				t.Errorf("POST %s = %d", path, rec.Code)
			}
			continue
		}
		posts++
		for _, h := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://altrove.example"}, {"Origin", "null"}} {
			for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "application/json"} {
				req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`text=Un+testo+lungo&title=Un+titolo&email=a%40b.it&stars=1&document=x`))
				req.Header.Set("Content-Type", kind)
				req.Header.Set(h[0], h[1])
				rec := httptest.NewRecorder()
				if w.ui.ServeHTTP(rec, req); rec.Code != http.StatusForbidden {
					t.Errorf("POST %s with %s from %v = %d", path, kind, h, rec.Code)
				}
			}
		}
		rec := w.send(t, path, nil) // from here, and without the ticket of a form
		if rec.Code == http.StatusSeeOther {
			t.Errorf("POST %s without a ticket leads to %s", path, rec.Header().Get("Location"))
		}
	}
	if posts == 0 {
		t.Error("no route takes a form")
	}
	if n := w.contributions(t); n != 0 {
		t.Errorf("%d contributions were kept", n)
	}
}

func (w *world) contributions(t *testing.T) int {
	t.Helper()
	_, n, err := w.store.Contributions(t.Context(), catalog.ContributionFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
