package tabular

import (
	"context"
	"fmt"
	"slices"

	"portico/catalog"
)

const (
	defaultMaxBytes = 1 << 30
	defaultMaxRows  = 20_000_000
	maxRejected     = 10_000 // that are told one by one
)

// A recordSource yields the records of a file from its beginning, as often as
// it is asked. A record is only valid until f returns; f ends the pass early
// with errStop.
type recordSource interface {
	each(ctx context.Context, f func(*record) error) error
}

// errStop ends a pass early.
type stop struct{}

func (stop) Error() string { return "stop" }

var errStop error = stop{}

// A survey is the first pass over all records: it decides what is a row, and
// the types of columns.
type survey struct {
	l          *layout
	t          *Table
	sketch     []columnSketch
	maxRows    int64
	footer     []record // rows that are the footer if no row follows
	footerAt   int64    // index of the first of them, or -1
	afterBlank bool
	unreported int64
	entries    []*catalog.Column // of the dictionary, by column; nil where there is none
}

// understand makes a Table of records whose layout was found.
func understand(ctx context.Context, t *Table, src recordSource, l *layout, o Options) error {
	if l.width > maxCells {
		return tooWide()
	}
	s := survey{l: l, t: t, maxRows: o.MaxRows, footerAt: -1}
	s.prepare(o.Dictionary)
	if err := src.each(ctx, s.record); err != nil {
		return err
	}
	s.tellFooter()
	t.HeaderRow = int(l.header)
	readings := s.columns()
	t.Notes = append(t.Notes, l.notes...)
	s.tellRejected()
	p := pass{l: l, src: src, readings: readings, end: s.footerAt}
	t.Rows = func(yield func([]any, error) bool) { p.rows(ctx, yield) }
	return nil
}

func (s *survey) record(r *record) error {
	if r.index < s.l.first {
		return nil
	}
	if !s.l.exact && r.blank() {
		s.afterBlank = true
		return nil
	}
	if !s.l.exact && s.l.looksLikeFooter(r, s.afterBlank) && len(s.footer) < maxFooter {
		if len(s.footer) == 0 {
			s.footerAt = r.index
		}
		kept := *r
		kept.cells, kept.native = slices.Clone(r.cells), slices.Clone(r.native)
		s.footer = append(s.footer, kept)
		return nil
	}
	s.afterBlank = false
	for i := range s.footer {
		if err := s.row(&s.footer[i]); err != nil {
			return err
		}
	}
	s.footer, s.footerAt = s.footer[:0], -1
	return s.row(r)
}

func (s *survey) row(r *record) error {
	if reason := s.l.reject(r); reason != "" {
		if len(s.t.Rejected) < maxRejected {
			s.t.Rejected = append(s.t.Rejected, Rejected{Line: r.line, Reason: reason})
		} else {
			s.unreported++
		}
		return nil
	}
	s.t.DataRows++
	if s.t.DataRows > s.maxRows {
		return catalog.Errorf(catalog.Invalid, "The table has more than %d rows", s.maxRows).
			Italian("La tabella ha più di %d righe", s.maxRows)
	}
	for i := range s.sketch {
		if i < len(r.cells) {
			s.sketch[i].add(r.cells[i], r.native != nil && r.native[i])
		}
	}
	return nil
}

// reject says why a record is no row, or "".
func (l *layout) reject(r *record) string {
	n := len(r.cells)
	switch {
	case r.bad != "":
		return r.bad
	case l.isHeaderAgain(r):
		return "Intestazione ripetuta / repeated header"
	case n > l.width && r.width() > l.width:
		return fmt.Sprintf("Riga troppo lunga: %d celle invece di %d / row too long: %d cells instead of %d", r.width(), l.width, r.width(), l.width)
	case n < l.width && !l.mayEndAt(n):
		if r.open {
			return fmt.Sprintf("Virgolette mai chiuse: %d celle invece di %d / quote never closed: %d cells instead of %d", n, l.width, n, l.width)
		}
		return fmt.Sprintf("Riga troppo corta: %d celle invece di %d / row too short: %d cells instead of %d", n, l.width, n, l.width)
	}
	return ""
}

// isHeaderAgain reports whether a row is the header once more, as in prints of
// many pages.
func (l *layout) isHeaderAgain(r *record) bool {
	if l.header < 0 || l.width < 2 || len(r.cells) == 0 || len(r.cells[0]) < len(l.headers[0]) || trim(r.cells[0]) != l.headers[0] {
		return false
	}
	words := 0
	for i, h := range l.headers {
		c := ""
		if i < len(r.cells) {
			c = trim(r.cells[i])
		}
		if c != h {
			return false
		}
		if h != "" {
			words++
		}
	}
	return words >= 2
}

