package golden

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// echo answers as CKAN does, with what the request held.
func echo(status int, contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in, _ := io.ReadAll(r.Body)
		out := strings.NewReplacer("$method", r.Method, "$target", r.URL.RequestURI(), "$body", string(in), "$auth", r.Header.Get("Authorization"), "$type", r.Header.Get("Content-Type"), "$host", r.Host)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, out.Replace(body))
	})
}

const (
	ckanType = "application/json;charset=utf-8"
	token    = "a-token-of-a-sysadmin-000"
)

func replayer(h http.Handler) *Replayer {
	r := &Replayer{handler: h, origin: "https://dati.esempio.example"}
	r.Set("token_admin", token)
	r.Set("known_id", "0c000000-0000-4000-8000-000000000001")
	return r
}

func recording(name string, status int, contentType string) Case {
	return Case{Name: name, Status: status, Headers: map[string]string{"content-type": contentType}, Request: Request{Method: "GET", Path: "/api/3"}}
}

func TestAnswersAreComparedByValue(t *testing.T) {
	for name, tc := range map[string]struct{ want, got, why string }{
		"the order of keys is free":           {`{"a": 1, "b": [true, null]}`, `{"b":[true,null],"a":1}`, ""},
		"the order of lists is not":           {`[1, 2]`, `[2, 1]`, "$[0]"},
		"a missing key":                       {`{"a": {"b": 1}}`, `{"a": {}}`, "$.a.b missing"},
		"an extra key":                        {`{}`, `{"a": 1}`, "$.a extra"},
		"a list that is too long":             {`[]`, `[1]`, "want 0 items, got 1"},
		"a number is no text":                 {`1`, `"1"`, "$:"},
		"a number is no bool":                 {`1`, `true`, "$:"},
		"null is not the empty text":          {`null`, `""`, "$:"},
		"fractions are near enough":           {`0.3`, `0.30000000000000004`, ""},
		"whole numbers are exact":             {`9007199254740993`, `9007199254740992`, "$:"},
		"one and one point zero are the same": {`1`, `1.0`, ""},
		"IDs of the server's own":             {`"<uuid4>"`, `"5d7a9d2e-3f0b-4c1d-9e8f-0123456789ab"`, ""},
		"moments of the server's own":         {`"<timestamp>"`, `"2026-11-22T01:54:00.123456"`, ""},
		"moments of the data":                 {`"2024-01-01T00:00:00"`, `"2024-01-01T00:00:00"`, ""},
		"tokens":                              {`"<token>"`, `"eyJhbGciOi.eyJqdGki.c2ln"`, ""},
		"the origin":                          {`"{{base}}/dataset/x"`, `"https://dati.esempio.example/dataset/x"`, ""},
		"a variable":                          {`"{{known_id}}"`, `"0c000000-0000-4000-8000-000000000001"`, ""},
		"no JSON at all":                      {`{}`, `<html>`, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			c := recording("case", 200, ckanType)
			c.JSON = json.RawMessage(tc.want)
			why := replayer(echo(200, ckanType, tc.got)).Run(c)
			if (why == "") != (tc.why == "") || !strings.Contains(why, tc.why) {
				t.Errorf("got %q, want %q", why, tc.why)
			}
		})
	}
}

