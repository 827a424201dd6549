package datastore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"

	"portico/blob"
	"portico/catalog"
)

// Tables keeps the tables whose rows are written through the API: what a table
// is, in a catalog.Record; its rows, in segments among the blobs. A write adds
// a segment and never rewrites the table; small segments are put together as
// they grow many.
//
// The rows of the tables that were used last are in memory. One process writes
// to a table at a time; others see what it wrote.
type Tables struct {
	blobs   blob.Store
	records catalog.Records
	log     *slog.Logger

	mu    sync.Mutex
	open  map[string]*table
	turns int64
}

// NewTables returns the tables that are kept in blobs and records.
func NewTables(blobs blob.Store, records catalog.Records, log *slog.Logger) *Tables {
	return &Tables{blobs: blobs, records: records, log: log, open: map[string]*table{}}
}

// The limits of what is in memory, and of one table.
const (
	maxRows      = 2_000_000
	maxCells     = 20_000_000
	cachedCells  = 8_000_000
	manySegments = 16
)

// A Head says what a table is. Its zero value is a table without columns.
type Head struct {
	Fields   []Field   `json:"fields"`
	Key      []string  `json:"key,omitempty"` // the columns that are unique together
	Indexes  []string  `json:"indexes,omitempty"`
	Aliases  []string  `json:"aliases,omitempty"`
	Segments []segment `json:"segments,omitempty"`
	Next     int64     `json:"next"`  // ID of the next row
	Count    int64     `json:"count"` // of the rows
	Version  string    `json:"version"`
}

// A Row is a row of a table; Cells are in the order of its fields and are not
// to be changed.
type Row struct {
	ID    int64
	Cells []any
}

// A View is a table as it was at one moment. It does not change.
type View struct {
	Head
	Rows []Row // by ID
}

// A table is one that is in memory, as far as it has been asked for.
type table struct {
	mu   sync.Mutex // held while it is read or written
	view *View
	keys map[string]int64 // ID of the row with a key; nil = not yet made

	used    int64 // guarded, as holders, by Tables.mu
	holders int
}

// Table returns what the table of a distribution is and holds, or NotFound.
func (t *Tables) Table(ctx context.Context, id string) (*View, error) {
	at := t.hold(id)
	defer t.release(id, at)
	return t.load(ctx, id, at)
}

// Resolve returns the ID of the distribution that has the given alias, or ref
// itself.
func (t *Tables) Resolve(ctx context.Context, ref string) (string, error) {
	r, err := t.records.Record(ctx, catalog.RecordTableAlias, ref)
	if catalog.KindOf(err) == catalog.NotFound {
		return ref, nil
	}
	if err != nil {
		return "", fmt.Errorf("find the table %s: %w", ref, err)
	}
	return r.About, nil
}

// hold returns the place of a table in memory for its caller alone, until it
// is released.
func (t *Tables) hold(id string) *table {
	t.mu.Lock()
	at := t.open[id]
	if at == nil {
		at = &table{}
		t.open[id] = at
	}
	t.turns++
	at.used = t.turns
	at.holders++
	t.mu.Unlock()
	at.mu.Lock()
	return at
}

// release gives a table back, and forgets the rows that were not used for
// longest where there are too many.
func (t *Tables) release(id string, at *table) {
	at.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	at.holders--
	if at.holders == 0 && at.view == nil {
		delete(t.open, id)
	}
	for t.cells() > cachedCells {
		oldest := ""
		for id, o := range t.open {
			if o.holders == 0 && (oldest == "" || o.used < t.open[oldest].used) {
				oldest = id
			}
		}
		if oldest == "" || t.open[oldest] == at {
			return
		}
		delete(t.open, oldest)
	}
}

// cells counts what is in memory and not in use.
func (t *Tables) cells() int {
	sum := 0
	for _, at := range t.open {
		if at.holders == 0 && at.view != nil {
			sum += len(at.view.Rows) * (1 + len(at.view.Fields))
		}
	}
	return sum
}

// load brings a table up to date with what is stored.
func (t *Tables) load(ctx context.Context, id string, at *table) (*View, error) {
	const tries = 3 // between head and segments another process may have merged these
	var err error
	for range tries {
		var head *Head
		if head, err = t.head(ctx, id); err != nil {
			return nil, err
		}
		if at.view != nil && at.view.Version == head.Version {
			return at.view, nil
		}
		var rows []Row
		if rows, err = t.rows(ctx, head); err == nil {
			at.view, at.keys = &View{Head: *head, Rows: rows}, nil
			return at.view, nil
		}
		if catalog.KindOf(err) != catalog.NotFound {
			return nil, err
		}
	}
	return nil, catalog.Errorf(catalog.Internal, "rows of the table %s are missing", id).Because(err)
}

