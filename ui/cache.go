package ui

import (
	"container/list"
	"sync"
)

// cacheBytes bounds what rendered pages may take; maxPage keeps one page from
// pushing out many.
const (
	cacheBytes = 16 << 20
	maxPage    = 1 << 20
)

// A rendered is a page as it is sent.
type rendered struct {
	body []byte
	etag string
}

// A pageCache keeps the pages asked for last. Its keys hold the revision of the
// catalog, so that nothing in it is ever wrong: it is only never asked for
// again, and falls out.
type pageCache struct {
	mu    sync.Mutex
	most  int
	size  int
	order *list.List // of *cached, latest first
	byKey map[string]*list.Element
}

type cached struct {
	key string
	rendered
}

func newPageCache(most int) *pageCache {
	return &pageCache{most: most, order: list.New(), byKey: make(map[string]*list.Element)}
}

// load returns the page kept under key. Nothing is kept under "".
func (c *pageCache) load(key string) (rendered, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return rendered{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).rendered, true
}

func (c *pageCache) keep(key string, r rendered) {
	if key == "" || len(r.body) > maxPage {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok {
		return
	}
	c.byKey[key] = c.order.PushFront(&cached{key, r})
	c.size += len(r.body) + len(key)
	for c.size > c.most {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached)
		delete(c.byKey, old.key)
		c.size -= len(old.body) + len(old.key)
	}
}
