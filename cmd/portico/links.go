package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"portico/catalog"
	"portico/quality"
)

type linksCmd struct {
	Check linksCheckCmd `cmd:"" help:"Try the addresses of data that are due, now."`
	List  linksListCmd  `cmd:"" help:"List the addresses of data that do not answer, and whose they are."`
}

type linksCheckCmd struct {
	Dataset      string `help:"Only the addresses of this dataset, due or not." placeholder:"NAME"`
	All          bool   `help:"Also those that are not due yet."`
	AllowPrivate bool   `help:"Also ask addresses in private networks; they are left alone otherwise."`
}

// Run checks links. A failure counts once a day however often it is run.
func (c *linksCheckCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		checker := h.checker(c.AllowPrivate)
		checker.All, checker.Log = c.All, nil
		run, err := c.check(ctx, h, checker)
		if err != nil {
			return err
		}
		return e.print(run, func(w io.Writer) { printLinkRun(w, run) })
	})
}

func (c *linksCheckCmd) check(ctx context.Context, h *house, checker *quality.Checker) (quality.LinkRun, error) {
	if c.Dataset != "" {
		d, err := h.Dataset(ctx, c.Dataset)
		if err != nil {
			return quality.LinkRun{}, err
		}
		run, err := checker.CheckDataset(ctx, d)
		if err == nil {
			_, err = h.score(ctx)
		}
		return run, err
	}
	bar := newBar(h.env.stderr, h.env.JSON)
	defer bar.end()
	total := 0
	return h.checkLinks(ctx, checker, func(tried int) {
		if total == 0 {
			if n, err := h.CountLinks(ctx); err == nil {
				total = n.All
			}
		}
		bar.show(tried, max(total, tried))
	})
}

func printLinkRun(w io.Writer, run quality.LinkRun) {
	fmt.Fprintf(w, "%d indirizzi di altri siti, %d provati: %d rispondono, %d no\n", run.Links, run.Tried, run.Answered, run.Failed)
	if run.Broken+run.Mended > 0 {
		fmt.Fprintf(w, "%d ora interrotti (tre giorni senza risposta), %d di nuovo raggiungibili\n", run.Broken, run.Mended)
	}
	if run.Offline {
		fmt.Fprintln(w, "nessuno ha risposto: questa macchina è in rete? Nulla è stato contato")
	}
	if run.Left {
		fmt.Fprintln(w, "il tempo non è bastato: i rimanenti saranno i primi della prossima volta")
	}
}

type linksListCmd struct {
	Broken bool `help:"Only those that count as broken: without an answer on three days."`
}

// A linkLine is a link that fails, with the datasets that have it.
type linkLine struct {
	*catalog.Link
	Broken   bool     `json:"broken"`
	Datasets []string `json:"datasets"` // names
}

// Run lists links that fail.
func (c *linksListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		least := 1
		if c.Broken {
			least = catalog.MostStrikes
		}
		links, err := h.FailingLinks(ctx, least)
		if err != nil {
			return err
		}
		lines := make([]*linkLine, len(links))
		byAddress := make(map[string]*linkLine, len(links))
		for i, l := range links {
			lines[i] = &linkLine{Link: l, Broken: l.Broken(), Datasets: []string{}}
			byAddress[l.Address] = lines[i]
		}
		if err := h.usesOf(ctx, byAddress); err != nil {
			return err
		}
		counts, err := h.CountLinks(ctx)
		if err != nil {
			return err
		}
		last, err := h.lastLinkRun(ctx)
		if err != nil {
			return err
		}
		out := map[string]any{"links": lines, "counts": counts, "latest_check": nil}
		if !last.Ended.IsZero() {
			out["latest_check"] = last
		}
		return e.print(out, func(w io.Writer) { printLinks(w, lines, counts, last) })
	})
}

// usesOf finds the datasets that have the given links.
func (h *house) usesOf(ctx context.Context, links map[string]*linkLine) error {
	const page = 500
	for after := ""; len(links) > 0; {
		ds, _, err := h.ListDatasets(ctx, catalog.DatasetFilter{After: after, Limit: page})
		if err != nil || len(ds) == 0 {
			return err
		}
		for _, d := range ds {
			for _, a := range quality.Addresses(d) {
				if l := links[a]; l != nil && !slices.Contains(l.Datasets, d.Name) {
					l.Datasets = append(l.Datasets, d.Name)
				}
			}
		}
		after = ds[len(ds)-1].ID
	}
	return nil
}

func printLinks(w io.Writer, lines []*linkLine, n catalog.LinkCount, last quality.LinkRun) {
	if n.Tried == 0 {
		fmt.Fprintln(w, "Nessun indirizzo è stato ancora provato: portico links check, oppure aspetta la notte")
		return
	}
	for _, l := range lines {
		state := "non risponde"
		if l.Broken {
			state = "interrotto"
		}
		fmt.Fprintf(w, "%s\n    %s dal %s (%s); in: %v\n", l.Address, state, l.Since.Local().Format(time.DateOnly), l.Reason.In("it"), l.Datasets)
	}
	fmt.Fprintf(w, "%d indirizzi, %d provati, %d non rispondono, di cui %d interrotti", n.All, n.Tried, n.Failing, n.Broken)
	if !last.Ended.IsZero() {
		fmt.Fprintf(w, "; ultimo controllo %s", last.Ended.Local().Format("2006-01-02 15:04"))
	}
	fmt.Fprintln(w)
}
