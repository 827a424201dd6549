package tabular

import (
	"context"
	"errors"
	"io"
	"slices"

	"portico/catalog"
	"portico/tabular/excel"
)

// openXLS understands a sheet of a workbook of Excel 97 to 2003.
func openXLS(ctx context.Context, s stream, o Options) (*Table, error) {
	if s.packed > maxWorkbook {
		return nil, tooLarge(maxWorkbook)
	}
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxWorkbook+1))
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, unpackError(err)
	}
	if len(b) > maxWorkbook {
		return nil, tooLarge(maxWorkbook)
	}
	w, err := excel.Open(b)
	if err != nil {
		return nil, xlsError(err)
	}
	t := &Table{Format: "xls", Notes: s.notes}
	return t, openBook(ctx, t, &xlsBook{w: w}, o)
}

// xlsError tells people why a workbook cannot be read.
func xlsError(err error) error {
	switch {
	case err == nil, !isExcelError(err):
		return err
	case errors.Is(err, excel.ErrNoBook):
		return notTable("un vecchio documento di Office", "an old Office document")
	case errors.Is(err, excel.ErrEncrypted):
		return catalog.Errorf(catalog.Invalid, "The workbook is protected with a password").
			Italian("La cartella di lavoro è protetta da password")
	case errors.Is(err, excel.ErrOld):
		return catalog.Errorf(catalog.Invalid, "The workbook is older than Excel 97: save it again as XLSX or CSV").
			Italian("La cartella di lavoro è precedente a Excel 97: salvarla di nuovo come XLSX o CSV")
	}
	return unpackError(err)
}

func isExcelError(err error) bool {
	for _, e := range []error{excel.ErrFormat, excel.ErrNoBook, excel.ErrEncrypted, excel.ErrOld} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

type xlsBook struct{ w *excel.Workbook }

func (x *xlsBook) sheets() (visible, all []string) { return sheetNames(x.w.Sheets) }

func (x *xlsBook) rows(_ context.Context, sheet string, f func(*record) error) error {
	i := slices.IndexFunc(x.w.Sheets, func(s excel.Sheet) bool { return s.Name == sheet })
	cells, err := x.w.Cells(x.w.Sheets[i])
	if err != nil {
		return xlsError(err)
	}
	w := cellRows{f: f}
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n].Row == cells[0].Row {
			n++
		}
		if err := w.row(cells[0].Row, cells[:n]); err != nil {
			return err
		}
		cells = cells[n:]
	}
	return nil
}
