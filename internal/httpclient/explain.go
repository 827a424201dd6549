package httpclient

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
)

// Explain says in Italian and English why an exchange failed, without what a
// stranger should not learn of our network: a port that is closed, filtered
// or silent is told in one way.
func Explain(err error) (it, en string) {
	for _, known := range []error{ErrAddress, ErrTooLarge, ErrSlow, ErrRedirects, ErrBusy} {
		if errors.Is(err, known) {
			it, en, _ = strings.Cut(known.Error(), " / ")
			return it, en
		}
	}
	if s, ok := errors.AsType[*StatusError](err); ok {
		_, status, _ := strings.Cut(s.Error(), "answered ")
		return "il server ha risposto " + status, "the server answered " + status
	}
	if d, ok := errors.AsType[*net.DNSError](err); ok && d.IsNotFound {
		return "il nome del server non esiste", "there is no server of that name"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "il certificato del server non è valido", "the server's certificate is not valid"
	}
	return "il server non risponde come dovrebbe", "the server does not answer as it should"
}
