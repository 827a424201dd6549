package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"portico/blob"
	"portico/catalog"
)

// A Collector removes the blobs to which nothing refers any more.
type Collector struct {
	Blobs blob.Store
	Grace time.Duration // how old a blob must be: whoever puts one refers to it soon after
	Log   *slog.Logger

	// Used calls keep with the hash of every blob that something refers to. It
	// is asked after the old blobs have been listed, so that what was referred
	// to meanwhile is known.
	Used func(ctx context.Context, keep func(hash string)) error
}

// Collected is what a Collector has removed.
type Collected struct {
	Blobs int   `json:"blobs"`
	Bytes int64 `json:"bytes"`
}

// Collect removes what is old and not used. What is put again meanwhile stays.
func (c *Collector) Collect(ctx context.Context) (done Collected, err error) {
	before := time.Now().Add(-c.Grace)
	old := map[blob.Hash]int64{}
	err = c.Blobs.All(ctx, func(h blob.Hash, size int64, put time.Time) error {
		if put.Before(before) {
			old[h] = size
		}
		return nil
	})
	if err != nil {
		return done, fmt.Errorf("list the files: %w", err)
	}
	if len(old) == 0 {
		return done, nil
	}
	if err := c.Used(ctx, func(hash string) { delete(old, hash) }); err != nil {
		return done, fmt.Errorf("ask which files are used: %w", err)
	}
	for h, size := range old {
		deleted, err := c.Blobs.DeleteOlder(ctx, h, before)
		if err != nil {
			return done, fmt.Errorf("remove a file that nothing refers to: %w", err)
		}
		if deleted {
			done.Blobs++
			done.Bytes += size
		}
	}
	if done.Blobs > 0 {
		c.Log.InfoContext(ctx, "files removed that nothing refers to", "files", done.Blobs, "bytes", done.Bytes)
	}
	return done, nil
}

// Used calls keep with the hash of every blob of the tables that are written
// through the API.
func (t *Tables) Used(ctx context.Context, keep func(hash string)) error {
	all, err := t.records.Records(ctx, catalog.RecordTable, "", "")
	if err != nil {
		return fmt.Errorf("list the tables: %w", err)
	}
	for _, r := range all {
		var h Head
		if err := json.Unmarshal(r.Body, &h); err != nil {
			return fmt.Errorf("read what the table %s is: %w", r.Key, err)
		}
		if h.Base != nil {
			keep(h.Base.Hash)
		}
		for _, s := range h.Segments {
			keep(s.Hash)
		}
	}
	return nil
}

// UsedBy calls keep with the hash of every blob of a snapshot, and of those of
// the other tables of its file.
func UsedBy(t *catalog.Table, keep func(hash string)) {
	if t == nil {
		return
	}
	keep(t.Hash)
	keep(t.File)
	for i := range t.Others {
		UsedBy(&t.Others[i], keep)
	}
}