func TestWhatCountsDependsOnTheCase(t *testing.T) {
	text := recording("robots", 200, "text/plain")
	text.Text = "a b c"
	volatile := text
	volatile.Unordered, volatile.Text = true, "c a b"
	list := recording("tag_list", 200, ckanType)
	list.Unordered, list.JSON = true, json.RawMessage(`[{"a":[2,1]},{"a":[]}]`)
	head := recording("action_head", 200, ckanType)
	head.Request.Method = "HEAD"
	for name, tc := range map[string]struct {
		c      Case
		status int
		typ    string
		body   string
		passes bool
	}{
		"another status fails":                     {recording("x", 404, ckanType), 200, ckanType, `{}`, false},
		"another type fails":                       {recording("dcat_x", 200, ckanType), 200, "text/html", `{}`, false},
		"a defect of CKAN may be answered well":    {recording("x", 500, "text/html"), 400, ckanType, `{}`, true},
		"a defect of CKAN is not to be imitated":   {recording("x", 500, "text/html"), 500, "text/html", ``, false},
		"graphs are a server's own":                {recording("dcat_x", 200, ckanType), 200, ckanType, `{"x": 1}`, true},
		"pages are a server's own":                 {recording("page_x", 200, "text/html"), 200, "text/html; charset=utf-8", `<p>`, true},
		"a text that begins as the recorded one":   {text, 200, "text/plain", "a b c d", true},
		"a text that differs":                      {text, 200, "text/plain", "a b d", false},
		"a text in no order":                       {volatile, 200, "text/plain", "a b c", true},
		"a text in no order with other words":      {volatile, 200, "text/plain", "a b d", false},
		"a list in no order":                       {list, 200, ckanType, `[{"a":[]},{"a":[1,2]}]`, true},
		"the body of an answer to HEAD is dropped": {head, 200, ckanType, `{}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			if why := replayer(echo(tc.status, tc.typ, tc.body)).Run(tc.c); (why == "") != tc.passes {
				t.Errorf("got %q", why)
			}
		})
	}
}

func TestRequestsAreSentAsRecorded(t *testing.T) {
	base := Request{Method: "POST", Path: "/api/{{known_id}}?q=a%20b"}
	admin, js, form, null := base, base, base, base
	admin.Auth = "admin"
	js.JSON = json.RawMessage(`{"id": "{{known_id}}", "x": "{{unknown}}"}`)
	form.Form = map[string]string{"id": "{{known_id}}", "q": "à"}
	if err := json.Unmarshal([]byte(`{"method": "POST", "path": "/", "json": null}`), &null); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		request      Request
		answer, want string
	}{
		"variables in the path": {base, `"$method $target $host"`, `"POST /api/{{known_id}}?q=a%20b dati.esempio.example"`},
		"the token":             {admin, `"$auth"`, `"{{token_admin}}"`},
		"JSON":                  {js, `["$type", $body]`, `["application/json", {"id": "{{known_id}}", "x": "{{unknown}}"}]`},
		"the JSON null":         {null, `["$type", $body]`, `["application/json", null]`},
		"a form":                {form, `["$type", "$body"]`, `["application/x-www-form-urlencoded", "id={{known_id}}&q=%C3%A0"]`},
	} {
		t.Run(name, func(t *testing.T) {
			c := recording("case", 200, ckanType)
			c.Request, c.JSON = tc.request, json.RawMessage(tc.want)
			if why := replayer(echo(200, ckanType, tc.answer)).Run(c); why != "" {
				t.Error(why)
			}
		})
	}
}

func TestUploadsAreSentWhole(t *testing.T) {
	size := 0
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, head, err := r.FormFile("upload")
		if err != nil || head.Filename != "dati-città.csv" || r.FormValue("name") != "X" {
			http.Error(w, "no file", http.StatusBadRequest)
			return
		}
		raw, _ := io.ReadAll(f)
		size = len(raw)
	})
	c := recording("up", 200, "")
	c.Request = Request{Method: "POST", Path: "/", Multipart: &Multipart{
		Fields: map[string]string{"name": "X"}, Files: map[string][3]string{"upload": {"dati-città.csv", "text/csv", large}},
	}}
	if why := replayer(h).Run(c); why != "" || size != largeSize {
		t.Errorf("%s, %d bytes", why, size)
	}
}

func TestCapturedValuesAreSentLater(t *testing.T) {
	r := replayer(echo(200, ckanType, `{"result": {"list": [{"id": "an-id-that-is-long-enough"}]}}`))
	c := recording("w_create", 200, ckanType)
	c.Capture = map[string]string{"new": "result.list.0.id", "token_editor": "result.list.7.id"}
	c.JSON = json.RawMessage(`{"result": {"list": [{"id": "{{new}}"}]}}`)
	if why := r.Run(c); why != "" {
		t.Error(why)
	}
	if got := r.vars.fill("{{new}}"); got != "an-id-that-is-long-enough" {
		t.Errorf("got %q", got)
	}
	c.Request.Auth = "editor"
	if why := r.Run(c); !strings.Contains(why, "no token of editor") {
		t.Errorf("got %q", why)
	}
}

func TestEveryRecordedCaseCanBeSent(t *testing.T) {
	cases := Cases(t)
	r := New(t, echo(200, ckanType, "{}"), "https://dati.esempio.example", token)
	bad := 0
	for _, c := range cases {
		if c.Request.Auth != "" && c.Request.Auth != "admin" {
			c.Request.Auth = "admin"
		}
		if why := r.Run(c); why != "" {
			bad++
		}
	}
	if len(cases) < 1000 || bad < len(cases)/2 {
		t.Errorf("%d of %d cases differ from a server that says nothing", bad, len(cases))
	}
	for _, name := range []string{"pkg1_id", "res1_id", "org1_id", "private_name", "iodl_name"} {
		if r.vars.values[name] == "" {
			t.Errorf("%s is not set", name)
		}
	}
	calls := map[string]int{}
	Load(t, func(action string, _ any) { calls[action]++ })
	if calls["organization_create"] != 5 || calls["group_create"] != 13 || calls["package_create"] != 2000 {
		t.Errorf("loaded %v", calls)
	}
}
