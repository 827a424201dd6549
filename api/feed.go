package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// catalogFeed answers /catalog.EXT.
func (s *Server) catalogFeed(c *gin.Context) {
	x, ok := syntaxOf(c.Param("ext"))
	if !ok {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	s.feed(c, feed{path: "/catalog." + x.extension, syntax: x})
}

// catalogNegotiated answers /catalog in the syntax that the client likes best.
func (s *Server) catalogNegotiated(c *gin.Context) {
	c.Writer.Header().Add("Vary", "Accept")
	x, ok := negotiate(c.GetHeader("Accept"), true)
	if !ok {
		s.pass(c)
		return
	}
	s.feed(c, feed{path: "/catalog." + x.extension, syntax: x})
}

// organizationFeed answers /organization/ID/catalog.EXT.
func (s *Server) organizationFeed(c *gin.Context) {
	ext, ok := strings.CutPrefix(c.Param("file"), "catalog.")
	x, known := syntaxOf(ext)
	if !ok || !known {
		s.pass(c)
		return
	}
	dir, err := s.directoryNow(c.Request.Context())
	if err != nil {
		s.failPage(c, err)
		return
	}
	o := dir.org(c.Param("id"))
	if o == nil {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	s.feed(c, feed{path: "/organization/" + url.PathEscape(o.Name) + "/catalog." + x.extension, syntax: x, org: o.ID})
}

// holderFeed answers /holder/CODE/catalog.EXT, the catalogue of what one body
// owns, whoever publishes it. CODE is the body's in IndicePA.
func (s *Server) holderFeed(c *gin.Context) {
	ext, ok := strings.CutPrefix(c.Param("file"), "catalog.")
	x, known := syntaxOf(ext)
	if !ok || !known {
		s.pass(c)
		return
	}
	holder, err := s.holderCode(c.Request.Context(), c.Param("id"))
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.feed(c, feed{path: "/holder/" + url.PathEscape(holder) + "/catalog." + x.extension, syntax: x, holder: holder})
}

// holderCode returns the code of a holder as datasets have it: IndicePA writes
// codes in lower case, people do not. A body that owns nothing here is not found.
func (s *Server) holderCode(ctx context.Context, code string) (string, error) {
	if code == "" || len(code) > maxRef {
		return "", pageError(http.StatusNotFound)
	}
	ctx = catalog.WithActor(ctx, catalog.Actor{})
	for _, as := range []string{code, strings.ToLower(code)} {
		ds, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Holder: as, Limit: 1})
		if err != nil {
			return "", err
		}
		if len(ds) > 0 {
			return as, nil
		}
	}
	return "", pageError(http.StatusNotFound)
}

// feedHead reads what is asked of a feed, which everybody is answered alike, and
// the revision of the catalog that answers are kept by.
func (s *Server) feedHead(c *gin.Context, f *feed) (context.Context, int64, error) {
	s.public(c)
	ctx := catalog.WithActor(c.Request.Context(), catalog.Actor{})
	if err := f.read(c.Request.URL.Query(), s.now(), s.withRNDT); err != nil {
		return ctx, 0, err
	}
	revision, err := s.index.Revision(ctx)
	return ctx, revision, err
}

// feed answers with a page of the catalogue. It is rendered whole before a
// byte is sent: a harvester must never take half a page for all of it.
func (s *Server) feed(c *gin.Context, f feed) {
	ctx, revision, err := s.feedHead(c, &f)
	if err != nil {
		s.failPage(c, err)
		return
	}
	key := "feed " + f.self()
	var body []byte
	if e := s.cache.get(key); e != nil && e.revision == revision && !f.searched() {
		body = e.body
	} else if body, err = s.renderFeed(ctx, &f, key, revision); err != nil {
		s.failPage(c, err)
		return
	}
	s.serveRDF(c, f.syntax, body, fmt.Sprintf("%d %s", revision, key), f.searched())
}
