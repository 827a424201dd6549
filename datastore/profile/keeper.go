package profile

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"portico/catalog"
	"portico/datastore"
	"portico/exporter"
)

// A Keeper makes the profile of each snapshot once, and keeps it. Records may
// be nil: then every profile is made anew.
type Keeper struct {
	Tables  datastore.Store
	Records catalog.Records
	Log     *slog.Logger

	mu      sync.Mutex
	pending map[string]time.Time // when what is being made, or has failed, may be tried again
	one     sync.Mutex           // held by who works in the background
}

const (
	maxWaited  = 400_000          // cells of a table whose profile a reader waits for
	maxPending = 1000             // tables that wait
	maxWork    = 5 * time.Minute  // for one profile
	retryAfter = 10 * time.Minute // after a failure
)

// Profile returns the profile of a snapshot of a distribution. It is nil while
// that of a large one is being made, which this begins.
func (k *Keeper) Profile(ctx context.Context, distribution string, t *catalog.Table) (*Profile, error) {
	if p := k.kept(ctx, distribution, t.Hash); p != nil {
		return p, nil
	}
	if t.Rows*int64(len(t.Columns)) <= maxWaited || k.Records == nil {
		return k.make(ctx, distribution, t)
	}
	if k.begin(t.Hash) {
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWork)
			defer cancel()
			k.one.Lock()
			defer k.one.Unlock()
			if _, err := k.make(ctx, distribution, t); err != nil {
				k.Log.ErrorContext(ctx, "a table has no profile", "table", t.Hash, "err", err)
			}
		}()
	}
	return nil, nil //nolint:nilnil // it is not there yet
}

// begin reports whether the profile of a table is to be made now.
func (k *Keeper) begin(table string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Now().Before(k.pending[table]) {
		return false
	}
	if k.pending == nil || len(k.pending) >= maxPending {
		k.pending = map[string]time.Time{}
	}
	k.pending[table] = time.Now().Add(retryAfter)
	return true
}

func (k *Keeper) kept(ctx context.Context, distribution, table string) *Profile {
	if k.Records == nil {
		return nil
	}
	r, err := k.Records.Record(ctx, catalog.RecordProfile, distribution)
	if err != nil {
		return nil
	}
	var p Profile
	if json.Unmarshal(r.Body, &p) != nil || p.Table != table || p.Made != version {
		return nil
	}
	return &p
}

// make makes a profile and keeps it; that it cannot be kept is no harm.
func (k *Keeper) make(ctx context.Context, distribution string, t *catalog.Table) (*Profile, error) {
	p, err := Of(ctx, func(ctx context.Context) (exporter.Rows, func() error, error) {
		rows, closer, err := k.Tables.Rows(ctx, t, 0, -1)
		if err != nil {
			return rows, nil, err
		}
		return rows, closer.Close, nil
	})
	if err != nil || k.Records == nil {
		return p, err
	}
	p.Table = t.Hash
	body, err := json.Marshal(p)
	if err == nil {
		err = k.Records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordProfile, Key: distribution, About: distribution, Body: body})
	}
	if err != nil {
		k.Log.WarnContext(ctx, "the profile of a table was not kept", "table", t.Hash, "err", err)
	}
	return p, nil
}
