package harvester

import (
	"net"
	"net/http"
	"net/url"

	"portico/catalog"
)

// OriginOf returns scheme, host and port of an address, to which a credential
// is bound; "" when it is none.
func OriginOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "sftp": "22", "ftp": "21"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port)
}

// WithCredential returns a client that tells c to one origin and to no other,
// also when that one redirects elsewhere.
func WithCredential(client *http.Client, c catalog.Credential, origin string) *http.Client {
	if c.IsZero() || origin == "" {
		return client
	}
	out := *client
	out.Transport = &authorized{next: client.Transport, with: c, origin: origin}
	return &out
}

type authorized struct {
	next   http.RoundTripper
	with   catalog.Credential
	origin string
}

// RoundTrip implements http.RoundTripper.
func (a *authorized) RoundTrip(req *http.Request) (*http.Response, error) {
	if OriginOf(req.URL.String()) != a.origin {
		return a.next.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	switch {
	case a.with.Token != "":
		req.Header.Set("Authorization", "Bearer "+a.with.Token)
	case a.with.Header != "":
		req.Header.Set(a.with.Header, a.with.Value)
	default:
		req.SetBasicAuth(a.with.User, a.with.Password)
	}
	return a.next.RoundTrip(req)
}
