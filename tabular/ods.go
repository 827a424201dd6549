package tabular

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/tabular/excel"
)

// openODS understands a sheet of an OpenDocument workbook.
func openODS(ctx context.Context, s stream, o Options) (*Table, error) {
	z, err := zip.NewReader(s.at, s.packed)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, unpackError(err)
	}
	b := &odsBook{}
	for _, f := range z.File {
		switch f.Name {
		case "content.xml":
			b.content = member(f, min(maxUnzipped, o.MaxBytes))
		case "mimetype":
			if m, err := smallMember(f); err != nil || !strings.Contains(m, "spreadsheet") {
				return nil, notTable("un documento OpenDocument che non è un foglio di calcolo", "an OpenDocument file that is no spreadsheet")
			}
		}
	}
	if b.content.open == nil {
		return nil, unpackError(nil)
	}
	if err := b.list(ctx); err != nil {
		return nil, err
	}
	t := &Table{Format: "ods", Notes: s.notes}
	return t, openBook(ctx, t, b, o)
}

// An odsBook reads the one part of an OpenDocument workbook that holds its sheets.
type odsBook struct {
	content stream
	names   []string
}

func (b *odsBook) sheets() (visible, all []string) { return b.names, b.names }

// list gathers the names of the sheets.
func (b *odsBook) list(ctx context.Context) error {
	return b.tables(ctx, func(x *xmlReader, name string) error {
		b.names = append(b.names, name)
		return x.leave()
	})
}

// tables calls f with each sheet; f reads to its end.
func (b *odsBook) tables(ctx context.Context, f func(x *xmlReader, name string) error) error {
	r, err := b.content.open()
	if err != nil {
		return err
	}
	defer r.Close()
	x := newXMLReader(r)
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		x.fresh()
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "table" {
			if err := f(x, attrOf(e, "name")); err != nil {
				return err
			}
		}
	}
}

// leave reads to the end of the element that has begun.
func (x *xmlReader) leave() error {
	for depth := x.depth; x.depth >= depth; {
		x.fresh()
		if _, err := x.token(); err != nil {
			return x.cutShort(err)
		}
	}
	return nil
}

func (x *xmlReader) cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return x.broken(io.ErrUnexpectedEOF)
	}
	return err
}

