package xlsx

import (
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"portico/catalog"
)

// The styles of cells, as frame lists them.
const (
	styleText = iota
	styleHeader
	styleDay
	styleTime
	styleMoment
	styleInteger
	styleDecimal // of one digit; each more digit is one style on
)

// maxDigits is up to how many digits after the point have a style.
const maxDigits = 4

// add writes a row.
func (b *book) add(row []any) error {
	b.row++
	b.buf = append(b.buf, `<row r="`...)
	b.buf = strconv.AppendInt(b.buf, int64(b.row), 10)
	b.buf = append(b.buf, `">`...)
	for i, v := range row {
		switch v := v.(type) {
		case nil:
		case string:
			b.text(i, v, styleText)
		case int64:
			const exact = 999_999_999_999_999 // Excel knows fifteen digits
			if v > exact || v < -exact {
				b.text(i, strconv.FormatInt(v, 10), styleText)
				continue
			}
			b.open(i, styleInteger, "")
			b.buf = strconv.AppendInt(b.buf, v, 10)
			b.buf = append(b.buf, `</v></c>`...)
		case float64:
			b.number(i, v, decimalStyle(b.columns[i]))
		case bool:
			b.open(i, styleText, "b")
			b.buf = strconv.AppendInt(b.buf, map[bool]int64{true: 1}[v], 10)
			b.buf = append(b.buf, `</v></c>`...)
		case time.Time:
			b.moment(i, v.UTC(), b.columns[i].Type)
		case time.Duration:
			b.number(i, float64(v)/float64(24*time.Hour), styleTime)
		default:
			return fmt.Errorf("column %s holds a %T", b.columns[i].Name, v)
		}
	}
	b.buf = append(b.buf, `</row>`...)
	return nil
}

func decimalStyle(c catalog.Column) int {
	if c.Scale > 0 && c.Scale <= maxDigits {
		return styleDecimal + c.Scale - 1
	}
	return styleText
}

// open begins a cell with a value.
func (b *book) open(column, style int, typ string) {
	b.buf = append(b.buf, `<c r="`...)
	b.buf = appendName(b.buf, column)
	b.buf = strconv.AppendInt(b.buf, int64(b.row), 10)
	b.buf = append(b.buf, '"')
	if style != styleText {
		b.buf = append(b.buf, ` s="`...)
		b.buf = strconv.AppendInt(b.buf, int64(style), 10)
		b.buf = append(b.buf, '"')
	}
	if typ != "" {
		b.buf = append(append(append(b.buf, ` t="`...), typ...), '"')
	}
	if typ == "inlineStr" {
		b.buf = append(b.buf, `><is><t xml:space="preserve">`...)
		return
	}
	b.buf = append(b.buf, `><v>`...)
}

// number writes a number; what Excel has no number for is a text.
func (b *book) number(column int, v float64, style int) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		b.text(column, strconv.FormatFloat(v, 'f', -1, 64), styleText)
		return
	}
	b.open(column, style, "")
	b.buf = strconv.AppendFloat(b.buf, v, 'g', -1, 64)
	b.buf = append(b.buf, `</v></c>`...)
}

// Excel counts days from the end of 1899, and takes 1900 for a leap year: its
// days are right from March on.
var (
	epoch    = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	firstDay = time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
)

func (b *book) moment(column int, t time.Time, typ catalog.ColumnType) {
	if t.Before(firstDay) || t.After(lastDay) {
		layout := "2006-01-02T15:04:05.999999"
		if typ == catalog.Day {
			layout = time.DateOnly
		}
		b.text(column, t.Format(layout), styleText)
		return
	}
	const perDay = 24 * 60 * 60
	since := t.Unix() - epoch.Unix()
	if typ == catalog.Day {
		b.number(column, float64(since/perDay), styleDay)
		return
	}
	b.number(column, (float64(since)+float64(t.Nanosecond())/1e9)/perDay, styleMoment)
}

// text writes a text in the cell itself, where it never is a formula.
func (b *book) text(column int, s string, style int) {
	if length := utf16Length(s); length > b.limits.Text {
		s = cutTo(s, b.limits.Text)
		if b.cut++; len(b.cuts) < maxCuts {
			cell := string(strconv.AppendInt(appendName(nil, column), int64(b.row), 10))
			b.cuts = append(b.cuts, cutText{sheet: b.sheets[len(b.sheets)-1], cell: cell, length: length})
		}
	}
	b.open(column, style, "inlineStr")
	b.buf = appendText(b.buf, s)
	b.buf = append(b.buf, `</t></is></c>`...)
}

func utf16Length(s string) int {
	if len(s) <= 1<<14 { // far below the limit, whatever is in it
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

func cutTo(s string, most int) string {
	n := 0
	for i, r := range s {
		if n += max(utf16.RuneLen(r), 1); n > most {
			return s[:i]
		}
	}
	return s
}

// appendText writes a text as XML. What XML cannot hold stands as _xHHHH_, and
// so does what would be taken for that (ECMA-376, ST_Xstring).
func appendText(buf []byte, s string) []byte {
	from := 0
	for i, width := 0, 0; i < len(s); i += width {
		var r rune
		r, width = utf8.DecodeRuneInString(s[i:])
		with := markup[r]
		switch {
		case with != "":
		case r < ' ' && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			with = fmt.Sprintf("_x%04X_", r)
		case r == utf8.RuneError && width == 1:
			with = "\ufffd"
		case r == '_' && isEscape(s[i:]):
			with = "_x005F_"
		default:
			continue
		}
		buf = append(append(buf, s[from:i]...), with...)
		from = i + width
	}
	return append(buf, s[from:]...)
}

var markup = map[rune]string{'&': "&amp;", '<': "&lt;", '>': "&gt;"}

// isEscape reports whether s begins as _xHHHH_.
func isEscape(s string) bool {
	const length = 7
	if len(s) < length || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

// appendName writes the letters of a column.
func appendName(buf []byte, column int) []byte {
	if column >= 26 {
		buf = appendName(buf, column/26-1)
	}
	return append(buf, byte('A'+column%26))
}
