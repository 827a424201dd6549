package tabular

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"github.com/paulmach/orb"

	"portico/catalog"
	"portico/tabular/geo"
)

// openParquet understands a Parquet file: its types hold, whatever the values
// look like. Columns with lists become JSON.
func openParquet(ctx context.Context, s stream, o Options) (*Table, error) {
	s, err := seekable(s, o)
	if err != nil {
		return nil, err
	}
	t := &Table{Format: "parquet", Notes: s.notes}
	src := &parquetSource{s: s}
	f := newFields()
	if err := src.with(func(file *parquet.File) error { return src.declare(file, f) }); err != nil {
		return nil, err
	}
	f.learning = false
	if src.shape < 0 {
		return t, openFields(ctx, t, src, f, o)
	}
	points, shapes, err := learnSome(ctx, src, f)
	if err != nil {
		return nil, err
	}
	return t, placeFeatures(ctx, t, src, f, points, shapes, placeOptions{crs: src.crs, stated: true}, o)
}

// A parquetSource yields the rows of a Parquet file.
type parquetSource struct {
	s       stream
	columns []parquetColumn
	shape   int // the leaf with geometries as WKB, -1 = none
	crs     geo.CRS
}

type parquetColumn struct {
	name     string
	repeated bool
	convert  func(parquet.Value) (string, bool)
}

// with opens the file for the time of f. The reader of it is not ours: a
// panic over broken bytes must not end the program.
func (s *parquetSource) with(f func(*parquet.File) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unpackError(fmt.Errorf("reading the Parquet file: %v", p))
		}
	}()
	file, err := parquet.OpenFile(s.s.at, s.s.packed, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return unpackError(err)
	}
	return f(file)
}

func (s *parquetSource) declare(file *parquet.File, f *fields) error {
	s.shape = -1
	leaves := file.Schema().Columns()
	if len(leaves) > maxCells {
		return tooWide()
	}
	shape, crs := geoColumn(file)
	for i, path := range leaves {
		leaf, ok := file.Schema().Lookup(path...)
		if !ok {
			return unpackError(nil)
		}
		c := parquetColumn{name: strings.Join(path, "."), repeated: leaf.MaxRepetitionLevel > 0}
		if c.name == shape {
			s.shape, s.crs = i, crs
			s.columns = append(s.columns, c)
			continue
		}
		typ, convert := parquetType(leaf.Node.Type())
		c.convert = convert
		if c.repeated {
			typ = catalog.String
		}
		f.declare(c.name, typ)
		s.columns = append(s.columns, c)
	}
	return nil
}

// geoColumn returns the column that GeoParquet says holds the shapes.
func geoColumn(file *parquet.File) (name string, crs geo.CRS) {
	raw, ok := file.Lookup("geo")
	if !ok || len(raw) > 1<<20 {
		return "", geo.Unknown
	}
	var m struct {
		Primary string `json:"primary_column"`
		Columns map[string]struct {
			Encoding string `json:"encoding"`
			CRS      *struct {
				ID struct {
					Code json.Number `json:"code"`
				} `json:"id"`
			} `json:"crs"`
		} `json:"columns"`
	}
	if json.Unmarshal([]byte(raw), &m) != nil || m.Columns[m.Primary].Encoding != "WKB" {
		return "", geo.Unknown
	}
	c := m.Columns[m.Primary].CRS
	if c == nil {
		return m.Primary, geo.WGS84
	}
	code, err := strconv.Atoi(c.ID.Code.String())
	if err != nil {
		return m.Primary, geo.WGS84 // OGC:CRS84 has no number
	}
	return m.Primary, geo.ByCode(code)
}

// parquetType returns the type of a column and how its values are written for
// the reading of that type.
func parquetType(t parquet.Type) (catalog.ColumnType, func(parquet.Value) (string, bool)) {
	if l := t.LogicalType(); l != nil {
		if typ, f := parquetLogical(l, t.Kind()); f != nil {
			return typ, f
		}
	}
	switch t.Kind() {
	case parquet.Boolean:
		return catalog.Boolean, func(v parquet.Value) (string, bool) { return strconv.FormatBool(v.Boolean()), false }
	case parquet.Int32:
		return catalog.Integer, func(v parquet.Value) (string, bool) { return strconv.FormatInt(int64(v.Int32()), 10), true }
	case parquet.Int64:
		return catalog.Integer, func(v parquet.Value) (string, bool) { return strconv.FormatInt(v.Int64(), 10), true }
	case parquet.Int96:
		return catalog.String, func(v parquet.Value) (string, bool) { return v.Int96().String(), false }
	case parquet.Float:
		return catalog.Decimal, func(v parquet.Value) (string, bool) { return floatText(float64(v.Float()), 32), true }
	case parquet.Double:
		return catalog.Decimal, func(v parquet.Value) (string, bool) { return floatText(v.Double(), 64), true }
	default:
		return catalog.String, func(v parquet.Value) (string, bool) { return bytesText(v.ByteArray()), false }
	}
}

