package tabular

import (
	"strings"
)

// A record is one row of a file as it stands there, before anybody knows
// what is header and what is data.
type record struct {
	cells  []string
	native []bool // cells that the file itself calls numbers; nil in texts
	line   int64  // 1-based, where it begins
	index  int64  // 0-based among all records, blank ones too
	open   bool   // a quote was opened and never closed
	bad    string // why its source can make no row of it
}

// blank reports whether r holds nothing but blanks.
func (r *record) blank() bool { return r.width() == 0 }

// width is the number of cells up to the last that is not blank.
func (r *record) width() int {
	for i := len(r.cells); i > 0; i-- {
		if !isBlank(r.cells[i-1]) {
			return i
		}
	}
	return 0
}

// filled is the number of cells that are not blank.
func (r *record) filled() int {
	n := 0
	for _, c := range r.cells {
		if !isBlank(c) {
			n++
		}
	}
	return n
}

func isBlank(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return trim(s) == ""
		}
	}
	return true
}

// trim cuts blanks off, those that do not break as well.
func trim(s string) string {
	if n := len(s); n > 0 && s[0] > ' ' && s[0] < 0x80 && s[n-1] > ' ' && s[n-1] < 0x80 {
		return s
	}
	return strings.Trim(s, " \t\r\n\v\f\u00a0\u202f\ufeff\u200b")
}

// A quoted cell may go over many lines; past these bounds the quote is taken
// for a slip of the pen, and stands for itself.
const (
	maxQuotedLines = 2000
	maxQuotedBytes = maxLine
	maxCells       = 4096 // columns
)

// A lineSource yields lines, numbered, and ends with io.EOF.
type lineSource interface {
	next() ([]byte, error)
}

// A csvReader makes records of lines. It reads what RFC 4180 says and what
// people write: a quote inside a bare cell stands for itself.
type csvReader struct {
	lines   lineSource
	comma   byte // 0 = the whole line is one cell
	line    int64
	index   int64
	pending []string // lines that were read in search of a quote, and given back
	at      int      // the next of pending
	cells   []string
	slips   int // quotes that were never closed
}

func (c *csvReader) nextLine() (string, error) {
	if c.at < len(c.pending) {
		s := c.pending[c.at]
		c.at++
		if c.at == len(c.pending) {
			c.pending, c.at = c.pending[:0], 0
		}
		c.line++
		return s, nil
	}
	b, err := c.lines.next()
	if err != nil {
		return "", err
	}
	c.line++
	return string(b), nil
}

// next returns the next record, valid until the one after it, or io.EOF.
func (c *csvReader) next() (record, error) {
	s, err := c.nextLine()
	if err != nil {
		return record{}, err
	}
	r := record{line: c.line, index: c.index}
	c.index++
	if c.comma == 0 {
		c.cells = append(c.cells[:0], unquoteWhole(s))
		r.cells = c.cells
		return r, nil
	}
	c.cells = c.cells[:0]
	if strings.IndexByte(s, '"') < 0 {
		c.split(s)
	} else if r.open, err = c.quoted(s); err != nil {
		return record{}, err
	}
	r.cells = c.cells
	return r, nil
}

func unquoteWhole(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return s
}

// split appends the cells of a line without any quote.
func (c *csvReader) split(s string) {
	for len(c.cells) < maxCells {
		i := strings.IndexByte(s, c.comma)
		if i < 0 {
			break
		}
		c.cells = append(c.cells, s[:i])
		s = s[i+1:]
	}
	c.cells = append(c.cells, s)
}
