package api

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/datastore"
	"portico/exporter"
)

// An export is a table, or a part of it, that is asked for in a format.
type export struct {
	d      *catalog.Dataset
	x      *catalog.Distribution
	format exporter.Format
	query  datastore.Query
	key    string // what was asked for, as it may stand in an address; "" = the whole table
}

// chosenBy are the parameters by which rows are chosen, as in datastore_search.
var chosenBy = []string{"filters", "q", "plain", "sort", "fields", "distinct", "limit", "offset"}

// data sends the rows of a table in a format: all, or those that the
// parameters of datastore_search choose.
func (s *Server) data(ctx context.Context, c *gin.Context, d *catalog.Dataset, x *catalog.Distribution, name string) error {
	f, ok := s.formats.Format(name)
	if !ok || !x.Table.Active() || s.rows == nil && (x.Table.Written || s.tables == nil) {
		return noDistribution()
	}
	values, err := pairs(c.Request.URL.RawQuery)
	given, err := mixed(values, err)
	if err != nil {
		return err
	}
	excel := asBool[strings.ToLower(toText(given["excel"]))] && name == "csv" && s.excel.Write != nil
	maps.DeleteFunc(given, func(k string, v any) bool { return !slices.Contains(chosenBy, k) || v == "" })
	in := &args{given: given}
	e := &export{d: d, x: x, format: f}
	if excel {
		e.format = s.excel
	}
	e.key = keyOf(in)
	if err := e.readCut(in); err != nil {
		return err
	}
	return s.export(ctx, c, e, tableName(d, x)+"."+name, func(fields []datastore.Field) (datastore.Query, error) {
		q := rowSearch{query: e.query, echo: map[string]any{}}
		err := q.choose(fields, in)
		return q.query, err
	})
}

// keyOf returns the parameters by which rows are chosen in one form.
func keyOf(in *args) string {
	out := url.Values{}
	for k := range in.given {
		if slices.Contains(chosenBy, k) {
			out[k] = in.list(k)
		}
	}
	return out.Encode()
}

// readCut reads the parameters that mean the same for every table.
func (e *export) readCut(in *args) error {
	e.query.Limit = -1
	for name, to := range map[string]*int{"offset": &e.query.Offset, "limit": &e.query.Limit} {
		if !in.has(name) {
			continue
		}
		n, ok := parseInteger(in.text(name))
		if !ok || n < 0 {
			return &catalog.Error{Kind: catalog.Invalid, Msg: name + ": must be a natural number", MsgIT: name + ": deve essere un numero naturale"}
		}
		*to = n
	}
	e.query.Distinct = pyTrue(in, "distinct", false)
	e.query.Sort = strings.Join(in.list("sort"), ",")
	e.query.Fields = names(in, "fields")
	if len(e.query.Fields) == 0 {
		e.query.Fields = nil
	}
	return nil
}

