package tabular

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"portico/tabular/geo"
)

// Placed returns the rows of a table and, for when they have been read, what
// is to be told of those whose coordinates lie where they should not: outside
// Italy, or outside the territory of the Options. Features have told of it
// already, and columns of another system than degrees say nothing.
func (t *Table) Placed(o Options) (rows iter.Seq2[[]any, error], notes func() []string) {
	east, north, ok := coordinateColumns(t)
	if t.Geo != nil || !ok {
		return t.Rows, func() []string { return nil }
	}
	w := &watch{within: geo.Italy}
	if o.Within != nil {
		w.within, w.narrow = bound(*o.Within), true
	}
	return func(yield func([]any, error) bool) {
		row := int64(0)
		for cells, err := range t.Rows {
			if row++; err == nil {
				w.note(row, cells[east], cells[north])
			}
			if !yield(cells, err) {
				return
			}
		}
	}, w.notes
}

func bound(b [4]float64) orb.Bound {
	return orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
}

// A watch counts points that lie outside.
type watch struct {
	within orb.Bound
	narrow bool // within is less than Italy

	points       int64
	abroad, away strays
}

// strays are rows that lie outside of something, the first of them by number.
type strays struct {
	n     int64
	first []string
}

func (s *strays) add(row int64) {
	const shown = 5
	if s.n++; s.n <= shown {
		s.first = append(s.first, strconv.FormatInt(row, 10))
	}
}

func (w *watch) note(row int64, x, y any) {
	p, ok := pointOf(x, y)
	if !ok {
		return
	}
	w.points++
	switch {
	case !geo.Italy.Contains(p):
		w.abroad.add(row)
	case w.narrow && !w.within.Contains(p):
		w.away.add(row)
	}
}

// notes tells of the rows that lie outside, unless most lie where no degrees
// of Italy are: then they are no degrees, or not of Italy.
func (w *watch) notes() (out []string) {
	if w.abroad.n*2 > w.points {
		return nil
	}
	for _, s := range []struct {
		strays
		it, en string
	}{{w.abroad, "dall'Italia", "Italy"}, {w.away, "dal territorio indicato nel dataset", "the territory that the dataset tells"}} {
		if s.n > 0 {
			out = append(out, fmt.Sprintf("Righe con coordinate fuori %s: %d (per esempio %s) / rows with coordinates outside %s: %d",
				s.it, s.n, strings.Join(s.first, ", "), s.en, s.n))
		}
	}
	return out
}
