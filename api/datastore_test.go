package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// post sends JSON to an action; with no token it is nobody's.
func (w *world) post(action, body, token string) (int, string) {
	w.t.Helper()
	rec := w.do("POST", "/api/3/action/"+action, body, "Content-Type", "application/json", "Authorization", token)
	return rec.Code, rec.Body.String()
}

const definition = `{"resource": {"package_id": "rifiuti-2023", "name": "Tabella"}, "fields": [{"id": "cod", "type": "int"}, {"id": "nome", "type": "text", "info": {"label": "Nome"}}, {"id": "dati", "type": "json"}],
 "primary_key": "cod", "aliases": "gente", "records": [{"cod": 1, "nome": "uno;\"due\"", "dati": {"a": [1, 2]}}, {"cod": 2}]}`

// makeTable makes a table and returns the ID of its resource.
func (w *world) makeTable() string {
	w.t.Helper()
	code, body := w.post("datastore_create", definition, w.token)
	var out struct {
		Result struct {
			ID string `json:"resource_id"`
		}
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil || code != 200 {
		w.t.Fatalf("%d %s", code, body)
	}
	return out.Result.ID
}

func TestATableIsMadeAndRead(t *testing.T) {
	w := newWorld(t).fill()
	id := w.makeTable()
	r := resultOf[resource](t, w.do("GET", "/api/3/action/resource_show?id="+id, ""))
	if !r.Active || r.URL != origin+"/datastore/dump/"+id || r.URLType != "datastore" || r.Name != "Tabella" {
		t.Errorf("%+v", r)
	}
	for target, want := range map[string]string{
		"datastore_search?resource_id=" + id:                                       `"records":[{"_id":1,"cod":1,"nome":"uno;\"due\"","dati":{"a": [1, 2]}},{"_id":2,"cod":2,"nome":null,"dati":null}]`,
		"datastore_search?id=gente&limit=1&offset=1":                               `"records":[{"_id":2,"cod":2,"nome":null,"dati":null}]`,
		"datastore_search?resource_id=gente&fields=cod&sort=cod+desc":              `"records":[{"cod":2},{"cod":1}]`,
		"datastore_search?resource_id=gente&filters=%7B%22cod%22:2%7D":             `"total":1`,
		"datastore_search?resource_id=gente&records_format=csv&limit=1":            `"records":"1,1,\"uno;\"\"due\"\"\",\"{\"\"a\"\": [1, 2]}\"\n"`,
		"datastore_search?resource_id=gente&records_format=lists&fields=cod":       `"records":[[1],[2]]`,
		"datastore_search?resource_id=gente&include_next_page=true&limit=1":        `"next_page":{"_id":{"gt":1}}`,
		"datastore_search?resource_id=gente&limit=40000":                           `"limit":32000`,
		"datastore_search?resource_id=gente&limit=0":                               `"records":[]`,
		"datastore_search?resource_id=gente&pippo=1":                               `"__extras":["invalid value \"pippo\""]`,
		"datastore_search?resource_id=gente&limit=-1":                              `"limit":["Must be a natural number"]`,
		"datastore_search?resource_id=gente&filters=x":                             `"filters":["Cannot parse JSON"]`,
		"datastore_search?resource_id=nope":                                        `"Not found: Resource \"nope\" was not found."`,
		"datastore_search":                                                         `"resource_id":["Missing value"]`,
		"datastore_search?resource_id=0d000000-0000-4000-8000-000000000001":        `"nome":"Beta","valore":2.5`, // from a file
		"datastore_search?resource_id=0d000000-0000-4000-8000-000000000001&q=alfa": `"total":1`,
		"datastore_search?resource_id=0d000000-0000-4000-8000-000000000003":        `was not found`,
		"datastore_info?id=gente":                                                  `"count":2`,
		"datastore_info?id=nope":                                                   `Resource/Alias \"nope\" was not found.`,
	} {
		if rec := w.do("GET", "/api/3/action/"+target, ""); !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
	for target, want := range map[string]string{
		"?fields=cod,nome": "cod,nome\r\n1,\"uno;\"\"due\"\"\"\n2,\n", "?format=tsv&limit=1&fields=cod&bom=true": "\ufeffcod\r\n1\n",
		"?format=json&fields=cod": "{\n  \"fields\": [{\"id\":\"cod\",\"type\":\"int4\"}],\n  \"records\": [\n    [1],\n    [2]\n]}\n",
		"?format=xml&limit=1":     "<data xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<row _id=\"1\"><cod>1</cod><nome>uno;\"due\"</nome><dati><value key=\"a\"><value key=\"0\">1</value><value key=\"1\">2</value></value></dati></row>\n</data>\n",
	} {
		rec := w.do("GET", "/datastore/dump/"+id+target, "")
		if rec.Code != 200 || rec.Body.String() != want || !strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %q", target, rec.Code, rec.Body)
		}
	}
	for target, code := range map[string]int{"nope": 404, id + "?limit=x": 400, id + "?format=exe": 400, id + "?sort=nope": 400} {
		if rec := w.do("GET", "/datastore/dump/"+target, ""); rec.Code != code {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	rec := w.do("GET", "/dataset/rifiuti-2023/resource/"+id+"/download", "")
	if rec.Code != 302 || rec.Header().Get("Location") != origin+"/datastore/dump/"+id {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}

func TestRowsAreWrittenByWhoMay(t *testing.T) {
	w := newWorld(t).fill()
	id := w.makeTable()
	for _, c := range []struct {
		action, body, token string
		code                int
		want                string
	}{
		{"datastore_upsert", `{"resource_id": "ID", "records": [{"cod": 2, "nome": "due"}], "include_records": true}`, w.token, 200, `"records":[{"_id":2,"cod":2,"nome":"due","dati":null}]`},
		{"datastore_upsert", `{"resource_id": "ID", "records": []}`, "", 403, "Access denied: User  not authorized to perform resource_update on resource ID"},
		{"datastore_upsert", `{"resource_id": "ID", "records": [{"cod": "x"}]}`, w.token, 409, `"records_row":0`},
		{"datastore_upsert", `{"resource_id": "ID", "records": ["x"]}`, w.token, 409, `are missing`},
		{"datastore_upsert", `{"resource_id": "ID", "method": "merge"}`, w.token, 409, `"method":["Value must be one of ['upsert', 'insert', 'update']"]`},
		{"datastore_upsert", `{"resource_id": "nope"}`, w.token, 404, `"message":"Not found"`},
		{"datastore_upsert", `{"resource_id": "0d000000-0000-4000-8000-000000000003"}`, w.token, 409, `"read-only":`},
		{"datastore_upsert", `{"resource_id": "0d000000-0000-4000-8000-000000000003", "force": true}`, w.token, 404, "was not found"},
		{"datastore_create", `{}`, w.token, 409, `"message":"Missing id, can not get Resource object"`},
		{"datastore_create", `{"resource_id": "ID", "resource": {"package_id": "x"}}`, w.token, 409, "resource cannot be used with resource_id"},
		{"datastore_create", `{"resource_id": "nope"}`, w.token, 409, `"resource_id":["Resource not found: nope"]`},
		{"datastore_create", `{"resource": {"package_id": "rifiuti-2023"}}`, "", 403, "not authorized to perform package_update on resource rifiuti-2023"},
		{"datastore_create", `{"resource_id": "ID", "fields": "x"}`, w.token, 400, `"__type":"Integrity Error"`},
		{"datastore_create", `{"resource_id": "ID", "fields": [{"id": "_a"}]}`, w.token, 409, `"fields":[{"id":["\"_a\" is not a valid field name"]}]`},
		{"datastore_create", `{"resource_id": "ID", "records": "x"}`, w.token, 409, "The first row is not a json object"},
		{"datastore_create", `{"resource_id": "ID", "triggers": [{"function": "f"}]}`, w.token, 409, "function f() does not exist"},
		{"datastore_create", `{"resource_id": "ID", "fields": [{"id": "nuovo", "type": "date"}], "pippo": 1}`, w.token, 200, `"__extras":{"pippo":1}`},
		{"datastore_records_delete", `{"resource_id": "ID"}`, w.token, 409, `"filters":["Missing value"]`},
		{"datastore_records_delete", `{"resource_id": "ID", "filters": {"cod": 1}, "include_deleted_records": true}`, w.token, 200, `"filterops":{"field":"cod","op":"eq","value":1}`},
		{"datastore_search", `{"resource_id": "ID"}`, "", 200, `"total":1`},
		{"datastore_run_triggers", `{"resource_id": "ID"}`, w.token, 200, `"result": 1`},
		{"datastore_function_create", `{"name": "f", "definition": "x"}`, "", 403, "Access denied"},
		{"datastore_delete", `{"resource_id": "ID"}`, "", 403, "Access denied"},
		{"datastore_delete", `{"resource_id": "ID"}`, w.token, 200, `{"resource_id":"ID"}`},
		{"datastore_delete", `{"resource_id": "ID"}`, w.token, 404, "was not found"},
		{"datastore_search", `{"resource_id": "ID"}`, "", 404, "was not found"},
		{"resource_show", `{"id": "ID"}`, "", 200, `"datastore_active":false`},
	} {
		code, got := w.post(c.action, strings.ReplaceAll(c.body, "ID", id), c.token)
		if code != c.code || !strings.Contains(strings.ReplaceAll(got, id, "ID"), c.want) {
			t.Errorf("%s %s: %d %s", c.action, c.body, code, got)
		}
	}
}

// TestRowsOfPrivateDatasetsAreKept is LEAK-003 and LEAK-007 for rows.
func TestRowsOfPrivateDatasetsAreKept(t *testing.T) {
	w := newWorld(t).fill()
	id := w.makeTable()
	if code, body := w.post("package_patch", `{"id": "rifiuti-2023", "private": true}`, w.token); code != 200 {
		t.Fatal(body)
	}
	for _, ref := range []string{id, "gente", "0d000000-0000-4000-8000-000000000001"} {
		for target, code := range map[string]int{
			"/api/3/action/datastore_search?resource_id=": 403, "/api/3/action/datastore_info?id=": 403, "/datastore/dump/": 404,
			"/api/3/action/datastore_search?sort=nope&filters=%7B%22nope%22:1%7D&resource_id=": 403,
		} {
			rec := w.do("GET", target+ref, "", "If-None-Match", "*")
			if rec.Code != code || strings.Contains(rec.Body.String(), "nome") || strings.Contains(rec.Body.String(), "cod") && !strings.Contains(target, "cod") && strings.Contains(rec.Body.String(), `"cod"`) {
				t.Errorf("%s%s: %d %s", target, ref, rec.Code, rec.Body)
			}
			if rec := w.do("GET", strings.Replace(target, "sort=nope&filters=%7B%22nope%22:1%7D&", "", 1)+ref, "", "Authorization", w.token); rec.Code != 200 {
				t.Errorf("the sysadmin, %s%s: %d", target, ref, rec.Code)
			}
		}
	}
}

// TestManyRowsAreLoaded loads as load.py does.
func TestManyRowsAreLoaded(t *testing.T) {
	w := newWorld(t).fill()
	id := w.makeTable()
	const batch, batches = 10_000, 3
	start := time.Now()
	for b := range batches {
		var rows strings.Builder
		for i := range batch {
			fmt.Fprintf(&rows, `,{"cod": %d, "nome": "Via Roma %d", "dati": null}`, 10+b*batch+i, i%50)
		}
		if code, body := w.post("datastore_upsert", `{"resource_id": "`+id+`", "method": "insert", "records": [`+rows.String()[1:]+`]}`, w.token); code != 200 {
			t.Fatalf("%d %.300s", code, body)
		}
	}
	t.Logf("%.0f rows/s", batch*batches/time.Since(start).Seconds())
	if rec := w.do("GET", "/api/3/action/datastore_search?limit=1&resource_id="+id, ""); !strings.Contains(rec.Body.String(), fmt.Sprintf(`"total":%d`, batch*batches+2)) {
		t.Error(rec.Body)
	}
}