// export sends e as a file of the given name. choose reads which rows are asked
// for, once the fields of the table are known.
func (s *Server) export(ctx context.Context, c *gin.Context, e *export, file string, choose func([]datastore.Field) (datastore.Query, error)) error {
	choice, version, closer, err := s.choose(ctx, e, choose)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	if !e.format.Takes(choice.Columns) {
		return catalog.Errorf(catalog.Invalid, "the table cannot be written as %s", e.format.Title).
			Italian("la tabella non si può scrivere come %s", e.format.Title)
	}
	choice.About = s.about(e)
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%s\n%s", e.format.Name, e.key)
	if e.format.Describes {
		fmt.Fprintf(sum, "%q", choice.About)
	}
	etag := fmt.Sprintf(`"%s-%x"`, version, sum.Sum64())
	h := c.Writer.Header()
	attach(h, file, e.format.MediaType)
	h.Set("ETag", etag)
	h.Set("Access-Control-Expose-Headers", "Content-Disposition, Content-Length, ETag, "+rowCount)
	if catalog.ActorOf(ctx).Name == "" {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if choice.Total >= 0 {
		h.Set(rowCount, strconv.FormatInt(choice.Total, 10))
	}
	if e.isSnapshot() {
		return s.parquet(ctx, c, e.x.Table)
	}
	if matchesETag(c.GetHeader("If-None-Match"), etag) {
		h.Del("Content-Type")
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	return s.stream(ctx, c, e, choice)
}

// rowCount is the header that says how many rows a file has.
const rowCount = "X-Row-Count"

// isSnapshot reports whether what is asked for lies ready: the whole of a
// snapshot in the format in which it is kept.
func (e *export) isSnapshot() bool {
	return e.format.Name == "parquet" && e.key == "" && !e.x.Table.Written
}

// choose finds the rows. version names the state of the table that they are of.
func (s *Server) choose(ctx context.Context, e *export, choose func([]datastore.Field) (datastore.Query, error)) (choice *datastore.Choice, version string, closer io.Closer, err error) {
	t := e.x.Table
	if !t.Active() {
		return nil, "", nil, noDistribution()
	}
	var v *datastore.View
	fields := datastore.SnapshotFields(t.Columns)
	if t.Written {
		if v, err = s.rows.Table(ctx, e.x.ID); err != nil {
			return nil, "", nil, err
		}
		fields = v.Fields
	}
	q, err := choose(fields)
	if err != nil {
		return nil, "", nil, err
	}
	if v != nil {
		q.Fields = withPlace(q.Fields, e.format, columnsOf(fields))
		choice, err = v.Choose(ctx, q)
		return choice, v.Version, io.NopCloser(nil), err
	}
	q.Fields = withPlace(q.Fields, e.format, t.Columns)
	choice, closer, err = datastore.ChooseSnapshot(ctx, s.tables, t, q)
	return choice, t.Hash, closer, err
}

func columnsOf(fields []datastore.Field) []catalog.Column {
	out := make([]catalog.Column, len(fields))
	for i, f := range fields {
		out[i] = f.Column()
	}
	return out
}

// withPlace adds to the columns asked for those that tell the place of a row,
// where a format cannot do without.
func withPlace(names []string, f exporter.Format, columns []catalog.Column) []string {
	if names == nil || !f.Takes(columns) {
		return names
	}
	asked := slices.DeleteFunc(slices.Clone(columns), func(c catalog.Column) bool { return !slices.Contains(names, c.Name) })
	place, ok := exporter.PlaceOf(columns)
	if f.Takes(asked) || !ok {
		return names
	}
	for _, at := range place.Columns() {
		if name := columns[at].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// about tells formats what the table is.
func (s *Server) about(e *export) exporter.About {
	page := s.site.Link("/dataset/" + e.d.Name + "/resource/" + e.x.ID)
	a := exporter.About{
		Title: e.x.Title.String(), Language: catalog.DefaultLanguage, URL: page + "/data.csv", Page: page,
		License: e.x.License, Publisher: e.d.Publisher.Name.String(),
	}
	if a.Title == "" {
		a.Title = e.d.Title.String()
	}
	if a.License == "" {
		a.License = e.d.License
	}
	if e.key != "" {
		a.URL += "?" + e.key
	}
	if t := e.x.Table.Taken; !t.IsZero() {
		a.Modified = t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return a
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

// maxMeasured is up to how many cells a table is written to nowhere to tell its
// size to who only asks for that.
const maxMeasured = 2_000_000

// stream writes rows as they are read. What is small is sent with its length.
func (s *Server) stream(ctx context.Context, c *gin.Context, e *export, choice *datastore.Choice) error {
	t := e.x.Table
	whole := e.key == "" && !t.Written && !e.format.Describes
	if c.Request.Method == http.MethodHead {
		size, known := s.sizes.Of(t.Hash, e.format.Name)
		if known = known && whole; !known && (t.Written || t.Rows*int64(len(t.Columns)) <= maxMeasured) {
			var err error
			if size, err = exporter.Measure(ctx, e.format, choice.Rows); err != nil {
				return err
			}
			known = true
		}
		if known {
			s.note(e, whole, size)
			c.Header("Content-Length", strconv.FormatInt(size, 10))
		}
		c.Status(http.StatusOK)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Status(http.StatusOK)
	w := &answer{c: c}
	err := e.format.Write(ctx, w, choice.Rows)
	if err == nil {
		err = w.end()
	}
	if err == nil {
		s.note(e, whole, w.size)
		return nil
	}
	return s.brokenOff(ctx, c, err)
}

func (s *Server) note(e *export, whole bool, size int64) {
	if whole {
		s.sizes.Note(e.x.Table.Hash, e.format.Name, size)
	}
}

// brokenOff tells of an error while rows are written. Once the first byte is
// out that can only be done by breaking the connection off: a client must not
// take half a table for all of it.
func (s *Server) brokenOff(ctx context.Context, c *gin.Context, err error) error {
	if err == nil {
		return nil
	}
	if !c.Writer.Written() {
		for _, h := range []string{"Content-Disposition", "Content-Length", rowCount} {
			c.Writer.Header().Del(h)
		}
		return err
	}
	if ctx.Err() == nil {
		s.log.ErrorContext(ctx, "download broken off", "path", c.Request.URL.Path, "err", err)
	}
	panic(http.ErrAbortHandler)
}

// An answer holds the beginning of a file back until it is known to be long,
// so that a short one has a length and its errors are told.
type answer struct {
	c    *gin.Context
	held bytes.Buffer
	out  bool // the beginning has been sent
	size int64
}

// maxHeld is the longest file that is held back.
const maxHeld = 1 << 20

func (a *answer) Write(p []byte) (int, error) {
	a.size += int64(len(p))
	if !a.out && a.held.Len()+len(p) <= maxHeld {
		return a.held.Write(p)
	}
	if !a.out {
		a.out = true
		if _, err := a.c.Writer.Write(a.held.Bytes()); err != nil {
			return 0, err
		}
		a.held = bytes.Buffer{}
	}
	return a.c.Writer.Write(p)
}

// end sends what was held back.
func (a *answer) end() error {
	if a.out {
		return nil
	}
	a.c.Header("Content-Length", strconv.Itoa(a.held.Len()))
	_, err := a.c.Writer.Write(a.held.Bytes())
	return err
}
