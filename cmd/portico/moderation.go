package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"portico/catalog"
	"portico/participation"
)

type moderationCmd struct {
	List   moderationListCmd   `cmd:"" help:"List what waits for a decision, or was decided."`
	Accept moderationAcceptCmd `cmd:"" help:"Show it to everybody, with an answer if you give one."`
	Reject moderationRejectCmd `cmd:"" help:"Show it to nobody."`
}

type moderationListCmd struct {
	State string `help:"pending, accepted, rejected or all." enum:"pending,accepted,rejected,all" default:"pending" placeholder:"S"`
	Kind  string `help:"rating, report or request." enum:",rating,report,request" default:"" placeholder:"K"`
	Limit int    `help:"How many to list, the latest first." default:"100" placeholder:"N"`
}

// Run lists contributions.
func (c *moderationListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		f := catalog.ContributionFilter{Kind: catalog.ContributionKind(c.Kind), Limit: max(1, c.Limit)}
		if c.State != "all" {
			f.State = catalog.ContributionState(c.State)
		}
		cs, total, err := h.Contributions(ctx, f)
		if err != nil {
			return err
		}
		out := struct {
			Total         int                     `json:"total"`
			Contributions []*catalog.Contribution `json:"contributions"`
		}{total, slices.Concat([]*catalog.Contribution{}, cs)}
		return e.print(out, func(w io.Writer) { h.printContributions(ctx, w, cs, total) })
	})
}

func (h *house) printContributions(ctx context.Context, w io.Writer, cs []*catalog.Contribution, total int) {
	if total == 0 {
		fmt.Fprintln(w, "Non c'è nulla. / There is nothing.")
		return
	}
	for _, c := range cs {
		fmt.Fprintf(w, "%d  %s  %s  %s  %s\n", c.Number, c.Created.Format(time.DateOnly), c.Kind, c.State, h.aboutOf(ctx, c))
		if c.Stars > 0 {
			fmt.Fprintf(w, "    %s %s\n", strings.Repeat("*", c.Stars), strings.Join(c.Reasons, ", "))
		}
		for line := range strings.Lines(c.Text) {
			fmt.Fprintf(w, "    %s\n", strings.TrimRight(line, "\n"))
		}
		if c.Name != "" || c.Email != "" {
			fmt.Fprintf(w, "    %s <%s>\n", c.Name, c.Email)
		}
		if !c.Due.IsZero() && c.Answered.IsZero() {
			fmt.Fprintf(w, "    risposta entro / answer by %s\n", c.Due.Format(time.DateOnly))
		}
	}
	if len(cs) < total {
		fmt.Fprintf(w, "(%d di / of %d)\n", len(cs), total)
	}
}

// aboutOf says what a contribution is about, down to the row and the column.
func (h *house) aboutOf(ctx context.Context, c *catalog.Contribution) string {
	d, err := h.Dataset(ctx, c.Dataset)
	if c.Dataset == "" || err != nil {
		return c.Title
	}
	about := []string{d.Name}
	for i := range d.Distributions {
		if x := &d.Distributions[i]; x.ID == c.Distribution {
			about = append(about, cmp.Or(x.Title.String(), x.ID))
		}
	}
	if c.Row > 0 {
		about = append(about, fmt.Sprintf("riga / row %d", c.Row))
	}
	if c.Column != "" {
		about = append(about, c.Column)
	}
	return strings.Join(about, " · ")
}

type moderationAcceptCmd struct {
	Numbers []string `arg:"" name:"number" help:"Numbers, as list shows them."`
	Answer  string   `help:"What the office answers, for everybody to see; only with one number." placeholder:"TEXT"`
}

// Run accepts contributions.
func (c *moderationAcceptCmd) Run(ctx context.Context, e *env) error {
	if c.Answer != "" && (len(c.Numbers) > 1 || utf8.RuneCountInString(c.Answer) > participation.MaxText) {
		return fmt.Errorf("%w: %w", errUsage, catalog.Errorf(catalog.Invalid, "--answer goes with one number, and has at most %d characters", participation.MaxText).
			Italian("--answer va con un solo numero e ha al massimo %d caratteri", participation.MaxText))
	}
	return e.decide(ctx, c.Numbers, func(x *catalog.Contribution, now time.Time) {
		x.State = catalog.Accepted
		if c.Answer != "" {
			x.Answer, x.Answered = c.Answer, now
		}
	})
}

type moderationRejectCmd struct {
	Numbers []string `arg:"" name:"number" help:"Numbers, as list shows them."`
	Reason  string   `help:"Why, for who sent it." placeholder:"TEXT"`
}

// Run rejects contributions.
func (c *moderationRejectCmd) Run(ctx context.Context, e *env) error {
	return e.decide(ctx, c.Numbers, func(x *catalog.Contribution, now time.Time) {
		x.State = catalog.Rejected
		if c.Reason != "" {
			x.Answer, x.Answered = c.Reason, now
		}
	})
}

// decide changes each of the contributions; those before one that is not there
// stay decided, and the answer tells which they are.
func (e *env) decide(ctx context.Context, refs []string, how func(*catalog.Contribution, time.Time)) error {
	who := "portico"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	return e.with(ctx, func(h *house) error {
		out := []*catalog.Contribution{}
		var failed error
		for _, ref := range refs {
			c, err := h.ChangeContribution(ctx, ref, func(c *catalog.Contribution) error {
				now := time.Now().UTC().Truncate(time.Second)
				c.Decided, c.By = now, who
				how(c, now)
				return nil
			})
			if err != nil {
				failed = err
				break
			}
			out = append(out, c)
		}
		if err := e.print(out, func(w io.Writer) {
			for _, c := range out {
				fmt.Fprintf(w, "%d  %s  %s\n", c.Number, c.Kind, c.State)
			}
		}); err != nil {
			return err
		}
		return failed
	})
}
