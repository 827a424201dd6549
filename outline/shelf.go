package outline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"portico/blob"
	"portico/catalog"
)

// A Kept says what is kept of a level. Its JSON form is the body of a record.
type Kept struct {
	Level       Level      `json:"level"`
	Hash        blob.Hash  `json:"hash"` // of the blob with the outlines
	Areas       int        `json:"areas"`
	Points      int        `json:"points"`
	Bytes       int64      `json:"bytes"`
	Source      string     `json:"source"` // name of the file that they came from
	Imported    time.Time  `json:"imported"`
	Attribution string     `json:"attribution"`
	Box         [4]float64 `json:"box"` // west, south, east, north
}

// A Shelf keeps sets of outlines: the bytes as blobs, what they are in records.
// It may be used by many at once, and notices what another process has
// imported.
type Shelf struct {
	Records catalog.Records
	Blobs   blob.Store
	Log     *slog.Logger

	mu     sync.Mutex
	looked time.Time
	kept   []Kept
	sets   map[blob.Hash]*Set
}

// lookAgain is after how long a Shelf looks for what others have imported.
const lookAgain = 2 * time.Second

// Keep puts a set in place of that of its level.
func (s *Shelf) Keep(ctx context.Context, set *Set, source string) (Kept, error) {
	b, err := encode(set)
	if err != nil {
		return Kept{}, err
	}
	hash, size, err := s.Blobs.Put(ctx, bytes.NewReader(b), 0)
	if err != nil {
		return Kept{}, fmt.Errorf("keep the outlines: %w", err)
	}
	k := Kept{
		Level: set.Level, Hash: hash, Areas: set.Len(), Points: set.Points(), Bytes: size, Source: source,
		Imported: time.Now().UTC().Truncate(time.Second), Attribution: Attribution,
	}
	if box, ok := Bound(set.Areas); ok {
		k.Box = [4]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]}
	}
	body, err := json.Marshal(k)
	if err != nil {
		return Kept{}, fmt.Errorf("keep the outlines: %w", err)
	}
	if err := s.Records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordOutlines, Key: string(set.Level), Body: body}); err != nil {
		return Kept{}, fmt.Errorf("keep the outlines: %w", err)
	}
	s.forget()
	return k, nil
}

// Remove takes the outlines of a level away; NotFound where there are none. The
// blob goes when blobs that nothing names are collected.
func (s *Shelf) Remove(ctx context.Context, l Level) error {
	defer s.forget()
	return s.Records.RemoveRecord(ctx, catalog.RecordOutlines, string(l))
}

func (s *Shelf) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looked = time.Time{}
}

// List returns what is kept, the smallest areas first.
func (s *Shelf) List(ctx context.Context) ([]Kept, error) {
	records, err := s.Records.Records(ctx, catalog.RecordOutlines, "", "")
	if err != nil {
		return nil, fmt.Errorf("list the outlines: %w", err)
	}
	var out []Kept
	for _, r := range records {
		var k Kept
		if err := json.Unmarshal(r.Body, &k); err != nil {
			return nil, fmt.Errorf("read what outlines are kept: %w", err)
		}
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Kept) int { return slices.Index(Levels, a.Level) - slices.Index(Levels, b.Level) })
	return out, nil
}

// Used calls keep with the hash of every blob that holds outlines.
func (s *Shelf) Used(ctx context.Context, keep func(hash string)) error {
	all, err := s.List(ctx)
	for _, k := range all {
		keep(k.Hash)
	}
	return err
}

// Set returns the outlines of a level, nil where there are none, and what is
// known of them. What cannot be read is told in the log, and is as if it was
// not there: a map has then a plain ground. A nil *Shelf has nothing.
func (s *Shelf) Set(ctx context.Context, l Level) (*Set, Kept) {
	if s == nil {
		return nil, Kept{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(ctx)
	i := slices.IndexFunc(s.kept, func(k Kept) bool { return k.Level == l })
	if i < 0 {
		return nil, Kept{}
	}
	k := s.kept[i]
	if set, ok := s.sets[k.Hash]; ok {
		return set, k
	}
	set, err := s.load(ctx, k)
	if err != nil {
		s.Log.ErrorContext(ctx, "outlines cannot be read", "level", l, "error", err)
		if ctx.Err() != nil {
			return nil, Kept{} // the reader went away; the next may have more luck
		}
	}
	s.sets[k.Hash] = set
	return set, k
}

// look reads what is kept, if that was not done just now. The caller holds mu.
func (s *Shelf) look(ctx context.Context) {
	if time.Since(s.looked) < lookAgain {
		return
	}
	kept, err := s.List(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the outlines cannot be listed", "error", err)
		return
	}
	s.kept, s.looked = kept, time.Now()
	sets := make(map[blob.Hash]*Set)
	for _, k := range kept {
		if set, ok := s.sets[k.Hash]; ok && set != nil {
			sets[k.Hash] = set
		}
	}
	s.sets = sets
}

func (s *Shelf) load(ctx context.Context, k Kept) (*Set, error) {
	f, err := s.Blobs.Open(ctx, k.Hash)
	if err != nil {
		return nil, fmt.Errorf("open the outlines: %w", err)
	}
	defer f.Close()
	set, err := decode(io.LimitReader(f, maxUnpacked))
	if err != nil {
		return nil, err
	}
	if set.Level != k.Level {
		return nil, fmt.Errorf("%w: %s instead of %s", errKept, set.Level, k.Level)
	}
	return set, nil
}

// Stamp changes when other outlines are kept; it is part of what a drawn page
// depends on.
func (s *Shelf) Stamp(ctx context.Context) string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.look(ctx)
	var b strings.Builder
	for _, k := range s.kept {
		b.WriteString(k.Hash[:min(16, len(k.Hash))])
	}
	return b.String()
}
