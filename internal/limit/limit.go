// Package limit bounds how often each of many may ask. It must not know who
// they are or what they ask for.
package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Keyed counts what each key asks for. It may be used by many at once.
type Keyed[K comparable] struct {
	pace  rate.Limit
	burst int
	most  int

	mu   sync.Mutex
	keys map[K]*rate.Limiter
}

// New returns a Keyed by which each key may ask burst times at once, and at the
// given pace after that. It remembers most keys; when there are more all begin
// anew, which is better than to grow for ever.
func New[K comparable](pace rate.Limit, burst, most int) *Keyed[K] {
	return &Keyed[K]{pace: pace, burst: burst, most: most, keys: make(map[K]*rate.Limiter)}
}

// Allow reports whether a key may ask once more at the given time, and counts
// it if so.
func (l *Keyed[K]) Allow(key K, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, ok := l.keys[key]
	if !ok {
		if len(l.keys) >= l.most {
			clear(l.keys)
		}
		k = rate.NewLimiter(l.pace, l.burst)
		l.keys[key] = k
	}
	return k.AllowN(at, 1)
}
