package datastore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/blob"
	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
)

// records is a catalog.Records in memory.
type records struct {
	mu   sync.Mutex
	all  map[string]catalog.Record
	fail error // of the next PutRecord
}

func (r *records) Record(_ context.Context, kind catalog.RecordKind, key string) (*catalog.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x, ok := r.all[string(kind)+"/"+key]
	if !ok {
		return nil, catalog.Errorf(catalog.NotFound, "no record")
	}
	return &x, nil
}

func (r *records) Records(_ context.Context, kind catalog.RecordKind, about, _ string) ([]*catalog.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*catalog.Record
	for _, key := range slices.Sorted(maps.Keys(r.all)) {
		if x := r.all[key]; x.Kind == kind && (about == "" || x.About == about) {
			out = append(out, &x)
		}
	}
	return out, nil
}

func (r *records) PutRecord(_ context.Context, x *catalog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.put(x)
}

func (r *records) put(x *catalog.Record) error {
	if err := r.fail; err != nil {
		r.fail = nil
		return err
	}
	r.all[string(x.Kind)+"/"+x.Key] = *x
	return nil
}

func (r *records) SwapRecord(_ context.Context, x *catalog.Record, was json.RawMessage) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	old, ok := r.all[string(x.Kind)+"/"+x.Key]
	if ok != (was != nil) || string(old.Body) != string(was) {
		return catalog.Errorf(catalog.Conflict, "changed")
	}
	return r.put(x)
}

func (r *records) RemoveRecord(_ context.Context, kind catalog.RecordKind, key string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.all[string(kind)+"/"+key]; !ok {
		return catalog.Errorf(catalog.NotFound, "no record")
	}
	delete(r.all, string(kind)+"/"+key)
	return nil
}

// A bench is tables on a disk, which can be opened again.
type bench struct {
	*datastore.Tables
	blobs   blob.Store
	records *records
}

func openTables(t testing.TB) *bench {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	b := &bench{blobs: blobs, records: &records{all: map[string]catalog.Record{}}}
	return b.again()
}

// again returns the same tables as another process finds them.
func (b *bench) again() *bench {
	return &bench{datastore.NewTables(b.blobs, b.records, slog.New(slog.DiscardHandler)), b.blobs, b.records}
}

func parse(t testing.TB, s string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func rows(t testing.TB, s string) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, x := range parse(t, s).([]any) {
		out = append(out, x.(map[string]any))
	}
	return out
}

