package ui

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"portico/catalog"
	"portico/datastore/profile"
)

// A chartView is a chart as it is drawn: shapes in per cent of the width, so
// that letters keep their size on every screen, and pixels of the height.
type chartView struct {
	Title, Text string // what it shows, in a few words and in full
	By, Value   string // heads of the table with its data
	Height      int
	Bars        []chartBar
	Line        string // points of a polyline in a box of 1000 by PlotHeight
	PlotTop     int
	PlotHeight  int
	Base        int // where the line's axis is
	Dots        []chartDot
	Grid        []chartGrid
	Ticks       []chartTick
	Rows        []chartRow
	Others      int
	Part        bool
}

// A chartBar is the bar of a category. From and Width are per cent.
type chartBar struct {
	Label, Value string
	TextY, BarY  int
	From, Width  string
	Negative     bool
}

type chartDot struct{ X, Y, Label string }

type chartGrid struct {
	Y, TextY int
	Text     string
}

type chartTick struct{ X, Anchor, Text string }

// A chartRow is a value in the table beside the chart.
type chartRow struct{ Label, Value string }

// The measures of charts, in pixels.
const (
	barStep    = 44
	barTop     = 16
	barGap     = 6
	barHeight  = 16
	plotTop    = 20
	plotHeight = 220
	plotFoot   = 34
	maxDots    = 40
	maxTicks   = 4
	maxYears   = 6    // a year is short
	plotLeft   = 12.0 // per cent, for the numbers of the axis
	plotRight  = 98.0
	// farFromZero is how many times their spread values are from zero where
	// an axis without it shows more.
	farFromZero = 4
)

// newChart draws a chart, or nil.
func newChart(r *request, columns []catalog.Column, c *profile.Chart) *chartView {
	if c == nil {
		return nil
	}
	column := func(name string) catalog.Column {
		i := slices.IndexFunc(columns, func(x catalog.Column) bool { return x.Name == name })
		if i < 0 {
			return catalog.Column{Name: name}
		}
		return columns[i]
	}
	by, of := column(c.By), column(c.Of)
	v := &chartView{By: headerOf(r.speaker, by), Others: c.Others, Part: c.Part}
	what := r.text("chart.count")
	if c.How != profile.Count {
		what = r.text("chart."+string(c.How), headerOf(r.speaker, of))
		if of.Unit != "" {
			what += " (" + of.Unit + ")"
		}
	}
	v.Value, v.Title = what, r.text("chart.by", what, v.By)
	say := func(f float64) string {
		if c.How == profile.Mean || f != math.Trunc(f) {
			return r.rounded(f)
		}
		return r.decimal(f, 0)
	}
	labels := make([]string, len(c.Points))
	for i, p := range c.Points {
		labels[i] = labelOf(r, by, c, p.Label)
		v.Rows = append(v.Rows, chartRow{labels[i], say(p.Value)})
	}
	v.Text = describe(r, v, c, labels, say)
	if c.Kind == profile.Line {
		v.line(c, labels, say)
	} else {
		v.bars(c)
	}
	return v
}

// labelOf says a period or a category.
func labelOf(r *request, by catalog.Column, c *profile.Chart, label string) string {
	if c.Kind != profile.Line {
		return shorten(r.cell(by, parseValue(by, label)).Text, maxLabel)
	}
	switch c.Step {
	case "month":
		if t, err := time.Parse("2006-01", label); err == nil {
			return r.text("month."+strconv.Itoa(int(t.Month()))) + " " + t.Format("2006")
		}
	case "day":
		if t, err := time.Parse(time.DateOnly, label); err == nil {
			return r.cell(catalog.Column{Type: catalog.Day}, t).Text
		}
	}
	return label
}

const maxLabel = 40

// describe says in words what the chart shows.
func describe(r *request, v *chartView, c *profile.Chart, labels []string, say func(float64) string) string {
	low, high := 0, 0
	for i, p := range c.Points {
		if p.Value < c.Points[low].Value {
			low = i
		}
		if p.Value > c.Points[high].Value {
			high = i
		}
	}
	if c.Kind == profile.Line {
		return r.text("chart.line", v.Title, labels[0], labels[len(labels)-1], say(c.Points[low].Value), labels[low], say(c.Points[high].Value), labels[high])
	}
	return r.text("chart.bars", v.Title, r.number(len(c.Points)), labels[high], say(c.Points[high].Value))
}

