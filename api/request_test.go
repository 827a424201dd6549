package api

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestJSONIsReadStrictly(t *testing.T) {
	for _, text := range []string{
		`{"a":1,"a":2}`, `{"x":{"a":1,"a":1}}`, `[{"a":1,"\u0061":2}]`, `{} {}`, `{}x`, ``, `{"a"}`, `nul`, `{"a":1,}`,
		strings.Repeat("[", 70) + strings.Repeat("]", 70),
	} {
		if v, err := decodeStrict([]byte(text)); err == nil {
			t.Errorf("%s: was read as %v", text, v)
		}
	}
	v, err := decodeStrict([]byte(` {"b": [1.50, null, "x", {"c": true}], "a": {}} `))
	if got := pyJSON(v); err != nil || got != `{"a": {}, "b": [1.50, null, "x", {"c": true}]}` {
		t.Errorf("%s, %v", got, err)
	}
	if got := pyRepr(v); got != `{'a': {}, 'b': [1.50, None, 'x', {'c': True}]}` {
		t.Error(got)
	}
}

func TestStringsAreQuotedAsPythonDoes(t *testing.T) {
	for in, want := range map[string]string{
		"x": "'x'", "it's": `"it's"`, `say "it's"`: `'say "it\'s"'`, `a\b`: `'a\\b'`, "a\nb": `'a\nb'`, "\x00": `'\x00'`, "è": "'è'", "\u200b": `'\u200b'`,
	} {
		if got := pyRepr(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestIntegersAreReadAsCKANReadsThem(t *testing.T) {
	for in, want := range map[string]int{"10": 10, "10.0": 10, "-1": -1, "1e3": 1000, "99999999999999999999": 1 << 53, " 7 ": 7} {
		a := args{given: map[string]any{"n": in}}
		if n, ok := a.integer("n", 5); !ok || n != want {
			t.Errorf("%q: %d %t", in, n, ok)
		}
	}
	for _, in := range []any{"abc", "10.5", "0x10", "nan", "inf", "1_000", []any{}, map[string]any{}, json.Number("1.5")} {
		a := args{given: map[string]any{"n": in}}
		if n, ok := a.integer("n", 5); ok {
			t.Errorf("%v: was read as %d", in, n)
		}
	}
	for _, in := range []any{"", "  ", nil} {
		a := args{given: map[string]any{"n": in}}
		if n, ok := a.integer("n", 5); !ok || n != 5 {
			t.Errorf("%v: %d %t", in, n, ok)
		}
	}
}

func TestFileNamesAreSafeInHeaders(t *testing.T) {
	for in, want := range map[string]string{
		"a.csv":                           `attachment; filename="a.csv"`,
		"../../x.csv":                     `attachment; filename="x.csv"`,
		`..\x.csv`:                        `attachment; filename="x.csv"`,
		"a\r\nSet-Cookie: x=1.csv":        `attachment; filename="a__Set-Cookie: x=1.csv"; filename*=UTF-8''a__Set-Cookie%3A%20x%3D1.csv`,
		"città.csv":                       `attachment; filename="citt_.csv"; filename*=UTF-8''citt%C3%A0.csv`,
		strings.Repeat("x", 300) + ".csv": `attachment; filename="` + strings.Repeat("x", 146) + `.csv"`,
	} {
		if got := disposition(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestACacheForgetsWhatWasNotAskedForLongest(t *testing.T) {
	c := newCache(8 * 3000)
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		c.put(&cached{key: key, body: make([]byte, 1000)})
		c.get("a")
	}
	if c.get("a") == nil || c.get("b") != nil || c.get("l") == nil {
		t.Error("the wrong answers are kept")
	}
	c.put(&cached{key: "huge", body: make([]byte, 5000)})
	if c.get("huge") != nil {
		t.Error("an answer larger than its share is kept")
	}
}

func FuzzReadArgs(f *testing.F) {
	f.Add("POST", "", "application/json", `{"id": "x"}`)
	f.Add("POST", "", "application/json", `{"ID": "x", "id": 1}`)
	f.Add("POST", "", "application/x-www-form-urlencoded", `{"limit": 1}`)
	f.Add("POST", "", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nv\r\n--x--\r\n")
	f.Add("POST", "limit=1&limit=2;a=%zz", "text/plain", "")
	f.Add("GET", "facet.field=[%22a%22]&rows=1e3&q=a:b&sort=name+asc", "", "")
	f.Fuzz(func(t *testing.T, method, query, contentType, body string) {
		if method != "GET" && method != "POST" {
			method = "POST"
		}
		r := httptest.NewRequest(method, "/api/3/action/package_search", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", contentType)
		a, err := readArgs(httptest.NewRecorder(), r, action{read: true, params: searchHelp})
		defer a.discard()
		if a.given == nil && err == nil {
			t.Fatalf("%v, %v", a.given, err)
		}
		p := readPackageSearch(a)
		if a.err() == nil && (p.rows < 0 || p.rows > maxRows || p.start < 0) {
			t.Errorf("%+v", p)
		}
	})
}
