// Package excel reads the workbooks of Excel: of today (.xlsx), parts of XML
// in an archive, and of 97 to 2003 (.xls), records in a file system in a
// file. It reads values and no formulas, writes nothing, and believes no
// count that the bytes do not bear out.
package excel

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
)

// maxShared is how many bytes the texts that cells share may take.
const maxShared = 200 << 20

// MaxColumns is how many columns a sheet can have.
const MaxColumns = 16384

// A Book is an open .xlsx file.
type Book struct {
	Sheets   []Sheet
	parts    map[string]func() (io.ReadCloser, error)
	texts    []string
	styles   []style
	from1904 bool
}

// OpenBook reads what all sheets of a workbook share. open opens a member of
// the archive, within whatever limits it has.
func OpenBook(z *zip.Reader, open func(*zip.File) (io.ReadCloser, error)) (*Book, error) {
	b := &Book{parts: make(map[string]func() (io.ReadCloser, error))}
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		b.parts[name] = func() (io.ReadCloser, error) { return open(f) }
	}
	for _, part := range []struct {
		read func() error
		must bool
	}{{b.readSheets, true}, {b.readStyles, false}, {b.readTexts, false}} {
		if err := part.read(); err != nil && (part.must || !errors.Is(err, errNoPart)) {
			return nil, err
		}
	}
	return b, nil
}

func (b *Book) readSheets() error {
	targets := make(map[string]string)
	err := b.scan("xl/_rels/workbook.xml.rels", func(s *tagScanner) error {
		if s.starts("Relationship") {
			targets[string(s.get("Id"))] = unescape(s.get("Target"))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}
	return b.scan("xl/workbook.xml", func(s *tagScanner) error {
		switch {
		case s.starts("workbookPr"):
			v := string(s.get("date1904"))
			b.from1904 = v == "1" || v == "true"
		case s.starts("sheet"):
			state := string(s.get("state"))
			b.Sheets = append(b.Sheets, Sheet{
				Name: unescape(s.get("name")), Hidden: state == "hidden" || state == "veryHidden",
				part: strings.ToLower(b.partOf(targets[string(s.get("id"))])),
			})
		}
		return nil
	})
}

// partOf returns the part that a relation leads to.
func (b *Book) partOf(target string) string {
	switch {
	case target == "":
		return fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.Sheets)+1)
	case target[0] == '/':
		return target[1:]
	}
	return path.Join("xl", target)
}

var errNoPart = errors.New("no such part")

// scan calls f with each tag of a part.
func (b *Book) scan(part string, f func(*tagScanner) error) (err error) {
	open := b.parts[part]
	if open == nil {
		return fmt.Errorf("%w: %w %s", ErrFormat, errNoPart, part)
	}
	r, err := open()
	if err != nil {
		return err
	}
	defer func() {
		if e := r.Close(); err == nil && e != nil {
			err = fmt.Errorf("close %s: %w", part, e)
		}
	}()
	s := newTagScanner(r)
	for {
		if err := s.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := f(s); err != nil {
			return err
		}
	}
}

func (b *Book) readStyles() error {
	formats := make(map[int]string)
	inCells := false
	return b.scan("xl/styles.xml", func(s *tagScanner) error {
		switch {
		case s.starts("numFmt"):
			formats[number(s.get("numFmtId"))] = unescape(s.get("formatCode"))
		case s.is("cellXfs"):
			inCells = !s.end && !s.sole
		case inCells && s.starts("xf") && len(b.styles) < 1<<17:
			id := number(s.get("numFmtId"))
			b.styles = append(b.styles, styleOf(id, formats[id]))
		}
		return nil
	})
}

func number(b []byte) int {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return 0
	}
	return n
}

