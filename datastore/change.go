package datastore

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"time"

	"portico/catalog"
)

// A Change is what is different between two snapshots, in numbers.
type Change struct {
	Added   int64    `json:"added"`
	Removed int64    `json:"removed"`
	Changed int64    `json:"changed"`       // rows with the same key and other values
	Key     []string `json:"key,omitempty"` // the columns by which rows were told apart; none = by all, and Changed is 0

	NewColumns  []string          `json:"new_columns,omitempty"`
	GoneColumns []string          `json:"gone_columns,omitempty"`
	Renamed     map[string]string `json:"renamed,omitempty"` // old name → new name
	Retyped     []string          `json:"retyped,omitempty"`
	Uncounted   bool              `json:"uncounted,omitempty"` // the tables were too large to compare their rows
}

// Text tells a change to people.
func (c *Change) Text() catalog.Text {
	var it, en []string
	add := func(i, e string) { it, en = append(it, i), append(en, e) }
	if c.Added > 0 {
		add(counted("+", c.Added, "riga", "righe"), counted("+", c.Added, "row", "rows"))
	}
	if c.Removed > 0 {
		add(counted("−", c.Removed, "riga", "righe"), counted("−", c.Removed, "row", "rows"))
	}
	if c.Changed > 0 {
		add(counted("", c.Changed, "cambiata", "cambiate"), counted("", c.Changed, "changed", "changed"))
	}
	for _, n := range c.NewColumns {
		add("nuova colonna "+n, "new column "+n)
	}
	for _, n := range c.GoneColumns {
		add("tolta la colonna "+n, "column "+n+" is gone")
	}
	for was, is := range sortedMap(c.Renamed) {
		add("colonna rinominata: "+was+" → "+is, "column renamed: "+was+" → "+is)
	}
	for _, n := range c.Retyped {
		add("altro tipo per la colonna "+n, "column "+n+" has another type")
	}
	if len(it) == 0 {
		add("nessuna differenza nelle righe", "no difference in the rows")
	}
	return catalog.Text{"it": strings.Join(it, ", "), "en": strings.Join(en, ", ")}
}

func counted(sign string, n int64, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%s%d %s", sign, n, many)
}

// The limits of a comparison: it holds 16 bytes a row of both tables.
const (
	maxCompared  = 3_000_000
	maxKeyTrials = 12
)

