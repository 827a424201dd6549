package httpclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// A Page is a document that was fetched whole.
type Page struct {
	URL  string // after redirects
	Type string // as the server says; may lie
	Body []byte
}

// A StatusError says that a server answered, but not with what was asked for.
type StatusError struct{ Status int }

// Error returns the status in words.
func (e *StatusError) Error() string {
	return fmt.Sprintf("il server ha risposto / the server answered %d %s", e.Status, http.StatusText(e.Status))
}

// Get fetches url whole. An answer with a status other than 200 is a
// StatusError, and the Page is returned with it, for some say why in the body.
func Get(ctx context.Context, client *http.Client, url, accept string) (*Page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
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
	p := &Page{URL: url, Type: resp.Header.Get("Content-Type"), Body: b.Bytes()}
	if resp.Request != nil && resp.Request.URL != nil {
		p.URL = resp.Request.URL.String()
	}
	if resp.StatusCode != http.StatusOK {
		return p, &StatusError{Status: resp.StatusCode}
	}
	return p, nil
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
