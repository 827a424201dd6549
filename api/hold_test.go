package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"portico/catalog"
)

// person is a file of one person; its values are what must leak nowhere.
const person = "cognome,nome,codice_fiscale,iban,telefono,via\nCanarino,Mario,RSSMRA80A01H501U,IT60X0542811101000000123456,3331234567,Roma\n"

// secrets are the values of person that nobody may be told.
var secrets = []string{"RSSMRA80A01H501U", "IT60X0542811101000000123456", "3331234567", "Canarino"}

// member makes a user with a role in the given organization, and returns a token.
func (w *world) member(name, org string, role catalog.Role) string {
	w.t.Helper()
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: "u-" + name, Name: name, Email: name + "@esempio.example"}))
	w.must(w.store.PutMember(w.ctx, &catalog.Member{Body: org, Kind: catalog.MemberUser, Object: "u-" + name, Role: role}))
	token := "portico_" + name
	w.must(w.store.PutToken(w.ctx, &catalog.Token{ID: "t-" + name, User: "u-" + name, Hash: hashOf(token)}))
	return token
}

// told are the secrets that an answer tells.
func told(body string) (out []string) {
	for _, s := range secrets {
		if strings.Contains(body, s) {
			out = append(out, s)
		}
	}
	return out
}

// surfaces are all the addresses at which data of a resource of rifiuti-2023
// could come out, with ?held=true, too.
func (w *world) surfaces(id string) []string {
	out := []string{"/datastore/dump/" + id, "/datastore/dump/" + id + "?format=json", "/catalog.ttl", "/catalog.jsonld", "/dcat.json", "/feeds/dataset.atom"}
	for _, ref := range []string{"rifiuti-2023", "0c000000-0000-4000-8000-000000000001"} {
		at := "/dataset/" + ref + "/resource/" + id
		out = append(out, at+"/download", at+"/download/persone.csv", at+"/download?held=true", at+"/download/persone.csv?held=1",
			at+"/data.csv", at+"/data.json", at+"/data.parquet", at+"/data.csv?held=true", "/dataset/"+ref+".ttl", "/dataset/"+ref+".jsonld", "/dataset/"+ref+"/croissant.jsonld")
	}
	for _, action := range []string{"resource_show?id=", "datastore_search?resource_id=", "datastore_info?id=", "hold_show?id=", "resource_view_list?id="} {
		out = append(out, "/api/3/action/"+action+id)
	}
	return append(out, "/api/3/action/hold_list", "/api/3/action/package_show?id=rifiuti-2023", "/api/3/action/datastore_search?resource_id="+id+"&q=Canarino",
		"/api/3/action/datastore_search?resource_id=held/"+id, "/api/3/action/datastore_search?resource_id="+url.QueryEscape("held/"+id), "/datastore/dump/held%2F"+id,
		"/api/3/action/package_activity_list?id=rifiuti-2023", "/api/3/action/resource_search?query=name:Caricato",
		"/api/3/action/datastore_search?resource_id=persone", "/api/3/action/datastore_search?resource_id="+id+`&filters={"cognome":"Canarino"}`)
}

// nothingTold fails when anybody, or somebody of another organization, or who
// may only read, is told a secret at any surface.
func (w *world) nothingTold(when, id string, tokens ...string) {
	w.t.Helper()
	for _, token := range append([]string{""}, tokens...) {
		for _, target := range w.surfaces(id) {
			if body := w.as(token, target); len(told(body)) > 0 {
				// a refusal may repeat the question
				if strings.Contains(target, "Canarino") && slices.Equal(told(body), []string{"Canarino"}) && !strings.Contains(body, `"records": [{`) && !strings.Contains(body, `"records":[{`) {
					continue
				}
				w.t.Errorf("%s: %q is told %v at %s: %.300s", when, token, told(body), target, body)
			}
		}
	}
}

const exampleOrg = "0a000000-0000-4000-8000-000000000001"

