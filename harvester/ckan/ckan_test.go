package ckan_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/ckan"
	"portico/harvester/web/webtest"
	"portico/internal/httpclient"
)

var update = webtest.Update

func client() *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) }

type outcome struct {
	ID, Title     string
	Error         string                `json:",omitempty"`
	Distributions int                   `json:",omitempty"`
	Problems      []catalog.Problem     `json:",omitempty"`
	Org           *catalog.Organization `json:",omitempty"`
	Dataset       *catalog.Dataset      `json:",omitempty"`
}

// read returns what a connector for url yields, with the server's address cut
// out, and the error that ended it.
func read(t *testing.T, url string) (got []outcome, end error) {
	t.Helper()
	conn, err := ckan.Kind().Open(catalog.Source{URL: url}, client())
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID == "" {
			return got, err
		}
		o := outcome{ID: rec.ID, Title: rec.Title, Distributions: rec.Distributions, Problems: rec.Problems, Dataset: &rec.Dataset}
		if rec.Org.Name != "" {
			o.Org = &rec.Org
		}
		if err != nil {
			o.Error, o.Dataset = err.Error(), nil
		}
		got = append(got, o)
	}
	return got, nil
}

// portal serves packages as CKAN does, at most most a page.
func portal(t *testing.T, most int, packages ...string) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/api/3/action/package_search") {
			http.NotFound(w, r)
			return
		}
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		rows, _ := strconv.Atoi(r.URL.Query().Get("rows"))
		start = min(start, len(packages))
		page := packages[start:min(len(packages), start+min(rows, most))]
		fmt.Fprintf(w, `{"help":"x","success":true,"result":{"count":%d,"results":[%s]}}`, len(packages), strings.Join(page, ","))
	}))
	t.Cleanup(srv.Close)
	return srv
}

// TestRecords reads each testdata/NAME.in.json as the packages of a portal and
// compares what comes of them with testdata/NAME.want.json.
func TestRecords(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.in.json")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, in := range inputs {
		t.Run(filepath.Base(in), func(t *testing.T) {
			raw, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			var packages []json.RawMessage
			if err := json.Unmarshal(raw, &packages); err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, p := range packages {
				texts = append(texts, string(p))
			}
			srv := portal(t, 100, texts...)
			got, end := read(t, srv.URL)
			if end != nil {
				t.Fatal(end)
			}
			b, err := json.MarshalIndent(got, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			b = append([]byte(strings.ReplaceAll(string(b), srv.URL, "http://portal")), '\n')
			compare(t, strings.TrimSuffix(in, "in.json")+"want.json", b)
		})
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; got:\n%s", file, got)
	}
}

func packages(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`{"id":"id-%04d","title":"Dataset %d","state":"active"}`, i, i))
	}
	return out
}

func TestPaging(t *testing.T) {
	broken := packages(3)
	broken[1] = `{"id":"id-bad","title":"Rotto","Title":"x"}`
	for _, test := range []struct {
		name     string
		packages []string
		most     int
		records  int
		failed   int
	}{
		{"one page", packages(7), 100, 7, 0},
		{"just a full page", packages(100), 100, 100, 0},
		{"several pages", packages(250), 100, 250, 0},
		{"a server that caps its pages", packages(250), 30, 250, 0},
		{"a record that cannot be read is one record", broken, 100, 3, 1},
		{"harvest sources and deleted packages are none", append(packages(2), `{"id":"x","title":"x","type":"harvest"}`, `{"id":"y","title":"y","state":"deleted"}`), 100, 2, 0},
		{"none at all", nil, 100, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, end := read(t, portal(t, test.most, test.packages...).URL)
			failed := 0
			for _, o := range got {
				if o.Error != "" {
					failed++
				}
			}
			if end != nil || len(got) != test.records || failed != test.failed {
				t.Errorf("%d records, %d failed, %v", len(got), failed, end)
			}
		})
	}
}

func TestFaultsOfPortals(t *testing.T) {
	result := func(count int, ps ...string) string {
		return fmt.Sprintf(`{"success":true,"result":{"count":%d,"results":[%s]}}`, count, strings.Join(ps, ","))
	}
	three := packages(3)
	for _, test := range []struct {
		name    string
		serve   http.HandlerFunc
		records int
		fails   string // part of the error that ends the reading
	}{
		{"success: false", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"success":false,"error":{"message":"Search is broken"}}`))
		}, 0, "Search is broken"},
		{"a web page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<!DOCTYPE html><html>")) }, 0, "web page"},
		{"some JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"a":1}`)) }, 0, "not that of a CKAN API"},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"success":true,"resu`)) }, 0, "not that of a CKAN API"},
		{"start is ignored", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(result(10, three...))) }, 3, "repeats"},
		{"start is ignored, but all is on the page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(result(3, three...))) }, 3, ""},
		{"an empty page too early", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("start") != "0" {
				three = nil
			}
			_, _ = w.Write([]byte(result(10, three...)))
		}, 3, "empty page"},
		{"the second page fails", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("start") != "0" {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			_, _ = w.Write([]byte(result(10, packages(3)...)))
		}, 3, "not that of a CKAN API"},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv := httptest.NewServer(test.serve)
			defer srv.Close()
			got, end := read(t, srv.URL)
			if len(got) != test.records || (end != nil) != (test.fails != "") || end != nil && !strings.Contains(end.Error(), test.fails) {
				t.Errorf("%d records, %v", len(got), end)
			}
		})
	}
}

