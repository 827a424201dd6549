package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"portico/catalog"
	"portico/ui"
)

type pagesCmd struct {
	List   pagesListCmd   `cmd:"" help:"List the pages whose text can be changed."`
	Show   pagesShowCmd   `cmd:"" help:"Print the text of a page as it is now."`
	Edit   pagesEditCmd   `cmd:"" help:"Change the text of a page in your editor."`
	Set    pagesSetCmd    `cmd:"" help:"Take the text of a page from a file, or - for standard input."`
	Reset  pagesResetCmd  `cmd:"" help:"Give a page the text that the program brings."`
	Export pagesExportCmd `cmd:"" help:"Write the texts of all pages into a folder."`
}

// A pageRef is a page in a language, such as it/privacy.
type pageRef struct{ locale, name string }

func (p pageRef) String() string { return p.locale + "/" + p.name }

func readPageRef(ref string) (pageRef, error) {
	locale, name, _ := strings.Cut(ref, "/")
	if !slices.Contains(ui.Locales(), locale) || !slices.Contains(ui.TextPages(), name) {
		return pageRef{}, fmt.Errorf("%w: %w", errUsage, catalog.Errorf(catalog.Invalid, "%q is no page: LANGUAGE/NAME, such as it/privacy; the names are %s", ref, strings.Join(ui.TextPages(), ", ")).
			Italian("%q non è una pagina: LINGUA/NOME, per esempio it/privacy; i nomi sono %s", ref, strings.Join(ui.TextPages(), ", ")))
	}
	return pageRef{locale, name}, nil
}

// pageText returns the text of a page as it is, and whether it is the
// operator's own.
func (h *house) pageText(ctx context.Context, p pageRef) (text string, own bool, err error) {
	rec, err := h.Record(ctx, catalog.RecordPage, p.String())
	if catalog.KindOf(err) == catalog.NotFound {
		text, _ = ui.TextPage(p.locale, p.name)
		return text, false, nil
	}
	if err != nil {
		return "", false, err
	}
	var t ui.PageText
	if err := json.Unmarshal(rec.Body, &t); err != nil {
		return "", false, err
	}
	return t.Text, true, nil
}

// putPage keeps the text of a page. All nodes that share the database show it
// at once.
func (h *house) putPage(ctx context.Context, p pageRef, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return catalog.Errorf(catalog.Invalid, "the text of %s is empty; use pages reset to go back to the program's own", p).
			Italian("il testo di %s è vuoto; usa pages reset per tornare a quello del programma", p)
	case len(text) > ui.MaxPageText || !utf8.ValidString(text):
		return catalog.Errorf(catalog.Invalid, "the text of %s is not UTF-8, or has more than %d bytes", p, ui.MaxPageText).
			Italian("il testo di %s non è UTF-8, o ha più di %d byte", p, ui.MaxPageText)
	}
	body, err := json.Marshal(ui.PageText{Text: text})
	if err != nil {
		return err
	}
	return h.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordPage, Key: p.String(), Body: body})
}

type pagesListCmd struct{}

// Run lists the pages.
func (c *pagesListCmd) Run(ctx context.Context, e *env) error {
	type line struct {
		Page  string `json:"page"`
		Own   bool   `json:"changed"`
		Bytes int    `json:"bytes"`
	}
	return e.with(ctx, func(h *house) error {
		out := []line{}
		for _, l := range ui.Locales() {
			for _, name := range ui.TextPages() {
				p := pageRef{l, name}
				text, own, err := h.pageText(ctx, p)
				if err != nil {
					return err
				}
				if text != "" {
					out = append(out, line{p.String(), own, len(text)})
				}
			}
		}
		return e.print(out, func(w io.Writer) {
			for _, l := range out {
				whose := "del programma / the program's"
				if l.Own {
					whose = "cambiata / changed"
				}
				fmt.Fprintf(w, "%-18s  %s\n", l.Page, whose)
			}
		})
	})
}

type pagesShowCmd struct {
	Page string `arg:"" help:"LANGUAGE/NAME, such as it/privacy."`
}

// Run prints a page.
func (c *pagesShowCmd) Run(ctx context.Context, e *env) error {
	p, err := readPageRef(c.Page)
	if err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		text, own, err := h.pageText(ctx, p)
		if err != nil {
			return err
		}
		if text == "" {
			return noText(p)
		}
		out := struct {
			Page string `json:"page"`
			Own  bool   `json:"changed"`
			Text string `json:"text"`
		}{p.String(), own, text}
		return e.print(out, func(w io.Writer) { fmt.Fprint(w, text) })
	})
}