// TestAHeldUploadIsToldToNobody is PII-001 and PII-004 over the API: an upload,
// as a new resource and in the place of a clean file.
func TestAHeldUploadIsToldToNobody(t *testing.T) {
	w := newWorld(t).fill()
	stranger, reader, editor := w.outsider(), w.member("lettore", exampleOrg, catalog.RoleMember), w.member("redattore", exampleOrg, catalog.RoleEditor)
	r := w.upload("persone.csv", person)
	if r.URLType != "upload" || !strings.HasSuffix(r.URL, "/download/persone.csv") {
		t.Errorf("%+v", r)
	}
	w.nothingTold("new", r.ID, stranger, reader)
	at := strings.TrimPrefix(r.URL, origin)
	if rec := w.do("GET", at, ""); rec.Code != 403 {
		t.Errorf("download: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do("GET", "/api/3/action/resource_show?id="+r.ID, ""); !strings.Contains(rec.Body.String(), `"data_hold":{"state":"held"`) {
		t.Errorf("no note: %s", rec.Body)
	}
	for who, token := range map[string]string{"an editor": editor, "a sysadmin": w.token} {
		rec := w.do("GET", at+"?held=true", "", "Authorization", token)
		if rec.Code != 200 || rec.Body.String() != person || rec.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s takes the original: %d %s", who, rec.Code, rec.Body)
		}
		list := w.do("GET", "/api/3/action/hold_list", "", "Authorization", token).Body.String()
		for _, want := range []string{r.ID, `"column":"codice_fiscale"`, "RSS…01U", `colonna «iban»`, "column “iban”", `"state":"held"`} {
			if !strings.Contains(list, want) {
				t.Errorf("%s: hold_list lacks %s: %s", who, want, list)
			}
		}
		if len(told(list)) > 0 {
			t.Errorf("%s: hold_list is not masked: %v", who, told(list))
		}
	}
	// The clean file that was there first stays.
	clean := w.upload("vie.csv", "via,n\nRoma,1\n")
	rec := w.sendForm("resource_update", map[string]string{"id": clean.ID, "name": "Caricato"}, sent{"upload", "persone.csv", "text/csv", person})
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.nothingTold("update", clean.ID, stranger, reader)
	if rec := w.do("GET", "/dataset/rifiuti-2023/resource/"+clean.ID+"/download/vie.csv", ""); rec.Body.String() != "via,n\nRoma,1\n" {
		t.Errorf("the clean version: %d %s", rec.Code, rec.Body)
	}
	// What package_show told is sent back, and changes nothing of it.
	shown := resultOf[map[string]any](t, w.do("GET", "/api/3/action/package_show?id=rifiuti-2023", "", "Authorization", w.token))
	body, err := json.Marshal(shown)
	w.must(err)
	if code, out := w.post("package_update", string(body), w.token); code != 200 {
		t.Fatalf("%d %s", code, out)
	}
	w.nothingTold("sent back", clean.ID, stranger, reader)
	if n := strings.Count(w.do("GET", "/api/3/action/hold_list", "", "Authorization", editor).Body.String(), `"state":"held"`); n != 2 {
		t.Errorf("%d wait", n)
	}
}

// outsider makes an admin of the other organization, and returns a token.
func (w *world) outsider() string {
	return w.member("estraneo", "0a000000-0000-4000-8000-000000000002", catalog.RoleAdmin)
}