func attrOf(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (b *odsBook) rows(ctx context.Context, sheet string, f func(*record) error) error {
	found := false
	return b.tables(ctx, func(x *xmlReader, name string) error {
		if name != sheet || found {
			return x.leave()
		}
		found = true
		w := odsSheet{x: x, f: f}
		return w.walk()
	})
}

// An odsSheet walks over the rows of a sheet.
type odsSheet struct {
	x     *xmlReader
	f     func(*record) error
	r     record
	index int64
	cells int64 // that were made, repeated ones too
}

const (
	maxRepeat    = 100_000    // times that a row with values may be repeated
	maxODSRepeat = 30_000_000 // cells of all repeats
)

func (s *odsSheet) walk() error {
	for depth := s.x.depth; s.x.depth >= depth; {
		s.x.fresh()
		t, err := s.x.token()
		if err != nil {
			return s.x.cutShort(err)
		}
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "table-row" {
			if err := s.row(repeats(e, "number-rows-repeated")); err != nil {
				return err
			}
		}
	}
	return nil
}

func repeats(e xml.StartElement, attr string) int64 {
	n, err := strconv.ParseInt(attrOf(e, attr), 10, 32)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

func (s *odsSheet) row(times int64) error {
	s.r = record{cells: s.r.cells[:0], native: s.r.native[:0]}
	blanks := int64(0)
	for depth := s.x.depth; s.x.depth >= depth; {
		t, err := s.x.token()
		if err != nil {
			return s.x.cutShort(err)
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "table-cell" && e.Name.Local != "covered-table-cell" {
			continue
		}
		n := repeats(e, "number-columns-repeated")
		text, native, err := s.cell(e)
		if err != nil {
			return err
		}
		if text == "" {
			blanks += n // the last blank cell repeats to the end of the sheet
			continue
		}
		if int64(len(s.r.cells))+blanks+n > maxCells {
			return tooWide()
		}
		for ; blanks > 0; blanks-- {
			s.r.cells, s.r.native = append(s.r.cells, ""), append(s.r.native, false)
		}
		for range n {
			s.r.cells, s.r.native = append(s.r.cells, text), append(s.r.native, native)
		}
	}
	return s.emit(times)
}

// emit yields the row as often as it is repeated. Blank rows are told once.
func (s *odsSheet) emit(times int64) error {
	from := s.index
	s.index += times
	if len(s.r.cells) == 0 {
		times = 1
	}
	if s.cells += times * int64(len(s.r.cells)); times > maxRepeat || s.cells > maxODSRepeat {
		return catalog.Errorf(catalog.Invalid, "The sheet repeats its cells more than %d times", maxODSRepeat).
			Italian("Il foglio ripete le sue celle più di %d volte", maxODSRepeat)
	}
	for i := range times {
		s.r.index, s.r.line = from+i, from+i+1
		r := s.r
		if err := s.f(&r); err != nil {
			return err
		}
	}
	return nil
}

// cell reads a cell: its value where it has one, else its paragraphs. Notes
// that hang on it are no part of it.
func (s *odsSheet) cell(e xml.StartElement) (text string, native bool, err error) {
	var c odsText
	for depth := s.x.depth; s.x.depth >= depth; {
		t, err := s.x.token()
		if err != nil {
			return "", false, s.x.cutShort(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			c.start(t, s.x.depth)
		case xml.EndElement:
			if c.note > 0 && s.x.depth < c.note {
				c.note = 0
			}
		case xml.CharData:
			c.write(string(t))
		}
	}
	text, native = odsValue(e, c.b.String())
	return text, native, nil
}

// odsText gathers the paragraphs of a cell.
type odsText struct {
	b          strings.Builder
	paragraphs int
	note       int // depth of the note that is read, 0 = none
}

func (c *odsText) start(e xml.StartElement, depth int) {
	switch e.Name.Local {
	case "annotation":
		if c.note == 0 {
			c.note = depth
		}
	case "p":
		if c.note > 0 {
			return
		}
		if c.paragraphs++; c.paragraphs > 1 {
			c.write("\n")
		}
	case "s":
		c.write(strings.Repeat(" ", int(min(repeats(e, "c"), 1000))))
	case "line-break":
		c.write("\n")
	}
}

func (c *odsText) write(s string) {
	if c.note == 0 && c.paragraphs > 0 {
		c.b.WriteString(s)
	}
}

// odsValue makes the text of a cell of what it is and how it is shown.
func odsValue(e xml.StartElement, shown string) (text string, native bool) {
	switch attrOf(e, "value-type") {
	case "float", "percentage", "currency":
		v := attrOf(e, "value")
		if isCodeText(shown) {
			return shown, false
		}
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			return excel.PlainFloat(f), true
		}
	case "date":
		v := attrOf(e, "date-value")
		return strings.TrimSuffix(strings.TrimSuffix(v, "T00:00:00"), "T00:00:00.000000000"), false
	case "time":
		return odsTime(attrOf(e, "time-value"), shown), false
	case "boolean":
		return attrOf(e, "boolean-value"), false
	}
	return shown, false
}

// odsTime writes PT09H30M00S as a time of day.
func odsTime(v, shown string) string {
	rest, ok := strings.CutPrefix(v, "PT")
	h, rest, ok1 := strings.Cut(rest, "H")
	m, rest, ok2 := strings.Cut(rest, "M")
	sec, _, ok3 := strings.Cut(rest, "S")
	if !ok || !ok1 || !ok2 || !ok3 || len(h) != 2 || len(m) != 2 {
		return shown
	}
	sec, _, _ = strings.Cut(strings.ReplaceAll(sec, ",", "."), ".")
	return h + ":" + m + ":" + sec
}
