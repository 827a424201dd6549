package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"

	"portico/catalog"
)

// A sourceFile is sources.yaml: the sources as they should be. Its keys are
// those of `portico source show --json`.
type sourceFile struct {
	Sources []sourceEntry `json:"sources"`
}

type sourceEntry struct {
	catalog.Source

	Credential *fileCredential `json:"credential"`
}

// A fileCredential says where a credential is: never in the file itself, which
// lies in a repository.
type fileCredential struct {
	User         string `json:"user"`
	PasswordEnv  string `json:"password_env"`
	PasswordFile string `json:"password_file"`
	TokenEnv     string `json:"token_env"`
	TokenFile    string `json:"token_file"`
	Header       string `json:"header"`
	ValueEnv     string `json:"value_env"`
	ValueFile    string `json:"value_file"`
}

// read returns the credential itself.
func (f *fileCredential) read() (c catalog.Credential, err error) {
	if f == nil {
		return c, nil
	}
	c = catalog.Credential{User: f.User, Header: f.Header}
	for _, x := range []struct {
		to        *string
		env, file string
	}{{&c.Password, f.PasswordEnv, f.PasswordFile}, {&c.Token, f.TokenEnv, f.TokenFile}, {&c.Value, f.ValueEnv, f.ValueFile}} {
		switch {
		case x.env != "":
			v, ok := os.LookupEnv(x.env)
			if !ok {
				return c, catalog.Errorf(catalog.Invalid, "the variable %s is not set", x.env).Italian("la variabile %s non è impostata", x.env)
			}
			*x.to = v
		case x.file != "":
			if *x.to, err = readSecret(x.file); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

type sourceApplyCmd struct {
	File   string `arg:"" help:"YAML file with the list sources." type:"existingfile"`
	Prune  bool   `help:"Remove sources that the file does not name; their datasets stay."`
	DryRun bool   `help:"Say what would change, and change nothing."`
}

// An applied is what became of one source of the file.
type applied struct {
	Name   string `json:"name"`
	Change string `json:"change"` // "new", "changed", "same" or "removed"
}

// Run makes the sources as the file says. A second time it changes nothing.
func (c *sourceApplyCmd) Run(ctx context.Context, e *env) error {
	raw, err := readYAML(c.File)
	if err != nil {
		return err
	}
	var file sourceFile
	if err := strictJSON(raw, &file); err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		out, err := c.apply(ctx, h, file)
		if err != nil {
			return err
		}
		return e.print(map[string]any{"sources": notNil(out)}, func(w io.Writer) {
			words := map[string]string{"new": "nuova", "changed": "cambiata", "same": "uguale", "removed": "rimossa"}
			for _, a := range out {
				fmt.Fprintf(w, "%-40s %s\n", a.Name, words[a.Change])
			}
		})
	})
}

// apply checks every source before it changes the first.
func (c *sourceApplyCmd) apply(ctx context.Context, h *house, file sourceFile) ([]applied, error) {
	named, err := file.check(h)
	if err != nil {
		return nil, err
	}
	var out []applied
	for _, entry := range file.Sources {
		a, err := c.one(ctx, h, entry)
		if err != nil {
			return out, err
		}
		out = append(out, a)
	}
	if !c.Prune {
		return out, nil
	}
	removed, err := c.prune(ctx, h, named)
	return append(out, removed...), err
}

// check says what is wrong with the sources of a file, and returns their names.
func (file *sourceFile) check(h *house) (map[string]bool, error) {
	named := map[string]bool{}
	hv := h.harvester()
	for i := range file.Sources {
		src := &file.Sources[i].Source
		if src.Name == "" || catalog.Slug(src.Name, 90) != src.Name || named[src.Name] {
			return nil, catalog.Errorf(catalog.Invalid, "source %d of the file needs a name of its own, of lower-case letters, digits and hyphens", i+1).
				Italian("la fonte n. %d del file deve avere un nome proprio, di lettere minuscole, cifre e trattini", i+1)
		}
		named[src.Name] = true
		if err := hv.Check(*src); err != nil {
			return nil, err
		}
	}
	return named, nil
}

// prune removes the sources that are not named.
func (c *sourceApplyCmd) prune(ctx context.Context, h *house, named map[string]bool) ([]applied, error) {
	var out []applied
	all, err := h.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if named[s.Name] {
			continue
		}
		if !c.DryRun {
			if err := h.RemoveSource(ctx, s.ID); err != nil {
				return out, err
			}
		}
		out = append(out, applied{s.Name, "removed"})
	}
	return out, nil
}

// one makes one source as the file says.
func (c *sourceApplyCmd) one(ctx context.Context, h *house, entry sourceEntry) (applied, error) {
	want, a := entry.Source, applied{entry.Name, "same"}
	cred, err := entry.Credential.read()
	if err != nil {
		return a, err
	}
	if a.Change, err = h.settle(ctx, &want); err != nil {
		return a, err
	}
	renewed := entry.Credential != nil && cred != h.had(ctx, want)
	if renewed && a.Change == "same" {
		a.Change = "changed"
	}
	if c.DryRun || a.Change == "same" {
		return a, nil
	}
	if err := h.PutSource(ctx, &want); err != nil || !renewed {
		return a, err
	}
	return a, h.putCredential(ctx, &want, cred)
}

// settle completes a source of the file with what the file does not say, and
// returns what the source as such becomes. What people decide while it runs is
// none of the file's business: paused, held, approved.
func (h *house) settle(ctx context.Context, want *catalog.Source) (change string, err error) {
	had, err := h.Source(ctx, want.Name)
	switch {
	case catalog.KindOf(err) == catalog.NotFound:
		h.newSource(ctx, want)
		return "new", nil
	case err != nil:
		return "same", err
	}
	want.ID, want.Created, want.SecretFor = had.ID, had.Created, had.SecretFor
	want.Paused, want.Held, want.Approved = had.Paused || want.Paused, had.Held, had.Approved
	if sameSource(had, want) {
		return "same", nil
	}
	return "changed", nil
}

// newSource gives a source of the file the ID that another instance would.
func (h *house) newSource(ctx context.Context, src *catalog.Source) {
	src.ID = catalog.StableID("source", src.Kind, src.URL)
	if taken, err := h.Source(ctx, src.ID); err == nil && taken.Name != src.Name {
		src.ID = catalog.StableID("source", src.Kind, src.URL, src.Name)
	}
	src.Held, src.Approved, src.SecretFor = false, false, ""
}

// had returns the credential that a source has. One that cannot be opened is
// none, and so is given anew.
func (h *house) had(ctx context.Context, src catalog.Source) catalog.Credential {
	c, err := h.credential(ctx, src)
	if err != nil {
		return catalog.Credential{}
	}
	return c
}

// sameSource reports whether two sources say the same.
func sameSource(a, b *catalog.Source) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	var u, v any
	return errX == nil && errY == nil && json.Unmarshal(x, &u) == nil && json.Unmarshal(y, &v) == nil && reflect.DeepEqual(u, v)
}
