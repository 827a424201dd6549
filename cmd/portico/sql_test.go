package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/internal/fixtures"
	"portico/internal/golden"
)

// aboutSQL are the recorded cases of SQL.
var aboutSQL = regexp.MustCompile(`^ds_sql`)

// TestSQLIsAnsweredAsCKANDoes sends what was recorded of datastore_search_sql.
// What differs is told with its reason in docs/ckan-differences.md.
func TestSQLIsAnsweredAsCKANDoes(t *testing.T) {
	cases := golden.Cases(t)
	told := toldDifferences(t)
	for engine, args := range engines() {
		t.Run(engine, func(t *testing.T) {
			flags := slices.Concat([]string{
				"--data", filepath.Join(t.TempDir(), "data"), "--locale", "en", "--sql-search", "on", "--sql-time", "60", "--rate-limit", "off",
			}, args(t))
			must(t, append([]string{"user", "create", "admin", "--sysadmin", "--email", "admin@comune.example.it"}, flags...)...)
			token := strings.TrimSpace(must(t, append([]string{"token", "create", "admin", "--name", "golden"}, flags...)...))
			origin := serve(t, append([]string{"serve"}, flags...)...)
			c := &caller{t: t, origin: origin, token: token}
			datasets := 0
			golden.Load(t, func(action string, body any) {
				if action == "package_create" {
					datasets++
				}
				if datasets <= 1 { // the one that has the table
					c.call(action, body)
				}
			})
			address, err := url.Parse(origin)
			if err != nil {
				t.Fatal(err)
			}
			r := golden.New(t, httputil.NewSingleHostReverseProxy(address), origin, token)
			r.Set("rid_100k", c.table())
			for _, k := range cases {
				if !aboutSQL.MatchString(k.Name) {
					continue
				}
				switch why := r.Run(k); {
				case why == "" && told[k.Name]:
					t.Errorf("%s is equal, but docs/ckan-differences.md says that it differs", k.Name)
				case why != "" && !told[k.Name]:
					t.Errorf("%s %s: %s", k.Name, k.Request.Path, why)
				}
			}
		})
	}
}

const (
	openTableID   = "11111111-1111-4111-8111-111111111111"
	closedTableID = "22222222-2222-4222-8222-222222222222"
	sqlCanary     = "canarino7f3a"
)

// A sqlSite is a served catalogue with a public and a private table, as the
// statements of ../shared/security know them.
type sqlSite struct {
	*caller
}

func newSQLSite(t *testing.T) *sqlSite {
	t.Helper()
	flags := []string{"--data", filepath.Join(t.TempDir(), "data"), "--locale", "en", "--sql-search", "on", "--rate-limit", "off"}
	must(t, append([]string{"user", "create", "admin", "--sysadmin", "--email", "admin@comune.example.it"}, flags...)...)
	token := strings.TrimSpace(must(t, append([]string{"token", "create", "admin", "--name", "sql"}, flags...)...))
	s := &sqlSite{&caller{t: t, origin: serve(t, append([]string{"serve"}, flags...)...), token: token}}
	s.call("organization_create", map[string]any{"name": "comune"})
	for _, x := range []struct {
		dataset, id, column, alias string
		private                    bool
		rows                       []string
	}{
		{"aperto", openTableID, "nome", "comuni", false, []string{"Roma", "Massafra", "Statte"}},
		{"chiuso", closedTableID, "segreto", "segreti", true, []string{sqlCanary}},
	} {
		s.call("package_create", map[string]any{"name": x.dataset, "owner_org": "comune", "private": x.private, "notes": "n", "title": x.dataset})
		s.call("resource_create", map[string]any{"package_id": x.dataset, "id": x.id, "url": "https://example.org/a.csv", "name": "t", "format": "CSV"})
		records := []map[string]any{}
		for _, r := range x.rows {
			records = append(records, map[string]any{x.column: r})
		}
		s.call("datastore_create", map[string]any{
			"resource_id": x.id, "force": true, "aliases": x.alias, "fields": []map[string]any{{"id": x.column, "type": "text"}}, "records": records,
		})
	}
	return s
}

