package api

import (
	"context"

	"portico/catalog"
)

func (s *Server) addHarvestJobActions(t map[string]action) {
	source := param{"source_id", "text", "the ID or the name of the source"}
	job := param{"id", "text", "the ID of the job"}
	t["harvest_job_create"] = write(asGiven, s.harvestJobCreate, "Has a source harvested as soon as somebody is free to.", source,
		param{"run", "true or false", "accepted for CKAN's sake"}).only(signedIn)
	t["harvest_job_create_all"] = write(none, s.harvestJobCreateAll, "Has every source harvested that is not paused.").only(sysadmin)
	t["harvest_send_job_to_gather_queue"] = write(asGiven, s.harvestJobSend, "Has the source of a job harvested again.", job).only(signedIn)
	t["harvest_jobs_run"] = write(none, s.harvestJobsRun, "Nothing: jobs run by themselves.").only(sysadmin)
	t["harvest_job_show"] = read(asGiven, s.harvestJobShow, "One harvest of a source; for those who may change the source.", job)
	t["harvest_job_report"] = read(asGiven, s.harvestJobReport, "What was wrong in a harvest; for those who may change the source.", job)
	t["harvest_job_list"] = read(asGiven, s.harvestJobList, "The harvests of a source, the latest first; for those who may change it. Of all: for sysadmins.", source,
		param{"status", "text", "Running or Finished"})
	t["harvest_job_abort"] = write(asGiven, s.harvestJobAbort, "Stops the harvest of a source.", param{"id", "text", "the ID of the job, or of the source"}, source).only(sysadmin)
	t["harvest_object_show"] = read(asGiven, s.harvestObjectShow, "Where a dataset was harvested from.", param{"id", "text", "the ID of the dataset"},
		param{"dataset_id", "text", "the same"})
	t["harvest_object_list"] = read(asGiven, s.harvestObjectList, "The IDs of the datasets of a source that the actor may see.", source)
}

// harvestJobJSON returns a run in ckanext-harvest's words.
func harvestJobJSON(r *catalog.Run) map[string]any {
	status, finished := "Finished", any(r.Finished.UTC().Format(ckanTime))
	switch r.Status {
	case catalog.RunRunning:
		status, finished = "Running", nil
	case catalog.RunInterrupted, catalog.RunCancelled:
		status = "Aborted"
	case catalog.RunDone, catalog.RunFailed, catalog.RunHeld:
	}
	rep, err := catalog.ReportOf(r)
	if err != nil { // of a program that wrote it otherwise
		rep = catalog.RunReport{}
	}
	started := r.Started.UTC().Format(ckanTime)
	errs := []map[string]any{}
	for message, n := range problemCounts(rep) {
		errs = append(errs, map[string]any{"message": message, "error_count": n})
	}
	gather := []map[string]any{}
	if r.Error != "" {
		gather = append(gather, map[string]any{"message": r.Error, "error_count": 1})
	}
	return map[string]any{
		"id": r.ID, "source_id": r.Source, "status": status, "created": started, "gather_started": started, "gather_finished": finished, "finished": finished,
		"stats": map[string]any{
			"added": rep.New, "updated": rep.Changed - rep.New, "not modified": rep.Same, "errored": rep.Failed, "deleted": rep.Retired,
		},
		"object_error_summary": errs, "gather_error_summary": gather,
	}
}

// problemCounts counts the messages of the records that could not be kept.
func problemCounts(rep catalog.RunReport) map[string]int {
	out := map[string]int{}
	for _, rec := range rep.Records {
		for _, p := range rec.Problems {
			if rec.Outcome == "rejected" && (len(out) < 20 || out[p.Message] > 0) {
				out[p.Message]++
			}
		}
	}
	return out
}

func (s *Server) harvestJobCreate(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "source_id")
	if err != nil {
		return nil, err
	}
	out, added, err := s.enqueueHarvest(ctx, src)
	if err == nil && !added {
		return nil, withDetail(catalog.Conflict, "There already is an unrun job for this source")
	}
	return one(mustJSON(out)), err
}

// enqueueHarvest returns the job that waits. It has the ID of its source until
// it begins.
func (s *Server) enqueueHarvest(ctx context.Context, src *catalog.Source) (map[string]any, bool, error) {
	added, err := s.harvest.Enqueue(ctx, src.ID)
	return map[string]any{
		"id": src.ID, "source_id": src.ID, "status": "New", "created": s.now().UTC().Format(ckanTime), "gather_started": nil, "gather_finished": nil,
		"finished": nil, "stats": map[string]any{}, "object_error_summary": []any{}, "gather_error_summary": []any{},
	}, added, err
}

func (s *Server) harvestJobCreateAll(ctx context.Context, _ struct{}) (result, error) {
	all, err := s.harvest.Sources.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, src := range all {
		if src.Paused {
			continue
		}
		x, added, err := s.enqueueHarvest(ctx, src)
		if err != nil {
			return nil, err
		}
		if added {
			out = append(out, x)
		}
	}
	return one(mustJSON(out)), nil
}

