package api

import (
	"context"
	"errors"

	"portico/catalog"
	"portico/datastore/sql"
	"portico/internal/lru"
)

// SQL runs statements of anybody's; *sql.Pool is one.
type SQL interface {
	Run(ctx context.Context, text string, open sql.Open) (*sql.Answer, error)
}

// sqlSearch is what datastore_search_sql works with.
type sqlSearch struct {
	runner  SQL
	shelf   *sql.Shelf // of the tables that are written through the API
	answers *lru.Cache[*sqlAnswer]
}

// A sqlAnswer is what a statement found in certain versions of its tables. It
// says nothing of who may see them.
type sqlAnswer struct {
	names, versions []string
	body            []byte
}

// sqlCacheBytes is how much of answers to SQL is kept. What is larger than an
// eighth of it is not.
const sqlCacheBytes = 16 << 20

func newSQLSearch(c Config) *sqlSearch {
	if c.SQL == nil || c.Shelf == nil {
		return nil
	}
	cost := func(key string, a *sqlAnswer) int { return len(key) + len(a.body) + overhead }
	return &sqlSearch{runner: c.SQL, shelf: c.Shelf, answers: lru.New(sqlCacheBytes, cost)}
}

func (s *Server) addSQLActions(t map[string]action) {
	if s.sql == nil {
		return // as CKAN, which does not know it then
	}
	t["datastore_search_sql"] = read(asGiven, s.datastoreSearchSQL, "Asks tables in SQL: one SELECT over tables that you may see.",
		param{"sql", "text", `the statement; tables are named by the ID of their resource or an alias, in double quotes`})
}

func (s *Server) datastoreSearchSQL(ctx context.Context, in *args) (result, error) {
	text := in.present("sql")
	if err := in.err(); err != nil {
		return nil, err
	}
	if a, ok := s.sql.answers.Get(text); ok {
		seen, err := s.sqlTables(ctx, a.names)
		if err != nil {
			return nil, err
		}
		if seen.are(a.versions) {
			return one(a.body), nil
		}
	}
	var seen sqlTables
	found, err := s.sql.runner.Run(ctx, text, func(ctx context.Context, names []string) (_ []sql.Table, err error) {
		if seen, err = s.sqlTables(ctx, names); err != nil {
			return nil, err
		}
		return s.openAll(ctx, seen)
	})
	if err != nil {
		return nil, sqlFault(err)
	}
	body := sqlBody(text, found)
	if !found.Volatile && len(body) < sqlCacheBytes/8 {
		s.sql.answers.Put(text, &sqlAnswer{names: found.Tables, versions: seen.versions(), body: body})
	}
	return one(body), nil
}

// sqlBody writes what was found as CKAN does.
func sqlBody(text string, a *sql.Answer) []byte {
	b := make([]byte, 0, len(text)+len(a.Records)+64*len(a.Fields)+64)
	b = append(append(b, `{"sql": `...), mustJSON(text)...)
	if a.Truncated {
		b = append(b, `, "records_truncated": true`...)
	}
	b = append(append(b, `, "records": `...), a.Records...)
	b = append(append(b, `, "fields": `...), mustJSON(append([]sql.Column{}, a.Fields...))...)
	return append(b, '}')
}

// sqlFault tells in CKAN's words why a statement was not run.
func sqlFault(err error) error {
	r, ok := errors.AsType[*sql.Refused](err)
	switch {
	case !ok:
		return err
	case r.Denied:
		return withDetail(catalog.Denied, r.Text)
	case r.It != "":
		return catalog.Errorf(catalog.Invalid, "%s", r.Text).Italian("%s", r.It)
	}
	return catalog.Errorf(catalog.Invalid, "%s", r.Text)
}

// A sqlTable is a distribution that a statement names.
type sqlTable struct {
	name    string
	x       *catalog.Distribution
	version string
}

type sqlTables []sqlTable

func (t sqlTables) versions() []string {
	out := make([]string, len(t))
	for i := range t {
		out[i] = t[i].version
	}
	return out
}

func (t sqlTables) are(versions []string) bool {
	for i := range t {
		if t[i].version != versions[i] {
			return false
		}
	}
	return len(t) == len(versions)
}

// sqlTables returns the tables of some names, all of which the actor of ctx may
// read.
func (s *Server) sqlTables(ctx context.Context, names []string) (sqlTables, error) {
	var out sqlTables
	for _, name := range names {
		x, err := s.readableTable(ctx, name)
		if err != nil {
			return nil, err
		}
		t := sqlTable{name: name, x: x, version: x.Table.Hash}
		if x.Table.Written {
			if t.version, err = s.rows.Version(ctx, x.ID); err != nil {
				return nil, sqlMissing(err)
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// readableTable returns the distribution that has rows and a name in SQL. A
// table that is not there is told from one that may not be read, as in CKAN.
func (s *Server) readableTable(ctx context.Context, name string) (*catalog.Distribution, error) {
	if s.rows == nil || len(name) > maxRef {
		return nil, noDistribution()
	}
	id, err := s.rows.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	d, x, err := s.anyDistribution(ctx, id)
	if err != nil {
		return nil, sqlMissing(err)
	}
	if !x.Table.Active() || !x.Table.Written && s.tables == nil {
		return nil, noDistribution()
	}
	_, err = s.datasets.Dataset(ctx, d.ID)
	if kind := catalog.KindOf(err); err != nil && (kind == catalog.Denied || kind == catalog.Gone || kind == catalog.NotFound) {
		return nil, withDetail(catalog.Denied, "Not authorized to read resource.")
	}
	return x, err
}

// sqlMissing says of a table no more than that it is not there.
func sqlMissing(err error) error {
	if catalog.KindOf(err) == catalog.NotFound {
		return noDistribution()
	}
	return err
}

// openAll opens the files of tables. Whoever gets them closes them, also when
// there is an error.
func (s *Server) openAll(ctx context.Context, tables sqlTables) (out []sql.Table, err error) {
	for _, t := range tables {
		table := sql.Table{Name: t.name}
		if t.x.Table.Written {
			err = s.openWritten(ctx, t, &table)
		} else {
			table.Columns, table.Numbered = sql.SnapshotColumns(t.x.Table.Columns), true
			r, opening := s.tables.Parquet(ctx, t.x.Table)
			if err = opening; err == nil {
				table.File, err = s.sql.shelf.Snapshot(t.version, r)
			}
		}
		if err != nil {
			return out, err
		}
		out = append(out, table)
	}
	return out, nil
}

func (s *Server) openWritten(ctx context.Context, t sqlTable, into *sql.Table) error {
	v, err := s.rows.Table(ctx, t.x.ID)
	if err != nil {
		return sqlMissing(err)
	}
	into.Columns = sql.WrittenColumns(v.Fields)
	if r, there := s.rows.Base(ctx, v); there { // it has just been compacted
		into.File, err = s.sql.shelf.Snapshot(v.Base.Hash, r)
		return err
	}
	into.File, err = s.sql.shelf.Written(ctx, v)
	return err
}
