package files

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/httpclient"
)

// office is what the servers of these tests hold, below "dati".
var office = map[string]string{
	"dati/vie.csv": "id;nome\n1;Via Po\n", "dati/ambiente/alberi.csv": "specie;n\nTiglio;3\n", "dati/vie.csv.yaml": "title: Stradario\n",
	"dati/.nascosto.csv": "a\n1\n", "dati/leggimi.docx": "x", "altro/segreto.csv": "a;b\n1;2\n",
}

// folder writes files into a folder of the test's.
func folderOf(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openDepot opens a source with an account.
func openDepot(t *testing.T, address string, o Options) harvester.Connector {
	t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := open(catalog.Source{URL: address, Options: raw, AllowPrivate: true, SecretFor: "x", Credential: catalog.Credential{User: "ufficio", Password: "segreta"}},
		httpclient.New(httpclient.Options{AllowPrivate: true}))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// titles returns what a reading yields, with the content of the first file of
// each record, or its error.
func titles(t *testing.T, conn harvester.Connector) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for rec, err := range conn.Records(t.Context()) {
		switch {
		case rec.ID == "":
			out["!"] = err.Error()
		case err != nil:
			out[rec.ID] = err.Error()
		default:
			body, err := conn.(harvester.Opener).Open(t.Context(), rec.Dataset.Distributions[0].DownloadURL)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			out[rec.Dataset.Title.String()] = string(text)
		}
	}
	return out
}

var wanted = map[string]string{"Stradario": office["dati/vie.csv"], "Alberi": office["dati/ambiente/alberi.csv"]}

// remembersDepot reads again with the memo, and checks what that cost.
func remembersDepot(t *testing.T, open func() harvester.Connector, asked *atomic.Int64, requests int64) {
	t.Helper()
	first := open()
	if d := cmp.Diff(wanted, titles(t, first)); d != "" {
		t.Fatal(d)
	}
	memo := first.(harvester.Rememberer).Memo()
	if memo == nil {
		t.Fatal("nothing is remembered")
	}
	asked.Store(0)
	again := open()
	again.(harvester.Rememberer).Recall(memo)
	n := 0
	for rec, err := range again.Records(t.Context()) {
		if n++; !errors.Is(err, harvester.ErrSame) {
			t.Errorf("%s: %v", rec.ID, err)
		}
	}
	if n != len(wanted) || asked.Load() != requests {
		t.Errorf("%d records by %d requests, want %d by %d", n, asked.Load(), len(wanted), requests)
	}
	if again.(harvester.Rememberer).Memo() == nil {
		t.Error("the second reading remembers nothing")
	}
}

// sftpServer serves a folder to one account, and returns its address and key.
func sftpServer(t *testing.T, dir string) (address string, key ssh.PublicKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	conf := &ssh.ServerConfig{PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if c.User() != "ufficio" || string(password) != "segreta" {
			return nil, errors.New("no")
		}
		return &ssh.Permissions{}, nil
	}}
	conf.AddHostKey(signer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serveSFTP(c, conf, dir)
		}
	}()
	return l.Addr().String(), signer.PublicKey()
}

func serveSFTP(c net.Conn, conf *ssh.ServerConfig, dir string) {
	_, channels, requests, err := ssh.NewServerConn(c, conf)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for ch := range channels {
		channel, asked, err := ch.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range asked {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		server, err := sftp.NewServer(channel, sftp.ReadOnly(), sftp.WithServerWorkingDirectory(dir))
		if err != nil {
			return
		}
		_ = server.Serve()
		_ = channel.Close()
	}
}

func TestSFTP(t *testing.T) {
	dir := folderOf(t, office)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "dati", "link.csv")); err != nil {
		t.Fatal(err)
	}
	address, key := sftpServer(t, dir)
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
	want := map[string]string{"link.csv": "file: È un collegamento simbolico: non viene seguito."}
	maps.Copy(want, wanted)
	for name, pin := range map[string]string{"by its key": line, "by a line of known_hosts": address + " " + line, "by its fingerprint": ssh.FingerprintSHA256(key)} {
		got := titles(t, openDepot(t, "sftp://"+address+dir+"/dati", Options{HostKey: []string{pin}}))
		got["link.csv"] = want["link.csv"]
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestSFTPTellsNothingToAnotherServer(t *testing.T) {
	dir := folderOf(t, office)
	address, _ := sftpServer(t, dir)
	_, other := sftpServer(t, dir)
	got := titles(t, openDepot(t, "sftp://"+address+dir, Options{HostKey: []string{ssh.FingerprintSHA256(other)}}))
	if len(got) != 1 || !strings.Contains(got["!"], "another key") {
		t.Errorf("%v", got)
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(other)))
	if got := titles(t, openDepot(t, "sftp://"+address+dir, Options{HostKey: []string{line}})); !strings.Contains(got["!"], "another key") {
		t.Errorf("%v", got)
	}
}

