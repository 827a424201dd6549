package csvw

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"portico/catalog"
	"portico/exporter"
)

// Turtle returns the rows as RDF in Turtle: a subject a row, with a property a
// column that has a value. Names are fragments of the address of the CSV.
func Turtle() exporter.Format {
	return exporter.Format{
		Name:      "ttl",
		Title:     "RDF (Turtle)",
		MediaType: "text/turtle; charset=utf-8",
		Special:   true,
		Describes: true,
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			g := &graph{columns: rows.Columns, base: baseOf(rows), row: (*graph).turtle}
			g.buf = append(append(append(g.buf, "@base <"...), g.base...), "> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n@prefix csvw: <http://www.w3.org/ns/csvw#> .\n"...)
			return g.write(ctx, w, rows)
		},
	}
}

// NTriples returns the same as Turtle, a line a value.
func NTriples() exporter.Format {
	return exporter.Format{
		Name:      "nt",
		Title:     "RDF (N-Triples)",
		MediaType: "application/n-triples",
		Special:   true,
		Describes: true,
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			g := &graph{columns: rows.Columns, base: baseOf(rows), row: (*graph).lines}
			return g.write(ctx, w, rows)
		},
	}
}

// A graph is rows that are being written as RDF.
type graph struct {
	columns    []catalog.Column
	base       string
	properties []string // fragments
	row        func(*graph, []any, int64) error
	buf        []byte
}

const chunk = 64 << 10

func (g *graph) write(ctx context.Context, w io.Writer, rows exporter.Rows) error {
	for _, c := range g.columns {
		g.properties = append(g.properties, fragment(c.Name))
	}
	n := int64(1) // the header
	for row, err := range rows.All {
		if err != nil {
			return err
		}
		if len(row) != len(g.columns) {
			return fmt.Errorf("write RDF: a row has %d values for %d columns", len(row), len(g.columns))
		}
		n++
		if err := g.row(g, row, n); err != nil {
			return fmt.Errorf("write RDF: %w", err)
		}
		if len(g.buf) < chunk {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.Write(g.buf); err != nil {
			return fmt.Errorf("write RDF: %w", err)
		}
		g.buf = g.buf[:0]
	}
	if _, err := w.Write(g.buf); err != nil {
		return fmt.Errorf("write RDF: %w", err)
	}
	return nil
}

func (g *graph) turtle(row []any, n int64) error {
	first := true
	for i, v := range row {
		if v == nil {
			continue
		}
		if first {
			g.buf = strconv.AppendInt(append(g.buf, "<#row="...), n, 10)
			g.buf = append(g.buf, "> <#"...)
		} else {
			g.buf = append(g.buf, " ;\n  <#"...)
		}
		first = false
		g.buf = append(append(g.buf, g.properties[i]...), "> "...)
		if err := g.literal(v, g.columns[i], "xsd:", "csvw:", ""); err != nil {
			return err
		}
	}
	if !first {
		g.buf = append(g.buf, " .\n"...)
	}
	return nil
}

func (g *graph) lines(row []any, n int64) error {
	for i, v := range row {
		if v == nil {
			continue
		}
		g.buf = append(append(append(g.buf, '<'), g.base...), "#row="...)
		g.buf = strconv.AppendInt(g.buf, n, 10)
		g.buf = append(append(append(g.buf, "> <"...), g.base...), '#')
		g.buf = append(append(g.buf, g.properties[i]...), "> "...)
		if err := g.literal(v, g.columns[i], "<http://www.w3.org/2001/XMLSchema#", "<http://www.w3.org/ns/csvw#", ">"); err != nil {
			return err
		}
		g.buf = append(g.buf, " .\n"...)
	}
	return nil
}

// literal writes a value. xsd, csvw and end are what stands around the name of
// a datatype.
func (g *graph) literal(v any, c catalog.Column, xsd, csvw, end string) error {
	space, name := xsd, ""
	g.buf = append(g.buf, '"')
	switch v := v.(type) {
	case string:
		g.buf = appendEscaped(g.buf, v)
		if c.Type == catalog.Geometry {
			space, name = csvw, "JSON"
		}
	case int64:
		g.buf, name = strconv.AppendInt(g.buf, v, 10), "integer"
	case float64:
		g.buf, name = appendDecimal(g.buf, v)
	case bool:
		g.buf, name = strconv.AppendBool(g.buf, v), "boolean"
	case time.Time:
		layout := "2006-01-02T15:04:05.999999"
		if name = "dateTime"; c.Type == catalog.Day {
			layout, name = time.DateOnly, "date"
		}
		g.buf = v.AppendFormat(g.buf, layout)
	case time.Duration:
		g.buf, name = time.Time{}.Add(v).AppendFormat(g.buf, "15:04:05.999999"), "time"
	default:
		return fmt.Errorf("column %s holds a %T", c.Name, v)
	}
	if g.buf = append(g.buf, '"'); name != "" {
		g.buf = append(append(append(append(g.buf, "^^"...), space...), name...), end...)
	}
	return nil
}

// appendDecimal writes a number; what is no decimal is a double.
func appendDecimal(buf []byte, v float64) ([]byte, string) {
	switch {
	case math.IsNaN(v):
		return append(buf, "NaN"...), "double"
	case math.IsInf(v, 1):
		return append(buf, "INF"...), "double"
	case math.IsInf(v, -1):
		return append(buf, "-INF"...), "double"
	}
	return strconv.AppendFloat(buf, v, 'f', -1, 64), "decimal"
}

// appendEscaped writes a text between the quotes of a literal.
func appendEscaped(buf []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			buf = append(buf, '\\', byte(r))
		case r == '\n':
			buf = append(buf, `\n`...)
		case r == '\r':
			buf = append(buf, `\r`...)
		case r == '\t':
			buf = append(buf, `\t`...)
		case r < ' ' || r == 0x7f:
			buf = fmt.Appendf(buf, `\u%04X`, r)
		default:
			buf = utf8.AppendRune(buf, r)
		}
	}
	return buf
}

// fragment returns a name as it may stand after the # of an address.
func fragment(name string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
	return escaped(name, plain)
}

// baseOf returns the address that names are made from.
func baseOf(rows exporter.Rows) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?[]@!$&'()*+,;=%"
	return escaped(orElse(rows.About.URL, "urn:portico:table"), plain)
}

func escaped(s, plain string) string {
	known := [256]bool{}
	for i := range len(plain) {
		known[plain[i]] = true
	}
	var out []byte
	for _, c := range []byte(s) {
		if known[c] {
			out = append(out, c)
		} else {
			out = fmt.Appendf(out, "%%%02X", c)
		}
	}
	return string(out)
}
