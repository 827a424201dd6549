package harvester

import (
	"context"

	"portico/catalog"
)

// keepRaw keeps a record as it came, for people who want to know what a
// dataset was made of, or why none was.
func (r *run) keepRaw(ctx context.Context, rec Record, dataset string) (err error) {
	if rec.Raw == nil || r.h.Raw == nil || r.o.DryRun {
		return nil
	}
	defer caught(&err)
	text, mediaType := rec.Raw()
	raw := catalog.RawRecord{
		ID: dataset, Source: r.src.ID, Record: rec.ID, Run: r.rep.Run, MediaType: mediaType, Text: string(text), Rejected: dataset == "", Taken: r.now,
	}
	if dataset == "" {
		raw.ID = r.idOf(rec.ID)
	}
	kept, err := raw.Pack()
	if err != nil {
		return err
	}
	return r.h.Raw.PutRecord(ctx, kept)
}
