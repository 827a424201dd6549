package httpclient

import (
	"context"
	"net"
	"time"
)

// A Dialer connects to what is no web server, a database, under the same
// policy: only addresses that o allows, each checked on the socket itself. The
// ports that are closed to requests are open to it, for what it is used for
// speaks the protocol of the port.
type Dialer struct{ d dialer }

// NewDialer returns a dialer for o, of which only AllowPrivate and Resolver
// count.
func NewDialer(o Options) Dialer {
	o = o.withDefaults()
	return Dialer{dialer{policy: policy{private: o.AllowPrivate, anyPort: true}, resolver: o.Resolver}}
}

// DialContext connects to "host:port" over TCP.
func (d Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, ErrAddress // a socket in the file system is nobody's source
	}
	return d.d.dial(ctx, network, address)
}

// Dial is DialContext for drivers that know no context.
func (d Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, connectTimeout)
}

// DialTimeout is Dial with a time limit.
func (d Dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}
