// Package mail sends plain-text messages through the operator's SMTP server.
// It knows no dataset and no person; its callers say what to tell whom.
package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/url"
	"strings"
	"time"
)

// A Message is one mail.
type Message struct {
	From    string // address, with or without a name
	To      string
	Subject string
	Text    string
	// Unsubscribe is an address at which one POST ends such mails, without a
	// question (RFC 8058); "" = the mail is not one of many.
	Unsubscribe string
	Auto        bool // no person wrote it: nobody's machine should answer (RFC 3834)
}

// A Mailer sends mail by one SMTP server. Connections are encrypted and the
// server's certificate is always checked (SEC-018): smtps:// from the first
// byte, smtp:// by STARTTLS. Only a server on loopback may do without.
type Mailer struct {
	addr, host string
	implicit   bool
	auth       smtp.Auth
	roots      *x509.CertPool
}

// New returns a mailer for smtp://USER:PASSWORD@HOST:PORT or smtps://…. roots
// are the authorities to trust; nil = the system's.
func New(rawURL string, roots *x509.CertPool) (*Mailer, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("mail: the address of the server is smtp://HOST:PORT or smtps://HOST:PORT")
	}
	m := &Mailer{host: u.Hostname(), implicit: u.Scheme == "smtps", roots: roots}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "465", false: "587"}[m.implicit]
	}
	m.addr = net.JoinHostPort(m.host, port)
	if u.User != nil {
		password, _ := u.User.Password()
		m.auth = smtp.PlainAuth("", u.User.Username(), password, m.host)
	}
	return m, nil
}

const patience = 30 * time.Second

// Send sends one message. It returns when the server has taken it.
func (m *Mailer) Send(ctx context.Context, msg Message) error {
	from, to, raw, err := msg.encode(time.Now())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := m.dial(ctx)
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	defer c.Close()
	if m.auth != nil {
		if err := c.Auth(m.auth); err != nil {
			return fmt.Errorf("log in at the mail server: %w", err)
		}
	}
	if err := errors.Join(c.Mail(from), c.Rcpt(to)); err != nil {
		return fmt.Errorf("address the mail: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("send the mail: %w", err)
	}
	if _, err := w.Write(raw); err != nil {
		return fmt.Errorf("send the mail: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("send the mail: %w", err)
	}
	return c.Quit()
}

func (m *Mailer) dial(ctx context.Context) (*smtp.Client, error) {
	conf := &tls.Config{ServerName: m.host, RootCAs: m.roots, MinVersion: tls.VersionTLS12}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.addr)
	if err != nil {
		return nil, err
	}
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if m.implicit {
		conn = tls.Client(conn, conf)
	}
	c, err := smtp.NewClient(conn, m.host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if m.implicit {
		return c, nil
	}
	if ok, _ := c.Extension("STARTTLS"); ok {
		if err := c.StartTLS(conf); err != nil {
			return nil, errors.Join(err, c.Close())
		}
		return c, nil
	}
	if ip := net.ParseIP(m.host); m.host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.Join(errors.New("the server offers no encryption (STARTTLS)"), c.Close())
	}
	return c, nil
}

// encode returns the bare addresses and the message as RFC 5322 has it. Line
// breaks in a header are refused: they would begin another.
func (msg Message) encode(now time.Time) (from, to string, raw []byte, err error) {
	f, err := mail.ParseAddress(msg.From)
	if err != nil {
		return "", "", nil, fmt.Errorf("the sender %q: %w", msg.From, err)
	}
	t, err := mail.ParseAddress(msg.To)
	if err != nil {
		return "", "", nil, fmt.Errorf("the recipient %q: %w", msg.To, err)
	}
	if strings.ContainsAny(msg.Subject, "\r\n") {
		return "", "", nil, errors.New("the subject has more than one line")
	}
	var id [16]byte
	rand.Read(id[:])
	_, domain, _ := strings.Cut(f.Address, "@")
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n",
		f, t, mime.QEncoding.Encode("utf-8", msg.Subject), now.Format(time.RFC1123Z), hex.EncodeToString(id[:]), domain)
	if err := msg.list(&b); err != nil {
		return "", "", nil, err
	}
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(&b)
	if _, err := q.Write([]byte(msg.Text)); err != nil {
		return "", "", nil, err
	}
	if err := q.Close(); err != nil {
		return "", "", nil, err
	}
	return f.Address, t.Address, []byte(b.String()), nil
}

// list writes the headers by which mail programs tell what a machine sends, and
// offer to end it.
func (msg Message) list(b *strings.Builder) error {
	if msg.Auto {
		b.WriteString("Auto-Submitted: auto-generated\r\n")
	}
	if msg.Unsubscribe == "" {
		return nil
	}
	u, err := url.Parse(msg.Unsubscribe)
	if err != nil || u.Host == "" || strings.ContainsAny(msg.Unsubscribe, "<> ,") {
		return fmt.Errorf("the address that ends the mails, %q, is none", msg.Unsubscribe)
	}
	fmt.Fprintf(b, "List-Unsubscribe: <%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", msg.Unsubscribe)
	return nil
}
