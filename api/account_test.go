package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/api"
	"portico/catalog"
	"portico/internal/password"
)

// run runs an action as the holder of token and returns the status and the
// result, or the error.
func (w *world) run(token, name, in string) (int, map[string]any) {
	w.t.Helper()
	rec := w.do("POST", "/api/3/action/"+name, in, "Authorization", token, "Content-Type", "application/json")
	var out map[string]any
	w.must(json.Unmarshal(rec.Body.Bytes(), &out))
	if e, ok := out["error"].(map[string]any); ok {
		return rec.Code, e
	}
	if r, ok := out["result"].(map[string]any); ok {
		return rec.Code, r
	}
	return rec.Code, out
}

// ok is run for what must succeed.
func (w *world) ok(token, name, in string) map[string]any {
	w.t.Helper()
	status, out := w.run(token, name, in)
	if status != http.StatusOK {
		w.t.Fatalf("%s %s: %d %v", name, in, status, out)
	}
	return out
}

// newcomer makes a user and returns a token of theirs, of all scope unless in says.
func (w *world) newcomer(name, in string) string {
	w.t.Helper()
	w.ok(w.token, "user_create", fmt.Sprintf(`{"name":%q,"email":"%s@esempio.example","password":"Passw0rd!Lunga","fullname":"Nome di %s"}`, name, name, name))
	return w.tokenFor(name, in)
}

func (w *world) tokenFor(name, in string) string {
	w.t.Helper()
	if in == "" {
		in = `"name":"t"`
	}
	out := w.ok(w.token, "api_token_create", fmt.Sprintf(`{"user":%q,%s}`, name, in))
	return out["token"].(string)
}

// TestATokenDoesWhatItsScopeSays is API-002: every kind of token on writes of
// every kind.
func TestATokenDoesWhatItsScopeSays(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	w.ok(mario, "organization_create", `{"name":"due"}`)
	w.newcomer("lucia", "")
	tokens := map[string]string{
		"all":     mario,
		"read":    w.tokenFor("mario", `"name":"r","scope":"read"`),
		"org":     w.tokenFor("mario", `"name":"o","scope":"org:uno"`),
		"no org":  w.tokenFor("mario", `"name":"n","scope":"org:nessuna"`),
		"revoked": w.tokenFor("mario", `"name":"v"`),
		"expired": w.tokenFor("mario", `"name":"e","expires_in":1`),
		"deleted": w.newcomer("gina", ""),
		"none":    "portico_inventato",
	}
	w.ok(w.token, "organization_member_create", `{"id":"uno","username":"gina","role":"admin"}`)
	w.ok(w.token, "api_token_revoke", fmt.Sprintf(`{"token":%q}`, tokens["revoked"]))
	w.ok(w.token, "user_delete", `{"id":"gina"}`)
	time.Sleep(1100 * time.Millisecond) // the shortest that a token may last
	for _, tc := range []struct{ name, in, may string }{
		{"organization_patch", `{"id":"uno","title":"Uno"}`, "all, org"},
		{"organization_patch", `{"id":"due","title":"Due"}`, "all"},
		{"organization_member_create", `{"id":"uno","username":"lucia","role":"editor"}`, "all, org"},
		{"organization_member_create", `{"id":"due","username":"lucia","role":"editor"}`, "all"},
		{"organization_member_delete", `{"id":"due","username":"lucia"}`, "all"},
		{"member_create", `{"id":"uno","object":"lucia","object_type":"user","capacity":"member"}`, "all, org"},
		{"organization_create", `{"name":"tre"}`, "all"},
		{"group_create", `{"name":"quattro"}`, "all"},
		{"user_patch", `{"id":"mario","about":"ciao"}`, "all"},
		{"user_patch", `{"id":"mario","password":"un'altra password"}`, "all"},
		{"user_patch", `{"id":"admin","about":"ciao"}`, ""},
		{"user_create", `{"name":"nuovo","email":"n@esempio.example","password":"Passw0rd!"}`, ""},
		{"user_delete", `{"id":"lucia"}`, ""},
		{"api_token_create", `{"user":"mario","name":"x"}`, "all"},
		{"api_token_create", `{"user":"admin","name":"x"}`, ""},
		{"api_token_revoke", `{"jti":"nope"}`, ""},
		{"organization_delete", `{"id":"due"}`, "all"},
		{"organization_purge", `{"id":"due"}`, ""},
		{"group_purge", `{"id":"quattro"}`, ""},
	} {
		for kind, token := range tokens {
			status, out := w.run(token, tc.name, tc.in)
			may := false
			for m := range strings.SplitSeq(tc.may, ", ") {
				may = may || m == kind
			}
			if may != (status == http.StatusOK) || !may && status != http.StatusForbidden {
				t.Errorf("%s %s with token %q: %d %v", tc.name, tc.in, kind, status, out)
			}
		}
	}
}

