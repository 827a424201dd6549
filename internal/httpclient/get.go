package httpclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A Page is a document that was fetched whole.
type Page struct {
	URL  string // after redirects
	Type string // as the server says; may lie
	Body []byte
	Link string // the header Link: where documents beside it are (RFC 8288)
	// Validators ask for it again only when it has changed, see GetIf.
	Validators Validators
	// Unchanged says that the server answered 304 to GetIf: there is no Body.
	Unchanged bool
}

// Validators are what a server told of a version of a document.
type Validators struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // Last-Modified, as it was written
}

// IsZero reports whether v says nothing.
func (v Validators) IsZero() bool { return v == Validators{} }

// A StatusError says that a server answered, but not with what was asked for.
type StatusError struct{ Status int }

// Error returns the status in words.
func (e *StatusError) Error() string {
	return fmt.Sprintf("il server ha risposto / the server answered %d %s", e.Status, http.StatusText(e.Status))
}

// Get fetches url whole. An answer with a status other than 200 is a
// StatusError, and the Page is returned with it, for some say why in the body.
func Get(ctx context.Context, client *http.Client, url, accept string) (*Page, error) {
	return GetIf(ctx, client, url, accept, Validators{})
}

// GetIf is Get for one who has the version that had is of: when the document
// is still that, the Page is Unchanged and has no Body. Servers that know no
// such thing send it again.
func GetIf(ctx context.Context, client *http.Client, url, accept string, had Validators) (*Page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"Accept": accept, "If-None-Match": had.ETag, "If-Modified-Since": had.Modified} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, resp.Body); err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	p := &Page{URL: url, Type: resp.Header.Get("Content-Type"), Link: strings.Join(resp.Header.Values("Link"), ", "), Body: b.Bytes(), Validators: validatorsOf(resp)}
	if resp.Request != nil && resp.Request.URL != nil {
		p.URL = resp.Request.URL.String()
	}
	if resp.StatusCode == http.StatusNotModified && !had.IsZero() {
		p.Unchanged, p.Validators = true, had
		return p, nil
	}
	if resp.StatusCode != http.StatusOK {
		return p, &StatusError{Status: resp.StatusCode}
	}
	return p, nil
}

// settled reports whether a Last-Modified says which version was sent: it has
// no parts of a second, so what was changed a moment ago may be changed again
// under the same one (RFC 9110, 8.8.2.2).
func settled(modified, date string) bool {
	m, err := http.ParseTime(modified)
	if err != nil {
		return false
	}
	at, err := http.ParseTime(date)
	return err == nil && at.Sub(m) >= 2*time.Second
}

// maxValidator bounds what we keep of a server's words and say back to it.
const maxValidator = 512

// validatorsOf returns what an answer says of its version.
func validatorsOf(resp *http.Response) Validators {
	var v Validators
	if etag := resp.Header.Get("ETag"); len(etag) <= maxValidator {
		v.ETag = etag
	}
	if m := resp.Header.Get("Last-Modified"); len(m) <= maxValidator && settled(m, resp.Header.Get("Date")) {
		v.Modified = m
	}
	return v
}

// IsHTML reports whether p is a web page, whatever its type says: an error
// page or a front page where data was expected.
func (p *Page) IsHTML() bool {
	b := p.Body
	if len(b) > 1024 {
		b = b[:1024]
	}
	b = bytes.ToLower(bytes.TrimLeft(b, "\ufeff \t\r\n"))
	for bytes.HasPrefix(b, []byte("<!--")) {
		_, rest, _ := bytes.Cut(b, []byte("-->"))
		b = bytes.TrimLeft(rest, " \t\r\n")
	}
	return bytes.HasPrefix(b, []byte("<!doctype html")) || bytes.HasPrefix(b, []byte("<html"))
}
