package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"portico/catalog"
)

// ask runs an action and returns the status, and the answer without its
// envelope.
func (w *world) ask(token, action, body string) (status int, answer string) {
	w.t.Helper()
	header := []string{"Content-Type", "application/json"}
	if token != "" {
		header = append(header, "Authorization", token)
	}
	rec := w.do("POST", "/api/3/action/"+action, body, header...)
	var envelope struct{ Result, Error json.RawMessage }
	if err := json.Unmarshal(rec.Body.Bytes(), &envelope); err != nil {
		return rec.Code, rec.Body.String()
	}
	return rec.Code, string(envelope.Result) + string(envelope.Error)
}

const (
	secretDataset  = "0c000000-0000-4000-8000-000000000004"
	secretResource = "0d000000-0000-4000-8000-000000000004"
	openDataset    = "0c000000-0000-4000-8000-000000000001"
	openResource   = "0d000000-0000-4000-8000-000000000001"
)

// TestRecordsAboutHiddenDatasetsAreHidden is LEAK over what clients keep: what
// is kept about a private dataset is for those who see the dataset.
func TestRecordsAboutHiddenDatasetsAreHidden(t *testing.T) {
	w := newWorld(t).fill()
	w.user("altro", nil)
	admin, stranger := w.token, "secret-altro"
	for _, made := range []struct{ action, body string }{
		{"resource_view_create", `{"resource_id": "` + secretResource + `", "title": "riservatissima", "view_type": "text_view"}`},
		{"package_relationship_create", `{"subject": "rifiuti-2023", "object": "stipendi", "type": "links_to", "comment": "riservatissima"}`},
		{"task_status_update", `{"entity_id": "` + secretResource + `", "entity_type": "resource", "task_type": "xloader", "key": "k", "error": "riservatissima"}`},
		{"follow_dataset", `{"id": "stipendi"}`},
	} {
		if status, answer := w.ask(admin, made.action, made.body); status != http.StatusOK {
			t.Fatalf("%s: %d %s", made.action, status, answer)
		}
	}
	w.must(w.store.PutRecord(w.ctx, &catalog.Record{Kind: catalog.RecordFollow, Key: userID("altro") + "/" + secretDataset, About: secretDataset, Owner: userID("altro"), Body: []byte(`"dataset"`)}))
	views, err := w.store.Records(w.ctx, catalog.RecordView, "", "")
	w.must(err)
	log, err := w.store.Activities(w.ctx, catalog.ActivityFilter{Objects: []string{secretDataset}, Limit: 1})
	w.must(err)
	activity := strings.Replace("00000000-0000-4000-8000-00000000000X", "X", string("0123456789abcdef"[log[0].ID%16]), 1)
	for _, asked := range []struct{ action, body string }{
		{"resource_view_show", `{"id": "` + views[0].Key + `"}`},
		{"resource_view_list", `{"id": "` + secretResource + `"}`},
		{"resource_view_update", `{"id": "` + views[0].Key + `", "title": "x"}`},
		{"resource_view_delete", `{"id": "` + views[0].Key + `"}`},
		{"package_relationships_list", `{"id": "rifiuti-2023"}`},
		{"package_relationships_list", `{"id": "stipendi"}`},
		{"package_relationships_list", `{"id": "rifiuti-2023", "id2": "stipendi"}`},
		{"package_relationship_delete", `{"subject": "rifiuti-2023", "object": "stipendi", "type": "links_to"}`},
		{"task_status_show", `{"entity_id": "` + secretResource + `", "task_type": "xloader", "key": "k"}`},
		{"follow_dataset", `{"id": "stipendi"}`},
		{"am_following_dataset", `{"id": "stipendi"}`},
		{"dataset_follower_count", `{"id": "stipendi"}`},
		{"dataset_followee_list", `{"id": "golden-altro"}`},
		{"dataset_followee_count", `{"id": "golden-altro"}`},
		{"followee_list", `{"id": "golden-altro"}`},
		{"followee_list", `{"id": "admin"}`},
		{"package_activity_list", `{"id": "stipendi"}`},
		{"organization_activity_list", `{"id": "comune-di-esempio", "limit": 100}`},
		{"recently_changed_packages_activity_list", `{"limit": 100}`},
		{"dashboard_activity_list", `{"limit": 100}`},
		{"user_activity_list", `{"id": "admin", "limit": 100}`},
		{"activity_show", `{"id": "` + activity + `"}`},
		{"activity_data_show", `{"id": "` + activity + `"}`},
		{"activity_diff", `{"id": "` + activity + `", "object_type": "package"}`},
	} {
		for _, who := range []string{"", stranger} {
			_, answer := w.ask(who, asked.action, asked.body)
			for _, secret := range []string{"riservatissima", "Stipendi", "segreto", "stipendi.csv"} {
				if strings.Contains(answer, secret) {
					t.Errorf("%s %s tells %q to %q: %s", asked.action, asked.body, secret, who, answer)
				}
			}
		}
	}
	if _, answer := w.ask(stranger, "dataset_followee_count", `{"id": "golden-altro"}`); answer != "0" {
		t.Errorf("a dataset that one sees no more is counted: %s", answer)
	}
	if status, answer := w.ask(stranger, "unfollow_dataset", `{"id": "stipendi"}`); status != http.StatusOK {
		t.Errorf("what one sees no more cannot be let go: %d %s", status, answer)
	}
	if left, err := w.store.Records(w.ctx, catalog.RecordFollow, "", userID("altro")); err != nil || len(left) != 0 {
		t.Errorf("it is still followed: %v %v", left, err)
	}
	if status, _ := w.ask(admin, "activity_show", `{"id": "`+activity+`"}`); status != http.StatusOK {
		t.Errorf("a sysadmin is not shown the activity: %d", status)
	}
}

