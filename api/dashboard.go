package api

import (
	"context"
	"encoding/json"
	"time"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addDashboardActions(t map[string]action, page []param) {
	t["dashboard_activity_list"] = read(asGiven, s.dashboardList, "The news of what you follow, and what you have done, the latest first.", page...)
	t["dashboard_new_activities_count"] = read(none, s.dashboardCount, "How much of your news you have not read.")
	t["dashboard_mark_activities_old"] = write(none, s.dashboardMark, "Marks your news as read.")
	t["send_email_notifications"] = write(none, s.sendNotifications, "Refuses: this site sends no news by e-mail.").only(sysadmin)
}

// dashboardOf returns the ID of the actor whose dashboard is meant.
func dashboardOf(ctx context.Context) (string, error) {
	if id := catalog.ActorOf(ctx).ID; id != "" {
		return id, nil
	}
	return "", withDetail(catalog.Denied, "You must be logged in to access your dashboard.")
}

// seen returns when a user has last read their news. Whoever looks for the
// first time has read all that there was before, as in CKAN, which notes the
// look just so.
func (s *Server) seen(ctx context.Context, user string) (time.Time, error) {
	r, err := s.records.Record(ctx, catalog.RecordSeen, user)
	if err == nil {
		var at time.Time
		err := json.Unmarshal(r.Body, &at)
		return at, err
	}
	if catalog.KindOf(err) != catalog.NotFound {
		return time.Time{}, err
	}
	return s.look(ctx, user)
}

// look notes that a user reads their news now.
func (s *Server) look(ctx context.Context, user string) (time.Time, error) {
	at := s.now().UTC()
	return at, s.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordSeen, Key: user, Owner: user, Body: mustJSON(at)})
}

func (s *Server) dashboardList(ctx context.Context, a *args) (result, error) {
	user, err := dashboardOf(ctx)
	if err != nil {
		return nil, err
	}
	f := readActivityFilter(a)
	if err := a.err(); err != nil {
		return nil, err
	}
	last, err := s.seen(ctx, user)
	if err != nil {
		return nil, err
	}
	f.Followed = user
	all, err := s.activityObjects(ctx, f)
	for _, m := range all {
		at, _ := m["timestamp"].(string)
		m["is_new"] = m["user_id"] != user && at > last.UTC().Format(ckanTime)
	}
	return one(mustJSON(all)), err
}

// dashboardCount counts what is new, up to as much as one answer lists.
func (s *Server) dashboardCount(ctx context.Context, _ struct{}) (result, error) {
	user, err := dashboardOf(ctx)
	if err != nil {
		return nil, err
	}
	last, err := s.seen(ctx, user)
	if err != nil {
		return nil, err
	}
	all, err := s.activities.Activities(ctx, catalog.ActivityFilter{Followed: user, After: last, Kinds: shownKinds, Limit: maxActivities})
	n := 0
	for _, a := range all {
		if a.ActorID != user {
			n++
		}
	}
	return one(mustJSON(n)), err
}

func (s *Server) dashboardMark(ctx context.Context, _ struct{}) (result, error) {
	user, err := dashboardOf(ctx)
	if err != nil {
		return nil, err
	}
	_, err = s.look(ctx, user)
	return nothing(), err
}

func (s *Server) sendNotifications(context.Context, struct{}) (result, error) {
	return nil, schema.Says("message", "ckan.activity_streams_email_notifications is not enabled in config")
}
