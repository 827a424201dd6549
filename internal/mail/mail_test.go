package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"portico/internal/mail/mailtest"
)

// TestCertificatesAreChecked is SEC-018 for mail: a server whose certificate
// is not to be trusted, is out of date, or is another host's gets nothing.
func TestCertificatesAreChecked(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		name     string
		host     string
		until    time.Time
		trusted  bool
		wantSent bool
	}{
		{"a trusted certificate is taken", "localhost", now.Add(time.Hour), true, true},
		{"a self-signed certificate is refused", "localhost", now.Add(time.Hour), false, false},
		{"an expired certificate is refused", "localhost", now.Add(-time.Hour), true, false},
		{"another host's certificate is refused", "mail.example", now.Add(time.Hour), true, false},
	} {
		for _, scheme := range []string{"smtp", "smtps"} {
			t.Run(c.name+" over "+scheme, func(t *testing.T) {
				cert, pool := certificate(t, c.host, c.until)
				if !c.trusted {
					pool = x509.NewCertPool()
				}
				srv := mailtest.New(t, cert, scheme == "smtps")
				m, err := New(scheme+"://"+srv.Addr, pool)
				if err != nil {
					t.Fatal(err)
				}
				err = m.Send(t.Context(), Message{From: "Portico <p@a.example>", To: "b@c.example", Subject: "Novità", Text: "Città\nperché"})
				if (err == nil) != c.wantSent {
					t.Fatalf("Send = %v, want sent %v", err, c.wantSent)
				}
				if !c.wantSent {
					return
				}
				got := srv.Next(t)
				for _, want := range []string{"From: \"Portico\" <p@a.example>", "Subject: =?utf-8?q?Novit=C3=A0?=", "Citt=C3=A0", "quoted-printable"} {
					if !strings.Contains(got, want) {
						t.Errorf("the mail lacks %q:\n%s", want, got)
					}
				}
			})
		}
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	for _, m := range []Message{
		{From: "a@b.example", To: "c@d.example", Subject: "x\r\nBcc: e@f.example"},
		{From: "a@b.example\r\nBcc: e@f.example", To: "c@d.example"},
		{From: "a@b.example", To: "c@d.example\r\nRCPT TO:<e@f.example>"},
	} {
		if _, _, _, err := m.encode(time.Now()); err == nil {
			t.Errorf("%+v was taken", m)
		}
	}
}

func TestListHeadersAreThoseOfRFC8058(t *testing.T) {
	m := Message{From: "a@b.example", To: "c@d.example", Subject: "x", Unsubscribe: "https://dati.example/avvisi/annulla/abc-_1", Auto: true}
	_, _, raw, err := m.encode(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"List-Unsubscribe: <https://dati.example/avvisi/annulla/abc-_1>\r\n", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "Auto-Submitted: auto-generated\r\n",
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the mail lacks %q:\n%s", want, raw)
		}
	}
	for _, bad := range []string{"https://x/\r\nBcc: e@f.example", "https://x/>, <mailto:y@z.example", "annulla", "https:///x"} {
		m.Unsubscribe = bad
		if _, _, _, err := m.encode(time.Now()); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestAServerWithoutEncryptionIsRefusedUnlessOnLoopback(t *testing.T) {
	srv := mailtest.New(t, tls.Certificate{}, false)
	m, err := New("smtp://"+srv.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), Message{From: "a@b.example", To: "c@d.example", Text: "x"}); err != nil {
		t.Errorf("on loopback: %v", err)
	}
	m.host = "mail.example"
	if err := m.Send(t.Context(), Message{From: "a@b.example", To: "c@d.example", Text: "x"}); err == nil {
		t.Error("elsewhere it was taken")
	}
}

// certificate returns a certificate for host and a pool that trusts it.
func certificate(t *testing.T, host string, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
