package api

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"

	"portico/bulk"
	"portico/catalog"
)

// A Bulk has the files of the whole catalogue. bulk.Folder is one.
type Bulk interface {
	Index() (*bulk.Index, error)
	Open(name string) (*os.File, bulk.File, error)
}

// bulkIndex answers /bulk/index.json: which files there are, of when, how
// large and how many entries each has.
func (s *Server) bulkIndex(c *gin.Context) {
	s.public(c)
	x := &bulk.Index{}
	if s.bulk != nil {
		var err error
		if x, err = s.bulk.Index(); err != nil {
			s.failPage(c, err)
			return
		}
	}
	files := make([]object, len(x.Files))
	for i, f := range x.Files {
		files[i] = object{
			"name": f.Name, "url": s.site.Link("/bulk/" + f.Name), "title": f.Title, "media_type": f.MediaType,
			"size": f.Size, "sha256": f.SHA256, "entries": f.Entries,
		}
	}
	out := object{"made": nil, "datasets": x.Datasets, "fed": x.Fed, "files": files}
	if !x.Made.IsZero() {
		out["made"] = x.Made.Format("2006-01-02T15:04:05Z")
	}
	serveBytes(c, "application/json; charset=utf-8", mustJSON(out))
}

// bulkFile answers /bulk/FILE. Parts of a file can be asked for, so that a
// broken download can go on.
func (s *Server) bulkFile(c *gin.Context) {
	name := c.Param("file")
	if name == "index.json" {
		s.bulkIndex(c)
		return
	}
	s.public(c)
	if s.bulk == nil || len(name) > maxRef {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	r, f, err := s.bulk.Open(name)
	if err != nil {
		if catalog.KindOf(err) == catalog.NotFound || errors.Is(err, fs.ErrNotExist) {
			err = pageError(http.StatusNotFound)
		}
		s.failPage(c, err)
		return
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		s.failPage(c, err)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	h.Set("ETag", fmt.Sprintf(`"%.32s"`, f.SHA256))
	http.ServeContent(c.Writer, c.Request, "", info.ModTime(), r)
}
