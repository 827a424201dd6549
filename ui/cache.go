package ui

import "portico/internal/lru"

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
type pageCache struct{ pages *lru.Cache[rendered] }

func newPageCache(most int) *pageCache {
	return &pageCache{lru.New(most, func(key string, r rendered) int { return len(r.body) + len(key) })}
}

// load returns the page kept under key. Nothing is kept under "".
func (c *pageCache) load(key string) (rendered, bool) { return c.pages.Get(key) }

func (c *pageCache) keep(key string, r rendered) {
	if key != "" && len(r.body) <= maxPage {
		c.pages.Put(key, r)
	}
}
