package api

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/datastore"
)

// A dumpFormat is a form in which /datastore/dump gives a table.
type dumpFormat struct {
	ext   string
	write func(*bufio.Writer, *dumped) error
}

var dumpFormats = map[string]dumpFormat{
	"csv":  {"csv", func(w *bufio.Writer, p *dumped) error { return dumpSeparated(w, p, ',') }},
	"tsv":  {"tsv", func(w *bufio.Writer, p *dumped) error { return dumpSeparated(w, p, '\t') }},
	"json": {"json", dumpJSON},
	"xml":  {"xml", dumpXML},
}

// dump answers /datastore/dump/RID: all the rows of a table, or those that the
// parameters of datastore_search choose.
func (s *Server) dump(c *gin.Context) {
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	ctx := catalog.WithActor(c.Request.Context(), actor)
	in, f, err := s.readDump(c)
	if err != nil {
		s.failPage(c, err)
		return
	}
	q := readRowSearch(in)
	if !in.has("limit") {
		q.query.Limit = -1
	} else if n, ok := in.integer("limit", 0); ok {
		q.query.Limit = max(n, 0)
	}
	if in.err() != nil {
		s.failPage(c, pageError(http.StatusBadRequest))
		return
	}
	err = s.sendRows(ctx, c, f, q, in)
	if err == nil {
		return
	}
	if kind := catalog.KindOf(err); kind == catalog.NotFound || kind == catalog.Denied {
		err = pageError(http.StatusNotFound) // whoever may not see it is not told that it is there
	} else if kind == catalog.Invalid {
		err = pageError(http.StatusBadRequest)
	}
	s.failPage(c, err)
}

// sendRows sends what is asked for in a format of CKAN's, or in one of ours.
func (s *Server) sendRows(ctx context.Context, c *gin.Context, f dumpFormat, q *rowSearch, in *args) error {
	t, err := s.visibleRows(ctx, q.ref)
	if err != nil {
		return err
	}
	if f.write == nil {
		x, err := t.snapshot()
		if err != nil {
			return err
		}
		e := &export{d: t.d, x: x, query: q.query, key: keyOf(in)}
		e.format, _ = s.formats.Format(f.ext)
		return s.export(ctx, c, e, t.id+"."+f.ext, func(fields []datastore.Field) (datastore.Query, error) {
			err := q.choose(fields, in)
			return q.query, err
		})
	}
	v, err := s.rowsOf(ctx, t)
	if err != nil {
		return err
	}
	if err := q.choose(v.Fields, in); err != nil {
		return err
	}
	page, rows, err := v.Stream(ctx, q.query)
	if err != nil {
		return err
	}
	s.sendDump(c, f, t.id, &dumped{page.Fields, rows})
	return nil
}

// readDump reads the parameters of a dump.
func (s *Server) readDump(c *gin.Context) (*args, dumpFormat, error) {
	values, err := pairs(c.Request.URL.RawQuery)
	given, err := mixed(values, err)
	if err != nil {
		return nil, dumpFormat{}, err
	}
	name := toText(given["format"])
	if name == "" {
		name = "csv"
	}
	f, ok := dumpFormats[name]
	if !ok {
		if _, ok = s.formats.Format(name); !ok {
			return nil, f, pageError(http.StatusBadRequest)
		}
		f = dumpFormat{ext: name}
	}
	delete(given, "format")
	given["resource_id"] = c.Param("rid")
	in := &args{given: given}
	if pyTrue(in, "bom", false) && f.write != nil {
		f.write = withBOM(f.write)
	}
	delete(given, "bom")
	return in, f, nil
}

// A dumped is a table that is sent as it is read.
type dumped struct {
	fields []datastore.Field
	rows   iter.Seq2[[]any, error]
}

func withBOM(write func(*bufio.Writer, *dumped) error) func(*bufio.Writer, *dumped) error {
	return func(w *bufio.Writer, p *dumped) error {
		_, _ = w.WriteString("\ufeff")
		return write(w, p)
	}
}

