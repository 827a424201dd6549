package sql

import (
	"context"
	"net"
	"sync"
	"time"

	"portico/internal/httpclient"
)

// goodbye is how long a driver has, once it is told to stop, to tell the server.
const goodbye = 2 * time.Second

// lines are the connections to a database that are open. Most drivers do not
// notice that nobody waits any more while a server says nothing; their
// connections are cut, then.
type lines struct {
	mu   sync.Mutex
	open map[net.Conn]bool
	off  bool // nobody waits: there are to be no others
}

// cutting cuts the connections a moment after ctx is done, until the function
// is called that it returns.
func (l *lines) cutting(ctx context.Context) (stop func()) {
	if l == nil {
		return func() {}
	}
	over := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-over:
			return
		}
		timer := time.NewTimer(goodbye)
		defer timer.Stop()
		select {
		case <-timer.C:
			l.cut()
		case <-over:
		}
	}()
	return sync.OnceFunc(func() {
		close(over)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.off = false
	})
}

// cut cuts what is open, and what is opened before whoever began cutting stops
// it.
func (l *lines) cut() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.off = true
	for c := range l.open {
		_ = c.Close() // whoever reads from it is told
	}
}

// A line dials, and keeps what it dialled in lines, where there are any.
type line struct {
	httpclient.Dialer
	lines *lines
}

// Dial dials as the policy allows.
func (d line) Dial(network, address string) (net.Conn, error) {
	return d.kept(d.Dialer.Dial(network, address))
}

// DialTimeout dials as the policy allows, for so long.
func (d line) DialTimeout(network, address string, wait time.Duration) (net.Conn, error) {
	return d.kept(d.Dialer.DialTimeout(network, address, wait))
}

// DialContext dials as the policy allows, until ctx is done.
func (d line) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d.kept(d.Dialer.DialContext(ctx, network, address))
}

func (d line) kept(c net.Conn, err error) (net.Conn, error) {
	if err != nil || d.lines == nil {
		return c, err
	}
	d.lines.mu.Lock()
	defer d.lines.mu.Unlock()
	if d.lines.off {
		_ = c.Close() // of no use to anybody
		return nil, net.ErrClosed
	}
	if d.lines.open == nil {
		d.lines.open = make(map[net.Conn]bool)
	}
	d.lines.open[c] = true
	return tracked{c, d.lines}, nil
}

// A tracked connection is forgotten when it is closed.
type tracked struct {
	net.Conn
	lines *lines
}

// Close implements net.Conn.
func (c tracked) Close() error {
	c.lines.mu.Lock()
	delete(c.lines.open, c.Conn)
	c.lines.mu.Unlock()
	return c.Conn.Close()
}
