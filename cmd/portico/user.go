package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Create a user."`
	List   userListCmd   `cmd:"" help:"List the users."`
	Remove userRemoveCmd `cmd:"" help:"Remove a user and its tokens."`
}

type userCreateCmd struct {
	Name     string `arg:"" help:"Short name: lower-case letters, digits, - and _."`
	Sysadmin bool   `help:"May see and do everything."`
	Email    string `help:"Address of the user." placeholder:"E"`
}

// Run creates a user.
func (c *userCreateCmd) Run(ctx context.Context, e *env) error {
	if !userName(c.Name) {
		return catalog.Errorf(catalog.Invalid, "name %q: use 2 to 100 lower-case letters, digits, - and _", c.Name).
			Italian("nome %q: usa da 2 a 100 lettere minuscole, cifre, - e _", c.Name)
	}
	if c.Email != "" {
		if _, err := mail.ParseAddress(c.Email); err != nil {
			return catalog.Errorf(catalog.Invalid, "e-mail %q is not an address", c.Email).
				Italian("e-mail %q: non è un indirizzo", c.Email).Because(err)
		}
	}
	return e.with(ctx, func(h *house) error {
		u := catalog.User{Name: c.Name, Email: c.Email, Sysadmin: c.Sysadmin}
		if _, err := h.User(ctx, c.Name); err == nil {
			return catalog.Errorf(catalog.Conflict, "user %s exists already", c.Name).Italian("l'utente %s esiste già", c.Name)
		}
		if err := h.PutUser(ctx, &u); err != nil {
			return err
		}
		return e.print(u, func(w io.Writer) { fmt.Fprintln(w, u.Name, u.ID) })
	})
}

func userName(s string) bool {
	if len(s) < 2 || len(s) > 100 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

type userListCmd struct{}

// Run lists the users.
func (c *userListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		us, err := h.Users(ctx)
		if err != nil {
			return err
		}
		return e.print(map[string]any{"users": notNil(us)}, func(w io.Writer) {
			for _, u := range us {
				role := ""
				if u.Sysadmin {
					role = "  [sysadmin]"
				}
				fmt.Fprintf(w, "%s  %s%s\n", u.Name, u.Email, role)
			}
		})
	})
}

type userRemoveCmd struct {
	Name string `arg:"" help:"Name or ID."`
}

// Run removes a user.
func (c *userRemoveCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		if err := h.RemoveUser(ctx, c.Name); err != nil {
			return err
		}
		return e.print(map[string]string{"removed": c.Name}, func(w io.Writer) { fmt.Fprintln(w, "rimosso", c.Name) })
	})
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Create a token; it is printed once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens of a user."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke a token."`
}

type tokenCreateCmd struct {
	User    string `arg:"" help:"Name or ID of the user."`
	Scope   string `help:"read = reading alone; empty = all that the user may." enum:",read" default:"" placeholder:"S"`
	Expires string `help:"How long it lasts, such as 90d or 24h (default: one year)." default:"365d" placeholder:"D"`
}

// Run creates a token and prints it alone.
func (c *tokenCreateCmd) Run(ctx context.Context, e *env) error {
	life, err := lifetime(c.Expires)
	if err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		u, err := h.User(ctx, c.User)
		if err != nil {
			return err
		}
		raw := make([]byte, 32)
		rand.Read(raw) // it cannot fail: crypto/rand says so
		secret := "portico_" + base64.RawURLEncoding.EncodeToString(raw)
		sum := sha256.Sum256([]byte(secret))
		t := catalog.Token{User: u.ID, Hash: hex.EncodeToString(sum[:]), Scope: c.Scope, Expires: time.Now().Add(life).UTC()}
		if err := h.PutToken(ctx, &t); err != nil {
			return err
		}
		return e.print(map[string]any{"token": secret, "id": t.ID, "expires": t.Expires}, func(w io.Writer) { fmt.Fprintln(w, secret) })
	})
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
				fmt.Fprintf(w, "%s  scade %s  %s\n", t.ID, t.Expires.Format(time.DateOnly), t.Scope)
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
