package api

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/exporter"
)

// distributionFile answers /dataset/ID/resource/RID/download[/NAME] and
// /dataset/ID/resource/RID/data.FORMAT.
func (s *Server) distributionFile(c *gin.Context) {
	file := c.Param("file")
	format, isData := strings.CutPrefix(file, "data.")
	isData = isData && c.Param("name") == ""
	if file != "download" && !isData {
		s.pass(c)
		return
	}
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	ctx := catalog.WithActor(c.Request.Context(), actor)
	d, x, err := s.distributionIn(ctx, c.Param("id"), c.Param("rid"))
	switch {
	case err != nil:
	case isData:
		err = s.data(ctx, c, d, x, format)
	default:
		err = s.download(ctx, c, x)
	}
	if err != nil {
		s.failPage(c, err)
	}
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

// download sends the original bytes, or the client to where they are.
func (s *Server) download(ctx context.Context, c *gin.Context, x *catalog.Distribution) error {
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

// A cut is the part of a table that a client wants.
type cut struct {
	offset, limit int64 // limit < 0 = all
	excel         bool
}

func readCut(query url.Values) (cut, error) {
	p := cut{limit: -1}
	for name, to := range map[string]*int64{"offset": &p.offset, "limit": &p.limit} {
		v := query.Get(name)
		if v == "" {
			continue
		}
		n, ok := parseInteger(v)
		if !ok || n < 0 {
			return p, &catalog.Error{Kind: catalog.Invalid, Msg: name + ": must be a natural number", MsgIT: name + ": deve essere un numero naturale"}
		}
		*to = int64(n)
	}
	p.excel = asBool[strings.ToLower(query.Get("excel"))]
	return p, nil
}

// whole reports whether nothing is cut off.
func (p cut) whole() bool { return p.offset == 0 && p.limit < 0 }

// data sends the rows of the current snapshot.
func (s *Server) data(ctx context.Context, c *gin.Context, d *catalog.Dataset, x *catalog.Distribution, name string) error {
	f, ok := s.formats.Format(name)
	if !ok || x.Table == nil || x.Table.Hash == "" || s.tables == nil {
		return noDistribution()
	}
	p, err := readCut(c.Request.URL.Query())
	if err != nil {
		return err
	}
	if p.excel && name == "csv" && s.excel.Write != nil {
		f = s.excel
	}
	attach(c.Writer.Header(), tableName(d, x)+"."+name, f.MediaType)
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%s %d %d", f.Name, p.offset, p.limit)
	etag := fmt.Sprintf(`"%s-%x"`, x.Table.Hash, sum.Sum64())
	c.Header("ETag", etag)
	if name == "parquet" && p.whole() {
		return s.parquet(ctx, c, x.Table)
	}
	if matchesETag(c.GetHeader("If-None-Match"), etag) {
		c.Writer.Header().Del("Content-Type")
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	return s.stream(ctx, c, f, x.Table, p)
}

// parquet sends the snapshot's own file.
func (s *Server) parquet(ctx context.Context, c *gin.Context, t *catalog.Table) error {
	r, err := s.tables.Parquet(ctx, t)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	http.ServeContent(c.Writer, c.Request, "", t.Taken, r)
	return nil
}

// stream writes rows as they are read. Once the first byte is out an error
// can only be told by breaking the connection off: a client must not take
// half a table for all of it.
func (s *Server) stream(ctx context.Context, c *gin.Context, f exporter.Format, t *catalog.Table, p cut) error {
	rows, closer, err := s.tables.Rows(ctx, t, p.offset, p.limit)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	err = f.Write(ctx, io.Writer(c.Writer), rows)
	if err == nil {
		return nil
	}
	if !c.Writer.Written() {
		return err
	}
	if ctx.Err() == nil {
		s.log.ErrorContext(ctx, "download broken off", "path", c.Request.URL.Path, "err", err)
	}
	panic(http.ErrAbortHandler)
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