func TestDepotAddressesAndOptionsAreChecked(t *testing.T) {
	const key = `"host_key":["SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8"]`
	for _, test := range []struct {
		address, options string
		ok               bool
	}{
		{"sftp://h.example.org/dati", `{` + key + `}`, true},
		{"sftp://h.example.org/dati", `{}`, false},
		{"sftp://h/dati", `{"host_key":["x"]}`, false},
		{"sftp://u:p@h/dati", `{` + key + `}`, false},
		{"sftp://h/dati?x=1", `{` + key + `}`, false},
		{"sftp:///dati", `{` + key + `}`, false},
		{"s3://s3.example.org/bucket/dati", `{"region":"eu-south-1"}`, true},
		{"s3://s3.example.org/", `{}`, false},
		{"s3://s3.example.org/b", `{"tls":"off"}`, false},
		{"git+https://git.example.org/a/b", `{"branch":"main","folder":"dati"}`, true},
		{"https://git.example.org/a/b.git", `{}`, true},
		{"git+http://git.example.org/a/b", `{}`, false},
		{"git+https://u:p@git.example.org/a/b", `{}`, false},
	} {
		_, err := open(catalog.Source{URL: test.address, Options: []byte(test.options)}, http.DefaultClient)
		if (err == nil) != test.ok {
			t.Errorf("%s %s: %v", test.address, test.options, err)
		}
	}
}

// HRV-001 for depots: addresses inside are not reached, whatever the protocol.
func TestDepotsAreNotReachedInside(t *testing.T) {
	dir := folderOf(t, office)
	address, key := sftpServer(t, dir)
	o, _ := json.Marshal(Options{HostKey: []string{ssh.FingerprintSHA256(key)}})
	for address, options := range map[string]string{"sftp://" + address + dir: string(o), "s3://" + address + "/b": "{}", "git+https://" + address + "/b": "{}", "sftp://169.254.169.254/": string(o)} {
		conn, err := open(catalog.Source{URL: address, Options: []byte(options)}, httpclient.New(httpclient.Options{}))
		if err != nil {
			t.Fatal(err)
		}
		for rec, err := range conn.Records(t.Context()) {
			if rec.ID != "" || catalog.KindOf(err) != catalog.Unavailable {
				t.Errorf("%s: %+v, %v", address, rec, err)
			}
		}
	}
}

