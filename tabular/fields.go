package tabular

import (
	"context"
	"errors"
	"slices"

	"github.com/paulmach/orb"

	"portico/catalog"
)

// A fieldSource yields records whose cells have names: objects of JSON,
// elements of XML, features of maps. It calls done once for each record, after
// it has set its fields.
type fieldSource interface {
	walk(ctx context.Context, f *fields, done func() error) error
}

// fields are the named cells of one record. While they are learned each new
// name is a new column.
type fields struct {
	index    map[string]int
	names    []string
	types    []catalog.ColumnType // "" = to be decided on all values
	cells    []string
	native   []bool
	geometry orb.Geometry
	mended   bool // the geometry was no valid one, and has been read all the same
	line     int64
	bad      string // why the record is no row, or ""
	learning bool
	tooMany  bool
}

func newFields() *fields { return &fields{index: make(map[string]int), learning: true} }

// reset empties the record.
func (f *fields) reset() {
	clear(f.cells)
	clear(f.native)
	f.geometry, f.mended, f.bad, f.line = nil, false, "", 0
}

// set gives the field of that name its text; native says that the file calls
// it a number.
func (f *fields) set(name, cell string, native bool) {
	i, ok := f.index[name]
	if !ok {
		if !f.learning {
			return
		}
		if len(f.names) >= maxCells {
			f.tooMany = true
			return
		}
		i = f.declare(name, "")
	}
	f.cells[i], f.native[i] = cell, native
}

// declare adds a column.
func (f *fields) declare(name string, typ catalog.ColumnType) int {
	if i, ok := f.index[name]; ok {
		return i
	}
	i := len(f.names)
	f.index[name] = i
	f.names, f.types = append(f.names, name), append(f.types, typ)
	f.cells, f.native = append(f.cells, ""), append(f.native, false)
	return i
}

// rename replaces the names of columns that were learned; where two become
// one the first stays.
func (f *fields) rename(to func(string) string) {
	old, types := f.names, f.types
	g := newFields()
	for i, n := range old {
		g.declare(to(n), types[i])
	}
	*f = *g
}

// learn reads all records once to know their fields. The points are one of
// each feature, the first thousand.
func learn(ctx context.Context, src fieldSource, f *fields) (points []orb.Point, geometries bool, err error) {
	f.learning = true
	err = src.walk(ctx, f, func() error {
		if f.geometry != nil {
			geometries = true
			if p, ok := anyPoint(f.geometry); ok && len(points) < samplePoints {
				points = append(points, p)
			}
		}
		f.reset()
		return nil
	})
	f.learning = false
	if err == nil && f.tooMany {
		err = tooWide()
	}
	return points, geometries, err
}

func tooWide() error {
	return catalog.Errorf(catalog.Invalid, "The table has more than %d columns", maxCells).
		Italian("La tabella ha più di %d colonne", maxCells)
}

// A fieldTable makes records of the fields of a source.
type fieldTable struct {
	src   fieldSource
	f     *fields
	place *placing // nil where there are no geometries
}

func (t *fieldTable) each(ctx context.Context, f func(*record) error) error {
	t.f.reset()
	var index int64
	err := t.src.walk(ctx, t.f, func() error {
		r := record{cells: t.f.cells, native: t.f.native, line: t.f.line, index: index, bad: t.f.bad}
		if r.line == 0 {
			r.line = index + 1
		}
		index++
		if t.place != nil {
			t.place.put(t.f)
		}
		err := f(&r)
		t.f.reset()
		return err
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// openFields understands a source of records with names.
func openFields(ctx context.Context, t *Table, src fieldSource, f *fields, o Options) error {
	if len(f.names) == 0 {
		return catalog.Errorf(catalog.Invalid, "The file holds no rows").Italian("Il file non contiene righe")
	}
	if len(f.names) > maxCells {
		return tooWide()
	}
	l := layout{
		header: -1, headers: slices.Clone(f.names), types: f.types, width: len(f.names),
		lenient: true, exact: true,
	}
	return understand(ctx, t, &fieldTable{src: src, f: f}, &l, o)
}
