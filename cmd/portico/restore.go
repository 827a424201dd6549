package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"portico/catalog"
	"portico/dcat/register"
)

type restoreCmd struct {
	File  string `arg:"" help:"Archive to restore."`
	Check bool   `help:"Only prove that the archive can be restored; change nothing."`
}

// Limits of an archive that is read: it may have been tampered with.
const (
	maxManifest = 256 << 20
	maxEntries  = 10_000_000
)

// Run restores an archive into an empty instance, or checks it in a folder of
// its own that is thrown away.
func (c *restoreCmd) Run(ctx context.Context, e *env) error {
	if c.Check {
		dir, err := os.MkdirTemp("", "portico-check-*")
		if err != nil {
			return fmt.Errorf("make room for the check: %w", err)
		}
		defer os.RemoveAll(dir)
		e.Data, e.DatabaseURL = dir, "sqlite:"+filepath.Join(dir, "portico.db")
	}
	return e.with(ctx, func(h *house) error {
		if err := h.empty(ctx); err != nil {
			return err
		}
		m, err := h.restore(ctx, c.File)
		if err != nil {
			return err
		}
		return e.print(map[string]any{"ok": true, "datasets": m.Datasets, "files": len(m.Files), "created": m.Created}, func(w io.Writer) {
			verb := "ripristinato"
			if c.Check {
				verb = "integro, si può ripristinare"
			}
			fmt.Fprintf(w, "%s: %s; %d dataset, %d file, del %s\n", c.File, verb, m.Datasets, len(m.Files), m.Created.Local().Format("02/01/2006 15:04"))
		})
	})
}

// empty refuses an instance that has something: restoring never overwrites.
func (h *house) empty(ctx context.Context) error {
	_, n, err := h.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true})
	if err != nil {
		return err
	}
	users, err := h.Users(ctx)
	if err != nil {
		return err
	}
	if n > 0 || len(users) > 0 {
		return catalog.Errorf(catalog.Conflict, "this instance is not empty (%d datasets, %d users): restore into a new --data folder and an empty database", n, len(users)).
			Italian("questa istanza non è vuota (%d dataset, %d utenti): ripristina in una cartella --data nuova e in un database vuoto", n, len(users))
	}
	return nil
}

// restore reads the archive twice: first every hash is compared with the
// manifest, and only then anything is kept.
func (h *house) restore(ctx context.Context, file string) (*manifest, error) {
	m, err := verify(file)
	if err != nil {
		return nil, err
	}
	err = eachEntry(file, func(name string, r io.Reader) error {
		switch {
		case name == catalogEntry:
			return h.Load(ctx, r)
		case strings.HasPrefix(name, blobFolder):
			got, _, err := h.blobs.Put(ctx, r, 0)
			if err == nil && blobFolder+got != name {
				return damaged(name)
			}
			return err
		case name == registerFolder+string(register.IPA)+".csv":
			_, err := register.Import(h.env.Data, register.IPA, r)
			return err
		case name == registerFolder+string(register.ISTAT)+".csv":
			_, err := register.Import(h.env.Data, register.ISTAT, r)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return m, h.whole(ctx, m)
}

// verify compares every entry with the manifest, and returns it.
func verify(file string) (*manifest, error) {
	got := map[string]string{}
	var m manifest
	err := eachEntry(file, func(name string, r io.Reader) error {
		if name == manifestEntry {
			return json.NewDecoder(io.LimitReader(r, maxManifest)).Decode(&m)
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return err
		}
		got[name] = hex.EncodeToString(sum.Sum(nil))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if m.Files[catalogEntry] == "" {
		return nil, damaged(manifestEntry)
	}
	for name, want := range m.Files {
		if got[name] != want {
			return nil, damaged(name)
		}
	}
	return &m, nil
}

// whole checks what was restored: the number of datasets, and that every file
// that a dataset speaks of is there.
func (h *house) whole(ctx context.Context, m *manifest) error {
	ds, n, err := h.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true, Limit: -1})
	if err != nil {
		return err
	}
	if n != m.Datasets {
		return damaged(catalogEntry)
	}
	for _, d := range ds {
		for _, x := range d.Distributions {
			for _, hash := range hashes(&x) {
				if ok, err := h.blobs.Has(ctx, hash); err != nil || !ok {
					return errors.Join(damaged(blobFolder+hash), err)
				}
			}
		}
	}
	return nil
}

// hashes returns the hashes of the files that a distribution speaks of.
func hashes(x *catalog.Distribution) []string {
	var out []string
	if x.File != nil && x.File.Hash != "" {
		out = append(out, x.File.Hash)
	}
	if x.Table != nil && x.Table.Hash != "" {
		out = append(out, x.Table.Hash)
	}
	return out
}

func damaged(entry string) error {
	return catalog.Errorf(catalog.Invalid, "the archive is damaged: %s is not what was packed", entry).
		Italian("l'archivio è danneggiato: %s non è quello che era stato salvato", entry)
}

// eachEntry calls f with each entry of the archive, in order.
func eachEntry(file string, f func(name string, r io.Reader) error) error {
	in, err := os.Open(file)
	if err != nil {
		return catalog.Errorf(catalog.NotFound, "%s cannot be opened", file).Italian("%s non si può aprire", file).Because(err)
	}
	defer in.Close()
	gz, err := gzip.NewReader(in)
	if err != nil {
		return damaged(filepath.Base(file))
	}
	tr := tar.NewReader(gz)
	for range maxEntries {
		head, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.Join(damaged(filepath.Base(file)), err)
		}
		if err := f(head.Name, tr); err != nil {
			return fmt.Errorf("read %s: %w", head.Name, err)
		}
	}
	return damaged(filepath.Base(file))
}
