// Package l190 reads what Italian administrations publish because they must:
// contracts in the XML of law 190/2012 (AVCP, ANAC), one file or an index of
// them, their successors in the Open Contracting Data Standard, and the tables
// of the pages of "Amministrazione trasparente".
//
// It knows these forms, no store: the tables that it makes are handed out by
// Open, and whoever runs it keeps them.
package l190

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same document.
const version = "l190/1"

// scheme begins the address of a table, which only Open knows.
const scheme = "l190:"

// Limits on a document.
const (
	maxRows   = 500_000
	maxTables = 200
)

// Kind returns the "l190" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "l190", Title: "Trasparenza: L. 190/2012, OCDS, tabelle", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Mode    string `json:"mode,omitempty"`    // "avcp", "ocds", "tables"; "" = as what comes looks
	Columns int    `json:"columns,omitempty"` // a table of a page has at least so many; 0 = 2
	Rows    int    `json:"rows,omitempty"`    // and so many rows below its head; 0 = 1
}

type connector struct {
	web.Reader
	at *url.URL
	o  Options

	mu     sync.Mutex
	tables map[string][]byte // CSV by name, of the records that were converted
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{tables: make(map[string][]byte)}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "una pagina o un file della trasparenza", En: "a page or file of transparency"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.at = r, u
	const most = 1000
	if c.o.Columns < 0 || c.o.Columns > most || c.o.Rows < 0 || c.o.Rows > most {
		return nil, catalog.Errorf(catalog.Invalid, "the options columns and rows are between 0 and %d", most).
			Italian("le opzioni columns e rows vanno da 0 a %d", most)
	}
	return c, web.OneOf("mode", c.o.Mode, "avcp", "ocds", "tables")
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return c.Reader.Records(ctx, c.at.String(), "", func(page *httpclient.Page, _ int) (web.Batch, error) {
		b, _, err := c.look(page)
		return b, err
	})
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	page, err := c.Get(ctx, c.at.String(), "")
	if err != nil {
		return 0, "", err
	}
	b, sure, err := c.look(page)
	if err != nil {
		return 0, "", err
	}
	if len(b.Items) > 0 {
		return sure, b.Items[0].Title, nil
	}
	return sure, "", nil
}

// look finds the records of a document, whichever form it has, and how sure it
// is that this connector is the one to read it.
func (c *connector) look(page *httpclient.Page) (web.Batch, float64, error) {
	body := bytes.TrimLeft(bytes.TrimPrefix(page.Body, []byte("\ufeff")), " \t\r\n")
	mode := c.o.Mode
	switch {
	case mode != "":
	case page.IsHTML():
		mode = "tables"
	case bytes.HasPrefix(body, []byte("{")):
		mode = "ocds"
	default:
		mode = "avcp"
	}
	switch mode {
	case "tables":
		return c.page(page)
	case "ocds":
		b, err := c.releases(page, body)
		return b, 0.95, err
	}
	b, err := c.contracts(page)
	return b, 0.95, err
}

// A sheet is a table that is made of a document.
type sheet struct {
	name, title string
	rows        [][]string // the first one is the head
}

// keep takes a sheet as CSV, so that Open can hand it out, and returns its
// distribution.
func (c *connector) keep(s sheet) (catalog.Distribution, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(s.rows); err != nil {
		return catalog.Distribution{}, err
	}
	c.mu.Lock()
	c.tables[s.name] = b.Bytes()
	c.mu.Unlock()
	x := catalog.Distribution{Title: catalog.It(s.title), DownloadURL: scheme + s.name}
	web.Format(&x, "CSV")
	return x, nil
}

// Open implements harvester.Opener.
func (c *connector) Open(_ context.Context, address string) (io.ReadCloser, error) {
	name, ours := strings.CutPrefix(address, scheme)
	c.mu.Lock()
	body, ok := c.tables[name]
	c.mu.Unlock()
	if !ours || !ok {
		return nil, catalog.Errorf(catalog.NotFound, "no such table in the source").Italian("nella fonte non c'è questa tabella")
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}