func TestASysadminsNarrowTokenIsNarrow(t *testing.T) {
	w := newWorld(t)
	w.ok(w.token, "organization_create", `{"name":"uno"}`)
	narrow := w.tokenFor("admin", `"name":"o","scope":"org:uno"`)
	for _, tc := range []struct{ name, in string }{
		{"user_create", `{"name":"nuovo","email":"n@esempio.example","password":"Passw0rd!"}`},
		{"api_token_create", `{"user":"admin","name":"x"}`},
		{"user_patch", `{"id":"admin","password":"un'altra password"}`},
		{"organization_create", `{"name":"due"}`},
	} {
		if status, out := w.run(narrow, tc.name, tc.in); status != http.StatusForbidden {
			t.Errorf("%s: %d %v", tc.name, status, out)
		}
	}
	w.ok(narrow, "organization_patch", `{"id":"uno","title":"Uno"}`)
}

// TestNobodyTakesAnAccountOver is SEC-012: CKAN once let anybody who knew the
// ID of a user become them (CVE-2022-43685).
func TestNobodyTakesAnAccountOver(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	before, err := w.store.User(w.ctx, "mario")
	w.must(err)
	admin, err := w.store.User(w.ctx, "admin")
	w.must(err)
	for _, id := range []string{before.ID, admin.ID, "mario", "admin"} {
		for who, token := range map[string]string{"nobody": "", "a user": mario, "a sysadmin": w.token} {
			in := fmt.Sprintf(`{"id":%q,"name":"ladro","email":"ladro@esempio.example","password":"Passw0rd!Ladra","state":"active","sysadmin":true}`, id)
			if status, out := w.run(token, "user_create", in); status == http.StatusOK {
				if out["id"] == id {
					t.Errorf("%s made a user of the ID %s anew", who, id)
				}
				w.ok(w.token, "user_delete", `{"id":"ladro"}`)
				w.must(w.store.RemoveUser(w.ctx, "ladro"))
			} else if status != http.StatusForbidden && status != http.StatusConflict {
				t.Errorf("%s: %d %v", who, status, out)
			}
		}
	}
	after, err := w.store.User(w.ctx, "mario")
	w.must(err)
	after.Seen = before.Seen
	if *after != *before {
		t.Errorf("was %+v, is %+v", before, after)
	}
	if again, err := w.store.User(w.ctx, "admin"); err != nil || !again.Sysadmin || again.Email != admin.Email {
		t.Errorf("the sysadmin is %+v, %v", again, err)
	}
	w.ok(w.token, "user_delete", `{"id":"mario"}`)
	if status, _ := w.run(mario, "user_patch", `{"id":"mario","state":"active"}`); status != http.StatusForbidden {
		t.Errorf("a deleted user came back: %d", status)
	}
}

