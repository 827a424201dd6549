package main

import (
	"context"
	"errors"
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
	History tableHistoryCmd `cmd:"" help:"List the snapshots of a table that are kept, with what changed."`
	Tidy    tableTidyCmd    `cmd:"" help:"Compact tables, forget old snapshots and remove unused files, now."`
}

type tableInspectCmd struct {
	File  string `arg:"" help:"CSV, TSV, XLSX, XLS, ODS, JSON, XML, Parquet or geodata, also zipped."`
	Sheet string `help:"Sheet of a workbook, layer, member of an archive or list of a document (default: the first with a table)." placeholder:"NAME"`
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
	Sheets    []string           `json:"sheets,omitempty"`
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
	t, done, err := openTable(ctx, c.File, tabular.Options{Sheet: c.Sheet})
	if err != nil {
		return err
	}
	defer done()
	out := inspect(t)
	return e.print(out, out.print)
}

// openTable opens the table in a file; done closes the file.
func openTable(ctx context.Context, name string, o tabular.Options) (t *tabular.Table, done func(), err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, catalog.Errorf(catalog.NotFound, "%s cannot be opened", name).Italian("%s non si può aprire", name).Because(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", name, err), f.Close())
	}
	o.Name = filepath.Base(name)
	t, err = tabular.Open(ctx, f, info.Size(), o)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return t, func() { f.Close() }, nil
}

func inspect(t *tabular.Table) inspection {
	out := inspection{
		Format: t.Format, Encoding: t.Encoding, Delimiter: t.Delimiter, DataRows: t.DataRows, Sheet: t.Sheet, Sheets: t.Sheets,
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