// Compare says what is different between two snapshots. Rows are told apart by
// the first column, or two, whose values are never twice in either; where there
// is none, by all their values.
func (s *Snapshots) Compare(ctx context.Context, was, is *catalog.Table) (*Change, error) {
	c := &Change{}
	d := &comparison{s: s, was: was, is: is, seed: maphash.MakeSeed()}
	if was.Rows > maxCompared || is.Rows > maxCompared {
		c.Added, c.Removed, c.Uncounted = max(is.Rows-was.Rows, 0), max(was.Rows-is.Rows, 0), true
		d.pairByName()
		d.tellColumns(c)
		return c, nil
	}
	d.pairByName()
	if err := d.pairByContent(ctx); err != nil {
		return nil, err
	}
	d.tellColumns(c)
	key, err := d.findKey(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range key {
		c.Key = append(c.Key, is.Columns[d.pairs[k].is].Name)
	}
	if err := d.count(ctx, c, key); err != nil {
		return nil, err
	}
	return c, nil
}

// sortedMap yields a map by its keys.
func sortedMap(m map[string]string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// A comparison is a Change in the making.
type comparison struct {
	s       *Snapshots
	was, is *catalog.Table
	seed    maphash.Seed
	pairs   []pair // of columns that are in both, as they stand in is
}

type pair struct{ was, is int }

func columnAt(t *catalog.Table, name string) int {
	return slices.IndexFunc(t.Columns, func(c catalog.Column) bool { return c.Name == name })
}

func (d *comparison) pairByName() {
	for i, c := range d.is.Columns {
		if at := columnAt(d.was, c.Name); at >= 0 {
			d.pairs = append(d.pairs, pair{at, i})
		}
	}
}

// alone returns the columns of each table that are not in the other.
func (d *comparison) alone() (was, is []int) {
	for i := range d.was.Columns {
		if !slices.ContainsFunc(d.pairs, func(p pair) bool { return p.was == i }) {
			was = append(was, i)
		}
	}
	for i := range d.is.Columns {
		if !slices.ContainsFunc(d.pairs, func(p pair) bool { return p.is == i }) {
			is = append(is, i)
		}
	}
	return was, is
}

// pairByContent finds the columns that have only another name: most of their
// values are the same.
func (d *comparison) pairByContent(ctx context.Context) error {
	was, is := d.alone()
	if len(was) == 0 || len(is) == 0 {
		return nil
	}
	old, err := d.sketches(ctx, d.was, was)
	if err != nil {
		return err
	}
	now, err := d.sketches(ctx, d.is, is)
	if err != nil {
		return err
	}
	for j, to := range is {
		if at := d.likest(was, old, to, now[j]); at >= 0 {
			d.pairs = append(d.pairs, pair{at, to})
		}
	}
	slices.SortFunc(d.pairs, func(a, b pair) int { return cmp.Compare(a.is, b.is) })
	return nil
}

// likest returns the one of the columns was whose values are most like those of
// the column to, where they are like enough, or -1.
func (d *comparison) likest(was []int, old []sketch, to int, now sketch) int {
	const alike, inPlace = 0.5, 0.2 // in the same place less is enough
	best, at := alike, -1
	for i, from := range was {
		if d.was.Columns[from].Type != d.is.Columns[to].Type || slices.ContainsFunc(d.pairs, func(p pair) bool { return p.was == from }) {
			continue
		}
		s := old[i].like(now)
		if from == to && s >= inPlace {
			s = max(s, alike)
		}
		if s > best || s == best && at < 0 {
			best, at = s, from
		}
	}
	return at
}

// A sketch is the smallest hashes of the values of a column, by which two
// columns are found alike without keeping their values.
type sketch []uint64

const sketchSize = 256

func (k *sketch) add(h uint64) {
	s := *k
	if len(s) == sketchSize && h >= s[len(s)-1] {
		return
	}
	at, there := slices.BinarySearch(s, h)
	if there {
		return
	}
	if s = slices.Insert(s, at, h); len(s) > sketchSize {
		s = s[:sketchSize]
	}
	*k = s
}

// like returns the part of the values of both that is in both.
func (k sketch) like(o sketch) float64 {
	both, n := 0, 0
	for i, j := 0, 0; n < sketchSize && (i < len(k) || j < len(o)); n++ {
		switch {
		case j == len(o) || i < len(k) && k[i] < o[j]:
			i++
		case i == len(k) || o[j] < k[i]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return float64(both) / float64(max(n, 1))
}

func (d *comparison) sketches(ctx context.Context, t *catalog.Table, at []int) ([]sketch, error) {
	out := make([]sketch, len(at))
	err := d.s.each(ctx, t, at, func(cells []any) bool {
		for i, c := range cells {
			if c != nil {
				out[i].add(d.hash(cells[i : i+1]))
			}
		}
		return true
	})
	return out, err
}

func (d *comparison) tellColumns(c *Change) {
	was, is := d.alone()
	for _, i := range was {
		c.GoneColumns = append(c.GoneColumns, d.was.Columns[i].Name)
	}
	for _, i := range is {
		c.NewColumns = append(c.NewColumns, d.is.Columns[i].Name)
	}
	for _, p := range d.pairs {
		old, now := d.was.Columns[p.was], d.is.Columns[p.is]
		if old.Name != now.Name {
			if c.Renamed == nil {
				c.Renamed = map[string]string{}
			}
			c.Renamed[old.Name] = now.Name
		}
		if old.Type != now.Type {
			c.Retyped = append(c.Retyped, now.Name)
		}
	}
}

// findKey returns the pairs of columns by which rows are told apart.
func (d *comparison) findKey(ctx context.Context) ([]int, error) {
	var fit []int
	for i, p := range d.pairs {
		switch typ := d.is.Columns[p.is].Type; typ {
		case catalog.Integer, catalog.String, catalog.Day, catalog.Timestamp:
			if typ == d.was.Columns[p.was].Type {
				fit = append(fit, i)
			}
		case catalog.Decimal, catalog.Boolean, catalog.TimeOfDay, catalog.Geometry:
		}
	}
	const mostPaired = 4
	var trials [][]int
	for _, i := range fit[:min(len(fit), maxKeyTrials)] {
		trials = append(trials, []int{i})
	}
	first := fit[:min(len(fit), mostPaired)]
	for i := range first {
		for j := range i {
			trials = append(trials, []int{first[j], first[i]})
		}
	}
	for _, key := range trials {
		ok, err := d.unique(ctx, key)
		if err != nil || ok {
			return key, err
		}
	}
	return nil, nil
}

// unique reports whether the values of a key are never twice in either table,
// and never null.
func (d *comparison) unique(ctx context.Context, key []int) (bool, error) {
	if d.is.Rows == 0 || d.was.Rows == 0 {
		return false, nil
	}
	for _, t := range []*catalog.Table{d.is, d.was} {
		seen := make(map[uint64]struct{}, min(t.Rows, maxCompared))
		ok := true
		err := d.s.each(ctx, t, d.columns(t, key), func(cells []any) bool {
			h := d.hash(cells)
			_, twice := seen[h]
			ok = !twice && !slices.Contains(cells, nil)
			seen[h] = struct{}{}
			return ok
		})
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// columns returns where the columns of some pairs are in a table; nil = all.
func (d *comparison) columns(t *catalog.Table, key []int) []int {
	out := make([]int, 0, len(d.pairs))
	for i, p := range d.pairs {
		if key != nil && !slices.Contains(key, i) {
			continue
		}
		if t == d.is {
			out = append(out, p.is)
		} else {
			out = append(out, p.was)
		}
	}
	return out
}

// A hashed is a row: its key and all of it.
type hashed struct{ key, row uint64 }

// count counts the rows that are different.
func (d *comparison) count(ctx context.Context, c *Change, key []int) error {
	was, err := d.hashes(ctx, d.was, key)
	if err != nil {
		return err
	}
	is, err := d.hashes(ctx, d.is, key)
	if err != nil {
		return err
	}
	for i, j := 0, 0; i < len(was) || j < len(is); {
		switch {
		case j == len(is) || i < len(was) && was[i].key < is[j].key:
			c.Removed, i = c.Removed+1, i+1
		case i == len(was) || is[j].key < was[i].key:
			c.Added, j = c.Added+1, j+1
		default:
			if was[i].row != is[j].row {
				c.Changed++
			}
			i, j = i+1, j+1
		}
	}
	return nil
}

func (d *comparison) hashes(ctx context.Context, t *catalog.Table, key []int) ([]hashed, error) {
	out := make([]hashed, 0, t.Rows)
	part := make([]any, 0, len(key))
	err := d.s.each(ctx, t, d.columns(t, nil), func(cells []any) bool {
		part = part[:0]
		for _, k := range key {
			part = append(part, cells[k])
		}
		for i, p := range d.pairs { // a column of another type is told as that
			if d.was.Columns[p.was].Type != d.is.Columns[p.is].Type {
				cells[i] = nil
			}
		}
		h := hashed{row: d.hash(cells)}
		if h.key = h.row; key != nil {
			h.key = d.hash(part)
		}
		out = append(out, h)
		return true
	})
	slices.SortFunc(out, func(a, b hashed) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row)) })
	return out, err
}

// hash hashes values such that those which are equal, of whichever of the
// types of a column, have equal hashes.
func (d *comparison) hash(cells []any) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	var b [9]byte
	number := func(mark byte, n uint64) {
		b[0] = mark
		binary.LittleEndian.PutUint64(b[1:], n)
		_, _ = h.Write(b[:])
	}
	for _, c := range cells {
		switch c := c.(type) {
		case int64:
			number('n', math.Float64bits(float64(c)))
		case float64:
			number('n', math.Float64bits(c))
		case bool:
			number('b', uint64(btoi(c)))
		case time.Time:
			number('t', uint64(c.UnixMicro()))
		case time.Duration:
			number('d', uint64(c))
		case string:
			number('s', uint64(len(c)))
			_, _ = h.WriteString(c)
		default:
			number('0', 0)
		}
	}
	return h.Sum64()
}

// each calls f with the values of some columns of every row of a snapshot,
// until f returns false.
func (s *Snapshots) each(ctx context.Context, t *catalog.Table, columns []int, f func(cells []any) bool) error {
	file, closer, err := s.open(ctx, t)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	for row, err := range file.Columns(ctx, columns, 0, -1) {
		if err != nil {
			return fmt.Errorf("read snapshot %s: %w", t.Hash, err)
		}
		if !f(row) {
			return nil
		}
	}
	return nil
}
