package datastore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"portico/catalog"
)

// A History keeps the snapshots that a distribution has had, as long as a rule
// says, with what changed from each to the next.
type History struct {
	Records   catalog.Records
	Snapshots *Snapshots
	Keep      Retention
	Log       *slog.Logger
}

// A Retention says which snapshots stay: those that are young, and the newest
// ones however old they are. The current one always stays.
type Retention struct {
	Newest int
	Young  time.Duration
}

// A Snapshot is a table as it once was.
type Snapshot struct {
	catalog.Table
	Change *Change `json:"change,omitempty"` // since the one before; nil for the first
}

// Note adds the snapshot is of a distribution, which was another before or,
// where was has no rows, none. A snapshot of the same rows is no new one.
func (h *History) Note(ctx context.Context, distribution string, was, is *catalog.Table) error {
	if h == nil || is == nil || is.Hash == "" || was != nil && was.Hash == is.Hash {
		return nil
	}
	all, err := h.List(ctx, distribution)
	if err != nil {
		return err
	}
	s := Snapshot{Table: *is}
	if was != nil && was.Hash != "" {
		if len(all) == 0 { // it was loaded before there was a history
			err = h.put(ctx, distribution, Snapshot{Table: *was})
		}
		s.Change = h.compare(ctx, distribution, was, is)
	}
	if err := errors.Join(err, h.put(ctx, distribution, s)); err != nil {
		return err
	}
	return h.trim(ctx, distribution, time.Now())
}

// compare says what changed; nil where that cannot be told, which must not keep
// a new snapshot from being noted.
func (h *History) compare(ctx context.Context, distribution string, was, is *catalog.Table) *Change {
	c, err := h.Snapshots.Compare(ctx, was, is)
	if err != nil {
		h.Log.WarnContext(ctx, "two snapshots cannot be compared", "distribution", distribution, "err", err)
	}
	return c
}

func (h *History) put(ctx context.Context, distribution string, s Snapshot) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write a snapshot: %w", err)
	}
	r := &catalog.Record{Kind: catalog.RecordSnapshot, Key: snapshotKey(distribution, s.Taken), About: distribution, Body: body}
	if err := h.Records.PutRecord(ctx, r); err != nil {
		return fmt.Errorf("keep a snapshot: %w", err)
	}
	return nil
}

// snapshotKey is unique, for two snapshots of a distribution are not taken in
// the same microsecond.
func snapshotKey(distribution string, taken time.Time) string {
	return distribution + "/" + taken.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// List returns the snapshots of a distribution, the newest first.
func (h *History) List(ctx context.Context, distribution string) ([]Snapshot, error) {
	rs, err := h.Records.Records(ctx, catalog.RecordSnapshot, distribution, "")
	if err != nil {
		return nil, fmt.Errorf("list the snapshots: %w", err)
	}
	out := make([]Snapshot, len(rs))
	for i, r := range rs {
		if err := json.Unmarshal(r.Body, &out[i]); err != nil {
			return nil, fmt.Errorf("read the snapshot %s: %w", r.Key, err)
		}
	}
	slices.SortFunc(out, func(a, b Snapshot) int { return b.Taken.Compare(a.Taken) })
	return out, nil
}

// At returns the snapshot of a distribution that ref names: the SHA-256 of its
// rows, a day (2026-11-22), at whose end it was the current one, or a moment
// of RFC 3339. It is NotFound where there was none, or where it is no longer
// kept.
func (h *History) At(ctx context.Context, distribution, ref string) (*catalog.Table, error) {
	all, err := h.List(ctx, distribution)
	if err != nil {
		return nil, err
	}
	until, isTime := momentOf(ref)
	for i := range all {
		if all[i].Hash == ref || isTime && !all[i].Taken.After(until) {
			return &all[i].Table, nil
		}
	}
	return nil, catalog.Errorf(catalog.NotFound, "there is no snapshot of that time").Italian("non c'è una versione di quella data")
}

// momentOf reads a day, which means its end, or a moment.
func momentOf(s string) (time.Time, bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(24*time.Hour - time.Microsecond), true
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

// trim forgets the snapshots that the rule does not keep. Their rows go with
// the next collection.
func (h *History) trim(ctx context.Context, distribution string, now time.Time) error {
	all, err := h.List(ctx, distribution)
	if err != nil {
		return err
	}
	for i, s := range all {
		if i < max(h.Keep.Newest, 1) || now.Sub(s.Taken) < h.Keep.Young {
			continue
		}
		err := h.Records.RemoveRecord(ctx, catalog.RecordSnapshot, snapshotKey(distribution, s.Taken))
		if err != nil && catalog.KindOf(err) != catalog.NotFound {
			return fmt.Errorf("forget a snapshot: %w", err)
		}
	}
	return nil
}

// Trim forgets the snapshots of all distributions that the rule no longer
// keeps.
func (h *History) Trim(ctx context.Context) error {
	rs, err := h.Records.Records(ctx, catalog.RecordSnapshot, "", "")
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range rs {
		if seen[r.About] {
			continue
		}
		seen[r.About] = true
		if err := h.trim(ctx, r.About, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// Used calls keep with the hash of every blob of the snapshots that are kept.
func (h *History) Used(ctx context.Context, keep func(hash string)) error {
	rs, err := h.Records.Records(ctx, catalog.RecordSnapshot, "", "")
	if err != nil {
		return fmt.Errorf("list the snapshots: %w", err)
	}
	for _, r := range rs {
		var s Snapshot
		if err := json.Unmarshal(r.Body, &s); err != nil {
			return fmt.Errorf("read the snapshot %s: %w", r.Key, err)
		}
		UsedBy(&s.Table, keep)
	}
	return nil
}
