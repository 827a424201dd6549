package tabular

import (
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
)

// A layout says where in the records of a file its table is.
type layout struct {
	header    int64 // index of the header record, -1 = none
	first     int64 // index of the first record that may be data
	headers   []string
	width     int    // cells of a row
	optional  []bool // columns in which rows may end early
	lenient   bool   // every row may end early, for the format drops blank cells
	sheet     bool   // footers may follow without a blank row, as in sheets made of PDFs
	dense     bool   // rows are filled for the most part
	titleRows int
	stacked   bool                 // header rows are told in the first column: "Parm", "Unit", "Field"
	units     []string             // of columns, where a header row tells them
	exact     bool                 // every record is a row, for the format has no titles and footers
	types     []catalog.ColumnType // what the format says of columns; "" = nothing
	notes     []string
}

const (
	headerWithin = 60   // records among which the header is
	layoutRows   = 1000 // records that are looked at
)

// findLayout finds the table in the first records of a file.
func findLayout(records []record, lenient bool) layout {
	l := layout{header: -1, lenient: lenient, sheet: lenient}
	records = records[:min(len(records), layoutRows)]
	var rows []int // those that are not blank
	counts := make(map[int]int)
	for i := range records {
		if records[i].blank() {
			continue
		}
		rows = append(rows, i)
		if lenient {
			counts[records[i].width()]++
		} else {
			counts[len(records[i].cells)]++
		}
	}
	if len(rows) == 0 {
		return l
	}
	usual := mode(counts)
	if lenient {
		usual = widest(counts, len(rows))
	}
	if l.stackedHeader(records, rows, usual) {
		return l
	}
	at := headerCandidate(records, rows, usual)
	h := &records[rows[at]]
	l.titleRows = at
	l.width = max(usual, h.width())
	below := rows[at+1:]
	end := at + 1
	if isHeader(h, records, below) {
		l.headers = trimmed(h.cells, h.width())
		l.header = h.index
		end = l.joinHeaders(records, rows, at)
	}
	l.first = h.index
	if l.header >= 0 {
		l.first = l.header + 1
	}
	l.findOptional(records, rows[min(end, len(rows)):], usual)
	if at > 0 {
		l.notes = append(l.notes, fmt.Sprintf("Saltate %d righe di titolo sopra la tabella / skipped title rows: %s", at, titles(records, rows[:at])))
	}
	if l.header < 0 {
		l.notes = append(l.notes, "Nessuna riga di intestazione: colonne numerate / no header row: columns are numbered")
	}
	return l
}

// widest returns the largest width that is not that of a stray row or two.
func widest(counts map[int]int, total int) int {
	best := 0
	for w, n := range counts {
		if w > best && (n*50 >= total || n > 2) {
			best = w
		}
	}
	return best
}

// headerCandidate returns which of rows is the first that is filled like a
// row of the table, rather than a title above it.
func headerCandidate(records []record, rows []int, usual int) int {
	for i, row := range rows[:min(len(rows), headerWithin)] {
		filled := records[row].filled()
		if filled*2 >= usual && (filled >= 2 || usual < 2) {
			return i
		}
	}
	return 0
}

func trimmed(cells []string, width int) []string {
	out := make([]string, width)
	for i := range min(width, len(cells)) {
		out[i] = trim(cells[i])
	}
	return out
}