// TestADeletedUserActsNoMore: as in CKAN, what they wrote keeps its author, and
// a sysadmin may take them back; the store's RemoveUser forgets them (PII-005).
func TestADeletedUserActsNoMore(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	w.ok(w.token, "user_delete", `{"id":"mario"}`)
	u, err := w.store.User(w.ctx, "mario")
	w.must(err)
	if u.State != catalog.Deleted || password.Check(u.Password, "Passw0rd!Lunga") {
		t.Errorf("what is left: %+v", u)
	}
	tokens, err := w.store.Tokens(w.ctx, u.ID)
	w.must(err)
	roles, err := w.store.Roles(w.ctx, u.ID)
	w.must(err)
	if len(tokens)+len(roles) > 0 {
		t.Errorf("%d tokens, %d roles", len(tokens), len(roles))
	}
	rec := w.do("POST", "/user/token", url.Values{"name": {"mario"}, "password": {"Passw0rd!Lunga"}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if rec.Code != http.StatusForbidden {
		t.Errorf("a deleted user signs in: %d", rec.Code)
	}
	w.must(w.store.RemoveUser(w.ctx, "mario"))
	for _, in := range []struct{ name, in string }{{"organization_show", `{"id":"uno"}`}, {"user_list", `{}`}, {"user_autocomplete", `{"q":"mario"}`}} {
		rec := w.do("POST", "/api/3/action/"+in.name, in.in, "Content-Type", "application/json")
		for _, word := range []string{"mario@", "Nome di mario"} {
			if strings.Contains(rec.Body.String(), word) {
				t.Errorf("%s still says %s: %s", in.name, word, rec.Body)
			}
		}
	}
}

func TestStrangersAreToldNoAddress(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	lucia := w.newcomer("lucia", "")
	for _, token := range []string{"", lucia} {
		for _, in := range []struct{ name, in string }{
			{"user_show", `{"id":"mario"}`},
			{"user_list", `{"q":"mario"}`},
			{"organization_show", `{"id":"uno"}`},
			{"organization_list", `{"all_fields":true,"include_users":true}`},
			{"user_autocomplete", `{"q":"mario"}`},
		} {
			rec := w.do("POST", "/api/3/action/"+in.name, in.in, "Content-Type", "application/json", "Authorization", token)
			if body := rec.Body.String(); strings.Contains(body, "mario@") || !strings.Contains(body, "mario") {
				t.Errorf("%s: %s", in.name, body)
			}
		}
	}
}

func TestUsersCanBeHidden(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	h := w.serverWith(func(c *api.Config) { c.HideUsers = true })
	for _, in := range []struct {
		name, in string
		status   int
	}{
		{"user_show", `{"id":"mario"}`, 403},
		{"user_list", `{}`, 403},
		{"user_autocomplete", `{"q":"m"}`, 403},
		{"organization_show", `{"id":"uno"}`, 200},
		{"organization_list", `{"all_fields":true,"include_users":true}`, 200},
		{"organization_list_for_user", `{"id":"mario"}`, 403},
		{"member_list", `{"id":"uno"}`, 200},
		{"member_list", `{"id":"uno","object_type":"user"}`, 403},
	} {
		rec := send(h, "POST", "/api/3/action/"+in.name, in.in, "Content-Type", "application/json")
		u, err := w.store.User(w.ctx, "mario")
		w.must(err)
		if rec.Code != in.status || strings.Contains(rec.Body.String(), "mario") || strings.Contains(rec.Body.String(), u.ID) {
			t.Errorf("%s %s: %d %s", in.name, in.in, rec.Code, rec.Body)
		}
		if rec := send(h, "POST", "/api/3/action/"+in.name, in.in, "Content-Type", "application/json", "Authorization", mario); rec.Code != 200 {
			t.Errorf("%s %s by a user: %d %s", in.name, in.in, rec.Code, rec.Body)
		}
	}
	if rec := send(h, "GET", "/api/2/util/user/autocomplete?q=mar", ""); strings.Contains(rec.Body.String(), "mario") {
		t.Errorf("the old address tells: %s", rec.Body)
	}
}

// serverWith is a second server on the same store.
func (w *world) serverWith(change func(*api.Config)) *api.Server {
	c := api.Config{
		Site: catalog.Site{Title: "Dati", Origin: origin, Locale: "en"}, Datasets: w.store, Organizations: w.store, Index: w.store,
		Engine: w.engine, Users: w.store, Members: w.store, Records: w.store, Activities: w.store, Blobs: w.blobs,
		Log: slog.New(slog.NewJSONHandler(w.log, nil)),
	}
	change(&c)
	return api.New(c)
}

// TestWhatIsKeptIsTrue changes what organizations show and asks at once.
func TestWhatIsKeptIsTrue(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	shown := func() string {
		return w.do("GET", "/api/3/action/organization_show?id=uno", "").Body.String() +
			w.do("GET", "/api/3/action/organization_list?all_fields=true&include_users=true", "").Body.String()
	}
	for _, step := range []struct{ token, name, in, then string }{
		{w.token, "user_create", `{"name":"lucia","email":"l@esempio.example","password":"Passw0rd!"}`, `"mario"`},
		{mario, "organization_member_create", `{"id":"uno","username":"lucia","role":"editor"}`, `"lucia"`},
		{mario, "organization_member_create", `{"id":"uno","username":"lucia","role":"member"}`, `"capacity":"member"`},
		{w.token, "user_patch", `{"id":"lucia","fullname":"Lucia Verdi"}`, `"Lucia Verdi"`},
		{mario, "organization_patch", `{"id":"uno","title":"Il primo"}`, `"Il primo"`},
	} {
		shown() // and so keep it
		w.ok(step.token, step.name, step.in)
		if got := strings.ReplaceAll(shown(), `": `, `":`); strings.Count(got, step.then) < 2 {
			t.Errorf("after %s %s: %s", step.name, step.in, got)
		}
	}
	w.ok(mario, "organization_member_delete", `{"id":"uno","username":"lucia"}`)
	if got := shown(); strings.Contains(got, "lucia") {
		t.Errorf("lucia is still there: %s", got)
	}
}

func TestOfTwoWhoTakeANameOneHasIt(t *testing.T) {
	w := newWorld(t)
	var group sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		group.Go(func() {
			rec := w.do("POST", "/api/3/action/organization_create", `{"name":"uno","title":"`+fmt.Sprint(i)+`"}`, "Authorization", w.token, "Content-Type", "application/json")
			statuses[i] = rec.Code
		})
	}
	group.Wait()
	made := 0
	for _, s := range statuses {
		if s == http.StatusOK {
			made++
		} else if s != http.StatusConflict {
			t.Errorf("status %d", s)
		}
	}
	if made != 1 {
		t.Errorf("%d of %v were made", made, statuses)
	}
}

func TestAnAdminKeepsTheirOwnRole(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	for _, in := range []struct{ name, in string }{
		{"organization_member_create", `{"id":"uno","username":"mario","role":"member"}`},
		{"member_create", `{"id":"uno","object":"mario","object_type":"user","capacity":"editor"}`},
	} {
		status, out := w.run(mario, in.name, in.in)
		if status != http.StatusForbidden || out["message"] != "Access denied: Administrators cannot revoke their own admin status" {
			t.Errorf("%s: %d %v", in.name, status, out)
		}
	}
	w.ok(mario, "organization_patch", `{"id":"uno","users":[]}`)
	w.ok(mario, "organization_patch", `{"id":"uno","title":"ancora mio"}`)
}

func TestBodiesCanBeLeftToSysadmins(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	h := w.serverWith(func(c *api.Config) { c.SysadminBodies = true })
	for token, status := range map[string]int{mario: 403, w.token: 200, "": 403} {
		rec := send(h, "POST", "/api/3/action/group_create", `{"name":"uno"}`, "Content-Type", "application/json", "Authorization", token)
		if rec.Code != status {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	}
}

func TestATokenIsShownOnce(t *testing.T) {
	w := newWorld(t)
	token := w.newcomer("mario", `"name":"harvest","scope":"read","expires_in":2,"unit":3600`)
	if !strings.HasPrefix(token, "portico_") || len(token) < 40 {
		t.Errorf("token %q", token)
	}
	rec := w.do("POST", "/api/3/action/api_token_list", `{"user_id":"mario"}`, "Content-Type", "application/json", "Authorization", token)
	if body := rec.Body.String(); rec.Code == 200 && (strings.Contains(body, token) || strings.Contains(body, "hash")) {
		t.Errorf("the list tells the token: %s", body)
	}
	rec = w.do("POST", "/api/3/action/api_token_list", `{"user_id":"mario"}`, "Content-Type", "application/json", "Authorization", w.token)
	if body := rec.Body.String(); rec.Code != 200 || strings.Contains(body, token) || !strings.Contains(body, "harvest") || !strings.Contains(body, `"scope": "read"`) {
		t.Errorf("the list: %d %s", rec.Code, body)
	}
	if strings.Contains(w.log.String(), token) {
		t.Error("the log tells the token")
	}
}

// TestAScopeGivesNoRights: who is not a member of an organization does not
// become one by a token for it.
func TestAScopeGivesNoRights(t *testing.T) {
	w := newWorld(t).fill()
	mine := w.newcomer("mario", "")
	foreign := w.tokenFor("mario", `"name":"o","scope":"org:comune-di-esempio"`)
	for _, token := range []string{"", mine, foreign} {
		if status, _ := w.run(token, "package_show", `{"id":"stipendi"}`); status != http.StatusForbidden {
			t.Errorf("a private dataset is shown: %d", status)
		}
		found := w.ok(token, "package_search", `{"include_private":true,"q":"stipendi"}`)
		if fmt.Sprint(found["count"]) != "0" {
			t.Errorf("a private dataset is found: %v", found["count"])
		}
	}
	rec := w.do("GET", "/api/3/action/organization_list_for_user", "", "Authorization", foreign)
	if strings.Contains(rec.Body.String(), "comune-di-esempio") {
		t.Errorf("the organization is theirs: %s", rec.Body)
	}
}

// TestOtherServersLearnWithinASecond: what one server keeps of users is not
// changed by another at once, but soon.
func TestOtherServersLearnWithinASecond(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	other := w.serverWith(func(*api.Config) {})
	shown := func() string { return send(other, "GET", "/api/3/action/organization_show?id=uno", "").Body.String() }
	shown()
	w.ok(mario, "user_patch", `{"id":"mario","fullname":"Mario Verdi"}`)
	for start := time.Now(); !strings.Contains(shown(), "Mario Verdi"); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 3*time.Second {
			t.Fatalf("still %s", shown())
		}
	}
}

func TestAPictureIsKeptAndTakenAway(t *testing.T) {
	w := newWorld(t)
	mario := w.newcomer("mario", "")
	w.ok(mario, "organization_create", `{"name":"uno"}`)
	var picture bytes.Buffer
	w.must(png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 4, 4))))
	for _, tc := range []struct {
		action, id, content string
		status              int
	}{
		{"organization_patch", "uno", picture.String(), 200},
		{"organization_patch", "uno", "<svg onload=alert(1)>", 415},
		{"user_patch", "mario", picture.String(), 200},
		{"user_patch", "mario", "<html><script>alert(1)</script>", 415},
	} {
		var form bytes.Buffer
		mw := multipart.NewWriter(&form)
		w.must(mw.WriteField("id", tc.id))
		part, err := mw.CreateFormFile("image_upload", "logo.png")
		w.must(err)
		_, err = part.Write([]byte(tc.content))
		w.must(err)
		w.must(mw.Close())
		rec := w.do("POST", "/api/3/action/"+tc.action, form.String(), "Content-Type", mw.FormDataContentType(), "Authorization", mario)
		if rec.Code != tc.status || rec.Code == 200 && !strings.Contains(rec.Body.String(), origin+"/uploads/") {
			t.Errorf("%s %.10q: %d %s", tc.action, tc.content, rec.Code, rec.Body)
		}
	}
	if out := w.ok(mario, "organization_patch", `{"id":"uno","clear_upload":true}`); out["image_url"] != "" {
		t.Errorf("the picture is still %v", out["image_url"])
	}
}
