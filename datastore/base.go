package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"portico/blob"
	"portico/catalog"
	"portico/internal/parquetfile"
)

// A base is the Parquet file of the rows of a table that is written through
// the API, as they were when it was last compacted: the ID of each, and its
// cells.
type base struct {
	Hash    string       `json:"hash"`
	Rows    int64        `json:"rows"`
	Columns []fileColumn `json:"columns"` // the first is the ID
}

// writeBase keeps the rows of a view as Parquet.
func (t *Tables) writeBase(ctx context.Context, v *View) (*base, error) {
	b := &base{Rows: int64(len(v.Rows)), Columns: []fileColumn{{Column: idColumn}}}
	for i, f := range v.Fields {
		c, exact := f.fileColumn(v.Rows, i)
		if !exact {
			c = fileColumn{Column: catalog.Column{Name: f.ID, Type: catalog.String}}
		}
		b.Columns = append(b.Columns, c)
	}
	columns := b.catalog()
	hash, _, err := keepParquet(ctx, t.blobs, columns, v.inColumns(columns))
	b.Hash = hash
	return b, err
}

// catalog returns the columns of b as its file has them.
func (b *base) catalog() []catalog.Column {
	out := make([]catalog.Column, len(b.Columns))
	for i, c := range b.Columns {
		out[i] = c.Column
	}
	return out
}

// Base opens the file of the rows of v where it holds all of them, in the
// columns that Parquet returns. There may be none.
func (t *Tables) Base(ctx context.Context, v *View) (_ io.ReadSeekCloser, there bool) {
	if v.Base == nil || len(v.Segments) > 0 || len(v.Base.Columns) != len(v.Fields)+1 {
		return nil, false
	}
	for i, c := range v.Base.Columns[1:] {
		if c.Name != v.Fields[i].ID || c.Type != v.Fields[i].columnType() {
			return nil, false
		}
	}
	f, err := t.blobs.Open(ctx, v.Base.Hash)
	return f, err == nil
}

// base reads the rows of a base, those of them that are still columns.
func (p *replay) base(ctx context.Context, blobs blob.Store, b *base) error {
	if b == nil {
		return nil
	}
	f, err := blobs.Open(ctx, b.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	file, err := parquetfile.Open(f, f.Size(), b.catalog())
	if err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	at := make([]int, len(b.Columns))
	for i, c := range b.Columns {
		at[i] = fieldAt(p.fields, c.Name)
	}
	for cells, err := range file.Rows(ctx, 0, -1) {
		if err != nil {
			return fmt.Errorf("read rows: %w", err)
		}
		id, ok := cells[0].(int64)
		if !ok {
			return fmt.Errorf("read rows: one has no ID")
		}
		r := Row{ID: id, Cells: make([]any, len(p.fields))}
		for i := 1; i < len(cells); i++ {
			if at[i] >= 0 {
				r.Cells[at[i]] = b.Columns[i].cell(p.fields[at[i]], cells[i], p.shared)
			}
		}
		p.rows = append(p.rows, r)
	}
	return nil
}

// cell makes a cell of a value of the column.
func (c *fileColumn) cell(f Field, v any, shared map[string]string) any {
	if n, ok := v.(float64); ok {
		return json.Number(share(shared, c.Form.text(n, c.Scale)))
	}
	return fromSnapshot(f, c.Column, v, shared)
}
