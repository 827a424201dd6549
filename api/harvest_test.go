package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/api"
	"portico/catalog"
	"portico/internal/fixtures"
)

// desk is a harvest whose queue is a list.
func (w *world) desk() *api.Harvest {
	queued := map[string]bool{}
	return &api.Harvest{
		Sources: w.store, Origins: w.store, Kinds: []api.HarvestKind{{Name: "ckan", Title: "CKAN"}},
		Check: func(src catalog.Source) error {
			if src.Kind != "ckan" {
				return catalog.Errorf(catalog.Invalid, "there is no kind of source named %q", src.Kind)
			}
			return nil
		},
		Enqueue: func(_ context.Context, source string) (bool, error) {
			was := queued[source]
			queued[source] = true
			return !was, nil
		},
		Waiting: func(_ context.Context, source string) (bool, error) { return queued[source], nil },
		Cancel: func(ctx context.Context, source string) (bool, error) {
			was := queued[source]
			delete(queued, source)
			running, err := w.store.StopRun(ctx, source)
			return was || running, err
		},
	}
}

// ranOnce records a run of a source, with one record rejected.
func (w *world) ranOnce(source string) *catalog.Run {
	w.t.Helper()
	r, err := w.store.StartRun(w.ctx, source, time.Time{})
	w.must(err)
	r.Status = catalog.RunDone
	r.Report = json.RawMessage(`{"read":{"datasets":2},"changed":1,"new":1,"failed":1,"complete":true,"records":[
		{"id":"b","title":"=B","outcome":"rejected","link":"https://x.example/b","problems":[{"field":"dct:title","value":"","rule":"title-missing","message":"manca / missing","mend":"scrivilo / write it"}]}]}`)
	w.must(w.store.FinishRun(w.ctx, r))
	return r
}

// raw keeps a record as it came.
func (w *world) raw(id, source, record string, rejected bool) {
	w.t.Helper()
	rec, err := (&catalog.RawRecord{ID: id, Source: source, Record: record, MediaType: "application/json", Text: `{"a":1}`, Rejected: rejected}).Pack()
	w.must(err)
	w.must(w.store.PutRecord(w.ctx, rec))
}

