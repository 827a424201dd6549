package main

import (
	"fmt"
	"net/http"
	"time"

	"portico/catalog"
)

// securityExpires is when whoever runs the instance should have looked again
// at how weaknesses are reported; a test fails 30 days before (CMP-004).
var securityExpires = time.Date(2027, time.October, 31, 0, 0, 0, 0, time.UTC)

// withSecurityTxt answers /.well-known/security.txt (RFC 9116). Without an
// address of the office the site's own pages are the way to reach it.
func withSecurityTxt(site catalog.Site, next http.Handler) http.Handler {
	contact := site.Link("/about")
	if site.Email != "" {
		contact = "mailto:" + site.Email
	}
	body := fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: it, en\nCanonical: %s\n",
		contact, securityExpires.Format(time.RFC3339), site.Link("/.well-known/security.txt"))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/security.txt" || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, body)
	})
}
