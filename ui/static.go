package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// What "make assets" builds lies in static/build. A program built without it
// works, too: its pages are then plain.
//
//go:embed all:static
var embedded embed.FS

// A static serves the embedded files.
type static struct {
	files map[string]asset  // by path under /static/
	names map[string]string // from "portico.css" to the name with its hash
}

type asset struct {
	body, zipped []byte // zipped is nil where it saves nothing
	mediaType    string
	etag         string
	immutable    bool   // its name changes when its bytes do
	policy       string // of its own, for what somebody else drew
}

func newStatic() (*static, error) {
	st := &static{files: make(map[string]asset), names: make(map[string]string)}
	manifest, err := embedded.ReadFile("static/build/manifest.json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(manifest, &st.names); err != nil {
			return nil, fmt.Errorf("read the list of assets: %w", err)
		}
	}
	hashed := make(map[string]bool)
	for _, file := range st.names {
		hashed[file] = true
	}
	err = fs.WalkDir(embedded, "static", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == "manifest.json" {
			return err
		}
		body, err := embedded.ReadFile(p)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p, "static/"), "build/")
		st.files[name] = newAsset(name, body, hashed[name])
		return nil
	})
	return st, err
}

func newAsset(name string, body []byte, immutable bool) asset {
	sum := sha256.Sum256(body)
	a := asset{body: body, mediaType: mediaType(name), etag: `"` + hex.EncodeToString(sum[:8]) + `"`, immutable: immutable}
	if ext := path.Ext(name); ext == ".woff2" || ext == ".png" {
		return a
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err == nil && z.Close() == nil && b.Len() < len(body) {
		a.zipped = b.Bytes()
	}
	return a
}

// mediaType knows the few types that we have, whatever the machine's own table
// says of them.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// url returns the address of a built file, or "" when there is none.
func (st *static) url(name string) string {
	if file, ok := st.names[name]; ok {
		return "/static/" + file
	}
	return ""
}

func (st *static) serve(c *gin.Context) {
	a, ok := st.files[strings.TrimPrefix(c.Param("file"), "/")]
	if !ok {
		c.String(http.StatusNotFound, "Not found\n")
		return
	}
	st.send(c, a)
}

func (st *static) favicon(c *gin.Context) { st.send(c, st.files["favicon.svg"]) }

func (st *static) send(c *gin.Context, a asset) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=3600")
	if a.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if a.policy != "" {
		h.Set("Content-Security-Policy", a.policy)
	}
	h.Set("Content-Type", a.mediaType)
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", a.etag)
	if strings.Contains(c.GetHeader("If-None-Match"), a.etag) {
		c.Status(http.StatusNotModified)
		return
	}
	body := a.body
	if a.zipped != nil && strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(http.StatusOK)
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // a reader who went away is nobody's error
	}
}
