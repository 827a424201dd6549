package openapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/openapi"
	"portico/harvester/web/webtest"
)

const petstore = `openapi: 3.0.3
info: {title: Anagrafe dei cani, version: "1.2", description: Servizio, license: {name: CC BY 4.0, url: "https://creativecommons.org/licenses/by/4.0/"}, contact: {name: Ufficio, email: a@example.org}}
servers: [{url: /v1}, {url: "javascript:alert(1)"}]
tags: [{name: animali}]
paths: {/cani: {get: {}}}
`

// items answers in pages of 3 of 7 items, in every way that there is.
func items(w http.ResponseWriter, r *http.Request) {
	const all, size = 7, 3
	q := r.URL.Query()
	start := 0
	switch {
	case q.Get("page") != "":
		n, _ := strconv.Atoi(q.Get("page"))
		start = (n - 1) * size
	case q.Get("skip") != "":
		start, _ = strconv.Atoi(q.Get("skip"))
	case q.Get("cursor") != "":
		start, _ = strconv.Atoi(strings.TrimPrefix(q.Get("cursor"), "c"))
	}
	var list []string
	for i := start; i < min(start+size, all); i++ {
		list = append(list, fmt.Sprintf(`{"uuid":"u%d","nome":"Voce <b>%d</b>","meta":{"peso":%d.50,"note":null},"tags":[{"k":"a"},{"k":"b%d"}],"lic":"CC-BY 4.0","files":[{"href":"/f/%d.csv","mime":"text/csv"},{"href":"javascript:x"}]}`, i, i, i, i, i))
	}
	next := ""
	if start+size < all {
		next = fmt.Sprintf(`http://interno%s?cursor=c%d`, r.URL.Path, start+size)
		w.Header().Set("Link", fmt.Sprintf(`</x>; rel="prev", <%s?cursor=c%d>; rel="next"`, r.URL.Path, start+size))
	}
	cursor := strings.TrimPrefix(next[strings.LastIndex(next, "=")+1:], "=")
	fmt.Fprintf(w, `{"data":{"items":[%s]},"meta":{"total":%d,"cursor":%q,"next":%q}}`, strings.Join(list, ","), all, cursor, next)
}

