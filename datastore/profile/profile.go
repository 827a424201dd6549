// Package profile tells what is in the columns of a table: how many values are
// missing, how many differ, between which they lie, which are frequent; and
// which chart would show it. It knows columns and rows, no pages.
package profile

import (
	"context"
	"fmt"
	"hash/maphash"
	"time"

	"portico/catalog"
	"portico/exporter"
)

// A Profile says what is in a table.
type Profile struct {
	Made    int      `json:"made"`           // version of the rules by which it was made
	Table   string   `json:"table"`          // hash of the snapshot; "" = rows that come through the API
	Rows    int64    `json:"rows"`           // that were looked at
	Part    bool     `json:"part,omitempty"` // the table has more rows
	Columns []Column `json:"columns"`        // of the first MaxColumns
	Chart   *Chart   `json:"chart,omitempty"`
}

// A Column says what is in a column. Values are texts, as Text writes them.
type Column struct {
	Name     string     `json:"name"`
	Nulls    int64      `json:"nulls"`
	Distinct int64      `json:"distinct"`
	About    bool       `json:"about,omitempty"` // Distinct is an estimate, within some 3 %
	Min      string     `json:"min,omitempty"`   // of numbers and moments
	Max      string     `json:"max,omitempty"`
	Mean     *float64   `json:"mean,omitempty"` // of numbers
	Frequent []Frequent `json:"frequent,omitempty"`
}

// A Frequent is a value with how often it stands in a column, at least.
type Frequent struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// version is that of the rules here: what was kept by others is made anew.
const version = 1

// The bounds of the work: of a larger table the first rows are looked at, of a
// wider one the first columns.
const (
	MaxColumns = 200
	maxCells   = 40_000_000
)

// A Source gives the rows of a table from the first; it is asked twice.
type Source func(ctx context.Context) (exporter.Rows, func() error, error)

// Of looks at a table.
func Of(ctx context.Context, source Source) (*Profile, error) {
	p := &Profile{Made: version}
	var watch []*watcher
	err := each(ctx, source, func(columns []catalog.Column) int64 {
		seed := maphash.MakeSeed()
		for _, c := range columns[:min(len(columns), MaxColumns)] {
			watch = append(watch, newWatcher(c, seed))
		}
		return maxCells / int64(max(len(columns), 1))
	}, func(row []any) {
		p.Rows++
		for i, w := range watch {
			w.see(row[i])
		}
	}, &p.Part)
	if err != nil {
		return nil, err
	}
	for _, w := range watch {
		p.Columns = append(p.Columns, w.column(p.Rows))
	}
	var columns []catalog.Column
	for _, w := range watch {
		columns = append(columns, w.c)
	}
	if p.Chart = choose(columns, p); p.Chart != nil {
		err = p.Chart.draw(ctx, source, columns)
	}
	if p.Chart != nil && !p.Chart.tells() {
		p.Chart = nil
	}
	return p, err
}

// each reads the rows of a table, up to as many as begin says.
func each(ctx context.Context, source Source, begin func([]catalog.Column) int64, see func([]any), part *bool) error {
	rows, end, err := source(ctx)
	if err != nil {
		return fmt.Errorf("read a table: %w", err)
	}
	most, n := begin(rows.Columns), int64(0)
	for row, rowErr := range rows.All {
		if rowErr != nil {
			err = fmt.Errorf("read a table: %w", rowErr)
			break
		}
		if n == most {
			*part = true
			break
		}
		if n++; n%4096 == 0 && ctx.Err() != nil {
			err = ctx.Err()
			break
		}
		see(row)
	}
	if closeErr := end(); err == nil {
		err = closeErr
	}
	return err
}

// Text writes a value of a column as profiles hold it: numbers with a point,
// moments as ISO 8601 has them.
func Text(c catalog.Column, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		if c.Type == catalog.Day {
			return v.UTC().Format(time.DateOnly)
		}
		return v.UTC().Format(momentLayout)
	case time.Duration:
		return time.Time{}.Add(v).Format(time.TimeOnly)
	case float64:
		return fmt.Sprintf("%v", v)
	}
	return fmt.Sprint(v)
}

const momentLayout = "2006-01-02T15:04:05"
