package httpclient

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Hosts remembers, for all clients that share it, how often each host may be
// asked, by how many at once and until when one wants to be left alone: a
// portal that serves fifty municipalities is not asked by fifty runs at the
// same time (HRV-028). Its zero value paces nobody and lets two ask at once.
type Hosts struct {
	// Every is the least time between two requests to one host, after a burst
	// of Burst; 0 = none.
	Every time.Duration
	Burst int // 0 = 1
	// AtOnce is how many requests to one host go on at once, until their
	// answers have been read; 0 = 2.
	AtOnce int
	// Wait is how long a request waits for its turn: one who reads two
	// documents of a host at once must not wait for himself for ever. 0 = 30 s.
	Wait time.Duration

	mu    sync.Mutex
	hosts map[string]*host
}

// A host is what is known of one.
type host struct {
	pace  *rate.Limiter
	turns chan struct{}
	until time.Time // it said Retry-After
}

const (
	// maxHosts bounds what is remembered: a source may lead to any number.
	maxHosts = 10_000
	// maxPause is how long a host may keep us waiting for one request.
	maxPause = 2 * time.Minute
)

// ErrBusy is wrapped by the error of a host that has asked to be left alone for
// longer than a request may wait.
var ErrBusy = busyError{}

type busyError struct{}

// Error returns a text that may be shown.
func (busyError) Error() string {
	return "il server chiede di riprovare più tardi / the server asks to try again later"
}

// of returns what is known of a host.
func (h *Hosts) of(name string) *host {
	if h.hosts == nil || len(h.hosts) >= maxHosts {
		h.hosts = make(map[string]*host)
	}
	x := h.hosts[name]
	if x == nil {
		x = &host{turns: make(chan struct{}, max(1, cmp.Or(h.AtOnce, 2)))}
		if h.Every > 0 {
			x.pace = rate.NewLimiter(rate.Every(h.Every), max(1, h.Burst))
		}
		h.hosts[name] = x
	}
	return x
}

// wait returns when a host may be asked.
func (h *Hosts) wait(ctx context.Context, name string) error {
	h.mu.Lock()
	x := h.of(name)
	pause := time.Until(x.until)
	h.mu.Unlock()
	if pause > maxPause {
		return ErrBusy
	}
	if pause > 0 {
		t := time.NewTimer(pause)
		defer t.Stop()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-t.C:
		}
	}
	if x.pace == nil {
		return nil
	}
	return x.pace.Wait(ctx)
}

// turn waits until fewer than AtOnce requests to a host go on. The function
// that it returns gives the turn back.
func (h *Hosts) turn(ctx context.Context, name string) (func(), error) {
	h.mu.Lock()
	turns := h.of(name).turns
	h.mu.Unlock()
	t := time.NewTimer(cmp.Or(h.Wait, 30*time.Second))
	defer t.Stop()
	select {
	case turns <- struct{}{}:
		return sync.OnceFunc(func() { <-turns }), nil
	case <-t.C:
		return func() {}, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// heard notes what a host says of its patience.
func (h *Hosts) heard(name string, resp *http.Response) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return
	}
	after := retryAfter(resp)
	if after <= 0 {
		return
	}
	const longest = time.Hour // whatever a host says, it is asked again within the day
	h.mu.Lock()
	defer h.mu.Unlock()
	if until := time.Now().Add(min(after, longest)); until.After(h.of(name).until) {
		h.of(name).until = until
	}
}

// polite keeps to what Hosts knows.
type polite struct {
	next  http.RoundTripper
	hosts *Hosts
}

// RoundTrip implements http.RoundTripper.
func (p polite) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := p.hosts.wait(req.Context(), req.URL.Host); err != nil {
		return nil, err
	}
	done, err := p.hosts.turn(req.Context(), req.URL.Host)
	if err != nil {
		return nil, err
	}
	resp, err := p.next.RoundTrip(req)
	if err != nil {
		done()
		return nil, err
	}
	p.hosts.heard(req.URL.Host, resp)
	resp.Body = &inTurn{ReadCloser: resp.Body, done: done}
	return resp, nil
}

// inTurn is the body of an answer, whose turn ends with it.
type inTurn struct {
	io.ReadCloser
	done func()
}

// Read implements io.Reader.
func (b *inTurn) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.done()
	}
	return n, err
}

// Close implements io.Closer.
func (b *inTurn) Close() error {
	b.done()
	return b.ReadCloser.Close()
}
