package api

import (
	"context"
	"strings"

	"portico/catalog"
)

// A Harvest is what the actions about harvesting work on, in the words of
// ckanext-harvest: its sources are ours, its jobs are runs, and its objects
// are harvested datasets.
type Harvest struct {
	Sources catalog.Sources
	Origins catalog.Origins
	Kinds   []HarvestKind
	// Check says what is wrong with a source before it is kept.
	Check func(catalog.Source) error
	// Enqueue leaves a harvest to whoever works; it reports whether none waited.
	Enqueue func(ctx context.Context, source string) (bool, error)
	// Waiting reports whether the harvest of a source waits or runs.
	Waiting func(ctx context.Context, source string) (bool, error)
	// Cancel ends the harvest of a source that waits or runs, and reports
	// whether there was one.
	Cancel func(ctx context.Context, source string) (bool, error)
}

// A HarvestKind is a kind of source.
type HarvestKind struct{ Name, Title string }

func (s *Server) addHarvestActions(t map[string]action) {
	if s.harvest == nil {
		return
	}
	id := param{"id", "text", "the ID or the name of the source"}
	fields := []param{
		{"url", "text", "the address of the source"},
		{"source_type", "text", "the kind of source: see harvesters_info_show"},
		{"name", "text", "a short name"},
		{"title", "text", "a title for people; otherwise the name"},
		{"notes", "text", "what the source is, for people"},
		{"frequency", "text", "MANUAL, ALWAYS, DAILY, WEEKLY, BIWEEKLY or MONTHLY"},
		{"config", "text", "the options of the source, as JSON in a text"},
		{"owner_org", "text", "the organization of its datasets"},
	}
	with := func(first param) []param { return append([]param{first}, fields...) }
	t["harvest_source_show"] = read(asGiven, s.harvestSourceShow, "A source that is harvested.", id)
	t["harvest_source_show_status"] = read(asGiven, s.harvestSourceStatus, "How often a source was harvested, how it went last, and how many datasets it gave.", id)
	t["harvest_source_list"] = read(asGiven, s.harvestSourceList, "The sources that are harvested.",
		param{"organization_id", "text", "only those of this organization"}, param{"only_active", "true or false", "leave out those that are paused"},
		param{"only_to_run", "true or false", "only those whose time has come"},
		param{"return_last_job_status", "true or false", "whether to tell of the last job of each"})
	t["harvest_source_create"] = write(asGiven, s.harvestSourceCreate, "Adds a source.", fields...).only(signedIn)
	t["harvest_source_update"] = write(asGiven, s.harvestSourceUpdate, "Changes a source; what is not given is emptied.", with(id)...).only(signedIn)
	t["harvest_source_patch"] = write(asGiven, s.harvestSourcePatch, "Changes a source; what is not given stays.", with(id)...).only(signedIn)
	t["harvest_source_delete"] = write(asGiven, s.harvestSourceDelete, "Removes a source; its datasets stay.", id).only(signedIn)
	t["harvest_source_clear"] = write(asGiven, s.harvestSourceClear, "Retires all datasets of a source and forgets its jobs; the next harvest brings the datasets back.", id).only(signedIn)
	t["harvesters_info_show"] = read(none, s.harvesterInfo, "The kinds of source that can be harvested.")
	s.addHarvestJobActions(t)
	s.addHarvestObjectActions(t)
	s.addHarvestUpkeepActions(t)
}

// frequencies are ckanext-harvest's words for our schedules.
var frequencies = map[string]string{
	"MANUAL": "", "ALWAYS": "always", "HOURLY": "hourly", "DAILY": "daily", "WEEKLY": "weekly", "BIWEEKLY": "biweekly", "MONTHLY": "monthly",
}

func frequencyOf(schedule string) string {
	for word, ours := range frequencies {
		if ours == schedule {
			return word
		}
	}
	return schedule
}

