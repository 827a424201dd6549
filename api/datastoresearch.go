package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/datastore"
)

// searchRowsHelp are the parameters of datastore_search.
var searchRowsHelp = []param{
	tableParam, tableIDParam, filtersParam,
	{"q", "text", "words that must be in a row; an object of columns with words, in JSON"},
	{"full_text", "text", "the same as q, in the language of to_tsquery"},
	{"plain", "true or false", "whether q is plain words, rather than words with & and :*"},
	{"language", "text", "accepted for CKAN's sake"},
	limitParam, offsetParam,
	{"fields", "list", "the columns to give"},
	{"sort", "text", "columns to sort by, such as \"a desc, b\""},
	{"distinct", "true or false", "whether to leave equal rows out"},
	{"include_total", "true or false", "whether to count all that match"},
	{"total_estimation_threshold", "integer", "accepted for CKAN's sake; the count is exact"},
	{"records_format", "text", "objects, lists, csv or tsv"},
	{"include_next_page", "true or false", "whether to tell what asks for the next page"},
}

// The limits of a page of rows.
const (
	defaultRowLimit = 100
	maxRowLimit     = 32000
)

// A rowSearch is what was asked of a table.
type rowSearch struct {
	ref    string
	query  datastore.Query
	format string
	total  bool
	next   bool
	echo   map[string]any // what the answer tells of the request
}