func noText(p pageRef) error {
	return catalog.Errorf(catalog.NotFound, "%s has no text of its own: readers see the English one", p).
		Italian("%s non ha un testo suo: chi legge vede quello inglese", p)
}

type pagesSetCmd struct {
	Page string `arg:"" help:"LANGUAGE/NAME, such as it/privacy."`
	File string `arg:"" help:"File with Markdown; - = standard input."`
}

// Run takes the text of a page from a file.
func (c *pagesSetCmd) Run(ctx context.Context, e *env) error {
	p, err := readPageRef(c.Page)
	if err != nil {
		return err
	}
	var from io.Reader = os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return catalog.Errorf(catalog.Invalid, "%s cannot be read", c.File).Italian("%s non si può leggere", c.File).Because(err)
		}
		defer func() { _ = f.Close() }() // it was only read
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, ui.MaxPageText+1))
	if err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		if err := h.putPage(ctx, p, string(text)); err != nil {
			return err
		}
		return e.tellPage(p, "cambiata / changed")
	})
}

func (e *env) tellPage(p pageRef, what string) error {
	out := map[string]string{"page": p.String(), "done": what}
	return e.print(out, func(w io.Writer) { fmt.Fprintf(w, "%s: %s\n", p, what) })
}

type pagesResetCmd struct {
	Page string `arg:"" help:"LANGUAGE/NAME, such as it/privacy."`
}

// Run gives a page its first text back.
func (c *pagesResetCmd) Run(ctx context.Context, e *env) error {
	p, err := readPageRef(c.Page)
	if err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		err := h.RemoveRecord(ctx, catalog.RecordPage, p.String())
		if err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
		return e.tellPage(p, "del programma / the program's")
	})
}

type pagesExportCmd struct {
	Folder string `arg:"" help:"Folder, which is made: LANGUAGE/NAME.md."`
}

// Run writes all pages into a folder.
func (c *pagesExportCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		written := []string{}
		for _, l := range ui.Locales() {
			for _, name := range ui.TextPages() {
				text, _, err := h.pageText(ctx, pageRef{l, name})
				if err != nil {
					return err
				}
				if text == "" {
					continue
				}
				path := filepath.Join(c.Folder, l, name+".md")
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					return err
				}
				written = append(written, path)
			}
		}
		return e.print(written, func(w io.Writer) {
			for _, path := range written {
				fmt.Fprintln(w, path)
			}
		})
	})
}

type pagesEditCmd struct {
	Page   string `arg:"" help:"LANGUAGE/NAME, such as it/privacy."`
	Editor string `help:"Program to edit with (default: the environment's VISUAL or EDITOR, else vi)." env:"VISUAL,EDITOR" default:"vi" placeholder:"PROGRAM"`
}

// Run opens the text of a page in an editor and keeps what it was left as. The
// database is not held open meanwhile.
func (c *pagesEditCmd) Run(ctx context.Context, e *env) error {
	p, err := readPageRef(c.Page)
	if err != nil {
		return err
	}
	var was string
	err = e.with(ctx, func(h *house) error {
		was, _, err = h.pageText(ctx, p)
		return err
	})
	if err != nil {
		return err
	}
	text, err := e.edit(ctx, c.Editor, was)
	if err != nil {
		return err
	}
	if text == was {
		return e.tellPage(p, "non cambiata / not changed")
	}
	return e.with(ctx, func(h *house) error {
		if err := h.putPage(ctx, p, text); err != nil {
			return err
		}
		return e.tellPage(p, "cambiata / changed")
	})
}

// edit returns text as an editor leaves it. The editor may have arguments of
// its own, such as "code --wait".
func (e *env) edit(ctx context.Context, editor, text string) (string, error) {
	words := strings.Fields(editor)
	if len(words) == 0 {
		return "", errors.New("no editor")
	}
	dir, err := os.MkdirTemp("", "portico-page-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }() // only a copy
	path := filepath.Join(dir, "page.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], path)...) //nolint:gosec // the operator's own editor
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, e.stderr, e.stderr
	if err := cmd.Run(); err != nil {
		return "", catalog.Errorf(catalog.Invalid, "the editor %s failed; nothing was changed", editor).
			Italian("l'editor %s non è riuscito; nulla è cambiato", editor).Because(err)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}