func TestHarvestSources(t *testing.T) {
	w := newWorld(t).fill()
	stranger := w.stranger() // an admin of comune-di-esempio
	code, out := w.call(stranger, "harvest_source_create", map[string]any{
		"url": "https://dati.example/", "source_type": "ckan", "name": "dati", "title": "Dati", "frequency": "DAILY", "owner_org": "comune-di-esempio", "config": `{"a":1}`,
	})
	if code != 200 {
		t.Fatalf("create: %d %v", code, out)
	}
	id := out.(map[string]any)["id"].(string)
	for _, test := range []struct {
		name, token, action string
		params              map[string]any
		code                int
		want                string
	}{
		{"the same again", stranger, "harvest_source_create", map[string]any{"url": "https://dati.example/", "name": "doppia", "source_type": "ckan", "owner_org": "comune-di-esempio", "config": `{"a":1}`}, 409, "already is a Harvest Source"},
		{"in another's organization", stranger, "harvest_source_create", map[string]any{"url": "https://b.example/", "name": "b", "source_type": "ckan", "owner_org": "unione-alta-valle"}, 403, ""},
		{"in none", stranger, "harvest_source_create", map[string]any{"url": "https://b.example/", "name": "b", "source_type": "ckan"}, 403, ""},
		{"a path of the server", stranger, "harvest_source_create", map[string]any{"url": "/etc", "name": "etc", "source_type": "ckan", "owner_org": "comune-di-esempio"}, 409, "http"},
		{"an unknown kind", stranger, "harvest_source_create", map[string]any{"url": "https://b.example/", "name": "b", "source_type": "x", "owner_org": "comune-di-esempio"}, 409, "no kind"},
		{"by nobody", "", "harvest_source_create", map[string]any{"url": "https://b.example/", "name": "b", "source_type": "ckan"}, 403, ""},
		{"without a name", stranger, "harvest_source_create", map[string]any{"url": "https://b.example/", "source_type": "ckan", "owner_org": "comune-di-esempio"}, 409, `"name":["Missing value"]`},
		{"a bad frequency", stranger, "harvest_source_patch", map[string]any{"id": "dati", "frequency": "NOW"}, 409, "not recognised"},
		{"a bad config", stranger, "harvest_source_patch", map[string]any{"id": "dati", "config": "[1]"}, 409, "config"},
		{"shown to all", "", "harvest_source_show", map[string]any{"id": "dati"}, 200, `"frequency":"DAILY"`},
		{"listed to all", "", "harvest_source_list", map[string]any{"organization_id": "comune-di-esempio", "return_last_job_status": true}, 200, `"name":"dati"`},
		{"not of another organization", "", "harvest_source_list", map[string]any{"organization_id": "unione-alta-valle"}, 200, "[]"},
		{"queued by its editor", stranger, "harvest_job_create", map[string]any{"source_id": id}, 200, `"status":"New"`},
		{"shown while it waits", stranger, "harvest_job_show", map[string]any{"id": id}, 200, `"status":"New"`},
		{"listed while it waits", stranger, "harvest_job_list", map[string]any{"source_id": id, "status": "New"}, 200, `"status":"New"`},
		{"told of nothing yet", stranger, "harvest_job_report", map[string]any{"id": id}, 200, `"gather_errors":[]`},
		{"queued once", stranger, "harvest_job_create", map[string]any{"source_id": id}, 409, "already is an unrun job"},
		{"aborted by a sysadmin alone", stranger, "harvest_job_abort", map[string]any{"id": id}, 403, ""},
		{"aborted", w.token, "harvest_job_abort", map[string]any{"id": id}, 200, `"status":"Aborted"`},
		{"nothing is left to abort", w.token, "harvest_job_abort", map[string]any{"id": id}, 404, ""},
		{"nor to show", stranger, "harvest_job_show", map[string]any{"id": id}, 404, ""},
		{"jobs of all are for sysadmins", stranger, "harvest_job_list", map[string]any{}, 403, ""},
		{"patched", stranger, "harvest_source_patch", map[string]any{"id": "dati", "frequency": "MANUAL"}, 200, `"frequency":"MANUAL"`},
		{"deleted by its editor", stranger, "harvest_source_delete", map[string]any{"id": "dati"}, 200, "null"},
		{"gone", "", "harvest_source_show", map[string]any{"id": "dati"}, 404, "does not exist"},
	} {
		code, out := w.call(test.token, test.action, test.params)
		text, _ := json.Marshal(out)
		if code != test.code || !strings.Contains(string(text), test.want) {
			t.Errorf("%s: %d %s; want %d %s", test.name, code, text, test.code, test.want)
		}
	}
}