// show returns all that a query finds, a row a line.
func (b *bench) show(t testing.TB, q datastore.Query) string {
	t.Helper()
	v, err := b.Table(t.Context(), "t")
	if err != nil {
		return err.Error()
	}
	q.Limit = -1
	p, err := v.Search(t.Context(), q)
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for _, r := range p.Rows {
		for i, c := range r {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.Write(datastore.AppendJSON(nil, c))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

var people = []datastore.Field{{ID: "cod", Type: "int"}, {ID: "nome", Type: "text"}, {ID: "quando", Type: "timestamp"}, {ID: "prezzo", Type: "numeric"}, {ID: "dati", Type: "json"}, {ID: "ok", Type: "bool"}}

func (b *bench) people(t testing.TB) {
	t.Helper()
	_, _, err := b.Create(t.Context(), "t", datastore.Definition{Fields: people, Key: []string{"cod"}, Indexes: []string{"nome"}, Aliases: []string{"gente"}, Records: rows(t,
		`[{"cod":1,"nome":"Città","quando":"2024-01-02T03:04:05","prezzo":1.1,"dati":{"a":[1,2]},"ok":true},{"cod":2},{"cod":3,"nome":"tre","quando":"2024-01-02","prezzo":"3.30","dati":[1],"ok":"false"}]`)})
	if err != nil {
		t.Fatal(err)
	}
}

const threePeople = `1 1 "Città" "2024-01-02T03:04:05.000" 1.1 {"a": [1, 2]} true
2 2 null null null null null
3 3 "tre" "2024-01-02T00:00:00.000" 3.30 [1] false
`

func TestRowsAreKept(t *testing.T) {
	b := openTables(t)
	b.people(t)
	for name, b := range map[string]*bench{"in memory": b, "on disk": b.again()} {
		if diff := cmp.Diff(threePeople, b.show(t, datastore.Query{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if id, err := b.Resolve(t.Context(), "gente"); err != nil || id != "t" {
		t.Errorf("alias: %s, %v", id, err)
	}
}

func TestRowsAreChangedByTheirKey(t *testing.T) {
	b := openTables(t)
	b.people(t)
	write := func(m datastore.Method, s string) {
		t.Helper()
		if _, err := b.Write(t.Context(), "t", m, rows(t, s), false); err != nil {
			t.Error(err)
		}
	}
	write(datastore.Upsert, `[{"cod":1,"nome":"uno"},{"cod":4,"nome":"quattro"}]`)
	write(datastore.Insert, `[{"cod":5}]`)
	write(datastore.Update, `[{"cod":5,"ok":1},{"_id":2,"nome":"due","cod":20}]`)
	want := `1 1 "uno" "2024-01-02T03:04:05.000" 1.1 {"a": [1, 2]} true
2 20 "due" null null null null
3 3 "tre" "2024-01-02T00:00:00.000" 3.30 [1] false
5 4 "quattro" null null null null
6 5 null null null null true
`
	for name, b := range map[string]*bench{"in memory": b, "on disk": b.again()} {
		if diff := cmp.Diff(want, b.show(t, datastore.Query{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	f, err := datastore.NewFilter(people, parse(t, `{"cod":[20,3]}`))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := b.DeleteRows(t.Context(), "t", f)
	if err != nil || len(gone) != 2 {
		t.Errorf("%v, %v", gone, err)
	}
	if got := b.again().show(t, datastore.Query{Fields: []string{"cod"}}); got != "1\n4\n5\n" {
		t.Error(got)
	}
	write(datastore.Insert, `[{"cod":20}]`) // the key is free again
}

func TestWrongRecordsChangeNothing(t *testing.T) {
	b := openTables(t)
	b.people(t)
	for _, c := range []struct {
		method  datastore.Method
		records string
		field   string
		message string
		row     int
	}{
		{"insert", `[{"cod":6},{"cod":6}]`, "records", `duplicate key value violates unique constraint "cod"`, 1},
		{"insert", `[{"cod":1}]`, "records", `duplicate key value violates unique constraint "cod"`, 0},
		{"upsert", `[{"cod":7},{"cod":"sette"}]`, "records", `invalid input syntax for type integer: "sette"`, 1},
		{"upsert", `[{"cod":7,"ok":"forse"}]`, "records", `invalid input syntax for type boolean: "forse"`, 0},
		{"upsert", `[{"cod":7,"quando":"ieri"}]`, "records", `invalid input syntax for type timestamp: "ieri"`, 0},
		{"upsert", `[{"cod":99999999999}]`, "records", `value "99999999999" is out of range for type integer`, 0},
		{"upsert", `[{"cod":true}]`, "records", `column "cod" is of type integer but expression is of type boolean`, 0},
		{"upsert", `[{"cod":7,"prezzo":"NaN"}]`, "records", `invalid input syntax for type numeric: "NaN"`, 0},
		{"upsert", `[{"nome":"x"}]`, "key", "fields \"cod\" are missing\n                            but needed as key", -1},
		{"upsert", `[{"cod":7,"nope":1}]`, "fields", `fields "nope" do not exist`, -1},
		{"update", `[{"cod":99}]`, "key", `key "{'cod': 99}" not found`, -1},
	} {
		_, err := b.Write(t.Context(), "t", c.method, rows(t, c.records), false)
		row := -1
		if e, ok := errors.AsType[*datastore.RowError](err); ok {
			row = e.Row
		}
		e, _ := errors.AsType[*catalog.Error](err)
		if e == nil || e.Kind != catalog.Invalid || !slices.Equal(e.Fields[c.field], []string{c.message}) || row != c.row {
			t.Errorf("%s %s: %v (row %d)", c.method, c.records, err, row)
		}
	}
	if diff := cmp.Diff(threePeople, b.again().show(t, datastore.Query{})); diff != "" {
		t.Error(diff)
	}
	if _, err := b.Write(t.Context(), "t", "upsert", rows(t, `[{"cod":8}]`), true); err != nil || b.show(t, datastore.Query{}) != threePeople {
		t.Errorf("a dry run: %v", err)
	}
}

func TestAWriteThatIsNotStoredChangesNothing(t *testing.T) {
	b := openTables(t)
	b.people(t)
	b.records.fail = errors.New("the disk is full")
	if _, err := b.Write(t.Context(), "t", "insert", rows(t, `[{"cod":9}]`), false); err == nil {
		t.Error("no error")
	}
	for name, b := range map[string]*bench{"in memory": b, "on disk": b.again()} {
		if diff := cmp.Diff(threePeople, b.show(t, datastore.Query{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := b.Write(t.Context(), "t", "insert", rows(t, `[{"cod":9}]`), false); err != nil {
		t.Errorf("the key was not given back: %v", err)
	}
}

func TestATableChangesItsColumns(t *testing.T) {
	b := openTables(t)
	b.people(t)
	create := func(d datastore.Definition) {
		t.Helper()
		if _, _, err := b.Create(t.Context(), "t", d); err != nil {
			t.Fatal(err)
		}
	}
	create(datastore.Definition{Fields: []datastore.Field{{ID: "cod"}, {ID: "nuovo", Type: "text"}}})
	if got := b.again().show(t, datastore.Query{Fields: []string{"cod", "nuovo", "nome"}}); got != "1 null \"Città\"\n2 null null\n3 null \"tre\"\n" {
		t.Error(got)
	}
	create(datastore.Definition{Fields: []datastore.Field{{ID: "cod"}}, DeleteFields: true})
	create(datastore.Definition{Fields: []datastore.Field{{ID: "nome", Type: "text"}}})
	if got := b.again().show(t, datastore.Query{}); got != "1 1 null\n2 2 null\n3 3 null\n" {
		t.Errorf("a dropped column came back: %s", got)
	}
	if err := b.Drop(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	if err := b.Drop(t.Context(), "t"); catalog.KindOf(err) != catalog.NotFound {
		t.Error(err)
	}
	left := 0
	if err := b.blobs.All(t.Context(), func(string, int64, time.Time) error { left++; return nil }); err != nil || left > 0 || len(b.records.all) > 0 {
		t.Errorf("%d blobs and %d records stay, %v", left, len(b.records.all), err)
	}
}

func TestDefinitionsAreChecked(t *testing.T) {
	b := openTables(t)
	b.people(t)
	for _, c := range []struct {
		def     datastore.Definition
		field   string
		message string
	}{
		{datastore.Definition{Fields: []datastore.Field{{ID: "a", Type: "boh"}}}, "fields", `"boh" is not a valid field type`},
		{datastore.Definition{Fields: []datastore.Field{{ID: "a"}}}, "fields", `"a" type not guessable`},
		{datastore.Definition{Fields: []datastore.Field{{ID: strings.Repeat("a", 64), Type: "text"}}}, "fields", `Column heading "` + strings.Repeat("a", 64) + `" exceeds limit of 63 characters.`},
		{datastore.Definition{Fields: []datastore.Field{{ID: "a", Type: "text"}, {ID: "a", Type: "text"}}}, "field", "Duplicate column names are not supported"},
		{datastore.Definition{Fields: []datastore.Field{{ID: "a", Type: "text"}}, Key: []string{"b"}}, "index", `The field "['b']" is not a valid column name.`},
		{datastore.Definition{Fields: []datastore.Field{{ID: "a", Type: "text"}}, Indexes: []string{"b"}}, "index", `The field "b" is not a valid column name.`},
		{datastore.Definition{Aliases: []string{`x"y`}}, "alias", `"x"y" is not a valid alias name`},
		{datastore.Definition{Aliases: []string{"gente"}}, "alias", `"gente" already exists`},
		{datastore.Definition{Aliases: []string{"t"}}, "alias", `"t" already exists`},
		{datastore.Definition{Fields: []datastore.Field{{ID: "a", Type: "int"}}, Key: []string{"a"}, Records: rows(t, `[{"a":1},{"a":1}]`)}, "constraints", "Cannot insert records or create indexbecause of uniqueness constraint"},
	} {
		_, _, err := b.Create(t.Context(), "u", c.def)
		e, _ := errors.AsType[*catalog.Error](err)
		if e == nil || !slices.Equal(e.Fields[c.field], []string{c.message}) {
			t.Errorf("%+v: %v", c.def, err)
		}
	}
	if _, err := b.Table(t.Context(), "u"); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("a table was made: %v", err)
	}
}

func TestTypesAreGuessedAsCKANDoes(t *testing.T) {
	b := openTables(t)
	rec := rows(t, `[{"a":1,"b":"x","c":1.5,"d":"2024-01-01","f":{"g":1},"h":"007","i":"1.5","l":null}]`)
	told, _, err := b.Create(t.Context(), "t", datastore.Definition{Records: rec, Keys: []string{"a", "b", "c", "d", "f", "h", "i", "l"}})
	var got []string
	for _, f := range told {
		got = append(got, f.Type)
	}
	if diff := cmp.Diff([]string{"int", "text", "float", "timestamp", "nested", "integer", "numeric", "text"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got := b.show(t, datastore.Query{}); got != "1 1 \"x\" 1.5 \"2024-01-01T00:00:00.000\" {\"g\": 1} 7 1.5 null\n" {
		t.Error(got)
	}
}

func TestRowsAreFound(t *testing.T) {
	b := openTables(t)
	b.people(t)
	for _, c := range []struct {
		filters, q, sort string
		distinct         bool
		fields           []string
		want             string
	}{
		{filters: `{"cod":2}`, want: "2\n"},
		{filters: `{"cod":"2"}`, want: "2\n"},
		{filters: `{"cod":[3,1]}`, want: "1\n3\n"},
		{filters: `{"cod":[]}`, want: ""},
		{filters: `{"nome":null}`, want: ""},
		{filters: `{"prezzo":{"gt":1.1}}`, want: "3\n"},
		{filters: `{"prezzo":3.3}`, want: "3\n"},
		{filters: `{"quando":{"gte":"2024-01-02","lt":"2024-01-02T01:00"}}`, want: "3\n"},
		{filters: `{"cod":[{"gte":3},1]}`, want: "1\n3\n"},
		{filters: `{"$or":[{"cod":1},{"ok":false}]}`, want: "1\n3\n"},
		{filters: `{"_id":2}`, want: "2\n"},
		{filters: `{}`, want: "1\n2\n3\n"},
		{filters: `{"nope":1}`, want: "filters: Unknown field: nope"},
		{filters: `{"cod":"x"}`, want: "query: Invalid query"},
		{filters: `"x"`, want: "filters: Filters must be defined as a dict or a list of dicts"},
		{q: `"CITTÀ"`, want: "1\n"},
		{q: `"tre"`, want: "3\n"},
		{q: `"tr"`, want: ""},
		{q: `{"nome":"tre"}`, want: "3\n"},
		{q: `{"nope":"tre"}`, want: `q: invalid value "nope"`},
		{sort: "cod desc", want: "3\n2\n1\n"},
		{sort: `"nome" asc`, want: "1\n3\n2\n"},
		{sort: "nome desc nulls last, cod", want: "3\n1\n2\n"},
		{sort: "prezzo desc", want: "2\n3\n1\n"},
		{sort: "cod su", want: `sort: invalid value "cod su"`},
		{sort: "cod; drop", want: `sort: invalid value "cod; drop"`},
		{fields: []string{"ok"}, distinct: true, sort: "ok", want: "false\ntrue\nnull\n"},
		{fields: []string{"nope"}, want: `fields: invalid value "nope"`},
	} {
		q := datastore.Query{Sort: c.sort, Distinct: c.distinct, Fields: c.fields}
		if q.Fields == nil {
			q.Fields = []string{"cod"}
		}
		got := ""
		v, err := b.Table(t.Context(), "t")
		if err == nil && c.filters != "" {
			q.Filter, err = datastore.NewFilter(v.Fields, parse(t, c.filters))
		}
		if err == nil && c.q != "" {
			q.Words, err = datastore.NewWords(v.Fields, parse(t, c.q), true)
		}
		if e, ok := errors.AsType[*catalog.Error](err); ok {
			got = e.Msg
		} else {
			got = b.show(t, q)
		}
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// TestSegmentsStayFew writes often: the segments must not grow without end,
// and a table that is opened anew must be the same.
func TestSegmentsStayFew(t *testing.T) {
	b := openTables(t)
	b.people(t)
	for i := range 300 {
		m, rec := datastore.Upsert, fmt.Sprintf(`[{"cod":%d,"nome":"n%d"}]`, i%50, i)
		if _, err := b.Write(t.Context(), "t", m, rows(t, rec), false); err != nil {
			t.Fatal(err)
		}
	}
	blobs := 0
	if err := b.blobs.All(t.Context(), func(string, int64, time.Time) error { blobs++; return nil }); err != nil || blobs > 17 {
		t.Errorf("%d segments, %v", blobs, err)
	}
	if diff := cmp.Diff(b.show(t, datastore.Query{}), b.again().show(t, datastore.Query{})); diff != "" {
		t.Error(diff)
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	b := openTables(t)
	b.people(t)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 20 {
				if _, err := b.Write(t.Context(), "t", "insert", rows(t, fmt.Sprintf(`[{"cod":%d}]`, 100+n*20+i)), false); err != nil {
					t.Error(err)
				}
				b.show(t, datastore.Query{})
			}
		})
	}
	wg.Wait()
	v, err := b.again().Table(t.Context(), "t")
	if err != nil || len(v.Rows) != 83 || v.Count != 83 {
		t.Errorf("%d rows, %v", len(v.Rows), err)
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(`{"cod":[{"gte":3},1],"$or":[{"nome":"x"},{"$and":[{"ok":true}]}]}`, "cod desc nulls last, \"nome\"", "a & b:*")
	f.Add(`[{"dati":{"a":1}}]`, ",", "(")
	b := openTables(f)
	b.people(f)
	v, err := b.Table(f.Context(), "t")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, filters, sort, words string) {
		var given any
		d := json.NewDecoder(strings.NewReader(filters))
		d.UseNumber()
		if d.Decode(&given) != nil {
			return
		}
		filter, err := datastore.NewFilter(v.Fields, given)
		if err != nil {
			return
		}
		w, err := datastore.NewWords(v.Fields, words, false)
		if err != nil {
			return
		}
		p, err := v.Search(t.Context(), datastore.Query{Filter: filter, Words: w, Sort: sort, Limit: 2})
		if err == nil && (len(p.Rows) > 2 || p.Total > 3) {
			t.Errorf("%d rows of %d", len(p.Rows), p.Total)
		}
	})
}

func BenchmarkLoad100k(b *testing.B) {
	for b.Loop() {
		s := openTables(b)
		s.people(b)
		for i := range 10 {
			recs := make([]map[string]any, 10_000)
			for j := range recs {
				recs[j] = map[string]any{"cod": json.Number(fmt.Sprint(10 + i*10_000 + j)), "nome": "Via Roma", "quando": "2024-01-02T03:04:05", "prezzo": json.Number("42.5"), "ok": true}
			}
			if _, err := s.Write(b.Context(), "t", "insert", recs, false); err != nil {
				b.Fatal(err)
			}
		}
	}
}
