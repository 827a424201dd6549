package dcat_test

import (
	"net/http"
	"testing"

	"portico/harvester/dcat"
	"portico/harvester/web/webtest"
)

// A catalogue in one file, which has not changed, costs one request: not even
// the page is asked for that was looked for in vain the first time.
func TestAnUnchangedCatalogueCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, dcat.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			http.NotFound(w, r)
			return
		}
		http.ServeFile(w, r, "testdata/comune.in.ttl")
	}), "/catalogo.ttl", 1)
}
