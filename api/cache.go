package api

import (
	"container/list"
	"sync"

	"portico/catalog"
)

// A cache keeps rendered answers, up to a number of bytes; those not asked
// for longest go first. It may be used by several goroutines.
type cache struct {
	mu      sync.Mutex
	max     int
	size    int
	order   *list.List // of *cached, latest first
	entries map[string]*list.Element
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
	return &cache{max: bytes, order: list.New(), entries: make(map[string]*list.Element)}
}

// get returns the entry with the given key, or nil. It must not be changed.
func (c *cache) get(key string) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached)
}

// put keeps e in place of any entry with its key. What is larger than an
// eighth of the cache is not kept.
func (c *cache) put(e *cached) {
	cost := len(e.body) + len(e.key) + overhead
	if cost > c.max/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[e.key]; ok {
		c.remove(old)
	}
	c.entries[e.key] = c.order.PushFront(e)
	c.size += cost
	for c.size > c.max {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(e *list.Element) {
	old := c.order.Remove(e).(*cached)
	delete(c.entries, old.key)
	c.size -= len(old.body) + len(old.key) + overhead
}
