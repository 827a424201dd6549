package api_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"portico/catalog"
	recorded "portico/internal/golden"
	"portico/search/memory"
)

// recordCases are the recorded cases of what CKAN's clients keep and of the
// activity log, in the order in which they build on each other.
var recordCases = regexp.MustCompile(`^(w_vocab|w_tag|w_view|w_rel_|w_follow|w_am_|w_(dataset|group|user)_follow|w_followee|w_dashboard|w_unfollow|w_package_activity` +
	`|w_activity|w_collab|w_config|w_term|w_task|w_send|w_job|w_file|resource_view_|vocabulary_|tag_list_vocab|(organization|group)_(activity|follower)` +
	`|get_site|config_|job_|task_|term_|recently|package_activity|user_activity|dashboard|activity|package_rel|package_collab|am_follow|dataset_follower|followee)`)

// recordDiffers are cases that are answered otherwise than CKAN does, each
// with the reason; docs/ckan-differences.md tells of them.
var recordDiffers = map[string]string{
	"w_dataset_followee_count": "CKAN says 0 where its list has one",
	"w_followee_count":         "CKAN counts no more than users when it is asked by name",
	"w_group_followee_list":    "others do not get the hash of an e-mail address",
	"w_user_followee_list":     "others do not get the hash of an e-mail address",
}

// recordUnjudged are cases that show what cases of other actions have made.
var recordUnjudged = map[string]bool{
	"recently_changed_packages_activity_list": true, "user_activity_list": true, "dashboard_activity_list": true,
	"w_rel_package_show": true, "w_dataset_followee_list": true, "w_followee_list": true,
	"w_dashboard": true, "w_package_activity_list": true, "w_activity_data": true, "w_activity_diff": true,
}

// TestRecordsAreAnsweredAsCKANDoes replays what was recorded of a CKAN.
func TestRecordsAreAnsweredAsCKANDoes(t *testing.T) {
	cases := recorded.Cases(t)
	w := newWorld(t)
	w.engine = memory.New("en")
	w.server = w.serverIn("en")
	admin := w.person("admin", catalog.User{Name: "admin", Email: "admin@esempio.example", Sysadmin: true})
	w.ctx = catalog.WithActor(context.Background(), catalog.Actor{ID: admin.ID, Name: admin.Name, Sysadmin: true})
	w.load()
	r := recorded.New(t, w.server, origin, "secret-admin")
	w.stage(r)
	for _, c := range cases {
		if !recordCases.MatchString(c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			why := r.Run(c)
			reason, differs := recordDiffers[c.Name]
			switch {
			case recordUnjudged[c.Name]:
			case differs && why == "":
				t.Errorf("is equal to CKAN's answer, though it should not be: %s", reason)
			case !differs && why != "":
				t.Errorf("%s %s: %s", c.Request.Method, c.Request.Path, why)
			}
		})
	}
}

// person makes a user with the token secret-NAME, in place of any of that name.
func (w *world) person(name string, u catalog.User) catalog.User {
	w.t.Helper()
	if err := w.store.RemoveUser(w.ctx, u.Name); err != nil && catalog.KindOf(err) != catalog.NotFound {
		w.t.Fatal(err)
	}
	w.must(w.store.PutUser(w.ctx, &u))
	w.scoped("secret-"+name, u.ID, catalog.ScopeAll)
	return u
}

// stage makes the users, datasets and bodies that the cases act upon, which
// others have made where they were recorded.
func (w *world) stage(r *recorded.Replayer) {
	w.t.Helper()
	w.must(w.store.PutRecord(w.ctx, &catalog.Record{Kind: catalog.RecordSetting, Key: "ckan.site_title", Body: []byte(`"Catalogo dati comunali (ancora CKAN)"`)}))
	org := &catalog.Organization{Name: "golden-org", Title: catalog.It("Ente aggiornato"), State: catalog.Active}
	w.must(w.store.PutOrganization(w.ctx, org))
	g := &catalog.Group{Name: "golden-gruppo", Title: catalog.It("Ente aggiornato"), Description: catalog.It("nuova"), State: catalog.Active}
	w.must(w.store.PutGroup(w.ctx, g))
	r.Set("group_gid", g.ID)
	admin, err := w.store.User(w.ctx, "admin")
	w.must(err)
	w.must(w.store.PutMember(w.ctx, &catalog.Member{Body: g.ID, Kind: catalog.MemberUser, Object: admin.ID, Role: catalog.RoleAdmin}))
	for _, u := range []catalog.User{
		{Name: "golden-editor", Email: "editor@golden.example.it", About: "Ciao"},
		{Name: "golden-member", Email: "member@golden.example.it", About: "Utente di prova", FullName: "Mario Verdi"},
	} {
		name := strings.TrimPrefix(u.Name, "golden-")
		u = w.person(name, u)
		r.Set(name+"_id", u.ID)
		r.Set("token_"+name, "secret-"+name)
		for _, body := range []string{org.ID, g.ID} {
			w.must(w.store.PutMember(w.ctx, &catalog.Member{Body: body, Kind: catalog.MemberUser, Object: u.ID, Role: catalog.Role(name)}))
		}
		if name == "editor" {
			w.must(w.record(u, org.ID))
		}
	}
	r.Set("gpkg", stagedDataset)
	r.Set("gres", stagedResource)
	r.Set("gds", stagedOther)
	r.Set("rid_100k", stagedOther)
}

const (
	stagedDataset  = "0c000000-0000-4000-8000-0000000000a1"
	stagedResource = "0d000000-0000-4000-8000-0000000000a1"
	stagedOther    = "0d000000-0000-4000-8000-0000000000a2"
)

// record makes two datasets for a user, so that the log tells of them.
func (w *world) record(u catalog.User, org string) error {
	ctx := catalog.WithActor(w.ctx, catalog.Actor{ID: u.ID, Name: u.Name, Roles: map[string]catalog.Role{org: catalog.RoleEditor}})
	d := catalog.Dataset{
		ID: stagedDataset, Name: "golden-dataset", Title: catalog.It("Dataset dorato à"), Organization: org, State: catalog.Active, Creator: u.ID,
		Distributions: []catalog.Distribution{
			{ID: stagedResource, AccessURL: "http://example.it/a.csv", FormatLabel: "CSV"},
			{ID: stagedOther, AccessURL: "http://example.it/b.csv", FormatLabel: "CSV"},
		},
	}
	other := catalog.Dataset{
		ID: "0c000000-0000-4000-8000-0000000000a2", Name: "golden-min", Title: catalog.It("golden-min"), Organization: org, State: catalog.Active, Creator: u.ID,
	}
	for _, put := range []catalog.Dataset{d, other} {
		if _, err := w.store.PutDataset(ctx, &put); err != nil {
			return err
		}
	}
	d.Title = catalog.It("Dataset dorato")
	_, err := w.store.PutDataset(ctx, &d)
	return err
}