func (t *Tables) head(ctx context.Context, id string) (*Head, error) {
	r, err := t.records.Record(ctx, catalog.RecordTable, id)
	if err != nil {
		return nil, err
	}
	var h Head
	if err := json.Unmarshal(r.Body, &h); err != nil {
		return nil, fmt.Errorf("read what the table %s is: %w", id, err)
	}
	return &h, nil
}

// rows replays the segments of a table.
func (t *Tables) rows(ctx context.Context, h *Head) ([]Row, error) {
	p := replay{fields: h.Fields, rows: make([]Row, 0, h.Count), shared: map[string]string{}}
	for _, s := range h.Segments {
		f, err := t.blobs.Open(ctx, s.Hash)
		if err != nil {
			return nil, err
		}
		err = p.read(ctx, f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
	return p.live(), nil
}

// A change is what one write does to a table.
type change struct {
	head Head
	rows []Row // all of them, when it is done
	set  []Row
	gone []int64
}

// commit stores a change: first the segment, then the head that names it. What
// happens before the head is stored leaves a blob that nobody names.
func (t *Tables) commit(ctx context.Context, id string, at *table, c *change) error {
	if n := len(c.rows); n > maxRows || n*(1+len(c.head.Fields)) > maxCells {
		return invalid("records", "the table would have too many rows")
	}
	old := c.head.Segments
	if len(c.set)+len(c.gone) > 0 {
		raw, err := encodeSegment(c.head.Fields, c.set, c.gone)
		if err != nil {
			return err
		}
		s, err := t.put(ctx, sliceReader(raw), int64(len(c.set)+len(c.gone)))
		if err != nil {
			return err
		}
		c.head.Segments = append(slices.Clone(old), s)
	}
	spare, err := t.merge(ctx, &c.head, c.rows)
	if err != nil {
		return err
	}
	c.head.Count, c.head.Version = int64(len(c.rows)), rand.Text()
	body, err := json.Marshal(c.head)
	if err != nil {
		return fmt.Errorf("write what the table %s is: %w", id, err)
	}
	if err := t.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordTable, Key: id, About: id, Body: body}); err != nil {
		return fmt.Errorf("keep the table %s: %w", id, err)
	}
	at.view = &View{Head: c.head, Rows: c.rows}
	t.discard(ctx, spare)
	return nil
}

func (t *Tables) put(ctx context.Context, r io.Reader, ops int64) (segment, error) {
	hash, _, err := t.blobs.Put(ctx, r, 0)
	if err != nil {
		return segment{}, fmt.Errorf("keep rows: %w", err)
	}
	return segment{Hash: hash, Ops: ops}, nil
}

// merge puts segments together where they are many, so that every row is
// written a few times at most; and all into one, without what was replaced,
// where that is more than half. It returns the segments that are no longer of
// use.
func (t *Tables) merge(ctx context.Context, h *Head, rows []Row) (spare []segment, err error) {
	const least = 1000
	ops := int64(0)
	for _, s := range h.Segments {
		ops += s.Ops
	}
	if ops > 2*int64(len(rows))+least {
		spare = h.Segments
		h.Segments = nil
		if len(rows) == 0 {
			return spare, nil
		}
		raw, err := encodeSegment(h.Fields, rows, nil)
		if err != nil {
			return nil, err
		}
		s, err := t.put(ctx, sliceReader(raw), int64(len(rows)))
		h.Segments = []segment{s}
		return spare, err
	}
	if len(h.Segments) <= manySegments {
		return nil, nil
	}
	from, rest := 0, ops
	for i, s := range h.Segments {
		rest -= s.Ops
		if from = i; s.Ops <= rest {
			break
		}
	}
	from = min(from, len(h.Segments)-2)
	spare = slices.Clone(h.Segments[from:])
	s, err := t.concat(ctx, spare)
	h.Segments = append(slices.Clone(h.Segments[:from]), s)
	return spare, err
}

// concat makes one segment of several.
func (t *Tables) concat(ctx context.Context, all []segment) (segment, error) {
	var readers []io.Reader
	ops := int64(0)
	for _, s := range all {
		f, err := t.blobs.Open(ctx, s.Hash)
		if err != nil {
			return segment{}, fmt.Errorf("read rows: %w", err)
		}
		defer func() { _ = f.Close() }()
		readers = append(readers, f)
		ops += s.Ops
	}
	return t.put(ctx, io.MultiReader(readers...), ops)
}

// discard deletes segments. What stays is only wasted space.
func (t *Tables) discard(ctx context.Context, spare []segment) {
	for _, s := range spare {
		if err := t.blobs.Delete(context.WithoutCancel(ctx), s.Hash); err != nil {
			t.log.WarnContext(ctx, "a segment of a table was not deleted", "blob", s.Hash, "err", err)
		}
	}
}
