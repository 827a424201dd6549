package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portico/datastore"
	"portico/datastore/sql"
)

// anySQL stands for an engine: what it finds are the names of the columns of
// the tables that a statement names in quotes.
type anySQL struct{}

func (anySQL) Run(ctx context.Context, text string, open sql.Open) (*sql.Answer, error) {
	var names []string
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 1 {
			names = append(names, part)
		}
	}
	if strings.Contains(text, "pg_sleep") {
		return nil, &sql.Refused{Denied: true, Text: "Not authorized to call function pg_sleep"}
	}
	if !strings.HasPrefix(text, "SELECT ") {
		return nil, &sql.Refused{Text: "Invalid SQL", It: "SQL non valido"}
	}
	tables, err := open(ctx, names)
	if err != nil {
		return nil, err
	}
	a := &sql.Answer{Records: json.RawMessage("[]"), Tables: names}
	for _, t := range tables {
		a.Fields = append(a.Fields, t.Columns...)
		magic := make([]byte, 4)
		if _, err := t.File.ReadAt(magic, 0); err != nil || string(magic) != "PAR1" {
			return nil, fmt.Errorf("the file begins with %q: %w", magic, err)
		}
		if err := t.File.Close(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func TestSQLIsRunOverTablesThatMayBeRead(t *testing.T) {
	w := newWorld(t).fill()
	hidings["private"](w, w.hidden())
	w.follow()
	code, body := w.post("datastore_create", `{"resource": {"package_id": "rifiuti-2023", "name": "x"}, "aliases": "gente", "fields": [{"id": "cod", "type": "int"},
		{"id": "quando", "type": "timestamp"}, {"id": "importo", "type": "numeric"}, {"id": "dati", "type": "json"}],
		"records": [{"cod": 1, "quando": "2024-01-02T03:04:05", "importo": 1.5, "dati": {"a": 1}}]}`, w.token)
	if code != http.StatusOK {
		t.Fatal(body)
	}
	for _, tt := range []struct {
		text, token string
		code        int
		part        string
	}{
		{`SELECT * FROM "gente"`, "", 200, `"fields": [{"id":"_id","type":"int4"},{"id":"_full_text","type":"tsvector"},{"id":"cod","type":"int4"},{"id":"quando","type":"timestamp"},{"id":"importo","type":"numeric"},{"id":"dati","type":"json"}]`},
		{`SELECT * FROM "0d000000-0000-4000-8000-000000000001"`, "", 200, `{"id":"nome","type":"text"},{"id":"valore","type":"numeric"}`}, // from a file
		{`SELECT * FROM "0d000000-0000-4000-8000-000000000003"`, "", 404, `Not found`},                                                    // without rows
		{`SELECT * FROM "nope"`, "", 404, `"message":"Not found"`},
		{`SELECT * FROM "` + hiddenRes + `"`, "", 403, "Access denied: Not authorized to read resource."},
		{`SELECT * FROM "` + hiddenRes + `"`, w.token, 200, canary},
		{`SELECT * FROM "` + hiddenRes + `"`, "", 403, "Access denied: Not authorized to read resource."}, // though the answer is kept
		{`SELECT pg_sleep(1)`, "", 403, "Access denied: Not authorized to call function pg_sleep"},
		{`DROP`, "", 409, `"message":"Invalid SQL"`},
	} {
		for range 2 {
			header := []string{}
			if tt.token != "" {
				header = append(header, "Authorization", tt.token)
			}
			rec := w.do("GET", "/api/3/action/datastore_search_sql?sql="+url.QueryEscape(tt.text), "", header...)
			if rec.Code != tt.code || !strings.Contains(rec.Body.String(), tt.part) {
				t.Errorf("%s: %d %s", tt.text, rec.Code, rec.Body)
			}
		}
	}
	// Once it is compacted its file is asked as it is.
	tables := datastore.NewTables(w.blobs, w.store, slog.New(slog.DiscardHandler))
	id, err := tables.Resolve(t.Context(), "gente")
	w.must(err)
	done, err := tables.Compact(t.Context(), id)
	w.must(err)
	view, err := tables.Table(t.Context(), id)
	w.must(err)
	f, there := tables.Base(t.Context(), view)
	if !done || !there {
		t.Fatalf("compacted: %v, with a file: %v", done, there)
	}
	w.must(f.Close())
	if rec := w.do("GET", "/api/3/action/datastore_search_sql?sql="+url.QueryEscape(`SELECT 2 FROM "gente"`), ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), `{"id":"importo","type":"numeric"}`) {
		t.Errorf("compacted: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do("GET", "/api/3/action/datastore_search_sql", ""); rec.Code != 409 || !strings.Contains(rec.Body.String(), `"sql":["Missing value"]`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}
