package quality

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"portico/catalog"
)

// A Checker finds out which addresses of data answer. It asks each host for one
// thing after another, so the pace is that of Client, and a few hosts at once.
// It asks only for what publishers have given as addresses of their data, and
// for no content, so it does not read robots.txt, which is for crawlers.
type Checker struct {
	Desk     *Desk
	Datasets catalog.DatasetReads
	Client   *http.Client     // guarded, polite, with short patience
	Every    time.Duration    // how often what answers is tried again; 0 = a day
	Budget   time.Duration    // how long a run may take; what is left is first in the next; 0 = 5 hours
	All      bool             // whether Run tries all links, due or not
	Log      *slog.Logger     // nil = nothing is logged
	Now      func() time.Time // nil = time.Now
}

// A LinkRun is how a run of the checker went.
type LinkRun struct {
	Begun    time.Time `json:"begun"`
	Ended    time.Time `json:"ended"`
	Links    int       `json:"links"`    // in use by public datasets, of other hosts
	Tried    int       `json:"tried"`    // in this run
	Answered int       `json:"answered"` // of those
	Failed   int       `json:"failed"`   // of those
	Broken   int       `json:"broken"`   // that became so in this run
	Mended   int       `json:"mended"`   // that were broken and answer again
	Left     bool      `json:"left"`     // there was no time for all
	Offline  bool      `json:"offline"`  // nobody answered at all: nothing was counted
}

const (
	hostsAtOnce = 8
	linkRound   = 1000 // how many links are taken up at once
	sweepPage   = 200  // datasets
)

// Run notes which addresses are in use and tries those that are due. progress
// may be nil; it is called by one goroutine at a time.
func (c *Checker) Run(ctx context.Context, progress func(tried int)) (LinkRun, error) {
	begun := c.now()
	run := &linkRun{Checker: c, LinkRun: LinkRun{Begun: begun}, progress: progress, hosts: map[string]bool{}}
	// Only what everybody may see is asked for: an address may be a secret.
	if err := c.sweep(catalog.WithActor(ctx, catalog.Actor{}), begun); err != nil {
		return run.LinkRun, err
	}
	if _, err := c.Desk.Links.ForgetLinks(ctx, begun); err != nil {
		return run.LinkRun, err
	}
	count, err := c.Desk.Links.CountLinks(ctx)
	if err != nil {
		return run.LinkRun, err
	}
	run.Links = count.All
	return run.end(ctx, run.rounds(ctx))
}

// rounds tries what is due, until there is nothing more or no time.
func (r *linkRun) rounds(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, cmp.Or(r.Budget, 5*time.Hour))
	defer cancel()
	at, most := r.Begun, linkRound // all that is tried in this run becomes due after it began
	if r.All {
		at, most = r.Begun.AddDate(1, 0, 0), -1
	}
	for {
		due, err := r.Desk.Links.DueLinks(ctx, at, most)
		if err != nil || len(due) == 0 {
			return err
		}
		if r.Left = limited.Err() != nil; r.Left {
			return nil
		}
		if err := r.round(limited, ctx, due); err != nil {
			return err
		}
		if r.All {
			r.Left = limited.Err() != nil
			return nil
		}
	}
}

// CheckDataset tries all addresses of one dataset now, due or not.
func (c *Checker) CheckDataset(ctx context.Context, d *catalog.Dataset) (LinkRun, error) {
	begun := c.now()
	run := &linkRun{Checker: c, LinkRun: LinkRun{Begun: begun}, hosts: map[string]bool{}}
	addresses := c.foreign(d)
	if err := c.Desk.Links.SeeLinks(ctx, addresses, begun); err != nil {
		return run.LinkRun, err
	}
	known, err := c.Desk.Links.LinksOf(ctx, addresses)
	if err != nil {
		return run.LinkRun, err
	}
	run.Links = len(known)
	var links []*catalog.Link
	for _, a := range addresses {
		if l := known[a]; l != nil {
			links = append(links, l)
		}
	}
	return run.end(ctx, run.round(ctx, ctx, links))
}

// foreign returns the addresses of d that are not our own.
func (c *Checker) foreign(d *catalog.Dataset) []string {
	return slices.DeleteFunc(Addresses(d), func(a string) bool { _, own := ownPath(c.Desk.Site, a); return own })
}

// sweep notes which addresses are in use.
func (c *Checker) sweep(ctx context.Context, at time.Time) error {
	after := ""
	for {
		ds, _, err := c.Datasets.ListDatasets(ctx, catalog.DatasetFilter{After: after, Limit: sweepPage})
		if err != nil || len(ds) == 0 {
			return err
		}
		var all []string
		for _, d := range ds {
			all = append(all, c.foreign(d)...)
		}
		if err := c.Desk.Links.SeeLinks(ctx, all, at); err != nil {
			return err
		}
		after = ds[len(ds)-1].ID
	}
}

