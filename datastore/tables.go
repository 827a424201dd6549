package datastore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	rand2 "math/rand/v2"
	"slices"
	"sync"
	"time"

	"portico/blob"
	"portico/catalog"
)

// Tables keeps the tables whose rows are written through the API: what a table
// is, in a catalog.Record; its rows, in a Parquet file and, what was written
// since, in segments among the blobs. A write adds a segment and never rewrites
// the table; small segments are put together as they grow many, and Compact
// makes one Parquet file of all.
//
// The rows of the tables that were used last are in memory. Several processes
// may write to a table: who comes second does the change again on what the
// first has left.
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
	Base     *base     `json:"base,omitempty"` // what Compact has made; nil = nothing yet
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
	Rows []Row // by ID; nil where they are too many to be held: then Search reads them from disk

	look *lookup
	far  *far // where the rows are that are not held; nil = Rows are all
}

func newView(h Head, rows []Row) *View { return &View{Head: h, Rows: rows, look: &lookup{}} }

// A table is one that is in memory, as far as it has been asked for.
type table struct {
	mu   sync.Mutex // held while it is read or written
	view *View
	body []byte           // the record that view is of; nil = there is none
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

// alter runs f, which loads a table and commits a change, until nobody else
// changes the table between the two.
func (t *Tables) alter(ctx context.Context, id string, f func(at *table) error) error {
	const tries = 50
	at := t.hold(id)
	defer t.release(id, at)
	for n := 1; ; n++ {
		err := f(at)
		if catalog.KindOf(err) != catalog.Conflict || n == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand2.N(time.Duration(n) * time.Millisecond)): // so that two do not meet again and again
		}
	}
}

// cells counts what is in memory and not in use.
func (t *Tables) cells() int {
	sum := 0
	for _, at := range t.open {
		if at.holders == 0 && at.view != nil {
			sum += at.view.weight()
		}
	}
	return sum
}

// weight is about how much memory a view takes, in cells.
func (v *View) weight() int {
	const open = 100_000 // the directory of a file, and what filters chose
	if v.far != nil {
		return open
	}
	return len(v.Rows) * (1 + len(v.Fields))
}

// load brings a table up to date with what is stored.
func (t *Tables) load(ctx context.Context, id string, at *table) (*View, error) {
	const tries = 3 // between head and segments another process may have merged these
	var err error
	for range tries {
		var head *Head
		var body []byte
		if head, body, err = t.head(ctx, id); err != nil {
			at.view, at.keys, at.body = nil, nil, nil
			return nil, err
		}
		if at.view != nil && at.view.Version == head.Version {
			return at.view, nil
		}
		var rows []Row
		if rows, err = t.rows(ctx, head); err == nil {
			at.view, at.keys, at.body = newView(*head, rows), nil, body
			return at.view, nil
		}
		if catalog.KindOf(err) != catalog.NotFound {
			return nil, err
		}
	}
	return nil, catalog.Errorf(catalog.Internal, "rows of the table %s are missing", id).Because(err)
}

func (t *Tables) head(ctx context.Context, id string) (*Head, []byte, error) {
	r, err := t.records.Record(ctx, catalog.RecordTable, id)
	if err != nil {
		return nil, nil, err
	}
	var h Head
	if err := json.Unmarshal(r.Body, &h); err != nil {
		return nil, nil, fmt.Errorf("read what the table %s is: %w", id, err)
	}
	return &h, r.Body, nil
}

// rows reads the rows of a table, and what was changed since they were put
// together.
func (t *Tables) rows(ctx context.Context, h *Head) ([]Row, error) {
	p := replay{fields: h.Fields, rows: make([]Row, 0, h.Count), shared: map[string]string{}}
	if err := p.base(ctx, t.blobs, h.Base); err != nil {
		return nil, err
	}
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
	spare, err := t.merge(ctx, &c.head)
	if err != nil {
		return err
	}
	c.head.Count = int64(len(c.rows))
	if err := t.swap(ctx, id, at, &c.head); err != nil {
		t.discard(ctx, without(c.head.Segments, old)) // nobody else knows of them
		return err
	}
	at.view = newView(c.head, c.rows)
	t.discard(ctx, spare)
	return nil
}

// swap stores a head in the place of the one that was read, or is Conflict.
func (t *Tables) swap(ctx context.Context, id string, at *table, h *Head) error {
	h.Version = rand.Text()
	body, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write what the table %s is: %w", id, err)
	}
	if err := t.records.SwapRecord(ctx, &catalog.Record{Kind: catalog.RecordTable, Key: id, About: aboutOf(id), Body: body}, at.body); err != nil {
		return fmt.Errorf("keep the table %s: %w", id, err)
	}
	at.body = body
	return nil
}

// without returns the segments of all that are not among those of old.
func without(all, old []segment) []segment {
	return slices.DeleteFunc(slices.Clone(all), func(s segment) bool { return slices.Contains(old, s) })
}

func (t *Tables) put(ctx context.Context, r io.Reader, ops int64) (segment, error) {
	hash, _, err := t.blobs.Put(ctx, r, 0)
	if err != nil {
		return segment{}, fmt.Errorf("keep rows: %w", err)
	}
	return segment{Hash: hash, Ops: ops}, nil
}

// merge puts segments together where they are many, so that every row is
// written a few times at most. It returns the segments that are no longer of
// use.
func (t *Tables) merge(ctx context.Context, h *Head) (spare []segment, err error) {
	if len(h.Segments) <= manySegments {
		return nil, nil
	}
	rest := int64(0)
	for _, s := range h.Segments {
		rest += s.Ops
	}
	from := 0
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