// bars draws a bar a category, each under its name.
func (v *chartView) bars(c *profile.Chart) {
	low, high := 0.0, 0.0
	for _, p := range c.Points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	width := high - low
	for i, p := range c.Points {
		from, to := (min(p.Value, 0)-low)/width*100, (max(p.Value, 0)-low)/width*100
		v.Bars = append(v.Bars, chartBar{
			Label: v.Rows[i].Label, Value: v.Rows[i].Value, TextY: i*barStep + barTop, BarY: i*barStep + barTop + barGap,
			From: percent(from), Width: percent(max(to-from, 0.2)), Negative: p.Value < 0,
		})
	}
	v.Height = len(c.Points) * barStep
}

// line draws values over time. The axis begins at zero, except where all values
// are far from it.
func (v *chartView) line(c *profile.Chart, labels []string, say func(float64) string) {
	low, high := c.Points[0].Value, c.Points[0].Value
	for _, p := range c.Points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	step := niceStep((high - min(low, 0)) / 4)
	if low > 0 && (high-low)*farFromZero < low {
		step = niceStep((high - low) / 4)
	} else {
		low, high = min(low, 0), max(high, 0)
	}
	low, high = math.Floor(low/step)*step, math.Ceil(high/step)*step
	v.PlotTop, v.PlotHeight, v.Base, v.Height = plotTop, plotHeight, plotTop+plotHeight, plotTop+plotHeight+plotFoot
	y := func(f float64) float64 { return (high - f) / (high - low) * plotHeight }
	for n := range int(math.Round((high-low)/step)) + 1 {
		f := low + float64(n)*step
		at := plotTop + int(math.Round(y(f)))
		v.Grid = append(v.Grid, chartGrid{Y: at, TextY: at - 4, Text: say(math.Round(f*1e9) / 1e9)})
	}
	xs := positions(c, len(labels))
	var points []byte
	for i, p := range c.Points {
		points = fmt.Appendf(points, "%.1f,%.1f ", xs[i]*10, y(p.Value))
		if len(c.Points) <= maxDots {
			v.Dots = append(v.Dots, chartDot{X: percent(xs[i]), Y: fmt.Sprintf("%.1f", plotTop+y(p.Value)), Label: labels[i] + ": " + v.Rows[i].Value})
		}
	}
	v.Line = string(points)
	v.ticks(xs, labels, c.Step)
}

// positions returns where periods stand on the axis, in per cent: by when they
// are, so that those which are missing leave a gap.
func positions(c *profile.Chart, n int) []float64 {
	first, last := stamp(c, 0), stamp(c, n-1)
	out := make([]float64, n)
	for i := range out {
		share := float64(i) / float64(n-1)
		if last > first {
			share = min(max((stamp(c, i)-first)/(last-first), 0), 1)
		}
		out[i] = plotLeft + share*(plotRight-plotLeft)
	}
	return out
}

// stamp returns when a period begins, in seconds.
func stamp(c *profile.Chart, i int) float64 {
	layout := map[string]string{"year": "2006", "month": "2006-01", "day": time.DateOnly}[c.Step]
	t, err := time.Parse(layout, c.Points[i].Label)
	if err != nil {
		return 0
	}
	return float64(t.Unix())
}

// ticks names some of the periods under the axis: of few, such as are equally
// far from one another.
func (v *chartView) ticks(xs []float64, labels []string, step string) {
	most := maxTicks
	if step == "year" {
		most = maxYears
	}
	n := min(len(labels), most)
	for k := n; k > 2 && len(labels) <= 4*maxTicks; k-- {
		if (len(labels)-1)%(k-1) == 0 {
			n = k
			break
		}
	}
	for i := range n {
		at := i * (len(labels) - 1) / (n - 1)
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case n - 1:
			anchor = "end"
		}
		v.Ticks = append(v.Ticks, chartTick{X: percent(xs[at]), Anchor: anchor, Text: labels[at]})
	}
}

// niceStep returns a step of 1, 2 or 5 times a power of ten that is at least f.
func niceStep(f float64) float64 {
	if f <= 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(f)))
	for _, m := range []float64{1, 2, 5} {
		if m*unit >= f {
			return m * unit
		}
	}
	return 10 * unit
}

func percent(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) + "%" }