// TestOnlyEditorsDecide asks for the rights of each action.
func TestOnlyEditorsDecide(t *testing.T) {
	w := newWorld(t).fill()
	id := w.upload("persone.csv", person).ID
	stranger, reader, editor := w.outsider(), w.member("lettore", exampleOrg, catalog.RoleMember), w.member("redattore", exampleOrg, catalog.RoleEditor)
	release := fmt.Sprintf(`{"id": %q, "basis": "d.lgs. 33/2013"}`, id)
	mask := fmt.Sprintf(`{"id": %q, "drop": ["cognome","nome","codice_fiscale","iban","telefono"]}`, id)
	for _, token := range []string{"", stranger, reader} {
		want := 404 // that something waits is none of their business
		if token == "" {
			want = 403
		}
		for action, body := range map[string]string{"hold_release": release, "hold_mask": mask, "hold_show": fmt.Sprintf(`{"id": %q}`, id)} {
			if code, out := w.post(action, body, token); code != want || len(told(out)) > 0 || strings.Contains(out, "RSS") {
				t.Errorf("%s by %q: %d %s", action, token, code, out)
			}
		}
		if code, out := w.post("hold_list", `{}`, token); strings.Contains(out, id) || token == "" && code != 403 {
			t.Errorf("hold_list by %q: %d %s", token, code, out)
		}
	}
	w.nothingTold("refused", id, stranger, reader)
	if code, out := w.post("hold_release", fmt.Sprintf(`{"id": %q}`, id), editor); code != 409 || !strings.Contains(out, `"basis"`) {
		t.Errorf("without a basis: %d %s", code, out)
	}
	for range 2 {
		if code, out := w.post("hold_release", release, editor); code != 200 || !strings.Contains(out, `"by":"redattore"`) || strings.Count(out, `"basis":`) != 1 {
			t.Errorf("release: %d %s", code, out)
		}
	}
	if rec := w.do("GET", "/dataset/rifiuti-2023/resource/"+id+"/download", ""); rec.Body.String() != person {
		t.Errorf("released: %d %s", rec.Code, rec.Body)
	}
	stream := w.do("GET", "/api/3/action/package_activity_list?id=rifiuti-2023", "", "Authorization", w.token).Body.String()
	if !strings.Contains(stream, "u-redattore") {
		t.Errorf("audit: %s", stream)
	}
	// The released data may be masked later.
	for range 2 {
		if code, out := w.post("hold_mask", fmt.Sprintf(`{"id": %q, "drop": "cognome,nome,codice_fiscale,iban,telefono"}`, id), editor); code != 200 {
			t.Errorf("mask: %d %s", code, out)
		}
	}
	if rec := w.do("GET", "/dataset/rifiuti-2023/resource/"+id+"/download", ""); strings.TrimSpace(strings.ReplaceAll(rec.Body.String(), "\r", "")) != "via\nRoma" {
		t.Errorf("masked: %d %q", rec.Code, rec.Body)
	}
	if rec := w.do("GET", "/dataset/rifiuti-2023/resource/"+id+"/data.csv", ""); rec.Code != 200 || !strings.Contains(rec.Body.String(), "Roma") || strings.Contains(rec.Body.String(), "Canarino") {
		t.Errorf("masked table: %d %q", rec.Code, rec.Body)
	}
}

const people = `"fields": [{"id": "cod", "type": "int"}, {"id": "cognome", "type": "text"}, {"id": "codice_fiscale", "type": "text"}], "primary_key": "cod"`

