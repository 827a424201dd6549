package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/harvester"
	"portico/harvester/web"
	"portico/harvester/web/webtest"
	"portico/internal/httpclient"
)

func TestLink(t *testing.T) {
	base, err := url.Parse("https://dati.example.org/catalogo/elenco.json")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"alberi.csv": "https://dati.example.org/catalogo/alberi.csv", "/a b.csv": "https://dati.example.org/a%20b.csv", "//x.org/a": "https://x.org/a",
		"javascript:alert(1)": "", "file:///etc/passwd": "", "data:text/html,x": "", "https://u:p@x.org/a": "https://x.org/a", "https://x.org/\"><script>": "", "": "", "ftp://x/a": "",
	} {
		if got := web.Link(base, in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := web.Reachable(base, "http://interno/catalogo/elenco.json?page=2"); got != "https://dati.example.org/catalogo/elenco.json?page=2" {
		t.Error(got)
	}
}

func TestLenientJSON(t *testing.T) {
	for in, want := range map[string]web.Strings{
		`["a", 1, null, ["b"], {"c":1}, true]`: {"a", "1", "true"}, `"a, b,,c"`: {"a", "b", "c"}, `null`: nil, `{}`: nil, `7`: {"7"},
	} {
		var got web.Strings
		if err := json.Unmarshal([]byte(in), &got); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
}

func TestBoxes(t *testing.T) {
	for in, ok := range map[string]bool{"11.7,45.3,11.8,45.4": true, "11.7 45.3 11.8 45.4": true, "0,0,0,0": false, "1700000,5000000,1700001,5000001": false, "11.8,45.3,11.7,45.4": false, "a,b,c,d": false, "1,2,3": false, "NaN,NaN,NaN,NaN": false} {
		if _, got := web.BoxText(in); got != ok {
			t.Errorf("%s: %t", in, got)
		}
	}
}

// A catalog of pages of which one has changed is read on that page alone.
func TestOnlyThePageThatChangedIsRead(t *testing.T) {
	versions := []int{1, 1, 1}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscan(r.URL.Query().Get("n"), &n)
		etag := fmt.Sprintf(`"%d-%d"`, n, versions[n])
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "%d %d", n, versions[n])
	}))
	defer srv.Close()
	parse := func(page *httpclient.Page, _ int) (web.Batch, error) {
		var n, version int
		_, _ = fmt.Sscan(string(page.Body), &n, &version)
		b := web.Batch{Items: []web.Item{{ID: fmt.Sprint("r", n), Convert: func() (harvester.Record, error) { return harvester.Record{Digest: fmt.Sprint(version)}, nil }}}}
		if n < len(versions)-1 {
			b.Next = fmt.Sprint(srv.URL, "/?n=", n+1)
		}
		return b, nil
	}
	read := func(memo json.RawMessage) (told string, next json.RawMessage) {
		r := web.Reader{Client: webtest.Client(), Version: "v"}
		r.Recall(memo)
		for rec, err := range r.Records(t.Context(), srv.URL+"/?n=0", "", parse) {
			told += fmt.Sprintf("%s:%s:%v ", rec.ID, rec.Digest, err)
		}
		return told, r.Memo()
	}
	_, memo := read(nil)
	versions[1] = 2
	told, memo := read(memo)
	if want := "r0::the record is as it was r1:2:<nil> r2::the record is as it was "; told != want {
		t.Errorf("%q, want %q", told, want)
	}
	if told, _ := read(memo); told != "r0::the record is as it was r1::the record is as it was r2::the record is as it was " {
		t.Errorf("the third time: %q", told)
	}
	if told, _ := read(json.RawMessage(`{"version":"other","pages":{}}`)); told != "r0:1:<nil> r1:2:<nil> r2:1:<nil> " {
		t.Errorf("with the memo of another version: %q", told)
	}
}
