package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"portico/bulk"
	"portico/catalog"
	"portico/dcat"
	"portico/exporter"
	"portico/job"
)

type bulkCmd struct{}

// Run makes the files of the whole catalogue now.
func (c *bulkCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		x, err := h.makeBulk(ctx)
		if err != nil {
			return err
		}
		return e.print(x, func(w io.Writer) {
			for _, f := range x.Files {
				fmt.Fprintf(w, "%-24s %12d byte %12d voci / entries\n", f.Name, f.Size, f.Entries)
			}
			fmt.Fprintf(w, "%d dataset, %d in RDF, %.1f s: /bulk/index.json\n", x.Datasets, x.Fed, x.Seconds)
		})
	})
}

// bulkKind is the kind of jobs that make the files of the whole catalogue; all
// have one key, for one is enough.
const bulkKind = "bulk"

// bulkFolder returns where the files are.
func (h *house) bulkFolder() bulk.Folder { return bulk.Folder{Path: filepath.Join(h.env.Data, "bulk")} }

func (h *house) makeBulk(ctx context.Context) (*bulk.Index, error) {
	m := bulk.Maker{
		Folder: h.bulkFolder(), Site: h.site(), Datasets: h.Store, Organizations: h.Store,
		Defaults: dcat.Defaults{Registers: h.registers()}, Formats: tablesOf(h.formats, "csv", "parquet"),
	}
	return m.Make(ctx)
}

// tablesOf returns the formats with the given names that there are.
func tablesOf(all *exporter.Registry, names ...string) []exporter.Format {
	var out []exporter.Format
	for _, n := range names {
		if f, ok := all.Format(n); ok {
			out = append(out, f)
		}
	}
	return out
}

// site returns the site that absolute addresses are made of: that which the
// program serves, else that of the settings.
func (h *house) site() catalog.Site {
	if h.served.Origin != "" {
		return h.served
	}
	return h.env.site(h.env.Listen)
}

func (h *house) bulkJob(ctx context.Context, _ job.Job) error {
	x, err := h.makeBulk(catalog.WithActor(ctx, catalog.System))
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "the files of the whole catalogue were made", "datasets", x.Datasets, "fed", x.Fed, "files", len(x.Files), "seconds", x.Seconds)
	return nil
}

// How often the hour of the night is looked for, and after which time at work
// what was never made is made without waiting for it.
const (
	bulkEvery = time.Minute
	bulkFirst = 15 * time.Minute
)

// askBulk asks for the files once a night. A catalogue that was never made
// waits until the program has settled.
func (h *house) askBulk(ctx context.Context, q job.Queue, up time.Duration) error {
	x, err := h.bulkFolder().Index()
	if err != nil {
		return err
	}
	if !x.Due(time.Now(), h.env.BulkAt) || x.Made.IsZero() && up < bulkFirst {
		return nil
	}
	_, err = q.Add(ctx, job.Job{Kind: bulkKind, Key: bulkKind})
	return err
}

// checkBulk refuses hours that are none.
func (s *Settings) checkBulk() error {
	s.BulkAt, s.AlertsAt = cmp.Or(s.BulkAt, "03:00"), cmp.Or(s.AlertsAt, "07:00")
	var errs []error
	for name, at := range map[string]string{"BULK_AT": s.BulkAt, "ALERTS_AT": s.AlertsAt} {
		if _, err := time.Parse("15:04", at); err != nil && at != "off" {
			errs = append(errs, setting(name, at, "ha la forma 03:00, oppure off", "has the form 03:00, or is off"))
		}
	}
	return errors.Join(errs...)
}
