package openness

import (
	"strconv"

	"portico/catalog"
)

// Header are the columns of the index as a table.
func Header() []string {
	out := []string{"month", "body", "name", "datasets", "stars_sum", "two_formats", "with_api", "awaited", "on_time", "hvd", "hvd_whole", "mqa_points_sum"}
	for _, p := range parts {
		out = append(out, "score_"+p.Key)
	}
	return append(out, "score")
}

// WriteRows gives Header and then a row for each body of each month.
func WriteRows(all []*Snapshot, write func([]string) error) error {
	if err := write(Header()); err != nil {
		return err
	}
	for _, s := range all {
		for i := range s.Bodies {
			if err := write(row(s, &s.Bodies[i])); err != nil {
				return err
			}
		}
	}
	return nil
}

func row(s *Snapshot, b *Body) []string {
	f := b.Facts
	out := []string{s.Month, b.ID, b.Name.String()}
	for _, n := range []int{f.Datasets, f.Stars, f.Formats, f.API, f.Awaited, f.Fresh, f.HighValue, f.Whole, f.Points} {
		out = append(out, strconv.Itoa(n))
	}
	score := f.Score()
	for _, v := range append(score.Parts, score.Total) {
		out = append(out, strconv.FormatFloat(v, 'f', 1, 64))
	}
	return out
}

// An Index is all that is told of the index: the formula, and every month.
type Index struct {
	Formula string      `json:"formula"`
	Parts   []ToldPart  `json:"parts"`
	Months  []ToldMonth `json:"months"`
}

// A ToldPart is a part of the formula.
type ToldPart struct {
	Key    string       `json:"key"`
	Weight int          `json:"weight"`
	Label  catalog.Text `json:"label"`
	Rule   catalog.Text `json:"rule"`
}

// A ToldMonth is a Snapshot with its numbers.
type ToldMonth struct {
	Month  string     `json:"month"`
	Taken  string     `json:"taken"`
	Score  float64    `json:"score"` // of all bodies together
	Bodies []ToldBody `json:"bodies"`
}

// A ToldBody is a Body with its numbers.
type ToldBody struct {
	Body
	Scores map[string]float64 `json:"scores"` // by key of a part
	Score  float64            `json:"score"`
}

// Told returns the index as it is told in JSON.
func Told(all []*Snapshot) Index {
	x := Index{Formula: Formula, Parts: []ToldPart{}, Months: []ToldMonth{}}
	for _, p := range parts {
		x.Parts = append(x.Parts, ToldPart{p.Key, p.Weight, p.Label, p.Rule})
	}
	for _, s := range all {
		m := ToldMonth{Month: s.Month, Taken: s.Taken.Format("2006-01-02T15:04:05Z07:00"), Score: s.All().Score().Total, Bodies: []ToldBody{}}
		for _, b := range s.Bodies {
			score := b.Facts.Score()
			t := ToldBody{Body: b, Score: score.Total, Scores: make(map[string]float64)}
			for i, p := range parts {
				t.Scores[p.Key] = score.Parts[i]
			}
			m.Bodies = append(m.Bodies, t)
		}
		x.Months = append(x.Months, m)
	}
	return x
}
