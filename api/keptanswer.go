package api

import (
	"bytes"
	"context"
	"hash/maphash"
	"strings"
	"sync/atomic"

	"portico/catalog"
)

// keptAnswer returns what answer says to anybody, kept for as long as the
// catalog is as it was. What search answers is kept only when it had learned of
// every change: an answer from before would stay for all of a revision. What
// depends on the time of day is not kept, nor what is asked once only.
func (s *Server) keptAnswer(ctx context.Context, key string, answer func() (result, error)) (result, error) {
	if catalog.ActorOf(ctx).ID != "" || len(key) > maxKeptKey || strings.Contains(key, "NOW") {
		return answer()
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if e := s.cache.get(key); e != nil && e.revision == revision {
		return one(e.body), nil
	}
	if !s.asked.again(key) {
		return answer()
	}
	behind, err := s.index.Stale(catalog.WithActor(ctx, catalog.System), 1)
	if err != nil {
		return nil, err
	}
	out, err := answer()
	if err == nil && len(behind) == 0 && out.size() <= maxKeptAnswer {
		s.cache.put(&cached{key: key, revision: revision, body: bytes.Join(out, nil)})
	}
	return out, err
}

// The limits of what is kept: a flood of odd questions must not push out what
// everybody asks.
const (
	maxKeptKey    = 2 << 10
	maxKeptAnswer = 512 << 10
)

// A questions remembers which questions were asked of late. It forgets some
// when many are asked.
type questions [4096]atomic.Uint64

var questionSeed = maphash.MakeSeed()

// again reports whether the question was asked before, and remembers it.
func (q *questions) again(key string) bool {
	h := maphash.String(questionSeed, key)
	return q[h%uint64(len(q))].Swap(h) == h
}
