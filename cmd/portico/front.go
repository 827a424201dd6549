package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"portico/catalog"
	"portico/internal/answer"
	"portico/internal/limit"
)

// A refusal answers a person with a page that says what is wrong.
type refusal func(w http.ResponseWriter, r *http.Request, err error)

// front wraps what every request meets first: its address, the host that it
// asks for, limits, the log, the counters, and the last net under a panic.
func (e *env) front(site catalog.Site, m *metrics, refuse refusal, next http.Handler) http.Handler {
	proxies, err := e.proxies()
	if err != nil {
		proxies = nil // complete() has refused such settings already
	}
	limit, err := e.rate()
	if err != nil {
		limit = rateLimit{}
	}
	h := secure(site, withSecurityTxt(site, next))
	h = limited(newLimiter(limit), refuse, h)
	h = knownHost(e.Settings, site, h)
	h = logged(e.log, m, h)
	return withAddress(proxies, h)
}

type addressKey struct{}

// withAddress notes the client's address: the peer's, or what a trusted proxy
// says in X-Forwarded-For. Other forwarding headers are dropped: nothing
// below may believe them (SEC-020).
func withAddress(proxies []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr := clientAddress(r, proxies)
		for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded"} {
			r.Header.Del(h)
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), addressKey{}, addr)))
	})
}

func clientAddress(r *http.Request, proxies []netip.Prefix) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap()
	if !within(addr, proxies) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) { // the last is the one that our proxy saw itself
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return addr
		}
		if addr = a.Unmap(); !within(addr, proxies) {
			return addr
		}
	}
	return addr
}

func within(a netip.Addr, nets []netip.Prefix) bool {
	for _, n := range nets {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

func addressOf(ctx context.Context) netip.Addr {
	a, _ := ctx.Value(addressKey{}).(netip.Addr)
	return a
}

// knownHost refuses requests for a host that is not ours: with a public
// origin set, only that host and this machine's own names are answered.
func knownHost(s Settings, site catalog.Site, next http.Handler) http.Handler {
	if s.SiteURL == "" {
		return next // the origin is the listen address: no other name is known
	}
	ours := map[string]bool{"localhost": true}
	if u, err := url.Parse(site.Origin); err == nil {
		ours[strings.ToLower(u.Hostname())] = true
	}
	if host, _, err := net.SplitHostPort(s.Listen); err == nil {
		ours[host] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := strings.ToLower(r.Host)
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if !ours[host] && (err != nil || !addr.IsLoopback()) && r.URL.Path != "/healthz" {
			http.Error(w, "Questo sito non risponde a quel nome.\nThis site does not answer to that name.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// secure sets the headers that every answer carries; pages and files set
// stricter ones of their own.
func secure(site catalog.Site, next http.Handler) http.Handler {
	https := strings.HasPrefix(site.Origin, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		// What is no page needs nothing; the pages say themselves what they need.
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// A limiter counts the requests of each address.
type limiter struct {
	rateLimit
	networks *limit.Keyed[netip.Addr]
}

func newLimiter(r rateLimit) *limiter {
	const most = 100_000
	return &limiter{r, limit.New[netip.Addr](rate.Limit(r.PerSecond), int(r.PerSecond*burst)+1, most)}
}

// burst is how many seconds' worth of requests may come at once: a page with
// all its files is one visit.
const burst = 4

// allow reports whether a may ask once more now.
func (l *limiter) allow(a netip.Addr) bool {
	if l.PerSecond == 0 || !l.Loopback && a.IsLoopback() {
		return true
	}
	if a.Is6() { // one household has a whole /64
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	return l.networks.Allow(a, time.Now())
}

// limited refuses who asks too much: people with a page, programs in a line.
func limited(l *limiter, refuse refusal, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || l.allow(addressOf(r.Context())) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		if reads := r.Method == http.MethodGet || r.Method == http.MethodHead; reads && refuse != nil && strings.Contains(r.Header.Get("Accept"), "text/html") {
			refuse(w, r, catalog.Errorf(catalog.TooMany, "too many requests of one address"))
			return
		}
		http.Error(w, "Troppe richieste: riprova tra un momento.\nToo many requests: try again in a moment.", http.StatusTooManyRequests)
	})
}

// logged writes one line a request, without query strings or headers, which
// may hold what is private; it gives each request an ID and ends panics.
func logged(log *slog.Logger, m *metrics, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := requestID()
		w.Header().Set("X-Request-Id", id)
		rec := &answer.Recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
					panic(p)
				}
				log.ErrorContext(r.Context(), "request panicked", "id", id, "path", r.URL.Path, "panic", p)
				if !rec.Begun() {
					http.Error(rec, "Errore interno / Internal error: "+id, http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			m.seen(r, rec.Status(), took, rec.Bytes)
			log.InfoContext(r.Context(), "request", "id", id, "method", r.Method, "path", r.URL.Path,
				"status", rec.Status(), "bytes", rec.Bytes, "took_ms", float64(took.Microseconds())/1000, "client", shortened(addressOf(r.Context())))
		}()
		next.ServeHTTP(rec, r)
	})
}

// shortened cuts an address to its network: a log is no register of people.
func shortened(a netip.Addr) string {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.Addr().String() + "/" + strconv.Itoa(bits)
}

func requestID() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