// ask sends a statement, by GET or POST, as somebody or as nobody.
func (s *sqlSite) ask(method, text, token string) (int, string) {
	s.t.Helper()
	target, body := s.origin+"/api/3/action/datastore_search_sql", ""
	if method == http.MethodGet {
		target += "?sql=" + url.QueryEscape(text)
	} else {
		raw, err := json.Marshal(map[string]string{"sql": text})
		if err != nil {
			s.t.Fatal(err)
		}
		body = string(raw)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func securityLines(t *testing.T, name string) []string {
	t.Helper()
	raw, err := os.ReadFile(fixtures.Path(t, "security", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
}

// TestEverySQLAttackEndsAsItShould is SEC-001 and SEC-002: every statement, by
// GET and by POST, as nobody.
func TestEverySQLAttackEndsAsItShould(t *testing.T) {
	s := newSQLSite(t)
	for _, line := range securityLines(t, "sql_attacks.tsv")[1:] {
		fields := strings.Split(line, "\t")
		verdict, text := fields[3], fields[len(fields)-1]
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			began := time.Now()
			code, body := s.ask(method, text, "")
			const most = 15 * time.Second // the machine may have more to do; the statement itself has 4
			if took := time.Since(began); took > most {
				t.Errorf("%s %s: it took %v", fields[0], text, took)
			}
			if verdict == "REFUSE" && code != 403 && code != 404 && code != 409 || code >= 500 {
				t.Errorf("%s %s %s: %d %s", fields[0], method, text, code, body)
			}
			for _, word := range []string{sqlCanary, "DuckDB", "duckdb", "/dev/fd", "/tmp/", "goroutine"} {
				if strings.Contains(body, word) && !strings.Contains(text, word) {
					t.Errorf("%s %s: %q is in the answer: %s", fields[0], text, word, body)
				}
			}
		}
	}
	for _, text := range securityLines(t, "sql_allowed.txt") {
		if code, body := s.ask(http.MethodPost, text, ""); code != 200 || !strings.Contains(body, `"success": true`) {
			t.Errorf("%s: %d %s", text, code, body)
		}
	}
	if code, body := s.ask(http.MethodGet, `SELECT nome FROM comuni ORDER BY _id`, ""); code != 200 || !strings.Contains(body, `[{"nome": "Roma"}, {"nome": "Massafra"}, {"nome": "Statte"}]`) {
		t.Errorf("afterwards the table is %d %s", code, body)
	}
}

// TestSQLShowsATableToWhoMayReadIt asks the same of several people, for answers
// are kept.
func TestSQLShowsATableToWhoMayReadIt(t *testing.T) {
	s := newSQLSite(t)
	closed, alias, open := `SELECT segreto FROM "`+closedTableID+`"`, `SELECT segreto FROM segreti`, `SELECT count(*) FROM "`+openTableID+`"`
	expect := func(text, token string, code int, part string) {
		t.Helper()
		for range 2 {
			if got, body := s.ask(http.MethodGet, text, token); got != code || !strings.Contains(body, part) {
				t.Errorf("%s: %d %s, want %d %s", text, got, body, code, part)
			}
		}
	}
	for _, text := range []string{closed, alias} {
		expect(text, "", 403, "Not authorized to read resource.")
		expect(text, s.token, 200, `[{"segreto": "`+sqlCanary+`"}]`)
		expect(text, "", 403, "Not authorized to read resource.")
	}
	expect(open, "", 200, `[{"count": 3}]`)
	s.call("datastore_upsert", map[string]any{"resource_id": openTableID, "force": true, "method": "insert", "records": []any{map[string]any{"nome": "Lecce"}}})
	expect(open, "", 200, `[{"count": 4}]`)
	s.call("package_patch", map[string]any{"id": "aperto", "private": true})
	expect(open, "", 403, "Not authorized to read resource.")
	expect(open, s.token, 200, `[{"count": 4}]`)
	s.call("package_patch", map[string]any{"id": "aperto", "private": false})
	expect(open, "", 200, `[{"count": 4}]`)
	s.call("datastore_delete", map[string]any{"resource_id": openTableID, "force": true})
	expect(open, "", 404, "Not found")
	expect(`SELECT 1`, "", 200, `"?column?": 1`)
}

// TestSQLIsNotThereUnlessItIsOn asks a site as it is by default.
func TestSQLIsNotThereUnlessItIsOn(t *testing.T) {
	origin := serve(t, "serve", "--data", filepath.Join(t.TempDir(), "data"))
	if code, body := get(t, origin+"/api/3/action/datastore_search_sql?sql=SELECT+1"); code != http.StatusBadRequest || !strings.Contains(body, "Action name not known") {
		t.Errorf("%d %s", code, body)
	}
}
