package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/hold"
)

// distributionFile answers /dataset/ID/resource/RID/download[/NAME] and
// /dataset/ID/resource/RID/data.FORMAT and, for the rows as they once were,
// /dataset/ID/resource/RID/snapshot/DATE/data.FORMAT.
func (s *Server) distributionFile(c *gin.Context) {
	asked, ok := readFileAsked(c)
	if !ok {
		s.pass(c)
		return
	}
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	if err := s.sendFile(catalog.WithActor(c.Request.Context(), actor), c, asked); err != nil {
		s.failPage(c, err)
	}
}

// A fileAsked is which file of a distribution an address names: its original
// bytes or its rows.
type fileAsked struct {
	rows   bool
	format string // of the rows
	when   string // the date of a snapshot of the rows, "" for those of now
}

// readFileAsked takes an address apart. It is not ok when the address names no
// file: the router's patterns match addresses, too, that pages answer.
func readFileAsked(c *gin.Context) (asked fileAsked, ok bool) {
	file, name, data := c.Param("file"), c.Param("name"), c.Param("data")
	if data != "" {
		if file != "snapshot" {
			return fileAsked{}, false
		}
		asked.when, file = name, data
	}
	asked.format, asked.rows = strings.CutPrefix(file, "data.")
	asked.rows = asked.rows && (name == "" || asked.when != "")
	return asked, asked.rows || file == "download" && asked.when == ""
}

// sendFile finds the distribution and sends what was asked for of it.
func (s *Server) sendFile(ctx context.Context, c *gin.Context, asked fileAsked) error {
	d, x, err := s.distributionIn(ctx, c.Param("id"), c.Param("rid"))
	switch {
	case err != nil:
		return err
	case asked.rows && asked.when != "":
		return s.dataAt(ctx, c, snapshotRef{d, x, asked.when}, asked.format)
	case asked.rows:
		return s.data(ctx, c, d, x, asked.format)
	case asBool[strings.ToLower(c.Request.URL.Query().Get("held"))]:
		return s.heldOriginal(ctx, c, d, x)
	}
	return s.download(ctx, c, x)
}

// distributionIn returns a distribution of a dataset that the actor may see.
func (s *Server) distributionIn(ctx context.Context, dataset, id string) (*catalog.Dataset, *catalog.Distribution, error) {
	if len(dataset) > maxRef || len(id) > maxRef {
		return nil, nil, noDistribution()
	}
	d, err := s.datasets.Dataset(ctx, dataset)
	if err != nil {
		return nil, nil, err
	}
	if d.State.Gone() {
		return nil, nil, pageError(http.StatusGone)
	}
	if x := distributionOf(d, id); x != nil {
		return d, x, nil
	}
	return nil, nil, noDistribution()
}

// refused reports whether there are original bytes of x that are not public.
func refused(x *catalog.Distribution) bool {
	return x.Withheld() || x.File == nil && x.Screened() && !writtenByAPI(x)
}

// download sends the original bytes, or the client to where they are.
func (s *Server) download(ctx context.Context, c *gin.Context, x *catalog.Distribution) error {
	if refused(x) {
		return hold.Refusal(x)
	}
	if x.File == nil || s.blobs == nil {
		if writtenByAPI(x) {
			http.Redirect(c.Writer, c.Request, s.site.Link("/datastore/dump/"+x.ID), http.StatusFound)
			return nil
		}
		u, err := url.Parse(x.URL())
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return noDistribution()
		}
		http.Redirect(c.Writer, c.Request, u.String(), http.StatusFound)
		return nil
	}
	f, err := s.blobs.Open(ctx, x.File.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	attach(c.Writer.Header(), x.File.Name, safeType(x.File.Name, x.File.MediaType))
	c.Header("ETag", `"`+x.File.Hash+`"`)
	http.ServeContent(c.Writer, c.Request, "", x.File.Fetched, f)
	return nil
}

// safeTypes are the types under which files are sent. Anything else, and what
// a browser would run, is a stream of bytes.
var safeTypes = map[string]string{
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain", ".json": "application/json",
	".geojson": "application/geo+json", ".parquet": "application/vnd.apache.parquet", ".zip": "application/zip",
	".gz": "application/gzip", ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
	".xls": "application/vnd.ms-excel", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".ttl":  "text/turtle", ".nt": "application/n-triples", ".jsonld": "application/ld+json", ".gpkg": "application/geopackage+sqlite3",
}

// safeType returns the type to send a file under: by its name, when the bytes
// do not say that it is a page.
func safeType(name, sniffed string) string {
	t, ok := safeTypes[strings.ToLower(path.Ext(name))]
	if !ok || strings.Contains(sniffed, "html") || strings.Contains(sniffed, "svg") {
		return "application/octet-stream"
	}
	return t
}

// attach says that the answer is a file to keep and never a page to show.
func attach(h http.Header, name, mediaType string) {
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", disposition(name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
}

// disposition returns a Content-Disposition for a file name, in plain ASCII
// and in full (RFC 6266 with RFC 5987).
func disposition(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	const most = 150
	if r := []rune(name); len(r) > most {
		name = string(r[len(r)-most:]) // the end has the extension
	}
	plain, full := strings.Map(asciiOnly, name), extended(strings.Map(noControls, name))
	if plain == full {
		return `attachment; filename="` + plain + `"`
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + full
}

// noControls replaces what could end a header.
func noControls(r rune) rune {
	if r < ' ' || r == 0x7f || r == '/' {
		return '_'
	}
	return r
}

// asciiOnly replaces also what a quoted ASCII name cannot hold.
func asciiOnly(r rune) rune {
	if r = noControls(r); r > '~' || strings.ContainsRune(`"%;`, r) {
		return '_'
	}
	return r
}

// unreserved are the characters that RFC 5987 leaves as they are.
const unreserved = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$&+-.^_`|~"

func extended(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if strings.IndexByte(unreserved, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// A snapshotRef names a table as it once was.
type snapshotRef struct {
	d    *catalog.Dataset
	x    *catalog.Distribution
	when string // "latest", a day, a moment, or the SHA-256 of the rows
}

// dataAt sends the rows of an earlier snapshot.
func (s *Server) dataAt(ctx context.Context, c *gin.Context, r snapshotRef, name string) error {
	x := *r.x
	if r.when != "latest" && (x.Table == nil || x.Table.Hash != r.when) {
		if s.history == nil {
			return noDistribution()
		}
		t, err := s.history.At(ctx, x.ID, r.when)
		if err != nil {
			return err
		}
		if x.Hold != nil && x.Hold.State == catalog.Masked && shows(t, x.Hold.Dropped) {
			return noDistribution() // what was taken out stays out
		}
		x.Table = t
	}
	return s.data(ctx, c, r.d, &x, name)
}

// shows reports whether a snapshot has one of the columns.
func shows(t *catalog.Table, columns []string) bool {
	return slices.ContainsFunc(t.Columns, func(c catalog.Column) bool {
		return slices.Contains(columns, c.Name) || slices.Contains(columns, c.Header)
	})
}

// tableName is the name of a table's file, without its extension.
func tableName(d *catalog.Dataset, x *catalog.Distribution) string {
	const most = 80
	for _, name := range []string{x.Title.String(), d.Name} {
		if slug := catalog.Slug(strings.TrimSuffix(name, path.Ext(name)), most); slug != "" {
			return slug
		}
	}
	return x.ID
}

// matchesETag reports whether an If-None-Match header names the tag.
func matchesETag(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == etag || part == "*" {
			return true
		}
	}
	return false
}
