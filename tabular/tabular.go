// Package tabular makes typed columns of a dirty table: it finds encoding,
// delimiter, header and types. It knows no store and no dataset.
package tabular

import (
	"iter"

	"portico/catalog"
	"portico/tabular/geo"
)

// A Table is a table as it was understood. Its rows can be read once for each
// call of Rows, without holding them all in memory.
type Table struct {
	Format    string // "csv", "xlsx", …
	Encoding  string // "utf-8", "utf-16-le", "cp1252", "cp850"; "" where it makes no sense
	Delimiter string // the character itself; "" where it makes no sense
	HeaderRow int    // 0-based among physical records; -1 = there is none
	DataRows  int64
	Columns   []catalog.Column
	Rejected  []Rejected // records that are not in Rows, each told
	Notes     []string   // what was decided or repaired, for people
	Sheet     string     // the sheet, layer, member or list that was read, where there can be several
	Sheets    []string   // all of them, for Options.Sheet; nil where there is one
	Geo       *Geo       // of features; nil where there are none

	// Rows yields the data rows, each as long as Columns, with values of the
	// Go types that catalog.ColumnType names, nil for null. A row is only
	// valid until the next.
	Rows iter.Seq2[[]any, error] `json:"-"`
}

// A Rejected is a record that could not become a row.
type Rejected struct {
	Line   int64 // 1-based line of the file where the record begins
	Reason string
}

// Options guides the reading; its zero value lets the reader decide.
type Options struct {
	Name     string // file name, a hint alone: bytes win
	Sheet    string // of a workbook, a GeoPackage, an archive, a JSON or XML document; "" = the first with a table
	MaxBytes int64  // of input and of what it unpacks to; 0 = 1 GiB
	MaxRows  int64  // 0 = 20 million

	// Dictionary overrides what the reader finds out of columns. An entry is
	// for the column of its Header, or of its Name where it has no Header; its
	// Name, Type, Scale, Title, Description and Unit hold where they are given.
	Dictionary []catalog.Column

	CRS         geo.CRS     // of the coordinates, where the publisher knows better than the file
	Within      *[4]float64 // west, south, east, north of where features should lie; nil = Italy
	Coordinates bool        // also look where the rows of a table with columns of coordinates lie
}
