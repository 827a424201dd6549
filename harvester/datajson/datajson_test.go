package datajson_test

import (
	"net/http"
	"testing"

	"portico/catalog"
	"portico/harvester/datajson"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) { webtest.Golden(t, datajson.Kind(), "/data.json") }

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, datajson.Kind(), []string{"http://x/data.json", "http://x/"}, `[{"name":"a","files":["b.csv"]}]`, "---\n---\n{", `{"dataset":[{"title":"a","distribution":{"accessURL":"b"},"spatial":{"type":"Point","coordinates":[1,2]}}]}`)
}

func TestAnUnchangedSourceCostsOneRequest(t *testing.T) {
	webtest.Remembers(t, datajson.Kind(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "testdata/comune.in.json")
	}), "/data.json", 1)
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{"": true, "null": true, "{}": true, `{"no such option":1}`: false, "[": false} {
		_, err := datajson.Kind().Open(catalog.Source{URL: "https://x/", Options: []byte(options)}, webtest.Client())
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	for _, address := range []string{"", "ftp://x/", "https://", "file:///etc/passwd", "https://user:secret@x/", "http://[::1"} {
		if _, err := datajson.Kind().Open(catalog.Source{URL: address}, webtest.Client()); err == nil {
			t.Errorf("%q is taken", address)
		}
	}
}
