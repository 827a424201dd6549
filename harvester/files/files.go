// Package files reads what offices have: a folder of tables, a ZIP, one file,
// or a list of addresses. What the tables are about is read from a YAML or CSV
// sheet beside them, and else proposed from their names and contents.
//
// It knows files and tables, no store: it hands out the bytes of its files by
// Open, and whoever runs it keeps them.
package files

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"

	"portico/catalog"
	"portico/harvester"
)

// Limits on what one source may hold.
const (
	maxFiles   = 5_000
	maxDepth   = 12
	maxSheet   = 5 << 20   // of a metadata sheet
	maxMember  = 200 << 20 // of one file in an archive, or behind an address
	maxInspect = 64 << 20  // of a file that is opened to propose metadata
	maxRatio   = 200       // of an archive's member
)

// Kind returns the "files" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "files", Title: "File, cartelle e archivi", Open: open}
}

type connector struct {
	where  string
	client *http.Client

	mu    sync.Mutex
	shelf *shelf // found by the latest reading
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	where := strings.TrimSpace(strings.TrimPrefix(src.URL, "file://"))
	if where == "" {
		return nil, catalog.Errorf(catalog.Invalid, "a source of files needs a path or an address").
			Italian("una fonte di file ha bisogno di un percorso o di un indirizzo")
	}
	return &connector{where: where, client: client}, nil
}

func isWeb(s string) bool {
	low := strings.ToLower(s)
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")
}

// Records implements harvester.Connector: one record for each table, or for
// each set of files that differ in their extension alone.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		s, err := c.find(ctx)
		if err != nil {
			yield(harvester.Record{}, err)
			return
		}
		c.mu.Lock()
		c.shelf = s
		c.mu.Unlock()
		for _, r := range s.refused {
			if !yield(harvester.Record{ID: r.path, Title: r.path}, harvester.Reject(r.why)) {
				return
			}
		}
		sheets := readSheets(s)
		for _, g := range groups(s, sheets) {
			if ctx.Err() != nil {
				yield(harvester.Record{}, ctx.Err())
				return
			}
			rec, err := harvester.Guard(g.id, g.id, func() (harvester.Record, error) { return convert(ctx, g, sheets) })
			if !yield(rec, err) {
				return
			}
		}
	}
}

// Open implements harvester.Opener for files that have no address of their
// own: those of folders and archives.
func (c *connector) Open(ctx context.Context, address string) (io.ReadCloser, error) {
	c.mu.Lock()
	s := c.shelf
	c.mu.Unlock()
	name, ours := strings.CutPrefix(address, scheme)
	if ours && s != nil {
		for _, it := range s.items {
			if it.path == name && it.url == "" {
				f, err := it.open(ctx)
				if err != nil {
					return nil, err
				}
				return f, nil
			}
		}
	}
	return nil, catalog.Errorf(catalog.NotFound, "no such file in the source").Italian("nella fonte non c'è questo file")
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	s, err := c.find(ctx)
	switch {
	case err != nil:
		return 0, "", err
	case len(s.items) == 0:
		return 0, "", errors.New("no tables")
	case !isWeb(c.where) || len(s.items) > 1:
		return 0.8, "", nil
	case tableExtensions[extension(s.items[0].path)]:
		return 0.7, "", nil
	}
	return 0.2, "", nil
}
