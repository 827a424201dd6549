package duck

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/datastore/sql"
)

// serve answers one request.
func (e *engine) serve(ctx context.Context, w *sql.Wire, req sql.Request) error {
	s, err := e.check(ctx, req.SQL)
	if sent := w.Reading(readingOf(s, err)); sent != nil || err != nil {
		return sent
	}
	tables, fds, err := w.Tables()
	if err != nil {
		return fmt.Errorf("sql worker: tables: %w", err)
	}
	if err := e.attach(ctx, tables.Tables, fds); err != nil {
		return err
	}
	end, err := e.run(ctx, w, s, tables.Tables, req)
	if err != nil {
		end = sql.Ending{Refused: refusal(err)}
	}
	return w.End(end)
}

// attach makes the tables known under their names.
func (e *engine) attach(ctx context.Context, tables []sql.Table, fds []int) error {
	if len(tables) > mostFiles {
		return fmt.Errorf("sql worker: %d tables", len(tables))
	}
	for i := range fds {
		if err := move(fds[i], firstFile+i); err != nil {
			return fmt.Errorf("sql worker: table: %w", err)
		}
	}
	if err := e.lock(ctx, len(tables)); err != nil {
		return err
	}
	for i, t := range tables {
		if _, err := e.conn.ExecContext(ctx, view(t, fileName(i))); err != nil {
			return fmt.Errorf("sql worker: table: %w", err)
		}
	}
	return nil
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// casts are the types that a column of a file is made to have, where the file
// has another.
var casts = map[string]string{
	"int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "float4": "FLOAT", "float8": "DOUBLE",
}

// read returns a column as it is read from its file.
func read(c sql.Column) string {
	name := quoted(c.ID)
	switch {
	case casts[c.Type] != "":
		return "CAST(" + name + " AS " + casts[c.Type] + ") AS " + name
	case c.Type == "timestamptz":
		return name + " AT TIME ZONE 'UTC' AS " + name
	}
	return name
}

// asText returns a column as a text in which words are looked for: numbers
// without zeros that say nothing.
func asText(c sql.Column) string {
	name := quoted(c.ID)
	switch c.Type {
	case "timestamp":
		return "strftime(" + name + ", '%Y-%m-%dT%H:%M:%S')"
	case "numeric", "float4", "float8":
		return "regexp_replace(CAST(" + name + " AS VARCHAR), '\\.?0+$', '')"
	}
	return "CAST(" + name + " AS VARCHAR)"
}

// view returns the definition of a table over its file.
func view(t sql.Table, file string) string {
	var columns, texts []string
	for _, c := range t.Columns {
		if c.ID == "_id" && t.Numbered {
			columns = append(columns, "CAST(file_row_number + 1 AS INTEGER) AS _id")
			continue
		}
		columns = append(columns, read(c))
		if c.ID != "_id" && c.Type != "tsvector" {
			texts = append(texts, asText(c))
		}
	}
	for i, c := range t.Columns {
		if c.Type == "tsvector" {
			columns[i] = "portico_tsvector(concat_ws(' ', ''," + strings.Join(texts, ", ") + ")) AS " + quoted(c.ID)
		}
	}
	from := "read_parquet('" + file + "')"
	if t.Numbered {
		from = "read_parquet('" + file + "', file_row_number=true)"
	}
	return "CREATE VIEW " + quoted(t.Name) + " AS SELECT " + strings.Join(columns, ", ") + " FROM " + from
}

// run runs a statement that has passed the gate.
func (e *engine) run(ctx context.Context, w *sql.Wire, s *sql.Statement, tables []sql.Table, req sql.Request) (end sql.Ending, err error) {
	if err := ownValues(s, tables); err != nil {
		return end, err
	}
	if err := s.Rewrite(req.SQL, req.Rows+1); err != nil {
		return end, err
	}
	text, err := e.canonical(ctx, s)
	if err != nil {
		return end, err
	}
	rows, err := e.conn.QueryContext(ctx, text)
	if err != nil {
		return end, err
	}
	defer rows.Close()
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return end, err
	}
	fields, err := fieldsOf(s, kinds, tables)
	if err != nil {
		return end, err
	}
	if err := w.Fields(fields); err != nil {
		return end, err
	}
	return stream(w, rows, fields, kinds, req)
}

// ownValues refuses names that are no columns, and so DuckDB's own values.
func ownValues(s *sql.Statement, tables []sql.Table) error {
	for _, name := range s.Values {
		is := func(c sql.Column) bool { return strings.EqualFold(c.ID, name) }
		if !slices.ContainsFunc(tables, func(t sql.Table) bool { return slices.ContainsFunc(t.Columns, is) }) {
			return &sql.Refused{Denied: true, Text: "Not authorized to call function " + name}
		}
	}
	return nil
}
