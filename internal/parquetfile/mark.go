package parquetfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"portico/catalog"
)

// A Matcher chooses values of a column. A function that is nil chooses none.
// What is null is never chosen.
type Matcher struct {
	Int   func(int64) bool   // of Integer
	Float func(float64) bool // of Decimal
	Text  func([]byte) bool  // of String and Geometry; not to be kept
	Other func(v any) bool   // of all other types, with values of their Go type

	// Ints and Floats, where they are not nil, are all that Int and Float choose.
	Ints   *Range[int64]
	Floats *Range[float64]

	// MayInt, MayFloat and MayText report whether there may be a chosen value
	// between two, so that whole pages are passed over; nil = there may.
	MayInt   func(low, high int64) bool
	MayFloat func(low, high float64) bool
	MayText  func(low, high []byte) bool
}

// Marks are rows of a row group, a bit each.
type Marks []uint64

// NewMarks returns marks of n rows, none of them set.
func NewMarks(n int64) Marks { return make(Marks, (n+63)/64) }

// Set marks row i.
func (m Marks) Set(i int64) { m[i>>6] |= 1 << (i & 63) }

// Groups returns how many rows each row group has.
func (f *File) Groups() []int64 {
	groups := f.f.RowGroups()
	out := make([]int64, len(groups))
	for i, g := range groups {
		out[i] = g.NumRows()
	}
	return out
}

