package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/harvester"
)

type harvestCmd struct {
	Kind         string `arg:"" help:"Kind of source, such as dcat, ckan, files, csw, sql, gtfs; portico source detect URL names it."`
	Location     string `arg:"" name:"url-or-path" help:"Address of the source, or a path for files."`
	Org          string `help:"Slug of the organization to publish under (default: the record's holder, else its publisher)." placeholder:"SLUG"`
	Draft        bool   `help:"Keep new datasets as drafts."`
	AllowPrivate bool   `help:"Allow private and loopback addresses."`
	DryRun       bool   `help:"Say what would change, and change nothing."`
	WithData     bool   `help:"Fetch the tables, too."`
}

// Run harvests a source once. The source is kept under a name of its own, so
// that the next run knows what this one brought.
func (c *harvestCmd) Run(ctx context.Context, e *env) error {
	h, err := e.open(ctx, e.quiet())
	if err != nil {
		return err
	}
	defer h.Close()
	src, err := c.source(ctx, h)
	if err != nil {
		return err
	}
	return h.harvest(ctx, src, harvester.Options{
		DryRun: c.DryRun, Org: c.Org, Draft: c.Draft, WithData: c.WithData,
	})
}

// source returns the source of this kind and place, and makes it if need be.
func (c *harvestCmd) source(ctx context.Context, h *house) (catalog.Source, error) {
	src, err := c.find(ctx, h)
	if err != nil {
		return src, err
	}
	if src.AllowPrivate = c.AllowPrivate; !src.Created.IsZero() {
		return src, nil
	}
	src.Draft, src.WithData, src.Organization = c.Draft, c.WithData, c.Org
	if c.DryRun {
		return src, nil
	}
	if err := h.PutSource(ctx, &src); err != nil {
		return catalog.Source{}, fmt.Errorf("keep the source: %w", err)
	}
	return src, nil
}

// find returns the source of this kind and place, or a new one that is not
// kept yet.
func (c *harvestCmd) find(ctx context.Context, h *house) (catalog.Source, error) {
	hv := h.harvester()
	if kinds := kindNames(hv.Connectors); !slices.Contains(kinds, c.Kind) {
		kinds := strings.Join(kinds, ", ")
		return catalog.Source{}, fmt.Errorf("%w: %w", errUsage,
			catalog.Errorf(catalog.Invalid, "no kind of source is called %q; there are: %s", c.Kind, kinds).
				Italian("nessun tipo di fonte si chiama %q; ci sono: %s", c.Kind, kinds))
	}
	location := c.Location
	if !strings.Contains(location, "://") {
		abs, err := filepath.Abs(location)
		if err != nil {
			return catalog.Source{}, fmt.Errorf("find %s: %w", location, err)
		}
		if _, err := os.Stat(abs); err != nil {
			return catalog.Source{}, catalog.Errorf(catalog.NotFound, "%s is neither an address nor a path that exists", location).
				Italian("%s non è un indirizzo né un percorso che esiste", location).Because(err)
		}
		location = abs
	}
	all, err := h.Sources(ctx)
	if err != nil {
		return catalog.Source{}, fmt.Errorf("list the sources: %w", err)
	}
	for _, s := range all {
		if s.Kind == c.Kind && s.URL == location {
			return *s, nil
		}
	}
	return catalog.Source{
		ID:   catalog.StableID("source", c.Kind, location), // so that another instance makes the same IDs of it
		Name: catalog.Slug(c.Kind+" "+location, 90), Kind: c.Kind, URL: location,
	}, nil
}

// kindNames returns the names of the kinds of source, in their order.
func kindNames(r *harvester.Registry) []string {
	var out []string
	for _, k := range r.Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// harvest runs src now, shows how it goes, and prints the report.
func (h *house) harvest(ctx context.Context, src catalog.Source, o harvester.Options) error {
	e := h.env
	p := newProgress(e.stderr, e.JSON)
	o.Progress = p.tell
	rep, err := h.harvester().Run(ctx, src, o)
	p.done()
	if err != nil {
		tell(e.stderr, err)
	}
	if perr := e.print(rep, func(w io.Writer) { printReport(w, rep) }); perr != nil {
		return perr
	}
	if err != nil || !rep.Complete || rep.Held {
		return errReported
	}
	return nil
}

func printReport(w io.Writer, rep harvester.Report) {
	fmt.Fprintf(w, "%d dataset e %d distribuzioni letti: %d cambiati, %d uguali, %d scartati, %d ritirati; %d pubblicati, %d in quarantena\n",
		rep.Read.Datasets, rep.Read.Distributions, rep.Changed, rep.Same, rep.Failed, rep.Retired, rep.Published, rep.Quarantined)
	if rep.Skipped > 0 {
		fmt.Fprintf(w, "  %d esclusi dalla selezione\n", rep.Skipped)
	}
	for _, r := range rep.Records {
		printChanges(w, r)
		for _, p := range r.Problems {
			if r.Outcome != harvester.Rejected && r.Outcome != harvester.Withheld {
				continue
			}
			word := map[harvester.Outcome]string{harvester.Rejected: "scartato", harvester.Withheld: "in attesa"}[r.Outcome]
			fmt.Fprintf(w, "  %s %s (%s)\n    %s = %q: %s\n", word, r.Title, r.ID, p.Field, p.Value, p.Message.Both())
			if mend := p.Mend.Both(); mend != "" {
				fmt.Fprintf(w, "    → %s\n", mend)
			}
		}
	}
	if !rep.Complete {
		fmt.Fprintln(w, "La fonte non è stata letta fino in fondo: nulla è stato ritirato. / The source was not read to its end: nothing was retired.")
	}
	if rep.Held {
		fmt.Fprintln(w, "Mancano troppi dataset, o cambiano titolare: nulla è stato ritirato. Se è giusto così: portico source approve FONTE / Too much is missing, or changes its holder: nothing was retired. If that is right: portico source approve SOURCE")
	}
}

// printChanges tells what a dry run would do to one dataset, field by field.
func printChanges(w io.Writer, r harvester.RecordReport) {
	if len(r.Changes) == 0 {
		return
	}
	fmt.Fprintf(w, "  cambia %s (%s)\n", r.Title, r.ID)
	for _, c := range r.Changes {
		fmt.Fprintf(w, "    %s: %q → %q\n", c.Field, c.Old, c.New)
	}
}

// A progress tells a person that something goes on, on one line of a terminal
// and now and then elsewhere.
type progress struct {
	w     io.Writer
	last  time.Time
	quiet bool
	wrote bool
	count map[harvester.Outcome]int
}

func newProgress(w io.Writer, quiet bool) *progress {
	return &progress{w: w, quiet: quiet, last: time.Now(), count: make(map[harvester.Outcome]int)}
}

func (p *progress) tell(ev harvester.Event) {
	const every = 500 * time.Millisecond
	p.count[ev.Outcome]++
	if p.quiet || time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	p.wrote = true
	fmt.Fprintf(p.w, "\r%d record letti, %d cambiati, %d uguali, %d scartati …", ev.Read,
		p.count[harvester.Changed], p.count[harvester.Same], p.count[harvester.Rejected])
}

func (p *progress) done() {
	if p.wrote {
		fmt.Fprintln(p.w)
	}
}
