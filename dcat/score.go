package dcat

import (
	"cmp"
	"math"
	"slices"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A Dimension is one of the five in which data.europa.eu counts.
type Dimension string

// The dimensions, and one more for what Italian guidelines ask beyond them,
// which has no points.
const (
	Findability      Dimension = "findability"
	Accessibility    Dimension = "accessibility"
	Interoperability Dimension = "interoperability"
	Reusability      Dimension = "reusability"
	Contextuality    Dimension = "contextuality"
	Italian          Dimension = "italian"
)

// MaxScore is the most that a dataset can have in the Metadata Quality
// Assessment of data.europa.eu.
const MaxScore = 405

// A Metric is one thing that is counted, with how it came out.
type Metric struct {
	Name      string // stable: "keyword-availability"
	Dimension Dimension
	Weight    int // points for all that pass; 0 for an Italian check
	Passed    int // of Of: datasets, or distributions
	Of        int
	Presumed  int          // of Passed: links that nobody has tried yet
	Message   catalog.Text // what is missing; empty where nothing is
	Mend      catalog.Text // what would win the points
}

// Points returns what a metric brings: its weight by the share that passes.
func (m Metric) Points() float64 {
	if m.Of == 0 {
		return 0
	}
	return float64(m.Weight) * float64(m.Passed) / float64(m.Of)
}

// A Reach is what is known of an address.
type Reach int

// What is known of addresses.
const (
	NotTried Reach = iota // counts as reached, and is told
	Reached               // it answered to HEAD or GET
	Unreached
)

// Links tells what is known of an address; nil knows nothing.
type Links func(address string) Reach

// A Scorecard is the quality of the metadata of a dataset or of a catalogue.
type Scorecard struct {
	Metrics []Metric // in the order of the dimensions
	Stars   int      // of open data; see Stars
}

// Points returns the sum of all metrics, rounded.
func (c Scorecard) Points() int {
	sum := 0.0
	for _, m := range c.Metrics {
		sum += m.Points()
	}
	return int(math.Round(sum))
}

// Lost returns the metrics in which something is missing, those that would
// bring most points first, Italian checks last.
func (c Scorecard) Lost() []Metric {
	var out []Metric
	for _, m := range c.Metrics {
		if m.Passed < m.Of {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Metric) int {
		return cmp.Compare(float64(b.Weight)-b.Points(), float64(a.Weight)-a.Points())
	})
	return out
}

// In returns the points in a dimension and the most that it has.
func (c Scorecard) In(d Dimension) (points, most int) {
	sum := 0.0
	for _, m := range c.Metrics {
		if m.Dimension == d {
			sum += m.Points()
			most += m.Weight
		}
	}
	return int(math.Round(sum)), most
}

// Rating returns how data.europa.eu calls so many points: "excellent", "good",
// "sufficient" or "bad".
func (c Scorecard) Rating() string {
	switch p := c.Points(); {
	case p > 350:
		return "excellent"
	case p > 220:
		return "good"
	case p > 120:
		return "sufficient"
	}
	return "bad"
}

// ScoreCard returns every metric of d.
func ScoreCard(d *catalog.Dataset, links Links) Scorecard {
	if links == nil {
		links = func(string) Reach { return NotTried }
	}
	s := scoring{d: d, links: links}
	var c Scorecard
	for i := range metrics {
		c.Metrics = append(c.Metrics, s.measure(&metrics[i]))
	}
	c.Stars = Stars(d)
	return c
}

// Stars returns the stars of open data that d has, as vocab.Openness counts
// them: those of its best distribution. What has become a table can be had as
// CSV, whatever the file is.
func Stars(d *catalog.Dataset) int {
	best := vocab.Openness(cmp.Or(d.License, d.LicenseID), nil, false)
	for i := range d.Distributions {
		x := &d.Distributions[i]
		formats := []string{cmp.Or(x.Format, x.FormatLabel)}
		if x.Table != nil {
			formats = append(formats, "CSV")
		}
		best = max(best, vocab.Openness(cmp.Or(x.License, d.License, d.LicenseID), formats, len(x.ConformsTo) > 0))
	}
	return best
}
