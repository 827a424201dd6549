package ui

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/datastore/profile"
)

// previewRows is how many rows a page of a table has; maxCell and maxColumns
// keep one page readable.
const (
	previewRows = 50
	maxCell     = 300
	maxColumns  = 100
)

// A preview is a page of the rows of a table, as text.
type preview struct {
	Columns []previewColumn
	Rows    [][]cell
	Numbers []rowNumber // of the rows, in their order; none = they have none
	Hidden  int         // columns that are not shown
	Pages   pager
	Places  []place // of the rows that are shown
}

type previewColumn struct {
	Header  string
	Name    string
	Unit    string
	Numeric bool
	SortURL string // "" = the table cannot be sorted here
	Sorted  string // "ascending" or "descending"
}

type cell struct {
	Text    string
	Numeric bool
	Null    bool
}

func headerOf(p speaker, c catalog.Column) string {
	for _, s := range []string{p.in(c.Title), c.Header, c.Name} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return "–"
}

func numeric(c catalog.Column) bool { return c.Type == catalog.Integer || c.Type == catalog.Decimal }

// cell says a value as people of the speaker's language write it.
func (p speaker) cell(c catalog.Column, v any) cell {
	out := cell{Numeric: numeric(c)}
	switch v := v.(type) {
	case nil:
		out.Null = true
	case int64:
		if out.Text = strconv.FormatInt(v, 10); !profile.Label(c) {
			out.Text = p.group(out.Text)
		}
	case float64:
		digits := -1
		if c.Scale > 0 {
			digits = c.Scale
		}
		out.Text = p.decimal(v, digits)
	case bool:
		out.Text = p.text(fmt.Sprintf("value.%t", v))
	case time.Time:
		out.Text = p.moment(c, v)
	case time.Duration:
		out.Text = time.Time{}.Add(v).Format(time.TimeOnly)
	case string:
		out.Text = p.prose(c, v)
	default:
		out.Text = shorten(fmt.Sprint(v), maxCell)
	}
	return out
}

// moment keeps to UTC, in which tables are stored: a clock time in a file says
// no zone.
func (p speaker) moment(c catalog.Column, t time.Time) string {
	day := t.UTC().Format(customs[p.locale].shortDay)
	if c.Type == catalog.Day {
		return day
	}
	return day + " " + t.UTC().Format("15:04")
}

// prose cuts long texts, and of a geometry tells only the kind.
func (p speaker) prose(c catalog.Column, s string) string {
	if c.Type == catalog.Geometry {
		var g struct {
			Type string `json:"type"`
		}
		if json.Unmarshal([]byte(s), &g) == nil && g.Type != "" {
			return g.Type
		}
	}
	return shorten(s, maxCell)
}
