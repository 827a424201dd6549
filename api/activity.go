package api

import (
	"encoding/json"
	"slices"

	"portico/catalog"
	"portico/internal/ckan"
)

func (s *Server) addActivityActions(t map[string]action) {
	page := []param{
		refParam, offsetParam,
		{"limit", "integer", "how many to list, 31 unless told, 100 at most"},
		{"before", "number", "only what was before this moment, in seconds since 1970"},
		{"after", "number", "only what was after this moment, in seconds since 1970"},
		{"activity_types", "list", "only these types, such as \"changed package\""},
		{"exclude_activity_types", "list", "all but these types"},
		{"include_hidden_activity", "true or false", "accepted for CKAN's sake; nothing is hidden"},
	}
	object := param{"object_type", "text", "package or group: which part of the data is meant"}
	activity := param{"id", "text", "the ID of the activity"}
	t["package_activity_list"] = read(asGiven, s.packageActivities, "What was done to a dataset, the latest first.", page...)
	t["user_activity_list"] = read(asGiven, s.userActivities, "What a user has done, the latest first.", page...)
	t["group_activity_list"] = read(asGiven, s.bodyActivities, "What was done to a group and its datasets, the latest first.", page...)
	t["organization_activity_list"] = read(asGiven, s.bodyActivities, "What was done to an organization and its datasets, the latest first.", page...)
	t["recently_changed_packages_activity_list"] = read(asGiven, s.recentActivities, "What was done to datasets, the latest first.", page[1:]...)
	t["activity_show"] = read(asGiven, s.activityShow, "One activity: who did what, and what the thing was like afterwards.", activity,
		param{"include_data", "true or false", "whether to tell what the thing was like"})
	t["activity_data_show"] = read(asGiven, s.activityDataShow, "What a thing was like after an activity; for those who may change it.", activity, object)
	t["activity_diff"] = read(asGiven, s.activityDiff, "How a thing differs from what it was before an activity; for those who may change it.", activity, object,
		param{"diff_type", "text", "unified, context or html"})
	t["activity_create"] = write(asGiven, s.activityCreate, "Refuses: the log tells what the program has seen done, and nothing else.",
		param{"user_id", "text", "who did it"}, param{"object_id", "text", "to what"},
		param{"activity_type", "text", "what"}, param{"data", "object", "more of it"}).only(sysadmin)
	s.addDashboardActions(t, page[1:])
}

// activityID returns the number of an activity in the form of CKAN's IDs.
func activityID(n int64) string { return (&catalog.Activity{ID: n}).Ref() }

// activityNumber is the reverse of activityID; 0 is no activity.
func activityNumber(id string) int64 { return catalog.ActivityNumber(id) }

// shownKinds are the kinds of things of which activities are shown. What is
// done to tokens, members and sources is for the log alone: CKAN has no words
// for it.
var shownKinds = []string{"dataset", "organization", "group", "user"}

// activityVerbs holds CKAN's types of activity and which of our verbs each is.
var activityVerbs = map[string][]string{
	"new package":          {"new dataset"},
	"changed package":      {"changed dataset", "published dataset", "unpublished dataset", "restored dataset", "held data", "released data", "masked data"},
	"deleted package":      {"deleted dataset", "withdrawn dataset", "retired dataset", "purged dataset"},
	"new organization":     {"new organization"},
	"changed organization": {"changed organization"},
	"deleted organization": {"deleted organization", "purged organization"},
	"new group":            {"new group"},
	"changed group":        {"changed group"},
	"deleted group":        {"deleted group", "purged group"},
	"new user":             {"new user"},
	"changed user":         {"changed user", "deleted user"},
}

// activityType returns how CKAN calls a verb.
func activityType(verb string) string {
	for name, verbs := range activityVerbs {
		if slices.Contains(verbs, verb) {
			return name
		}
	}
	return verb
}

// The user on whose behalf the program acts: harvests and jobs. It is no user
// of the store and cannot sign in.
const siteUserName = "default"

var siteUserID = catalog.StableID("user", siteUserName)

// activityObject returns an activity as CKAN shows it.
func (s *Server) activityObject(a *catalog.Activity, dir *directory) (map[string]any, error) {
	data, err := s.activityData(a, dir)
	if err != nil {
		return nil, err
	}
	user, name := a.ActorID, a.Actor
	if user == "" {
		user, name = siteUserID, siteUserName
	}
	data["actor"] = name
	return map[string]any{
		"id": activityID(a.ID), "timestamp": a.At.UTC().Format(ckanTime), "user_id": user, "object_id": a.Object,
		"activity_type": activityType(a.Verb), "data": data, "permission_labels": permissionLabels(a.Dataset),
	}, nil
}

// permissionLabels says as CKAN does for whom a dataset is, as it was then.
func permissionLabels(d *catalog.Dataset) []string {
	switch {
	case d == nil, d.Visible():
		return []string{"public"}
	case d.State == catalog.Draft:
		return []string{"creator-" + d.Creator}
	case d.Organization != "":
		return []string{"member-" + d.Organization}
	}
	return []string{"creator-" + d.Creator}
}

// activityData returns the thing that an activity is about as it was after
// that, under the name that CKAN has for it.
func (s *Server) activityData(a *catalog.Activity, dir *directory) (map[string]any, error) {
	switch {
	case a.Dataset != nil:
		return map[string]any{"package": json.RawMessage(ckan.AppendShow(nil, a.Dataset, dir.refs(s.site, a.Dataset)))}, nil
	case len(a.Body) == 0:
		return map[string]any{}, nil
	}
	var is struct {
		ID    string
		Name  string
		State catalog.State
	}
	if err := json.Unmarshal(a.Body, &is); err != nil {
		return nil, err
	}
	b := body{}
	switch a.Kind {
	case "organization":
		var o catalog.Organization
		if err := json.Unmarshal(a.Body, &o); err != nil {
			return nil, err
		}
		b = bodyOfOrganization(&o)
	case "group":
		var g catalog.Group
		if err := json.Unmarshal(a.Body, &g); err != nil {
			return nil, err
		}
		b = bodyOfGroup(&g)
	default:
		return map[string]any{}, nil // of users the log keeps no more than their names
	}
	b.ID, b.Name, b.State = is.ID, is.Name, is.State
	m := b.object(s.site)
	delete(m, "created") // the log does not know it
	return map[string]any{"group": m}, nil
}
