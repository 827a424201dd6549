package tabular

import (
	"context"
	"fmt"
	"slices"

	"portico/catalog"
)

// A book is a workbook that is not XLSX: its sheets by name.
type book interface {
	// sheets returns the names of the visible sheets, and of all.
	sheets() (visible, all []string)
	// rows calls f with the rows of a sheet, in order.
	rows(ctx context.Context, sheet string, f func(*record) error) error
}

// openBook understands one sheet of a workbook: the one that is named, or the
// first with a table.
func openBook(ctx context.Context, t *Table, b book, o Options) error {
	visible, all := b.sheets()
	visible, all = visible[:min(len(visible), maxSheets)], all[:min(len(all), maxSheets)]
	names := visible
	if o.Sheet != "" {
		if !slices.Contains(all, o.Sheet) {
			return noSheet(o.Sheet, all)
		}
		names = []string{o.Sheet}
	}
	t.Sheets = all
	for _, name := range names {
		src := &bookSheet{b: b, name: name}
		sample, err := sampleOfRows(ctx, src)
		if err != nil {
			return err
		}
		if o.Sheet == "" && !holdsTable(sample) {
			continue
		}
		t.Sheet = name
		if len(all) > 1 && o.Sheet == "" {
			t.Notes = append(t.Notes, fmt.Sprintf("Letto il foglio %q di %d: %s / sheet read", name, len(all), firstNames(all)))
		}
		return openSample(ctx, t, src, sample, o)
	}
	return noSheet("", all)
}

// openRecords understands records that a sheet could hold.
func openRecords(ctx context.Context, t *Table, src recordSource, o Options) error {
	sample, err := sampleOfRows(ctx, src)
	if err != nil {
		return err
	}
	return openSample(ctx, t, src, sample, o)
}

func openSample(ctx context.Context, t *Table, src recordSource, sample []record, o Options) error {
	l := findLayout(sample, true)
	if l.width == 0 {
		return catalog.Errorf(catalog.Invalid, "The sheet %q holds no rows", t.Sheet).
			Italian("Il foglio %q non contiene righe", t.Sheet)
	}
	return understand(ctx, t, src, &l, o)
}

type bookSheet struct {
	b    book
	name string
}

func (s *bookSheet) each(ctx context.Context, f func(*record) error) error {
	n := 0
	err := s.b.rows(ctx, s.name, func(r *record) error {
		if n++; n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return f(r)
	})
	if err == errStop { //nolint:errorlint // it is never wrapped
		return nil
	}
	return err
}

// sampleOfRows keeps the first records of a source.
func sampleOfRows(ctx context.Context, src recordSource) ([]record, error) {
	var all []record
	cells := 0
	err := src.each(ctx, func(r *record) error {
		kept := *r
		kept.cells, kept.native = slices.Clone(r.cells), slices.Clone(r.native)
		cells += len(r.cells)
		if all = append(all, kept); len(all) >= layoutRows || cells > maxSample {
			return errStop
		}
		return nil
	})
	return all, err
}
