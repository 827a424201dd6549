package api

import (
	"context"
	"encoding/json"
	"strings"

	"portico/catalog"
)

func (s *Server) harvestSourceCreate(ctx context.Context, a *args) (result, error) {
	src := &catalog.Source{}
	requireHarvestSource(a)
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
	requireHarvestSource(a)
	if err := a.err(); err != nil {
		return nil, err
	}
	return s.putHarvestSource(ctx, a, src, false)
}

// requireHarvestSource asks for what a source cannot be without.
func requireHarvestSource(a *args) {
	for _, name := range []string{"url", "name", "source_type"} {
		a.required(name)
	}
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
	for name, to := range map[string]*string{"url": &src.URL, "source_type": &src.Kind, "title": &src.Title, "notes": &src.Notes, "owner_org": &src.Organization} {
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
	if _, err := s.harvest.Sources.ForgetRuns(ctx, src.ID); err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]any{"id": src.ID})), nil
}
