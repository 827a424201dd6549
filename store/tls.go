package store

import (
	"net"
	"net/url"
	"strings"

	"portico/catalog"
)

// secured returns the address of a PostgreSQL server with the check of its
// certificate settled (SEC-018): a server elsewhere must prove that it is the
// one that was asked for. lib/pq's own default encrypts without looking at
// whom it talks to, and so do "require", "prefer" and "allow": they are
// refused. An authority of the operator's own goes into sslrootcert.
func secured(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", catalog.Errorf(catalog.Invalid, "the database's address cannot be read").
			Italian("l'indirizzo della base dati non si può leggere")
	}
	q := u.Query()
	host := u.Hostname()
	if h := q.Get("host"); h != "" {
		host = h
	}
	switch mode := q.Get("sslmode"); mode {
	case "":
		q.Set("sslmode", "verify-full")
		if near(host) {
			q.Set("sslmode", "disable")
		}
		u.RawQuery = q.Encode()
		return u.String(), nil
	case "verify-full", "verify-ca", "disable":
		return dsn, nil
	default:
		return "", catalog.Errorf(catalog.Invalid, "sslmode=%s does not check the server's certificate: use verify-full, with sslrootcert=FILE for an authority of your own", mode).
			Italian("sslmode=%s non controlla il certificato del server: usa verify-full, con sslrootcert=FILE per un'autorità tua", mode)
	}
}

// near reports whether a server is on this machine: a socket, or loopback.
func near(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback()
}
