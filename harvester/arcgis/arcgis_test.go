package arcgis_test

import (
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester/arcgis"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) {
	webtest.Golden(t, arcgis.Kind(), "/arcgis/rest/services/Tecnico/Alberi/FeatureServer/layers")
}

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, arcgis.Kind(), []string{"http://x/arcgis/rest/services", "http://x/arcgis/rest/services/a/FeatureServer", "http://x/arcgis/rest/services/a/FeatureServer/layers"}, `{"folders":["a","b"],"services":[{"name":"a/b","type":"MapServer"}]}`, `{"error":{"code":499,"message":"Token Required"}}`, `{"layers":[{"id":0,"name":"a"}],"tables":[]}`)
}

func TestAnUnchangedSourceCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, arcgis.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "testdata/siepi.in.json")
	}), "/arcgis/rest/services/Tecnico/Alberi/FeatureServer/layers", 1)
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{"": true, "null": true, "{}": true, `{"no such option":1}`: false, "[": false} {
		_, err := arcgis.Kind().Open(catalog.Source{URL: "https://x/", Options: []byte(options)}, webtest.Client())
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	for _, address := range []string{"", "ftp://x/", "https://", "file:///etc/passwd", "https://user:secret@x/", "http://[::1"} {
		if _, err := arcgis.Kind().Open(catalog.Source{URL: address}, webtest.Client()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
