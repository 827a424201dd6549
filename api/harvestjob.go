package api

import (
	"context"

	"portico/catalog"
)

func (s *Server) addHarvestJobActions(t map[string]action) {
	source := param{"source_id", "text", "the ID or the name of the source"}
	job := param{"id", "text", "the ID of the job; that of a source stands for its latest"}
	t["harvest_job_create"] = write(asGiven, s.harvestJobCreate, "Has a source harvested as soon as somebody is free to.", source,
		param{"run", "true or false", "accepted for CKAN's sake"}).only(signedIn)
	t["harvest_job_create_all"] = write(asGiven, s.harvestJobCreateAll, "Has every source harvested that is not paused and does not wait already.",
		param{"run", "true or false", "accepted for CKAN's sake"}).only(sysadmin)
	t["harvest_send_job_to_gather_queue"] = write(asGiven, s.harvestJobSend, "Has the source of a job harvested again.", job).only(signedIn)
	t["harvest_jobs_run"] = write(asGiven, s.harvestJobsRun, "Nothing: jobs run by themselves.", param{"source_id", "text", "accepted for CKAN's sake"}).only(sysadmin)
	t["harvest_job_show"] = read(asGiven, s.harvestJobShow, "One harvest of a source; for those who may change the source.", job)
	t["harvest_job_report"] = read(asGiven, s.harvestJobReport, "What was wrong in a harvest; for those who may change the source.", job)
	t["harvest_job_list"] = read(asGiven, s.harvestJobList, "The harvests of a source, the latest first; for those who may change it. Of all: for sysadmins.", source,
		param{"status", "text", "New, Running, Finished or Aborted"})
	t["harvest_job_abort"] = write(asGiven, s.harvestJobAbort, "Stops the harvest of a source.", param{"id", "text", "the ID of the job, or of the source"}, source).only(sysadmin)
}

// harvestJobJSON returns a run in ckanext-harvest's words.
func harvestJobJSON(r *catalog.Run) map[string]any {
	status, finished := "Finished", harvestMoment(r.Finished)
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
	started := harvestMoment(r.Started)
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
	if src.Paused {
		return nil, withDetail(catalog.Conflict, "Can not create jobs on inactive sources")
	}
	out, added, err := s.enqueueHarvest(ctx, src)
	if err == nil && !added {
		return nil, withDetail(catalog.Conflict, "There already is an unrun job for this source")
	}
	return one(mustJSON(out)), err
}

// enqueueHarvest returns the job that waits.
func (s *Server) enqueueHarvest(ctx context.Context, src *catalog.Source) (map[string]any, bool, error) {
	added, err := s.harvest.Enqueue(ctx, src.ID)
	return s.newJob(src), added, err
}

// newJob is a job that waits. It has the ID of its source until it begins, and
// is found by it after.
func (s *Server) newJob(src *catalog.Source) map[string]any {
	return map[string]any{
		"id": src.ID, "source_id": src.ID, "status": "New", "created": harvestMoment(s.now()), "gather_started": nil, "gather_finished": nil,
		"finished": nil, "stats": map[string]any{"added": 0, "updated": 0, "not modified": 0, "errored": 0, "deleted": 0},
		"object_error_summary": []any{}, "gather_error_summary": []any{},
	}
}

func (s *Server) harvestJobCreateAll(ctx context.Context, _ *args) (result, error) {
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

func (s *Server) harvestJobsRun(context.Context, *args) (result, error) {
	return one([]byte("[]")), nil
}

// harvestJob returns a run, with its source, that the actor may see. The ID of
// a source stands for its latest run; the run is nil when that one waits to
// begin.
func (s *Server) harvestJob(ctx context.Context, a *args) (*catalog.Run, *catalog.Source, error) {
	id := a.required("id")
	if err := a.err(); err != nil {
		return nil, nil, err
	}
	r, src, err := s.runOf(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	may, err := s.mayHarvest(ctx, src)
	if err == nil && !may {
		err = notAuthorized(ctx, "see job "+id)
	}
	if err != nil || r != nil {
		return r, src, err
	}
	if r, err = s.latestJob(ctx, src); err != nil || r != nil {
		return r, src, err
	}
	waits, err := s.harvest.Waiting(ctx, src.ID)
	if err == nil && !waits {
		err = noHarvestJob()
	}
	return nil, src, err
}

func noHarvestJob() error { return withDetail(catalog.NotFound, "Harvest job not found") }

// runOf returns the run with an ID, and its source; of the ID of a source, that
// source alone.
func (s *Server) runOf(ctx context.Context, id string) (*catalog.Run, *catalog.Source, error) {
	if len(id) > maxRef {
		return nil, nil, noHarvestJob()
	}
	of := id
	r, err := s.harvest.Sources.Run(ctx, id)
	switch {
	case err == nil:
		of = r.Source
	case catalog.KindOf(err) != catalog.NotFound:
		return nil, nil, err
	}
	src, err := s.harvest.Sources.Source(ctx, of)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		err = noHarvestJob()
	}
	return r, src, err
}

// latestJob returns the run that a source is in, or the one that ended last,
// or nil when the next one waits to begin or there was none.
func (s *Server) latestJob(ctx context.Context, src *catalog.Source) (*catalog.Run, error) {
	runs, err := s.harvest.Sources.Runs(ctx, src.ID, 1)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	if runs[0].Status == catalog.RunRunning {
		return runs[0], nil
	}
	if waits, err := s.harvest.Waiting(ctx, src.ID); err != nil || waits {
		return nil, err
	}
	return runs[0], nil
}

func (s *Server) harvestJobShow(ctx context.Context, a *args) (result, error) {
	r, src, err := s.harvestJob(ctx, a)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return one(mustJSON(s.newJob(src))), nil
	}
	return one(mustJSON(harvestJobJSON(r))), nil
}

