package udata_test

import (
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester/udata"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) { webtest.Golden(t, udata.Kind(), "/") }

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, udata.Kind(), []string{"http://x/"}, `{"data":[{"id":"a","title":"b"}],"total":1,"next_page":"x","page":1}`)
}

func TestAnUnchangedSourceCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, udata.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "testdata/portale.in.json")
	}), "/", 1)
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{"": true, "null": true, "{}": true, `{"no such option":1}`: false, "[": false} {
		_, err := udata.Kind().Open(catalog.Source{URL: "https://x/", Options: []byte(options)}, webtest.Client())
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	for _, address := range []string{"", "ftp://x/", "https://", "file:///etc/passwd", "https://user:secret@x/", "http://[::1"} {
		if _, err := udata.Kind().Open(catalog.Source{URL: address}, webtest.Client()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
