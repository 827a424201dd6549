// Package harvester brings remote catalogs into ours.
//
// A Connector reads one kind of remote catalog and only reads (decision D8):
// it knows no database and no search index. Harvester.Run does the rest, alike
// for all: identity, digest, completion, keeping, retiring, report, brake.
package harvester

import (
	"context"
	"iter"
	"net/http"

	"portico/catalog"
)

// A Connector reads one remote catalog.
type Connector interface {
	// Records yields each record of the catalog once, in any order.
	//
	// An error that comes with a Record.ID concerns that record alone: the
	// caller notes it and reads on. An error without one means that the
	// catalog could not be read to its end; nothing is yielded after it.
	Records(ctx context.Context) iter.Seq2[Record, error]
}

// A Record is one dataset as a remote catalog tells it.
type Record struct {
	ID      string          // stable at the source
	Title   string          // for the report, also of a record that failed
	Digest  string          // of the raw record and the connector's version; "" = compare bodies
	Dataset catalog.Dataset // without ID and Origin, which are ours to set
	// Org is the organization to make for it when the run names none; the zero
	// value = the holder, else the publisher, else one named after the source.
	Org catalog.Organization
	// Problems are defects that the connector repaired or left out.
	Problems []catalog.Problem
	// Link is the address at which people find the record; "" = the landing
	// page, or the ID where it is an address.
	Link string `json:",omitempty"`
	// Distributions counts what the source describes, before any rule of ours.
	Distributions int
	// Raw returns the record as the source sent it, as text, with its media
	// type; nil = there is none. It is asked for where the record is kept or
	// rejected, and never twice.
	Raw func() (text []byte, mediaType string) `json:"-"`
}

// A RejectedError is the error of a record that cannot be kept, with the
// problems to report.
type RejectedError struct{ Problems []catalog.Problem }

// Error returns the first problem's message.
func (e *RejectedError) Error() string {
	if len(e.Problems) == 0 {
		return "record rejected"
	}
	return e.Problems[0].Field + ": " + e.Problems[0].Message.In("en")
}

// A Prober can say whether a URL is of its kind, for `portico source detect`.
type Prober interface {
	// Probe returns a confidence between 0 and 1 and the catalog's title.
	Probe(ctx context.Context) (confidence float64, title string, err error)
}

// A Kind is a kind of remote catalog that we can read.
type Kind struct {
	Name  string // as it stands in Source.Kind
	Title string // for people
	// Open returns a connector for src that reaches out by client alone.
	Open func(src catalog.Source, client *http.Client) (Connector, error)
}
