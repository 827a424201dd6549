package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
)

// addHarvestUpkeepActions adds the actions by which those who run a
// ckanext-harvest look after it. Some have nothing to do here, for what they
// mend cannot break: they answer as they would after it.
func (s *Server) addHarvestUpkeepActions(t map[string]action) {
	id := param{"id", "text", "the ID or the name of the source"}
	t["harvest_source_index_clear"] = write(asGiven, s.harvestSourceIndexClear, "Nothing: the index follows the catalog by itself.", id).only(signedIn)
	t["harvest_source_reindex"] = write(asGiven, s.harvestSourceReindex, "Nothing: the index follows the catalog by itself.", id).only(signedIn)
	t["harvest_sources_reindex"] = write(none, s.harvestSourcesReindex, "Nothing: the index follows the catalog by itself.").only(sysadmin)
	t["harvest_source_job_history_clear"] = write(asGiven, s.harvestHistoryClear, "Forgets the harvests of a source; its datasets stay, and its next three harvests retire nothing.", id).only(signedIn)
	t["harvest_sources_job_history_clear"] = write(none, s.harvestHistoriesClear, "Forgets the harvests of all sources.").only(sysadmin)
	t["harvest_abort_failed_jobs"] = write(asGiven, s.harvestAbortFailed, "Ends the harvests that show no sign of life, which happens by itself within a minute.",
		param{"life_span", "a number", "accepted for CKAN's sake"}, param{"include", "text", "accepted for CKAN's sake"},
		param{"exclude", "text", "accepted for CKAN's sake"}).only(sysadmin)
	t["harvest_objects_import"] = write(asGiven, s.harvestObjectsImport, "Has a source harvested again, the record that is named among the rest.",
		param{"source_id", "text", "the ID or the name of the source"}, param{"guid", "text", "the ID of a record at its source"},
		param{"harvest_object_id", "text", "the ID of an object of the source"}, param{"package_id", "text", "a dataset of the source"}).only(signedIn)
	t["harvest_log_list"] = read(asGiven, s.harvestLogList, "What went wrong in the latest harvests.",
		param{"level", "text", "DEBUG, INFO, WARNING, ERROR or CRITICAL; errors alone are kept"}, param{"limit", "a number", "at most 1000"},
		param{"per_page", "a number", "the same as limit"},
		param{"offset", "a number", "how many to leave out"}).only(sysadmin)
	t["harvest_get_notifications_recipients"] = read(asGiven, s.harvestRecipients, "Who is told when a source fails.",
		param{"source_id", "text", "the ID or the name of the source"}).only(signedIn)
}

func (s *Server) harvestSourceReindex(ctx context.Context, a *args) (result, error) {
	if _, err := s.ownHarvestSource(ctx, a, "id"); err != nil {
		return nil, err
	}
	return one([]byte("true")), nil
}

func (s *Server) harvestSourceIndexClear(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]any{"id": src.ID})), nil
}

func (s *Server) harvestSourcesReindex(context.Context, struct{}) (result, error) {
	return one([]byte("true")), nil
}

func (s *Server) harvestHistoryClear(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	if _, err := s.harvest.Sources.ForgetRuns(ctx, src.ID); err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]any{"id": src.ID})), nil
}

func (s *Server) harvestHistoriesClear(ctx context.Context, _ struct{}) (result, error) {
	all, err := s.harvest.Sources.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, src := range all {
		if _, err := s.harvest.Sources.ForgetRuns(ctx, src.ID); err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"id": src.ID})
	}
	return one(mustJSON(out)), nil
}

func (s *Server) harvestAbortFailed(ctx context.Context, _ *args) (result, error) {
	ended, err := s.harvest.Sources.Interrupt(ctx)
	if err != nil {
		return nil, err
	}
	if len(ended) == 0 {
		return one(mustJSON("There is no jobs to abort")), nil
	}
	return one(mustJSON(fmt.Sprintf("Done. Aborted jobs: %d", len(ended)))), nil
}

// harvestObjectsImport has sources harvested anew, for nothing is kept here of
// which a dataset could be made otherwise, and returns how many objects it is
// about.
func (s *Server) harvestObjectsImport(ctx context.Context, a *args) (result, error) {
	ref, object := a.text("source_id"), cmp.Or(a.text("harvest_object_id"), a.text("package_id"))
	if guid := a.text("guid"); guid != "" {
		var err error
		if object, err = s.objectOf(ctx, guid); err != nil {
			return nil, err
		}
	}
	if object != "" {
		o, err := s.harvestObject(ctx, object)
		if err != nil {
			return nil, err
		}
		if ref, _ = o.json()["source"].(string); ref == "" {
			return nil, noHarvestObject()
		}
	}
	sources, err := s.toImport(ctx, ref)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, src := range sources {
		if _, _, err := s.enqueueHarvest(ctx, src); err != nil {
			return nil, err
		}
		known, err := s.harvest.Origins.RecordIDs(ctx, src.ID)
		if err != nil {
			return nil, err
		}
		n += len(known)
	}
	if object != "" {
		n = 1
	}
	return one(mustJSON(n)), nil
}

// objectOf returns the object that a record of any source was made into.
func (s *Server) objectOf(ctx context.Context, guid string) (string, error) {
	all, err := s.harvest.Sources.Sources(ctx)
	if err != nil {
		return "", err
	}
	for _, src := range all {
		known, err := s.harvest.Origins.RecordIDs(ctx, src.ID)
		if err != nil {
			return "", err
		}
		if id := known[guid]; id != "" {
			return id, nil
		}
	}
	return "", noHarvestObject()
}

// toImport returns the source that is named, or all that are not paused.
func (s *Server) toImport(ctx context.Context, ref string) ([]*catalog.Source, error) {
	if ref != "" {
		src, err := s.ownHarvestSource(ctx, &args{given: map[string]any{"source_id": ref}}, "source_id")
		if err == nil && src.Paused {
			err = withDetail(catalog.Conflict, "This harvest source is not active")
		}
		return []*catalog.Source{src}, err
	}
	if !catalog.ActorOf(ctx).Sysadmin {
		return nil, notAuthorized(ctx, "reimport all harvest objects")
	}
	all, err := s.harvest.Sources.Sources(ctx)
	return slices.DeleteFunc(all, func(src *catalog.Source) bool { return src.Paused }), err
}

func (s *Server) harvestLogList(ctx context.Context, a *args) (result, error) {
	const most = 1000
	limit, offset, level := a.natural("limit", 100), a.natural("offset", 0), strings.ToUpper(a.text("level"))
	limit = a.natural("per_page", limit)
	if err := a.err(); err != nil {
		return nil, err
	}
	limit, offset = max(0, min(limit, most)), max(0, offset)
	out := []map[string]any{}
	if level != "" && level != "ERROR" {
		return one(mustJSON(out)), nil
	}
	runs, err := s.harvest.Sources.Runs(ctx, "", most*10)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.Error == "" {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		if len(out) >= limit {
			break
		}
		out = append(out, map[string]any{"level": "ERROR", "content": r.Error, "created": harvestMoment(runEnd(r))})
	}
	return one(mustJSON(out)), nil
}

func (s *Server) harvestRecipients(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "source_id")
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, address := range src.Notify {
		out = append(out, map[string]any{"name": address, "email": address})
	}
	return one(mustJSON(out)), nil
}
