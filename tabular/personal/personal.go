// Package personal finds personal data in the columns of a table before they
// are published: codici fiscali, IBANs, e-mail addresses and mobile numbers of
// people, names beside birth dates, plates or documents, and the special
// categories of article 9 of the GDPR. It reads rows one by one, in memory that
// does not grow with them. It knows columns and values, no dataset, and decides
// nothing but what a table seems to hold.
package personal

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

// A Kind is a kind of personal data.
type Kind string

// The kinds, in the order in which a report names them.
const (
	FiscalCode Kind = "fiscal-code" // of a person; that of a body is a number
	IBAN       Kind = "iban"
	Email      Kind = "email"
	Mobile     Kind = "mobile"
	Birth      Kind = "names-birth"     // names of people and their birth dates
	Residence  Kind = "names-residence" // … and where they live
	Plate      Kind = "names-plate"     // … and the plates of their vehicles
	Document   Kind = "names-document"  // … and the numbers of their documents
	Special    Kind = "special"         // health, origin, faith, opinions, convictions, need
)

// A Finding is what a column holds of one kind.
type Finding struct {
	Column string `json:"column"` // its name
	Header string `json:"header,omitempty"`
	Kind   Kind   `json:"kind"`
	Count  int64  `json:"count"`  // values
	Sample string `json:"sample"` // one of them, masked
	// Holds says that the column may not be published as it is; a finding that
	// does not is told and no more, such as the addresses of offices.
	Holds bool `json:"holds"`
}

// A Report is what was found in a table.
type Report struct {
	Rows     int64     `json:"rows"`
	Findings []Finding `json:"findings,omitempty"` // by column, then kind
}

// Holds reports whether anything was found for which a table is held back.
func (r Report) Holds() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Holds })
}

// A Check looks at the rows of one table.
type Check struct {
	rows    int64
	columns []column
	people  []int // the columns that hold names of people, by their headers
	things  bool  // the headers tell of bodies and places rather than of people
	persons bool  // the headers name persons by their role, such as patient
	traits  int   // columns of sex, age or birth
}

// maxColumns is how many columns a check looks at; no table of people has more.
const maxColumns = 4096

// New returns a check of a table with the given columns.
func New(columns []catalog.Column) *Check {
	c := &Check{}
	for i, col := range columns[:min(len(columns), maxColumns)] {
		k := newColumn(col)
		c.columns = append(c.columns, k)
		switch {
		case k.is(wordsName):
			c.people = append(c.people, i)
		case k.is(wordsThing):
			c.things = true
		}
		c.persons = c.persons || k.is(wordsRole)
		if k.is(wordsBirth) || k.is(wordsTrait) {
			c.traits++
		}
	}
	if len(c.people) == 0 {
		c.people = c.lonelyNames()
	}
	return c
}

// lonelyNames returns the columns called nome alone, which may be of people or
// of anything; their values will tell.
func (c *Check) lonelyNames() (out []int) {
	for i := range c.columns {
		if c.columns[i].is(wordsMaybeName) {
			out = append(out, i)
		}
	}
	return out
}

// Row looks at one row, with values of the Go types that catalog.ColumnType
// names; others are taken for texts where they are.
func (c *Check) Row(cells []any) {
	c.rows++
	named := false
	for _, i := range c.people {
		if i < len(cells) {
			named = c.columns[i].name(textOf(cells[i])) || named
		}
	}
	for i := range c.columns {
		if i < len(cells) && cells[i] != nil {
			c.columns[i].add(cells[i], named)
		}
	}
}

// Columns returns the columns in which a report finds something that holds.
func (r Report) Columns() []string {
	var out []string
	for _, f := range r.Findings {
		if f.Holds && !slices.Contains(out, f.Column) {
			out = append(out, f.Column)
		}
	}
	return out
}

// textOf returns a value as text, or "".
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.DateOnly)
	case interface{ String() string }: // a number as it was written
		return v.String()
	}
	return ""
}
