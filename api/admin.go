package api

import (
	"context"
	"maps"
	"slices"
	"strings"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addAdminActions(t map[string]action) {
	key := param{"key", "text", "the name of the setting"}
	job := param{"id", "text", "the ID of the job"}
	var settings []param
	for _, name := range settingNames() {
		settings = append(settings, param{name, "text", "its new value; kept, and taken up when the program starts anew"})
	}
	t["config_option_show"] = read(asGiven, s.settingShow, "A setting that may be changed while the program runs.", key).only(sysadmin)
	t["config_option_list"] = read(none, s.settingList, "The names of the settings that may be changed while the program runs.").only(sysadmin)
	t["config_option_update"] = write(asGiven, s.settingUpdate, "Changes settings. What is shown may change only when the program starts anew.", settings...).only(sysadmin)
	t["job_list"] = read(asGiven, s.jobList, "The jobs that wait; there are none, for nothing waits here.",
		param{"queues", "list", "only these queues"}, limitParam, param{"ids_only", "true or false", "whether to list IDs alone"}).only(sysadmin)
	t["job_show"] = read(readID, s.noJob, "One job that waits; there are none.", job).only(sysadmin)
	t["job_cancel"] = write(readID, s.noJob, "Takes a waiting job away; there are none.", job).only(sysadmin)
	t["job_clear"] = write(asGiven, s.jobClear, "Empties queues of jobs, which are always empty.", param{"queues", "list", "only these queues"}).only(sysadmin)
	t["get_site_user"] = read(none, s.siteUser, "The user in whose name the program itself acts; for sysadmins.",
		param{"defer_commit", "true or false", "accepted for CKAN's sake"})
	s.addTaskActions(t)
	s.addTranslationActions(t)
	s.addCollaboratorActions(t)
	s.addFileActions(t)
}

// settings are the settings that may change at run time, each with what it is
// when nobody has changed it.
func (s *Server) settings() map[string]string {
	return map[string]string{
		"ckan.site_title": s.site.Title, "ckan.site_description": s.site.Description,
		"ckan.site_about": "", "ckan.site_intro_text": "",
	}
}

func settingNames() []string {
	return slices.Sorted(maps.Keys((&Server{}).settings()))
}

// maxSetting is how long a setting may be, in bytes.
const maxSetting = 64 << 10

func (s *Server) settingShow(ctx context.Context, a *args) (result, error) {
	key := a.required("key")
	if err := a.err(); err != nil {
		return nil, err
	}
	value, ok := s.settings()[key]
	if !ok {
		return nil, schema.Says("message", "Configuration option '"+key+"' can not be shown")
	}
	r, err := s.records.Record(ctx, catalog.RecordSetting, key)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return one(mustJSON(value)), nil
	}
	if err != nil {
		return nil, err
	}
	return one(r.Body), nil
}

func (s *Server) settingList(context.Context, struct{}) (result, error) {
	return one(stringsJSON(settingNames())), nil
}

func (s *Server) settingUpdate(ctx context.Context, a *args) (result, error) {
	known := s.settings()
	var odd []string
	for name := range a.given {
		if _, ok := known[name]; !ok {
			odd = append(odd, name)
		}
	}
	if len(odd) > 0 {
		slices.Sort(odd)
		return nil, schema.Says("message", "Configuration option(s) '"+strings.Join(odd, " ")+"' can not be updated")
	}
	out := map[string]string{}
	for name := range a.given {
		if out[name] = a.text(name); len(out[name]) > maxSetting {
			a.fault(name, "Too long")
		}
	}
	if err := a.err(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if err := s.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordSetting, Key: name, Body: mustJSON(out[name])}); err != nil {
			return nil, err
		}
	}
	return one(mustJSON(out)), nil
}

func (s *Server) jobList(context.Context, *args) (result, error) { return one([]byte("[]")), nil }

func (s *Server) noJob(context.Context, string) (result, error) {
	return nil, catalog.Errorf(catalog.NotFound, "no such job")
}

// jobClear answers with the queues that it was to empty: CKAN's one, unless
// others are named.
func (s *Server) jobClear(_ context.Context, a *args) (result, error) {
	queues := a.list("queues")
	if len(queues) == 0 {
		queues = []string{"default"}
	}
	return one(stringsJSON(queues)), nil
}

// siteUser tells of the user of the program. Its key opens nothing.
func (s *Server) siteUser(ctx context.Context, _ struct{}) (result, error) {
	if !catalog.ActorOf(ctx).Sysadmin {
		return nil, withDetail(catalog.Denied, "Only internal services allowed to use this action")
	}
	return one(mustJSON(map[string]string{
		"name": siteUserName, "id": siteUserID, "apikey": catalog.StableID("key", siteUserName),
	})), nil
}
