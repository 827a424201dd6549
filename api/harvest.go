package api

import (
	"context"
	"encoding/json"
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
		{"title", "text", "a title for people"},
		{"frequency", "text", "MANUAL, ALWAYS, DAILY, WEEKLY, BIWEEKLY or MONTHLY"},
		{"config", "text", "the options of the source, as JSON in a text"},
		{"owner_org", "text", "the organization of its datasets"},
	}
	with := func(first param) []param { return append([]param{first}, fields...) }
	t["harvest_source_show"] = read(asGiven, s.harvestSourceShow, "A source that is harvested.", id)
	t["harvest_source_show_status"] = read(asGiven, s.harvestSourceStatus, "How often a source was harvested, how it went last, and how many datasets it gave.", id)
	t["harvest_source_list"] = read(asGiven, s.harvestSourceList, "The sources that are harvested.",
		param{"organization_id", "text", "only those of this organization"}, param{"only_active", "true or false", "leave out those that are paused"},
		param{"return_last_job_status", "true or false", "whether to tell how each went last"})
	t["harvest_source_create"] = write(asGiven, s.harvestSourceCreate, "Adds a source.", fields...).only(signedIn)
	t["harvest_source_update"] = write(asGiven, s.harvestSourceUpdate, "Changes a source; what is not given is emptied.", with(id)...).only(signedIn)
	t["harvest_source_patch"] = write(asGiven, s.harvestSourcePatch, "Changes a source; what is not given stays.", with(id)...).only(signedIn)
	t["harvest_source_delete"] = write(asGiven, s.harvestSourceDelete, "Removes a source; its datasets stay.", id).only(signedIn)
	t["harvest_source_clear"] = write(asGiven, s.harvestSourceClear, "Retires all datasets of a source; the next harvest brings them back.", id).only(signedIn)
	t["harvesters_info_show"] = read(none, s.harvesterInfo, "The kinds of source that can be harvested.").only(signedIn)
	s.addHarvestJobActions(t)
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
	ref := a.text(key)
	if ref == "" {
		ref = a.text("url")
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
	org, _, err := s.bodyID(ctx, src.Organization)
	if err != nil {
		return nil, err
	}
	var owner any
	if org != "" {
		owner = org
	}
	title := src.Title
	if title == "" {
		title = src.Name
	}
	return map[string]any{
		"id": src.ID, "name": src.Name, "title": title, "url": address, "type": "harvest", "source_type": src.Kind, "notes": "",
		"frequency": frequencyOf(src.Schedule), "config": config, "owner_org": owner, "active": !src.Paused, "state": "active",
		"metadata_created": src.Created.UTC().Format(ckanTime), "created": src.Created.UTC().Format(ckanTime),
	}, nil
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

func (s *Server) harvestSourceList(ctx context.Context, a *args) (result, error) {
	wanted := sourcesWanted{org: a.text("organization_id"), active: a.boolean("only_active", false), status: a.boolean("return_last_job_status", false)}
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
	status bool   // with the status of the last job
}

// listedSource returns what a list says of a source, or nil when it is not to
// be in it: because of its reader, or because it is none of those wanted.
func (s *Server) listedSource(ctx context.Context, src *catalog.Source, wanted sourcesWanted) (map[string]any, error) {
	shown, err := s.showsHarvest(ctx, src)
	if err != nil || !shown || wanted.active && src.Paused {
		return nil, err
	}
	x, err := s.harvestSourceJSON(ctx, src)
	if err != nil || wanted.org != "" && (wanted.orgID == "" || x["owner_org"] != wanted.orgID) {
		return nil, err
	}
	if wanted.status {
		err = s.addLastStatus(ctx, src, x)
	}
	return x, err
}

func (s *Server) addLastStatus(ctx context.Context, src *catalog.Source, x map[string]any) error {
	runs, err := s.harvest.Sources.Runs(ctx, src.ID, 1)
	if err != nil || len(runs) == 0 {
		x["last_job_status"] = nil
		return err
	}
	x["last_job_status"] = harvestJobJSON(runs[0])["status"]
	return nil
}

func (s *Server) harvesterInfo(context.Context, struct{}) (result, error) {
	out := []map[string]any{}
	for _, k := range s.harvest.Kinds {
		out = append(out, map[string]any{"name": k.Name, "title": k.Title, "description": k.Title, "form_config_interface": "Text", "show_config": true})
	}
	return one(mustJSON(out)), nil
}

func (s *Server) harvestSourceCreate(ctx context.Context, a *args) (result, error) {
	src := &catalog.Source{}
	a.required("url")
	a.required("source_type")
	if err := a.err(); err != nil {
		return nil, err
	}
	return s.putHarvestSource(ctx, a, src, false)
}

func (s *Server) harvestSourceUpdate(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	a.required("url")
	a.required("source_type")
	if err := a.err(); err != nil {
		return nil, err
	}
	return s.putHarvestSource(ctx, a, src, false)
}

func (s *Server) harvestSourcePatch(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	return s.putHarvestSource(ctx, a, src, true)
}

// putHarvestSource takes what was sent into src and keeps it. With patch, what
// was not sent stays.
func (s *Server) putHarvestSource(ctx context.Context, a *args, src *catalog.Source, patch bool) (result, error) {
	s.readHarvestSource(a, src, patch)
	if err := a.err(); err != nil {
		return nil, err
	}
	if err := s.mayPutHarvestSource(ctx, src); err != nil {
		return nil, err
	}
	if err := s.harvest.Check(*src); err != nil {
		return nil, err
	}
	all, err := s.harvest.Sources.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		if other.ID != src.ID && other.URL == src.URL && other.Kind == src.Kind && string(other.Options) == string(src.Options) {
			a.fault("url", "There already is a Harvest Source for this URL (& config)")
			return nil, a.err()
		}
	}
	if err := s.harvest.Sources.PutSource(ctx, src); err != nil {
		return nil, err
	}
	out, err := s.harvestSourceJSON(ctx, src)
	return one(mustJSON(out)), err
}

