package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/mail"
	"os"
	"strings"
	"unicode/utf8"

	"portico/catalog"
	"portico/internal/password"
)

type userCmd struct {
	Create   userCreateCmd   `cmd:"" help:"Create a user."`
	Change   userChangeCmd   `cmd:"" help:"Change a user: what is not given stays."`
	Password userPasswordCmd `cmd:"" help:"Set the password of a user, read from standard input."`
	List     userListCmd     `cmd:"" help:"List the users."`
	Remove   userRemoveCmd   `cmd:"" help:"Remove a user for good, with all that is personal."`
}

type userCreateCmd struct {
	Name     string `arg:"" help:"Short name: lower-case letters, digits, - and _."`
	Sysadmin bool   `help:"May see and do everything."`
	Email    string `help:"Address of the user." placeholder:"E"`
	FullName string `help:"First and last name, as it is shown." placeholder:"N"`
}

// Run creates a user.
func (c *userCreateCmd) Run(ctx context.Context, e *env) error {
	if !userName(c.Name) {
		return catalog.Errorf(catalog.Invalid, "name %q: use 2 to 100 lower-case letters, digits, - and _", c.Name).
			Italian("nome %q: usa da 2 a 100 lettere minuscole, cifre, - e _", c.Name)
	}
	if err := checkAddress(c.Email); err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		u := catalog.User{Name: c.Name, Email: c.Email, FullName: c.FullName, Sysadmin: c.Sysadmin}
		if _, err := h.User(ctx, c.Name); err == nil {
			return catalog.Errorf(catalog.Conflict, "user %s exists already", c.Name).Italian("l'utente %s esiste già", c.Name)
		}
		if err := h.PutUser(ctx, &u); err != nil {
			return err
		}
		return e.print(u, func(w io.Writer) { fmt.Fprintln(w, u.Name, u.ID) })
	})
}

// checkAddress is Invalid unless s is a plain address, or nothing.
func checkAddress(s string) error {
	if s == "" {
		return nil
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return catalog.Errorf(catalog.Invalid, "e-mail %q is not an address", s).
			Italian("e-mail %q: non è un indirizzo", s).Because(err)
	}
	return nil
}

func userName(s string) bool {
	if len(s) < 2 || len(s) > 100 {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

type userChangeCmd struct {
	Name     string  `arg:"" help:"Name or ID."`
	Sysadmin *bool   `negatable:"" help:"May see and do everything, or no longer."`
	Email    *string `help:"Address of the user; empty = none." placeholder:"E"`
	FullName *string `help:"First and last name, as it is shown." placeholder:"N"`
	State    string  `help:"active, or deleted: then they can do nothing and their tokens open nothing, but they can come back." enum:",active,deleted" default:"" placeholder:"S"`
}

// Run changes a user.
func (c *userChangeCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		u, err := h.User(ctx, c.Name)
		if err != nil {
			return err
		}
		if c.Email != nil {
			if err := checkAddress(*c.Email); err != nil {
				return err
			}
			u.Email = *c.Email
		}
		if c.FullName != nil {
			u.FullName = *c.FullName
		}
		if c.Sysadmin != nil {
			u.Sysadmin = *c.Sysadmin
		}
		if c.State != "" {
			u.State = catalog.State(c.State)
		}
		if err := h.PutUser(ctx, u); err != nil {
			return err
		}
		return e.print(u, func(w io.Writer) { fmt.Fprintln(w, u.Name, u.ID) })
	})
}

type userPasswordCmd struct {
	Name string `arg:"" help:"Name or ID."`
}

// leastPassword is how many characters a password has at least, as CKAN asks.
const leastPassword = 8

// Run sets a password: the first line of standard input, so that it stands
// neither in the history of the shell nor in the list of processes.
func (c *userPasswordCmd) Run(ctx context.Context, e *env) error {
	in := bufio.NewScanner(io.LimitReader(os.Stdin, 2*password.MaxLength))
	in.Scan()
	if err := in.Err(); err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	plain := in.Text()
	if utf8.RuneCountInString(plain) < leastPassword || len(plain) > password.MaxLength {
		return catalog.Errorf(catalog.Invalid, "the password, one line on standard input, must have %d to %d characters", leastPassword, password.MaxLength).
			Italian("la password, una riga sullo standard input, deve avere da %d a %d caratteri", leastPassword, password.MaxLength)
	}
	hash, err := password.Hash(plain)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	return e.with(ctx, func(h *house) error {
		u, err := h.User(ctx, c.Name)
		if err != nil {
			return err
		}
		u.Password = hash
		if err := h.PutUser(ctx, u); err != nil {
			return err
		}
		return e.print(map[string]string{"changed": u.Name}, func(w io.Writer) { fmt.Fprintln(w, "password impostata per", u.Name) })
	})
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
				if u.State == catalog.Deleted {
					role += "  [deleted]"
				}
				fmt.Fprintf(w, "%s  %s  %s%s\n", u.Name, u.FullName, u.Email, role)
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