func (b *Book) readTexts() error {
	var one []byte
	var size int
	phonetic := false
	return b.scan("xl/sharedstrings.xml", func(s *tagScanner) error {
		switch {
		case s.is("rPh"): // how it is read aloud
			phonetic = !s.end && !s.sole
		case s.end && s.is("t") && !phonetic:
			one = append(one, s.text...)
		case s.is("si") && (s.end || s.sole):
			b.texts = append(b.texts, unescape(one))
			if size += len(one) + 16; size > maxShared {
				return fmt.Errorf("%w: shared texts of more than %d bytes", ErrFormat, maxShared)
			}
			one = one[:0]
		}
		return nil
	})
}

// Rows calls f with the cells of each row of a sheet that has any, by column.
// The slice is only valid until f returns.
func (b *Book) Rows(sheet Sheet, f func(row int, cells []Cell) error) error {
	w := rowWalk{b: b, f: f, row: -1}
	return b.scan(sheet.part, w.tag)
}

// A rowWalk makes rows of the tags of a sheet.
type rowWalk struct {
	b      *Book
	f      func(int, []Cell) error
	row    int
	cells  []Cell
	cell   Cell
	kind   string // of the cell: "s", "b", …
	style  int
	value  []byte
	inline bool // within <is>
}

func (w *rowWalk) tag(s *tagScanner) error {
	switch {
	case s.is("c") && s.end:
		w.finish()
	case s.is("c"):
		if w.begin(s); s.sole {
			w.finish()
		}
	case s.end && (s.is("v") || w.inline && s.is("t")):
		w.value = append(w.value, s.text...)
	case s.is("is"):
		w.inline = !s.end && !s.sole
	case s.is("row"):
		return w.rowTag(s)
	}
	return nil
}

func (w *rowWalk) rowTag(s *tagScanner) error {
	if !s.end {
		next := number(s.get("r")) - 1
		if next <= w.row {
			next = w.row + 1
		}
		w.row, w.cells, w.cell.Col = next, w.cells[:0], -1
	}
	if !s.end && !s.sole || len(w.cells) == 0 {
		return nil
	}
	err := w.f(w.row, w.cells)
	w.cells = w.cells[:0]
	return err
}

func (w *rowWalk) begin(s *tagScanner) {
	col := w.cell.Col + 1
	if ref := s.get("r"); len(ref) > 0 {
		if c := columnOf(ref); c >= col {
			col = c
		}
	}
	w.cell = Cell{Row: w.row, Col: col}
	w.kind = kindOf(s.get("t"))
	w.style = number(s.get("s"))
	w.value, w.inline = w.value[:0], false
}

// kindOf returns the kind of a cell without a new string for each.
func kindOf(b []byte) string {
	switch string(b) {
	case "s":
		return "s"
	case "b":
		return "b"
	case "str", "inlineStr", "e", "d":
		return "str"
	}
	return "n"
}

// columnOf returns the column of a reference such as AB12, or -1.
func columnOf(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > MaxColumns {
			return -1
		}
	}
	return n - 1
}

func (w *rowWalk) finish() {
	if len(w.value) == 0 || w.cell.Col >= MaxColumns {
		return
	}
	c := w.cell
	if c.Text, c.Number = w.text(); c.Text != "" {
		w.cells = append(w.cells, c)
	}
}

// text returns the text of the cell, and whether it is a number.
func (w *rowWalk) text() (string, bool) {
	switch w.kind {
	case "s":
		if i, err := strconv.Atoi(string(w.value)); err == nil && i >= 0 && i < len(w.b.texts) {
			return w.b.texts[i], false
		}
		return "", false
	case "b":
		if string(w.value) == "1" {
			return "TRUE", false
		}
		return "FALSE", false
	case "str":
		return unescape(w.value), false
	}
	return w.numeric()
}

func (w *rowWalk) numeric() (string, bool) {
	v, err := strconv.ParseFloat(string(w.value), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return unescape(w.value), false
	}
	var look style
	if w.style >= 0 && w.style < len(w.b.styles) {
		look = w.b.styles[w.style]
	}
	return look.text(v, w.b.from1904)
}
