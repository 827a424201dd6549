package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

// datasetRDF answers /dataset/ID.EXT, and /dataset/ID where the client would
// rather have RDF than a page.
func (s *Server) datasetRDF(c *gin.Context) {
	ref := c.Param("id")
	var x syntax
	known := false
	if dot := strings.LastIndexByte(ref, '.'); dot > 0 {
		if x, known = syntaxOf(ref[dot+1:]); known {
			ref = ref[:dot]
		}
	}
	if !known {
		c.Writer.Header().Add("Vary", "Accept")
		if x, known = negotiate(c.GetHeader("Accept"), false); !known || ref == "new" {
			s.pass(c)
			return
		}
	}
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	ctx := catalog.WithActor(c.Request.Context(), actor)
	profile, err := profileIn(c.Request.URL.Query())
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.sendDataset(ctx, c, ref, profile, x)
}

// croissant answers /dataset/ID/croissant.jsonld: what those who train models
// read of a dataset.
func (s *Server) croissant(c *gin.Context) {
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	x, _ := syntaxOf("jsonld")
	s.sendDataset(catalog.WithActor(c.Request.Context(), actor), c, c.Param("id"), dcat.Croissant, x)
}

// sendDataset answers with the RDF of one dataset in a profile.
func (s *Server) sendDataset(ctx context.Context, c *gin.Context, ref string, as dcat.Profile, x syntax) {
	body, tag, err := s.renderDataset(ctx, ref, as, x.format)
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.serveRDF(c, x, body, tag, catalog.ActorOf(ctx).ID != "")
}

// renderDataset returns the RDF of one dataset in a profile, and what it was
// made of.
func (s *Server) renderDataset(ctx context.Context, ref string, as dcat.Profile, format rdf.Format) ([]byte, string, error) {
	if len(ref) > maxRef {
		return nil, "", pageError(http.StatusNotFound)
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, "", err
	}
	anybody := catalog.ActorOf(ctx).ID == ""
	key := "rdf " + string(as) + " " + string(format) + " " + ref
	if e := s.cache.get(key); e != nil && e.revision == revision && anybody {
		return e.body, fmt.Sprintf("%x %s", e.stamp, key), nil
	}
	d, err := s.datasets.Dataset(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	if d.State.Gone() {
		return nil, "", pageError(http.StatusGone)
	}
	shelf := s.shelf(ctx, as, format)
	shelf.closed = !anybody || !d.Visible()
	var b bytes.Buffer
	if err := as.WriteDataset(&b, format, s.site, d, shelf); err != nil {
		return nil, "", err
	}
	stamp, _ := shelf.stamp(d) // what it is made of was read
	made := stamp.sum()
	if anybody && d.Visible() {
		s.cache.put(&cached{key: key, revision: revision, stamp: made, body: b.Bytes()})
	}
	return b.Bytes(), fmt.Sprintf("%x %s", made, key), nil
}
