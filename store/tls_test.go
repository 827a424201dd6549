package store

import (
	"net/url"
	"testing"
)

func TestAServerElsewhereMustProveWhoItIs(t *testing.T) {
	for _, c := range []struct{ name, dsn, mode string }{
		{"elsewhere the default is verify-full", "postgres://u:p@db.comune.example/portico", "verify-full"},
		{"so it is with another option", "postgres://u@db.comune.example/portico?connect_timeout=5", "verify-full"},
		{"on loopback nothing is encrypted by default", "postgres://u@127.0.0.1:5432/portico", "disable"},
		{"nor by name", "postgres://u@localhost/portico", "disable"},
		{"nor over a socket", "postgres://u@/portico?host=/run/postgresql", "disable"},
		{"a host in the options counts", "postgres://u@/portico?host=db.comune.example", "verify-full"},
		{"verify-ca stays", "postgres://u@db.comune.example/portico?sslmode=verify-ca", "verify-ca"},
		{"an open decision against encryption stays", "postgres://u@10.0.0.5/portico?sslmode=disable", "disable"},
		{"require does not check", "postgres://u@db.comune.example/portico?sslmode=require", ""},
		{"prefer does not check", "postgres://u@localhost/portico?sslmode=prefer", ""},
		{"allow does not check", "postgres://u@db.comune.example/portico?sslmode=allow", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := secured(c.dsn)
			if (err != nil) != (c.mode == "") {
				t.Fatalf("secured = %q, %v", got, err)
			}
			if err != nil {
				return
			}
			u, err := url.Parse(got)
			if err != nil {
				t.Fatal(err)
			}
			if mode := u.Query().Get("sslmode"); mode != c.mode {
				t.Errorf("sslmode = %q, want %q", mode, c.mode)
			}
		})
	}
}
