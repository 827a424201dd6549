// Package json writes tables as JSON: an array with one object a row, an object
// a line, or GeoJSON.
package json

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"portico/catalog"
	"portico/exporter"
)

// Format returns JSON: an array of objects with the columns in their order.
// Days and times are ISO 8601 strings, a geometry is the GeoJSON object that
// it holds, null is null.
func Format() exporter.Format {
	return exporter.Format{
		Name:      "json",
		Title:     "JSON",
		MediaType: "application/json",
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			return write(ctx, w, rows, shape{open: "[", before: "\n", between: ",\n", end: "\n]\n", row: objectOf(rows.Columns)})
		},
	}
}

// chunk is how many bytes are gathered before they are written.
const chunk = 64 << 10

// A shape is what the formats differ in.
type shape struct {
	open, before, between string // before the rows, the first row, each other row
	last                  string // after the last row, when there is one
	end                   string
	row                   func(buf []byte, row []any) ([]byte, error)
}

func write(ctx context.Context, w io.Writer, rows exporter.Rows, s shape) error {
	buf := append(make([]byte, 0, chunk+chunk/4), s.open...)
	lead, last := s.before, ""
	for row, err := range rows.All {
		if err != nil {
			return err
		}
		if len(row) != len(rows.Columns) {
			return fmt.Errorf("write JSON: a row has %d values for %d columns", len(row), len(rows.Columns))
		}
		if buf, err = s.row(append(buf, lead...), row); err != nil {
			return err
		}
		lead, last = s.between, s.last
		if len(buf) < chunk {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		buf = buf[:0]
	}
	if _, err := w.Write(append(append(buf, last...), s.end...)); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// keysOf returns what stands before each value of an object.
func keysOf(columns []catalog.Column) [][]byte {
	keys := make([][]byte, len(columns))
	for i, c := range columns {
		lead := byte(',')
		if i == 0 {
			lead = '{'
		}
		keys[i] = append(appendText([]byte{lead}, c.Name), ':')
	}
	return keys
}

// objectOf returns what writes a row as an object.
func objectOf(columns []catalog.Column) func([]byte, []any) ([]byte, error) {
	keys := keysOf(columns)
	return func(buf []byte, row []any) ([]byte, error) { return appendRow(buf, row, keys, columns) }
}

func appendRow(buf []byte, row []any, keys [][]byte, columns []catalog.Column) ([]byte, error) {
	if len(row) == 0 {
		return append(buf, "{}"...), nil
	}
	var err error
	for i, v := range row {
		buf = append(buf, keys[i]...)
		if buf, err = appendValue(buf, v, columns[i]); err != nil {
			return buf, err
		}
	}
	return append(buf, '}'), nil
}

func appendValue(buf []byte, v any, c catalog.Column) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(buf, "null"...), nil
	case string:
		if c.Type == catalog.Geometry && json.Valid([]byte(v)) {
			return append(buf, v...), nil
		}
		return appendText(buf, v), nil
	case int64:
		return strconv.AppendInt(buf, v, 10), nil
	case float64:
		return appendNumber(buf, v), nil
	case bool:
		return strconv.AppendBool(buf, v), nil
	case time.Time:
		layout := `"2006-01-02T15:04:05.999999"`
		if c.Type == catalog.Day {
			layout = `"2006-01-02"`
		}
		return v.AppendFormat(buf, layout), nil
	case time.Duration:
		return time.Time{}.Add(v).AppendFormat(buf, `"15:04:05.999999"`), nil
	}
	return buf, fmt.Errorf("write JSON: column %s holds a %T", c.Name, v)
}

// appendNumber writes a number; what JSON cannot say is null.
func appendNumber(buf []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(buf, "null"...)
	}
	return strconv.AppendFloat(buf, v, 'f', -1, 64)
}

// appendText writes a text as a JSON string.
func appendText(buf []byte, s string) []byte {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		buf = append(buf, '"')
		buf = append(buf, s...)
		return append(buf, '"')
	}
	b, err := json.Marshal(s)
	if err != nil { // json.Marshal mends every string
		return append(buf, `""`...)
	}
	return append(buf, b...)
}
