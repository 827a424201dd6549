package main

import (
	"context"
	"fmt"
	"io"

	"portico/catalog"
)

type datasetCmd struct {
	Show     datasetShowCmd     `cmd:"" help:"Show a dataset as it is kept."`
	Publish  datasetPublishCmd  `cmd:"" help:"Make a draft, withdrawn or retired dataset public."`
	Withdraw datasetWithdrawCmd `cmd:"" help:"Take a dataset back; its address answers 410."`
	Purge    datasetPurgeCmd    `cmd:"" help:"Forget a dataset for good."`
}

type datasetShowCmd struct {
	Dataset string `arg:"" help:"Name or ID."`
}

// A shownDataset is the JSON of `portico dataset show`: the body with the
// columns that stand beside it.
type shownDataset struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	State        catalog.State `json:"state"`
	Private      bool          `json:"private"`
	Organization string        `json:"organization"`
	Source       string        `json:"source"`
	Record       string        `json:"record"`
	Revision     int64         `json:"revision"`
	*catalog.Dataset
}

// Run shows a dataset.
func (c *datasetShowCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		d, err := h.Dataset(ctx, c.Dataset)
		if catalog.KindOf(err) == catalog.Gone {
			d, err = h.Tombstone(ctx, c.Dataset)
		}
		if err != nil {
			return err
		}
		out := shownDataset{
			ID: d.ID, Name: d.Name, State: d.State, Private: d.Private, Organization: d.Organization,
			Source: d.Origin.Source, Record: d.Origin.Record, Revision: d.Revision, Dataset: d,
		}
		return e.print(out, func(w io.Writer) {
			fmt.Fprintf(w, "%s  %s  [%s]\n  titolare: %s\n", d.Name, d.Title, d.State, d.Holder.Name)
			for _, x := range d.Distributions {
				fmt.Fprintf(w, "  %-8s %s\n", x.Format, x.URL())
			}
			for _, n := range d.Notes {
				fmt.Fprintf(w, "  nota: %s: %s\n", n.Field, n.Message)
			}
			for _, q := range d.Quarantine {
				fmt.Fprintf(w, "  in quarantena: %s: %s\n", q.Field, q.Message)
			}
		})
	})
}

type datasetPublishCmd struct {
	Dataset string `arg:"" help:"Name or ID."`
}

// Run publishes a dataset.
func (c *datasetPublishCmd) Run(ctx context.Context, e *env) error {
	return e.setState(ctx, c.Dataset, catalog.Active, "")
}

type datasetWithdrawCmd struct {
	Dataset   string `arg:"" help:"Name or ID."`
	Successor string `help:"Name of the dataset that takes its place." placeholder:"NAME"`
}

// Run withdraws a dataset.
func (c *datasetWithdrawCmd) Run(ctx context.Context, e *env) error {
	return e.setState(ctx, c.Dataset, catalog.Withdrawn, c.Successor)
}

func (e *env) setState(ctx context.Context, ref string, s catalog.State, successor string) error {
	return e.with(ctx, func(h *house) error {
		if err := h.SetDatasetState(ctx, ref, s, successor); err != nil {
			return err
		}
		return e.print(map[string]any{"dataset": ref, "state": s}, func(w io.Writer) { fmt.Fprintln(w, ref, s) })
	})
}

type datasetPurgeCmd struct {
	Dataset string `arg:"" help:"Name or ID."`
	Yes     bool   `help:"Do it; without, nothing is purged."`
}

// Run purges a dataset.
func (c *datasetPurgeCmd) Run(ctx context.Context, e *env) error {
	if !c.Yes {
		return fmt.Errorf("%w: %w", errUsage, catalog.Errorf(catalog.Invalid, "purging cannot be undone: add --yes to do it; to take it offline, use withdraw").
			Italian("l'eliminazione definitiva non si può annullare: aggiungi --yes per farla; per toglierlo dal sito basta withdraw"))
	}
	return e.with(ctx, func(h *house) error {
		if err := h.PurgeDataset(ctx, c.Dataset); err != nil {
			return err
		}
		return e.print(map[string]string{"purged": c.Dataset}, func(w io.Writer) { fmt.Fprintln(w, "eliminato", c.Dataset) })
	})
}
