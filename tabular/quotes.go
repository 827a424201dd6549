package tabular

import (
	"errors"
	"io"
	"strings"
)

// quoted appends the cells of a record that begins with line s, reading on
// while a quote is open. When it is never closed, the first line is split
// with its quotes as plain characters and the others are given back.
func (c *csvReader) quoted(s string) (open bool, err error) {
	from := c.line
	q := quoteParser{c: c, s: s}
	for !q.done {
		if strings.HasPrefix(q.s[q.i:], `"`) {
			if err := q.cell(); err != nil {
				return false, err
			}
		} else {
			q.bare()
		}
		if q.failed {
			c.cells = c.cells[:0]
			c.split(s)
			c.pending = append(q.more, c.pending[c.at:]...)
			c.at, c.line = 0, from
			c.slips++
			return true, nil
		}
	}
	return false, nil
}

// quoteBudget is how many lines a quoted cell may take. It shrinks with every
// quote that was never closed: a file full of them would be read over and over.
func (c *csvReader) quoteBudget() int {
	return max(1, maxQuotedLines/((c.slips+1)*(c.slips+1)))
}

// A quoteParser walks over the lines of one record.
type quoteParser struct {
	c      *csvReader
	s      string // the line at hand
	i      int    // where in it
	more   []string
	size   int
	done   bool
	failed bool
}

// add ends a cell at position end of the line.
func (q *quoteParser) add(cell string, end int) {
	q.c.cells = append(q.c.cells, cell)
	if end >= len(q.s) || len(q.c.cells) > maxCells {
		q.done = true
		return
	}
	q.i = end + 1
}

func (q *quoteParser) bare() {
	end := q.cellEnd(q.i)
	q.add(q.s[q.i:end], end)
}

// cellEnd returns where the next delimiter is, or the end of the line.
func (q *quoteParser) cellEnd(from int) int {
	if n := strings.IndexByte(q.s[from:], q.c.comma); n >= 0 {
		return from + n
	}
	return len(q.s)
}

// cell reads a cell that begins with a quote.
func (q *quoteParser) cell() error {
	var b strings.Builder
	from := q.i + 1
	for {
		n := strings.IndexByte(q.s[from:], '"')
		if n < 0 {
			b.WriteString(q.s[from:])
			b.WriteByte('\n')
			if err := q.nextLine(); err != nil || q.failed {
				return err
			}
			from = 0
			continue
		}
		at := from + n
		if strings.HasPrefix(q.s[at:], `""`) {
			b.WriteString(q.s[from : at+1])
			from = at + 2
			continue
		}
		end := at + 1 + len(q.s[at+1:]) - len(strings.TrimLeft(q.s[at+1:], " "))
		switch {
		case end == len(q.s) || q.s[end] == q.c.comma:
			q.finish(&b, q.s[from:at], end)
			return nil
		case q.closedLater(at + 1):
			b.WriteString(q.s[from : at+1])
			from = at + 1
		default:
			end = q.cellEnd(at + 1)
			b.WriteString(q.s[from:at])
			q.finish(&b, q.s[at+1:end], end)
			return nil
		}
	}
}

func (q *quoteParser) finish(b *strings.Builder, tail string, end int) {
	if b.Len() == 0 {
		q.add(tail, end)
		return
	}
	b.WriteString(tail)
	q.add(b.String(), end)
}

// closedLater reports whether a quote inside a quoted cell is a slip, for the
// cell is closed properly further on, before another one is opened.
func (q *quoteParser) closedLater(from int) bool {
	rest := q.s[from:]
	open := strings.Index(rest, string(q.c.comma)+`"`)
	for i := 0; ; {
		n := strings.IndexByte(rest[i:], '"')
		if n < 0 || open >= 0 && i+n > open {
			return false
		}
		i += n + 1
		if i == len(rest) || rest[i] == q.c.comma {
			return true
		}
	}
}

func (q *quoteParser) nextLine() error {
	line, err := q.c.nextLine()
	if errors.Is(err, io.EOF) {
		q.failed = true
		return nil
	}
	if err != nil {
		return err
	}
	q.more = append(q.more, line)
	q.size += len(line) + 1
	q.s, q.i = line, 0
	q.failed = len(q.more) >= q.c.quoteBudget() || q.size > maxQuotedBytes
	return nil
}
