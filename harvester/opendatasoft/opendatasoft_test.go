package opendatasoft_test

import (
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester/opendatasoft"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) { webtest.Golden(t, opendatasoft.Kind(), "/") }

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, opendatasoft.Kind(), []string{"http://x/"}, `{"nhits":1,"datasets":[{"datasetid":"a","metas":{"title":"b"}}]}`)
}

func TestAnUnchangedSourceCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, opendatasoft.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "testdata/v21.in.json")
	}), "/", 1)
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{"": true, "null": true, "{}": true, `{"no such option":1}`: false, "[": false} {
		_, err := opendatasoft.Kind().Open(catalog.Source{URL: "https://x/", Options: []byte(options)}, webtest.Client())
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	for _, address := range []string{"", "ftp://x/", "https://", "file:///etc/passwd", "https://user:secret@x/", "http://[::1"} {
		if _, err := opendatasoft.Kind().Open(catalog.Source{URL: address}, webtest.Client()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
