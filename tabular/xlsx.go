package tabular

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"portico/catalog"
)

// Bounds of a workbook. Sheets and shared strings over maxPart go through
// temporary files; other parts are held in memory.
const (
	maxUnzipped = 600 << 20
	maxPart     = 16 << 20
	maxOthers   = 48 << 20 // all parts but sheets and shared strings
	maxSheets   = 500
	maxBlank    = 30_000_000 // blank cells that are walked over
	maxSample   = 2_000_000  // cells of the first rows, which are held in memory
)

// openWorkbook understands a sheet of an XLSX file.
func openWorkbook(ctx context.Context, s stream, o Options) (*Table, error) {
	if s.packed > maxWorkbook {
		return nil, tooLarge(maxWorkbook)
	}
	if err := checkParts(s, min(maxUnzipped, o.MaxBytes)); err != nil {
		return nil, err
	}
	src := &sheetSource{s: s}
	sample, err := src.choose(ctx, o.Sheet)
	if err != nil {
		return nil, err
	}
	l := findLayout(sample, true)
	if l.width == 0 {
		return nil, catalog.Errorf(catalog.Invalid, "The sheet %q holds no rows", src.sheet).
			Italian("Il foglio %q non contiene righe", src.sheet)
	}
	t := &Table{Format: "xlsx", Sheet: src.sheet, Notes: append(s.notes, src.notes...)}
	if err := understand(ctx, t, src, &l, o.MaxRows); err != nil {
		return nil, err
	}
	return t, nil
}

// checkParts refuses a workbook that would fill the memory before a cell is
// read. What a part says of its size is true: archive/zip fails where more
// comes out.
func checkParts(s stream, limit int64) error {
	z, err := zip.NewReader(s.at, s.packed)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return unpackError(err)
	}
	if len(z.File) > maxZipEntries {
		return tooLarge(limit)
	}
	var all, others int64
	for _, f := range z.File {
		size := int64(f.UncompressedSize64)
		if err := checkSize(size, int64(f.CompressedSize64), limit); err != nil {
			return err
		}
		all += size
		name := strings.ToLower(f.Name)
		if !strings.HasPrefix(name, "xl/worksheets/sheet") && name != "xl/sharedstrings.xml" {
			others += size
		}
	}
	if all > limit {
		return tooLarge(limit)
	}
	if others > maxOthers {
		return tooLarge(maxOthers)
	}
	return nil
}

// A sheetSource reads records of one sheet. It opens the workbook anew for
// each pass, so that nothing stays behind between them.
type sheetSource struct {
	s     stream
	sheet string
	notes []string
}

// with opens the workbook for the time of f.
func (s *sheetSource) with(f func(*excelize.File) error) (err error) {
	// The workbook is from outside and the reader of it is not ours: a panic
	// over a broken part must not end the program.
	defer func() {
		if p := recover(); p != nil {
			err = unpackError(fmt.Errorf("reading the workbook: %v", p))
		}
	}()
	x, err := excelize.OpenReader(io.NewSectionReader(s.s.at, 0, s.s.packed), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxPart, TmpDir: os.TempDir(),
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return unpackError(err)
	}
	defer func() {
		if e := x.Close(); err == nil && e != nil {
			err = fmt.Errorf("close the workbook: %w", e)
		}
	}()
	return f(x)
}

// choose sets the sheet to read and returns its first records: the sheet that
// is named, or the first visible one with a table.
func (s *sheetSource) choose(ctx context.Context, name string) (sample []record, err error) {
	err = s.with(func(x *excelize.File) error {
		names := x.GetSheetList()
		names = names[:min(len(names), maxSheets)]
		for _, n := range names {
			if !wanted(x, n, name) {
				continue
			}
			records, err := firstRecords(ctx, x, n)
			if err != nil {
				return err
			}
			if name == "" && !holdsTable(records) {
				continue
			}
			s.sheet, sample = n, records
			if len(names) > 1 && name == "" {
				s.notes = append(s.notes, fmt.Sprintf("Letto il foglio %q di %d: %s / sheet read", n, len(names), firstNames(names)))
			}
			return nil
		}
		return noSheet(name, names)
	})
	return sample, err
}

// wanted reports whether sheet is the one that is named, or visible where
// none is.
func wanted(x *excelize.File, sheet, name string) bool {
	if name != "" {
		return sheet == name
	}
	visible, err := x.GetSheetVisible(sheet)
	return err == nil && visible
}

func firstNames(names []string) string { return strings.Join(names[:min(len(names), 10)], ", ") }

func noSheet(name string, names []string) error {
	if name == "" {
		return catalog.Errorf(catalog.Invalid, "The workbook holds no table").Italian("La cartella di lavoro non contiene tabelle")
	}
	return catalog.Errorf(catalog.Invalid, "There is no sheet %q; there are: %s", name, firstNames(names)).
		Italian("Il foglio %q non esiste; ci sono: %s", name, firstNames(names))
}

func holdsTable(records []record) bool {
	for i := range records {
		if records[i].filled() >= 2 {
			return true
		}
	}
	return len(records) > 1
}

