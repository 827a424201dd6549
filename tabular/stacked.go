package tabular

import (
	"fmt"
	"slices"
	"strings"
)

// stackedHeader finds a header of several rows each of which says in its
// first cell what it is, as measuring stations export them:
//
//	Parm;SO2;SO2;NO2
//	Unit;ug/m3;ug/m3;ug/m3
//	Field;Aver;Max;Aver
//	01/09/2015 01:00;2.2;4.5;8.1
//
// The last row before the data names the columns, together with a full row of
// words above it.
func (l *layout) stackedHeader(records []record, rows []int, usual int) bool {
	data := firstTyped(records, rows)
	if usual < 3 || l.sheet || data < 3 || !mostlyTyped(records, rows[data:], 0) {
		return false
	}
	from := data
	for from > 0 && isLabelled(&records[rows[from-1]], usual) {
		from--
	}
	names := &records[rows[data-1]]
	if data-from < 2 || !l.namesColumns(names, records, rows[data:]) {
		return false
	}
	headers := trimmed(names.cells, usual)
	if !l.combine(headers, records, rows[from:data-1]) {
		return false // rows that tell nothing of columns are data
	}
	headers[0] = ""
	l.stacked, l.headers, l.width = true, headers, usual
	l.header, l.first, l.titleRows = names.index, names.index+1, data-1
	l.findOptional(records, rows[data:], usual)
	l.notes = append(l.notes, fmt.Sprintf("Intestazione su %d righe, le altre sopra la tabella / header of several rows: %s", data-from, titles(records, rows[:data-1])))
	return true
}

// combine puts before the names the words of the nearest full row above them,
// and keeps their units. It reports whether there was any of it.
func (l *layout) combine(headers []string, records []record, rows []int) bool {
	combined := false
	for _, row := range slices.Backward(rows) {
		above := &records[row]
		if isUnitLabel(above.cells[0]) {
			l.units = trimmed(above.cells, len(headers))
			l.units[0] = ""
		} else if !combined && allWords(above, len(headers)) {
			for i := range headers {
				headers[i] = trim(above.cells[i]) + " " + headers[i]
			}
			combined = true
		}
	}
	return combined || l.units != nil
}

// firstTyped returns which of rows is the first that begins with a value.
func firstTyped(records []record, rows []int) int {
	for i, row := range rows[:min(len(rows), headerWithin)] {
		if r := &records[row]; len(r.cells) > 0 && beginsWithValue(r) {
			return i
		}
	}
	return -1
}

func beginsWithValue(r *record) bool {
	s := trim(r.cells[0])
	return s != "" && cellClass(s, r, 0) == classValue
}

// isLabelled reports whether a row is as long as the table and begins with a
// single word.
func isLabelled(r *record, usual int) bool {
	if len(r.cells) != usual || r.filled() < 2 {
		return false
	}
	s := trim(r.cells[0])
	return s != "" && len(s) <= 20 && !strings.ContainsAny(s, " \n") && cellClass(s, r, 0) == classWord
}

// namesColumns reports whether all cells of a row are words where the rows
// below have values.
func (l *layout) namesColumns(h *record, records []record, below []int) bool {
	typed := 0
	for i, c := range h.cells {
		c = trim(c)
		if c == "" || cellClass(c, h, i) != classWord {
			return false
		}
		if i > 0 && mostlyTyped(records, below, i) {
			typed++
		}
	}
	return typed >= 2
}

func allWords(r *record, usual int) bool {
	for i, c := range r.cells[:usual] {
		if c = trim(c); c == "" || cellClass(c, r, i) != classWord {
			return false
		}
	}
	return true
}

func isUnitLabel(s string) bool {
	return hasWord([]string{cleanName(s)}, "unit", "units", "unita", "unita_di_misura", "um", "u_m", "misura")
}
