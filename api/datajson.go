package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/dcat"
)

// mostWhole is how many datasets a data.json has that is rendered whole and
// kept, with its length told. A longer one is sent as it is made.
const mostWhole = 2_000

// dataJSON answers /data.json: the catalogue as ckanext-datajson has it, in
// Project Open Data's schema, all of it in one document unless a page is asked
// for.
func (s *Server) dataJSON(c *gin.Context) {
	f := feed{path: "/data.json"}
	ctx, revision, err := s.feedHead(c, &f)
	if err != nil {
		s.failPage(c, err)
		return
	}
	part := s.listFed
	if f.searched() {
		part = s.searchFed
	}
	_, total, err := part(ctx, &f, "", 0, 0)
	if err != nil {
		s.failPage(c, err)
		return
	}
	d := podDocument{s: s, f: &f, whole: !c.Request.URL.Query().Has("page")}
	if d.whole && total > mostWhole {
		d.stream(ctx, c)
		return
	}
	key := fmt.Sprintf("pod %t %s", d.whole, f.self())
	e := s.cache.get(key)
	if e == nil || e.revision != revision || f.searched() {
		var b bytes.Buffer
		if err := d.write(ctx, &b); err != nil {
			s.failPage(c, err)
			return
		}
		e = &cached{key: key, revision: revision, body: b.Bytes()}
		if !f.searched() {
			s.cache.put(e)
		}
	}
	sum := fnv.New128a()
	_, _ = sum.Write(e.body)
	s.serveZipped(c, podType, fmt.Sprintf("%x", sum.Sum(nil)), e.body)
}

const podType = "application/json; charset=utf-8"

// A podDocument is a data.json in the making.
type podDocument struct {
	s     *Server
	f     *feed
	whole bool // not one page
}

// stream sends a document that is too long to be held. What fails after the
// first byte breaks the answer off: half a document is no document.
func (d *podDocument) stream(ctx context.Context, c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Type", podType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	zip := takesGzip(c.GetHeader("Accept-Encoding"))
	if zip {
		h.Set("Content-Encoding", "gzip")
	}
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	if c.Request.Method == http.MethodHead {
		return
	}
	var err error
	if zip {
		z := gzip.NewWriter(c.Writer)
		if err = d.write(ctx, z); err == nil {
			err = z.Close()
		}
	} else {
		err = d.write(ctx, c.Writer)
	}
	if err != nil {
		d.s.log.WarnContext(ctx, "data.json was not sent to its end", "err", err)
		panic(http.ErrAbortHandler) // tells the client
	}
}

// write writes the document, reading the datasets in parts.
func (d *podDocument) write(ctx context.Context, w io.Writer) error {
	head, err := json.Marshal(dcat.PODCatalog(d.s.site))
	if err != nil {
		return fmt.Errorf("data.json: %w", err)
	}
	if _, err := w.Write(append(head[:len(head)-1], `,"dataset":[`...)); err != nil {
		return err
	}
	first := true
	for {
		ds, more, err := d.next(ctx)
		if err != nil {
			return err
		}
		if err := d.writeSome(ctx, w, ds, &first); err != nil {
			return err
		}
		if !more || !d.whole {
			break
		}
		d.f.page, d.f.after = d.f.page+1, ds[len(ds)-1].ID
	}
	_, err = io.WriteString(w, "\n]}\n")
	return err
}

func (d *podDocument) next(ctx context.Context) ([]*catalog.Dataset, bool, error) {
	on, err := d.s.feedPage(ctx, d.f)
	return on.datasets, on.left > 0 && len(on.datasets) > 0, err
}

func (d *podDocument) writeSome(ctx context.Context, w io.Writer, ds []*catalog.Dataset, first *bool) error {
	full, err := d.s.bodies().fed(ctx, ds...)
	if err != nil {
		return err
	}
	for _, x := range full {
		b, err := json.Marshal(dcat.PODDataset(x, d.s.site))
		if err != nil {
			return fmt.Errorf("data.json: %w", err)
		}
		if !*first {
			b = append([]byte{','}, b...)
		}
		*first = false
		if _, err := w.Write(append([]byte{'\n'}, b...)); err != nil {
			return err
		}
	}
	return nil
}
