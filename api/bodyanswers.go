package api

import (
	"sync/atomic"
	"time"
)

// bodyAnswers keeps what anybody is told of organizations and groups. What
// they show of users and members does not move the revision of the catalog, so
// an answer holds until this server changes something, and no longer than
// answerLife, in which another process may have. Rights never depend on it.
type bodyAnswers struct {
	changes atomic.Int64 // that this server has made
}

// answerLife is how long what is told of users and members may be behind what
// another process has changed of them.
const answerLife = time.Second

// changed says that something was changed, or may have been.
func (b *bodyAnswers) changed() { b.changes.Add(1) }

// now returns when an answer is begun, for put.
func (b *bodyAnswers) now(s *Server) begun {
	return begun{changes: b.changes.Load(), at: s.now().UnixNano()}
}

// begun is what was so before the things were read that an answer is made of.
type begun struct{ changes, at int64 }

// longestKey bounds the parameters of an answer that is kept.
const longestKey = 512

// get returns a kept answer that still holds, or nil.
func (b *bodyAnswers) get(s *Server, key string, revision int64) []byte {
	if len(key) > longestKey {
		return nil
	}
	e := s.cache.get(key)
	if e == nil || e.revision != revision || e.made != b.changes.Load() {
		return nil
	}
	if age := s.now().UnixNano() - int64(e.stamp); age < 0 || age > int64(answerLife) {
		return nil
	}
	return e.body
}

// put keeps an answer, if it is one for anybody, and returns it.
func (b *bodyAnswers) put(s *Server, key string, revision int64, as begun, shared bool, body []byte) []byte {
	if shared && len(key) <= longestKey {
		s.cache.put(&cached{key: key, revision: revision, made: as.changes, stamp: uint64(as.at), body: body})
	}
	return body
}
