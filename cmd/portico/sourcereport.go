package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"portico/catalog"
)

type sourceReportCmd struct {
	Source string `arg:"" help:"Name or ID."`
	Of     string `name:"run" help:"ID of a run (default: the latest that has a report)." placeholder:"ID"`
	CSV    bool   `name:"csv" help:"Print every problem as a line of CSV."`
}

// Run prints what became of the records of a run.
func (c *sourceReportCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		run, err := c.run(ctx, h)
		if err != nil {
			return err
		}
		rep, err := catalog.ReportOf(run)
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		if c.CSV && !e.JSON {
			return catalog.WriteReportCSV(e.stdout, rep)
		}
		return e.print(run, func(w io.Writer) { printRun(w, run, rep) })
	})
}

// run returns the run that is asked for.
func (c *sourceReportCmd) run(ctx context.Context, h *house) (*catalog.Run, error) {
	src, err := h.Source(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	runs, err := h.Runs(ctx, src.ID, -1)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.ID == c.Of || c.Of == "" && len(r.Report) > 0 {
			return r, nil
		}
	}
	return nil, catalog.Errorf(catalog.NotFound, "source %s has no such run with a report", src.Name).
		Italian("la fonte %s non ha un'esecuzione con rapporto", src.Name)
}

func printRun(w io.Writer, run *catalog.Run, rep catalog.RunReport) {
	fmt.Fprintf(w, "%s  %s  %s\n", run.Started.Local().Format(time.DateTime), run.Status, run.Error)
	fmt.Fprintf(w, "%d letti: %d cambiati (%d nuovi), %d uguali, %d scartati, %d in attesa, %d mancanti, %d ritirati\n",
		rep.Read.Datasets, rep.Changed, rep.New, rep.Same, rep.Failed, rep.Withheld, rep.Missing, rep.Retired)
	for _, rec := range rep.Records {
		if rec.Outcome != "rejected" && rec.Outcome != "held" {
			continue
		}
		fmt.Fprintf(w, "\n%s  %s (%s)\n", map[string]string{"rejected": "scartato", "held": "in attesa"}[rec.Outcome], rec.Title, rec.ID)
		if rec.Link != "" {
			fmt.Fprintf(w, "  %s\n", rec.Link)
		}
		for _, p := range rec.Problems {
			fmt.Fprintf(w, "  %s = %q: %s\n", p.Field, p.Value, p.Message)
			if p.Mend != "" {
				fmt.Fprintf(w, "    → %s\n", p.Mend)
			}
		}
	}
}

type sourceCancelCmd struct {
	Source string `arg:"" help:"Name or ID."`
}

// Run stops the run of a source, and the one that waits.
func (c *sourceCancelCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		src, err := h.Source(ctx, c.Source)
		if err != nil {
			return err
		}
		was, err := h.cancelHarvest(ctx, src.ID)
		if err != nil {
			return err
		}
		return e.print(map[string]any{"source": src.Name, "cancelled": was}, func(w io.Writer) {
			if was {
				fmt.Fprintf(w, "%s: annullata\n", src.Name)
				return
			}
			fmt.Fprintf(w, "%s: nulla da annullare\n", src.Name)
		})
	})
}
