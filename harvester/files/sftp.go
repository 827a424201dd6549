package files

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"portico/catalog"
	"portico/internal/httpclient"
)

// An sftpDepot is a folder on an SFTP server. The server's key is pinned: one
// that is not known is not told a password.
type sftpDepot struct {
	address string // host:port
	folder  string
	keys    []pinned
	who     catalog.Credential
	dial    httpclient.Dialer

	mu   sync.Mutex
	conn *ssh.Client
	c    *sftp.Client
}

// A pinned key is one that a server may have, by itself or its fingerprint.
type pinned struct {
	key         ssh.PublicKey
	fingerprint string
}

const (
	sshTimeout = 20 * time.Second
	// sshIdle is how long a server may say nothing while something is asked.
	sshIdle = time.Minute
)

// newSFTP checks an address and the options that belong to it.
func newSFTP(src catalog.Source, o Options) (depot, error) {
	u, err := depotAddress(src.URL, "an SFTP folder", "una cartella SFTP")
	if err != nil {
		return nil, err
	}
	d := &sftpDepot{
		address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "22")), folder: u.Path, who: src.Credential,
		dial: httpclient.NewDialer(httpclient.Options{AllowPrivate: src.AllowPrivate}),
	}
	for _, line := range o.HostKey {
		p, err := pin(line)
		if err != nil {
			return nil, err
		}
		d.keys = append(d.keys, p)
	}
	if len(d.keys) == 0 {
		return nil, catalog.Errorf(catalog.Invalid, "an SFTP source needs the option host_key: the server's key, as ssh-keyscan shows it, or its SHA256 fingerprint").
			Italian("una fonte SFTP ha bisogno dell'opzione host_key: la chiave del server, come la mostra ssh-keyscan, o la sua impronta SHA256")
	}
	return d, nil
}

// pin reads a key or a fingerprint.
func pin(line string) (pinned, error) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "SHA256:") && len(line) > 40 {
		return pinned{fingerprint: line}, nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		if _, _, key, _, _, err = ssh.ParseKnownHosts([]byte(line)); err != nil {
			return pinned{}, catalog.Errorf(catalog.Invalid, "the option host_key holds neither a key nor a fingerprint: %.80q", line).
				Italian("l'opzione host_key non contiene né una chiave né un'impronta: %.80q", line).Because(err)
		}
	}
	return pinned{key: key}, nil
}

var errKey = errors.New("the server's key is another one")