func firstRecords(ctx context.Context, x *excelize.File, sheet string) ([]record, error) {
	var all []record
	cells := 0
	err := eachRow(ctx, x, sheet, func(r *record) error {
		kept := *r
		kept.cells = append([]string(nil), r.cells...)
		kept.native = append([]bool(nil), r.native...)
		cells += len(r.cells)
		if all = append(all, kept); len(all) >= layoutRows || cells > maxSample {
			return errStop
		}
		return nil
	})
	return all, err
}

func (s *sheetSource) each(ctx context.Context, f func(*record) error) error {
	return s.with(func(x *excelize.File) error { return eachRow(ctx, x, s.sheet, f) })
}

// eachRow reads a sheet twice at a time: its raw values, and the same as they
// are shown, for only the way it is shown tells a day from a number.
func eachRow(ctx context.Context, x *excelize.File, sheet string, f func(*record) error) error {
	raw, err := x.Rows(sheet)
	if err != nil {
		return unpackError(err)
	}
	defer raw.Close()
	shown, err := x.Rows(sheet)
	if err != nil {
		return unpackError(err)
	}
	defer shown.Close()
	w := sheetWalk{raw: raw, shown: shown}
	if p, err := x.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		w.from1904 = *p.Date1904
	}
	for {
		if w.index%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := w.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(r); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
	}
}

// A sheetWalk makes records of the rows of a sheet.
type sheetWalk struct {
	raw, shown *excelize.Rows
	from1904   bool
	index      int64
	blank      int64
	r          record
}

func (w *sheetWalk) next() (*record, error) {
	if !w.raw.Next() || !w.shown.Next() {
		if err := w.raw.Error(); err != nil {
			return nil, unpackError(err)
		}
		return nil, io.EOF
	}
	values, err := w.raw.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, unpackError(err)
	}
	texts, err := w.shown.Columns(excelize.Options{
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return nil, unpackError(err)
	}
	w.r = record{cells: w.r.cells[:0], native: w.r.native[:0], line: w.index + 1, index: w.index}
	w.index++
	for i, v := range values {
		text := v
		if i < len(texts) {
			text = texts[i]
		}
		if v == "" {
			w.blank++
		}
		cell, native := cellOf(v, text, w.from1904)
		w.r.cells = append(w.r.cells, cell)
		w.r.native = append(w.r.native, native)
	}
	if w.blank > maxBlank {
		return nil, catalog.Errorf(catalog.Invalid, "The sheet has more than %d blank cells", maxBlank).
			Italian("Il foglio ha più di %d celle vuote", maxBlank)
	}
	return &w.r, nil
}

// looksLikeMoment is how Excel shows days and times.
var looksLikeMoment = regexp.MustCompile(`(?i)^\S*\d:\d\d|^(\w+,? )?\d{1,4}[-/. ]\s?([a-z]{3,}\.?|\d{1,2})([-/. ,]\s?\d{2,4})?\b|^[a-z]{3,}[-/ ]\d{2,4}$`)

// maxSerial is 31 December 9999 as the number of a day.
const maxSerial = 2958465

// cellOf makes the text of a cell of its raw value and of what is shown, and
// tells whether it is a number.
func cellOf(raw, shown string, from1904 bool) (string, bool) {
	if raw == "" {
		return "", false
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return raw, false
	}
	if shown == raw {
		return raw, isNumberText(raw)
	}
	if shown == "TRUE" || shown == "FALSE" || isCodeText(shown) {
		return shown, false
	}
	if s, ok := momentOf(v, shown, from1904); ok {
		return s, false
	}
	return plainFloat(v), true
}

// isCodeText reports whether a number is shown with zeros before it.
func isCodeText(shown string) bool {
	return len(shown) > 1 && shown[0] == '0' && strings.Trim(shown, "0123456789") == ""
}

// isNumberText reports whether a cell may be a number rather than digits that
// were typed as text: a code keeps its zeros.
func isNumberText(raw string) bool {
	s := strings.TrimPrefix(raw, "-")
	return len(s) < 2 || s[0] != '0' || s[1] == '.'
}

// plainFloat writes v with the 15 digits that Excel keeps.
func plainFloat(v float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// momentOf writes the serial number of a day, a time or both as ISO 8601,
// where it is shown as one.
func momentOf(v float64, shown string, from1904 bool) (string, bool) {
	if _, err := strconv.ParseFloat(shown, 64); err == nil || v < 0 || v >= maxSerial+1 || !looksLikeMoment.MatchString(shown) {
		return "", false
	}
	t, err := excelize.ExcelDateToTime(v, from1904)
	if err != nil {
		return "", false
	}
	whole := v == math.Trunc(v)
	switch {
	case v < 1 && strings.Contains(shown, ":"):
		return t.Format("15:04:05"), true
	case v < 1:
		return "", false
	case whole && !strings.Contains(shown, ":"):
		return t.Format("2006-01-02"), true
	}
	return t.Format("2006-01-02 15:04:05"), true
}
