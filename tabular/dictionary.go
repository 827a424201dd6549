package tabular

import (
	"cmp"
	"fmt"
	"math/bits"
	"strings"

	"portico/catalog"
)

// prepare makes the sketch of each column: one whose type is given, by the
// format or by the publisher, is not free to choose.
func (s *survey) prepare(dictionary []catalog.Column) {
	s.entries = make([]*catalog.Column, s.l.width)
	headers := make([]string, s.l.width)
	for i := range headers {
		headers[i] = s.header(i)
	}
	names := uniqueNames(headers)
	if s.l.header < 0 && !s.l.exact {
		names = numberedNames(len(names))
	}
	taken := make(map[*catalog.Column]bool, len(dictionary))
	for i := range s.l.width {
		k := newSketch()
		if i < len(s.l.types) {
			k.fixed = s.l.types[i]
		}
		k.watch = headers[i] == "" && s.l.sheet && s.l.header >= 0
		for d := range dictionary {
			e := &dictionary[d]
			if !taken[e] && describes(e, headers[i], names[i]) {
				taken[e], s.entries[i] = true, e
				k.force(e.Type)
				break
			}
		}
		s.sketch = append(s.sketch, k)
	}
}

// describes reports whether a dictionary entry is for a column.
func describes(e *catalog.Column, header, name string) bool {
	if e.Header != "" {
		return strings.EqualFold(strings.TrimSpace(e.Header), header)
	}
	return e.Name != "" && e.Name == name
}

// force makes a column of a type that its publisher has chosen.
func (k *columnSketch) force(typ catalog.ColumnType) {
	if typ == "" || k.fixed == catalog.Geometry || typ == catalog.Geometry || typ == k.fixed {
		return
	}
	k.fixed, k.forced = typ, typ != catalog.String
	if k.forced {
		k.ways = new([waysCount]int64)
	}
}

// waysCount is how many ways of reading a value there are.
const waysCount = 13

// addForced counts in which ways a value can be read.
func (k *columnSketch) addForced(s string, native bool) {
	f := fits(uncoded(s), native)
	if k.fixed == catalog.Boolean && (s == "0" || s == "1") {
		f |= fitsBoolean
	}
	for w := f; w != 0; w &= w - 1 {
		k.ways[bits.TrailingZeros32(uint32(w))]++
	}
	if f&fitsNumber != 0 {
		k.fit = f
		k.number(uncoded(s), native)
	}
}

// uncoded cuts the zeros before a number off: who calls a code a number wants
// them gone.
func uncoded(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' {
		s = s[1:]
	}
	return sign + s
}

// decideFixed returns the reading of a column whose type is given, and how
// many of its values it cannot read.
func (k *columnSketch) decideFixed(h hints) (r reading, unread int64) {
	r = reading{typ: k.fixed, forced: k.forced}
	if !k.forced {
		r.way = fixedWays[k.fixed]
		return r, 0
	}
	best, count := fitsText, int64(0)
	for _, w := range forcedWays[k.fixed] {
		if n := k.ways[bits.TrailingZeros32(uint32(w))]; n > count {
			best, count = w, n
		}
	}
	r.way = best
	switch k.fixed {
	case catalog.Boolean:
		r.way, count = fitsBoolean, k.booleans()
	case catalog.Integer, catalog.Decimal:
		commas, points := k.ways[bits.TrailingZeros32(uint32(fitsComma))], k.ways[bits.TrailingZeros32(uint32(fitsPoint))]
		if commas == points && commas > 0 {
			r.way = k.pointOrComma(h)
		}
		r.scale = k.frac[0]
		if r.way == fitsPoint {
			r.scale = k.frac[1]
		}
		if k.intLen+r.scale > exactDigits || k.fixed == catalog.Integer {
			r.scale = 0
		}
	case catalog.String, catalog.Geometry, catalog.Day, catalog.TimeOfDay, catalog.Timestamp:
	}
	return r, k.values - count
}

// booleans is how many values are words or digits for yes and no.
func (k *columnSketch) booleans() int64 {
	var n int64
	for _, w := range forcedWays[catalog.Boolean] {
		n = max(n, k.ways[bits.TrailingZeros32(uint32(w))])
	}
	return n
}

// fixedWays is how the formats with types of their own write values.
var fixedWays = map[catalog.ColumnType]fit{
	catalog.Integer: fitsInteger, catalog.Decimal: fitsPoint, catalog.Boolean: fitsTrueFalse,
	catalog.Day: fitsDayFirst, catalog.TimeOfDay: fitsTime, catalog.Timestamp: fitsStampDayFirst,
}

// forcedWays are the ways of reading values of a type, the likelier first.
var forcedWays = map[catalog.ColumnType][]fit{
	catalog.Integer:   {fitsInteger, fitsComma, fitsPoint},
	catalog.Decimal:   {fitsComma, fitsPoint},
	catalog.Boolean:   {fitsSiNo, fitsYesNo, fitsTrueFalse, fitsVeroFalso},
	catalog.Day:       {fitsDayFirst, fitsMonthFirst, fitsCompact},
	catalog.TimeOfDay: {fitsTime},
	catalog.Timestamp: {fitsStampDayFirst, fitsStampMonthFirst, fitsDayFirst, fitsMonthFirst},
}

// apply overrides what was found with what the publisher says.
func (s *survey) apply(i int, unread int64) {
	c, e := &s.t.Columns[i], s.entries[i]
	if unread > 0 {
		s.t.Notes = append(s.t.Notes, fmt.Sprintf("Colonna %s: %d valori non sono del tipo indicato (%s) e restano vuoti / values that are not of the type given, left null: %d", c.Name, unread, c.Type, unread))
	}
	if e == nil {
		return
	}
	c.Title, c.Description, c.Unit = e.Title, e.Description, cmp.Or(e.Unit, c.Unit)
	c.Scale = cmp.Or(e.Scale, c.Scale)
	if name := cleanName(e.Name); name != "" && name != c.Name && !s.named(name) {
		c.Name = name
	}
}

func (s *survey) named(name string) bool {
	for _, c := range s.t.Columns {
		if c.Name == name {
			return true
		}
	}
	return false
}
