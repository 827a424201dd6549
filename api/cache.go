package api

import (
	"portico/catalog"
	"portico/internal/lru"
)

// A cache keeps rendered answers, up to a number of bytes. It may be used by
// several goroutines.
type cache struct {
	answers *lru.Cache[*cached]
	most    int // that one answer may cost
}

// A cached is one rendered answer and what it was made of.
type cached struct {
	key      string
	revision int64  // of the catalog, for which the answer is known to hold
	made     int64  // revision of the dataset
	stamp    uint64 // of the organizations and groups
	body     []byte
	stub     *catalog.Dataset // the dataset's ID and state, for who needs no more
}

// overhead is about what an entry costs besides its body.
const overhead = 1536

func newCache(bytes int) *cache {
	return &cache{answers: lru.New(bytes, costOf), most: bytes / 8}
}

func costOf(key string, e *cached) int { return len(e.body) + len(key) + overhead }

// get returns the entry with the given key, or nil. It must not be changed.
func (c *cache) get(key string) *cached {
	e, _ := c.answers.Get(key)
	return e
}

// put keeps e in place of any entry with its key. What is larger than an
// eighth of the cache is not kept.
func (c *cache) put(e *cached) {
	if costOf(e.key, e) <= c.most {
		c.answers.Put(e.key, e)
	}
}
