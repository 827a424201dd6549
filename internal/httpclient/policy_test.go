package httpclient

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// fakeDNS is a resolver that asks a name server of the test's own. Each name
// has a list of answers; the n-th question gets the n-th, the last one stays.
type fakeDNS struct {
	mu      sync.Mutex
	answers map[string][][]string
	asked   map[string]int
}

func (f *fakeDNS) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if out := f.answer(buf[:n]); out != nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (f *fakeDNS) answer(in []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(in) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	out := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true},
		Questions: m.Questions,
	}
	name := strings.TrimSuffix(q.Name.String(), ".")
	f.mu.Lock()
	lists := f.answers[name]
	var ips []string
	if len(lists) > 0 {
		ips = lists[min(f.asked[name], len(lists)-1)]
	} else {
		out.RCode = dnsmessage.RCodeNameError
	}
	if q.Type == dnsmessage.TypeA {
		if f.asked == nil {
			f.asked = make(map[string]int)
		}
		f.asked[name]++
	}
	f.mu.Unlock()
	for _, s := range ips {
		ip := netip.MustParseAddr(s)
		h := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0}
		switch {
		case ip.Is4() && q.Type == dnsmessage.TypeA:
			h.Type = dnsmessage.TypeA
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: ip.As4()}})
		case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
			h.Type = dnsmessage.TypeAAAA
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	raw, err := out.Pack()
	if err != nil {
		return nil
	}
	return raw
}

// listen starts a server that counts the connections that reach it.
func listen(t *testing.T) (port string, reached *atomic.Int64) {
	t.Helper()
	reached = new(atomic.Int64)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			reached.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	_, port, _ = net.SplitHostPort(srv.Listener.Addr().String())
	return port, reached
}

// closedPort returns a port on which nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

var insideAddresses = []string{
	"127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "100.100.100.200",
	"192.0.0.192", "168.63.129.16", "198.18.0.1", "240.0.0.1", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1",
	"::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fd00:ec2::254", "fc00::1", "fe80::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
	"2002:7f00:1::", "::127.0.0.1", "2001:db8::1", "2001::1", "ff02::1", "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:a00:1", "fec0::1",
}