// sendDump sends rows as a file. A write that fails means that the client has
// gone; rows that cannot be read break the answer off, for half a table must
// not be taken for all of it.
func (s *Server) sendDump(c *gin.Context, f dumpFormat, id string, p *dumped) {
	attach(c.Writer.Header(), id+"."+f.ext, "application/octet-stream")
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	if c.Request.Method == http.MethodHead {
		return
	}
	w := bufio.NewWriterSize(c.Writer, 1<<16)
	if err := f.write(w, p); err != nil {
		if c.Request.Context().Err() == nil {
			s.log.ErrorContext(c.Request.Context(), "dump broken off", "table", id, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
	_ = w.Flush()
}

func dumpSeparated(w *bufio.Writer, p *dumped, comma byte) error {
	for i, f := range p.fields {
		if i > 0 {
			_ = w.WriteByte(comma)
		}
		_, _ = w.Write(appendQuotedField(nil, f.ID, comma))
	}
	_, _ = w.WriteString("\r\n")
	var b []byte
	for row, err := range p.rows {
		if err != nil {
			return err
		}
		b = appendSeparatedRow(b[:0], p.fields, row, comma)
		if _, err := w.Write(b); err != nil {
			return nil // the client has gone
		}
	}
	return nil
}

// appendSeparated writes rows as CSV or TSV, without a header.
func appendSeparated(b []byte, p *datastore.Page, comma byte) []byte {
	for _, row := range p.Rows {
		b = appendSeparatedRow(b, p.Fields, row, comma)
	}
	return b
}

func appendSeparatedRow(b []byte, fields []datastore.Field, row []any, comma byte) []byte {
	for i, c := range row {
		if i > 0 {
			b = append(b, comma)
		}
		text := datastore.Text(c)
		if c == nil && fields[i].Type == "json" {
			text = "null" // a quirk of CKAN
		}
		b = appendQuotedField(b, text, comma)
	}
	return append(b, '\n')
}

func appendQuotedField(b []byte, s string, comma byte) []byte {
	if !strings.ContainsAny(s, "\"\r\n") && strings.IndexByte(s, comma) < 0 {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

func dumpJSON(w *bufio.Writer, p *dumped) error {
	fields := mustJSON(shownFields(p.fields))
	_, _ = fmt.Fprintf(w, "{\n  \"fields\": %s,\n  \"records\": [", fields)
	var b []byte
	i := 0
	for row, err := range p.rows {
		if err != nil {
			return err
		}
		b = append(sep(b[:0], i), "\n    ["...)
		i++
		for j, c := range row {
			b = datastore.AppendJSON(sep(b, j), c)
		}
		if _, err := w.Write(append(b, ']')); err != nil {
			return nil // the client has gone
		}
	}
	_, _ = w.WriteString("\n]}\n")
	return nil
}

func dumpXML(w *bufio.Writer, p *dumped) error {
	_, _ = w.WriteString("<data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n")
	for row, err := range p.rows {
		if err != nil {
			return err
		}
		_, _ = w.WriteString("<row")
		if len(p.fields) > 0 && p.fields[0].ID == datastore.IDField {
			_, _ = fmt.Fprintf(w, ` _id="%s"`, datastore.Text(row[0]))
		}
		_ = w.WriteByte('>')
		for i, c := range row {
			if p.fields[i].ID != datastore.IDField {
				element(w, p.fields[i].ID, c)
			}
		}
		if _, err := w.WriteString("</row>\n"); err != nil {
			return nil // the client has gone
		}
	}
	_, _ = w.WriteString("</data>\n")
	return nil
}

// element writes one cell. A name that XML does not know becomes one that it
// does, with the name in an attribute.
func element(w *bufio.Writer, name string, cell any) {
	tag, attr := name, ""
	if !xmlName(name) {
		tag, attr = "value", ` key="`+escapeXML(name)+`"`
	}
	if cell == nil {
		_, _ = w.WriteString("<" + tag + attr + " xsi:nil=\"true\" />")
		return
	}
	_, _ = w.WriteString("<" + tag + attr + ">")
	if raw, ok := cell.(json.RawMessage); ok {
		if v, err := decodeStrict(raw); err == nil {
			nested(w, v)
		}
	} else {
		_, _ = w.WriteString(textXML(pyText(cell)))
	}
	_, _ = w.WriteString("</" + tag + ">")
}

// nested writes a value of JSON, each part under its key.
func nested(w *bufio.Writer, v any) {
	part := func(key string, v any) {
		_, _ = w.WriteString(`<value key="` + escapeXML(key) + `">`)
		nested(w, v)
		_, _ = w.WriteString("</value>")
	}
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			part(fmt.Sprint(i), x)
		}
	case map[string]any:
		for k, x := range v {
			part(k, x)
		}
	case nil:
	default:
		_, _ = w.WriteString(textXML(pyText(v)))
	}
}

// pyText returns a value as Python's str would.
func pyText(v any) string {
	switch v := v.(type) {
	case bool:
		return pyRepr(v)
	case json.Number: // 3.30 comes through Python as 3.3
		if s := v.String(); strings.Contains(s, ".") && !strings.ContainsAny(s, "eE") {
			if s = strings.TrimRight(s, "0"); strings.HasSuffix(s, ".") {
				s += "0"
			}
			return s
		}
	}
	return datastore.Text(v)
}

// textXML escapes a text between tags, where quotes stay as they are.
func textXML(s string) string { return quotes.Replace(escapeXML(s)) }

var quotes = strings.NewReplacer("&#34;", `"`, "&#39;", "'")

func escapeXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// xmlName reports whether a column may be an element.
func xmlName(s string) bool {
	const letters = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return s != "" && strings.IndexByte(letters, s[0]) >= 0 && strings.Trim(s, letters+"0123456789-.") == "" &&
		!strings.HasPrefix(strings.ToLower(s), "xml")
}
