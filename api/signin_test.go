package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portico/api"
)

func (w *world) signIn(h http.Handler, name, password, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/user/token", strings.NewReader(url.Values{"name": {name}, "password": {password}, "token_name": {"prova"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = address
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestAPasswordGivesATokenOnce(t *testing.T) {
	w := newWorld(t)
	w.newcomer("mario", "")
	rec := w.signIn(w.server, "mario", "Passw0rd!Lunga", "192.0.2.1:1")
	token := regexp.MustCompile(`portico_[\w-]{43}`).FindString(rec.Body.String())
	if rec.Code != http.StatusOK || token == "" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if len(rec.Result().Cookies()) > 0 || rec.Header().Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("headers %v", rec.Header())
	}
	if out := w.ok(token, "user_show", `{}`); out["name"] != "mario" {
		t.Errorf("the token is of %v", out)
	}
	r := httptest.NewRequest("POST", "/user/token", strings.NewReader(`{"name":"mario","password":"Passw0rd!Lunga","expires":7}`))
	r.Header.Set("Content-Type", "application/json")
	rec = httptest.NewRecorder()
	w.server.ServeHTTP(rec, r)
	var out struct {
		Success bool
		Result  struct{ Token string }
	}
	w.must(json.Unmarshal(rec.Body.Bytes(), &out))
	if !out.Success || !strings.HasPrefix(out.Result.Token, "portico_") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// TestNamesCannotBeGuessed is API-018: the answer is the same whether it is
// the name or the password that is wrong.
func TestNamesCannotBeGuessed(t *testing.T) {
	w := newWorld(t)
	w.newcomer("mario", "")
	wrong := w.signIn(w.server, "mario", "sbagliata!", "192.0.2.1:1")
	for _, name := range []string{"nessuno", "admin", "", strings.Repeat("x", 5000)} {
		rec := w.signIn(w.server, name, "sbagliata!", "192.0.2.1:1")
		if rec.Code != wrong.Code || rec.Body.String() != wrong.Body.String() {
			t.Errorf("%.20q: %d %s", name, rec.Code, rec.Body)
		}
	}
	if wrong.Code != http.StatusForbidden {
		t.Errorf("status %d", wrong.Code)
	}
}

// TestGuessesAreSlowedDown is API-009.
func TestGuessesAreSlowedDown(t *testing.T) {
	w := newWorld(t)
	w.newcomer("mario", "")
	var last *httptest.ResponseRecorder
	for range 8 {
		last = w.signIn(w.server, "mario", "sbagliata!", "192.0.2.1:1", "X-Forwarded-For", "198.51.100.7")
	}
	if last.Code != http.StatusTooManyRequests || last.Header().Get("Retry-After") == "" {
		t.Errorf("after 8 wrong guesses: %d %v", last.Code, last.Header())
	}
	if rec := w.signIn(w.server, "mario", "Passw0rd!Lunga", "192.0.2.1:1"); rec.Code != http.StatusTooManyRequests {
		t.Errorf("the right password at once: %d", rec.Code)
	}
	if rec := w.signIn(w.server, "mario", "Passw0rd!Lunga", "192.0.2.2:1"); rec.Code != http.StatusOK {
		t.Errorf("from elsewhere: %d", rec.Code)
	}
}

func TestOtherSitesCannotSendTheForm(t *testing.T) {
	w := newWorld(t)
	w.newcomer("mario", "")
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if rec := w.signIn(w.server, "mario", "Passw0rd!Lunga", "192.0.2.1:1", header...); rec.Code != http.StatusForbidden {
			t.Errorf("%v: %d", header, rec.Code)
		}
	}
}

// TestTheLogIsOneLineARefusal is SEC-014.
func TestTheLogIsOneLineARefusal(t *testing.T) {
	w := newWorld(t)
	h := w.serverWith(func(*api.Config) {})
	w.log.Reset()
	w.signIn(h, "x\nINFO fake line\x1b[2J"+strings.Repeat("y", 10_000), "sbagliata!", "192.0.2.1:1")
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	if len(lines) != 1 || len(lines[0]) > 500 || strings.Contains(lines[0], "\x1b") || strings.Contains(lines[0], "sbagliata") {
		t.Errorf("the log is %q", lines)
	}
}

func TestTheFormSpeaksBothLanguages(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{"/it/user/token": "Ottieni un token", "/user/token": "Get a token"} {
		rec := w.do("GET", path, "")
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), want) || strings.Contains(rec.Body.String(), "<script") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}