// HRV-001: no connection leaves for an address inside, however it is written.
func TestAddressesInsideAreRefused(t *testing.T) {
	port, reached := listen(t)
	shut := closedPort(t)
	dns := &fakeDNS{answers: map[string][][]string{"localhost": {{"127.0.0.1"}}, "localhost.": {{"127.0.0.1"}}}}
	var hosts []string
	for _, a := range insideAddresses {
		host := a
		if strings.Contains(a, ":") {
			host = "[" + a + "]"
		}
		name := "n" + strings.NewReplacer(":", "-", ".", "-").Replace(a) + "x.example.it"
		dns.answers[name] = [][]string{{a}}
		hosts = append(hosts, host, name, strings.ToUpper(name), name+".")
	}
	hosts = append(hosts, "localhost", "localhost.", "LOCALHOST", "127.1", "127.0.1", "0x7f000001", "0X7F.1", "2130706433", "017700000001", "0177.0.0.1",
		"127.0.0.1.", "0", "1", "0x", "[fe80::1%25lo]", "[::1%25lo]", "[::ffff:7f00:1]", "①②⑦.⓪.⓪.①")
	for name, answers := range dns.answers {
		dns.answers[name+"."] = answers
		dns.answers[strings.ToUpper(name)] = answers
	}
	client := New(Options{Resolver: dns.resolver(t)})
	for _, host := range hosts {
		var texts []string
		for _, p := range []string{port, shut} {
			resp, err := client.Get("http://" + host + ":" + p + "/")
			if err == nil {
				resp.Body.Close()
				t.Errorf("%s: was reached", host)
				continue
			}
			if host == "①②⑦.⓪.⓪.①" { // refused as a name, before any connection
				continue
			}
			if !errors.Is(err, ErrAddress) {
				t.Errorf("%s: %v", host, err)
			}
			texts = append(texts, strings.ReplaceAll(err.Error(), p, "PORT"))
		}
		if len(texts) == 2 && texts[0] != texts[1] {
			t.Errorf("%s: an open port says %q, a closed one %q", host, texts[0], texts[1])
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d connections left", n)
	}
}

// The negative control: with the defence off the listener is reached.
func TestAPrivateSourceIsReachedWhereAllowed(t *testing.T) {
	port, reached := listen(t)
	dns := &fakeDNS{answers: map[string][][]string{"intranet.example.it": {{"127.0.0.1"}}}}
	client := New(Options{AllowPrivate: true, Resolver: dns.resolver(t)})
	for _, host := range []string{"127.0.0.1", "localhost", "intranet.example.it"} {
		resp, err := client.Get("http://" + host + ":" + port + "/")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if reached.Load() == 0 {
		t.Error("nothing was reached")
	}
	for _, host := range []string{"169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "0.0.0.0", "127.1"} {
		if _, err := fetched(t, client, "http://"+host+"/"); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// HRV-002: a name that changes its mind, and one that points both ways.
func TestRebindingAndMixedAnswers(t *testing.T) {
	port, reached := listen(t)
	dns := &fakeDNS{answers: map[string][][]string{
		"rebind.example.it": {{"192.88.98.1"}, {"127.0.0.1"}}, // public, then inside
		"mixed.example.it":  {{"192.88.98.1", "127.0.0.1"}},
		"mixed6.example.it": {{"192.88.98.1", "::1"}},
	}}
	r := dns.resolver(t)
	for _, name := range []string{"mixed.example.it", "mixed6.example.it"} {
		if _, err := fetched(t, New(Options{Resolver: r}), "http://"+name+":"+port); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Only the vetted address may be dialled. It leads nowhere here, so what is
	// checked is what the policy hands to the dialer and what control says.
	p := policy{}
	ips, err := p.resolve(t.Context(), r, "rebind.example.it")
	if err != nil || len(ips) != 1 || ips[0].String() != "192.88.98.1" {
		t.Errorf("first answer: %v, %v", ips, err)
	}
	if _, err := fetched(t, New(Options{Resolver: r}), "http://rebind.example.it:"+port); !errors.Is(err, ErrAddress) {
		t.Errorf("second answer: %v", err)
	}
	for _, a := range []string{"127.0.0.1:80", "[::ffff:127.0.0.1]:80", "[fe80::1%lo]:80", "nonsense"} {
		if err := p.control("tcp", a, nil); !errors.Is(err, ErrAddress) {
			t.Errorf("control lets %s pass", a)
		}
	}
	if reached.Load() > 0 {
		t.Error("inside was reached")
	}
}

func TestPublicAddressesAreAllowed(t *testing.T) {
	for _, s := range []string{"8.8.8.8", "193.204.1.1", "::ffff:8.8.8.8", "2a00:1450:4002:405::2004", "2001:4860:4860::8888", "192.0.1.1", "100.128.0.1"} {
		if !(policy{}).allows(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add(uint64(0), uint64(0x7f000001))
	f.Fuzz(func(t *testing.T, hi, lo uint64) {
		var b [16]byte
		binary.BigEndian.PutUint64(b[:8], hi)
		binary.BigEndian.PutUint64(b[8:], lo)
		ip := netip.AddrFrom16(b).Unmap()
		if (policy{}).allows(ip) && (ip.IsPrivate() || ip.IsLoopback() || ip.IsMulticast() || ip.IsUnspecified() || ip.IsLinkLocalUnicast()) {
			t.Errorf("%s is allowed", ip)
		}
	})
}

// HRV-003: redirects.
func TestRedirects(t *testing.T) {
	var seen []http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen = append(seen, r.Header.Clone()) }))
	defer other.Close()
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	to := func(path, target string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) })
	}
	to("/metadata", "http://169.254.169.254/latest")
	to("/file", "file:///etc/passwd")
	to("/gopher", "gopher://127.0.0.1/")
	to("/ftp", "ftp://127.0.0.1/")
	to("/loop", "/loop")
	to("/number", "http://2130706433/")
	to("/port", other.URL)
	to("/name", strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)+"/end")
	to("/back", "/end")
	for i := range 11 {
		to("/chain"+string(rune('a'+i)), "/chain"+string(rune('a'+i+1)))
	}
	to("/five1", "/five2")
	to("/five2", "/five3")
	to("/five3", "/five4")
	to("/five4", "/five5")
	to("/five5", "/end")
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) { seen = append(seen, r.Header.Clone()) })

	client := New(Options{AllowPrivate: true})
	get := func(path string) error {
		req, _ := http.NewRequest(http.MethodGet, srv.URL+path, nil)
		req.Header.Set("Authorization", "Bearer s")
		req.Header.Set("Cookie", "a=b")
		req.Header.Set("X-CKAN-API-Key", "k")
		req.Header.Set("Accept", "text/csv")
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	for path, want := range map[string]error{
		"/metadata": ErrAddress, "/file": ErrAddress, "/gopher": ErrAddress, "/ftp": ErrAddress, "/number": ErrAddress,
		"/loop": ErrRedirects, "/chaina": ErrRedirects, "/five1": nil,
	} {
		if err := get(path); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
	}
	for path, kept := range map[string]bool{"/back": true, "/port": false, "/name": false} {
		seen = nil
		if err := get(path); err != nil || len(seen) != 1 {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, h := range []string{"Authorization", "Cookie", "X-CKAN-API-Key"} {
			if has := seen[0].Get(h) != ""; has != kept {
				t.Errorf("%s: %s is there: %v", path, h, has)
			}
		}
		if seen[0].Get("Accept") != "text/csv" || seen[0].Get("Referer") != "" {
			t.Errorf("%s: headers %v", path, seen[0])
		}
	}
}

func TestDowngradeDropsSecrets(t *testing.T) {
	u, _ := url.Parse("https://example.it/a")
	v, _ := url.Parse("http://example.it/a")
	req := &http.Request{URL: v, Header: http.Header{"Authorization": {"x"}, "Accept": {"y"}}}
	if err := checkRedirect(req, []*http.Request{{URL: u}}); err != nil || req.Header.Get("Authorization") != "" || req.Header.Get("Accept") != "y" {
		t.Errorf("%v %v", err, req.Header)
	}
}
