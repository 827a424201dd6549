package main

import (
	"cmp"
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
	Show    sourceShowCmd    `cmd:"" help:"Show a source and its latest runs."`
	Run     sourceRunCmd     `cmd:"" help:"Harvest a source now."`
	Pause   sourcePauseCmd   `cmd:"" help:"Pause a source, or resume it."`
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

type sourceAddCmd struct {
	Kind         string `arg:"" help:"Kind of source: dcat, ckan or files."`
	URL          string `arg:"" name:"url-or-path" help:"Address, or path for files."`
	Name         string `help:"Short name (default: made from the address)." placeholder:"SLUG"`
	Title        string `help:"Title for people." placeholder:"TEXT"`
	Org          string `help:"Organization to publish under." placeholder:"SLUG"`
	Draft        bool   `help:"Keep new datasets as drafts."`
	AllowPrivate bool   `help:"Allow private and loopback addresses."`
	WithData     bool   `help:"Fetch the tables, too."`
}

// Run adds a source.
func (c *sourceAddCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		hc := harvestCmd{Kind: c.Kind, Location: c.URL, Org: c.Org, Draft: c.Draft, AllowPrivate: c.AllowPrivate, WithData: c.WithData}
		src, err := hc.source(ctx, h)
		if err != nil {
			return err
		}
		src.Name, src.Title = cmp.Or(c.Name, src.Name), cmp.Or(c.Title, src.Title)
		src.Organization, src.Draft, src.WithData = cmp.Or(c.Org, src.Organization), c.Draft, c.WithData
		if err := h.PutSource(ctx, &src); err != nil {
			return err
		}
		return e.print(src, func(w io.Writer) { fmt.Fprintln(w, src.Name) })
	})
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
		return e.print(map[string]any{"source": s, "runs": notNil(runs)}, func(w io.Writer) {
			fmt.Fprintf(w, "%s  %s  %s%s\n", s.Name, s.Kind, s.URL, flags(s))
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

type sourceApproveCmd struct {
	Source string `arg:"" help:"Name or ID."`
}

// Run lets the next run of a held source retire what it no longer finds.
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
