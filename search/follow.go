package search

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"portico/catalog"
)

// A Source is where Follow reads what it indexes; the store is one.
type Source interface {
	DatasetsByID(ctx context.Context, ids []string) ([]*catalog.Dataset, error)
	// Body returns an organization or group, the other being nil, or NotFound.
	Body(ctx context.Context, ref string) (*catalog.Organization, *catalog.Group, error)
}

// Follow brings e up to date with the catalog, a batch at a time, and returns
// when nothing is stale. It acts as catalog.System and indexes the datasets
// that are Active or Draft, private or not; Find says who is shown them. One
// Follow may run at a time.
func Follow(ctx context.Context, e Engine, idx catalog.Index, src Source) error {
	_, err := follow(ctx, e, idx, src)
	return err
}

// follow is Follow, and tells how many datasets were stale.
func follow(ctx context.Context, e Engine, idx catalog.Index, src Source) (n int, err error) {
	const batch = 500
	ctx = catalog.WithActor(ctx, catalog.System)
	orgs := organizations{src: src}
	for {
		stale, err := idx.Stale(ctx, batch)
		if err != nil || len(stale) == 0 {
			return n, err
		}
		if err := refresh(ctx, e, stale, &orgs); err != nil {
			return n, err
		}
		if err := idx.Indexed(ctx, stale); err != nil {
			return n, err
		}
		n += len(stale)
	}
}

// findable reports whether d has a document. Drafts are found by those who may
// see them and ask for them.
func findable(d *catalog.Dataset) bool { return d.State == catalog.Active || d.State == catalog.Draft }

func refresh(ctx context.Context, e Engine, stale []catalog.Stale, orgs *organizations) error {
	ids := make([]string, 0, len(stale))
	for _, x := range stale {
		ids = append(ids, x.ID)
	}
	ds, err := orgs.src.DatasetsByID(ctx, ids)
	if err != nil {
		return err
	}
	docs := make([]Document, 0, len(ds))
	there := make(map[string]bool, len(ds))
	for _, d := range ds {
		if !findable(d) {
			continue
		}
		name, title, err := orgs.of(ctx, d.Organization)
		if err != nil {
			return err
		}
		docs = append(docs, NewDocument(d, name, title))
		there[d.ID] = true
	}
	var gone []string
	for _, id := range ids {
		if !there[id] {
			gone = append(gone, id)
		}
	}
	if len(docs) > 0 {
		if err := e.Put(ctx, docs...); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return e.Delete(ctx, gone...)
}

// An organizations looks each organization up once per Follow.
type organizations struct {
	src  Source
	byID map[string]*catalog.Organization
}

// of returns the name and title of an organization; those that are not there
// have none.
func (o *organizations) of(ctx context.Context, id string) (name, title string, err error) {
	if id == "" {
		return "", "", nil
	}
	org, ok := o.byID[id]
	if !ok {
		org, _, err = o.src.Body(ctx, id)
		if err != nil && catalog.KindOf(err) != catalog.NotFound {
			return "", "", err
		}
		if o.byID == nil {
			o.byID = make(map[string]*catalog.Organization)
		}
		o.byID[id] = org
	}
	if org == nil || org.State == catalog.Deleted {
		return "", "", nil
	}
	return org.Name, org.Title.String(), nil
}

// A Follower keeps an Engine up to date. It must not be copied once it is used.
type Follower struct {
	Engine   Engine
	Index    catalog.Index
	Source   Source
	Log      *slog.Logger
	Every    time.Duration // how often it looks for changes that nobody told it of; 0 = 2 s
	Snapshot *Snapshot     // nil = none; else Engine is a Keeper

	mu    sync.Mutex
	wake  chan struct{} // holds one, when somebody waits
	asked uint64        // how often Settle was called
	done  uint64        // which of those calls are served
	round chan struct{} // closed at the end of each round

	// Of Keep alone:
	saving saving
	filled bool      // it was not empty, or everything was marked stale
	had    bool      // it had documents when that was last looked up
	looked time.Time // when that was
}

// Settle returns when e has learned of every change made before the call, or
// when ctx is done. Keep must be running.
func (f *Follower) Settle(ctx context.Context) {
	f.mu.Lock()
	f.ready()
	f.asked++
	mine, wake := f.asked, f.wake
	f.mu.Unlock()
	select {
	case wake <- struct{}{}:
	default: // it is awake already
	}
	for {
		f.mu.Lock()
		served, round := f.done >= mine, f.round
		f.mu.Unlock()
		if served {
			return
		}
		select {
		case <-round:
		case <-ctx.Done():
			return
		}
	}
}

// ready makes the channels; f.mu is held.
func (f *Follower) ready() {
	if f.wake == nil {
		f.wake, f.round = make(chan struct{}, 1), make(chan struct{})
	}
}

// Keep follows the catalog until ctx is done. An engine that is empty is filled
// with the whole of it, at first and whenever it was wiped. An error is logged, and tried again after a
// pause that doubles up to a minute.
func (f *Follower) Keep(ctx context.Context) {
	every := f.Every
	if every <= 0 {
		every = 2 * time.Second
	}
	f.mu.Lock()
	f.ready()
	wake := f.wake
	f.mu.Unlock()
	pause := every
	defer f.saveLast(ctx)
	for ctx.Err() == nil {
		if err := f.follow(ctx); err == nil {
			pause = every
			f.saveSometimes(ctx)
			wait(ctx, pause, wake)
			continue
		} else if ctx.Err() == nil {
			f.Log.ErrorContext(ctx, "the search index cannot follow the catalog", "error", err, "again_in", pause)
		}
		wait(ctx, pause, nil) // being woken is no reason to hurry on
		pause = min(2*pause, time.Minute)
	}
}

// follow is one round: it serves all who asked before it began.
func (f *Follower) follow(ctx context.Context) error {
	f.mu.Lock()
	serves := f.asked
	f.mu.Unlock()
	if err := f.refill(ctx); err != nil {
		return err
	}
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = serves
	close(f.round)
	f.round = make(chan struct{})
	return nil
}

// refill marks everything stale when the engine is empty that was not: it is
// new, or somebody has wiped it.
func (f *Follower) refill(ctx context.Context) error {
	now := time.Now()
	if f.filled && now.Sub(f.looked) < lookEvery {
		return nil
	}
	n, err := f.Engine.Len(ctx)
	if err != nil {
		return err
	}
	f.looked = now
	if n == 0 && (!f.filled || f.had) {
		if err := f.Index.MarkAllStale(catalog.WithActor(ctx, catalog.System)); err != nil {
			return err
		}
	}
	f.filled, f.had = true, n > 0
	return nil
}

// catchUp follows once, and remembers whether there was anything to follow.
func (f *Follower) catchUp(ctx context.Context) error {
	n, err := follow(ctx, f.Engine, f.Index, f.Source)
	f.saving.changed = f.saving.changed || n > 0
	return err
}

func wait(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}
