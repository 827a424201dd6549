package dcat

import (
	"hash/fnv"
	"strconv"
	"sync"

	"portico/catalog"
)

// MostGrade is the most stars that a score can have.
const MostGrade = 5

// GradeOf returns the stars that people are shown for so many points: from 1 to
// MostGrade. They keep to the bounds of data.europa.eu's four ratings, of which
// "good" is wide and has two of them.
func GradeOf(points int) int {
	switch {
	case points > 350:
		return MostGrade
	case points > 285:
		return 4
	case points > 220:
		return 3
	case points > 120:
		return 2
	}
	return 1
}

// Grade returns the stars of c, from 1 to 5.
func (c Scorecard) Grade() int { return GradeOf(c.Points()) }

// A Count is how one metric came out: how many passed, of how many, and how
// many of those that passed are links that nobody has tried.
type Count [3]int

// Counts returns how each metric came out, in the order of Scheme: all that is
// needed to add scorecards up.
func (c Scorecard) Counts() []Count {
	out := make([]Count, len(c.Metrics))
	for i, m := range c.Metrics {
		out[i] = Count{m.Passed, m.Of, m.Presumed}
	}
	return out
}

// Scheme names the metrics, their order and their weights: counts of another
// scheme say nothing.
var Scheme = sync.OnceValue(func() string {
	h := fnv.New32a()
	for i := range metrics {
		_, _ = h.Write([]byte(metrics[i].name + " " + strconv.Itoa(metrics[i].weight) + "\n")) // never fails
	}
	return "mqa-1-" + strconv.FormatUint(uint64(h.Sum32()), 36)
})

// A Tally adds up the counts of many datasets. Its zero value has none.
type Tally struct {
	Datasets int
	sums     []Count
}

// Add adds the counts of a dataset; those of another Scheme are left out.
func (t *Tally) Add(counts []Count) {
	if len(counts) != len(metrics) {
		return
	}
	if t.sums == nil {
		t.sums = make([]Count, len(metrics))
	}
	t.Datasets++
	for i, c := range counts {
		for k, n := range c {
			t.sums[i][k] += n
		}
	}
}

// Card returns the scorecard of all that was added, as data.europa.eu makes that
// of a catalogue: each metric by the share of all datasets, or of all
// distributions, that pass. It is not the mean of the datasets' points, and has
// no Stars.
func (t *Tally) Card() Scorecard {
	var c Scorecard
	for i, sum := range t.sums {
		x := &metrics[i]
		m := Metric{Name: x.name, Dimension: x.dimension, Weight: x.weight, Passed: sum[0], Of: sum[1], Presumed: sum[2]}
		if m.Passed < m.Of {
			m.Message, m.Mend = missing(m), catalog.Text{"it": x.it, "en": x.en}
		}
		c.Metrics = append(c.Metrics, m)
	}
	return c
}
