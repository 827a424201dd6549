package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Create a token; it is printed once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens of a user."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token."`
}

type tokenCreateCmd struct {
	User    string `arg:"" help:"Name or ID of the user."`
	Name    string `help:"What it is for." placeholder:"N"`
	Scope   string `help:"read = reading alone; org:NAME = changes to that organization and its datasets alone; empty = all that the user may." placeholder:"S"`
	Expires string `help:"How long it lasts, such as 90d or 24h (default: one year)." default:"365d" placeholder:"D"`
}

// Run creates a token and prints it alone.
func (c *tokenCreateCmd) Run(ctx context.Context, e *env) error {
	life, err := lifetime(c.Expires)
	if err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		if err := checkScope(ctx, h, catalog.Scope(c.Scope)); err != nil {
			return err
		}
		u, err := h.User(ctx, c.User)
		if err != nil {
			return err
		}
		t, secret := catalog.NewToken(u.ID)
		t.Name, t.Scope, t.Expires = c.Name, catalog.Scope(c.Scope), time.Now().Add(life).UTC()
		if err := h.PutToken(ctx, t); err != nil {
			return err
		}
		return e.print(map[string]any{"token": secret, "id": t.ID, "expires": t.Expires}, func(w io.Writer) { fmt.Fprintln(w, secret) })
	})
}

// checkScope is Invalid unless there is such a scope, and NotFound where the
// organization that it names is not there.
func checkScope(ctx context.Context, h *house, scope catalog.Scope) error {
	org, ok := scope.Organization()
	switch {
	case scope == catalog.ScopeAll, scope == catalog.ScopeRead:
		return nil
	case ok:
		_, err := h.Organization(ctx, org)
		return err
	}
	return catalog.Errorf(catalog.Invalid, "--scope %q: use read, org:NAME or nothing", scope).
		Italian("--scope %q: usa read, org:NOME o niente", scope)
}

// lifetime reads a duration of days ("90d") or as Go writes it ("24h").
func lifetime(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n <= 3650 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, catalog.Errorf(catalog.Invalid, "--expires %q: use a duration such as 90d or 24h", s).
			Italian("--expires %q: usa una durata come 90d o 24h", s)
	}
	return d, nil
}

type tokenListCmd struct {
	User string `arg:"" optional:"" help:"Name or ID of the user (default: all)."`
}

// Run lists tokens, without what makes them work.
func (c *tokenListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		us, err := h.Users(ctx)
		if err != nil {
			return err
		}
		var all []*catalog.Token
		for _, u := range us {
			if c.User != "" && c.User != u.Name && c.User != u.ID {
				continue
			}
			ts, err := h.Tokens(ctx, u.ID)
			if err != nil {
				return err
			}
			all = append(all, ts...)
		}
		return e.print(map[string]any{"tokens": notNil(all)}, func(w io.Writer) {
			for _, t := range all {
				until := "mai"
				if !t.Expires.IsZero() {
					until = t.Expires.Format(time.DateOnly)
				}
				fmt.Fprintf(w, "%s  scade %s  %s  %s\n", t.ID, until, t.Scope, t.Name)
			}
		})
	})
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"ID of the token."`
}

// Run revokes a token.
func (c *tokenRevokeCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		if err := h.RemoveToken(ctx, c.ID); err != nil {
			return err
		}
		return e.print(map[string]string{"revoked": c.ID}, func(w io.Writer) { fmt.Fprintln(w, "revocato", c.ID) })
	})
}
