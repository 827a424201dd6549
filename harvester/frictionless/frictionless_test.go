package frictionless_test

import (
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester/frictionless"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) { webtest.Golden(t, frictionless.Kind(), "/pacchetto/datapackage.json") }

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, frictionless.Kind(), []string{"http://x/datapackage.json", "http://x/p"}, `{"name":"a","resources":[{"path":["a.csv","../b.csv"]}]}`)
}

func TestAnUnchangedSourceCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, frictionless.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "testdata/alberi.in.json")
	}), "/pacchetto/datapackage.json", 1)
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{"": true, "null": true, "{}": true, `{"no such option":1}`: false, "[": false} {
		_, err := frictionless.Kind().Open(catalog.Source{URL: "https://x/", Options: []byte(options)}, webtest.Client())
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	for _, address := range []string{"", "ftp://x/", "https://", "file:///etc/passwd", "https://user:secret@x/", "http://[::1"} {
		if _, err := frictionless.Kind().Open(catalog.Source{URL: address}, webtest.Client()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
