package ogc_test

import (
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester/ogc"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) { webtest.Golden(t, ogc.Kind(), "/ows?service=WFS") }

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, ogc.Kind(), []string{"http://x/ows?service=WFS", "http://x/collections", "http://x/wms"}, `{"collections":[{"id":"a","links":[{"rel":"items","href":"x"}]}]}`, `{"type":"FeatureCollection","features":[{"id":"a","properties":{"title":"b"}}],"links":[{"rel":"next","href":"?page=2"}]}`)
}

func TestAnUnchangedSourceCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, ogc.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "testdata/wfs110.in.xml")
	}), "/ows?service=WFS", 1)
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{"": true, "null": true, "{}": true, `{"no such option":1}`: false, "[": false} {
		_, err := ogc.Kind().Open(catalog.Source{URL: "https://x/", Options: []byte(options)}, webtest.Client())
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	for _, address := range []string{"", "ftp://x/", "https://", "file:///etc/passwd", "https://user:secret@x/", "http://[::1"} {
		if _, err := ogc.Kind().Open(catalog.Source{URL: address}, webtest.Client()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