// Mark marks the rows of a row group whose value in a column is chosen. Pages
// of which the index says that they hold none are not read.
func (f *File) Mark(ctx context.Context, group, column int, m Matcher, into Marks) error {
	chunk := f.f.RowGroups()[group].ColumnChunks()[column]
	c := f.columns[column]
	wanted, first, err := wantedPages(chunk, c, m)
	if err != nil {
		return fmt.Errorf("read the index of Parquet column %s: %w", c.Name, err)
	}
	pages := chunk.Pages()
	defer func() { _ = pages.Close() }()
	s := marker{matcher: m, column: c, into: into, decode: decoderOf(c)}
	at := -1 // the page that comes next
	for i, want := range wanted {
		if !want {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if at != i {
			if err := pages.SeekToRow(first[i]); err != nil {
				return fmt.Errorf("seek in Parquet column %s: %w", c.Name, err)
			}
		}
		page, err := pages.ReadPage()
		if err != nil {
			return fmt.Errorf("read Parquet column %s: %w", c.Name, err)
		}
		err = s.page(page, first[i])
		parquet.Release(page)
		if err != nil {
			return fmt.Errorf("read Parquet column %s: %w", c.Name, err)
		}
		at = i + 1
	}
	return nil
}

// wantedPages tells which pages of a column may hold a chosen value, and the
// first row of each.
func wantedPages(chunk parquet.ColumnChunk, c catalog.Column, m Matcher) (wanted []bool, first []int64, err error) {
	oi, err := chunk.OffsetIndex()
	if err != nil {
		return nil, nil, err
	}
	ci, err := chunk.ColumnIndex()
	if err != nil {
		return nil, nil, err
	}
	n := oi.NumPages()
	wanted, first = make([]bool, n), make([]int64, n)
	for i := range n {
		first[i] = oi.FirstRowIndex(i)
		wanted[i] = ci.NumPages() != n || !ci.NullPage(i) && m.may(c, ci.MinValue(i), ci.MaxValue(i))
	}
	return wanted, first, nil
}

// may reports whether there may be a chosen value in a page with the given
// bounds.
func (m Matcher) may(c catalog.Column, low, high parquet.Value) bool {
	if low.IsNull() || high.IsNull() {
		return true
	}
	switch c.Type {
	case catalog.Integer:
		return within(m.Ints, m.MayInt, low.Int64(), high.Int64())
	case catalog.Decimal:
		decode := decoderOf(c)
		l, _ := decode(low).(float64)
		h, _ := decode(high).(float64)
		return within(m.Floats, m.MayFloat, l, h)
	case catalog.String:
		return m.MayText == nil || m.MayText(low.ByteArray(), high.ByteArray())
	case catalog.Boolean, catalog.Day, catalog.TimeOfDay, catalog.Timestamp, catalog.Geometry:
	}
	return true
}

// within reports whether there may be a chosen value between two: by the range
// of those that are chosen or, where it is nil, by may; nil = there may.
func within[T cmp.Ordered](r *Range[T], may func(low, high T) bool, low, high T) bool {
	if r != nil {
		return r.meets(low, high)
	}
	return may == nil || may(low, high)
}

// A marker marks the rows of pages.
type marker struct {
	matcher Matcher
	column  catalog.Column
	decode  decoder
	into    Marks

	dictionary parquet.Dictionary // the words of which chosen tells
	chosen     []bool
}

// page marks the rows of a page whose first row is the given one.
func (s *marker) page(p parquet.Page, first int64) error {
	d := p.Dictionary()
	switch {
	case d != nil && (s.column.Type == catalog.String || s.column.Type == catalog.Geometry):
		if s.matcher.Text == nil {
			return nil
		}
		s.look(d)
		data := p.Data()
		s.each(p, first, data.Int32(), func(i int32) bool { return s.chosen[i] })
		return nil
	case d != nil:
	case s.column.Type == catalog.Integer:
		s.integers(p, first)
		return nil
	case s.column.Type == catalog.Decimal:
		s.decimals(p, first)
		return nil
	case s.column.Type == catalog.String, s.column.Type == catalog.Geometry:
		s.texts(p, first)
		return nil
	}
	return s.others(p, first)
}

// look asks once of each word of a dictionary.
func (s *marker) look(d parquet.Dictionary) {
	if s.dictionary == d {
		return
	}
	s.dictionary, s.chosen = d, make([]bool, d.Len())
	for i := range s.chosen {
		s.chosen[i] = s.matcher.Text(d.Index(int32(i)).ByteArray())
	}
}

func (s *marker) each(p parquet.Page, first int64, values []int32, match func(int32) bool) {
	markEach(s, p, first, values, match)
}

// markEach marks the rows of the values that match. Values are those that are
// not null; the levels tell where they stand.
func markEach[T any](s *marker, p parquet.Page, first int64, values []T, match func(T) bool) {
	levels := p.DefinitionLevels()
	if len(values) == len(levels) || levels == nil {
		for i, v := range values {
			if match(v) {
				s.into.Set(first + int64(i))
			}
		}
		return
	}
	n := 0
	for i, l := range levels {
		if l == 0 || n >= len(values) {
			continue
		}
		if match(values[n]) {
			s.into.Set(first + int64(i))
		}
		n++
	}
}

func (s *marker) integers(p parquet.Page, first int64) {
	data := p.Data()
	switch {
	case s.matcher.Ints != nil:
		markRange(s, p, first, data.Int64(), *s.matcher.Ints)
	case s.matcher.Int != nil:
		markEach(s, p, first, data.Int64(), s.matcher.Int)
	}
}

func (s *marker) decimals(p parquet.Page, first int64) {
	data := p.Data()
	switch r := s.matcher.Floats; {
	case r != nil && isDecimal(s.column):
		markRange(s, p, first, data.Int64(), unscaled(*r, unitOf(s.column)))
		return
	case r != nil:
		markRange(s, p, first, data.Double(), *r)
		return
	case s.matcher.Float == nil:
		return
	}
	if !isDecimal(s.column) {
		markEach(s, p, first, data.Double(), s.matcher.Float)
		return
	}
	unit := unitOf(s.column)
	markEach(s, p, first, data.Int64(), func(n int64) bool { return s.matcher.Float(float64(n) / unit) })
}

func (s *marker) texts(p parquet.Page, first int64) {
	if s.matcher.Text == nil {
		return
	}
	data := p.Data()
	all, offsets := data.ByteArray()
	levels := p.DefinitionLevels()
	n := 0
	for i := range p.NumRows() {
		if levels != nil && levels[i] == 0 {
			continue
		}
		if s.matcher.Text(all[offsets[n]:offsets[n+1]]) {
			s.into.Set(first + i)
		}
		n++
	}
}

// others marks the values of the types that are asked for seldom.
func (s *marker) others(p parquet.Page, first int64) error {
	values := p.Values()
	buf := make([]parquet.Value, batchRows)
	for row := first; ; {
		n, err := values.ReadValues(buf)
		for _, v := range buf[:n] {
			if !v.IsNull() && s.one(s.decode(v)) {
				s.into.Set(row)
			}
			row++
		}
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *marker) one(v any) bool {
	switch v := v.(type) {
	case int64:
		return s.matcher.Int != nil && s.matcher.Int(v)
	case float64:
		return s.matcher.Float != nil && s.matcher.Float(v)
	case string:
		return s.matcher.Text != nil && s.matcher.Text([]byte(v))
	}
	return s.matcher.Other != nil && s.matcher.Other(v)
}
