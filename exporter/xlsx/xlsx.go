// Package xlsx writes tables as Excel workbooks, sheet after sheet while the
// rows come: nothing is kept in memory or on the disk. It knows rows and
// columns, not where they come from.
package xlsx

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"time"

	"portico/catalog"
	"portico/exporter"
)

// Limits are those of a sheet.
type Limits struct {
	Rows    int // with the header
	Columns int
	Text    int // UTF-16 units in a cell
}

// excel are Excel's own limits.
var excel = Limits{Rows: 1_048_576, Columns: 16_384, Text: 32_767}

// Format returns XLSX: a header that stays in view, then cells of their types,
// so that numbers are numbers and days are days in any language. Codes, and
// numbers of more digits than Excel knows, stay texts; so do moments before
// 1900-03-01. No text is ever a formula. Rows that do not fit on a sheet go on
// the next; a text that does not fit in a cell is cut, and a sheet of notes at
// the end says where. Equal rows make equal bytes.
func Format() exporter.Format { return FormatWithin(excel) }

// FormatWithin is Format for sheets of other limits.
func FormatWithin(l Limits) exporter.Format {
	return exporter.Format{
		Name:      "xlsx",
		Title:     "Excel (XLSX)",
		MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		Fits:      func(columns []catalog.Column) bool { return len(columns) <= l.Columns },
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			if len(rows.Columns) > l.Columns {
				return catalog.Errorf(catalog.Invalid, "an Excel sheet has %d columns at most, the table has %d; take it as CSV", l.Columns, len(rows.Columns)).
					Italian("un foglio Excel ha al più %d colonne, la tabella ne ha %d: si può scaricare in CSV", l.Columns, len(rows.Columns))
			}
			b := &book{zip: zip.NewWriter(w), limits: l, columns: rows.Columns}
			if err := b.write(ctx, rows); err != nil {
				return fmt.Errorf("write XLSX: %w", err)
			}
			return nil
		},
	}
}

// A book is a workbook that is being written.
type book struct {
	zip     *zip.Writer
	limits  Limits
	columns []catalog.Column

	sheets []string // their names
	sheet  io.Writer
	buf    []byte
	row    int // the last one written to the sheet
	cuts   []cutText
	cut    int // all texts that were cut
}

// A cutText is where a text was cut.
type cutText struct {
	sheet, cell string
	length      int
}

const (
	chunk   = 64 << 10
	maxCuts = 1000 // that are told one by one
)

func (b *book) write(ctx context.Context, rows exporter.Rows) error {
	if err := b.next(); err != nil {
		return err
	}
	for row, err := range rows.All {
		if err != nil {
			return err
		}
		if err := b.put(row); err != nil {
			return err
		}
		if len(b.buf) < chunk {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.flush(); err != nil {
			return err
		}
	}
	for _, end := range []func() error{b.endSheet, b.notes, b.frame, b.zip.Close} {
		if err := end(); err != nil {
			return err
		}
	}
	return nil
}

// put writes a row, on the next sheet where this one is full.
func (b *book) put(row []any) error {
	if len(row) != len(b.columns) {
		return fmt.Errorf("a row has %d values for %d columns", len(row), len(b.columns))
	}
	if b.row == b.limits.Rows {
		if err := b.next(); err != nil {
			return err
		}
	}
	return b.add(row)
}

func (b *book) flush() error {
	_, err := b.sheet.Write(b.buf)
	b.buf = b.buf[:0]
	return err
}

// create begins a part of the file. Its time is always the same, so that equal
// rows make equal bytes.
func (b *book) create(name string) (io.Writer, error) {
	return b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// next begins a sheet, with the header.
func (b *book) next() error {
	if err := b.endSheet(); err != nil {
		return err
	}
	name := "Dati"
	if n := len(b.sheets) + 1; n > 1 {
		name = fmt.Sprintf("Dati %d", n)
	}
	if err := b.begin(name); err != nil {
		return err
	}
	b.buf = append(b.buf, `<cols>`...)
	for i, c := range b.columns {
		b.buf = fmt.Appendf(b.buf, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, widthOf(c))
	}
	if len(b.columns) == 0 {
		b.buf = append(b.buf, `<col min="1" max="1" width="10" customWidth="1"/>`...)
	}
	b.row = 1
	b.buf = append(b.buf, `</cols><sheetData><row r="1">`...)
	for i, c := range b.columns {
		b.text(i, c.Name, styleHeader)
	}
	b.buf = append(b.buf, `</row>`...)
	return nil
}

// begin begins a sheet of the given name, up to where its columns are told.
func (b *book) begin(name string) error {
	b.sheets = append(b.sheets, name)
	var err error
	if b.sheet, err = b.create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets))); err != nil {
		return err
	}
	b.buf = append(b.buf[:0], xmlHead+`<worksheet xmlns="`+mainNS+`"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`...)
	return nil
}

// endSheet ends the sheet that was begun, if any.
func (b *book) endSheet() error {
	if b.sheet == nil {
		return nil
	}
	b.buf = append(b.buf, `</sheetData></worksheet>`...)
	err := b.flush()
	b.sheet = nil
	return err
}

// notes writes the sheet that says which texts were cut.
func (b *book) notes() error {
	if b.cut == 0 {
		return nil
	}
	if err := b.begin("Note"); err != nil {
		return err
	}
	b.buf = append(b.buf, `<sheetData>`...)
	b.row = 0
	line := func(texts ...string) {
		b.row++
		b.buf = fmt.Appendf(b.buf, `<row r="%d">`, b.row)
		for i, s := range texts {
			b.text(i, s, styleText)
		}
		b.buf = append(b.buf, `</row>`...)
	}
	line(fmt.Sprintf("Testi tagliati a %d caratteri, il massimo di una cella: %d. Il CSV li ha interi. / Texts cut to %d characters, the most that a cell holds: %d. CSV has them whole.", b.limits.Text, b.cut, b.limits.Text, b.cut))
	for _, c := range b.cuts {
		line(c.sheet, c.cell, fmt.Sprint(c.length))
	}
	return b.endSheet()
}

func widthOf(c catalog.Column) int {
	const least, most = 10, 40
	return min(max(len(c.Name)+2, map[catalog.ColumnType]int{catalog.String: 24, catalog.Timestamp: 20, catalog.Day: 12}[c.Type], least), most)
}