// visibleTable returns the table that a reference names, as the actor of ctx
// may see it, with the ID of its resource.
func (s *Server) visibleTable(ctx context.Context, ref string) (*datastore.View, string, error) {
	if s.rows == nil || len(ref) > maxRef {
		return nil, "", noTable(ref)
	}
	id, err := s.rows.Resolve(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	d, x, err := s.anyDistribution(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, "", noTable(ref)
	}
	if err != nil {
		return nil, "", err
	}
	if _, err := s.datasets.Dataset(ctx, d.ID); err != nil {
		return nil, "", unreadable(ctx, err, ref)
	}
	v, err := s.rowsOf(ctx, x)
	return v, id, tableMissing(err, ref)
}

// unreadable says in CKAN's words that a resource is not to be seen, if that
// is what is wrong.
func unreadable(ctx context.Context, err error, ref string) error {
	if kind := catalog.KindOf(err); kind == catalog.Denied || kind == catalog.Gone || kind == catalog.NotFound {
		return notAuthorized(ctx, "perform resource_show on resource "+ref)
	}
	return err
}

// rowsOf returns the rows of x, from wherever they are kept.
func (s *Server) rowsOf(ctx context.Context, x *catalog.Distribution) (*datastore.View, error) {
	switch {
	case !x.Table.Active():
		return nil, noDistribution()
	case x.Table.Written:
		return s.rows.Table(ctx, x.ID)
	case s.tables == nil:
		return nil, noDistribution()
	}
	return s.rows.Snapshot(ctx, s.tables, x.Table)
}

func (s *Server) datastoreSearch(ctx context.Context, in *args) (result, error) {
	q := readRowSearch(in)
	if err := in.err(); err != nil {
		return nil, err
	}
	v, id, err := s.visibleTable(ctx, q.ref)
	if err != nil {
		return nil, err
	}
	page, err := q.run(ctx, v, in)
	if err != nil {
		return nil, err
	}
	return q.answer(id, page), nil
}

// readRowSearch reads the parameters that mean the same for every table.
func readRowSearch(in *args) *rowSearch {
	q := &rowSearch{ref: tableID(in), format: "objects", total: pyTrue(in, "include_total", true), next: pyTrue(in, "include_next_page", false)}
	q.query.Limit = min(in.natural("limit", defaultRowLimit), maxRowLimit)
	n, ok := in.integer("offset", 0)
	if ok && n < 0 {
		in.fault("offset", `invalid value "`+strconv.Itoa(n)+`"`)
	}
	q.query.Offset = max(n, 0)
	q.query.Distinct = pyTrue(in, "distinct", false)
	q.query.Sort = strings.Join(in.list("sort"), ",")
	q.query.Fields = names(in, "fields")
	if len(q.query.Fields) == 0 {
		q.query.Fields = nil
	}
	if f := in.text("records_format"); f != "" {
		q.format = f
	}
	if !slices.Contains([]string{"objects", "lists", "csv", "tsv"}, q.format) {
		in.fault("records_format", "Value must be one of ['objects', 'lists', 'csv', 'tsv']")
	}
	q.echo = map[string]any{
		"limit": q.query.Limit, "include_total": q.total, "include_next_page": q.next, "records_format": q.format,
	}
	q.tell(in)
	for _, k := range slices.Sorted(maps.Keys(in.given)) {
		if !slices.ContainsFunc(searchRowsHelp, func(p param) bool { return p.name == k }) {
			in.fault("__extras", `invalid value "`+k+`"`)
		}
	}
	return q
}

// tell notes what the answer tells of the parameters that were given.
func (q *rowSearch) tell(in *args) {
	for _, k := range []string{"sort", "language", "full_text"} {
		if in.has(k) {
			q.echo[k] = in.given[k]
		}
	}
	if in.has("offset") {
		q.echo["offset"] = q.query.Offset
	}
	if in.has("distinct") {
		q.echo["distinct"] = q.query.Distinct
	}
	if in.has("plain") {
		q.echo["plain"] = pyTrue(in, "plain", true)
	}
}

// pyTrue returns a parameter as CKAN's boolean validator reads it: what is not
// true is false, and never wrong.
func pyTrue(in *args, key string, otherwise bool) bool {
	if !in.has(key) {
		return otherwise
	}
	return asBool[strings.ToLower(strings.TrimSpace(in.text(key)))]
}

// run asks for the rows. What may be written as JSON in a text is read here.
func (q *rowSearch) run(ctx context.Context, v *datastore.View, in *args) (*datastore.Page, error) {
	filters, err := jsonIn(in.given["filters"])
	if err != nil {
		return nil, invalidField("filters", "Cannot parse JSON")
	}
	if q.query.Filter, err = datastore.NewFilter(v.Fields, filters); err != nil {
		return nil, err
	}
	if filters != nil {
		q.echo["filters"] = filters
	}
	if q.query.Filter != nil {
		q.echo["filterops"] = q.query.Filter
	}
	words, isPlain := in.given["q"], pyTrue(in, "plain", true)
	if s, ok := words.(string); ok && strings.HasPrefix(s, "{") {
		if m, err := jsonIn(s); err == nil {
			words = m
		}
	}
	if words != nil {
		q.echo["q"] = words
	}
	if words == nil && in.has("full_text") {
		words, isPlain = in.text("full_text"), false
	}
	if q.query.Words, err = datastore.NewWords(v.Fields, words, isPlain); err != nil {
		return nil, err
	}
	return v.Search(ctx, q.query)
}

// jsonIn returns the value of a text that is JSON, or what is no text as it is.
func jsonIn(v any) (any, error) {
	s, ok := v.(string)
	if !ok || strings.TrimSpace(s) == "" {
		return v, nil
	}
	return decodeStrict([]byte(s))
}

// answer writes what was found.
func (q *rowSearch) answer(id string, p *datastore.Page) result {
	q.echo["resource_id"] = id
	q.echo["fields"] = shownFields(p.Fields)
	if q.total {
		q.echo["total"] = p.Total
	}
	if q.next && len(p.Rows) > 0 && len(p.Rows) == q.query.Limit && q.query.Sort == "" && p.Fields[0].ID == datastore.IDField {
		q.echo["next_page"] = map[string]any{datastore.IDField: map[string]any{"gt": p.Rows[len(p.Rows)-1][0]}}
	}
	head := mustJSON(q.echo)
	b := make([]byte, 0, len(head)+64*len(p.Rows)*len(p.Fields)/4)
	b = append(append(b, head[:len(head)-1]...), `,"records":`...)
	b = appendRecords(b, q.format, p)
	return one(append(b, '}'))
}

// appendRecords writes rows as records_format says.
func appendRecords(b []byte, format string, p *datastore.Page) []byte {
	switch format {
	case "csv", "tsv":
		text := string(appendSeparated(nil, p, map[string]byte{"csv": ',', "tsv": '\t'}[format]))
		return append(b, mustJSON(text)...)
	case "lists":
		return appendRows(b, p, func(b []byte, row []any) []byte {
			b = append(b, '[')
			for i, c := range row {
				b = datastore.AppendJSON(sep(b, i), c)
			}
			return append(b, ']')
		})
	}
	names := make([][]byte, len(p.Fields))
	for i, f := range p.Fields {
		names[i] = append(mustJSON(f.ID), ':')
	}
	return appendRows(b, p, func(b []byte, row []any) []byte {
		b = append(b, '{')
		for i, c := range row {
			b = datastore.AppendJSON(append(sep(b, i), names[i]...), c)
		}
		return append(b, '}')
	})
}

func appendRows(b []byte, p *datastore.Page, row func([]byte, []any) []byte) []byte {
	b = append(b, '[')
	for i, r := range p.Rows {
		b = row(sep(b, i), r)
	}
	return append(b, ']')
}

func sep(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// rowObjects returns rows as objects, for the answers of writes.
func rowObjects(fields []datastore.Field, rows []datastore.Row) json.RawMessage {
	p := &datastore.Page{Fields: append([]datastore.Field{{ID: datastore.IDField}}, fields...)}
	for _, r := range rows {
		p.Rows = append(p.Rows, append([]any{r.ID}, r.Cells...))
	}
	return appendRecords(nil, "objects", p)
}

// shownFields returns columns as CKAN tells of them; never null.
func shownFields(fields []datastore.Field) []datastore.Field {
	return append([]datastore.Field{}, fields...)
}

func (s *Server) datastoreInfo(ctx context.Context, in *args) (result, error) {
	ref := in.text("id")
	if ref == "" {
		ref = tableID(in)
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	v, id, err := s.visibleTable(ctx, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, withDetail(catalog.NotFound, `Resource/Alias "`+ref+`" was not found.`)
	}
	if err != nil {
		return nil, err
	}
	fields := make([]any, len(v.Fields))
	for i, f := range v.Fields {
		m := map[string]any{"id": f.ID, "type": f.Type}
		if f.Type == "json" {
			m["type"] = "nested"
		}
		if f.Info != nil {
			m["info"] = f.Info
		}
		if pyTrue(in, "include_fields_schema", true) {
			m["schema"] = fieldSchema(v, f)
		}
		fields[i] = m
	}
	out := map[string]any{"fields": fields}
	if pyTrue(in, "include_meta", true) {
		out["meta"] = map[string]any{
			"id": id, "count": len(v.Rows), "table_type": "BASE TABLE", "size": 0, "db_size": 0, "idx_size": 0,
			"aliases": append([]string{}, v.Aliases...),
		}
	}
	return one(mustJSON(out)), nil
}

// fieldSchema tells what PostgreSQL would know of a column.
func fieldSchema(v *datastore.View, f datastore.Field) map[string]any {
	out := map[string]any{"native_type": f.Native(), "notnull": false, "index_name": nil, "is_index": false, "uniquekey": false}
	if slices.Contains(v.Key, f.ID) || slices.Contains(v.Indexes, f.ID) {
		sum := sha256.Sum256([]byte(f.ID))
		out["is_index"], out["index_name"] = true, hex.EncodeToString(sum[:20])
	}
	return out
}