func TestRecordsAreForThoseWhoMayChangeTheThing(t *testing.T) {
	w := newWorld(t).fill()
	const org = "0a000000-0000-4000-8000-000000000001"
	w.user("editor", map[string]catalog.Role{org: catalog.RoleEditor})
	w.user("member", map[string]catalog.Role{org: catalog.RoleMember})
	w.user("altro", nil)
	view := `{"resource_id": "` + openResource + `", "title": "V", "view_type": "text_view"}`
	relation := `{"subject": "rifiuti-2023", "object": "bilancio-2023", "type": "child_of"}`
	elsewhere := `{"subject": "rifiuti-2023", "object": "qualita-aria", "type": "child_of"}`
	for _, c := range []struct {
		who, action, body string
		status            int
	}{
		{"", "resource_view_create", view, 403},
		{"secret-altro", "resource_view_create", view, 403},
		{"secret-member", "resource_view_create", view, 403},
		{"secret-editor", "resource_view_create", view, 200},
		{"secret-member", "package_relationship_create", relation, 403},
		{"secret-editor", "package_relationship_create", relation, 200},
		{"secret-editor", "package_relationship_create", elsewhere, 403},
		{"secret-editor", "resource_view_clear", `{}`, 403},
		{"secret-editor", "vocabulary_create", `{"name": "vv"}`, 403},
		{"secret-editor", "tag_delete", `{"id": "x"}`, 403},
		{"secret-editor", "config_option_update", `{"ckan.site_about": "x"}`, 403},
		{"secret-editor", "config_option_show", `{"key": "ckan.site_about"}`, 403},
		{"secret-editor", "task_status_update", `{}`, 403},
		{"secret-editor", "term_translation_update", `{}`, 403},
		{"secret-editor", "activity_create", `{}`, 403},
		{"secret-editor", "send_email_notifications", `{}`, 403},
		{"secret-editor", "get_site_user", `{}`, 403},
		{"secret-editor", "job_clear", `{}`, 403},
		{"secret-editor", "user_follower_list", `{"id": "golden-member"}`, 403},
		{"secret-editor", "user_followee_list", `{"id": "golden-member"}`, 403},
		{"", "package_collaborator_create", `{}`, 403},
		{"", "file_create", `{}`, 403},
		{w.token, "config_option_update", `{"ckan.site_url": "http://altrove.example"}`, 409},
		{w.token, "config_option_update", `{"ckan.site_custom_css": "x"}`, 409},
		{w.token, "activity_create", `{"user_id": "x", "object_id": "y", "activity_type": "new package"}`, 409},
	} {
		if status, answer := w.ask(c.who, c.action, c.body); status != c.status {
			t.Errorf("%s of %q: want %d, got %d: %s", c.action, c.who, c.status, status, answer)
		}
	}
}