func (s *Server) harvestJobsRun(context.Context, struct{}) (result, error) {
	return one([]byte("[]")), nil
}

// harvestJob returns a run, with its source, that the actor may see.
func (s *Server) harvestJob(ctx context.Context, a *args) (*catalog.Run, *catalog.Source, error) {
	id := a.required("id")
	if err := a.err(); err != nil {
		return nil, nil, err
	}
	missing := withDetail(catalog.NotFound, "Harvest job not found")
	if len(id) > maxRef {
		return nil, nil, missing
	}
	r, err := s.harvest.Sources.Run(ctx, id)
	if err != nil {
		if catalog.KindOf(err) == catalog.NotFound {
			err = missing
		}
		return nil, nil, err
	}
	src, err := s.harvest.Sources.Source(ctx, r.Source)
	if err != nil {
		return nil, nil, err
	}
	may, err := s.mayHarvest(ctx, src)
	if err == nil && !may {
		err = notAuthorized(ctx, "see job "+r.ID)
	}
	return r, src, err
}

func (s *Server) harvestJobShow(ctx context.Context, a *args) (result, error) {
	r, _, err := s.harvestJob(ctx, a)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(harvestJobJSON(r))), nil
}

func (s *Server) harvestJobSend(ctx context.Context, a *args) (result, error) {
	_, src, err := s.harvestJob(ctx, a)
	if err != nil {
		return nil, err
	}
	out, _, err := s.enqueueHarvest(ctx, src)
	return one(mustJSON(out)), err
}

func (s *Server) harvestJobReport(ctx context.Context, a *args) (result, error) {
	r, _, err := s.harvestJob(ctx, a)
	if err != nil {
		return nil, err
	}
	rep, err := catalog.ReportOf(r)
	if err != nil {
		return nil, err
	}
	gather := []map[string]any{}
	if r.Error != "" {
		gather = append(gather, map[string]any{"message": r.Error})
	}
	objects := map[string]any{}
	for _, rec := range rep.Records {
		if rec.Outcome != "rejected" {
			continue
		}
		errs := []map[string]any{}
		for _, p := range rec.Problems {
			errs = append(errs, map[string]any{"message": p.Message, "line": nil, "type": p.Rule})
		}
		objects[rec.ID] = map[string]any{"guid": rec.ID, "errors": errs, "original_url": rec.Link}
	}
	return one(mustJSON(map[string]any{"gather_errors": gather, "object_errors": objects})), nil
}

func (s *Server) harvestJobList(ctx context.Context, a *args) (result, error) {
	ref, status := "", a.text("status")
	if a.has("source_id") {
		src, err := s.ownHarvestSource(ctx, a, "source_id")
		if err != nil {
			return nil, err
		}
		ref = src.ID
	} else if !catalog.ActorOf(ctx).Sysadmin {
		return nil, notAuthorized(ctx, "list all harvest jobs")
	}
	const most = 1000
	runs, err := s.harvest.Sources.Runs(ctx, ref, most)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, r := range runs {
		if x := harvestJobJSON(r); status == "" || x["status"] == status {
			out = append(out, x)
		}
	}
	return one(mustJSON(out)), nil
}

func (s *Server) harvestJobAbort(ctx context.Context, a *args) (result, error) {
	ref := a.text("source_id")
	if ref == "" {
		ref = a.required("id")
	}
	if err := a.err(); err != nil {
		return nil, err
	}
	if r, err := s.harvest.Sources.Run(ctx, ref[:min(len(ref), maxRef)]); err == nil {
		ref = r.Source
	}
	src, err := s.harvest.Sources.Source(ctx, ref[:min(len(ref), maxRef)])
	if err != nil {
		return nil, err
	}
	if _, err := s.harvest.Cancel(ctx, src.ID); err != nil {
		return nil, err
	}
	runs, err := s.harvest.Sources.Runs(ctx, src.ID, 1)
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nothing(), nil
	}
	return one(mustJSON(harvestJobJSON(runs[0]))), nil
}

func (s *Server) harvestObjectShow(ctx context.Context, a *args) (result, error) {
	id := a.text("id")
	if id == "" {
		id = a.text("dataset_id")
	}
	if id == "" {
		a.fault("id", "Missing value")
		return nil, a.err()
	}
	o, err := s.harvestObject(ctx, id)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(o.json())), nil
}

func (s *Server) harvestObjectList(ctx context.Context, a *args) (result, error) {
	src, err := s.harvestSource(ctx, a, "source_id")
	if err != nil {
		return nil, err
	}
	known, err := s.harvest.Origins.RecordIDs(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(known))
	for _, id := range known {
		ids = append(ids, id)
	}
	return s.visibleIDs(ctx, ids)
}
