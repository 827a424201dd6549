package sql

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"portico/catalog"
)

// A listener stands for a database that behaves badly. There is no SQL Server
// and no Oracle here: what holds is told as far as their protocols go before
// anybody is let in.
type listener struct {
	address string

	mu    sync.Mutex
	heard []byte
	calls int
}

// listening begins one whose connections are handed to f, with what has been
// heard on them.
func listening(t *testing.T, f func(c net.Conn, first []byte)) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return &listener{}
	}
	s := &listener{address: l.Addr().String()}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(12 * time.Second)) // longer than anybody should wait
				first := make([]byte, 64<<10)
				n, _ := c.Read(first)
				s.note(first[:n])
				f(c, first[:n])
				rest, _ := io.ReadAll(io.LimitReader(c, 1<<20))
				s.note(rest)
			})
		}
	})
	return s
}

func (s *listener) note(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.heard = append(s.heard, b...)
}

const secret = "segretissima"

// conversation opens a source there and returns how its reading ended.
func (s *listener) conversation(t *testing.T, scheme, options string) error {
	t.Helper()
	conn, err := open(catalog.Source{
		URL: scheme + "://" + s.address + "/gis", AllowPrivate: true, Credential: catalog.Credential{User: "lettura", Password: secret},
		Options: []byte(`{` + options + `"queries":[` + query + `]}`),
	}, http.DefaultClient)
	if err != nil {
		t.Error(err)
		return nil
	}
	conn.(*connector).patience = time.Second
	began := time.Now()
	var end error
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID != "" {
			t.Errorf("a record: %+v, %v", rec, err)
		}
		end = err
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("%s %s took %s", scheme, options, took)
	}
	return end
}

// TestServersThatBehaveBadlyAreLeft has every server hang up, say nothing for
// ever, and answer something else; none is waited for, and none hears the
// password where encryption is asked for.
func TestServersThatBehaveBadlyAreLeft(t *testing.T) {
	var all sync.WaitGroup
	for name, f := range map[string]func(net.Conn, []byte){
		"hangs up":             func(c net.Conn, _ []byte) { _ = c.Close() },
		"says nothing":         func(net.Conn, []byte) { time.Sleep(1500 * time.Millisecond) },
		"speaks HTTP":          func(c net.Conn, _ []byte) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") },
		"never stops speaking": func(c net.Conn, _ []byte) { _, _ = c.Write(bytes.Repeat([]byte{0xff}, 1<<20)) },
	} {
		for _, scheme := range []string{"sqlserver", "oracle", "mysql", "postgres"} {
			for _, options := range []string{"", `"tls":"off",`} {
				all.Go(func() { // all at once, for each takes its time
					leftAlone(t, scheme+" "+name+" "+options, listening(t, f), scheme, options)
				})
			}
		}
	}
	all.Wait()
}

