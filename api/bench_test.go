package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"portico/catalog"
)

// discard is a client that reads nothing of the body.
type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func BenchmarkAnswers(b *testing.B) {
	w := newWorld(b).fill()
	for i := range 1000 {
		name := "molti-" + strconv.Itoa(i)
		_, err := w.store.PutDataset(w.ctx, &catalog.Dataset{Name: name, Title: catalog.It(name), State: catalog.Active, Identifier: name, Keywords: []catalog.Keyword{{Name: "tag" + strconv.Itoa(i%50)}}})
		w.must(err)
	}
	w.follow()
	for _, target := range []string{
		"/api/3/action/package_show?id=rifiuti-2023", "/api/3/action/package_search", "/api/3/action/package_search?rows=1000",
		"/api/3/action/package_search?q=rifiuti&facet.field=[%22tags%22]", "/api/3/action/package_list", "/api/3/action/organization_show?id=comune-di-esempio",
		"/catalog.ttl", "/dataset/rifiuti-2023.ttl",
	} {
		b.Run(target, func(b *testing.B) {
			for b.Loop() {
				w.server.ServeHTTP(discard{http.Header{}}, httptest.NewRequest("GET", target, nil))
			}
		})
	}
}

// BenchmarkFeedPage renders pages that nobody has asked for, as they are after
// a change of the catalogue: none of its pages is kept then.
func BenchmarkFeedPage(b *testing.B) {
	w := newWorld(b)
	for i := range 1000 {
		w.put(feedable(i))
	}
	for _, ext := range []string{"ttl", "rdf", "jsonld", "nt"} {
		b.Run(ext, func(b *testing.B) {
			n := 0
			for b.Loop() {
				n++
				rec := w.do("GET", fmt.Sprintf("/catalog.%s?page=%d&modified_since=2020-01-01T00:00:00.%09dZ", ext, n%10+1, n), "")
				if rec.Code != 200 {
					b.Fatal(rec.Code)
				}
			}
		})
	}
}
