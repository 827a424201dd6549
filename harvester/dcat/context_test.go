package dcat_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestContextsAndGraphsOfJSONLDReachNothing is HRV-016: a catalogue in JSON-LD
// that names a context elsewhere, a document to import, a file, or that is made
// to keep its reader busy opens no connection beside the one for itself, reads
// no file, and ends in time and memory.
func TestContextsAndGraphsOfJSONLDReachNothing(t *testing.T) {
	const vocabulary = `"dcat":"http://www.w3.org/ns/dcat#","dct":"http://purl.org/dc/terms/"`
	document := func(context string) string {
		return `{"@context":` + context + `,"@graph":[{"@id":"http://example.org/1","@type":"dcat:Dataset","dct:title":"Alberi","dct:identifier":"1"}]}`
	}
	var mu sync.Mutex
	bodies, asked := map[string]string{}, map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.URL.Path]++
		w.Header().Set("Content-Type", "application/ld+json")
		_, _ = fmt.Fprint(w, bodies[r.URL.Path])
	}))
	defer srv.Close()
	nested := func(open, shut string, n int) string { return strings.Repeat(open, n) + strings.Repeat(shut, n) }
	var terms, blanks strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&terms, `"termine%d":"http://example.org/un-indirizzo-che-non-finisce-mai/%d",`, i, i)
	}
	for i := range 50_000 { // a million of them are refused by the limit of triples, in package rdf
		fmt.Fprintf(&blanks, `{"dct:relation":{"dct:relation":{"@id":"_:b%d"}}},`, (i*7919)%50_000)
	}
	for name, test := range map[string]struct {
		body string
		read bool // the dataset is there
	}{
		"a context at this server":          {document(`"` + srv.URL + `/context"`), false},
		"a context inside":                  {document(`"http://127.0.0.1:1/x"`), false},
		"a context in a file":               {document(`"file:///etc/passwd"`), false},
		"a context by a path":               {document(`"/etc/passwd"`), false},
		"a context by a relative path":      {document(`"../../../../etc/passwd"`), false},
		"a context beside one that is good": {document(`[{` + vocabulary + `},"` + srv.URL + `/context"]`), false},
		"a context to import":               {document(`{"@version":1.1,"@import":"` + srv.URL + `/context",` + vocabulary + `}`), false},
		"a context of a term":               {document(`{"@version":1.1,` + vocabulary + `,"dct:title":{"@id":"dct:title","@context":"` + srv.URL + `/context"}}`), false},
		"a term that defines itself":        {document(`{"a":"b:x","b":"a:y",` + vocabulary + `}`), false},
		"contexts within contexts":          {document(nested(`[`, `]`, 5_000)), false},
		"included ten thousand times":       {`{"@context":{"@version":1.1,` + vocabulary + `},` + strings.Repeat(`"@included":[{`, 10_000) + strings.Repeat(`}]`, 10_000) + `}`, false},
		"a context of 5 MB":                 {document(`{` + terms.String() + vocabulary + `}`), true},
		"an address that is none":           {`{"@context":{` + vocabulary + `},"@graph":[{"@id":"http://example.org/a b\"c<d>","@type":"dcat:Dataset","dct:title":"Alberi","dct:identifier":"1"}]}`, true},
		"a graph of blank nodes alone":      {`{"@context":{` + vocabulary + `},"@graph":[` + blanks.String() + `{"@id":"http://example.org/1","@type":"dcat:Dataset","dct:title":"Alberi","dct:identifier":"1"}]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := "/" + strings.ReplaceAll(name, " ", "-") + ".jsonld"
			mu.Lock()
			clear(asked)
			bodies[path], bodies["/context"] = test.body, `{"@context":{`+vocabulary+`}}`
			mu.Unlock()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			got, end := read(t, srv.URL+path)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 1500 {
				t.Errorf("took %d MB", used)
			}
			titles := 0
			for _, o := range got {
				if strings.Contains(o.Title, "root:") || strings.Contains(fmt.Sprint(o.Problems), "root:") {
					t.Errorf("a file was read: %+v", o)
				}
				if o.Title == "Alberi" {
					titles++
				}
			}
			if (titles == 1) != test.read {
				t.Errorf("%d datasets, %v; want it read: %t", titles, end, test.read)
			}
			if strings.Contains(fmt.Sprint(end), "root:") {
				t.Errorf("a file was read: %v", end)
			}
			mu.Lock()
			defer mu.Unlock()
			for p, n := range asked {
				if p != path {
					t.Errorf("%s was asked for %d times", p, n)
				}
			}
		})
	}
}
