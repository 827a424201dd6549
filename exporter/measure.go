package exporter

import (
	"context"
	"sync"
)

// A counter counts bytes and keeps none.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// Measure returns how many bytes a table takes in a format, by writing it to
// nowhere.
func Measure(ctx context.Context, f Format, rows Rows) (int64, error) {
	var n counter
	err := f.Write(ctx, &n, rows)
	return int64(n), err
}

// Sizes remembers how many bytes whole tables take in each format, while the
// program runs: another version of it may write them otherwise. It may be used
// by several goroutines; nil remembers nothing.
type Sizes struct {
	mu    sync.Mutex
	known map[sizeKey]int64
}

type sizeKey struct{ table, format string }

// maxSizes bounds what is remembered; what is forgotten is measured again.
const maxSizes = 100_000

// Of returns the size of a table in the format with the given name; ok is false
// when it is not known. Of stands for a table by the hash of its snapshot.
func (s *Sizes) Of(table, format string) (n int64, ok bool) {
	if s == nil {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok = s.known[sizeKey{table, format}]
	return n, ok
}

// Note remembers a size.
func (s *Sizes) Note(table, format string, n int64) {
	if s == nil || table == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) >= maxSizes {
		s.known = map[sizeKey]int64{}
	}
	s.known[sizeKey{table, format}] = n
}
