package profile

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

// A Chart is the one picture that suits a table, if any.
type Chart struct {
	Kind   Kind    `json:"kind"`
	By     string  `json:"by"`             // the column along which it goes
	Step   string  `json:"step,omitempty"` // of a Line: year, month or day
	Of     string  `json:"of,omitempty"`   // the column of the values; "" = rows are counted
	How    How     `json:"how"`
	Points []Point `json:"points"`
	Others int     `json:"others,omitempty"` // categories that are left out, the smallest
	Part   bool    `json:"part,omitempty"`   // of the first rows of the table alone
}

// A Kind is a kind of chart.
type Kind string

// The kinds of chart: values over time, values of categories.
const (
	Line Kind = "line"
	Bars Kind = "bars"
)

// How is what is done with the values that fall on one point.
type How string

// Rows are counted, amounts added up, shares and measurements averaged. Where
// each point has one row there is nothing to do.
const (
	Count How = "count"
	Sum   How = "sum"
	Mean  How = "mean"
	Each  How = "each"
)

// A Point is a value at a period (2024, 2024-05, 2024-05-31) or of a category.
type Point struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
}

const (
	maxBars       = 12
	maxCategories = 30
	maxPeriods    = 400
	minPeriods    = 3
	maxDays       = 92 // that are told one by one
	maxMonths     = 180
)

// choose returns which chart suits a table: values over time where there is a
// column of days or years, else values of the categories of a column; nil when
// nothing fits.
func choose(columns []catalog.Column, p *Profile) *Chart {
	if p.Rows < minPeriods {
		return nil
	}
	c := &Chart{How: Count}
	if i := measure(columns, p); i >= 0 {
		c.Of, c.How = columns[i].Name, howOf(columns[i])
	}
	if i := timeOf(columns, p); i >= 0 {
		c.Kind, c.By, c.Step = Line, columns[i].Name, stepOf(columns[i], p.Columns[i])
		return c
	}
	if i := category(columns, p, c.Of != ""); i >= 0 {
		c.Kind, c.By = Bars, columns[i].Name
		return c
	}
	return nil
}

// measure returns the first column of amounts, or -1.
func measure(columns []catalog.Column, p *Profile) int {
	for i, c := range columns {
		numbers := c.Type == catalog.Integer || c.Type == catalog.Decimal
		if numbers && !Label(c) && !isPlace(c) && p.Columns[i].Distinct > 1 && p.Columns[i].Nulls*2 < p.Rows {
			return i
		}
	}
	return -1
}

// timeOf returns the column that tells when, or -1.
func timeOf(columns []catalog.Column, p *Profile) int {
	for i, c := range columns {
		x := p.Columns[i]
		if x.Distinct < minPeriods || x.Nulls*5 > p.Rows {
			continue
		}
		if c.Type == catalog.Day || c.Type == catalog.Timestamp {
			return i
		}
		low, _ := strconv.Atoi(x.Min)
		high, _ := strconv.Atoi(x.Max)
		if c.Type == catalog.Integer && isYear(c) && low >= 1000 && high <= 2200 && x.Distinct <= maxPeriods {
			return i
		}
	}
	return -1
}

// category returns the column whose values stand side by side best: the first
// with few of them. When only rows are counted they must come more than once.
func category(columns []catalog.Column, p *Profile, measured bool) int {
	for i, c := range columns {
		x := p.Columns[i]
		few := x.Distinct >= 2 && x.Distinct <= maxCategories && x.Nulls*2 < p.Rows
		if few && (c.Type == catalog.String && !Label(c) || c.Type == catalog.Boolean) && (measured || x.Distinct*2 <= p.Rows) {
			return i
		}
	}
	return -1
}

// stepOf returns how long the periods are in which a column is told.
func stepOf(c catalog.Column, x Column) string {
	from, to := momentIn(x.Min), momentIn(x.Max)
	switch days := to.Sub(from).Hours() / 24; {
	case c.Type == catalog.Integer, days > maxMonths*30:
		return "year"
	case days > maxDays:
		return "month"
	}
	return "day"
}

func momentIn(s string) time.Time {
	for _, layout := range []string{momentLayout, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

var stepLayouts = map[string]string{"year": "2006", "month": "2006-01", "day": time.DateOnly}

// draw adds the values of a chart up.
func (c *Chart) draw(ctx context.Context, source Source, columns []catalog.Column) error {
	by := slices.IndexFunc(columns, func(x catalog.Column) bool { return x.Name == c.By })
	of := slices.IndexFunc(columns, func(x catalog.Column) bool { return x.Name == c.Of })
	totals := map[string]*total{}
	err := each(ctx, source, func(all []catalog.Column) int64 { return maxCells / int64(max(len(all), 1)) }, func(row []any) {
		value, ok := 1.0, true
		if of >= 0 {
			value, ok = number(row[of])
		}
		if row[by] == nil || !ok {
			return
		}
		label := Text(columns[by], row[by])
		if t, isTime := row[by].(time.Time); isTime {
			label = t.UTC().Format(stepLayouts[c.Step])
		}
		t := totals[label]
		if t == nil {
			if len(totals) > 2*maxPeriods {
				return
			}
			t = &total{}
			totals[label] = t
		}
		t.sum += value
		t.n++
	}, &c.Part)
	if err != nil {
		return err
	}
	c.take(totals)
	c.arrange()
	return nil
}

// A total is what falls on one point.
type total struct {
	sum float64
	n   int64
}

// take makes points of totals.
func (c *Chart) take(totals map[string]*total) {
	single := c.Of != ""
	for label, t := range totals {
		single = single && t.n == 1
		if c.How == Mean {
			t.sum /= float64(t.n)
		}
		c.Points = append(c.Points, Point{Label: label, Value: t.sum})
	}
	if single {
		c.How = Each
	}
}

// arrange puts periods in their order and categories in that of their size.
func (c *Chart) arrange() {
	slices.SortFunc(c.Points, func(a, b Point) int {
		if c.Kind == Line {
			return strings.Compare(a.Label, b.Label)
		}
		return cmp.Or(cmp.Compare(b.Value, a.Value), strings.Compare(a.Label, b.Label))
	})
	if c.Kind == Bars && len(c.Points) > maxBars {
		c.Others = len(c.Points) - maxBars
		c.Points = c.Points[:maxBars]
	}
}

// tells reports whether a chart shows anything.
func (c *Chart) tells() bool {
	least := 2
	if c.Kind == Line {
		least = minPeriods
	}
	if len(c.Points) < least || len(c.Points) > maxPeriods {
		return false
	}
	for _, p := range c.Points {
		if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
			return false
		}
	}
	return slices.ContainsFunc(c.Points, func(p Point) bool { return p.Value != c.Points[0].Value })
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
