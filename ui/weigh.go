package ui

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"portico/catalog"
	"portico/exporter"
)

// A weigher finds out how many bytes tables take in each format, one table at
// a time.
type weigher struct {
	mu      sync.Mutex
	pending map[string]bool
	one     sync.Mutex
}

// The bounds of weighing: a reader waits for small tables alone, and nobody
// weighs large ones: their sizes are known once somebody has taken them.
const (
	maxWeighedNow = 20_000
	maxWeighed    = 5_000_000
	maxWeighing   = 2 * time.Minute
)

// weigh tells Sizes what the forms of a table take, or begins to find out.
func (s *Server) weigh(ctx context.Context, t *catalog.Table) {
	cells := t.Rows * int64(len(t.Columns))
	if s.Sizes == nil || s.Tables == nil || t.Hash == "" || cells > maxWeighed {
		return
	}
	if cells <= maxWeighedNow {
		s.weighAll(ctx, t)
		return
	}
	s.weigher.mu.Lock()
	defer s.weigher.mu.Unlock()
	const most = 1000
	if s.weigher.pending[t.Hash] {
		return
	}
	if s.weigher.pending == nil || len(s.weigher.pending) > most {
		s.weigher.pending = map[string]bool{}
	}
	s.weigher.pending[t.Hash] = true
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWeighing)
		defer cancel()
		s.weigher.one.Lock()
		defer s.weigher.one.Unlock()
		s.weighAll(ctx, t)
	}()
}

func (s *Server) weighAll(ctx context.Context, t *catalog.Table) {
	for _, f := range slices.Concat(s.Formats.All(), []exporter.Format{s.Excel}) {
		if f.Write == nil || f.Describes || !f.Takes(t.Columns) {
			continue
		}
		if _, known := s.Sizes.Of(t.Hash, f.Name); known {
			continue
		}
		n, err := s.weighOne(ctx, t, f)
		if err != nil {
			if ctx.Err() == nil {
				s.Log.WarnContext(ctx, "a table cannot be weighed", "table", t.Hash, "format", f.Name, "err", err)
			}
			return
		}
		s.Sizes.Note(t.Hash, f.Name, n)
	}
}

func (s *Server) weighOne(ctx context.Context, t *catalog.Table, f exporter.Format) (int64, error) {
	if f.Name == "parquet" { // lies ready
		file, err := s.Tables.Parquet(ctx, t)
		if err != nil {
			return 0, err
		}
		defer file.Close()
		return file.Seek(0, io.SeekEnd)
	}
	rows, closer, err := s.Tables.Rows(ctx, t, 0, -1)
	if err != nil {
		return 0, err
	}
	defer closer.Close()
	return exporter.Measure(ctx, f, rows)
}
