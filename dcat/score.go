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
	Stars   int      // of open data, 0 to 4: licence, structure, open format, RDF
}

// Score returns what d is worth and out of how much, as data.europa.eu counts
// it, and the metrics in which something is to be won, those that bring most
// first. It is a function of d and of what is known of its links alone. d
// should be complete (see Complete): that is what is fed and scored.
func Score(d *catalog.Dataset, links Links) (points, most int, lost []Metric) {
	c := ScoreCard(d, links)
	return c.Points(), MaxScore, c.Lost()
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
	c.Stars = stars(d)
	return c
}

// ScoreCatalog returns the scorecard of a catalogue as data.europa.eu makes it:
// each metric by the share of all datasets, or of all distributions, that pass.
// It is not the mean of the datasets' points.
func ScoreCatalog(cards []Scorecard) Scorecard {
	var out Scorecard
	stars := 0
	for _, c := range cards {
		stars += c.Stars
		for i, m := range c.Metrics {
			if i == len(out.Metrics) {
				m.Passed, m.Of, m.Presumed = 0, 0, 0
				m.Message, m.Mend = nil, nil
				out.Metrics = append(out.Metrics, m)
			}
			sum, one := &out.Metrics[i], c.Metrics[i]
			sum.Passed, sum.Of, sum.Presumed = sum.Passed+one.Passed, sum.Of+one.Of, sum.Presumed+one.Presumed
			if len(sum.Mend) == 0 {
				sum.Message, sum.Mend = one.Message, one.Mend
			}
		}
	}
	if len(cards) > 0 {
		out.Stars = stars / len(cards)
	}
	return out
}

// stars returns the stars of open data: one for an open licence, two for data
// that a machine reads, three in a format that is nobody's, four as RDF. The
// best distribution counts.
func stars(d *catalog.Dataset) int {
	best := 0
	for i := range d.Distributions {
		x := &d.Distributions[i]
		l, known := vocab.License(cmp.Or(x.License, d.License))
		if !known || !l.Open {
			continue
		}
		f, _ := vocab.FileType(x.Format)
		n := 1
		switch {
		case x.Format == "" || !f.MachineReadable:
		case isLinked(f.Code):
			n = 4
		case f.NonProprietary:
			n = 3
		default:
			n = 2
		}
		best = max(best, n)
	}
	return best
}

// isLinked reports whether a file type is a syntax of RDF.
func isLinked(code string) bool {
	switch code {
	case "RDF", "RDF_XML", "RDF_TURTLE", "RDF_N_TRIPLES", "RDF_N_QUADS", "RDF_TRIG", "RDF_TRIX", "RDFA", "JSON_LD", "N3", "SPARQLQ", "SPARQLQRES", "OWL":
		return true
	}
	return false
}