func titles(records []record, rows []int) string {
	var all []string
	for _, row := range rows[:min(len(rows), 4)] {
		for _, c := range records[row].cells {
			if c = strings.Join(strings.Fields(c), " "); c != "" {
				all = append(all, c)
			}
		}
	}
	s := strings.Join(all, " · ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}

// isHeader reports whether h stands above the rows below as their header: its
// cells are words where theirs are values. Years are headers as well.
func isHeader(h *record, records []record, below []int) bool {
	var words, values int
	for i, c := range h.cells {
		c = trim(c)
		if c == "" {
			continue
		}
		typed := mostlyTyped(records, below, i)
		switch cellClass(c, h, i) {
		case classYear:
		case classValue:
			if typed || len(below) == 0 {
				values++
			}
		case classWord:
			if typed {
				words++
			}
		}
	}
	return values == 0 || words > values
}

// mostlyTyped reports whether column i holds values rather than words.
func mostlyTyped(records []record, rows []int, i int) bool {
	typed, words := 0, 0
	for _, row := range rows[:min(len(rows), 50)] {
		r := &records[row]
		if i >= len(r.cells) {
			continue
		}
		switch s := trim(r.cells[i]); {
		case s == "" || isPlaceholder(s):
		case cellClass(s, r, i) != classWord:
			typed++
		default:
			words++
		}
	}
	return typed > words
}

// The classes of cells that tell a header from data.
type cellKind int

const (
	classWord  cellKind = iota
	classYear           // a year may head a column of numbers
	classValue          // a number, a day, an address: never a header
)

func cellClass(s string, r *record, i int) cellKind {
	native := r.native != nil && r.native[i]
	f := fits(s, native)
	switch {
	case len(s) == 4 && f&fitsInteger != 0 && (s[:2] == "19" || s[:2] == "20"):
		return classYear
	case f != fitsText && f&fitsBoolean == 0:
		return classValue
	case isAddress(s), len(s) > 1 && strings.Trim(s, "0123456789") == "": // a code with leading zeros
		return classValue
	}
	return classWord
}

// isAddress reports whether s is an address of the web or of mail.
func isAddress(s string) bool {
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return true
	}
	return strings.Count(s, "@") == 1 && !strings.ContainsAny(s, " \n") && strings.Contains(s, ".")
}

// joinHeaders adds to the header the rows below it that continue it, as in
// sheets with merged cells: their first cell is blank, and they fill cells
// that it leaves blank. It returns how many of rows lie above the data.
func (l *layout) joinHeaders(records []record, rows []int, at int) int {
	end := at + 1
	for ; end < len(rows) && end < at+4; end++ {
		r := &records[rows[end]]
		if r.index != l.header+1 || !l.continues(r) {
			break
		}
		over := slices.Clone(l.headers)
		for len(over) < r.width() {
			over = append(over, "")
		}
		last := ""
		for i := range over {
			if over[i] != "" {
				last = over[i]
			}
			if i < len(r.cells) && !isBlank(r.cells[i]) {
				if end == at+1 && over[i] == "" {
					over[i] = last
				}
				over[i] = strings.TrimSpace(over[i] + " " + trim(r.cells[i]))
			}
		}
		l.headers, l.header = over, r.index
		l.width = max(l.width, len(over))
	}
	return end
}

func (l *layout) continues(r *record) bool {
	if isBlank(l.headers[0]) || len(r.cells) == 0 || !isBlank(r.cells[0]) {
		return false
	}
	holes := slices.Contains(l.headers, "") || strings.Contains(strings.Join(l.headers, ""), "\n")
	for i, c := range r.cells {
		if c = trim(c); c != "" && cellClass(c, r, i) == classValue {
			return false
		}
	}
	return holes && r.filled() >= 2
}

// findOptional learns in which columns rows leave cells blank.
func (l *layout) findOptional(records []record, data []int, usual int) {
	l.optional = make([]bool, l.width)
	for i := usual; i < l.width; i++ {
		l.optional[i] = true
	}
	filled := 0
	for _, row := range data {
		r := &records[row]
		filled += r.filled()
		if len(r.cells) < usual {
			continue
		}
		for i := range l.width {
			if i >= len(r.cells) || isBlank(r.cells[i]) {
				l.optional[i] = true
			}
		}
	}
	l.dense = filled*2 >= len(data)*l.width
}

// mayEndAt reports whether a row of n cells lacks nothing but blanks.
func (l *layout) mayEndAt(n int) bool {
	return l.lenient || !slices.Contains(l.optional[n:], false)
}
