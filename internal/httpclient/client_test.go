package httpclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func fetched(t *testing.T, c *http.Client, url string) ([]byte, error) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func zipped(n int) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(bytes.Repeat([]byte("0"), n))
	_ = z.Close()
	return b.Bytes()
}

func TestLimits(t *testing.T) {
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	serve := func(path string, f http.HandlerFunc) { mux.HandleFunc(path, f) }
	gz := func(n int) http.HandlerFunc {
		data := zipped(n)
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(data)
		}
	}
	serve("/small", gz(100_000))
	serve("/bomb", gz(40<<20))
	serve("/large", func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = w.Write(make([]byte, 100<<10))
		}
	})
	serve("/declared", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "999999999999") })
	serve("/br", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", "br") })
	serve("/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte("not gzip"))
	})
	client := New(Options{AllowPrivate: true, MaxBytes: 5 << 20})
	if b, err := fetched(t, client, srv.URL+"/small"); err != nil || len(b) != 100_000 {
		t.Errorf("small: %d bytes, %v", len(b), err)
	}
	for _, path := range []string{"/bomb", "/large", "/declared"} {
		if _, err := fetched(t, client, srv.URL+path); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"/br", "/broken"} {
		if _, err := fetched(t, client, srv.URL+path); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
	wide := New(Options{AllowPrivate: true, MaxBytes: 1 << 30, MaxRatio: 100})
	if b, err := fetched(t, wide, srv.URL+"/bomb"); !errors.Is(err, ErrTooLarge) || len(b) > 20<<20 {
		t.Errorf("ratio: %d bytes, %v", len(b), err)
	}
}

func TestSlowServersAreGivenUp(t *testing.T) {
	stop := make(chan struct{})
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	defer close(stop)
	mux.HandleFunc("/silent", func(http.ResponseWriter, *http.Request) { <-stop })
	mux.HandleFunc("/stalls", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("begin"))
		w.(http.Flusher).Flush()
		<-stop
	})
	mux.HandleFunc("/drips", func(w http.ResponseWriter, _ *http.Request) {
		for range 5 {
			_, _ = w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			time.Sleep(30 * time.Millisecond)
		}
	})
	client := New(Options{AllowPrivate: true, ReadTimeout: 200 * time.Millisecond, Timeout: 20 * time.Second})
	began := time.Now()
	if _, err := fetched(t, client, srv.URL+"/stalls"); !errors.Is(err, ErrSlow) {
		t.Errorf("stalls: %v", err)
	}
	if _, err := fetched(t, client, srv.URL+"/silent"); err == nil {
		t.Error("silent: no error")
	}
	if b, err := fetched(t, client, srv.URL+"/drips"); err != nil || string(b) != "xxxxx" {
		t.Errorf("drips: %q, %v", b, err)
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("took %s", d)
	}
}

func TestRetries(t *testing.T) {
	var n atomic.Int64
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	defer srv.Close()
	mux.HandleFunc("/busy", func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok"))
	})
	mux.HandleFunc("/later", func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	mux.HandleFunc("/down", func(w http.ResponseWriter, _ *http.Request) {
		n.Add(1)
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("why"))
	})
	client := New(Options{AllowPrivate: true})
	for _, test := range []struct {
		name, method, path string
		status             int
		requests           int64
	}{
		{"a busy server is asked again", "GET", "/busy", 200, 3},
		{"what is not idempotent is sent once", "POST", "/busy", 503, 1},
		{"patience has an end", "GET", "/later", 429, 1},
		{"a few times, not for ever", "GET", "/down", 502, 3},
	} {
		n.Store(0)
		req, _ := http.NewRequest(test.method, srv.URL+test.path, nil)
		resp, err := client.Do(req)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != test.status || n.Load() != test.requests {
			t.Errorf("%s: status %d after %d requests, body %q", test.name, resp.StatusCode, n.Load(), b)
		}
	}
}

