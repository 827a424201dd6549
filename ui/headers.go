package ui

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// policy lets pages load only what this server gives them. The JSON-LD in a
// dataset's page is data, no script, and so needs no leave.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// secure sets the headers that every answer has.
func (s *Server) secure(h http.Header) {
	h.Set("Content-Security-Policy", s.Ground.policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

type localeKey struct{}

// localize returns r for a path without language and final slash, its language
// in the context. A path without a language has the Site's; own says that the
// Site's own language stood before the path.
func (s *Server) localize(r *http.Request) (inner *http.Request, own bool) {
	locale, path := s.Site.Locale, r.URL.Path
	for _, l := range s.languages {
		if path == "/"+l || strings.HasPrefix(path, "/"+l+"/") {
			locale, path = l, strings.TrimPrefix(path, "/"+l)
			own = l == s.Site.Locale
			break
		}
	}
	u := *r.URL
	u.Path, u.RawPath = "/"+strings.Trim(path, "/"), ""
	inner = r.WithContext(context.WithValue(r.Context(), localeKey{}, locale))
	inner.URL = &u
	return inner, own
}

// redirectWithin sends the reader to the path of r. Slashes and backslashes at
// its beginning are made one, so that no path names a host.
func redirectWithin(w http.ResponseWriter, r *http.Request) {
	to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, `/\`), RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
}
