package api

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"

	"portico/catalog"
)

// The numbers of activities that one answer lists.
const (
	usualActivities = 31
	maxActivities   = 100
)

// readActivityFilter reads which part of the log is wanted.
func readActivityFilter(a *args) catalog.ActivityFilter {
	f := catalog.ActivityFilter{
		Kinds: shownKinds, Offset: a.natural("offset", 0), Limit: a.natural("limit", usualActivities),
		Before: readTimestamp(a, "before"), After: readTimestamp(a, "after"),
	}
	if len(a.wrong["limit"]) > 0 && a.wrong["limit"][0] == "Invalid integer" {
		a.fault("limit", "Please enter an integer value")
	}
	f.Limit = min(f.Limit, maxActivities)
	a.boolean("include_hidden_activity", false)
	f.Verbs, f.NotVerbs = readActivityTypes(a, "activity_types"), readActivityTypes(a, "exclude_activity_types")
	if f.Verbs != nil && f.NotVerbs != nil {
		a.fault("activity_types", "Cannot be used together with `exclude_activity_types")
	}
	return f
}

// readTimestamp reads a moment in seconds since 1970.
func readTimestamp(a *args, name string) time.Time {
	if !a.has(name) {
		return time.Time{}
	}
	var seconds json.Number
	err := json.Unmarshal([]byte(strings.TrimSpace(a.text(name))), &seconds)
	f, floatErr := seconds.Float64()
	if err != nil || floatErr != nil || math.Abs(f) > 1e11 {
		a.fault(name, "Must be a float timestamp")
		return time.Time{}
	}
	return time.UnixMicro(int64(math.Round(f * 1e6))).UTC()
}

// readActivityTypes reads a list of CKAN's types of activity as our verbs. A
// type that there is not is a verb that nothing has.
func readActivityTypes(a *args, name string) []string {
	if !a.has(name) {
		return nil
	}
	list, ok := a.given[name].([]any)
	if !ok {
		a.fault(name, "Not a list")
		return nil
	}
	verbs := []string{""}
	for _, x := range list[:min(len(list), maxActivities)] {
		verbs = append(verbs, activityVerbs[toText(x)]...)
	}
	return verbs
}

// activities returns the part of the log that f chooses, as CKAN shows it.
func (s *Server) activityObjects(ctx context.Context, f catalog.ActivityFilter) ([]map[string]any, error) {
	if f.Limit == 0 {
		return []map[string]any{}, nil
	}
	all, err := s.activities.Activities(ctx, f)
	if err != nil {
		return nil, err
	}
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]any, len(all))
	for i, a := range all {
		if out[i], err = s.activityObject(a, dir); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) activityList(ctx context.Context, f catalog.ActivityFilter) (result, error) {
	all, err := s.activityObjects(ctx, f)
	return one(mustJSON(all)), err
}

// refAndFilter reads what an activity list is about, and which part of it.
func refAndFilter(a *args) (string, catalog.ActivityFilter, error) {
	ref := a.required("id")
	f := readActivityFilter(a)
	return ref, f, a.err()
}

func (s *Server) packageActivities(ctx context.Context, a *args) (result, error) {
	ref, f, err := refAndFilter(a)
	if err != nil {
		return nil, err
	}
	d, err := s.dataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	f.Objects = []string{d.ID}
	return s.activityList(ctx, f)
}

func (s *Server) userActivities(ctx context.Context, a *args) (result, error) {
	ref, f, err := refAndFilter(a)
	if err != nil {
		return nil, err
	}
	if s.hidesUsers(ctx) {
		return nil, errPrivateUsers()
	}
	u, err := s.userByRef(ctx, ref)
	if err != nil {
		return nil, err
	}
	f.ActorID = u.ID
	return s.activityList(ctx, f)
}

func (s *Server) bodyActivities(ctx context.Context, a *args) (result, error) {
	ref, f, err := refAndFilter(a)
	if err != nil {
		return nil, err
	}
	b, err := s.bodyByID(ctx, ref)
	if err != nil {
		return nil, err
	}
	if b.IsOrganization {
		f.Organization = b.ID
	} else {
		f.Group = b.ID
	}
	return s.activityList(ctx, f)
}

func (s *Server) recentActivities(ctx context.Context, a *args) (result, error) {
	f := readActivityFilter(a)
	if err := a.err(); err != nil {
		return nil, err
	}
	f.Kinds = []string{"dataset"}
	return s.activityList(ctx, f)
}

// givenActivity returns the activity that the parameter id names, if the actor
// may see it.
func (s *Server) givenActivity(ctx context.Context, id string) (*catalog.Activity, error) {
	n := activityNumber(id)
	if n == 0 {
		return nil, catalog.Errorf(catalog.NotFound, "no such activity")
	}
	found, err := s.activities.Activities(ctx, catalog.ActivityFilter{ID: n, Kinds: shownKinds, Limit: 1})
	if err == nil && len(found) == 0 {
		err = catalog.Errorf(catalog.NotFound, "no such activity")
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

func (s *Server) activityShow(ctx context.Context, a *args) (result, error) {
	id, whole := a.required("id"), a.boolean("include_data", true)
	if err := a.err(); err != nil {
		return nil, err
	}
	found, err := s.givenActivity(ctx, id)
	if err != nil {
		return nil, err
	}
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return nil, err
	}
	m, err := s.activityObject(found, dir)
	if err == nil && !whole {
		delete(m, "data")
	}
	return one(mustJSON(m)), err
}

// mayReadData asks whether the actor may change the thing that an activity is
// about: only they are told what it was like, as in CKAN.
func (s *Server) mayReadData(ctx context.Context, a *catalog.Activity) error {
	actor := catalog.ActorOf(ctx)
	switch {
	case actor.Sysadmin:
		return nil
	case a.Kind == "dataset":
		d, err := s.datasets.Dataset(ctx, a.Object)
		if err != nil && !hidden(err) {
			return err
		}
		if err == nil && mayEdit(actor, d) {
			return nil
		}
		return notAuthorized(ctx, "edit package "+a.Object)
	case a.Kind == "user" && actor.ID == a.Object, actor.May(a.Object, catalog.RoleAdmin):
		return nil
	}
	return notAuthorized(ctx, "edit "+a.Kind+" "+a.Object)
}

// dataOf returns what the thing of an activity was like, under the given name
// or all of it.
func (s *Server) dataOf(ctx context.Context, a *catalog.Activity, object string) (any, error) {
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return nil, err
	}
	data, err := s.activityData(a, dir)
	if err != nil {
		return nil, err
	}
	if object == "" {
		return data, nil
	}
	part, ok := data[object]
	if !ok {
		return nil, withDetail(catalog.NotFound, "Object type not found in the activity")
	}
	return part, nil
}

func (s *Server) activityDataShow(ctx context.Context, a *args) (result, error) {
	id := a.required("id")
	if err := a.err(); err != nil {
		return nil, err
	}
	found, err := s.givenActivity(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.mayReadData(ctx, found); err != nil {
		return nil, err
	}
	data, err := s.dataOf(ctx, found, a.text("object_type"))
	return one(mustJSON(data)), err
}

// activityCreate refuses what is in order, too: a log into which anybody may
// write shows nothing.
func (s *Server) activityCreate(_ context.Context, a *args) (result, error) {
	a.required("user_id")
	a.required("object_id")
	a.required("activity_type")
	if err := a.err(); err != nil {
		return nil, err
	}
	return nil, catalog.Errorf(catalog.Invalid, "The activity log is written by the site alone").Italian("Il registro delle attività è scritto soltanto dal sito")
}
