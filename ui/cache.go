package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"sync"

	"portico/internal/lru"
)

// cacheBytes bounds what rendered pages may take; maxPage keeps one page from
// pushing out many. leastZipped is the size from which compression wins
// something.
const (
	cacheBytes  = 16 << 20
	maxPage     = 1 << 20
	leastZipped = 1 << 10
)

// A rendered is a page as it is sent: body, or zipped as gzip, or both.
type rendered struct {
	body, zipped []byte
	etag         string
}

// A pageCache keeps the pages asked for last. Its keys hold the revision of the
// catalog, so that nothing in it is ever wrong: it is only never asked for
// again, and falls out. It keeps them compressed: four times as many fit, and
// nearly all readers take them so.
type pageCache struct {
	pages   *lru.Cache[rendered]
	writers sync.Pool
}

func newPageCache(most int) *pageCache {
	return &pageCache{pages: lru.New(most, func(key string, r rendered) int { return len(r.body) + len(r.zipped) + len(key) })}
}

// load returns the page kept under key. Nothing is kept under "".
func (c *pageCache) load(key string) (rendered, bool) { return c.pages.Get(key) }

// keep keeps the page under key and returns it, with what was compressed.
// Nothing is kept under "": what is for one reader is not compressed either, so
// that its length tells nothing of what it holds.
func (c *pageCache) keep(key string, r rendered) rendered {
	if key == "" || len(r.body) > maxPage {
		return r
	}
	if len(r.body) < leastZipped {
		c.pages.Put(key, r)
		return r
	}
	if r.zipped = c.zip(r.body); r.zipped == nil {
		return r
	}
	c.pages.Put(key, rendered{zipped: r.zipped, etag: r.etag})
	return r
}

// zip compresses a page, or returns nil.
func (c *pageCache) zip(body []byte) []byte {
	w, ok := c.writers.Get().(*gzip.Writer)
	if !ok {
		w, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed) // gzip knows the level
	}
	defer c.writers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(body); err != nil || w.Close() != nil {
		return nil
	}
	return b.Bytes()
}

// plain returns the page as it is.
func (r rendered) plain() ([]byte, error) {
	if r.body != nil {
		return r.body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(r.zipped))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z) // it was at most maxPage when it was compressed
}

// takesGzip reports whether an Accept-Encoding header allows gzip.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if name = strings.ToLower(strings.TrimSpace(name)); name != "gzip" && name != "*" {
			continue
		}
		value, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !ok || err == nil && q > 0
	}
	return false
}
