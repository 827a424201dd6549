package excel

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Cell is a cell with a value.
type Cell struct {
	Row, Col int
	Text     string // numbers with a point, days and times as ISO 8601
	Number   bool   // the workbook calls it a number, and no day
}

// MaxCells is how many cells of a sheet are read.
const MaxCells = 8_000_000

// Cells returns the cells of a sheet, by row and column.
func (w *Workbook) Cells(s Sheet) ([]Cell, error) {
	if int64(s.offset) >= int64(len(w.b)) {
		return nil, fmt.Errorf("%w: sheet outside of the file", ErrFormat)
	}
	r := records{b: w.b, at: int(s.offset)}
	if !r.next() || r.kind != recBOF {
		return nil, fmt.Errorf("%w: sheet without beginning", ErrFormat)
	}
	c := collector{w: w}
	depth, ended := 1, false
	for depth > 0 && r.next() {
		switch r.kind {
		case recBOF: // a chart within the sheet
			depth++
		case recEOF:
			depth--
			ended = depth == 0
		default:
			if depth == 1 {
				c.record(r.kind, r.data)
			}
		}
		if len(c.cells) > MaxCells {
			return nil, fmt.Errorf("%w: more than %d cells", ErrFormat, MaxCells)
		}
	}
	if !ended {
		return nil, fmt.Errorf("%w: sheet cut short", ErrFormat)
	}
	slices.SortStableFunc(c.cells, func(a, b Cell) int { return cmp.Or(a.Row-b.Row, a.Col-b.Col) })
	return c.cells, nil
}

// A collector gathers cells from records.
type collector struct {
	w       *Workbook
	cells   []Cell
	pending bool // the last cell is a formula whose text follows
}

func (c *collector) record(kind uint16, d []byte) {
	if kind == recString && c.pending {
		if t := unicodeText(d, 2); t != "" {
			c.cells[len(c.cells)-1].Text = t
		}
	}
	if kind != recString {
		c.pending = false
	}
	if len(d) < 6 {
		return
	}
	cell := Cell{Row: int(binary.LittleEndian.Uint16(d)), Col: int(binary.LittleEndian.Uint16(d[2:]))}
	xf := binary.LittleEndian.Uint16(d[4:])
	switch kind {
	case recLabelSST, recLabel, recRString, recBoolErr:
		if cell.Text = c.text(kind, d[6:]); cell.Text != "" {
			c.cells = append(c.cells, cell)
		}
	case recMulRK:
		for i := 4; i+6 <= len(d)-2; i += 6 {
			c.number(cell, binary.LittleEndian.Uint16(d[i:]), rk(binary.LittleEndian.Uint32(d[i+2:])))
			cell.Col++
		}
	default:
		c.value(kind, cell, xf, d[6:])
	}
}

// value takes a cell of one number, or of a formula.
func (c *collector) value(kind uint16, cell Cell, xf uint16, d []byte) {
	switch {
	case kind == recNumber && len(d) >= 8:
		c.number(cell, xf, math.Float64frombits(binary.LittleEndian.Uint64(d)))
	case kind == recRK && len(d) >= 4:
		c.number(cell, xf, rk(binary.LittleEndian.Uint32(d)))
	case kind == recFormula && len(d) >= 8:
		c.formula(cell, xf, d[:8])
	}
}

// text returns the text of a cell that is no number; errors have none.
func (c *collector) text(kind uint16, d []byte) string {
	switch {
	case kind == recLabelSST && len(d) >= 4:
		if i := binary.LittleEndian.Uint32(d); int64(i) < int64(len(c.w.texts)) {
			return c.w.texts[i]
		}
	case kind == recBoolErr && len(d) >= 2 && d[1] == 0:
		return strings.ToUpper(strconv.FormatBool(d[0] != 0))
	case (kind == recLabel || kind == recRString) && len(d) > 2:
		return unicodeText(d, 2)
	}
	return ""
}

// formula takes what a formula came to.
func (c *collector) formula(cell Cell, xf uint16, v []byte) {
	if v[6] != 0xff || v[7] != 0xff {
		c.number(cell, xf, math.Float64frombits(binary.LittleEndian.Uint64(v)))
		return
	}
	switch v[0] {
	case 0:
		c.cells = append(c.cells, cell)
		c.pending = true
	case 1:
		cell.Text = strings.ToUpper(strconv.FormatBool(v[2] != 0))
		c.cells = append(c.cells, cell)
	}
}

// rk unpacks a number of four bytes.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

func (c *collector) number(cell Cell, xf uint16, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	var look style
	if int(xf) < len(c.w.xf) {
		id := c.w.xf[xf]
		look = styleOf(int(id), c.w.formats[id])
	}
	cell.Text, cell.Number = look.text(v, c.w.from1904)
	c.cells = append(c.cells, cell)
}
