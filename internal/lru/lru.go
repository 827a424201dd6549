// Package lru is a cache that is bounded in bytes: what was not asked for
// longest goes first. It knows nothing of what it keeps but its cost.
package lru

import (
	"container/list"
	"sync"
)

// A Cache keeps values by key. It may be used by several goroutines; a value
// that it gave must not be changed.
type Cache[V any] struct {
	mu      sync.Mutex
	max     int
	size    int
	cost    func(key string, v V) int
	order   *list.List // of entry[V], latest first
	entries map[string]*list.Element
}

type entry[V any] struct {
	key   string
	value V
}

// New returns a cache whose values cost at most max together, each by cost.
func New[V any](max int, cost func(key string, v V) int) *Cache[V] {
	return &Cache[V]{max: max, cost: cost, order: list.New(), entries: make(map[string]*list.Element)}
}

// Get returns the value under key, and whether there is one.
func (c *Cache[V]) Get(key string) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(entry[V]).value, true
}

// Put keeps v in place of any value under key.
func (c *Cache[V]) Put(key string, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[key]; ok {
		c.remove(old)
	}
	c.entries[key] = c.order.PushFront(entry[V]{key, v})
	c.size += c.cost(key, v)
	for c.size > c.max {
		c.remove(c.order.Back())
	}
}

func (c *Cache[V]) remove(e *list.Element) {
	old := c.order.Remove(e).(entry[V])
	delete(c.entries, old.key)
	c.size -= c.cost(old.key, old.value)
}