func parquetLogical(l *format.LogicalType, kind parquet.Kind) (catalog.ColumnType, func(parquet.Value) (string, bool)) {
	switch l := l.Value.(type) {
	case *format.DateType:
		if kind == parquet.Int32 {
			return catalog.Day, func(v parquet.Value) (string, bool) { return dayText(v.Int32()), false }
		}
	case *format.TimestampType:
		if unit := unitOf(l.Unit); kind == parquet.Int64 {
			return catalog.Timestamp, func(v parquet.Value) (string, bool) { return momentText(v.Int64(), unit), false }
		}
	case *format.TimeType:
		switch unit := unitOf(l.Unit); kind {
		case parquet.Int32:
			return catalog.TimeOfDay, func(v parquet.Value) (string, bool) { return clockText(int64(v.Int32()), unit), false }
		case parquet.Int64:
			return catalog.TimeOfDay, func(v parquet.Value) (string, bool) { return clockText(v.Int64(), unit), false }
		default:
		}
	case *format.DecimalType:
		if scale := int(l.Scale); scale >= 0 && scale <= 38 {
			return catalog.Decimal, func(v parquet.Value) (string, bool) { return decimalText(v, kind, scale), true }
		}
	}
	return "", nil
}

func unitOf(u format.TimeUnit) time.Duration {
	if u.Value == nil {
		return time.Microsecond
	}
	return u.Value.Duration()
}

func dayText(n int32) string {
	t := time.Unix(int64(n)*86400, 0).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format("2006-01-02")
}

func clockText(n int64, unit time.Duration) string {
	day := int64(24 * time.Hour / unit)
	return time.Unix(0, 0).UTC().Add(time.Duration((n%day+day)%day) * unit).Format("15:04:05.999999")
}

func momentText(n int64, unit time.Duration) string {
	per := int64(time.Second / unit)
	sec, rest := n/per, n%per
	t := time.Unix(sec, rest*int64(unit)).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format("2006-01-02 15:04:05.999999")
}

func decimalText(v parquet.Value, kind parquet.Kind, scale int) string {
	n := new(big.Int)
	switch kind {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default:
		b := v.ByteArray()
		if len(b) > 32 {
			return ""
		}
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	f, _ := new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).Float64()
	return floatText(f, 64)
}

func floatText(f float64, size int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, size)
}

func bytesText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return fmt.Sprintf("0x%x", b)
}

func (s *parquetSource) walk(ctx context.Context, f *fields, done func() error) error {
	return s.with(func(file *parquet.File) error {
		buf := make([]parquet.Row, 128)
		lists := make([][]any, len(s.columns))
		for _, g := range file.RowGroups() {
			if err := s.group(ctx, g, buf, func(row parquet.Row) error {
				s.row(f, row, lists)
				return done()
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *parquetSource) group(ctx context.Context, g parquet.RowGroup, buf []parquet.Row, f func(parquet.Row) error) (err error) {
	rows := g.Rows()
	defer func() {
		if e := rows.Close(); err == nil && e != nil {
			err = unpackError(e)
		}
	}()
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			if err := f(row); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unpackError(err)
		}
		if n == 0 {
			return unpackError(io.ErrNoProgress)
		}
	}
}

func (s *parquetSource) row(f *fields, row parquet.Row, lists [][]any) {
	for _, v := range row {
		i := v.Column()
		if i < 0 || i >= len(s.columns) || v.IsNull() {
			continue
		}
		c := &s.columns[i]
		if i == s.shape {
			f.geometry = geo.ParseWKB(v.ByteArray())
			continue
		}
		cell, native := c.convert(v)
		if c.repeated {
			lists[i] = append(lists[i], cell)
			continue
		}
		f.set(c.name, cell, native)
	}
	for i := range lists {
		if len(lists[i]) > 0 {
			f.set(s.columns[i].name, jsonText(lists[i]), false)
			lists[i] = lists[i][:0]
		}
	}
}

// learnSome reads the first records of a source whose fields are known.
func learnSome(ctx context.Context, src fieldSource, f *fields) (points []orb.Point, shapes bool, err error) {
	n := 0
	err = src.walk(ctx, f, func() error {
		if p, ok := anyPoint(f.geometry); ok {
			points = append(points, p)
		}
		f.reset()
		if n++; n >= samplePoints {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return points, true, err
}