func TestWhatCKANHasNoRecordingOf(t *testing.T) {
	w := newWorld(t).fill()
	png := catalog.Distribution{ID: "0d000000-0000-4000-8000-0000000000b1", AccessURL: "http://example.it/a.png", FormatLabel: "PNG"}
	ctx := catalog.WithActor(context.Background(), catalog.Actor{ID: "u1", Name: "admin", Sysadmin: true})
	d, err := w.store.Dataset(ctx, openDataset)
	w.must(err)
	d.Distributions = append(d.Distributions, png)
	_, err = w.store.PutDataset(ctx, d)
	w.must(err)
	log, err := w.store.Activities(ctx, catalog.ActivityFilter{Objects: []string{openDataset}, Limit: 1})
	w.must(err)
	activity := strings.Replace("00000000-0000-4000-8000-00000000000X", "X", string("0123456789abcdef"[log[0].ID%16]), 1)
	for _, c := range []struct{ name, action, body, holds string }{
		{"an image is shown by default", "resource_create_default_resource_views", `{"resource": {"id": "` + png.ID + `"}}`, `"view_type":"image_view"`},
		{"but once", "package_create_default_resource_views", `{"package": {"id": "rifiuti-2023"}}`, `[]`},
		{"a table is shown when that is asked for", "package_create_default_resource_views", `{"package": {"id": "rifiuti-2023"}, "create_datastore_views": true}`, `"view_type":"datatables_view"`},
		{"all views are cleared", "resource_view_clear", `{}`, `null`},
		{"so that none is left", "resource_view_list", `{"id": "` + png.ID + `"}`, `[]`},
		{"a relationship is seen from the other side", "package_relationship_create", `{"subject": "rifiuti-2023", "object": "bilancio-2023", "type": "parent_of"}`, `"type":"parent_of"`},
		{"and listed there", "package_relationships_list", `{"id": "bilancio-2023"}`, `{"subject":"bilancio-2023","type":"child_of","object":"rifiuti-2023","comment":""}`},
		{"its comment changes", "package_relationship_update", `{"subject": "rifiuti-2023", "object": "bilancio-2023", "type": "parent_of", "comment": "c"}`, `"comment":"c"`},
		{"what is not related stays so", "package_relationship_update", `{"subject": "rifiuti-2023", "object": "bilancio-2023", "type": "links_to"}`, "This relationship between the packages was not found."},
		{"nothing is related to itself", "package_relationship_create", `{"subject": "rifiuti-2023", "object": "rifiuti-2023", "type": "links_to"}`, "itself"},
		{"a task is kept once", "task_status_update_many", `{"data": [{"entity_id": "e", "entity_type": "t", "task_type": "x", "key": "k", "value": "1"}, {"entity_id": "e", "entity_type": "t", "task_type": "x", "key": "k", "value": "2"}]}`, `"value":"1"`},
		{"and found by what it is about", "task_status_show", `{"entity_id": "e", "task_type": "x", "key": "k"}`, `"value":"2"`},
		{"translations are kept together", "term_translation_update_many", `{"data": [{"term": "acqua", "term_translation": "water", "lang_code": "en"}, {"term": "acqua", "term_translation": "eau", "lang_code": "fr"}]}`, "2 rows updated"},
		{"and found by language", "term_translation_show", `{"terms": ["acqua", "vino"], "lang_codes": ["fr"]}`, `[{"term":"acqua","term_translation":"eau","lang_code":"fr"}]`},
		{"what is no list is refused", "term_translation_update_many", `{"data": "x"}`, "needs to have a list of dicts"},
		{"an activity is shown", "activity_show", `{"id": "` + activity + `"}`, `"activity_type":"changed package"`},
		{"without its data, too", "activity_show", `{"id": "` + activity + `", "include_data": false}`, `"permission_labels":["public"]`},
		{"a difference is told as diff -c does", "activity_diff", `{"id": "` + activity + `", "object_type": "package", "diff_type": "context"}`, "***************"},
		{"or side by side", "activity_diff", `{"id": "` + activity + `", "object_type": "package", "diff_type": "html"}`, "<table"},
		{"but in no other way", "activity_diff", `{"id": "` + activity + `", "object_type": "package", "diff_type": "x"}`, "diff_type not recognized"},
		{"and of that part alone", "activity_data_show", `{"id": "` + activity + `", "object_type": "group"}`, "Not found"},
		{"deletions are listed by CKAN's type", "package_activity_list", `{"id": "rifiuti-2023", "activity_types": ["deleted package"]}`, `[]`},
		{"all others, too", "package_activity_list", `{"id": "rifiuti-2023", "exclude_activity_types": ["changed package"]}`, `"activity_type":"new package"`},
		{"but not both at once", "package_activity_list", `{"id": "rifiuti-2023", "activity_types": [], "exclude_activity_types": []}`, "Cannot be used together"},
		{"a moment is a number", "package_activity_list", `{"id": "rifiuti-2023", "before": "ieri"}`, "Must be a float timestamp"},
		{"nothing was before 1971", "package_activity_list", `{"id": "rifiuti-2023", "before": "1000.5"}`, `[]`},
		{"what the program does is the site's", "package_activity_list", `{"id": "qualita-aria"}`, `"actor":"default"`},
		{"of an organization its data are told", "organization_activity_list", `{"id": "unione-alta-valle", "limit": 100}`, `"activity_type":"new organization"`},
	} {
		if _, answer := w.ask(w.token, c.action, c.body); !strings.Contains(answer, c.holds) {
			t.Errorf("%s: %s %s: want %s, got %.600s", c.name, c.action, c.body, c.holds, answer)
		}
	}
}