func (s *survey) tellFooter() {
	if len(s.footer) == 0 {
		return
	}
	rows := make([]int, len(s.footer))
	for i := range rows {
		rows[i] = i
	}
	s.t.Notes = append(s.t.Notes, fmt.Sprintf("Escluse %d righe in fondo, dalla riga %d (totali, note) / left out rows at the end: %s",
		len(s.footer), s.footer[0].line, titles(s.footer, rows)))
}

func (s *survey) tellRejected() {
	if n := int64(len(s.t.Rejected)) + s.unreported; n > 0 {
		s.t.Notes = append(s.t.Notes, fmt.Sprintf("Scartate %d righe / rejected rows: %d", n, n))
	}
}

// columns decides names and types; trailing columns without header and values
// are dropped.
func (s *survey) columns() []reading {
	n := s.dropMarks(s.dropBlank())
	headers := make([]string, n)
	var h hints
	for i := range n {
		headers[i] = s.header(i)
		k := &s.sketch[i]
		h.commas = h.commas || k.fit == fitsComma && k.frac[0] > 0
		h.points = h.points || k.fit == fitsPoint && k.frac[1] > 0
	}
	names := uniqueNames(headers)
	if s.l.header < 0 && !s.l.exact {
		names = numberedNames(n)
	}
	readings := make([]reading, n)
	s.t.Columns = make([]catalog.Column, n)
	for i := range n {
		h.words = wordsOf(headers[i])
		r, unread := s.sketch[i].read(h)
		readings[i] = r
		s.t.Columns[i] = catalog.Column{Name: names[i], Header: headers[i], Type: r.typ, Scale: r.scale}
		if i == 0 && s.l.stacked {
			s.t.Columns[i].Name = nameByType(r.typ, names)
		}
		if i < len(s.l.units) {
			s.t.Columns[i].Unit = s.l.units[i]
		}
		s.apply(i, unread)
		s.tellColumn(i, r)
	}
	return readings
}

// read decides the reading of a column, and tells how many values it cannot read.
func (k *columnSketch) read(h hints) (r reading, unread int64) {
	if k.fixed != "" {
		return k.decideFixed(h)
	}
	return k.decide(h), 0
}

// dropBlank returns how many columns there are without those at the end that
// hold nothing at all.
func (s *survey) dropBlank() int {
	n := s.l.width
	for n > 0 && !s.l.exact && s.header(n-1) == "" && s.sketch[n-1].values+s.sketch[n-1].placeholder == 0 {
		n--
	}
	return n
}

// dropMarks leaves out columns at the end that hold nothing but the marks of
// footnotes, as sheets made of PDFs do.
func (s *survey) dropMarks(n int) int {
	for n > 1 {
		k := &s.sketch[n-1]
		if !k.watch || k.odd || k.marks == 0 || k.forced {
			return n
		}
		s.t.Notes = append(s.t.Notes, fmt.Sprintf("Colonna %d senza intestazione, con i soli richiami di nota (%d): lasciata fuori / column of footnote marks alone: left out", n, k.marks))
		n--
	}
	return n
}

func (s *survey) header(i int) string {
	if i < len(s.l.headers) {
		return s.l.headers[i]
	}
	return ""
}

func (s *survey) tellColumn(i int, r reading) {
	k, name := &s.sketch[i], s.t.Columns[i].Name
	if r.typ != catalog.String && k.placeholder > 0 {
		s.t.Notes = append(s.t.Notes, fmt.Sprintf("Colonna %s: %d segnaposto (come «-» o «n.d.») letti come vuoti / placeholders read as null", name, k.placeholder))
	}
	if r.way == fitsComma && k.dots > 0 && k.frac[0] == 0 {
		s.t.Notes = append(s.t.Notes, fmt.Sprintf("Colonna %s: il punto separa le migliaia / the point separates thousands", name))
	}
	if r.way == fitsMonthFirst || r.way == fitsStampMonthFirst {
		s.t.Notes = append(s.t.Notes, fmt.Sprintf("Colonna %s: date con il mese prima del giorno / dates with the month first", name))
	}
}

// A pass yields the rows of a table that was understood.
type pass struct {
	l        *layout
	src      recordSource
	readings []reading
	end      int64 // index of the first record of the footer, or -1
}

// fill sets the values of a row.
func (p *pass) fill(row []any, r *record) {
	for i := range row {
		row[i] = nil
		if i < len(r.cells) {
			row[i] = p.readings[i].value(r.cells[i], r.native != nil && r.native[i])
		}
	}
}

func (p *pass) rows(ctx context.Context, yield func([]any, error) bool) {
	row := make([]any, len(p.readings))
	stopped := false
	err := p.src.each(ctx, func(r *record) error {
		switch {
		case r.index < p.l.first:
			return nil
		case p.end >= 0 && r.index >= p.end:
			return errStop
		case p.l.reject(r) != "" || !p.l.exact && r.blank():
			return nil
		}
		p.fill(row, r)
		if !yield(row, nil) {
			stopped = true
			return errStop
		}
		return nil
	})
	if err != nil && !stopped {
		yield(nil, err)
	}
}
