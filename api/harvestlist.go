package api

import (
	"context"
	"time"

	"portico/catalog"
)

// harvestTime is how ckanext-harvest writes the moments of jobs, objects and
// listed sources: Python's str of a datetime, in UTC.
const harvestTime = "2006-01-02 15:04:05.000000"

// harvestMoment returns a moment in ckanext-harvest's form, or nil for none.
func harvestMoment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(harvestTime)
}

func (s *Server) harvestSourceList(ctx context.Context, a *args) (result, error) {
	wanted := sourcesWanted{
		org: a.text("organization_id"), active: a.boolean("only_active", false), due: a.boolean("only_to_run", false), last: a.boolean("return_last_job_status", false),
	}
	if err := a.err(); err != nil {
		return nil, err
	}
	all, err := s.harvest.Sources.Sources(ctx)
	if err != nil {
		return nil, err
	}
	if wanted.orgID, _, err = s.bodyID(ctx, wanted.org); err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, src := range all {
		x, err := s.listedSource(ctx, src, wanted)
		if err != nil {
			return nil, err
		}
		if x != nil {
			out = append(out, x)
		}
	}
	return one(mustJSON(out)), nil
}

// sourcesWanted are the sources that a list is to have, and what of them.
type sourcesWanted struct {
	org    string // as it was sent; "" for all
	orgID  string // "" when there is no such organization
	active bool   // those alone that are not paused
	due    bool   // those alone that are to be harvested by now
	last   bool   // with the last job
}

// listedSource returns what a list says of a source, or nil when it is not to
// be in it: because of its reader, or because it is none of those wanted. A
// list says it otherwise than harvest_source_show: its type is the kind.
func (s *Server) listedSource(ctx context.Context, src *catalog.Source, wanted sourcesWanted) (map[string]any, error) {
	shown, err := s.showsHarvest(ctx, src)
	if err != nil || !shown || wanted.active && src.Paused {
		return nil, err
	}
	st, err := s.harvest.Sources.SourceState(ctx, src.ID)
	if err != nil || wanted.due && (st.Due.IsZero() || st.Due.After(s.now())) {
		return nil, err
	}
	x, err := s.harvestSourceJSON(ctx, src)
	if err != nil || !wanted.of(x["owner_org"]) {
		return nil, err
	}
	out := map[string]any{
		"id": src.ID, "name": src.Name, "url": x["url"], "title": x["title"], "description": src.Notes, "config": x["config"], "created": harvestMoment(src.Created),
		"type": src.Kind, "source_type": src.Kind, "active": !src.Paused, "user_id": "", "publisher_id": "", "publisher_title": "", "frequency": x["frequency"],
		"next_run": harvestMoment(st.Due), "owner_org": x["owner_org"],
	}
	if org, ok := x["organization"].(map[string]any); ok {
		out["publisher_id"], out["publisher_title"] = org["id"], org["title"]
	}
	return out, s.addListedStatus(ctx, src, wanted, out)
}

// of reports whether sources of an organization are wanted.
func (w sourcesWanted) of(owner any) bool {
	return w.org == "" || w.orgID != "" && owner == w.orgID
}

// addListedStatus says how a listed source has done so far.
func (s *Server) addListedStatus(ctx context.Context, src *catalog.Source, wanted sourcesWanted, out map[string]any) error {
	runs, err := s.harvest.Sources.Runs(ctx, src.ID, -1)
	if err != nil {
		return err
	}
	if wanted.last {
		out["last_job_status"] = nil
		if len(runs) > 0 {
			out["last_job_status"] = harvestJobJSON(runs[0])
		}
	}
	status := map[string]any{"job_count": len(runs), "next_harvest": "", "last_harvest_request": ""}
	out["status"] = status
	if len(runs) == 0 {
		status["msg"] = "No jobs yet"
		return nil
	}
	status["next_harvest"], status["last_harvest_request"] = "Not yet scheduled", "Not yet harvested"
	if out["next_run"] != nil {
		status["next_harvest"] = "Scheduled"
	}
	for _, r := range runs {
		if !r.Finished.IsZero() {
			status["last_harvest_request"] = harvestMoment(r.Finished)
			break
		}
	}
	return nil
}

func (s *Server) harvesterInfo(context.Context, struct{}) (result, error) {
	out := []map[string]any{}
	for _, k := range s.harvest.Kinds {
		out = append(out, map[string]any{"name": k.Name, "title": k.Title, "description": k.Title, "form_config_interface": "Text", "show_config": true})
	}
	return one(mustJSON(out)), nil
}