func TestPolitenessPerHost(t *testing.T) {
	var now, most atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(20 * time.Millisecond)
		now.Add(-1)
	}))
	defer srv.Close()
	client := New(Options{AllowPrivate: true, PerHost: 2})
	done := make(chan error)
	for range 8 {
		go func() {
			_, err := fetched(t, client, srv.URL)
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() > 2 {
		t.Errorf("%d requests at once", most.Load())
	}
}

func TestHabits(t *testing.T) {
	var got http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
	}))
	defer srv.Close()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	client := New(Options{AllowPrivate: true, UserAgent: "Portico/1 (+https://example.it)"})
	for range 2 {
		if _, err := fetched(t, client, srv.URL); err != nil {
			t.Fatal(err)
		}
	}
	if got.Get("User-Agent") != "Portico/1 (+https://example.it)" || got.Get("Cookie") != "" || got.Get("Accept-Encoding") != "gzip" {
		t.Errorf("headers %v", got)
	}
	for _, u := range []string{"file:///etc/passwd", "ftp://example.it/", "http://127.0.0.1:6379/", "http://127.0.0.1:22/"} {
		if _, err := fetched(t, client, u); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", u, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Get(ctx, client, srv.URL, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// SEC-018: certificates are checked, and a bundle is the only way around.
func TestCertificates(t *testing.T) {
	good := authority(t)
	for _, test := range []struct {
		name  string
		cert  tls.Certificate
		roots *x509.CertPool
		fine  bool
	}{
		{"self-signed", selfSigned(t), nil, false},
		{"self-signed, with another bundle", selfSigned(t), good.pool(), false},
		{"issued by an unknown authority", good.issue(t, "127.0.0.1", time.Hour), nil, false},
		{"issued by the bundle's authority", good.issue(t, "127.0.0.1", time.Hour), good.pool(), true},
		{"expired", good.issue(t, "127.0.0.1", -time.Hour), good.pool(), false},
		{"of another host", good.issue(t, "10.9.8.7", time.Hour), good.pool(), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			srv.TLS = &tls.Config{Certificates: []tls.Certificate{test.cert}}
			srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
			srv.StartTLS()
			defer srv.Close()
			_, err := fetched(t, New(Options{AllowPrivate: true, RootCAs: test.roots}), srv.URL)
			if (err == nil) != test.fine {
				t.Errorf("got %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), "certificate") {
				t.Errorf("not for its certificate: %v", err)
			}
		})
	}
}

type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (i issuer) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(i.cert)
	return p
}

func authority(t *testing.T) issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{cert, key}
}

func (i issuer) issue(t *testing.T, ip string, valid time.Duration) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: ip}, IPAddresses: []net.IP{net.ParseIP(ip)},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(valid), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, i.cert, &key.PublicKey, i.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	a := authority(t)
	return tls.Certificate{Certificate: [][]byte{a.cert.Raw}, PrivateKey: a.key}
}

func TestGetAndHTML(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte("\ufeff <!-- x --> <!DOCTYPE HTML><html>"))
	}))
	defer srv.Close()
	client := New(Options{AllowPrivate: true})
	p, err := Get(t.Context(), client, srv.URL, "text/turtle")
	if err != nil || !p.IsHTML() {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = Get(t.Context(), client, srv.URL+"/no", "")
	if s, ok := errors.AsType[*StatusError](err); !ok || s.Status != 404 || len(p.Body) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestExplainTellsNothingOfTheNetwork(t *testing.T) {
	client := New(Options{AllowPrivate: true, Timeout: 5 * time.Second})
	_, err := fetched(t, client, "http://127.0.0.1:"+closedPort(t))
	if it, en := Explain(err); err == nil || strings.Contains(it+en, "127.0.0.1") || strings.Contains(it+en, "refused") {
		t.Errorf("%q, %q of %v", it, en, err)
	}
	for want, err := range map[string]error{
		"indirizzo non ammesso": ErrAddress, "il server ha risposto 404 Not Found": &StatusError{404}, "risposta troppo grande": ErrTooLarge,
		"il nome del server non esiste": &net.DNSError{IsNotFound: true, Server: "10.0.0.53:53"},
	} {
		if it, en := Explain(err); it != want || en == it || strings.Contains(en, "10.0") {
			t.Errorf("%q, %q", it, en)
		}
	}
}
