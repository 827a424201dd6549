package httpclient

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// limited bounds what comes back: its size, how far it unpacks, and how long
// it may pause.
type limited struct {
	next http.RoundTripper
	o    Options
}

// RoundTrip implements http.RoundTripper.
func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if !isWeb(req.URL) {
		return nil, ErrAddress
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	req = req.Clone(ctx)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", l.o.UserAgent)
	}
	unpack := req.Header.Get("Accept-Encoding") == "" && req.Header.Get("Range") == "" && req.Method != http.MethodHead
	if unpack {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		cancel(err)
		return nil, err
	}
	if err := l.wrap(resp, cancel, unpack); err != nil {
		cancel(err)
		_ = resp.Body.Close() // it is of no use any more
		return nil, err
	}
	return resp, nil
}

func (l *limited) wrap(resp *http.Response, cancel context.CancelCauseFunc, unpack bool) error {
	if resp.ContentLength > l.o.MaxBytes && resp.Request.Method != http.MethodHead {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, resp.ContentLength, l.o.MaxBytes)
	}
	wire := &paced{r: resp.Body, pause: l.o.ReadTimeout, cancel: cancel, ctx: resp.Request.Context()}
	b := &body{Reader: wire, wire: wire, max: l.o.MaxBytes, ratio: int64(l.o.MaxRatio)}
	if unpack {
		if err := unpacked(resp, b); err != nil {
			return err
		}
	}
	resp.Body = b
	return nil
}

func unpacked(resp *http.Response, b *body) error {
	switch enc := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
		return nil
	case "gzip", "x-gzip":
		b.Reader, b.packed = &lazyGzip{r: b.wire}, true
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength, resp.Uncompressed = -1, true
		return nil
	default:
		return fmt.Errorf("content encoding %q, which was not asked for", enc)
	}
}

// lazyGzip begins to unpack when it is first read, for a body may be empty in
// spite of what its header says.
type lazyGzip struct {
	r io.Reader
	z *gzip.Reader
}

func (g *lazyGzip) Read(p []byte) (int, error) {
	if g.z == nil {
		z, err := gzip.NewReader(g.r)
		if err != nil {
			return 0, err
		}
		g.z = z
	}
	return g.z.Read(p)
}

// A body counts what is read of it, before and after unpacking.
type body struct {
	io.Reader
	wire   *paced
	packed bool
	n      int64
	max    int64
	ratio  int64
}

// slack is what may come of any number of packed bytes: a ratio says little
// about a short text.
const slack = 1 << 20

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.n += int64(n)
	if b.n > b.max {
		return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, b.max)
	}
	if b.packed && b.n > slack && b.n > b.ratio*b.wire.n {
		return 0, fmt.Errorf("%w: unpacks to more than %d times its size", ErrTooLarge, b.ratio)
	}
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error { return b.wire.Close() }

// paced gives up when one read takes longer than pause.
type paced struct {
	r      io.ReadCloser
	n      int64
	pause  time.Duration
	cancel context.CancelCauseFunc
	ctx    context.Context //nolint:containedctx // of the exchange that this body belongs to
}

func (p *paced) Read(b []byte) (int, error) {
	t := time.AfterFunc(p.pause, func() { p.cancel(ErrSlow) })
	n, err := p.r.Read(b)
	p.n += int64(n)
	if !t.Stop() && err != nil {
		err = ErrSlow
	}
	return n, err
}

func (p *paced) Close() error {
	err := p.r.Close()
	p.cancel(context.Canceled)
	return err
}
