package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"portico/catalog"
	"portico/harvester"
	connectors "portico/harvester/all"
)

type sourceCmd struct {
	List    sourceListCmd    `cmd:"" help:"List the sources."`
	Add     sourceAddCmd     `cmd:"" help:"Add a source."`
	Set     sourceSetCmd     `cmd:"" help:"Change a source."`
	Apply   sourceApplyCmd   `cmd:"" help:"Make the sources as a YAML file says."`
	Show    sourceShowCmd    `cmd:"" help:"Show a source and its latest runs."`
	Run     sourceRunCmd     `cmd:"" help:"Harvest a source now."`
	Cancel  sourceCancelCmd  `cmd:"" help:"Stop the run of a source."`
	Report  sourceReportCmd  `cmd:"" help:"Show what became of the records of a run."`
	Pause   sourcePauseCmd   `cmd:"" help:"Pause a source, or resume it."`
	Resume  sourceResumeCmd  `cmd:"" help:"Resume a paused source."`
	Approve sourceApproveCmd `cmd:"" help:"Let a run that the brake stopped go on."`
	Remove  sourceRemoveCmd  `cmd:"" help:"Remove a source; its datasets stay."`
	Detect  sourceDetectCmd  `cmd:"" help:"Say what kind of source is at an address."`
}

// with opens the house for f and closes it after.
func (e *env) with(ctx context.Context, f func(h *house) error) error {
	h, err := e.open(ctx, e.quiet())
	if err != nil {
		return err
	}
	defer h.Close()
	return f(h)
}

type sourceListCmd struct{}

// Run lists the sources.
func (c *sourceListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		all, err := h.Sources(ctx)
		if err != nil {
			return err
		}
		return e.print(map[string]any{"sources": notNil(all)}, func(w io.Writer) {
			if len(all) == 0 {
				fmt.Fprintln(w, "Nessuna fonte: aggiungine una con portico source add KIND URL")
			}
			for _, s := range all {
				fmt.Fprintf(w, "%-40s %-6s %s%s\n", s.Name, s.Kind, s.URL, flags(s))
			}
		})
	})
}

func flags(s *catalog.Source) string {
	var out strings.Builder
	for _, f := range []struct {
		on   bool
		text string
	}{{s.Paused, "in pausa"}, {s.Held, "ferma in attesa di approvazione"}, {s.Draft, "in bozza"}} {
		if f.on {
			out.WriteString("  [" + f.text + "]")
		}
	}
	return out.String()
}

type sourceShowCmd struct {
	Source string `arg:"" help:"Name or ID."`
}

// Run shows a source.
func (c *sourceShowCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		s, err := h.Source(ctx, c.Source)
		if err != nil {
			return err
		}
		runs, err := h.Runs(ctx, s.ID, 10)
		if err != nil {
			return err
		}
		st, err := h.SourceState(ctx, s.ID)
		if err != nil {
			return err
		}
		shown := map[string]any{"source": s, "runs": notNil(runs), "failures": st.Failures}
		if !st.Due.IsZero() {
			shown["due"] = st.Due
		}
		return e.print(shown, func(w io.Writer) {
			fmt.Fprintf(w, "%s  %s  %s%s\n", s.Name, s.Kind, s.URL, flags(s))
			if !st.Due.IsZero() {
				fmt.Fprintf(w, "  prossima acquisizione %s (%s)\n", st.Due.Local().Format(time.DateTime), s.Schedule)
			}
			if st.Failures > 0 {
				fmt.Fprintf(w, "  %d fallimenti di seguito\n", st.Failures)
			}
			for _, r := range runs {
				fmt.Fprintf(w, "  %s  %s  %s\n", r.Started.Local().Format(time.DateTime), r.Status, r.Error)
			}
		})
	})
}

type sourceRunCmd struct {
	Source string `arg:"" help:"Name or ID."`
	DryRun bool   `help:"Say what would change, and change nothing." xor:"how"`
	Queue  bool   `help:"Leave it to a running serve or worker, and return at once." xor:"how"`
}

// Run harvests a source that is kept, now or as a job.
func (c *sourceRunCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		s, err := h.Source(ctx, c.Source)
		if err != nil {
			return err
		}
		if c.Queue {
			return h.enqueue(ctx, s)
		}
		return h.harvest(ctx, *s, harvester.Options{DryRun: c.DryRun})
	})
}

type sourcePauseCmd struct {
	Source string `arg:"" help:"Name or ID."`
	Off    bool   `help:"Resume instead."`
}

// Run pauses or resumes a source.
func (c *sourcePauseCmd) Run(ctx context.Context, e *env) error {
	return e.change(ctx, c.Source, func(s *catalog.Source) { s.Paused = !c.Off })
}

type sourceResumeCmd struct {
	Source string `arg:"" help:"Name or ID."`
}

// Run resumes a source that was paused.
func (c *sourceResumeCmd) Run(ctx context.Context, e *env) error {
	return e.change(ctx, c.Source, func(s *catalog.Source) { s.Paused = false })
}

type sourceApproveCmd struct {
	Source string `arg:"" help:"Name or ID."`
}

// Run lets the next run of a held source do what the brake has held.
func (c *sourceApproveCmd) Run(ctx context.Context, e *env) error {
	return e.change(ctx, c.Source, func(s *catalog.Source) { s.Held, s.Approved = false, true })
}

// change changes a source and prints it.
func (e *env) change(ctx context.Context, ref string, f func(*catalog.Source)) error {
	return e.with(ctx, func(h *house) error {
		s, err := h.Source(ctx, ref)
		if err != nil {
			return err
		}
		f(s)
		if err := h.PutSource(ctx, s); err != nil {
			return err
		}
		return e.print(s, func(w io.Writer) { fmt.Fprintf(w, "%s%s\n", s.Name, flags(s)) })
	})
}

type sourceRemoveCmd struct {
	Source string `arg:"" help:"Name or ID."`
}

// Run removes a source.
func (c *sourceRemoveCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		if err := h.RemoveSource(ctx, c.Source); err != nil {
			return err
		}
		return e.print(map[string]string{"removed": c.Source}, func(w io.Writer) { fmt.Fprintln(w, "rimossa", c.Source) })
	})
}

type sourceDetectCmd struct {
	URL          string `arg:"" name:"url" help:"Address to look at."`
	AllowPrivate bool   `help:"Allow private and loopback addresses."`
}

// Run asks each connector how sure it is, and prints the surest.
func (c *sourceDetectCmd) Run(ctx context.Context, e *env) error {
	found, err := connectors.Connectors().Detect(ctx, catalog.Source{URL: c.URL, AllowPrivate: c.AllowPrivate}, e.client(c.AllowPrivate))
	if err != nil {
		return err
	}
	return e.print(found, func(w io.Writer) {
		fmt.Fprintf(w, "%s (%.0f %%)  %s\n", found.Kind, found.Confidence*100, found.Title)
	})
}

// notNil makes an empty list of nil, so that JSON has [] and not null.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
