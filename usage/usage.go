// Package usage counts how often datasets are looked at and taken. It keeps
// numbers by day and nothing of who came: no cookie, no address, no name. Who
// comes twice within half an hour counts once; that is remembered in memory
// alone, as a hash whose salt dies with the program. It must not know pages or
// actions: it sees addresses of requests and the status of answers.
package usage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"portico/catalog"
	"portico/internal/answer"
	"portico/internal/lru"
)

// Limits of what is remembered until it is written.
const (
	maxWaiting  = 50_000 // counts of different things; more are dropped and told of
	rememberFor = 30 * time.Minute
	rememberMax = 4 << 20 // bytes
	flushEvery  = 20 * time.Second
)

// A Resolver finds what an address names.
type Resolver interface {
	catalog.Usages
	// Dataset returns a dataset by its ID or name.
	Dataset(ctx context.Context, ref string) (*catalog.Dataset, error)
	// DatasetOfDistribution returns the ID of the dataset that has a distribution.
	DatasetOfDistribution(ctx context.Context, id string) (string, error)
}

// A Counter counts the uses that pass through Watch, and writes them now and
// then. It may be used by many at once.
type Counter struct {
	store   Resolver
	log     *slog.Logger
	address func(*http.Request) netip.Addr
	salt    [32]byte
	now     func() time.Time

	mu      sync.Mutex
	waiting map[use]int64
	dropped int64
	seen    *lru.Cache[time.Time]
}

// A use is what an address named, on a day.
type use struct {
	target
	day time.Time
}

// New returns a Counter. address tells from where a request came, which is
// forgotten at once.
func New(store Resolver, address func(*http.Request) netip.Addr, log *slog.Logger) *Counter {
	c := &Counter{store: store, log: log, address: address, now: time.Now, waiting: make(map[use]int64)}
	rand.Read(c.salt[:]) // never fails (crypto/rand)
	c.seen = lru.New(rememberMax, func(key string, _ time.Time) int { return len(key) + 100 })
	return c
}

// Watch counts the requests that next answers with success.
func (c *Counter) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t, ok := targetOf(r)
		if !ok || isRobot(r, t.kind) {
			next.ServeHTTP(w, r)
			return
		}
		rec := &answer.Recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		if rec.Begun() && done(rec.Status(), r, t.kind) {
			c.count(t, r)
		}
	})
}

// count notes one use, unless the same visitor did the same a moment ago.
func (c *Counter) count(t target, r *http.Request) {
	now := c.now()
	who := c.visitor(t, r)
	if last, ok := c.seen.Get(who); ok && now.Sub(last) < rememberFor {
		return
	}
	c.seen.Put(who, now)
	u := use{t, now.UTC().Truncate(24 * time.Hour)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.waiting[u]; !ok && len(c.waiting) >= maxWaiting {
		c.dropped++
		return
	}
	c.waiting[u]++
}

// visitor is a hash of who did what. The address is cut to its network first,
// so that not even the hash stands for one person.
func (c *Counter) visitor(t target, r *http.Request) string {
	h := sha256.New()
	h.Write(c.salt[:])
	addr := c.address(r)
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	if p, err := addr.Prefix(bits); err == nil {
		h.Write(p.Addr().AsSlice())
	}
	for _, s := range []string{r.UserAgent(), string(t.kind), t.dataset, t.distribution} {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return string(h.Sum(nil)[:16])
}

// Keep writes what was counted every now and then, until ctx is done, and once
// more then.
func (c *Counter) Keep(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			c.Flush(last)
			return
		case <-tick.C:
			c.Flush(ctx)
		}
	}
}

// Flush writes what was counted. What cannot be written waits for the next
// time.
func (c *Counter) Flush(ctx context.Context) {
	ctx = catalog.WithActor(ctx, catalog.System)
	c.mu.Lock()
	taken, dropped := c.waiting, c.dropped
	c.waiting, c.dropped = make(map[use]int64), 0
	c.mu.Unlock()
	if dropped > 0 {
		c.log.WarnContext(ctx, "too many different things were used at once; some were not counted", "dropped", dropped)
	}
	var uses []catalog.Use
	for u, n := range taken {
		dataset, err := c.resolve(ctx, u.target)
		switch {
		case err == nil:
			uses = append(uses, catalog.Use{Dataset: dataset, Distribution: u.distribution, Kind: u.kind, Day: u.day, N: n})
		case catalog.KindOf(err) != catalog.NotFound:
			c.giveBack(map[use]int64{u: n})
		}
	}
	if err := c.store.AddUsage(ctx, uses); err != nil {
		c.log.WarnContext(ctx, "uses cannot be kept yet", "err", err)
		c.giveBack(taken)
	}
}

func (c *Counter) giveBack(uses map[use]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for u, n := range uses {
		if _, ok := c.waiting[u]; ok || len(c.waiting) < maxWaiting {
			c.waiting[u] += n
		}
	}
}

// resolve returns the ID of the dataset that a target belongs to.
func (c *Counter) resolve(ctx context.Context, t target) (string, error) {
	if t.distribution != "" {
		return c.store.DatasetOfDistribution(ctx, t.distribution)
	}
	d, err := c.store.Dataset(ctx, t.dataset)
	if err != nil {
		return "", err
	}
	return d.ID, nil
}
