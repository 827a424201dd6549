// Package hold keeps personal data from being published by mistake: it is the
// one door through which files, tables and rows become data of a distribution,
// whoever brings them. What seems to hold personal data is kept aside, the
// version before it stays public, and a person with the right to decide records
// a legal basis or takes columns out. It knows the catalog, blobs and tables,
// nothing of who asks nor of how a decision is sent.
package hold

import (
	"context"
	"io"
	"log/slog"
	"time"

	"portico/blob"
	"portico/catalog"
	"portico/datastore"
	"portico/exporter"
	"portico/tabular/personal"
)

// A Mode says what is done with what seems to hold personal data.
type Mode string

// The modes.
const (
	On   Mode = "hold" // it is held until somebody decides
	Warn Mode = "warn" // it is published, and the log tells
	Off  Mode = "off"  // nobody looks
)

// Datasets is the store as a Desk needs it.
type Datasets interface {
	catalog.Datasets

	// DatasetOfDistribution returns the ID of the dataset that has the given
	// distribution, or NotFound.
	DatasetOfDistribution(ctx context.Context, id string) (string, error)
}

// A Config is what a Desk works on.
type Config struct {
	Mode     Mode // "" = On
	Datasets Datasets
	Records  catalog.Records
	Blobs    blob.Store
	Tables   datastore.Store
	CSV      func(ctx context.Context, w io.Writer, rows exporter.Rows) error // writes what was masked
	Log      *slog.Logger
	Now      func() time.Time // nil = time.Now
}

// A Desk decides what becomes public. Whoever writes datasets writes them
// through its PutDataset and UpdateDistribution, and rows through its Create
// and Write.
type Desk struct {
	Config
	rows *datastore.Tables
}

// New returns a Desk.
func New(c Config) *Desk {
	if c.Mode == "" {
		c.Mode = On
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{Config: c, rows: datastore.NewTables(c.Blobs, c.Records, c.Log)}
}

// Rows returns the tables that are written row by row. Only a Desk writes to
// them.
func (k *Desk) Rows() *datastore.Tables { return k.rows }

func (k *Desk) moment() time.Time { return k.Now().UTC().Truncate(time.Microsecond) }

// asSystem returns ctx as that of the program itself.
func asSystem(ctx context.Context) context.Context { return catalog.WithActor(ctx, catalog.System) }

// kindsOf returns the kinds for which a report holds a table, in their order.
func kindsOf(r personal.Report) (out []string) {
	seen := map[personal.Kind]bool{}
	for _, f := range r.Findings {
		if f.Holds && !seen[f.Kind] {
			seen[f.Kind] = true
			out = append(out, string(f.Kind))
		}
	}
	return out
}
