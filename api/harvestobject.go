package api

import (
	"context"

	"portico/catalog"
)

// A harvestObject is a record of a source, in ckanext-harvest's words: the
// dataset that was made of it, if any, and the record as it came, if kept.
type harvestObject struct {
	id      string
	dataset *catalog.Dataset   // nil for a record that was rejected
	raw     *catalog.RawRecord // nil when it was not kept, or is not to be shown
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
	if !may && (!src.Shown() || o.dataset == nil && !o.raw.Rejected) {
		o.raw = nil
	}
	return nil
}

func (o *harvestObject) json() map[string]any {
	out := map[string]any{
		"id": o.id, "guid": nil, "current": o.dataset != nil, "gathered": nil, "content": nil, "state": "COMPLETE", "source": nil, "package": nil, "package_id": nil,
		"harvest_source_id": nil, "job": nil, "harvest_job_id": nil, "errors": []any{}, "extras": map[string]any{},
	}
	if d := o.dataset; d != nil {
		out["guid"], out["gathered"], out["package"], out["package_id"] = d.Origin.Record, d.Updated.UTC().Format(ckanTime), d.ID, d.ID
		out["source"], out["harvest_source_id"] = d.Origin.Source, d.Origin.Source
		out["extras"] = map[string]any{"original_url": d.LandingPage}
	}
	if r := o.raw; r != nil {
		out["content"], out["guid"], out["gathered"] = r.Text, r.Record, r.Taken.UTC().Format(ckanTime)
		out["source"], out["harvest_source_id"], out["job"], out["harvest_job_id"] = r.Source, r.Source, r.Run, r.Run
		out["content_type"], out["content_truncated"] = r.MediaType, r.Cut
		if o.dataset == nil {
			out["state"] = "ERROR"
		}
	}
	return out
}