// s3Store answers as an S3 store does, as far as it is asked here, in pages of
// two; it wants requests to be signed.
func s3Store(t *testing.T, asked *atomic.Int64) *httptest.Server {
	t.Helper()
	keys := []string{"dati/.nascosto.csv", "dati/ambiente/alberi.csv", "dati/vie.csv", "dati/vie.csv.yaml", "datis/x.csv"}
	type entry struct {
		Key          string
		Size         int
		ETag         string
		LastModified string
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=ufficio/") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		q := r.URL.Query()
		if r.URL.Path != "/bucket/" {
			key := strings.TrimPrefix(r.URL.Path, "/bucket/")
			w.Header().Set("ETag", fmt.Sprintf(`"%x"`, len(office[key])))
			w.Header().Set("Last-Modified", "Mon, 06 May 2024 07:08:09 GMT")
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(office[key]))
			return
		}
		var page struct {
			XMLName               xml.Name `xml:"ListBucketResult"`
			IsTruncated           bool
			NextContinuationToken string
			Contents              []entry
		}
		start := 0
		_, _ = fmt.Sscan(q.Get("continuation-token"), &start)
		n := start
		for ; n < len(keys) && len(page.Contents) < 2; n++ {
			if strings.HasPrefix(keys[n], q.Get("prefix")) {
				page.Contents = append(page.Contents, entry{keys[n], len(office[keys[n]]), fmt.Sprintf(`"%x"`, len(office[keys[n]])), "2024-05-06T07:08:09Z"})
			}
		}
		if page.IsTruncated = n < len(keys); page.IsTruncated {
			page.NextContinuationToken = fmt.Sprint(n)
		}
		w.Header().Set("Content-Type", "application/xml")
		_ = xml.NewEncoder(w).Encode(page)
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestS3(t *testing.T) {
	var asked atomic.Int64
	srv := s3Store(t, &asked)
	remembersDepot(t, func() harvester.Connector {
		return openDepot(t, strings.Replace(srv.URL, "http://", "s3://", 1)+"/bucket/dati", Options{TLS: "off"})
	}, &asked, 4) // three pages, and the sheet, which is no data
}

// repository makes a Git repository of files and serves it over HTTP by git's
// own backend.
func repository(t *testing.T, asked *atomic.Int64) (address, dir string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no git here")
		}
		t.Skip("no git here")
	}
	dir = folderOf(t, office)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "dati", "link.csv")); err != nil {
		t.Fatal(err)
	}
	commit(t, git, dir, "init", "-q", "-b", "main")
	commit(t, git, dir, "add", "-A")
	commit(t, git, dir, "commit", "-q", "-m", "primo")
	backend := &cgi.Handler{Path: git, Stderr: io.Discard, Args: []string{"http-backend"}, Dir: dir, Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if _, password, _ := r.BasicAuth(); password != "segreta" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return "git+" + srv.URL + "/.git", dir
}

func commit(t *testing.T, git, dir string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), git, append([]string{"-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"}, args...)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestGit(t *testing.T) {
	var asked atomic.Int64
	address, dir := repository(t, &asked)
	o := Options{TLS: "off", Folder: "dati", Branch: "main"}
	got := titles(t, openDepot(t, address, o))
	if !strings.Contains(got["link.csv"], "symbolic link") {
		t.Errorf("%v", got)
	}
	if err := os.Remove(filepath.Join(dir, "dati", "link.csv")); err != nil {
		t.Fatal(err)
	}
	commit(t, "git", dir, "commit", "-q", "-a", "-m", "senza link")
	open := func() harvester.Connector { return openDepot(t, address, o) }
	remembersDepot(t, open, &asked, 1)
	first := open()
	titles(t, first)
	if err := os.WriteFile(filepath.Join(dir, "dati", "vie.csv"), []byte("id;nome\n1;Via Dora\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	commit(t, "git", dir, "commit", "-q", "-a", "-m", "secondo")
	second := open()
	second.(harvester.Rememberer).Recall(first.(harvester.Rememberer).Memo())
	if d := cmp.Diff(map[string]string{"Stradario": "id;nome\n1;Via Dora\n", "ambiente/alberi": harvester.ErrSame.Error()}, titles(t, second)); d != "" {
		t.Error(d)
	}
	if got := titles(t, openDepot(t, address, Options{TLS: "off", Branch: "altro"})); !strings.Contains(got["!"], "no branch") {
		t.Errorf("%v", got)
	}
	if got := titles(t, openDepot(t, address+"x", o)); !strings.Contains(got["!"], "no Git repository") {
		t.Errorf("%v", got)
	}
}

// A delta says how large its outcome is; a pack of such is refused before it
// is unpacked.
func TestTheSizeOfADelta(t *testing.T) {
	w := &weight{most: 100}
	if _, err := w.Write([]byte{0x80, 0x01, 0x80, 0x80, 0x80, 0x80, 0x04, 0x90}); err != nil {
		t.Fatal(err)
	}
	if got := w.target(); got != 1<<30 {
		t.Errorf("%d", got)
	}
}

func TestAPrivateKeyInPlaceOfAPassword(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	for secret, ok := range map[string]bool{string(pem.EncodeToMemory(block)): true, "-----BEGIN nothing": false, "segreta": true} {
		d := &sftpDepot{who: catalog.Credential{Password: secret}}
		if _, err := d.auth(); (err == nil) != ok {
			t.Errorf("%.20s: %v", secret, err)
		}
	}
}