// harvestSource returns a source that the actor may see. One whose datasets
// are drafts is nobody's business but of those who may change it.
func (s *Server) harvestSource(ctx context.Context, a *args, key string) (*catalog.Source, error) {
	ref, err := a.text(key), error(nil)
	if address := a.text("url"); ref == "" && address != "" {
		if ref, err = s.harvestSourceAt(ctx, address); err != nil {
			return nil, err
		}
	}
	if ref == "" {
		a.fault(key, "Missing value")
		return nil, a.err()
	}
	missing := withDetail(catalog.NotFound, "Harvest source "+ref[:min(len(ref), maxRef)]+" does not exist")
	if len(ref) > maxRef {
		return nil, missing
	}
	src, err := s.harvest.Sources.Source(ctx, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	shown, err := s.showsHarvest(ctx, src)
	if err == nil && !shown {
		err = missing
	}
	return src, err
}

// harvestSourceAt returns the ID of the source with an address, as far as the
// actor is told of it, or else the address, which names nothing.
func (s *Server) harvestSourceAt(ctx context.Context, address string) (string, error) {
	all, err := s.harvest.Sources.Sources(ctx)
	if err != nil {
		return "", err
	}
	for _, src := range all {
		if src.URL != address {
			continue
		}
		x, err := s.harvestSourceJSON(ctx, src)
		if err != nil {
			return "", err
		}
		if x["url"] == address {
			return src.ID, nil
		}
	}
	return address, nil
}

// showsHarvest reports whether the actor of ctx may see a source at all.
func (s *Server) showsHarvest(ctx context.Context, src *catalog.Source) (bool, error) {
	if !src.Draft {
		return true, nil
	}
	return s.mayHarvest(ctx, src)
}

// mayHarvest reports whether the actor of ctx may change a source: editors of
// its organization may, and of one that has none, sysadmins.
func (s *Server) mayHarvest(ctx context.Context, src *catalog.Source) (bool, error) {
	a := catalog.ActorOf(ctx)
	if a.Sysadmin {
		return true, nil
	}
	if a.ID == "" || src.Organization == "" {
		return false, nil
	}
	return s.mayAddTo(ctx, src.Organization)
}

// ownHarvestSource returns a source that the actor may change.
func (s *Server) ownHarvestSource(ctx context.Context, a *args, key string) (*catalog.Source, error) {
	src, err := s.harvestSource(ctx, a, key)
	if err != nil {
		return nil, err
	}
	may, err := s.mayHarvest(ctx, src)
	if err == nil && !may {
		err = notAuthorized(ctx, "update harvest source "+src.ID)
	}
	return src, err
}

// harvestSourceJSON returns a source in ckanext-harvest's words. Addresses
// inside are told only to those who may change the source.
func (s *Server) harvestSourceJSON(ctx context.Context, src *catalog.Source) (map[string]any, error) {
	may, err := s.mayHarvest(ctx, src)
	if err != nil {
		return nil, err
	}
	address, config := src.URL, ""
	if !may && (src.AllowPrivate || !strings.HasPrefix(src.URL, "http")) {
		address = ""
	}
	if may && len(src.Options) > 0 {
		config = string(src.Options)
	}
	title := src.Title
	if title == "" {
		title = src.Name
	}
	out := map[string]any{
		"id": src.ID, "name": src.Name, "title": title, "url": address, "type": "harvest", "source_type": src.Kind, "notes": src.Notes,
		"frequency": frequencyOf(src.Schedule), "config": config, "active": !src.Paused, "state": "active", "private": false,
		"metadata_created": src.Created.UTC().Format(ckanTime), "metadata_modified": src.Created.UTC().Format(ckanTime), "created": src.Created.UTC().Format(ckanTime),
		"creator_user_id": nil, "extras": []any{}, "tags": []any{}, "num_tags": 0, "groups": []any{}, "resources": []any{}, "num_resources": 0,
	}
	out["owner_org"], out["organization"], err = s.harvestOwner(ctx, src.Organization)
	return out, err
}

// harvestOwner returns the ID of the organization that a source is of, and
// what package_show tells of it; both are nil when there is none.
func (s *Server) harvestOwner(ctx context.Context, ref string) (id, told any, err error) {
	if ref == "" {
		return nil, nil, nil
	}
	o, err := s.orgs.Organization(ctx, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound || err == nil && o.State == catalog.Deleted {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return o.ID, bodyOfOrganization(o).object(s.site), nil
}

func (s *Server) harvestSourceShow(ctx context.Context, a *args) (result, error) {
	src, err := s.harvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	out, err := s.harvestSourceJSON(ctx, src)
	if err != nil {
		return nil, err
	}
	if out["status"], err = s.harvestStatus(ctx, src); err != nil {
		return nil, err
	}
	return one(mustJSON(out)), nil
}

func (s *Server) harvestSourceStatus(ctx context.Context, a *args) (result, error) {
	src, err := s.harvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	out, err := s.harvestStatus(ctx, src)
	return one(mustJSON(out)), err
}

func (s *Server) harvestStatus(ctx context.Context, src *catalog.Source) (map[string]any, error) {
	runs, err := s.harvest.Sources.Runs(ctx, src.ID, -1)
	if err != nil {
		return nil, err
	}
	records, err := s.harvest.Origins.RecordIDs(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"job_count": len(runs), "last_job": nil, "total_datasets": len(records)}
	if len(runs) > 0 {
		out["last_job"] = harvestJobJSON(runs[0])
	}
	return out, nil
}
