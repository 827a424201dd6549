package duck

import (
	stdsql "database/sql"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"portico/datastore/sql"
)

// fieldsOf returns the columns of the answer.
func fieldsOf(s *sql.Statement, kinds []*stdsql.ColumnType, tables []sql.Table) ([]sql.Column, error) {
	names := s.Names()
	ducks := make([]string, len(kinds))
	for i, k := range kinds {
		ducks[i] = k.DatabaseTypeName()
	}
	types := s.Types(ducks, tables)
	out := make([]sql.Column, len(kinds))
	for i, k := range kinds {
		if types[i] == "" {
			return nil, &sql.Refused{Text: "The type of a column cannot be shown", It: "Il tipo di una colonna non si può mostrare"}
		}
		out[i] = sql.Column{ID: k.Name(), Type: types[i]}
		if len(names) == len(kinds) {
			out[i].ID = names[i]
		}
	}
	return out, nil
}

// stream sends the rows, as many as may be, with the blanks that Python writes.
func stream(w *sql.Wire, rows *stdsql.Rows, fields []sql.Column, kinds []*stdsql.ColumnType, req sql.Request) (end sql.Ending, err error) {
	const chunk = 64 << 10
	row := newRow(fields, kinds)
	buf := make([]byte, 0, 2*chunk)
	sent := 0
	for rows.Next() {
		if end.Rows == req.Rows || sent+len(buf) > req.Bytes {
			end.Truncated = true
			break
		}
		if err := rows.Scan(row.into...); err != nil {
			return end, err
		}
		if end.Rows > 0 {
			buf = append(buf, ", "...)
		}
		buf = row.append(buf)
		if end.Rows++; len(buf) >= chunk {
			for part := buf; len(part) > 0; {
				n := min(len(part), 1<<20)
				if err := w.Records(part[:n]); err != nil {
					return end, err
				}
				part = part[n:]
			}
			sent, buf = sent+len(buf), buf[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return end, err
	}
	return end, w.Records(buf)
}

// A row is where the values of one row are put.
type row struct {
	values []any
	into   []any
	names  [][]byte
	skip   []bool // a later column has the same name
	types  []string
	uuid   []bool
}

func newRow(fields []sql.Column, kinds []*stdsql.ColumnType) *row {
	r := &row{values: make([]any, len(fields)), into: make([]any, len(fields))}
	last := map[string]int{}
	for i, f := range fields {
		last[f.ID] = i
	}
	for i, f := range fields {
		name, _ := json.Marshal(f.ID) //nolint:errchkjson // a text can be written
		r.into[i] = &r.values[i]
		r.names = append(r.names, append(name, ": "...))
		r.skip = append(r.skip, last[f.ID] != i)
		r.types = append(r.types, f.Type)
		r.uuid = append(r.uuid, kinds[i].DatabaseTypeName() == "UUID")
	}
	return r
}

func (r *row) append(b []byte) []byte {
	b = append(b, '{')
	for i, v := range r.values {
		if r.skip[i] {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ", "...)
		}
		b = append(b, r.names[i]...)
		switch raw, isText := v.(string); {
		case r.uuid[i]:
			b = appendUUID(b, v)
		case isText && (r.types[i] == "json" || r.types[i][0] == '_') && json.Valid([]byte(raw)):
			b = append(b, raw...)
		default:
			b = appendValue(b, v, r.types[i])
		}
	}
	return append(b, '}')
}

func appendUUID(b []byte, v any) []byte {
	raw, ok := v.([]byte)
	if !ok || len(raw) != 16 {
		return append(b, "null"...)
	}
	return fmt.Appendf(b, `"%x-%x-%x-%x-%x"`, raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}

// appendValue writes a value as CKAN does: moments as Python writes them,
// numbers without zeros that say nothing.
func appendValue(b []byte, v any, typ string) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int8, int16, int32, int64, uint32, uint64:
		return fmt.Append(b, v)
	case *big.Int:
		return v.Append(b, 10)
	case float32:
		return appendFloat(b, float64(v), 32)
	case float64:
		return appendFloat(b, v, 64)
	case duckdb.Decimal:
		return append(b, decimal(v)...)
	case string:
		return appendText(b, v)
	case time.Time:
		return appendMoment(b, v, typ)
	case duckdb.Interval:
		return appendText(b, interval(v))
	case []any:
		return appendList(b, v, strings.TrimPrefix(typ, "_"))
	}
	return append(b, "null"...)
}

func appendList(b []byte, list []any, typ string) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendValue(b, x, typ)
	}
	return append(b, ']')
}

// appendFloat writes a number; what JSON has no word for is null.
func appendFloat(b []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	form := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	return strconv.AppendFloat(b, f, form, -1, bits)
}

func decimal(d duckdb.Decimal) string {
	s := d.Value.String()
	minus := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if n := int(d.Scale); n > 0 {
		if len(s) <= n {
			s = strings.Repeat("0", n-len(s)+1) + s
		}
		s = strings.TrimRight(s[:len(s)-n]+"."+s[len(s)-n:], "0")
		s = strings.TrimSuffix(s, ".")
	}
	if minus {
		return "-" + s
	}
	return s
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(strings.ToValidUTF8(s, "\uFFFD"))
			if err != nil {
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// forms are how moments of each type are written; microseconds only where
// there are some.
var forms = map[string]string{
	"date": "2006-01-02", "time": "15:04:05", "timestamp": "2006-01-02T15:04:05", "timestamptz": "2006-01-02T15:04:05",
}

func appendMoment(b []byte, t time.Time, typ string) []byte {
	t = t.UTC()
	form := forms[typ]
	if form == "" {
		form = forms["timestamp"]
	}
	if typ != "date" && t.Nanosecond() != 0 {
		form += ".000000"
	}
	b = t.AppendFormat(append(b, '"'), form)
	if typ == "timestamptz" {
		b = append(b, "+00:00"...)
	}
	return append(b, '"')
}

// interval writes a span as Python does: months as thirty days.
func interval(v duckdb.Interval) string {
	const day = int64(24 * time.Hour / time.Microsecond)
	micros := v.Micros
	days := int64(v.Days) + 30*int64(v.Months) + micros/day
	if micros %= day; micros < 0 {
		micros += day
		days--
	}
	at := time.Unix(0, 0).UTC().Add(time.Duration(micros) * time.Microsecond)
	clock := strconv.Itoa(at.Hour()) + at.Format(":04:05")
	if at.Nanosecond() != 0 {
		clock += at.Format(".000000")
	}
	switch days {
	case 0:
		return clock
	case 1, -1:
		return strconv.FormatInt(days, 10) + " day, " + clock
	}
	return strconv.FormatInt(days, 10) + " days, " + clock
}