// TestRowsOfPeopleAreHeld is PII-004 for what is written row by row.
func TestRowsOfPeopleAreHeld(t *testing.T) {
	w := newWorld(t).fill()
	stranger, reader, editor := w.outsider(), w.member("lettore", exampleOrg, catalog.RoleMember), w.member("redattore", exampleOrg, catalog.RoleEditor)
	made := resultOf[struct {
		ID string `json:"resource_id"`
	}](t, w.do("POST", "/api/3/action/datastore_create", `{"resource": {"package_id": "rifiuti-2023", "name": "Registro"}, "aliases": "persone", `+people+`, "records": [{"cod": 1, "cognome": "Rosa"}]}`,
		"Content-Type", "application/json", "Authorization", editor))
	rows := func(token string) string {
		return w.as(token, "/api/3/action/datastore_search?resource_id="+made.ID+"&fields=cod&records_format=csv")
	}
	if got := rows(""); !strings.Contains(got, `"1\n"`) {
		t.Fatalf("clean rows: %s", got)
	}
	upsert := func(body string) {
		t.Helper()
		if code, out := w.post("datastore_upsert", fmt.Sprintf(`{"resource_id": %q, "force": true, "records": [%s]}`, made.ID, body), editor); code != 200 {
			t.Fatalf("%d %s", code, out)
		}
	}
	upsert(`{"cod": 2, "cognome": "Canarino", "codice_fiscale": "RSSMRA80A01H501U"}`)
	upsert(`{"cod": 3, "cognome": "Verde"}`) // after it, and so with it
	w.nothingTold("held rows", made.ID, stranger, reader)
	for token, want := range map[string]string{"": `"1\n"`, reader: `"1\n"`, editor: `"1\n2\n3\n"`} {
		if got := rows(token); !strings.Contains(got, want) {
			t.Errorf("rows for %q: %s", token, got)
		}
	}
	if got := w.as("", "/api/3/action/datastore_search?resource_id=persone&fields=cod&records_format=csv"); !strings.Contains(got, `"1\n"`) {
		t.Errorf("by alias: %s", got)
	}
	// A row that is deleted is deleted at once, of both.
	if code, out := w.post("datastore_records_delete", fmt.Sprintf(`{"resource_id": %q, "force": true, "filters": {"cod": 1}}`, made.ID), editor); code != 200 {
		t.Fatalf("%d %s", code, out)
	}
	for token, want := range map[string]string{"": `"records":""`, editor: `"2\n3\n"`} {
		if got := rows(token); !strings.Contains(got, want) {
			t.Errorf("rows for %q: %s", token, got)
		}
	}
	if code, out := w.post("hold_mask", fmt.Sprintf(`{"id": %q, "drop": ["codice_fiscale"]}`, made.ID), editor); code != 200 {
		t.Fatalf("%d %s", code, out)
	}
	if got := w.as("", "/api/3/action/datastore_search?resource_id="+made.ID); strings.Contains(got, "RSSMRA80A01H501U") || !strings.Contains(got, `"cognome":"Verde"`) || strings.Contains(got, `"codice_fiscale"`) {
		t.Errorf("masked rows: %s", got)
	}
}

// TestATableThatBeginsWithPeopleIsHeldWhole is the same for a table that was
// never public.
func TestATableThatBeginsWithPeopleIsHeldWhole(t *testing.T) {
	w := newWorld(t).fill()
	stranger, editor := w.outsider(), w.member("redattore", exampleOrg, catalog.RoleEditor)
	made := resultOf[struct {
		ID string `json:"resource_id"`
	}](t, w.do("POST", "/api/3/action/datastore_create", `{"resource": {"package_id": "rifiuti-2023", "name": "Registro"}, `+people+`, "records": [{"cod": 2, "cognome": "Canarino", "codice_fiscale": "RSSMRA80A01H501U"}]}`,
		"Content-Type", "application/json", "Authorization", editor))
	w.nothingTold("new table", made.ID, stranger)
	if r := resultOf[resource](t, w.do("GET", "/api/3/action/resource_show?id="+made.ID, "")); r.Active {
		t.Errorf("it seems to have rows: %+v", r)
	}
	if code, out := w.post("hold_release", fmt.Sprintf(`{"id": %q, "basis": "l.r. 1/2020"}`, made.ID), editor); code != 200 {
		t.Fatalf("%d %s", code, out)
	}
	if got := w.as("", "/api/3/action/datastore_search?resource_id="+made.ID); !strings.Contains(got, "RSSMRA80A01H501U") {
		t.Errorf("released: %s", got)
	}
	// The register was released, with all of its kind.
	if code, out := w.post("datastore_upsert", fmt.Sprintf(`{"resource_id": %q, "records": [{"cod": 5, "cognome": "Neri", "codice_fiscale": "BNCLCU75D45F205T"}]}`, made.ID), editor); code != 200 {
		t.Fatalf("%d %s", code, out)
	}
	if got := w.as("", "/api/3/action/datastore_search?resource_id="+made.ID); !strings.Contains(got, "BNCLCU75D45F205T") {
		t.Errorf("of the same kind: %s", got)
	}
	if code, out := w.post("datastore_delete", fmt.Sprintf(`{"resource_id": %q, "force": true}`, made.ID), editor); code != 200 {
		t.Fatalf("%d %s", code, out)
	}
}
