package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"portico/catalog"
)

// A harvestObject is a record of a source, in ckanext-harvest's words: the
// dataset that was made of it, if any, and the record as it came, if kept.
type harvestObject struct {
	id      string
	dataset *catalog.Dataset   // nil for a record that was rejected
	raw     *catalog.RawRecord // nil when it was not kept, or is not to be shown
}

func (s *Server) addHarvestObjectActions(t map[string]action) {
	t["harvest_object_show"] = read(asGiven, s.harvestObjectShow, "Where a dataset was harvested from.", param{"id", "text", "the ID of the object, which is that of its dataset"},
		param{"dataset_id", "text", "the ID or the name of the dataset"})
	t["harvest_object_list"] = read(asGiven, s.harvestObjectList, "The IDs of the objects that the actor may see: of a source, or of all.",
		param{"source_id", "text", "the ID or the name of the source"},
		param{"only_current", "true or false", "leave out records of which there is no dataset; otherwise true"})
	t["harvest_object_create"] = write(asGiven, s.harvestObjectCreate, "Keeps a record as if it had been harvested; no dataset is made of it.",
		param{"job_id", "text", "the ID of the job that it is of"}, param{"guid", "text", "the ID of the record at its source"},
		param{"content", "text", "the record as it came"}, param{"state", "text", "WAITING, FETCH, IMPORT, COMPLETE or ERROR"},
		param{"source_id", "text", "the source of the job"}, param{"package_id", "text", "the dataset that was made of it"},
		param{"extras", "object", "texts by name"}).only(sysadmin)
}

func (s *Server) harvestObjectShow(ctx context.Context, a *args) (result, error) {
	id := a.text("id")
	if id == "" {
		id = a.text("dataset_id")
	}
	if id == "" {
		a.refuse(`Please provide either an "id" or a "dataset_id" parameter`)
		return nil, a.err()
	}
	o, err := s.harvestObject(ctx, id)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(o.json())), nil
}

func (s *Server) harvestObjectList(ctx context.Context, a *args) (result, error) {
	current := a.boolean("only_current", true)
	if err := a.err(); err != nil {
		return nil, err
	}
	var sources []*catalog.Source
	var err error
	if a.text("source_id") == "" {
		sources, err = s.harvest.Sources.Sources(ctx)
	} else {
		var src *catalog.Source
		src, err = s.harvestSource(ctx, a, "source_id")
		sources = []*catalog.Source{src}
	}
	if err != nil {
		return nil, err
	}
	ids, others := []string{}, []string{}
	for _, src := range sources {
		if shown, err := s.showsHarvest(ctx, src); err != nil || !shown {
			if err != nil {
				return nil, err
			}
			continue
		}
		known, err := s.harvest.Origins.RecordIDs(ctx, src.ID)
		if err != nil {
			return nil, err
		}
		for _, id := range known {
			ids = append(ids, id)
		}
		if !current {
			more, err := s.objectsWithoutDataset(ctx, src, known)
			if err != nil {
				return nil, err
			}
			others = append(others, more...)
		}
	}
	return s.visibleIDs(ctx, ids, others...)
}