func TestHarvestJobsAndObjects(t *testing.T) {
	w := newWorld(t).fill()
	stranger := w.stranger()
	src := &catalog.Source{Name: "dati", Kind: "ckan", URL: "https://dati.example/", Organization: "comune-di-esempio", Notify: []string{"a@example.org"}}
	w.must(w.store.PutSource(w.ctx, src))
	r := w.ranOnce("dati")
	for _, d := range []*catalog.Dataset{{Name: "raccolto", Origin: catalog.Origin{Source: src.ID, Record: "r1"}}, {Name: "segreto", Private: true, Origin: catalog.Origin{Source: src.ID, Record: "r2"}}} {
		_, err := w.store.PutDataset(w.ctx, d)
		w.must(err)
		w.raw(d.ID, src.ID, d.Origin.Record, false)
	}
	w.raw(catalog.StableID(src.ID, "r9"), src.ID, "r9", true)
	for _, test := range []struct {
		name, token, action string
		params              map[string]any
		code                int
		want                string
	}{
		{"a job for who may change the source", stranger, "harvest_job_show", map[string]any{"id": r.ID}, 200, `"added":1`},
		{"the ID of its source stands for it", stranger, "harvest_job_show", map[string]any{"id": src.ID}, 200, `"id":"` + r.ID},
		{"a job for nobody else", "", "harvest_job_show", map[string]any{"id": r.ID}, 403, ""},
		{"its report", stranger, "harvest_job_report", map[string]any{"id": r.ID}, 200, `"original_url":"https://x.example/b"`},
		{"the jobs of a source", stranger, "harvest_job_list", map[string]any{"source_id": "dati", "status": "Finished"}, 200, `"errored":1`},
		{"the status of a source", "", "harvest_source_show_status", map[string]any{"id": "dati"}, 200, `"job_count":1`},
		{"an object without an ID", "", "harvest_object_show", map[string]any{}, 409, "Please provide either an"},
		{"the objects of all sources", "", "harvest_object_list", map[string]any{}, 200, ids(w, "raccolto")},
		{"with those without a dataset", stranger, "harvest_object_list", map[string]any{"source_id": "dati", "only_current": false}, 200, catalog.StableID(src.ID, "r9")},
		{"the kinds are told to all", "", "harvesters_info_show", map[string]any{}, 200, `"name":"ckan"`},
		{"an object made by a stranger", stranger, "harvest_object_create", map[string]any{"job_id": r.ID}, 403, ""},
		{"one of no job", w.token, "harvest_object_create", map[string]any{"guid": "g", "source_id": "nope"}, 409, "Harvest Job with id '' does not exist."},
		{"one with extras of another shape", w.token, "harvest_object_create", map[string]any{"job_id": r.ID, "extras": map[string]any{"a": 1}}, 409, "extras must be a dict of strings"},
		{"one in no state", w.token, "harvest_object_create", map[string]any{"job_id": r.ID, "state": "NOPE"}, 409, "Must be one of"},
		{"an object", "", "harvest_object_show", map[string]any{"id": "raccolto"}, 200, `"guid":"r1"`},
		{"what was not harvested is none", "", "harvest_object_show", map[string]any{"id": "rifiuti-2023"}, 404, ""},
		{"an object with the record as it came", "", "harvest_object_show", map[string]any{"id": "raccolto"}, 200, `"content":"{\"a\":1}"`},
		{"a rejected record", "", "harvest_object_show", map[string]any{"id": catalog.StableID(src.ID, "r9")}, 200, `"state":"ERROR"`},
		{"the record of a hidden dataset is not told", "", "harvest_object_show", map[string]any{"id": "segreto"}, 403, "Access denied"},
		{"the log is for sysadmins", stranger, "harvest_log_list", map[string]any{}, 403, ""},
		{"the log", w.token, "harvest_log_list", map[string]any{"level": "ERROR"}, 200, "[]"},
		{"who is told of failures", stranger, "harvest_get_notifications_recipients", map[string]any{"source_id": "dati"}, 200, `"email":"a@example.org"`},
		{"but not to everybody", "", "harvest_get_notifications_recipients", map[string]any{"source_id": "dati"}, 403, ""},
		{"all imported again by a sysadmin alone", stranger, "harvest_objects_import", map[string]any{}, 403, ""},
		{"imported again by its record", w.token, "harvest_objects_import", map[string]any{"guid": "r1"}, 200, "1"},
		{"imported again, a whole source", stranger, "harvest_objects_import", map[string]any{"source_id": "dati"}, 200, "2"},
		{"imported again", stranger, "harvest_objects_import", map[string]any{"package_id": "raccolto"}, 200, "1"},
		{"indexed again", stranger, "harvest_source_reindex", map[string]any{"id": "dati"}, 200, "true"},
		{"dead jobs ended", w.token, "harvest_abort_failed_jobs", map[string]any{}, 200, "no jobs to abort"},
		{"history cleared", stranger, "harvest_source_job_history_clear", map[string]any{"id": "dati"}, 200, src.ID},
		{"and is gone", "", "harvest_source_show_status", map[string]any{"id": "dati"}, 200, `"job_count":0`},
		{"by nobody", "", "harvest_source_job_history_clear", map[string]any{"id": "dati"}, 403, ""},
		{"cleared", stranger, "harvest_source_clear", map[string]any{"id": "dati"}, 200, src.ID},
	} {
		code, out := w.call(test.token, test.action, test.params)
		text, _ := json.Marshal(out)
		if code != test.code || !strings.Contains(string(text), test.want) {
			t.Errorf("%s: %d %s; want %d %s", test.name, code, text, test.code, test.want)
		}
	}
	if d, err := w.store.Dataset(w.ctx, "raccolto"); err != nil || d.State != catalog.Retired {
		t.Errorf("after clear %v, %v", d.State, err)
	}
}