func TestPortalsWithoutSearch(t *testing.T) {
	ps := packages(3)
	for _, test := range []struct {
		name    string
		most    int    // packages that come at once; 0 = the portal cannot
		offset  bool   // the portal knows offset
		broken  string // what package_show answers 500 for
		list    bool
		records int
		fails   bool
	}{
		{"all at once, with a list that names one that is gone", 10, true, "", true, 4, false},
		{"all at once, without a list", 10, true, "", false, 3, false},
		{"a page at a time", 2, true, "", false, 3, false},
		{"a server that caps and knows no offset is completed by its list", 2, false, "", true, 4, false},
		{"one by one", 0, false, "", true, 4, false},
		{"one by one, and one cannot be had", 0, false, "id-0001", true, 4, true},
		{"neither at once nor by list", 0, false, "", false, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				switch action := filepath.Base(r.URL.Path); {
				case action == "current_package_list_with_resources" && test.most > 0:
					from, _ := strconv.Atoi(q.Get("offset"))
					if !test.offset {
						from = 0
					}
					from = min(from, len(ps))
					_, _ = fmt.Fprintf(w, `{"success":true,"result":[[%s]]}`, strings.Join(ps[from:min(from+test.most, len(ps))], ","))
				case action == "package_list" && test.list:
					_, _ = w.Write([]byte(`{"success":true,"result":["id-0000","id-0001","gone","id-0002"]}`))
				case action == "package_show" && q.Get("id") == test.broken:
					w.WriteHeader(http.StatusInternalServerError)
				case action == "package_show":
					for _, p := range ps {
						if strings.Contains(p, `"`+q.Get("id")+`"`) {
							_, _ = fmt.Fprintf(w, `{"success":true,"result":[%s]}`, p)
							return
						}
					}
					w.WriteHeader(http.StatusNotFound)
					_, _ = w.Write([]byte(`{"success":false,"error":{"message":"Not found"}}`))
				default:
					w.WriteHeader(http.StatusBadRequest)
					_, _ = w.Write([]byte(`"Bad request - Action name not known"`))
				}
			}))
			defer srv.Close()
			got, end := read(t, srv.URL)
			if (end != nil) != test.fails || len(got) != test.records {
				t.Errorf("%d records, want %d; %v", len(got), test.records, end)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	srv := httptest.NewServer(http.StripPrefix("/portale", portal(t, 10, packages(1)...).Config.Handler))
	defer srv.Close()
	for _, end := range []string{"", "/", "/dataset", "/dataset/abc?x=1", "/api/3/action", "/api/3/action/package_search?rows=10", "/api/", "/organization/x", "#top"} {
		got, err := read(t, srv.URL+"/portale"+end)
		if err != nil || len(got) != 1 {
			t.Errorf("%q: %d records, %v", end, len(got), err)
		}
	}
	for _, bad := range []string{"", "ckan", "ftp://example.it", "/etc/passwd"} {
		if _, err := ckan.Kind().Open(catalog.Source{URL: bad}, client()); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestProbe(t *testing.T) {
	conn, err := ckan.Kind().Open(catalog.Source{URL: portal(t, 10, packages(1)...).URL}, client())
	if err != nil {
		t.Fatal(err)
	}
	if sure, _, err := conn.(harvester.Prober).Probe(t.Context()); sure < 0.8 || err != nil {
		t.Errorf("got %v, %v", sure, err)
	}
}

func TestDigestIgnoresWhatChangesByItself(t *testing.T) {
	digest := func(p string) string {
		conn, _ := ckan.Kind().Open(catalog.Source{URL: portal(t, 10, p).URL}, client())
		for rec := range conn.Records(t.Context()) {
			return rec.Digest
		}
		return ""
	}
	a := digest(`{"id":"a","title":"t","tracking_summary":{"total":1},"resources":[{"id":"r","tracking_summary":{"total":1}}]}`)
	b := digest(`{"title":"t","id":"a","resources":[{"tracking_summary":{"total":2},"id":"r"}]}`)
	if c := digest(`{"id":"a","title":"u"}`); a != b || a == c || a == "" {
		t.Errorf("%s %s %s", a, b, c)
	}
}
