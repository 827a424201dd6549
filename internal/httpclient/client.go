// Package httpclient is the only way out (decision D7): every request that
// leaves the program is checked on the address that it really connects to,
// and bounded in size, time and number. It knows nothing of catalogs.
package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Options sets what a client may do. Its zero value suits an unknown source.
type Options struct {
	AllowPrivate bool           // private and loopback addresses, for a source that says so
	MaxBytes     int64          // of a body after decompression; 0 = 200 MiB
	MaxRatio     int            // of decompression; 0 = 200
	Timeout      time.Duration  // of one exchange, redirects and retries included; 0 = 15 min
	ReadTimeout  time.Duration  // for the first byte and between reads; 0 = 30 s
	UserAgent    string         // "" = "Portico"
	Resolver     *net.Resolver  // nil = the system's; for tests
	PerHost      int            // connections at once to one host; 0 = 2
	RootCAs      *x509.CertPool // per-endpoint CA bundle; never "skip verify"
	Hosts        *Hosts         // shared by clients that keep one pace; nil = none
}

// ErrAddress is wrapped by the error of an address that is not allowed. Its
// text is the same whether anything listens there or not, so that nobody can
// look around in our network by giving us URLs.
var ErrAddress = errors.New("indirizzo non ammesso / address not allowed")

// ErrTooLarge is wrapped by errors of bodies beyond MaxBytes or MaxRatio.
var ErrTooLarge = errors.New("risposta troppo grande / response too large")

// ErrSlow is wrapped by the error of a server that stops sending.
var ErrSlow = errors.New("il server non risponde più / the server stopped sending")

// ErrRedirects is wrapped by the error of more than five redirects.
var ErrRedirects = errors.New("troppi reindirizzamenti / too many redirects")

const (
	maxRedirects   = 5
	connectTimeout = 10 * time.Second
)

// New returns a client whose every connection is checked on the connected IP.
// Redirects are followed at most five times, http(s) only, each re-checked;
// what may be secret among the headers is dropped when host, scheme or port
// changes. GET and HEAD are tried again a few times when the server is busy
// or the connection breaks. There are no cookies, and no proxy is taken from
// the environment.
func New(o Options) *http.Client {
	o = o.withDefaults()
	d := dialer{policy: policy{private: o.AllowPrivate}, resolver: o.Resolver}
	// HTTP/2 stays off, for there MaxConnsPerHost would bound nothing.
	wire := &http.Transport{
		DialContext:            d.dial,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  o.ReadTimeout,
		MaxResponseHeaderBytes: 1 << 20,
		MaxConnsPerHost:        o.PerHost,
		MaxIdleConnsPerHost:    o.PerHost,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // limited does it, with a ratio to keep
	}
	var next http.RoundTripper = wire
	if o.Hosts != nil {
		next = polite{next: wire, hosts: o.Hosts}
	}
	return &http.Client{
		Transport:     &limited{next: retrying(next), o: o},
		CheckRedirect: checkRedirect,
		Timeout:       o.Timeout,
	}
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 200 << 20
	}
	if o.MaxRatio <= 0 {
		o.MaxRatio = 200
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Minute
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = 30 * time.Second
	}
	if o.UserAgent == "" {
		o.UserAgent = "Portico"
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.PerHost <= 0 {
		o.PerHost = 2
	}
	return o
}

// innocent are the headers that may follow a redirect to another origin.
// Everything else may be a secret: an API key has as many names as APIs.
var innocent = []string{"Accept", "Accept-Encoding", "Accept-Language", "If-Modified-Since", "If-None-Match", "Range", "User-Agent"}

func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return ErrRedirects
	}
	if !isWeb(req.URL) {
		return ErrAddress
	}
	req.Header.Del("Referer")
	first := origin(via[0].URL)
	for _, r := range append(via[1:len(via):len(via)], req) {
		if origin(r.URL) != first {
			keepInnocent(req)
			break
		}
	}
	return nil
}

func keepInnocent(req *http.Request) {
	kept := make(http.Header)
	for _, name := range innocent {
		if v := req.Header.Values(name); len(v) > 0 {
			kept[name] = v
		}
	}
	req.Header = kept
}

func isWeb(u *url.URL) bool { return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" }

func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port)
}

// A dialer connects to addresses that its policy allows, and to no other.
type dialer struct {
	policy   policy
	resolver *net.Resolver
}

// dial looks up the name itself and connects to the very addresses that it
// has vetted, so that an answer that changes in between changes nothing.
func (d dialer) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !d.policy.port(port) {
		return nil, ErrAddress
	}
	ips, err := d.policy.resolve(ctx, d.resolver, host)
	if err != nil {
		return nil, err
	}
	nd := net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second, Control: d.policy.control}
	for _, ip := range ips {
		network := "tcp6"
		if ip.Is4() {
			network = "tcp4"
		}
		var c net.Conn
		if c, err = nd.DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return c, nil
		}
		if errors.Is(err, ErrAddress) {
			return nil, ErrAddress
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}