func (s *Server) harvestJobSend(ctx context.Context, a *args) (result, error) {
	_, src, err := s.harvestJob(ctx, a)
	if err != nil {
		return nil, err
	}
	if src.Paused {
		return nil, withDetail(catalog.Conflict, "Can not create jobs on inactive sources")
	}
	out, _, err := s.enqueueHarvest(ctx, src)
	return one(mustJSON(out)), err
}

func (s *Server) harvestJobReport(ctx context.Context, a *args) (result, error) {
	r, _, err := s.harvestJob(ctx, a)
	if err != nil {
		return nil, err
	}
	gather, objects := []map[string]any{}, map[string]any{}
	var rep catalog.RunReport
	if r != nil {
		if rep, err = catalog.ReportOf(r); err != nil {
			return nil, err
		}
		if r.Error != "" {
			gather = append(gather, map[string]any{"message": r.Error})
		}
	}
	for _, rec := range rep.Records {
		if rec.Outcome != "rejected" {
			continue
		}
		errs := []map[string]any{}
		for _, p := range rec.Problems {
			errs = append(errs, map[string]any{"message": p.Message, "line": nil, "type": p.Rule})
		}
		objects[catalog.StableID(r.Source, rec.ID)] = map[string]any{"guid": rec.ID, "errors": errs, "original_url": rec.Link}
	}
	return one(mustJSON(map[string]any{"gather_errors": gather, "object_errors": objects})), nil
}

func (s *Server) harvestJobList(ctx context.Context, a *args) (result, error) {
	ref, status := "", a.text("status")
	out := []map[string]any{}
	if a.has("source_id") {
		src, err := s.ownHarvestSource(ctx, a, "source_id")
		if err != nil {
			return nil, err
		}
		ref = src.ID
		if out, err = s.waitingJobs(ctx, src, status); err != nil {
			return nil, err
		}
	} else if !catalog.ActorOf(ctx).Sysadmin {
		return nil, notAuthorized(ctx, "list all harvest jobs")
	}
	const most = 1000
	runs, err := s.harvest.Sources.Runs(ctx, ref, most)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		x := harvestJobJSON(r)
		delete(x, "object_error_summary") // which harvest_job_show has
		delete(x, "gather_error_summary")
		if status == "" || x["status"] == status {
			out = append(out, x)
		}
	}
	return one(mustJSON(out)), nil
}

// waitingJobs returns the job of a source that is yet to begin, if there is one
// and it is wanted.
func (s *Server) waitingJobs(ctx context.Context, src *catalog.Source, status string) ([]map[string]any, error) {
	out := []map[string]any{}
	if status != "" && status != "New" {
		return out, nil
	}
	waits, err := s.harvest.Waiting(ctx, src.ID)
	if err != nil || !waits {
		return out, err
	}
	if r, err := s.latestJob(ctx, src); err != nil || r != nil {
		return out, err
	}
	x := s.newJob(src)
	delete(x, "object_error_summary")
	delete(x, "gather_error_summary")
	return append(out, x), nil
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
	latest, err := s.latestJob(ctx, src)
	if err != nil {
		return nil, err
	}
	stopped, err := s.harvest.Cancel(ctx, src.ID)
	switch {
	case err != nil:
		return nil, err
	case latest == nil && !stopped:
		return nil, noHarvestJob()
	case latest == nil:
		out := s.newJob(src)
		out["status"] = "Aborted"
		return one(mustJSON(out)), nil
	}
	if latest, err = s.harvest.Sources.Run(ctx, latest.ID); err != nil { // as it is by now
		return nil, err
	}
	return one(mustJSON(harvestJobJSON(latest))), nil
}
