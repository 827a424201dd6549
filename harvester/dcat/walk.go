package dcat

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/httpclient"
)

// errStopped says that the reader wants no more.
var errStopped = errors.New("stopped")

// A walk goes from page to page and remembers where it was, for catalogs lead
// in circles (dcat-traps A2).
type walk struct {
	c      *connector
	yield  func(harvester.Record, error) bool
	urls   map[string]bool
	hashes map[[sha256.Size]byte]bool
	seen   map[string]bool // record IDs
	led    bool            // the catalog says itself where the next page is, so that none is guessed
	latest string          // address of the latest page that held records
	whole  bool            // all records of the latest page are well
	counts bool            // a guessed page has brought something new: the catalog does have numbered pages
}

// A step is the address of a page. A guessed one was not promised by the
// catalog, so that its failing means nothing, until one has brought something
// new: from then on only "there is no such page" ends the catalog, for a page
// that fails may be one of many.
type step struct {
	address string
	guessed bool
}

func (w *walk) all(ctx context.Context) error {
	next := step{address: w.c.start.String()}
	for range maxPages {
		w.urls[next.address] = true
		had := w.c.old[next.address]
		p, err := w.c.fetch(ctx, next.address, had)
		if err != nil {
			return w.failed(ctx, next, err)
		}
		if p == nil {
			if err := w.same(next, had); err != nil || had.Next == "" {
				return err
			}
			next = step{had.Next, had.Guessed}
			continue
		}
		fresh, err := w.take(p, next)
		if err != nil {
			return err
		}
		after, ok := w.after(p, next, fresh)
		w.remember(p, next, after, fresh)
		if !ok {
			return w.short(p, next)
		}
		next = after
	}
	return catalog.Errorf(catalog.Unavailable, "the catalogue has more than %d pages", maxPages).
		Italian("il catalogo ha più di %d pagine", maxPages)
}

// take yields what is new on a page, and returns the page's own fault where it
// counts.
func (w *walk) take(p *page, at step) (fresh int, err error) {
	if fresh, err = w.page(p); err != nil {
		return fresh, err
	}
	w.counts = w.counts || at.guessed && fresh > 0
	if p.err != nil && (!at.guessed || w.counts) {
		return fresh, p.err
	}
	return fresh, nil
}

// failed says what it means for the reading that a page could not be had.
func (w *walk) failed(ctx context.Context, at step, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case at.guessed && (!w.counts || absent(err)):
		w.c.last(w.latest)
		return nil
	}
	return err
}

// absent reports whether a server said that there is no such page.
func absent(err error) bool {
	s, ok := errors.AsType[*httpclient.StatusError](err)
	return ok && s.Status >= 400 && s.Status < 500 && s.Status != http.StatusTooManyRequests && s.Status != http.StatusRequestTimeout
}

// page yields what is new on a page and returns how many records that were.
// The same content again is nothing new.
func (w *walk) page(p *page) (fresh int, err error) {
	w.whole = true
	if w.hashes[p.hash] {
		return 0, nil
	}
	w.hashes[p.hash] = true
	here := make(map[string]bool)
	for i := range p.found {
		f := &p.found[i]
		id := recordID(f)
		if w.seen[id] && !here[id] {
			continue // pages overlap
		}
		w.seen[id], here[id] = true, true
		fresh++
		rec, err := harvester.Guard(id, f.Dataset.Title.String(), func() (harvester.Record, error) { return convert(f, id, p.info), nil })
		w.whole = w.whole && err == nil
		if !w.yield(rec, err) {
			return fresh, errStopped
		}
	}
	return fresh, nil
}

// after returns where to go from a page: where it says, else to the next
// number of ?page=, as long as that brings something new.
func (w *walk) after(p *page, from step, fresh int) (step, bool) {
	if fresh == 0 {
		return step{}, false
	}
	if p.info.Next != "" {
		w.led = true
		u, err := p.url.Parse(p.info.Next)
		if err != nil {
			return step{}, false
		}
		to := step{address: w.reachable(u).String()}
		return to, !w.urls[to.address]
	}
	if w.led || p.info.Total > 0 && len(w.seen) >= p.info.Total {
		return step{}, false
	}
	u, err := url.Parse(from.address)
	if err != nil {
		return step{}, false
	}
	q := u.Query()
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil {
		number = 1
	}
	q.Set("page", strconv.Itoa(number+1))
	u.RawQuery = q.Encode()
	to := step{address: u.String(), guessed: true}
	return to, !w.urls[to.address]
}

// reachable mends an address that carries the host or scheme by which the
// portal knows itself inside (dcat-traps A1): when the path is the one that we
// came by, only the query counts.
func (w *walk) reachable(u *url.URL) *url.URL {
	start := w.c.start
	u.Fragment = ""
	if u.Path == start.Path && (u.Host != start.Host || u.Scheme != start.Scheme) {
		mended := *start
		mended.RawQuery = u.RawQuery
		return &mended
	}
	return u
}

// short is the error of a catalog that ends before it has shown what it says
// that it has, because it leads in a circle.
func (w *walk) short(p *page, at step) error {
	if at.guessed || p.info.Next == "" || len(w.seen) >= p.info.Total {
		return nil
	}
	return catalog.Errorf(catalog.Unavailable, "the catalogue's pages repeat themselves; %d of %d datasets were read", len(w.seen), p.info.Total).
		Italian("le pagine del catalogo si ripetono; letti %d dataset su %d", len(w.seen), p.info.Total)
}
