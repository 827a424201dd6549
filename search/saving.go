package search

import (
	"context"
	"time"
)

// A saving is what Keep remembers of its snapshots.
type saving struct {
	changed bool          // something was indexed since the last was begun
	last    time.Time     // when that was
	looked  time.Time     // for another's
	busy    chan struct{} // nil, or closed when the one that is being written is done
}

const (
	saveEvery  = 10 * time.Minute // between two snapshots, when anything has changed
	saveWithin = 20 * time.Second // for the last one, when the program ends
	lookEvery  = 5 * time.Second  // for a snapshot that another program has made, and whether the engine was wiped
)

// saveSometimes begins a snapshot when it is time for one, and writes it beside
// whatever else there is to do; and it takes over one that was made aside.
func (f *Follower) saveSometimes(ctx context.Context) {
	k, ok := f.Engine.(Keeper)
	if f.Snapshot == nil || !ok {
		return
	}
	if f.saving.busy != nil {
		select {
		case <-f.saving.busy:
			f.saving.busy = nil
		default:
			return
		}
	}
	now := time.Now()
	if now.Sub(f.saving.looked) >= lookEvery {
		f.saving.looked = now
		f.takeOver(ctx, k)
	}
	if !f.saving.changed || now.Sub(f.saving.last) < saveEvery {
		return
	}
	token, err := f.beginSnapshot(ctx, now)
	if err != nil {
		f.Log.ErrorContext(ctx, "the search index cannot be written down", "error", err)
		return
	}
	done := make(chan struct{})
	f.saving.busy = done
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer close(done)
		f.finishSnapshot(ctx, k, token)
	}()
}

func (f *Follower) beginSnapshot(ctx context.Context, now time.Time) (token string, err error) {
	f.saving.last = now
	if token, err = f.Snapshot.begin(ctx, f.catchUp); err == nil {
		f.saving.changed = false
	}
	return token, err
}

func (f *Follower) finishSnapshot(ctx context.Context, k Keeper, token string) {
	begun := time.Now()
	if err := f.Snapshot.finish(ctx, k, token); err != nil {
		f.Log.ErrorContext(ctx, "the search index cannot be written down", "error", err)
		return
	}
	f.Log.InfoContext(ctx, "search index written down", "path", f.Snapshot.Path, "took", time.Since(begun))
}

// takeOver reads a snapshot that another program, such as one that made the
// index anew, has put in the place of this one's.
func (f *Follower) takeOver(ctx context.Context, k Keeper) {
	token := f.Snapshot.replaced()
	if token == "" {
		return
	}
	f.Snapshot.token = token // if it cannot be read now, it never can
	why, err := f.Snapshot.Read(ctx, k)
	if err != nil || why != "" {
		f.Log.WarnContext(ctx, "a new search index cannot be taken over", "why", why, "error", err)
		return
	}
	f.Log.InfoContext(ctx, "search index taken over", "path", f.Snapshot.Path)
}

// saveLast writes what has changed since the last snapshot, when ctx is done.
func (f *Follower) saveLast(ctx context.Context) {
	if f.saving.busy != nil {
		<-f.saving.busy
	}
	k, ok := f.Engine.(Keeper)
	if f.Snapshot == nil || !ok || !f.saving.changed {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
	defer cancel()
	token, err := f.beginSnapshot(ctx, time.Now())
	if err != nil {
		f.Log.ErrorContext(ctx, "the search index cannot be written down", "error", err)
		return
	}
	f.finishSnapshot(ctx, k, token)
}

// Changed tells Keep, before it begins, that the index is not as the last
// snapshot has it.
func (f *Follower) Changed() { f.saving.changed = true }
