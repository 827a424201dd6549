package openapi

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"iter"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// Limits on one table.
const (
	maxRows    = 1_000_000
	maxColumns = 500
	maxBytes   = 200 << 20
)

// tables reads every table of the options. One that cannot be read is rejected
// alone.
func (c *connector) tables(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		for _, t := range c.o.Tables {
			if ctx.Err() != nil {
				yield(harvester.Record{}, ctx.Err())
				return
			}
			rec, err := harvester.Guard(t.Name, t.Title, func() (harvester.Record, error) { return c.table(ctx, t) })
			if !yield(rec, err) {
				return
			}
		}
	}
}

// A grid is rows whose columns are found while they are read.
type grid struct {
	columns []string
	at      map[string]int
	fixed   bool
	rows    [][]string
	bytes   int
}

func newGrid(columns []string) *grid {
	g := &grid{at: make(map[string]int), fixed: len(columns) > 0}
	for _, name := range columns {
		g.column(name)
	}
	return g
}

func (g *grid) column(name string) {
	if _, ok := g.at[name]; !ok && len(g.columns) < maxColumns {
		g.at[name] = len(g.columns)
		g.columns = append(g.columns, name)
	}
}

// add takes one item as a row.
func (g *grid) add(raw json.RawMessage) error {
	row := make([]string, len(g.columns))
	if first(raw) != '{' {
		raw = json.RawMessage(`{"valore":` + string(raw) + `}`)
	}
	unfold(raw, "", 0, func(path, value string) {
		if !g.fixed {
			g.column(path)
		}
		i, ok := g.at[path]
		if !ok {
			return
		}
		for len(row) <= i {
			row = append(row, "")
		}
		row[i] = value
		g.bytes += len(value)
	})
	g.rows = append(g.rows, row)
	if len(g.rows) > maxRows || g.bytes > maxBytes {
		return catalog.Errorf(catalog.Invalid, "the table has more than %d rows or %d bytes", maxRows, maxBytes).
			Italian("la tabella ha più di %d righe o %d byte", maxRows, maxBytes)
	}
	return nil
}

func (g *grid) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(g.columns); err != nil {
		return nil, err
	}
	for _, row := range g.rows {
		for len(row) < len(g.columns) {
			row = append(row, "")
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// collect reads all answers of a table.
func (c *connector) collect(ctx context.Context, t Table) (*grid, error) {
	at, err := c.below(t.Path)
	if err != nil {
		return nil, err
	}
	p := pager{t.Paging}
	g := newGrid(t.Columns)
	been := make(map[string]bool)
	for next := p.first(at); next != ""; {
		if been[next] || len(been) >= web.MaxPages {
			return nil, catalog.Errorf(catalog.Invalid, "the answers lead in a circle; %d rows were read", len(g.rows)).
				Italian("le risposte si ripetono; lette %d righe", len(g.rows))
		}
		been[next] = true
		page, err := c.Get(ctx, next, accept)
		if err != nil {
			return nil, err
		}
		var body json.RawMessage
		if err := web.Decode(page, &body, "una risposta JSON", "a JSON answer"); err != nil {
			return nil, err
		}
		items, ok := list(body, t.Items)
		if !ok {
			return nil, web.NotA(page, "una risposta con l'elenco atteso", "an answer with the list that was expected", nil)
		}
		read := len(g.rows)
		for _, raw := range items {
			if err := g.add(raw); err != nil {
				return nil, err
			}
		}
		if next = p.next(page, body, read, len(items)); next == "" && len(g.rows) < p.total(body) {
			return nil, catalog.Errorf(catalog.Invalid, "the answers end after %d of %d rows", len(g.rows), p.total(body)).
				Italian("le risposte finiscono dopo %d righe su %d", len(g.rows), p.total(body))
		}
	}
	return g, nil
}

func (c *connector) table(ctx context.Context, t Table) (harvester.Record, error) {
	rec := harvester.Record{ID: t.Name, Title: t.Title, Distributions: 1}
	g, err := c.collect(ctx, t)
	if err != nil {
		return rec, err
	}
	if len(g.rows) == 0 {
		return rec, harvester.Reject(catalog.Problemf("items", t.Items, "table-empty", "Non c'è alcuna riga.", "There is no row."))
	}
	body, err := g.csv()
	if err != nil {
		return rec, err
	}
	c.mu.Lock()
	c.rows[t.Name+".csv"] = body
	c.mu.Unlock()
	said, err := json.Marshal(t)
	if err != nil {
		return rec, err
	}
	rec.Digest = web.Hash(version, string(said), string(body))
	d := &rec.Dataset
	d.Identifier, d.Title, d.Description = t.Name, catalog.It(web.Line(t.Title)), catalog.It(web.Plain(t.Description))
	if len(d.Description) == 0 {
		list, n := strings.Join(g.columns[:min(len(g.columns), 30)], ", "), strconv.Itoa(len(g.rows))
		d.Description = catalog.Text{"it": "Tabella di " + n + " righe: " + list + ".", "en": "A table of " + n + " rows: " + list + "."}
	}
	d.Keywords, d.Themes, d.Frequency = web.Keywords("it", t.Keywords...), web.Themes(t.Theme), web.Frequency(t.Frequency)
	x := catalog.Distribution{Title: catalog.It(t.Name + ".csv"), DownloadURL: scheme + t.Name + ".csv"}
	web.Format(&x, "CSV")
	d.Distributions = []catalog.Distribution{x}
	if t.License != "" && !web.License(d, t.License) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(t.License))
	}
	return rec, nil
}
