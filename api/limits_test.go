package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

const urlencoded = "application/x-www-form-urlencoded"

// TestRequestsAreReadAsCKANReadsThem is §1.2 of the specification.
func TestRequestsAreReadAsCKANReadsThem(t *testing.T) {
	w := newWorld(t).fill()
	twoFields, multipart := multipartForm(t, map[string]string{"limit": "1", "offset": "1"})
	oneField, oneMultipart := multipartForm(t, map[string]string{"limit": "1"})
	for name, c := range map[string]struct {
		method, target, contentType, body string
		code                              int
		part                              string
	}{
		"a query string":                              {"GET", "package_list?limit=1", "", "", 200, `["bilancio-2023"]`},
		"a body where there is a query string":        {"POST", "package_list?limit=1", "application/json", `{"limit": 2}`, 200, `["bilancio-2023"]`},
		"a query string and an empty body":            {"POST", "package_list?limit=1", "", "", 200, `["bilancio-2023"]`},
		"a form":                                      {"POST", "package_list", urlencoded, "limit=1&offset=1", 200, `["qualita-aria"]`},
		"JSON as the key of a form":                   {"POST", "package_list", urlencoded, `{"limit": 1}`, 200, `["bilancio-2023"]`},
		"JSON as an escaped key":                      {"POST", "package_list", urlencoded, `%7B%22limit%22%3A+1%7D=1`, 200, `["bilancio-2023"]`},
		"a form of one value":                         {"POST", "package_list", urlencoded, "limit=1", 400, "JSONDecodeError"},
		"a multipart form":                            {"POST", "package_list", multipart, twoFields, 200, `["qualita-aria"]`},
		"a multipart form of one value":               {"POST", "package_list", oneMultipart, oneField, 400, "JSONDecodeError"},
		"a body with GET":                             {"GET", "package_list", "application/json", `{"limit": 1}`, 200, `["bilancio-2023"]`},
		"JSON with a charset":                         {"POST", "package_list", "application/json; charset=UTF-8", `{"limit": 1}`, 200, `["bilancio-2023"]`},
		"JSON of a kind of its own":                   {"POST", "package_list", "application/vnd.api+json", `{"limit": 1}`, 200, `["bilancio-2023"]`},
		"JSON in another charset":                     {"POST", "package_list", "application/json; charset=utf-16", `{"limit": 1}`, 415, "<!DOCTYPE html>"},
		"JSON as text":                                {"POST", "package_list", "text/plain", `{"limit": 1}`, 415, "<!DOCTYPE html>"},
		"JSON of no type":                             {"POST", "package_list", "", `{"limit": 1}`, 415, "<!DOCTYPE html>"},
		"nothing":                                     {"POST", "license_list", "application/json", "", 200, "true"},
		"bad escapes":                                 {"GET", "package_list?limit=1&x=%zz;y", "", "", 200, `["bilancio-2023"]`},
		"an unknown action before its body":           {"POST", "nope", "text/plain", "x", 400, `"Bad request: Action name not known: nope"`},
		"a write with GET":                            {"GET", "package_create?name=x", "", "", 400, "Please use POST method"},
		"PUT":                                         {"PUT", "package_list", "", "", 405, "<!DOCTYPE html>"},
		"PATCH":                                       {"PATCH", "package_list", "application/json", "{}", 405, "<!DOCTYPE html>"},
		"a key twice":                                 {"POST", "package_show", "application/json", `{"id": "a", "id": "b"}`, 400, "Error decoding JSON"},
		"a key in other letters":                      {"POST", "package_show", "application/json", `{"Id": "a"}`, 400, "Error decoding JSON"},
		"a key in other letters, in a form":           {"POST", "package_show", urlencoded, "ID=a&id=b", 400, "Error decoding JSON"},
		"a key of a write in other letters":           {"POST", "package_create", "application/json", `{"OWNER_ORG": "x", "name": "x"}`, 400, "Error decoding JSON"},
		"a key with a letter that folds into another": {"POST", "resource_create", "application/json", `{"package_id": "x", "ſize": 1}`, 400, "Error decoding JSON"},
		"a huge index":                                {"POST", "package_create", urlencoded, "extras__99999999999__key=x&name=y", 400, "too large"},
		"another huge index":                          {"POST", "package_create", urlencoded, "resources__2147483647__url=x&name=y", 400, "too large"},
		"a callback that is a script":                 {"GET", "package_list?callback=alert(1)//", "", "", 400, "Bad request"},
		"brackets in a callback":                      {"GET", "package_list?limit=1&callback=%3Cscript%3E", "", "", 200, "&lt;script&gt;({"},
		"a callback":                                  {"GET", "package_list?limit=1&callback=cb", "", "", 200, `cb({`},
		"a token in the query string":                 {"GET", "package_show?id=stipendi&Authorization=" + w.token, "", "", 403, "Access denied"},
		"the old header of tokens, on HEAD too":       {"HEAD", "package_list", "", "", 200, ""},
	} {
		header := []string{}
		if c.contentType != "" {
			header = append(header, "Content-Type", c.contentType)
		}
		rec := w.do(c.method, "/api/3/action/"+c.target, c.body, header...)
		if rec.Code != c.code || !strings.Contains(rec.Body.String(), c.part) {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
	for header, code := range map[string]int{"Authorization": 200, "authorization": 200, "X-CKAN-API-Key": 200, "X-Token": 403} {
		if rec := w.do("GET", "/api/3/action/package_show?id=stipendi", "", header, w.token); rec.Code != code {
			t.Errorf("%s: %d", header, rec.Code)
		}
	}
	if rec := w.do("GET", "/xx/api/3/action/license_list", ""); strings.Contains(rec.Body.String(), "success") {
		t.Error("there is an API under an unknown language")
	}
}

// TestHugeRequestsAreRefused is API-007 and SEC-013: at once, and without much
// memory.
func TestHugeRequestsAreRefused(t *testing.T) {
	w := newWorld(t).fill()
	var keys, pairs, indexes strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&keys, `,"k%d":1`, i)
		fmt.Fprintf(&pairs, "&k%d=1", i)
		fmt.Fprintf(&indexes, "&extras__%d__key=x", i)
	}
	var parts strings.Builder
	for range 100_000 {
		parts.WriteString("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n")
	}
	parts.WriteString("--x--\r\n")
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := io.CopyN(z, zeros{}, 50<<20); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		contentType, encoding, body string
		codes                       []int
	}{
		"100,000 keys in JSON":    {"application/json", "", "{" + keys.String()[1:] + "}", []int{400}},
		"a depth of 10,000":       {"application/json", "", strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), []int{400}},
		"a list of a million":     {"application/json", "", `{"a":[` + strings.Repeat("1,", 999_999) + "1]}", []int{400}},
		"3 MB of JSON":            {"application/json", "", `{"a": "` + strings.Repeat("x", 3<<20) + `"}`, []int{413}},
		"100,000 keys in a form":  {urlencoded, "", pairs.String()[1:], []int{400, 413}},
		"100,000 indexes":         {urlencoded, "", indexes.String()[1:1_000_000], []int{400}},
		"2 MB of a form":          {urlencoded, "", "a=" + strings.Repeat("x", 2<<20), []int{413}},
		"100,000 parts of a form": {"multipart/form-data; boundary=x", "", parts.String(), []int{400, 413}},
		"a part without an end":   {"multipart/form-data; boundary=x", "", "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nv", []int{400}},
		"a gzip bomb":             {"application/json", "gzip", bomb.String(), []int{415}},
		"a gzip bomb in a form":   {urlencoded, "gzip", bomb.String(), []int{415}},
	} {
		best := time.Hour
		most := uint64(1 << 62)
		var rec *httptest.ResponseRecorder
		for range 3 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			rec = w.do("POST", "/api/3/action/package_create", c.body, "Content-Type", c.contentType, "Content-Encoding", c.encoding)
			best = min(best, time.Since(start))
			runtime.ReadMemStats(&after)
			most = min(most, after.TotalAlloc-before.TotalAlloc)
		}
		good := false
		for _, code := range c.codes {
			good = good || rec.Code == code
		}
		if !good {
			t.Errorf("%s: %d %.200s", name, rec.Code, rec.Body)
		}
		limit := 100 * time.Millisecond
		if name == "a list of a million" {
			limit = 2 * time.Second
		}
		if best > limit {
			t.Errorf("%s: took %s", name, best)
		}
		if most > 40<<20 {
			t.Errorf("%s: took %d MB of memory", name, most>>20)
		}
	}
	if rec := w.do("GET", "/api/3/action/package_list?x="+strings.Repeat("x", 100_000), ""); rec.Code != 414 {
		t.Errorf("a long query string: %d", rec.Code)
	}
	if rec := w.do("GET", "/api/3/action/package_list?"+strings.Repeat("x&", 10_000), ""); rec.Code != 400 {
		t.Errorf("many parameters: %d", rec.Code)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