func TestHarvestReportAndFeed(t *testing.T) {
	w := newWorld(t).fill()
	w.must(w.store.PutSource(w.ctx, &catalog.Source{Name: "dati", Title: "Dati & co", Kind: "ckan", URL: "https://dati.example/"}))
	w.must(w.store.PutSource(w.ctx, &catalog.Source{Name: "bozze", Kind: "ckan", URL: "https://bozze.example/", Draft: true}))
	w.must(w.store.PutSource(w.ctx, &catalog.Source{Name: "interna", Kind: "ckan", URL: "https://10.0.0.1/", AllowPrivate: true}))
	for _, name := range []string{"dati", "bozze", "interna"} {
		w.ranOnce(name)
	}
	for _, test := range []struct {
		path, token string
		code        int
		want        string
	}{
		{"/harvest/dati/report.csv", "", 200, "rejected,b,'=B,dct:title,,title-missing,manca / missing,scrivilo / write it,https://x.example/b"},
		{"/harvest/dati/report.csv?run=nope", "", 404, ""},
		{"/harvest/dati/runs.atom", "", 200, "<title>Dati &amp; co: done</title>"},
		{"/harvest/bozze/report.csv", "", 404, ""},
		{"/harvest/bozze/report.csv", w.token, 200, "rejected"},
		{"/harvest/interna/runs.atom", "", 404, ""},
		{"/harvest/nope/runs.atom", "", 404, ""},
	} {
		rec := w.do("GET", test.path, "", "Authorization", test.token)
		if rec.Code != test.code || !strings.Contains(rec.Body.String(), test.want) {
			t.Errorf("%s: %d %s", test.path, rec.Code, rec.Body)
		}
	}
	if code, out := w.call("", "harvest_source_show", map[string]any{"id": "interna"}); code != 200 || out.(map[string]any)["url"] != "" {
		t.Errorf("an address inside is told: %v", out)
	}
	if code, _ := w.call("", "harvest_source_show", map[string]any{"id": "bozze"}); code != 404 {
		t.Errorf("a source of drafts is shown: %d", code)
	}
}

func ids(w *world, name string) string {
	w.t.Helper()
	d, err := w.store.Dataset(w.ctx, name)
	w.must(err)
	return `["` + d.ID + `"]`
}

// TestHarvestObjectsAreKeptForPrograms puts a record here as a program that
// harvests by itself does.
func TestHarvestObjectsAreKeptForPrograms(t *testing.T) {
	w := newWorld(t).fill()
	src := &catalog.Source{Name: "dati", Kind: "ckan", URL: "https://dati.example/"}
	w.must(w.store.PutSource(w.ctx, src))
	r := w.ranOnce("dati")
	code, out := w.call(w.token, "harvest_object_create", map[string]any{
		"job_id": r.ID, "guid": "g1", "content": `{"a":2}`, "package_id": "rifiuti-2023", "extras": map[string]any{"status": "new"},
	})
	made, ok := out.(map[string]any)
	if code != 200 || !ok {
		t.Fatalf("%d %v", code, out)
	}
	code, out = w.call("", "harvest_object_show", map[string]any{"id": made["id"]})
	if d := cmp.Diff(made, out); code != 200 || d != "" {
		t.Errorf("%d: it is shown otherwise than it was made: %s", code, d)
	}
	for key, want := range map[string]any{
		"guid": "g1", "content": `{"a":2}`, "state": "WAITING", "current": false, "job": r.ID, "harvest_job_id": r.ID, "source": src.ID, "harvest_source_id": src.ID, "retry_times": 0.0,
	} {
		if made[key] != want {
			t.Errorf("%s: %v, want %v", key, made[key], want)
		}
	}
	if d, err := w.store.Dataset(w.ctx, "rifiuti-2023"); err != nil || made["package_id"] != d.ID || d.Origin.Source != "" {
		t.Errorf("dataset %v, %v: nothing is made of it, and nothing changes", made["package_id"], err)
	}
	if made["extras"].(map[string]any)["status"] != "new" {
		t.Errorf("extras %v", made["extras"])
	}
}

