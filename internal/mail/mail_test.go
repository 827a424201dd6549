package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
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
				srv := newServer(t, cert, scheme == "smtps")
				m, err := New(scheme+"://"+srv.addr, pool)
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
				got := <-srv.mails
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

func TestAServerWithoutEncryptionIsRefusedUnlessOnLoopback(t *testing.T) {
	srv := newServer(t, tls.Certificate{}, false)
	m, err := New("smtp://"+srv.addr, nil)
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

// A server speaks just enough SMTP to take mails.
type server struct {
	addr  string
	mails chan string
}

func newServer(t *testing.T, cert tls.Certificate, implicit bool) *server {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: "localhost:" + port, mails: make(chan string, 8)}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if implicit {
				conn = tls.Server(conn, conf)
			}
			go s.talk(conn, conf, cert.Certificate != nil && !implicit)
		}
	}()
	return s
}

func (s *server) talk(conn net.Conn, conf *tls.Config, startTLS bool) {
	defer func() { conn.Close() }()
	r := bufio.NewReader(conn)
	fmt.Fprint(conn, "220 ready\r\n")
	var mail strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(line[:4]); verb {
		case "EHLO":
			if startTLS {
				fmt.Fprint(conn, "250-hello\r\n250 STARTTLS\r\n")
				continue
			}
			fmt.Fprint(conn, "250 hello\r\n")
		case "STAR":
			fmt.Fprint(conn, "220 go\r\n")
			conn = tls.Server(conn, conf)
			r, startTLS = bufio.NewReader(conn), false
		case "DATA":
			fmt.Fprint(conn, "354 go\r\n")
			for {
				l, err := r.ReadString('\n')
				if err != nil || l == ".\r\n" {
					break
				}
				mail.WriteString(l)
			}
			s.mails <- mail.String()
			fmt.Fprint(conn, "250 ok\r\n")
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
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