func portal(t testing.TB) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/api/voci", items)
	mux.HandleFunc("/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, petstore) })
	mux.HandleFunc("/swagger.json", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"swagger":"2.0","info":{"title":"S"},"host":"api.example.org","basePath":"/v2","schemes":["https","http"],"paths":{}}`)
	})
	mux.HandleFunc("/altro.json", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"a":[1]}`) })
	mux.HandleFunc("/ferma", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"data":{"items":[{"a":1}]},"meta":{"total":5}}`)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

var pagings = map[string]string{
	"pages":                        `{"kind":"page","first":1,"size":3,"size_param":"limit"}`,
	"offsets":                      `{"kind":"offset","param":"skip","total":"meta.total"}`,
	"cursors":                      `{"kind":"cursor","path":"meta.cursor"}`,
	"addresses of the next answer": `{"kind":"next","path":"meta.next"}`,
	"the header Link":              `{"kind":"link"}`,
}

func TestEveryWayOfPagingReadsAllRecords(t *testing.T) {
	srv := portal(t)
	for name, paging := range pagings {
		t.Run(name, func(t *testing.T) {
			conn := webtest.Open(t, openapi.Kind(), srv.URL+"/", `{"records":{"path":"api/voci","items":"data.items","paging":`+paging+`,
				"fields":{"id":"uuid","title":"nome","keywords":"tags.k","license":"lic","version":"meta.peso"},"files":{"items":"files","url":"href","format":"mime"}}}`)
			got, err := webtest.Read(t, conn)
			if err != nil || len(got) != 7 {
				t.Fatalf("%d records, %v", len(got), err)
			}
			d := got[3].Dataset
			if got[3].ID != "u3" || d.Title.String() != "Voce 3" || len(d.Keywords) != 2 || d.Version != "3.50" || d.License == "" ||
				len(d.Distributions) != 1 || d.Distributions[0].Format != "CSV" || d.Distributions[0].DownloadURL != srv.URL+"/f/3.csv" {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestEveryWayOfPagingReadsAllRows(t *testing.T) {
	srv := portal(t)
	for name, paging := range pagings {
		t.Run(name, func(t *testing.T) {
			conn := webtest.Open(t, openapi.Kind(), srv.URL+"/api/", `{"tables":[{"name":"voci","title":"Voci","path":"voci","items":"data.items","paging":`+paging+`,"license":"cc-by"}]}`)
			got, err := webtest.Read(t, conn)
			if err != nil || len(got) != 1 || got[0].Error != "" {
				t.Fatalf("%+v, %v", got, err)
			}
			body, err := conn.(harvester.Opener).Open(t.Context(), got[0].Dataset.Distributions[0].DownloadURL)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(body)
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			if len(lines) != 8 || lines[0] != "uuid,nome,meta.peso,meta.note,tags,lic,files" || !strings.HasPrefix(lines[7], "u6,Voce <b>6</b>,6.50,,") {
				t.Errorf("%q", lines)
			}
		})
	}
}

func TestColumnsCanBeChosen(t *testing.T) {
	conn := webtest.Open(t, openapi.Kind(), portal(t).URL+"/api/voci", `{"tables":[{"name":"v","title":"V","items":"data.items","columns":["meta.peso","uuid"]}]}`)
	if _, err := webtest.Read(t, conn); err != nil {
		t.Fatal(err)
	}
	body, err := conn.(harvester.Opener).Open(t.Context(), "openapi:v.csv")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(body); string(text) != "meta.peso,uuid\n0.50,u0\n1.50,u1\n2.50,u2\n" {
		t.Errorf("%q", text)
	}
}

func TestAnAnswerThatEndsEarlyIsNotKept(t *testing.T) {
	conn := webtest.Open(t, openapi.Kind(), portal(t).URL+"/ferma", `{"tables":[{"name":"v","title":"V","items":"data.items","paging":{"kind":"offset","total":"meta.total"}},{"name":"w","title":"W","items":"x"}]}`)
	got, err := webtest.Read(t, conn)
	if err != nil || len(got) != 2 || got[0].Error != "" && got[0].Dataset != nil || got[1].Error == "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestADescriptionIsADataset(t *testing.T) {
	srv := portal(t)
	for path, want := range map[string]string{"/openapi.yaml": srv.URL + "/v1", "/swagger.json": "https://api.example.org/v2"} {
		conn := webtest.Open(t, openapi.Kind(), srv.URL+path, "")
		if sure, _, err := conn.(harvester.Prober).Probe(t.Context()); err != nil || sure < 0.9 {
			t.Errorf("%s: %.2f, %v", path, sure, err)
		}
		got, err := webtest.Read(t, conn)
		if err != nil || len(got) != 1 || got[0].Dataset.Distributions[0].AccessURL != want {
			t.Errorf("%s: %+v, %v", path, got, err)
		}
	}
	if sure, _, err := webtest.Open(t, openapi.Kind(), srv.URL+"/altro.json", "").(harvester.Prober).Probe(t.Context()); err == nil || sure > 0 {
		t.Errorf("other JSON: %.2f, %v", sure, err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{
		``: true, `{"tables":[{"name":"a","title":"A"}]}`: true, `{"records":{"fields":{"id":"a","title":"b"}}}`: true,
		`{"records":{"fields":{"id":"a"}}}`: false, `{"records":{"fields":{"id":"a","title":"b","x":"c"}}}`: false,
		`{"tables":[{"name":"../a","title":"A"}]}`: false, `{"tables":[{"name":"a","title":"A"},{"name":"a","title":"B"}]}`: false,
		`{"tables":[{"name":"a","title":"A","paging":{"kind":"cursor"}}]}`: false, `{"tables":[{"name":"a","title":"A","paging":{"kind":"x"}}]}`: false,
		`{"tables":[{"name":"a","title":"A"}],"records":{"fields":{"id":"a","title":"b"}}}`: false, `{"y":1}`: false,
	} {
		_, err := openapi.Kind().Open(catalog.Source{URL: "https://api.example.org/", Options: []byte(options)}, nil)
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
	conn := webtest.Open(t, openapi.Kind(), "https://api.example.org/", `{"records":{"path":"https://altrove.example.org/","fields":{"id":"a","title":"b"}}}`)
	if _, err := webtest.Read(t, conn); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("a path on another server: %v", err)
	}
}

func FuzzDescription(f *testing.F) {
	webtest.Fuzz(f, openapi.Kind(), []string{"http://portal/openapi.yaml"}, petstore, `{"swagger":"2.0","info":{"title":"S"},"paths":{}}`)
}