func TestVocabulariesHoldTagsOfTheirOwn(t *testing.T) {
	w := newWorld(t).fill()
	for _, c := range []struct{ name, action, body, holds string }{
		{"a bad tag is told by its place", "vocabulary_create", `{"name": "colori", "tags": [{"name": "rosso"}, {"name": "!"}]}`, "length is less than minimum 2"},
		{"nothing of it is kept", "vocabulary_list", `{}`, `[]`},
		{"a vocabulary is made", "vocabulary_create", `{"name": "colori", "tags": [{"name": "rosso"}, {"name": "verde"}, {"name": "rosso"}]}`, `"display_name":"verde"`},
		{"another may have the same tag", "vocabulary_create", `{"name": "vini", "tags": [{"name": "rosso"}]}`, `"name":"rosso"`},
		{"its tags are listed", "tag_list", `{"vocabulary_id": "colori"}`, `["rosso", "verde"]`},
		{"those that hold a word", "tag_list", `{"vocabulary_id": "colori", "query": "ERD"}`, `["verde"]`},
		{"and whole", "tag_list", `{"vocabulary_id": "colori", "all_fields": true}`, `"vocabulary_id"`},
		{"and completed", "tag_autocomplete", `{"vocabulary_id": "colori", "query": "ros"}`, `["rosso"]`},
		{"but not from one that is not there", "tag_autocomplete", `{"vocabulary_id": "boh", "query": "ros"}`, `could not find vocabulary`},
		{"one is shown", "tag_show", `{"id": "verde", "vocabulary_id": "colori", "include_datasets": true}`, `"packages":[]`},
		{"not without its vocabulary", "tag_show", `{"id": "verde"}`, `Not found`},
		{"free tags are not of it", "tag_list", `{}`, `["aria", "bilancio", "raccolta differenziata", "rifiuti", "rotto", "spesa"]`},
		{"what has tags stays", "vocabulary_delete", `{"id": "colori"}`, `still has tags`},
		{"a tag goes by name", "tag_delete", `{"id": "rosso", "vocabulary_id": "colori"}`, `null`},
		{"and stays elsewhere", "tag_list", `{"vocabulary_id": "vini"}`, `["rosso"]`},
		{"a name without vocabulary is a free tag", "tag_delete", `{"id": "rosso"}`, `Could not find tag`},
		{"tags may be replaced", "vocabulary_update", `{"id": "colori", "tags": [{"name": "blu"}, {"name": "verde"}]}`, `"name":"colori"`},
		{"in their order", "tag_list", `{"vocabulary_id": "colori"}`, `["blu", "verde"]`},
		{"names are one's own", "vocabulary_update", `{"id": "colori", "name": "vini"}`, `already in use`},
		{"a tag may be added by name", "tag_create", `{"name": "giallo", "vocabulary_id": "colori"}`, `"packages":[]`},
		{"but to one that is there", "tag_create", `{"name": "giallo", "vocabulary_id": "boh"}`, `Tag vocabulary was not found.`},
	} {
		if _, answer := w.ask(w.token, c.action, c.body); !strings.Contains(answer, c.holds) {
			t.Errorf("%s: %s %s: want %s, got %.600s", c.name, c.action, c.body, c.holds, answer)
		}
	}
}
