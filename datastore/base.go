package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/blob"
	"portico/catalog"
	"portico/internal/parquetfile"
)

// A base is the Parquet file of the rows of a table that is written through
// the API, as they were when it was last compacted: the ID of each, and its
// cells.
type base struct {
	Hash    string           `json:"hash"`
	Rows    int64            `json:"rows"`
	Columns []catalog.Column `json:"columns"` // the first is the ID
}

// writeBase keeps the rows of a view as Parquet.
func (t *Tables) writeBase(ctx context.Context, v *View) (*base, error) {
	b := &base{Rows: int64(len(v.Rows)), Columns: []catalog.Column{{Name: IDField, Type: catalog.Integer}}}
	for i, f := range v.Fields {
		b.Columns = append(b.Columns, baseColumn(f, v.Rows, i))
	}
	hash, _, err := keepParquet(ctx, t.blobs, b.Columns, b.of(v))
	b.Hash = hash
	return b, err
}

// of yields the rows of a view with values of the Go types of b.
func (b *base) of(v *View) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, len(b.Columns))
		for _, r := range v.Rows {
			row[0] = r.ID
			for i, c := range r.Cells {
				var err error
				if row[i+1], err = toSnapshot(b.Columns[i+1], v.Fields[i], c); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
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
	file, err := parquetfile.Open(f, f.Size(), b.Columns)
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
				r.Cells[at[i]] = fromSnapshot(p.fields[at[i]], b.Columns[i], cells[i], p.shared)
			}
		}
		p.rows = append(p.rows, r)
	}
	return nil
}

// baseColumn returns the column in which the values of a field are kept
// without any loss: a number as it was written, to the last zero.
func baseColumn(f Field, rows []Row, at int) catalog.Column {
	c := catalog.Column{Name: f.ID, Type: catalog.String}
	switch f.Type {
	case "int2", "int4", "int8":
		c.Type = catalog.Integer
	case "bool":
		c.Type = catalog.Boolean
	case "date":
		c.Type = catalog.Day
	case "time":
		c.Type = catalog.TimeOfDay
	case "timestamp":
		c.Type = catalog.Timestamp
	case "numeric", "float4", "float8":
		c.Type, c.Scale = numberColumn(rows, at)
	}
	return c
}

// numberColumn returns the type for the numbers of a column: a decimal with as
// many digits after the point as all of them have, a floating point number, or
// a text.
func numberColumn(rows []Row, at int) (catalog.ColumnType, int) {
	same, short, scale := true, true, -1
	for _, r := range rows {
		n, ok := r.Cells[at].(json.Number)
		if !ok {
			continue
		}
		digits, last, ok := fraction(n.String())
		if !ok {
			return catalog.String, 0
		}
		if scale < 0 {
			scale = digits
		}
		same = same && scale == digits
		short = short && last != '0'
	}
	switch {
	case same && scale == 0:
		return catalog.Integer, 0
	case same && scale > 0:
		return catalog.Decimal, scale
	case short:
		return catalog.Decimal, 0
	}
	return catalog.String, 0
}

// fraction returns how many digits a number has after the point, and the last
// of them; ok is false where a float64 would not give the same digits back.
func fraction(s string) (digits int, last byte, ok bool) {
	const exact = 15 // digits that a float64 holds for sure
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if strings.ContainsAny(s, "eE") || len(whole)+len(frac) > exact || s[0] == '-' && strings.Trim(s, "-0.") == "" {
		return 0, 0, false
	}
	if frac != "" {
		last = frac[len(frac)-1]
	}
	return len(frac), last, true
}

// toSnapshot returns a cell as a value of a column of a snapshot.
func toSnapshot(c catalog.Column, f Field, cell any) (any, error) {
	if cell == nil {
		return nil, nil //nolint:nilnil // null is a value
	}
	switch c.Type {
	case catalog.Integer:
		if n, ok := cell.(int64); ok {
			return n, nil
		}
		return strconv.ParseInt(plain(cell), 10, 64)
	case catalog.Decimal:
		return strconv.ParseFloat(plain(cell), 64)
	case catalog.Boolean:
		return cell, nil
	case catalog.Day, catalog.Timestamp:
		return time.Parse(shownForms[f.Type], plain(cell))
	case catalog.TimeOfDay:
		at, err := time.Parse(shownForms["time"], plain(cell))
		return at.Sub(at.Truncate(24 * time.Hour)), err
	case catalog.String, catalog.Geometry:
	}
	return plain(cell), nil
}

// fromSnapshot makes a cell of a value of a snapshot.
func fromSnapshot(f Field, c catalog.Column, v any, shared map[string]string) any {
	switch v := v.(type) {
	case int64:
		if strings.HasPrefix(f.Type, "int") {
			return v
		}
		return json.Number(strconv.FormatInt(v, 10))
	case bool:
		return v
	case float64:
		return numberOf(v, c.Scale)
	case time.Time:
		return v.UTC().Format(shownForms[f.Type])
	case time.Duration:
		return time.Time{}.Add(v).Format(shownForms["time"])
	case string:
		return textCell(f, share(shared, v))
	}
	return nil
}

// numberOf writes a number with all the digits after the point that its column
// has; 0 = as many as it needs.
func numberOf(v float64, scale int) json.Number {
	if scale == 0 || math.Abs(v) >= 1e15 {
		scale = -1
	}
	return json.Number(strconv.FormatFloat(v, 'f', scale, 64))
}

// textCell returns a text as a cell of a field whose values are kept as texts.
func textCell(f Field, s string) any {
	switch {
	case f.Type == "json" || strings.HasPrefix(f.Type, "_"):
		return json.RawMessage(s)
	case slices.Contains([]string{"numeric", "float4", "float8"}, f.Type):
		return json.Number(s)
	}
	return s
}
