// Package csv writes tables as texts with a separator: CSV for programs, CSV
// for Excel, TSV. It knows rows and columns, not where they come from.
package csv

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/exporter"
)

// Format returns CSV as RFC 4180 has it: UTF-8, commas, lines that end in
// CR LF, a header with the clean names of the columns. Days and times are
// ISO 8601, numbers have a decimal point, booleans are true and false, null is
// nothing at all, an empty text is "". A timestamp has no zone: it is UTC, or
// the local time that the source did not tell from it.
func Format() exporter.Format {
	return exporter.Format{
		Name:      "csv",
		Title:     "CSV",
		MediaType: "text/csv; charset=utf-8",
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			return write(ctx, w, rows, dialect{comma: ',', point: '.'})
		},
	}
}

// Excel returns CSV as an Italian Excel opens it by a double click: a byte
// order mark, semicolons, decimal commas. Texts that Excel would run as a
// formula get an apostrophe before them; phone numbers stay as they are.
func Excel() exporter.Format {
	return exporter.Format{
		Name:      "csv-excel",
		Title:     "CSV per Excel",
		MediaType: "text/csv; charset=utf-8",
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			return write(ctx, w, rows, dialect{comma: ';', point: ',', excel: true})
		},
	}
}

// TSV returns tables with a tab between values, else as Format has them.
func TSV() exporter.Format {
	return exporter.Format{
		Name:      "tsv",
		Title:     "TSV",
		MediaType: "text/tab-separated-values; charset=utf-8",
		Special:   true,
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			return write(ctx, w, rows, dialect{comma: '\t', point: '.'})
		},
	}
}

// A dialect is what the formats differ in.
type dialect struct {
	comma, point byte
	excel        bool
}

// chunk is how many bytes are gathered before they are written.
const chunk = 64 << 10

func write(ctx context.Context, w io.Writer, rows exporter.Rows, d dialect) error {
	buf := make([]byte, 0, chunk+chunk/4)
	if d.excel {
		buf = append(buf, "\xef\xbb\xbf"...)
	}
	for i, c := range rows.Columns {
		if i > 0 {
			buf = append(buf, d.comma)
		}
		buf = d.text(buf, c.Name)
	}
	buf = append(buf, "\r\n"...)
	for row, err := range rows.All {
		if err != nil {
			return err
		}
		if buf, err = d.row(buf, row, rows.Columns); err != nil {
			return err
		}
		if len(buf) < chunk {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
		buf = buf[:0]
	}
	if _, err := w.Write(buf); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func (d dialect) row(buf []byte, row []any, columns []catalog.Column) ([]byte, error) {
	if len(row) != len(columns) {
		return buf, fmt.Errorf("write CSV: a row has %d values for %d columns", len(row), len(columns))
	}
	for i, v := range row {
		if i > 0 {
			buf = append(buf, d.comma)
		}
		switch v := v.(type) {
		case nil:
			if len(row) == 1 {
				buf = append(buf, `""`...) // a blank line would be no row
			}
		case string:
			buf = d.text(buf, v)
		case int64:
			buf = strconv.AppendInt(buf, v, 10)
		case float64:
			buf = d.decimal(buf, v)
		case bool:
			buf = strconv.AppendBool(buf, v)
		case time.Time:
			buf = appendMoment(buf, v, columns[i].Type)
		case time.Duration:
			buf = time.Time{}.Add(v).AppendFormat(buf, "15:04:05.999999")
		default:
			return buf, fmt.Errorf("write CSV: column %s holds a %T", columns[i].Name, v)
		}
	}
	return append(buf, "\r\n"...), nil
}

func (d dialect) decimal(buf []byte, v float64) []byte {
	from := len(buf)
	buf = strconv.AppendFloat(buf, v, 'f', -1, 64)
	if d.point != '.' {
		for i := from; i < len(buf); i++ {
			if buf[i] == '.' {
				buf[i] = d.point
			}
		}
	}
	return buf
}

// appendMoment writes a day or a timestamp. Almost all are of years of four
// digits, which are written faster by hand.
func appendMoment(buf []byte, t time.Time, typ catalog.ColumnType) []byte {
	y, m, day := t.Date()
	if y < 1000 || y > 9999 {
		if typ == catalog.Day {
			return t.AppendFormat(buf, time.DateOnly)
		}
		return t.AppendFormat(buf, "2006-01-02T15:04:05.999999")
	}
	buf = strconv.AppendInt(buf, int64(y), 10)
	buf = append(buf, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
	if typ == catalog.Day {
		return buf
	}
	return t.AppendFormat(buf, "T15:04:05.999999")
}

// text writes a text, in quotes where it needs them.
func (d dialect) text(buf []byte, s string) []byte {
	if s == "" {
		return append(buf, `""`...)
	}
	formula := d.excel && isFormula(s)
	if !formula && !d.quotes(s) {
		return append(buf, s...)
	}
	buf = append(buf, '"')
	if formula {
		buf = append(buf, '\'')
	}
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		buf = append(buf, s[:i]...)
		buf = append(buf, `""`...)
		s = s[i+1:]
	}
	buf = append(buf, s...)
	return append(buf, '"')
}

func (d dialect) quotes(s string) bool {
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return true
	}
	for i := range len(s) {
		if c := s[i]; c == d.comma || c == '"' || c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// isFormula reports whether a spreadsheet would reckon with s rather than show
// it. A phone number with its plus sign and a negative number are harmless.
func isFormula(s string) bool {
	t := strings.TrimLeft(s, " \t\r\n\u00a0\ufeff\u200b")
	if t == "" {
		return false
	}
	switch t[0] {
	case '=', '@', '|':
		return true
	case '+', '-':
		return strings.Trim(t[1:], "0123456789 ./()-,") != "" || !strings.ContainsAny(t, "0123456789") || len(t) > 1 && t[1] == '-'
	}
	for _, wide := range []string{"＝", "＠", "＋", "－"} { // which some editions take for the narrow ones
		if strings.HasPrefix(t, wide) {
			return true
		}
	}
	return len(t) < len(s) && s[0] != ' '
}
