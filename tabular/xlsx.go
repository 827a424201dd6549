package tabular

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"portico/catalog"
	"portico/tabular/excel"
)

// Bounds of a workbook.
const (
	maxUnzipped = 600 << 20
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
	limit := min(maxUnzipped, o.MaxBytes)
	if err := checkParts(s, limit); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(s.at, s.packed)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, unpackError(err)
	}
	b, err := excel.OpenBook(z, func(f *zip.File) (io.ReadCloser, error) { return member(f, limit).open() })
	if err != nil {
		return nil, xlsError(err)
	}
	t := &Table{Format: "xlsx", Notes: s.notes}
	return t, openBook(ctx, t, &xlsxBook{b: b}, o)
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

// An xlsxBook yields the sheets of an XLSX file.
type xlsxBook struct{ b *excel.Book }

func (x *xlsxBook) sheets() (visible, all []string) { return sheetNames(x.b.Sheets) }

func sheetNames(sheets []excel.Sheet) (visible, all []string) {
	for _, s := range sheets {
		all = append(all, s.Name)
		if !s.Hidden {
			visible = append(visible, s.Name)
		}
	}
	return visible, all
}

func (x *xlsxBook) rows(_ context.Context, sheet string, f func(*record) error) error {
	i := slices.IndexFunc(x.b.Sheets, func(s excel.Sheet) bool { return s.Name == sheet })
	w := cellRows{f: f}
	return xlsError(x.b.Rows(x.b.Sheets[i], w.row))
}

// cellRows makes records of the cells of rows.
type cellRows struct {
	f     func(*record) error
	r     record
	next  int // row after the last
	blank int64
}

func (w *cellRows) row(row int, cells []excel.Cell) error {
	if row > w.next { // blank rows are told once: they part what is above from what is below
		w.begin(w.next)
		if err := w.f(&w.r); err != nil {
			return err
		}
	}
	w.begin(row)
	for _, c := range cells {
		for len(w.r.cells) < c.Col {
			w.r.cells, w.r.native = append(w.r.cells, ""), append(w.r.native, false)
			w.blank++
		}
		if len(w.r.cells) == c.Col {
			w.r.cells, w.r.native = append(w.r.cells, c.Text), append(w.r.native, c.Number)
		}
	}
	if w.blank > maxBlank {
		return catalog.Errorf(catalog.Invalid, "The sheet has more than %d blank cells", maxBlank).
			Italian("Il foglio ha più di %d celle vuote", maxBlank)
	}
	w.next = row + 1
	return w.f(&w.r)
}

func (w *cellRows) begin(row int) {
	w.r = record{cells: w.r.cells[:0], native: w.r.native[:0], line: int64(row) + 1, index: int64(row)}
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

// isCodeText reports whether a number is shown with zeros before it.
func isCodeText(shown string) bool {
	return len(shown) > 1 && shown[0] == '0' && strings.Trim(shown, "0123456789") == ""
}