// TestHarvestAnswersHaveCKANsShape compares the keys of answers with those that
// ckanext-harvest's models and dictization give, and a list of sources with a
// recorded one of a national portal.
func TestHarvestAnswersHaveCKANsShape(t *testing.T) {
	w := newWorld(t).fill()
	src := &catalog.Source{Name: "dati", Kind: "ckan", URL: "https://dati.example/", Organization: "comune-di-esempio", Notes: "Che cos'è"}
	w.must(w.store.PutSource(w.ctx, src))
	r := w.ranOnce("dati")
	_, err := w.store.PutDataset(w.ctx, &catalog.Dataset{Name: "raccolto", Origin: catalog.Origin{Source: src.ID, Record: "r1"}})
	w.must(err)
	job := "id created gather_started gather_finished finished source_id status stats"
	for action, test := range map[string]struct {
		params map[string]any
		keys   string
	}{
		"harvest_source_show":        {map[string]any{"url": "https://dati.example/"}, "id name title url notes type source_type frequency config owner_org organization private state active status extras metadata_created metadata_modified creator_user_id"},
		"harvest_source_list":        {map[string]any{"return_last_job_status": true}, "id url title description config created type active user_id publisher_id frequency next_run publisher_title status last_job_status"},
		"harvest_job_show":           {map[string]any{"id": r.ID}, job + " object_error_summary gather_error_summary"},
		"harvest_job_list":           {map[string]any{"source_id": "dati"}, job},
		"harvest_job_report":         {map[string]any{"id": r.ID}, "gather_errors object_errors"},
		"harvest_object_show":        {map[string]any{"dataset_id": "raccolto"}, "id guid current gathered fetch_started content fetch_finished import_started import_finished state metadata_modified_date retry_times harvest_job_id harvest_source_id package_id report_status source job package errors extras"},
		"harvesters_info_show":       {map[string]any{}, "name title description form_config_interface show_config"},
		"harvest_source_show_status": {map[string]any{"id": "dati"}, "job_count last_job total_datasets"},
	} {
		code, out := w.call(w.token, action, test.params)
		if list, ok := out.([]any); ok && len(list) > 0 {
			out = list[0]
		}
		got, ok := out.(map[string]any)
		if code != 200 || !ok {
			t.Errorf("%s: %d %v", action, code, out)
			continue
		}
		for key := range strings.FieldsSeq(test.keys) {
			if _, ok := got[key]; !ok {
				t.Errorf("%s has no %s: %v", action, key, got)
			}
		}
	}
	_, out := w.call("", "harvest_source_list", map[string]any{})
	first := out.([]any)[0].(map[string]any)
	if first["type"] != "ckan" || first["description"] != "Che cos'è" || first["publisher_title"] == "" || strings.Contains(first["created"].(string), "T") {
		t.Errorf("%v", first)
	}
	recorded, err := os.ReadFile(fixtures.Path(t, "fixtures/a_ckan/dati_gov_it_harvest_sources.json"))
	w.must(err)
	var theirs []map[string]any
	w.must(json.Unmarshal(recorded, &theirs))
	for key, value := range theirs[0] {
		if had, ok := first[key]; !ok || value != nil && had != nil && fmt.Sprintf("%T", value) != fmt.Sprintf("%T", had) {
			t.Errorf("%s is a %T there and %v here", key, value, had)
		}
	}
}
