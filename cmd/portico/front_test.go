package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// TestHostsAreNotBelieved is SEC-020: whatever a request says of the host,
// every address that Portico makes is of the site's origin, and a host that
// is not the site's is not answered.
func TestHostsAreNotBelieved(t *testing.T) {
	data := t.TempDir()
	for _, src := range demoSources(t)[:1] {
		harvest(t, append(src, "--data", data)...)
	}
	const origin = "https://dati.comune.example"
	addr := serve(t, "serve", "--data", data, "--site-url", origin)
	paths := []string{
		"/", "/dataset", "/dataset/popolazione-residente", "/catalog.rdf", "/catalog.ttl", "/dataset/popolazione-residente.jsonld",
		"/api/3/action/package_show?id=popolazione-residente", "/api/3/action/organization_list?all_fields=true", "/robots.txt", "/nessuna-pagina",
	}
	for _, path := range paths {
		for _, header := range [][]string{
			{"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "gopher"}, {"Forwarded", "host=evil.example;proto=http"}, {"X-Forwarded-For", "evil.example"},
		} {
			_, body := get(t, addr+path, header...)
			if strings.Contains(body, "evil.example") || strings.Contains(body, "gopher:") || strings.Contains(body, strings.TrimPrefix(addr, "http://")) {
				t.Errorf("%s with %v speaks of another host", path, header)
			}
		}
		for _, host := range []string{"evil.example", "evil.example:80", "dati.comune.example.evil.example", "user@evil.example"} {
			if code, body := get(t, addr+path, "Host", host); code != http.StatusMisdirectedRequest && code != http.StatusBadRequest || strings.Contains(body, "evil") {
				t.Errorf("%s for host %s = %d", path, host, code)
			}
		}
		if code, _ := get(t, addr+path, "Host", "dati.comune.example"); code == http.StatusMisdirectedRequest {
			t.Errorf("%s is not answered for the site's own host", path)
		}
	}
	for _, line := range []string{"GET http://evil.example/catalog.ttl HTTP/1.1\r\nHost: dati.comune.example\r\n\r\n"} {
		if got := raw(t, addr, line); strings.Contains(got, "evil.example/") {
			t.Errorf("an absolute request line is believed:\n%.300s", got)
		}
	}
}

// raw sends a request as it stands and returns the beginning of the answer.
func raw(t *testing.T, addr, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(addr, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestTheClientAddressIsThePeersUnlessAProxyIsTrusted(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"nobody is trusted by default", "192.0.2.1:9", "203.0.113.7", "192.0.2.1"},
		{"a trusted proxy is believed", "10.1.1.1:9", "203.0.113.7", "203.0.113.7"},
		{"only the last hop outside counts", "10.1.1.1:9", "1.2.3.4, 203.0.113.7, 10.2.2.2", "203.0.113.7"},
		{"nonsense stops the walk", "10.1.1.1:9", "1.2.3.4, <script>", "10.1.1.1"},
		{"an IPv4 address in IPv6 is the IPv4 one", "[::ffff:10.1.1.1]:9", "203.0.113.7", "203.0.113.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": {c.forwarded}}}
			if got := clientAddress(r, proxies).String(); got != c.want {
				t.Errorf("address %s, want %s", got, c.want)
			}
		})
	}
}

func TestRateLimits(t *testing.T) {
	for _, c := range []struct {
		name, setting, addr string
		wantRefused         bool
	}{
		{"loopback is not limited by default", "1/s", "127.0.0.1", false},
		{"loopback is when the setting says so", "1/s!", "127.0.0.1", true},
		{"others are", "1/s", "203.0.113.7", true},
		{"off is off", "off", "203.0.113.7", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Settings{RateLimit: c.setting}
			r, err := s.rate()
			if err != nil {
				t.Fatal(err)
			}
			l := newLimiter(r)
			refused := false
			for range 20 {
				refused = refused || !l.allow(netip.MustParseAddr(c.addr))
			}
			if refused != c.wantRefused {
				t.Errorf("refused %v, want %v", refused, c.wantRefused)
			}
		})
	}
	t.Run("people are refused with a page, programs with a line", testRefusals)
	l := newLimiter(rateLimit{PerSecond: 1})
	for range 20 {
		l.allow(netip.MustParseAddr("2001:db8::1"))
	}
	if l.allow(netip.MustParseAddr("2001:db8::ffff")) {
		t.Error("a household's next address is not counted with the first")
	}
	if !l.allow(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("another network is counted with the first")
	}
}

func testRefusals(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, "<h1>"+err.Error(), http.StatusTooManyRequests)
	}
	h := limited(newLimiter(rateLimit{PerSecond: 0.001, Loopback: true}), page, http.NotFoundHandler())
	for accept, want := range map[string]string{"text/html,*/*": "<h1>", "application/json": "Too many requests"} {
		var rec *httptest.ResponseRecorder
		for range 2 {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/dataset", nil)
			req.Header.Set("Accept", accept)
			rec = httptest.NewRecorder()
			h.ServeHTTP(rec, req)
		}
		if rec.Code != http.StatusTooManyRequests || !strings.Contains(rec.Body.String(), want) || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", accept, rec.Code, rec.Body)
		}
	}
}
