package password

import (
	"net/netip"
	"sync"
	"time"
)

// A Limiter slows down who guesses passwords: after some wrong guesses for an
// account from an address, and after more from an address for any accounts,
// the next must wait, each time longer. Nobody is locked out by what others do
// from elsewhere. It keeps all in memory, up to a number of entries, and may
// be used by several goroutines.
type Limiter struct {
	mu      sync.Mutex
	wrong   map[key]*guesses
	now     func() time.Time
	entries int
}

// A key is an account at an address, or an address with any account.
type key struct{ account, network string }

type guesses struct {
	n     int
	until time.Time // when the next guess may come
	last  time.Time
}

// How many wrong guesses are free, and how the delay grows.
const (
	freePerAccount = 5
	freePerNetwork = 20
	firstDelay     = time.Second
	mostDelay      = 15 * time.Minute
	forgotten      = time.Hour
	mostEntries    = 20_000
)

// NewLimiter returns a Limiter to which now tells the time.
func NewLimiter(now func() time.Time) *Limiter {
	return &Limiter{wrong: map[key]*guesses{}, now: now, entries: mostEntries}
}

// Begin returns how long who asks from address must wait before the next guess
// at account, or zero, when the guess counts as wrong until Right is called:
// many guesses at once are no way around the limit.
func (l *Limiter) Begin(account, address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, here := l.now(), network(address)
	both := [...]key{{account, here}, {"", here}}
	free := [...]int{freePerAccount, freePerNetwork}
	var wait time.Duration
	for _, k := range both {
		if g := l.wrong[k]; g != nil {
			wait = max(wait, g.until.Sub(now))
		}
	}
	if wait > 0 {
		return wait
	}
	for i, k := range both {
		l.guess(k, free[i], now)
	}
	return 0
}

func (l *Limiter) guess(k key, free int, now time.Time) {
	g := l.wrong[k]
	if g == nil || now.Sub(g.last) > forgotten {
		l.makeRoom(now)
		g = &guesses{}
		l.wrong[k] = g
	}
	g.n++
	g.last = now
	if over := g.n - free; over >= 0 {
		const most = 20 // beyond which a shift would leave the range
		g.until = now.Add(min(firstDelay<<min(over, most), mostDelay))
	}
}

// Right forgets the guesses at account from address: the last one was right.
// Those of the address at other accounts stay, for one known password must not
// be a way to guess others.
func (l *Limiter) Right(account, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	here := network(address)
	delete(l.wrong, key{account, here})
	if g := l.wrong[key{"", here}]; g != nil {
		g.n = max(g.n-1, 0)
		g.until = time.Time{}
	}
}

// makeRoom forgets old entries when there are too many, and then any: one who
// guesses from very many addresses shall not fill the memory.
func (l *Limiter) makeRoom(now time.Time) {
	if len(l.wrong) < l.entries {
		return
	}
	for k, g := range l.wrong {
		if now.Sub(g.last) > forgotten {
			delete(l.wrong, k)
		}
	}
	const tenth = 10
	for k := range l.wrong {
		if len(l.wrong) < l.entries-l.entries/tenth {
			return
		}
		delete(l.wrong, k)
	}
}

// network returns what of an address counts: one who has an IPv6 address has
// 2^64 of them.
func network(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		address = ap.Addr().String()
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	const v6 = 64
	if a.Is6() {
		if p, err := a.Prefix(v6); err == nil {
			return p.String()
		}
	}
	return a.String()
}