// known checks the key that a server shows.
func (d *sftpDepot) known(_ string, _ net.Addr, key ssh.PublicKey) error {
	for _, p := range d.keys {
		if p.key != nil && bytes.Equal(p.key.Marshal(), key.Marshal()) || p.fingerprint != "" && p.fingerprint == ssh.FingerprintSHA256(key) {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", errKey, ssh.FingerprintSHA256(key))
}

// auth is the account: a password, or a private key in its place.
func (d *sftpDepot) auth() ([]ssh.AuthMethod, error) {
	for _, secret := range []string{d.who.Token, d.who.Password} {
		if !strings.HasPrefix(strings.TrimSpace(secret), "-----BEGIN") {
			continue
		}
		signer, err := ssh.ParsePrivateKey([]byte(secret))
		if err != nil {
			return nil, catalog.Errorf(catalog.Invalid, "the private key of the source cannot be read; it must have no passphrase").
				Italian("la chiave privata della fonte non si legge; deve essere senza passphrase").Because(err)
		}
		return []ssh.AuthMethod{ssh.PublicKeys(signer)}, nil
	}
	return []ssh.AuthMethod{ssh.Password(d.who.Password)}, nil
}

// session returns the connection, and opens it where there is none.
func (d *sftpDepot) session(ctx context.Context) (*sftp.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.c != nil {
		return d.c, nil
	}
	auth, err := d.auth()
	if err != nil {
		return nil, err
	}
	wire, err := d.dial.DialContext(ctx, "tcp", d.address)
	if err != nil {
		return nil, unreached(d.address, err)
	}
	_ = wire.SetDeadline(time.Now().Add(sshTimeout)) // of the handshake; a socket takes it
	conf := &ssh.ClientConfig{User: cmp.Or(d.who.User, "portico"), Auth: auth, HostKeyCallback: d.known, Timeout: sshTimeout, HostKeyAlgorithms: d.algorithms()}
	conn, channels, requests, err := ssh.NewClientConn(&paced{wire}, d.address, conf)
	if err != nil {
		_ = wire.Close() // the handshake's error says more
		return nil, d.refused(err)
	}
	_ = wire.SetDeadline(time.Time{})
	d.conn = ssh.NewClient(conn, channels, requests)
	if d.c, err = sftp.NewClient(d.conn); err != nil {
		_ = d.conn.Close() // the session's error says more
		return nil, unreached(d.address, err)
	}
	return d.c, nil
}

// algorithms asks for a key of a kind that is pinned, for a server may have
// several; nil when only fingerprints are known.
func (d *sftpDepot) algorithms() []string {
	var out []string
	for _, p := range d.keys {
		switch {
		case p.key == nil:
			return nil
		case p.key.Type() == ssh.KeyAlgoRSA:
			out = append(out, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		default:
			out = append(out, p.key.Type())
		}
	}
	return out
}

// refused tells apart what people can mend: the key, the account, the rest.
func (d *sftpDepot) refused(err error) error {
	if errors.Is(err, errKey) {
		return catalog.Errorf(catalog.Invalid, "the SFTP server at %s shows another key than the source's: nothing was said to it", d.address).
			Italian("il server SFTP %s mostra una chiave diversa da quella della fonte: non gli è stato detto nulla", d.address).Because(err)
	}
	if strings.Contains(err.Error(), "unable to authenticate") {
		return catalog.Errorf(catalog.Invalid, "the SFTP server at %s does not take the credential", d.address).
			Italian("il server SFTP %s non accetta le credenziali", d.address).Because(err)
	}
	return unreached(d.address, err)
}

// version implements depot: a folder tells none.
func (d *sftpDepot) version(context.Context) (string, error) { return "", nil }

// close implements depot.
func (d *sftpDepot) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.c != nil {
		_ = d.c.Close()    // nothing was written
		_ = d.conn.Close() // nor here
		d.c, d.conn = nil, nil
	}
}

// list implements depot.
func (d *sftpDepot) list(ctx context.Context, s *shelf, enters func(folder string) bool) error {
	c, err := d.session(ctx)
	if err != nil {
		return err
	}
	todo := []string{""}
	for n := 0; len(todo) > 0; {
		below := todo[0]
		todo = todo[1:]
		entries, err := c.ReadDirContext(ctx, path.Join(d.folder, below))
		if err != nil {
			return unreached(d.address+path.Join(d.folder, below), err)
		}
		if n += len(entries) + 1; n > 10*maxFiles {
			return tooMany(n)
		}
		for _, e := range entries {
			name := path.Join(below, path.Base(e.Name())) // whatever it says, it is in this folder
			switch {
			case e.IsDir():
				if e.Name() != ".." && e.Name() != "." && enters(name+"/") {
					todo = append(todo, name)
				}
			case e.Mode().IsRegular():
				s.put(item{path: name, size: e.Size(), modified: e.ModTime(), open: func(ctx context.Context) (file, error) { return d.read(ctx, name) }})
			default:
				s.refused = append(s.refused, refusal{name, linkRefused(name)})
			}
		}
		if err := tooMany(len(s.items) + len(s.sheets) + len(s.refused)); err != nil {
			return err
		}
	}
	return nil
}

func (d *sftpDepot) read(ctx context.Context, name string) (file, error) {
	c, err := d.session(ctx)
	if err != nil {
		return nil, err
	}
	f, err := c.Open(path.Join(d.folder, name))
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the file %.200s cannot be read", name).Italian("il file %.200s non si legge", name).Because(err)
	}
	defer f.Close()
	return whole(until{ctx, f}, name)
}

// until stops a reading when its context ends.
type until struct {
	ctx context.Context //nolint:containedctx // of the one reading that this is for
	r   io.Reader
}

// Read implements io.Reader.
func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

// paced gives up on a server that says nothing.
type paced struct{ net.Conn }

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(sshIdle)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}
