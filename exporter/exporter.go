// Package exporter says what a format of tables is: CSV, Parquet and the like.
// Each format has a folder; package all lists them. A format knows rows and
// columns, no store and no HTTP.
package exporter

import (
	"context"
	"io"
	"iter"

	"portico/catalog"
)

// Rows is a table to be written: columns, and rows as long as the columns with
// values of the Go types that catalog.ColumnType names (nil = null). A row is
// only valid until the next.
type Rows struct {
	Columns []catalog.Column
	All     iter.Seq2[[]any, error]
	About   About
}

// An About is what formats that have room for it tell of a table. Each of its
// texts may be "".
type About struct {
	Title     string
	Language  string // of the title, as in BCP 47
	URL       string // absolute address of these rows as CSV, from which RDF makes its names
	Page      string // where people read of the table
	License   string // an address
	Publisher string
	Modified  string // as in ISO 8601
}

// A Format writes tables in one file format.
type Format struct {
	Name      string // in addresses: "csv" in data.csv
	Title     string // for people: "CSV"
	MediaType string // with charset where it makes sense
	// Special says that a format is for few: it is offered on the page of a
	// table, not wherever the table is named.
	Special bool
	// Describes says that what is written depends on Rows.About.
	Describes bool
	// Fits reports whether tables with the given columns can be written; nil =
	// all can.
	Fits func([]catalog.Column) bool
	// Write streams rows to w. It stops at the first error that the rows yield
	// and returns it.
	Write func(ctx context.Context, w io.Writer, rows Rows) error
}

// Takes reports whether f can write tables with the given columns.
func (f Format) Takes(columns []catalog.Column) bool { return f.Fits == nil || f.Fits(columns) }

// A Registry holds the formats that a program can write, in the order given.
type Registry struct {
	formats []Format
}

// NewRegistry returns a registry of formats. It panics if two share a name,
// for that is a mistake in the program.
func NewRegistry(formats ...Format) *Registry {
	seen := make(map[string]bool)
	for _, f := range formats {
		if seen[f.Name] {
			panic("exporter: two formats named " + f.Name)
		}
		seen[f.Name] = true
	}
	return &Registry{formats: formats}
}

// Format returns the format with the given name.
func (r *Registry) Format(name string) (Format, bool) {
	for _, f := range r.formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// All returns the formats in their order.
func (r *Registry) All() []Format { return r.formats }