func (c *Checker) now() time.Time {
	if c.Now != nil {
		return c.Now().UTC().Truncate(time.Microsecond)
	}
	return time.Now().UTC().Truncate(time.Microsecond)
}

// A linkRun is a run that goes on.
type linkRun struct {
	*Checker
	LinkRun

	mu       sync.Mutex
	hosts    map[string]bool // that were asked
	heard    bool            // somebody answered, so our own network is up
	held     []held          // silence that may be that of our own network
	changed  bool            // a link became broken or was mended
	progress func(int)
}

type held struct {
	link *catalog.Link
	o    outcome
}

// enoughHosts is how many silent hosts make us doubt our own network.
const enoughHosts = 3

// round tries links, one host beside another, until trying is done. What was
// found is kept under keeping.
func (r *linkRun) round(trying, keeping context.Context, links []*catalog.Link) error {
	queues := map[string][]*catalog.Link{}
	for _, l := range links {
		host := hostOf(l.Address)
		queues[host] = append(queues[host], l)
	}
	work := make(chan []*catalog.Link)
	var wg sync.WaitGroup
	var failed error
	var once sync.Once
	for range min(hostsAtOnce, len(queues)) {
		wg.Go(func() {
			for queue := range work {
				for _, l := range queue {
					if trying.Err() != nil {
						break
					}
					if err := r.try(trying, keeping, l); err != nil {
						once.Do(func() { failed = err })
						break
					}
				}
			}
		})
	}
	for _, queue := range queues {
		work <- queue
	}
	close(work)
	wg.Wait()
	if failed == nil && keeping.Err() != nil {
		return context.Cause(keeping)
	}
	return failed
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// try tries one link and keeps how it went.
func (r *linkRun) try(trying, keeping context.Context, l *catalog.Link) error {
	o := probe(trying, r.Client, l.Address)
	if trying.Err() != nil {
		return nil // it was broken off, which says nothing
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hosts[hostOf(l.Address)] = true
	if r.Tried++; r.progress != nil {
		r.progress(r.Tried)
	}
	if o.verdict == silent && !r.heard {
		r.held = append(r.held, held{l, o})
		// It is not to be due again in this run, and nothing else is said of it.
		later := *l
		note(&later, outcome{verdict: undecided}, r.now(), r.every())
		return r.Desk.Links.PutLink(keeping, &later)
	}
	if o.status > 0 && !r.heard {
		r.heard = true
		if err := r.release(keeping); err != nil {
			return err
		}
	}
	return r.keep(keeping, l, o)
}

// release keeps what was held back.
func (r *linkRun) release(ctx context.Context) error {
	for _, h := range r.held {
		if err := r.keep(ctx, h.link, h.o); err != nil {
			return err
		}
	}
	r.held = nil
	return nil
}

func (r *linkRun) keep(ctx context.Context, l *catalog.Link, o outcome) error {
	before := l.Broken()
	note(l, o, r.now(), r.every())
	switch {
	case o.verdict == answers:
		r.Answered++
	case o.verdict != undecided:
		r.Failed++
	}
	switch {
	case l.Broken() && !before:
		r.Broken++
		r.changed = true
	case before && !l.Broken():
		r.Mended++
		r.changed = true
	}
	return r.Desk.Links.PutLink(ctx, l)
}

// end settles what is left of a run, and has datasets scored again when links
// broke or were mended.
func (r *linkRun) end(ctx context.Context, err error) (LinkRun, error) {
	if err == nil && len(r.held) > 0 {
		if r.Offline = len(r.hosts) >= enoughHosts; r.Offline {
			r.logger().WarnContext(ctx, "no address of data answered: is this machine on the network? Nothing was counted")
		} else {
			err = r.release(ctx)
		}
	}
	if err == nil && r.changed && r.Desk.Scores != nil {
		err = r.Desk.Scores.RescoreAll(ctx)
	}
	r.Ended = r.now()
	r.logger().InfoContext(ctx, "links checked", "links", r.Links, "tried", r.Tried, "answered", r.Answered, "failed", r.Failed, "broken", r.Broken, "mended", r.Mended, "left", r.Left)
	return r.LinkRun, err
}

func (r *linkRun) every() time.Duration { return cmp.Or(r.Every, 24*time.Hour) }

func (r *linkRun) logger() *slog.Logger {
	if r.Log != nil {
		return r.Log
	}
	return slog.New(slog.DiscardHandler)
}