// objectsWithoutDataset returns the IDs of the records of a source that no
// dataset was made of, as far as the actor may see them.
func (s *Server) objectsWithoutDataset(ctx context.Context, src *catalog.Source, known map[string]string) ([]string, error) {
	may, err := s.mayHarvest(ctx, src)
	if err != nil || !may && !src.Shown() {
		return nil, err
	}
	recs, err := s.records.Records(ctx, catalog.RecordRaw, "", src.ID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, rec := range recs {
		raw, err := catalog.RawOf(rec)
		if err != nil {
			return nil, err
		}
		if _, had := known[raw.Record]; !had && (may || raw.Rejected || raw.State != "") {
			out = append(out, raw.ID)
		}
	}
	return out, nil
}

// objectStates are ckanext-harvest's.
var objectStates = []string{"WAITING", "FETCH", "IMPORT", "COMPLETE", "ERROR"}

// harvestObjectCreate keeps what was sent as a record of a job's source.
func (s *Server) harvestObjectCreate(ctx context.Context, a *args) (result, error) {
	raw := &catalog.RawRecord{
		ID: uuid.NewString(), Record: a.text("guid"), MediaType: "text/plain", Text: a.text("content"), State: cmp.Or(a.text("state"), "WAITING"), Taken: s.now(),
	}
	if json.Valid([]byte(raw.Text)) {
		raw.MediaType = "application/json"
	}
	if !slices.Contains(objectStates, raw.State) {
		a.fault("state", "Must be one of "+strings.Join(objectStates, ", "))
	}
	if err := s.readObjectRefs(ctx, a, raw); err != nil {
		return nil, err
	}
	readObjectExtras(a, raw)
	if err := a.err(); err != nil {
		return nil, err
	}
	rec, err := raw.Pack()
	if err != nil {
		return nil, err
	}
	if err := s.records.PutRecord(ctx, rec); err != nil {
		return nil, err
	}
	return one(mustJSON((&harvestObject{id: raw.ID, raw: raw}).json())), nil
}

// readObjectRefs reads what an object is of: a job that there is, its source,
// and a dataset.
func (s *Server) readObjectRefs(ctx context.Context, a *args, raw *catalog.RawRecord) error {
	id := a.text("job_id")
	r, err := s.harvest.Sources.Run(ctx, id[:min(len(id), maxRef)])
	switch {
	case err == nil:
		raw.Run, raw.Source = r.ID, r.Source
	case catalog.KindOf(err) == catalog.NotFound:
		a.fault("job_id", "Harvest Job with id '"+id[:min(len(id), maxRef)]+"' does not exist.")
	default:
		return err
	}
	if ref := a.text("source_id"); ref != "" {
		src, err := s.harvest.Sources.Source(ctx, ref[:min(len(ref), maxRef)])
		switch {
		case err == nil:
			raw.Source = src.ID
		case catalog.KindOf(err) == catalog.NotFound:
			a.fault("source_id", "Harvest Source with id '"+ref[:min(len(ref), maxRef)]+"' does not exist.")
		default:
			return err
		}
	}
	if ref := a.text("package_id"); ref != "" {
		d, err := s.dataset(ctx, ref[:min(len(ref), maxRef)])
		switch {
		case err == nil:
			raw.Dataset = d.ID
		case catalog.KindOf(err) == catalog.NotFound:
			a.fault("package_id", "Not found: Dataset")
		default:
			return err
		}
	}
	return nil
}

func readObjectExtras(a *args, raw *catalog.RawRecord) {
	if !a.has("extras") {
		return
	}
	given, ok := a.given["extras"].(map[string]any)
	if !ok {
		a.fault("extras", "extras must be a dict")
		return
	}
	const most = 100
	raw.Extras = make(map[string]string)
	for k, v := range given {
		text, ok := v.(string)
		if !ok || len(raw.Extras) >= most {
			a.fault("extras", "extras must be a dict of strings")
			return
		}
		raw.Extras[k] = text
	}
}

// harvestObject returns the object with the ID or name of a dataset, or with
// the ID that a rejected record would have had. What came from inside, or by a
// credential, is told only to those who may change the source.
func (s *Server) harvestObject(ctx context.Context, ref string) (*harvestObject, error) {
	if len(ref) > maxRef {
		return nil, noHarvestObject()
	}
	o := &harvestObject{id: ref}
	d, err := s.harvestedDataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	if d != nil {
		o.id, o.dataset = d.ID, d
	}
	if err := s.addRaw(ctx, o); err != nil {
		return nil, err
	}
	if o.dataset == nil && o.raw == nil {
		return nil, noHarvestObject()
	}
	return o, nil
}

func noHarvestObject() error {
	return withDetail(catalog.NotFound, "Harvest object not found")
}

// harvestedDataset returns the dataset that was made of a record, or nil when
// there is none, so that the record may be a rejected one. A dataset that is
// hidden is as good as missing: it is not shown by the back door.
func (s *Server) harvestedDataset(ctx context.Context, ref string) (*catalog.Dataset, error) {
	d, err := s.dataset(ctx, ref)
	switch {
	case err == nil && d.Origin.Source == "":
		return nil, noHarvestObject()
	case err == nil:
		return d, nil
	case catalog.KindOf(err) != catalog.NotFound:
		return nil, err
	}
	if _, _, err := s.datasets.DatasetID(ctx, ref); err == nil {
		return nil, noHarvestObject()
	}
	return nil, nil
}

// addRaw adds to o the record as it came, where it was kept and its reader may
// see it.
func (s *Server) addRaw(ctx context.Context, o *harvestObject) error {
	rec, err := s.records.Record(ctx, catalog.RecordRaw, o.id)
	if err != nil {
		if catalog.KindOf(err) == catalog.NotFound {
			return nil
		}
		return err
	}
	if o.raw, err = catalog.RawOf(rec); err != nil {
		return err
	}
	return s.mayReadRaw(ctx, o)
}

// mayReadRaw takes from o what its reader is not to see. Without a dataset,
// whose right to be seen has been asked, a record must be a rejected one: that
// of a dataset that is hidden or gone is not shown by the back door.
func (s *Server) mayReadRaw(ctx context.Context, o *harvestObject) error {
	src, err := s.harvest.Sources.Source(ctx, o.raw.Source)
	if err != nil {
		if catalog.KindOf(err) == catalog.NotFound {
			o.raw = nil
			return nil
		}
		return err
	}
	may, err := s.mayHarvest(ctx, src)
	if err != nil {
		return err
	}
	if !may && (!src.Shown() || o.dataset == nil && !o.raw.Rejected && o.raw.State == "") {
		o.raw = nil
	}
	return nil
}

func (o *harvestObject) json() map[string]any {
	out := map[string]any{
		"id": o.id, "guid": nil, "current": o.dataset != nil, "content": nil, "state": "COMPLETE", "source": nil, "harvest_source_id": nil, "job": nil, "harvest_job_id": nil,
		"package": nil, "package_id": nil, "gathered": nil, "fetch_started": nil, "fetch_finished": nil, "import_started": nil, "import_finished": nil,
		"metadata_modified_date": nil, "report_status": nil, "retry_times": 0, "errors": []any{}, "extras": map[string]any{},
	}
	if d := o.dataset; d != nil {
		out["guid"], out["package"], out["package_id"] = d.Origin.Record, d.ID, d.ID
		out["gathered"], out["import_finished"] = harvestMoment(d.Updated), harvestMoment(d.Updated)
		out["source"], out["harvest_source_id"] = d.Origin.Source, d.Origin.Source
		out["extras"] = map[string]any{"original_url": d.LandingPage}
	}
	if o.raw != nil {
		o.addRaw(out)
	}
	return out
}

// addRaw adds what the record says itself.
func (o *harvestObject) addRaw(out map[string]any) {
	r := o.raw
	out["content"], out["guid"], out["gathered"] = r.Text, r.Record, harvestMoment(r.Taken)
	out["fetch_started"], out["fetch_finished"] = harvestMoment(r.Taken), harvestMoment(r.Taken)
	out["source"], out["harvest_source_id"], out["job"], out["harvest_job_id"] = r.Source, r.Source, r.Run, r.Run
	out["content_type"], out["content_truncated"] = r.MediaType, r.Cut
	switch {
	case r.State != "":
		out["state"] = r.State
	case o.dataset == nil:
		out["state"], out["report_status"] = "ERROR", "errored"
	}
	if r.Dataset != "" {
		out["package"], out["package_id"] = r.Dataset, r.Dataset
	}
	if r.Extras != nil {
		out["extras"] = r.Extras
	}
}