func leftAlone(t *testing.T, name string, s *listener, scheme, options string) {
	t.Helper()
	err := s.conversation(t, scheme, options)
	if catalog.KindOf(err) != catalog.Unavailable && catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("%s: ended with %v", name, err)
	}
	if e, ok := errors.AsType[*catalog.Error](err); !ok || strings.Contains(e.Msg, secret) || strings.Contains(e.Msg, "127.0.0.1") {
		t.Errorf("%s: the error tells too much: %v", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if options == "" && (bytes.Contains(s.heard, []byte(secret)) || bytes.Contains(s.heard, []byte("lettura"))) {
		t.Errorf("%s: the account was told without encryption", name)
	}
}

// TestSQLServerWithoutEncryptionIsRefused has a server say, in its own protocol,
// that it knows no encryption: the login is not sent.
func TestSQLServerWithoutEncryptionIsRefused(t *testing.T) {
	const notSupported = 2
	s := listening(t, func(c net.Conn, _ []byte) {
		options := []byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, notSupported} // version, encryption, end
		_, _ = c.Write(append([]byte{4, 1, 0, byte(8 + len(options)), 0, 0, 1, 0}, options...))
	})
	if err := s.conversation(t, "sqlserver", ""); catalog.KindOf(err) != catalog.Unavailable {
		t.Errorf("ended with %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.heard) == 0 || s.heard[0] != 0x12 { // the packet before the login
		t.Fatalf("heard %x", s.heard)
	}
	if bytes.Contains(s.heard, []byte{0x10, 1}) && len(s.heard) > 200 {
		t.Errorf("the login was sent: %x", s.heard)
	}
}

// TestACertificateOfAnotherIsRefused has a server speak TLS with a certificate
// that nobody vouches for.
func TestACertificateOfAnotherIsRefused(t *testing.T) {
	stranger := httptest.NewUnstartedServer(nil)
	stranger.StartTLS()
	certificate := stranger.TLS.Certificates
	stranger.Close()
	s := &listener{}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: certificate, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s.address = l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				b, _ := io.ReadAll(io.LimitReader(c, 1<<16)) // fails with the handshake
				s.note(b)
			}()
		}
	}()
	if err := s.conversation(t, "oracle", ""); catalog.KindOf(err) != catalog.Unavailable {
		t.Errorf("ended with %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.heard) > 0 {
		t.Errorf("the server was told %q", s.heard)
	}
}

// TestSQLServersConfigurationIsOfTypedFieldsAlone says what of a connection is
// set, whatever its environment.
func TestSQLServersConfigurationIsOfTypedFieldsAlone(t *testing.T) {
	for _, key := range []string{"MSSQL_SERVER", "SQLCMDSERVER", "SQLCMDUSER", "SQLCMDPASSWORD"} {
		t.Setenv(key, "other")
	}
	at := endpoint{host: "db.example.org", port: 1433, database: "gis"}
	src := catalog.Source{Credential: catalog.Credential{User: "lettura", Password: "p;Encrypt=disable"}}
	conf, err := sqlserverConfig(src, at, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if conf.Host != at.host || conf.User != "lettura" || conf.Password != "p;Encrypt=disable" || conf.Encryption != msdsn.EncryptionRequired || conf.TLSConfig == nil ||
		conf.TLSConfig.InsecureSkipVerify || conf.TLSConfig.ServerName != at.host || conf.FailOverPartner != "" || conf.Instance != "" || conf.TrustServerCertificate ||
		conf.DialTimeout != connectTimeout || !conf.DisableRetry || len(conf.Protocols) != 1 || conf.Protocols[0] != "tcp" || !conf.ReadOnlyIntent {
		t.Errorf("%+v", conf)
	}
	if conf, err := sqlserverConfig(src, at, Options{TLS: "off"}); err != nil || conf.TLSConfig != nil {
		t.Errorf("without encryption: %+v, %v", conf, err)
	}
	if _, err := sqlserverConfig(src, at, Options{CA: "-----BEGIN CERTIFICATE-----\nx"}); err == nil {
		t.Error("certificates that are none are taken")
	}
	conn, err := sqlserver().connector(src, at, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ours := conn.(*mssql.Connector).Dialer.(named); !ours {
		t.Error("the guarded dialer is not used")
	}
}

// TestWhatIsAskedIsGivenUp cancels a reading while a server says nothing.
func TestWhatIsAskedIsGivenUp(t *testing.T) {
	for _, scheme := range []string{"sqlserver", "oracle", "mysql", "postgres"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			s := listening(t, func(net.Conn, []byte) { time.Sleep(700 * time.Millisecond) })
			conn, err := open(catalog.Source{URL: scheme + "://" + s.address + "/gis", AllowPrivate: true, Options: []byte(`{"tls":"off","queries":[` + query + `]}`)}, http.DefaultClient)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			began := time.Now()
			for rec, err := range conn.Records(ctx) {
				if rec.ID != "" || err == nil {
					t.Errorf("%+v, %v", rec, err)
				}
			}
			if took := time.Since(began); took > 6*time.Second {
				t.Errorf("%s %s took %s", scheme, "", took)
			}
		})
	}
}
