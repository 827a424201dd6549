package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"portico/catalog"
	"portico/tabular"
)

type tableCmd struct {
	Inspect tableInspectCmd `cmd:"" help:"Say how a file is read: encoding, delimiter, header, types."`
}

type tableInspectCmd struct {
	File  string `arg:"" help:"CSV, TSV or XLSX file."`
	Sheet string `help:"Sheet of a workbook (default: the first with a table)." placeholder:"NAME"`
}

// An inspection is the JSON of `portico table inspect`.
type inspection struct {
	Format    string             `json:"format"`
	Encoding  string             `json:"encoding"`
	Delimiter string             `json:"delimiter"`
	HeaderRow *int               `json:"header_row"` // null = there is none
	DataRows  int64              `json:"data_rows"`
	Columns   []inspectedColumn  `json:"columns"`
	Rejected  []inspectedProblem `json:"rejected"`
	Notes     []string           `json:"notes"`
	Sheet     string             `json:"sheet,omitempty"`
}

type inspectedColumn struct {
	Header string             `json:"header"`
	Name   string             `json:"name"`
	Type   catalog.ColumnType `json:"type"`
}

type inspectedProblem struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

// Run prints how a file is read.
func (c *tableInspectCmd) Run(ctx context.Context, e *env) error {
	f, err := os.Open(c.File)
	if err != nil {
		return catalog.Errorf(catalog.NotFound, "%s cannot be opened", c.File).Italian("%s non si può aprire", c.File).Because(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	t, err := tabular.Open(ctx, f, info.Size(), tabular.Options{Name: filepath.Base(c.File), Sheet: c.Sheet})
	if err != nil {
		return err
	}
	out := inspect(t)
	return e.print(out, out.print)
}

func inspect(t *tabular.Table) inspection {
	out := inspection{
		Format: t.Format, Encoding: t.Encoding, Delimiter: t.Delimiter, DataRows: t.DataRows, Sheet: t.Sheet,
		Columns: []inspectedColumn{}, Rejected: []inspectedProblem{}, Notes: append([]string{}, t.Notes...),
	}
	if t.HeaderRow >= 0 {
		out.HeaderRow = &t.HeaderRow
	}
	for _, col := range t.Columns {
		out.Columns = append(out.Columns, inspectedColumn{Header: col.Header, Name: col.Name, Type: col.Type})
	}
	for _, r := range t.Rejected {
		out.Rejected = append(out.Rejected, inspectedProblem{Line: r.Line, Reason: r.Reason})
	}
	return out
}

func (i inspection) print(w io.Writer) {
	header := "senza intestazione"
	if i.HeaderRow != nil {
		header = fmt.Sprintf("intestazione alla riga %d", *i.HeaderRow+1)
	}
	fmt.Fprintf(w, "%s  %s  separatore %q  %s  %d righe\n", i.Format, i.Encoding, i.Delimiter, header, i.DataRows)
	for _, c := range i.Columns {
		fmt.Fprintf(w, "  %-30s %-10s %s\n", c.Name, c.Type, c.Header)
	}
	for _, r := range i.Rejected {
		fmt.Fprintf(w, "  riga %d scartata: %s\n", r.Line, r.Reason)
	}
	if len(i.Notes) > 0 {
		fmt.Fprintf(w, "  %s\n", strings.Join(i.Notes, "\n  "))
	}
}
