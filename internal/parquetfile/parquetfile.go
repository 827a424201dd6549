// Package parquetfile writes typed rows as a Parquet file and reads them back,
// from any row on. It knows columns, not where files are kept nor what a
// dataset is.
package parquetfile

import (
	"math"
	"reflect"
	"time"

	"github.com/parquet-go/parquet-go"

	"portico/catalog"
)

// MaxScale is up to how many digits after the point a decimal column is
// written as DECIMAL(18, scale): amounts and shares, which people add up and
// compare. Coordinates and measurements have more and become DOUBLE, which is
// what every program that draws maps or reckons with them expects; a float64
// that was read from at most 15 digits gives the same digits back.
const MaxScale = 4

// precision is the most digits of a DECIMAL that is kept in 64 bits.
const precision = 18

// isDecimal reports whether a column is written as DECIMAL.
func isDecimal(c catalog.Column) bool {
	return c.Type == catalog.Decimal && c.Scale > 0 && c.Scale <= MaxScale
}

// An orderedGroup keeps columns in the order given: parquet.Group sorts them.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func (g orderedGroup) Fields() []parquet.Field { return g.fields }

type orderedField struct {
	parquet.Node
	name string
}

func (f orderedField) Name() string { return f.name }

// Value is asked for when rows are Go values, which ours never are.
func (f orderedField) Value(base reflect.Value) reflect.Value {
	return base.MapIndex(reflect.ValueOf(f.name))
}

func schemaOf(columns []catalog.Column) *parquet.Schema {
	g := orderedGroup{Group: make(parquet.Group, len(columns))}
	for _, c := range columns {
		n := parquet.Optional(nodeOf(c))
		g.Group[c.Name] = n
		g.fields = append(g.fields, orderedField{n, c.Name})
	}
	return parquet.NewSchema("table", g)
}

func nodeOf(c catalog.Column) parquet.Node {
	switch c.Type {
	case catalog.Integer:
		return parquet.Encoded(parquet.Int(64), &parquet.DeltaBinaryPacked)
	case catalog.Decimal:
		if isDecimal(c) {
			return parquet.Encoded(parquet.Decimal(c.Scale, precision, parquet.Int64Type), &parquet.DeltaBinaryPacked)
		}
		return parquet.Leaf(parquet.DoubleType)
	case catalog.Boolean:
		return parquet.Leaf(parquet.BooleanType)
	case catalog.Day:
		return parquet.Date()
	case catalog.TimeOfDay:
		return parquet.TimeAdjusted(parquet.Microsecond, false)
	case catalog.Timestamp:
		return parquet.TimestampAdjusted(parquet.Microsecond, false)
	case catalog.String, catalog.Geometry:
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// unitOf is what one of a DECIMAL column's values is divided by.
func unitOf(c catalog.Column) float64 { return math.Pow10(c.Scale) }

// An encoder makes a Parquet value of a Go value; ok is false when the value
// is not of the column's type or does not fit.
type encoder func(v any) (pv parquet.Value, ok bool)

func encoderOf(c catalog.Column) encoder {
	switch c.Type {
	case catalog.Integer:
		return func(v any) (parquet.Value, bool) {
			n, ok := v.(int64)
			return parquet.Int64Value(n), ok
		}
	case catalog.Decimal:
		if isDecimal(c) {
			return decimalEncoder(math.Pow10(c.Scale))
		}
		return func(v any) (parquet.Value, bool) {
			f, ok := v.(float64)
			return parquet.DoubleValue(f), ok
		}
	case catalog.Boolean:
		return func(v any) (parquet.Value, bool) {
			b, ok := v.(bool)
			return parquet.BooleanValue(b), ok
		}
	case catalog.Day:
		return encodeDay
	case catalog.TimeOfDay:
		return func(v any) (parquet.Value, bool) {
			d, ok := v.(time.Duration)
			return parquet.Int64Value(d.Microseconds()), ok
		}
	case catalog.Timestamp:
		return func(v any) (parquet.Value, bool) {
			t, ok := v.(time.Time)
			return parquet.Int64Value(t.UnixMicro()), ok
		}
	case catalog.String, catalog.Geometry:
	}
	return encodeText
}

func encodeText(v any) (parquet.Value, bool) {
	s, ok := v.(string)
	if !ok {
		return parquet.Value{}, false
	}
	return parquet.ByteArrayValue([]byte(s)), true
}

func encodeDay(v any) (parquet.Value, bool) {
	t, ok := v.(time.Time)
	if !ok {
		return parquet.Value{}, false
	}
	days := t.Unix() / 86400
	if t.Unix()%86400 < 0 {
		days--
	}
	return parquet.Int32Value(int32(days)), days >= math.MinInt32 && days <= math.MaxInt32
}

func decimalEncoder(unit float64) encoder {
	return func(v any) (parquet.Value, bool) {
		f, ok := v.(float64)
		n := math.Round(f * unit)
		return parquet.Int64Value(int64(n)), ok && math.Abs(n) < 1e18
	}
}

// A decoder makes a Go value of a Parquet value that is not null.
type decoder func(v parquet.Value) any

func decoderOf(c catalog.Column) decoder {
	switch c.Type {
	case catalog.Integer:
		return func(v parquet.Value) any { return v.Int64() }
	case catalog.Decimal:
		if isDecimal(c) {
			unit := unitOf(c)
			return func(v parquet.Value) any { return float64(v.Int64()) / unit }
		}
		return func(v parquet.Value) any { return v.Double() }
	case catalog.Boolean:
		return func(v parquet.Value) any { return v.Boolean() }
	case catalog.Day:
		return func(v parquet.Value) any { return time.Unix(int64(v.Int32())*86400, 0).UTC() }
	case catalog.TimeOfDay:
		return func(v parquet.Value) any { return time.Duration(v.Int64()) * time.Microsecond }
	case catalog.Timestamp:
		return func(v parquet.Value) any { return time.UnixMicro(v.Int64()).UTC() }
	case catalog.String, catalog.Geometry:
	}
	return func(v parquet.Value) any { return string(v.ByteArray()) }
}
