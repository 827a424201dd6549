package hold

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"portico/blob"
	"portico/catalog"
	"portico/tabular"
	"portico/tabular/personal"
)

// maxSheets is how many sheets of a file are looked into.
const maxSheets = 100

// inspect looks into every table of a version: the snapshot where it was made,
// and all the sheets of its file, for whoever takes the original has them all.
// A file that is no table is not looked into.
func (k *Desk) inspect(ctx context.Context, v *version) (r personal.Report, err error) {
	defer func() {
		if p := recover(); p != nil { // a reader gave up on a hostile file, which nobody has looked into then
			err = fmt.Errorf("look for personal data: %v\n%s", p, debug.Stack())
		}
	}()
	if v.File == nil || v.File.Hash == "" {
		return k.inspectSnapshot(ctx, v.Table)
	}
	f, err := k.Blobs.Open(ctx, v.File.Hash)
	if err != nil {
		return r, fmt.Errorf("look for personal data: %w", err)
	}
	defer func() { _ = f.Close() }()
	if r, err = k.inspectFile(ctx, f, v.File.Name); err != nil {
		return r, err
	}
	if r, err = withText(r, f); err != nil {
		return r, err
	}
	if t := v.Table; t != nil && t.Hash != "" && t.File != v.File.Hash { // of other bytes
		more, err := k.inspectSnapshot(ctx, t)
		if err != nil {
			return r, err
		}
		r = merged(r, more, "")
	}
	return r, nil
}

// withText adds what stands in a text outside of its table: in titles, notes,
// rows that were rejected. What the table has of the same kind was judged with
// it.
func withText(r personal.Report, f blob.File) (personal.Report, error) {
	const sniffed = 1024
	head := make([]byte, sniffed)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return r, fmt.Errorf("look for personal data: %w", err)
	}
	if !strings.HasPrefix(http.DetectContentType(head[:n]), "text/") {
		return r, nil
	}
	found, err := personal.Stream(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		return r, err
	}
	for _, x := range found.Findings {
		if !slices.ContainsFunc(r.Findings, func(y personal.Finding) bool { return y.Kind == x.Kind }) {
			r.Findings = append(r.Findings, x)
		}
	}
	return r, nil
}

// inspectFile looks into every sheet of a file.
func (k *Desk) inspectFile(ctx context.Context, f blob.File, name string) (r personal.Report, err error) {
	sheets, first := []string{""}, ""
	for i := 0; i < len(sheets) && i < maxSheets; i++ {
		t, err := tabular.Open(ctx, f, f.Size(), tabular.Options{Name: name, Sheet: sheets[i]})
		if err != nil {
			if ctx.Err() != nil {
				return r, ctx.Err()
			}
			if catalog.KindOf(err) == catalog.Internal {
				return r, fmt.Errorf("look for personal data: %w", err)
			}
			k.Log.InfoContext(ctx, "a file was not looked into for personal data: it is no table", "name", name, "sheet", sheets[i], "error", err)
			continue
		}
		found, err := inspectRows(t.Columns, t.Rows)
		if err != nil {
			return r, err
		}
		if i == 0 {
			first = t.Sheet
			for _, s := range t.Sheets {
				if s != first {
					sheets = append(sheets, s)
				}
			}
			r = found
			continue
		}
		r = merged(r, found, t.Sheet)
	}
	return r, nil
}

func (k *Desk) inspectSnapshot(ctx context.Context, t *catalog.Table) (personal.Report, error) {
	if t == nil || t.Hash == "" {
		return personal.Report{}, nil
	}
	rows, closer, err := k.Tables.Rows(ctx, t, 0, -1)
	if err != nil {
		return personal.Report{}, fmt.Errorf("look for personal data: %w", err)
	}
	defer func() { _ = closer.Close() }()
	return inspectRows(rows.Columns, rows.All)
}

// inspectRows looks into the rows of one table.
func inspectRows(columns []catalog.Column, rows func(func([]any, error) bool)) (personal.Report, error) {
	c := personal.New(columns)
	for row, err := range rows {
		if err != nil {
			return c.Report(), fmt.Errorf("look for personal data: %w", err)
		}
		c.Row(row)
	}
	return c.Report(), nil
}

// merged adds what was found on another sheet, whose columns are named with it.
func merged(r, more personal.Report, sheet string) personal.Report {
	r.Rows += more.Rows
	for _, f := range more.Findings {
		if sheet != "" {
			f.Column = sheet + "!" + f.Column
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

func isZero[T any](v T) bool { return reflect.ValueOf(v).IsZero() }
