package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portico/internal/fixtures"
	"portico/internal/golden"
)

// withSQL are the recorded cases of datastore_search_sql, which have a test of
// their own: it is off here.
var withSQL = regexp.MustCompile(`^(w_)?ds_(private_)?sql`)

// aboutRows are the recorded cases of the datastore. All that differ are told,
// as with the others, but they do not count for leastEqual.
var aboutRows = regexp.MustCompile(`^(ds_|w_ds|w_datastore)`)

// leastEqual is the part of the recorded cases that must be answered as CKAN
// did.
const leastEqual = 0.97

// TestRecordings loads the recorded catalog through the API of the program as
// it is served, sends every recorded request and compares the answers. Each
// that differs must be told with its reason in docs/ckan-differences.md, and
// what is told there must differ.
func TestRecordings(t *testing.T) {
	cases := golden.Cases(t)
	told := toldDifferences(t)
	for engine, args := range engines() {
		t.Run(engine, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			flags := slices.Concat([]string{
				"--data", data, "--search-language", "en", "--locale", "en", "--sql-search", "on",
				"--site-title", "Catalogo dati comunali (ancora CKAN)", "--rate-limit", "off", "--load-uploads", "off", // as the recorded CKAN, which had no xloader
			}, args(t))
			must(t, append([]string{"user", "create", "admin", "--sysadmin", "--email", "admin@comune.example.it"}, flags...)...)
			token := strings.TrimSpace(must(t, append([]string{"token", "create", "admin", "--name", "golden"}, flags...)...))
			origin := serve(t, append([]string{"serve"}, flags...)...)
			c := &caller{t: t, origin: origin, token: token}
			golden.Load(t, func(action string, body any) { c.call(action, body) })
			address, err := url.Parse(origin)
			if err != nil {
				t.Fatal(err)
			}
			r := golden.New(t, httputil.NewSingleHostReverseProxy(address), origin, token)
			r.Set("rid_100k", c.table())
			compareAll(t, r, cases, told)
		})
	}
}

func compareAll(t *testing.T, r *golden.Replayer, cases []golden.Case, told map[string]bool) {
	t.Helper()
	equal, counted := 0, 0
	for _, c := range cases {
		why := r.Run(c)
		if strings.Contains(why, "so does this server") {
			t.Errorf("%s: %s", c.Name, why)
		}
		if c.Unstable || withSQL.MatchString(c.Name) {
			continue
		}
		rows := aboutRows.MatchString(c.Name)
		if !rows {
			counted++
		}
		switch {
		case why == "":
			if !rows {
				equal++
			}
			if told[c.Name] {
				t.Errorf("%s is equal, but docs/ckan-differences.md says that it differs", c.Name)
			}
		case !told[c.Name]:
			t.Errorf("%s %s %s: %s", c.Name, c.Request.Method, c.Request.Path, why)
		}
	}
	t.Logf("%d of %d recorded cases are equal", equal, counted)
	if float64(equal) < leastEqual*float64(counted) {
		t.Errorf("%d of %d are less than %v", equal, counted, leastEqual)
	}
}

// toldDifferences reads the names of cases out of docs/ckan-differences.md.
func toldDifferences(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "ckan-differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(raw), "\n## Recorded cases that differ\n")
	if !ok {
		t.Fatal("docs/ckan-differences.md has no list of recorded cases")
	}
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(list, -1) {
		told[m[1]] = true
	}
	return told
}

// A caller runs actions that must succeed.
type caller struct {
	t             testing.TB
	origin, token string
}

func (c *caller) call(action string, body any) json.RawMessage {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.origin+"/api/3/action/"+action, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", c.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct {
		Result, Error json.RawMessage
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %d %v %s", action, resp.StatusCode, err, out.Error)
	}
	return out.Result
}

// table loads the table of 100,000 rows as load.py does, and returns its ID.
func (c *caller) table() string {
	c.t.Helper()
	var first struct{ Name string }
	var fields []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	c.read(golden.Lines(c.t, "datasets.jsonl")[0], &first)
	raw, err := os.ReadFile(fixtures.Path(c.t, "golden", "data", "sanzioni.fields.json"))
	if err != nil {
		c.t.Fatal(err)
	}
	c.read(raw, &fields)
	file, err := os.Open(fixtures.Path(c.t, "golden", "data", "sanzioni.csv"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	records := make([]map[string]any, 0, len(rows))
	for _, row := range rows[1:] {
		m := map[string]any{}
		for _, f := range fields {
			m[f.ID] = cell(row[slices.Index(rows[0], f.ID)], f.Type)
		}
		records = append(records, m)
	}
	var made struct {
		ID string `json:"resource_id"`
	}
	c.read(c.call("datastore_create", map[string]any{
		"resource": map[string]any{"package_id": first.Name, "name": "Sanzioni 100k (datastore)", "format": "CSV"},
		"fields":   json.RawMessage(raw), "primary_key": []string{"id"}, "indexes": []string{"comune", "data_ora"}, "force": true, "records": records[:1],
	}), &made)
	for part := range slices.Chunk(records[1:], 10_000) {
		c.call("datastore_upsert", map[string]any{"resource_id": made.ID, "method": "insert", "force": true, "records": part})
	}
	return made.ID
}

func (c *caller) read(raw []byte, into any) {
	c.t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		c.t.Fatal(err)
	}
}

// cell is a value of a CSV file as load.py sends it.
func cell(v, typ string) any {
	switch {
	case v == "":
		return nil
	case typ == "int", typ == "numeric", typ == "float":
		return json.Number(v)
	case typ == "bool":
		return v == "true"
	}
	return v
}
