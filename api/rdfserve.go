package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// leastZipped is the size from which an answer is worth compressing.
const leastZipped = 1400

// serveRDF sends a whole document. made is what it was made of, from which
// its ETag comes; where that does not tell, the bytes do.
func (s *Server) serveRDF(c *gin.Context, x syntax, body []byte, made string, byBytes bool) {
	sum := fnv.New128a()
	_, _ = sum.Write([]byte(made))
	_, _ = sum.Write([]byte(x.extension))
	if byBytes {
		_, _ = sum.Write(body)
	}
	s.serveZipped(c, x.mediaType, fmt.Sprintf("%x", sum.Sum(nil)), body)
}

// serveZipped sends a whole document that tag stands for, compressed where the
// client takes that. HEAD tells the length of what GET would send.
func (s *Server) serveZipped(c *gin.Context, mediaType, tag string, body []byte) {
	h := c.Writer.Header()
	h.Set("Content-Type", mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= leastZipped && c.GetHeader("Range") == "" && takesGzip(c.GetHeader("Accept-Encoding")) {
		if zipped := s.zipped(tag, body); zipped != nil {
			tag, body = tag+"-gzip", zipped
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", strconv.Itoa(len(body))) // ServeContent leaves it out of what is encoded
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}

// zipped returns body compressed, or nil if that fails. What tag stands for is
// compressed once.
func (s *Server) zipped(tag string, body []byte) []byte {
	key := "gzip " + tag
	if e := s.cache.get(key); e != nil {
		return e.body
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil
	}
	if _, err := z.Write(body); err != nil {
		return nil
	}
	if err := z.Close(); err != nil {
		return nil
	}
	s.cache.put(&cached{key: key, body: b.Bytes()})
	return b.Bytes()
}

// takesGzip reports whether an Accept-Encoding header allows gzip.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		value, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !ok || err == nil && q > 0
	}
	return false
}
