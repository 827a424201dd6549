package api

import (
	"context"
	"crypto/sha1" //nolint:gosec // see fieldSchema
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
	t, err := s.visibleRows(ctx, ref)
	if err != nil {
		return nil, "", err
	}
	v, err := s.rowsOf(ctx, t)
	return v, t.id, tableMissing(err, ref)
}

// A rowsRef names rows: the nth table of the file of a distribution, counted
// from 1, or what is written through the API.
type rowsRef struct {
	d  *catalog.Dataset
	x  *catalog.Distribution
	n  int
	id string // by which they are asked for
}

// snapshot returns the distribution as if the rows were all that its file
// holds.
func (t rowsRef) snapshot() (*catalog.Distribution, error) {
	if t.n == 1 {
		return t.x, nil
	}
	if !t.x.Table.Active() || t.n > 1+len(t.x.Table.Others) {
		return nil, noDistribution()
	}
	x := *t.x
	x.Table = &t.x.Table.Others[t.n-2]
	return &x, nil
}

// visibleRows returns the rows that a reference names, as the actor of ctx may
// see them.
func (s *Server) visibleRows(ctx context.Context, ref string) (t rowsRef, err error) {
	if s.rows == nil || len(ref) > maxRef {
		return t, noTable(ref)
	}
	id, err := s.rows.Resolve(ctx, ref)
	if err != nil {
		return t, err
	}
	d, x, err := s.anyDistribution(ctx, id)
	n := 1
	if rid, of, ok := tableOf(id); ok && catalog.KindOf(err) == catalog.NotFound {
		n = of
		d, x, err = s.anyDistribution(ctx, rid)
	}
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return t, noTable(ref)
	}
	if err != nil {
		return t, err
	}
	if _, err := s.datasets.Dataset(ctx, d.ID); err != nil {
		return t, unreadable(ctx, err, ref)
	}
	return rowsRef{d, x, n, id}, nil
}

// tableOf reads the name of one of several tables of a file: RID.2 is the
// second.
func tableOf(ref string) (rid string, n int, ok bool) {
	at := strings.LastIndexByte(ref, '.')
	if at < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(ref[at+1:])
	return ref[:at], n, err == nil && n > 1
}

// unreadable says in CKAN's words that a resource is not to be seen, if that
// is what is wrong.
func unreadable(ctx context.Context, err error, ref string) error {
	if kind := catalog.KindOf(err); kind == catalog.Denied || kind == catalog.Gone || kind == catalog.NotFound {
		return notAuthorized(ctx, "perform resource_show on resource "+ref)
	}
	return err
}

// rowsOf returns rows from wherever they are kept. Who may change the dataset
// is given those that wait to be public, too.
func (s *Server) rowsOf(ctx context.Context, t rowsRef) (*datastore.View, error) {
	x, err := t.snapshot()
	switch {
	case err != nil:
		return nil, err
	case t.n == 1 && writtenByAPI(x) && mayEdit(catalog.ActorOf(ctx), t.d):
		return s.writtenRows(ctx, x.ID)
	case !x.Table.Active():
		return nil, noDistribution()
	case x.Table.Written:
		return s.rows.Table(ctx, x.ID)
	case s.tables == nil:
		return nil, noDistribution()
	}
	v, err := s.rows.Snapshot(ctx, s.tables, x.Table)
	if err != nil || t.n > 1 {
		return v, err
	}
	dictionary, err := s.rows.Dictionary(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	return v.Described(x.Table.Columns, dictionary), nil
}

func (s *Server) datastoreSearch(ctx context.Context, in *args) (result, error) {
	q := readRowSearch(in)
	if err := in.err(); err != nil {
		return nil, err
	}
	if q.ref == tableMetadata {
		return s.searchTableMetadata(ctx, in, q)
	}
	v, id, err := s.visibleTable(ctx, q.ref)
	if err != nil {
		return nil, err
	}
	// The rows of a version never change, so neither does an answer about them.
	key := id + "\x00" + v.Version + "\x00" + string(mustJSON(in.given))
	if b, ok := s.rowAnswers.Get(key); ok {
		return one(b), nil
	}
	page, err := q.run(ctx, v, in)
	if err != nil {
		return nil, err
	}
	if s.older() {
		q.linked(in)
	}
	out := q.answer(id, page)
	const mostKept = 512 << 10
	if out.size() <= mostKept {
		s.rowAnswers.Put(key, out[0])
	}
	return out, nil
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

// run asks for the rows.
func (q *rowSearch) run(ctx context.Context, v *datastore.View, in *args) (*datastore.Page, error) {
	if err := q.choose(v.Fields, in); err != nil {
		return nil, err
	}
	return v.Search(ctx, q.query)
}

// choose reads which rows of a table with the given fields are asked for. What
// may be written as JSON in a text is read here.
func (q *rowSearch) choose(fields []datastore.Field, in *args) error {
	if err := q.chooseFilter(fields, in); err != nil {
		return err
	}
	return q.chooseWords(fields, in)
}

// chooseFilter reads what the cells of the rows are to be. It notes for the
// answer both the text that was sent and what it was taken for, as CKAN tells.
func (q *rowSearch) chooseFilter(fields []datastore.Field, in *args) error {
	filters, err := jsonIn(in.given["filters"])
	if err != nil {
		return invalidField("filters", "Cannot parse JSON")
	}
	if q.query.Filter, err = datastore.NewFilter(fields, filters); err != nil {
		return err
	}
	if filters != nil {
		q.echo["filters"] = filters
	}
	if q.query.Filter != nil {
		q.echo["filterops"] = q.query.Filter
	}
	return nil
}

// chooseWords reads which words the rows are to have: q, which is told in the
// answer, or else full_text, which tell has noted already.
func (q *rowSearch) chooseWords(fields []datastore.Field, in *args) (err error) {
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
		words = in.text("full_text")
	}
	if l := in.text("language"); l != "" && words != nil && !textLanguages[strings.ToLower(l)] {
		return invalidField("query", "Invalid query")
	}
	q.query.Words, err = datastore.NewWords(fields, words, isPlain)
	return err
}

// textLanguages are the languages that PostgreSQL knows. Words are compared as
// they stand in all of them.
var textLanguages = func() map[string]bool {
	out := map[string]bool{}
	for l := range strings.FieldsSeq(`simple arabic armenian basque catalan danish dutch english estonian finnish french german greek hindi
		hungarian indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian spanish swedish tamil turkish yiddish`) {
		out[l] = true
	}
	return out
}()

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
			m["schema"] = fieldSchema(v, id, f)
		}
		fields[i] = m
	}
	out := map[string]any{"fields": fields}
	if pyTrue(in, "include_meta", true) {
		out["meta"] = map[string]any{
			"id": id, "count": v.Count, "table_type": "BASE TABLE", "size": 0, "db_size": 0, "idx_size": 0,
			"aliases": append([]string{}, v.Aliases...),
		}
	}
	return one(mustJSON(out)), nil
}

// fieldSchema tells what PostgreSQL would know of a column.
func fieldSchema(v *datastore.View, id string, f datastore.Field) map[string]any {
	out := map[string]any{"native_type": f.Native(), "notnull": false, "index_name": nil, "is_index": false, "uniquekey": false}
	if slices.Contains(v.Key, f.ID) || slices.Contains(v.Indexes, f.ID) {
		sum := sha1.Sum([]byte(id + f.ID)) //nolint:gosec // it is only a name, and CKAN's
		out["is_index"], out["index_name"] = true, hex.EncodeToString(sum[:])
	}
	return out
}
