package sql

import (
	"iter"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/datastore"
)

// SnapshotColumns returns what can be asked of a snapshot.
func SnapshotColumns(columns []catalog.Column) []Column {
	out := []Column{{"_id", "int4"}, {"_full_text", "tsvector"}}
	for _, c := range columns {
		out = append(out, Column{c.Name, snapshotTypes[c.Type]})
	}
	return out
}

var snapshotTypes = map[catalog.ColumnType]string{
	catalog.Integer: "int8", catalog.Decimal: "numeric", catalog.Boolean: "bool", catalog.Day: "date",
	catalog.TimeOfDay: "time", catalog.Timestamp: "timestamp", catalog.String: "text", catalog.Geometry: "text",
}

// WrittenColumns returns what can be asked of a table that is written through
// the API.
func WrittenColumns(fields []datastore.Field) []Column {
	out := []Column{{"_id", "int4"}, {"_full_text", "tsvector"}}
	for _, f := range fields {
		out = append(out, Column{f.ID, f.Type})
	}
	return out
}

// parquetOf returns a table in the types of a snapshot.
func parquetOf(v *datastore.View) ([]catalog.Column, iter.Seq2[[]any, error]) {
	columns := []catalog.Column{{Name: "_id", Type: catalog.Integer}}
	for i, f := range v.Fields {
		c := catalog.Column{Name: f.ID, Type: catalog.String}
		switch f.Type {
		case "int2", "int4", "int8":
			c.Type = catalog.Integer
		case "numeric":
			c.Type, c.Scale = catalog.Decimal, scaleOf(v.Rows, i)
		case "float4", "float8":
			c.Type = catalog.Decimal
		case "bool":
			c.Type = catalog.Boolean
		case "date":
			c.Type = catalog.Day
		case "time":
			c.Type = catalog.TimeOfDay
		case "timestamp", "timestamptz":
			c.Type = catalog.Timestamp
		}
		columns = append(columns, c)
	}
	return columns, func(yield func([]any, error) bool) {
		row := make([]any, len(columns))
		for _, r := range v.Rows {
			row[0] = r.ID
			for i, c := range r.Cells {
				row[i+1] = valueOf(columns[i+1].Type, c)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// scaleOf returns how many digits numbers have after the point, at least one,
// or 0 where exact ones would not fit.
func scaleOf(rows []datastore.Row, at int) int {
	const most, digits = 4, 13
	scale := 1
	for _, r := range rows {
		text := datastore.Text(r.Cells[at])
		whole, fraction, _ := strings.Cut(text, ".")
		if len(whole) > digits || len(fraction) > most || strings.ContainsAny(text, "eE") {
			return 0
		}
		scale = max(scale, len(fraction))
	}
	return scale
}

// momentForms are how cells write moments.
var momentForms = map[catalog.ColumnType][]string{
	catalog.Day: {"2006-01-02"}, catalog.Timestamp: {"2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00"}, catalog.TimeOfDay: {"15:04:05"},
}

// valueOf returns a cell as a snapshot has it. What is none of its column's
// type is null.
func valueOf(t catalog.ColumnType, cell any) any {
	if cell == nil {
		return nil
	}
	switch t {
	case catalog.Integer, catalog.Boolean:
		return cell
	case catalog.Decimal:
		n, err := strconv.ParseFloat(datastore.Text(cell), 64)
		if err != nil {
			return nil
		}
		return n
	case catalog.Day, catalog.Timestamp, catalog.TimeOfDay:
		for _, form := range momentForms[t] {
			if at, err := time.Parse(form, datastore.Text(cell)); err == nil {
				if t == catalog.TimeOfDay {
					return at.Sub(at.Truncate(24 * time.Hour)) //nolint:mnd // since midnight
				}
				return at
			}
		}
		return nil
	case catalog.String, catalog.Geometry:
	}
	return datastore.Text(cell)
}
