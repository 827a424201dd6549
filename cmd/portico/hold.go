package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/hold"
)

type holdCmd struct {
	List    holdListCmd    `cmd:"" help:"List what waits, with the columns and the reasons."`
	Release holdReleaseCmd `cmd:"" help:"Publish what waits, with its legal basis."`
	Mask    holdMaskCmd    `cmd:"" help:"Publish what waits without some columns."`
}

type holdListCmd struct {
	State string `default:"held" enum:"held,released,masked" help:"held, released or masked." placeholder:"S"`
	Org   string `help:"Only those of this organization." placeholder:"SLUG"`
}

// Run lists holds.
func (c *holdListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		all, err := h.desk.List(ctx, catalog.HoldState(c.State))
		if err != nil {
			return err
		}
		if c.Org != "" {
			o, err := h.Organization(ctx, c.Org)
			if err != nil {
				return err
			}
			all = slices.DeleteFunc(all, func(v *hold.View) bool { return v.Organization != o.ID })
		}
		return e.print(map[string]any{"holds": all}, func(w io.Writer) {
			if len(all) == 0 {
				fmt.Fprintln(w, "Nessun dato in questo stato. / No data in this state.")
			}
			for _, v := range all {
				printHold(w, v)
			}
		})
	})
}

type holdReleaseCmd struct {
	ID    string `arg:"" help:"ID of the resource, as list tells it."`
	Basis string `required:"" help:"Legal basis: which law asks for the publication." placeholder:"TEXT"`
	By    string `required:"" help:"Who decides." placeholder:"NAME"`
}

// Run releases what is held.
func (c *holdReleaseCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		return e.ruled(h.desk.Release(asVisitor(ctx), c.ID, hold.Ruling{Basis: c.Basis, By: c.By}))
	})
}

type holdMaskCmd struct {
	ID   string   `arg:"" help:"ID of the resource, as list tells it."`
	Drop []string `required:"" help:"Columns to take out, parted by commas." placeholder:"COL[,COL]"`
	By   string   `default:"portico" help:"Who decides." placeholder:"NAME"`
}

// Run masks what is held.
func (c *holdMaskCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		return e.ruled(h.desk.Mask(asVisitor(ctx), c.ID, hold.Ruling{Drop: c.Drop, By: c.By}))
	})
}

// ruled prints what was decided.
func (e *env) ruled(v *hold.View, err error) error {
	if err != nil {
		return err
	}
	return e.print(v, func(w io.Writer) { printHold(w, v) })
}

// asVisitor leaves it to the desk to say in whose name something is decided:
// whoever sits at the command line is named by --by.
func asVisitor(ctx context.Context) context.Context {
	a := catalog.System
	a.Name = ""
	return catalog.WithActor(ctx, a)
}

func printHold(w io.Writer, v *hold.View) {
	state := map[catalog.HoldState]string{catalog.Held: "in verifica / held", catalog.Released: "pubblicato / released", catalog.Masked: "senza colonne / masked"}[v.State]
	fmt.Fprintf(w, "%s  %s  [%s, %s]\n  dataset: %s\n", v.ID, v.Title, state, v.Since.Local().Format(time.DateTime), v.Name)
	if v.File != "" {
		fmt.Fprintf(w, "  file: %s\n", v.File)
	}
	for _, f := range v.Findings {
		mark := "nota / note"
		if f.Holds {
			mark = "personale / personal"
		}
		fmt.Fprintf(w, "  %s: %s\n", mark, f.Reason.Both())
	}
	for _, d := range v.Decisions {
		fmt.Fprintf(w, "  %s  %s  %s %s%s\n", d.At.Local().Format(time.DateTime), d.State, d.By, d.Basis, strings.Join(d.Dropped, ", "))
	}
	if v.State == catalog.Held {
		fmt.Fprintf(w, "  → portico hold release %s --basis \"…\" --by NOME\n  → portico hold mask %s --drop COLONNA[,COLONNA]\n", v.ID, v.ID)
	}
}
