package meilisearch_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"portico/catalog"
	"portico/search/meilisearch"
)

func TestAnOldServerIsRefused(t *testing.T) {
	for version, ok := range map[string]bool{"1.10.3": false, "1.14.0": false, "0.30.5": false, "1.15.0": true, "1.50.0": true, "2.0.0": true, "prototype": true} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"pkgVersion":%q,"commitSha":"x","commitDate":"y"}`, version)
		}))
		err := meilisearch.CheckVersion(t.Context(), meilisearch.Config{URL: srv.URL, HTTP: srv.Client()})
		srv.Close()
		if (err == nil) != ok || err != nil && catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("version %s: %v, want it taken: %v", version, err, ok)
		}
	}
	if err := meilisearch.CheckVersion(t.Context(), meilisearch.Config{URL: "http://127.0.0.1:1", HTTP: http.DefaultClient}); err != nil {
		t.Errorf("a server that does not answer is no reason not to start: %v", err)
	}
}