// mayPutHarvestSource asks whether the actor may have src so. Who is no
// sysadmin names an organization of theirs and an address of the web: paths of
// this machine and addresses inside are not theirs to read.
func (s *Server) mayPutHarvestSource(ctx context.Context, src *catalog.Source) error {
	may, err := s.mayHarvest(ctx, src)
	if err != nil {
		return err
	}
	if !may {
		return notAuthorized(ctx, "create harvest sources")
	}
	if !catalog.ActorOf(ctx).Sysadmin && !strings.HasPrefix(src.URL, "http://") && !strings.HasPrefix(src.URL, "https://") {
		e := catalog.Errorf(catalog.Invalid, "url: must be an address of the web").Italian("url: deve essere un indirizzo web")
		e.Fields = map[string][]string{"url": {"Must be a http or https address"}}
		return e
	}
	return nil
}

func (s *Server) readHarvestSource(a *args, src *catalog.Source, patch bool) {
	had := src.URL
	for name, to := range map[string]*string{"url": &src.URL, "source_type": &src.Kind, "title": &src.Title, "owner_org": &src.Organization} {
		if a.has(name) || !patch {
			*to = strings.TrimSpace(a.text(name))
		}
	}
	if src.URL != had {
		src.AllowPrivate = false // it was allowed for the address that it had
	}
	if a.has("name") {
		if src.Name = a.text("name"); catalog.Slug(src.Name, 90) != src.Name {
			a.fault("name", "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -")
		}
	}
	if a.has("frequency") || !patch {
		readHarvestFrequency(a, src)
	}
	if a.has("config") || !patch {
		readHarvestConfig(a, src)
	}
}

// readHarvestFrequency reads how often a source is read: one of ckanext-harvest's
// words, which become a schedule.
func readHarvestFrequency(a *args, src *catalog.Source) {
	schedule, ok := frequencies[strings.ToUpper(a.text("frequency"))]
	if !ok && a.text("frequency") != "" {
		a.fault("frequency", "Frequency "+a.text("frequency")+" not recognised")
	}
	src.Schedule = schedule
}

// readHarvestConfig reads the options of a source: a JSON object in a text.
func readHarvestConfig(a *args, src *catalog.Source) {
	src.Options = nil
	if config := a.text("config"); config != "" {
		var object map[string]any
		if json.Unmarshal([]byte(config), &object) != nil {
			a.fault("config", "Error parsing the configuration options: not a JSON object")
			return
		}
		if len(object) > 0 {
			src.Options = mustJSON(object)
		}
	}
}

func (s *Server) harvestSourceDelete(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	if _, err := s.harvest.Cancel(ctx, src.ID); err != nil {
		return nil, err
	}
	return nothing(), s.harvest.Sources.RemoveSource(ctx, src.ID)
}

func (s *Server) harvestSourceClear(ctx context.Context, a *args) (result, error) {
	src, err := s.ownHarvestSource(ctx, a, "id")
	if err != nil {
		return nil, err
	}
	if _, err := s.harvest.Cancel(ctx, src.ID); err != nil {
		return nil, err
	}
	known, err := s.harvest.Origins.RecordIDs(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	records := make([]string, 0, len(known))
	for record := range known {
		records = append(records, record)
	}
	if _, err := s.harvest.Origins.RetireDatasets(ctx, src.ID, records, catalog.Retired); err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]any{"id": src.ID})), nil
}
