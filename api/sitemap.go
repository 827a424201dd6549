package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// perSitemap is how many addresses one file of the sitemap has; the protocol
// allows 50,000.
const perSitemap = 10_000

const sitemapSpace = ` xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`

// sitemapIndex answers /sitemap.xml: the list of the files that list the
// pages. The first holds the pages of bodies and the site, the rest datasets.
func (s *Server) sitemapIndex(c *gin.Context) {
	s.sitemap(c, "sitemap", func(ctx context.Context, x *xmlWriter) error {
		_, total, err := s.publicDatasets(ctx, 0, 1)
		if err != nil {
			return err
		}
		x.raw("<sitemapindex" + sitemapSpace + "\n")
		for n := range 1 + (total+perSitemap-1)/perSitemap {
			x.raw("<sitemap>")
			x.element("loc", s.site.Link("/sitemap/sitemap-"+strconv.Itoa(n)+".xml"))
			x.raw("</sitemap>\n")
		}
		x.raw("</sitemapindex>\n")
		return nil
	})
}

// sitemapPage answers /sitemap/sitemap-N.xml.
func (s *Server) sitemapPage(c *gin.Context) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(c.Param("page"), "sitemap-"), ".xml"))
	if err != nil || n < 0 || n > maxPage || c.Param("page") != fmt.Sprintf("sitemap-%d.xml", n) {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	s.sitemap(c, c.Param("page"), func(ctx context.Context, x *xmlWriter) error {
		x.raw("<urlset" + sitemapSpace + "\n")
		defer x.raw("</urlset>\n")
		if n == 0 {
			return s.sitemapBodies(ctx, x)
		}
		return s.sitemapDatasets(ctx, x, (n-1)*perSitemap)
	})
}

// sitemap answers with what write writes, kept while the catalog is as it is.
func (s *Server) sitemap(c *gin.Context, name string, write func(context.Context, *xmlWriter) error) {
	s.public(c)
	ctx := catalog.WithActor(c.Request.Context(), catalog.Actor{})
	revision, err := s.index.Revision(ctx)
	if err != nil {
		s.failPage(c, err)
		return
	}
	e := s.cache.get("sitemap " + name)
	if e == nil || e.revision != revision {
		x := &xmlWriter{site: s.site}
		x.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
		if err := write(ctx, x); err != nil {
			s.failPage(c, err)
			return
		}
		e = &cached{key: "sitemap " + name, revision: revision, body: x.b}
		s.cache.put(e)
	}
	serveBytes(c, "application/xml; charset=utf-8", e.body)
}

func (s *Server) publicDatasets(ctx context.Context, offset, limit int) ([]*catalog.Dataset, int, error) {
	return s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Sort: catalog.ByID, Offset: offset, Limit: limit})
}

func (s *Server) sitemapBodies(ctx context.Context, x *xmlWriter) error {
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return err
	}
	paths := []string{"/", "/dataset", "/organization", "/group"}
	for _, o := range dir.orgs {
		paths = append(paths, "/organization/"+o.Name)
	}
	for _, g := range dir.groups {
		paths = append(paths, "/group/"+g.Name)
	}
	for _, p := range paths {
		x.raw("<url>")
		x.element("loc", s.site.Link(p))
		x.raw("</url>\n")
	}
	return nil
}

// sitemapDatasets reads in parts, so that a file of many addresses does not
// hold as many datasets in memory.
func (s *Server) sitemapDatasets(ctx context.Context, x *xmlWriter, from int) error {
	const part = 500
	for offset := from; offset < from+perSitemap; offset += part {
		ds, _, err := s.publicDatasets(ctx, offset, part)
		if err != nil {
			return err
		}
		for _, d := range ds {
			x.raw("<url>")
			x.element("loc", s.site.Link("/dataset/"+d.Name))
			x.element("lastmod", d.Updated.UTC().Format("2006-01-02T15:04:05Z"))
			x.raw("</url>\n")
		}
		if len(ds) < part {
			return nil
		}
	}
	return nil
}
