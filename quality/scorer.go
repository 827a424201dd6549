package quality

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"portico/catalog"
	"portico/dcat"
)

// A Scorer keeps the scores of the public datasets up to date.
type Scorer struct {
	Desk     *Desk
	Datasets catalog.DatasetReads
	Now      func() time.Time // nil = time.Now
}

// scoreBatch is how many datasets are scored between two writes.
const scoreBatch = 100

// Run scores what has no score or one of an older revision, and returns how
// many datasets those were. It acts for the actor of ctx, who should see all.
func (s *Scorer) Run(ctx context.Context) (scored int, err error) {
	done := map[string]int64{} // the revision that was scored
	for {
		ids, err := s.Desk.Scores.Unscored(ctx, dcat.Scheme(), scoreBatch)
		if err != nil || len(ids) == 0 {
			return scored, err
		}
		ds, err := s.Datasets.DatasetsByID(ctx, ids)
		if err != nil {
			return scored, err
		}
		again := 0
		for _, d := range ds {
			if done[d.ID] == d.Revision && d.Revision > 0 {
				again++
			}
			done[d.ID] = d.Revision
		}
		if again == len(ds) { // nothing that is tried once more would end otherwise
			return scored, nil
		}
		scores, err := s.scores(ctx, ds)
		if err != nil {
			return scored, err
		}
		if err := s.Desk.Scores.PutScores(ctx, scores); err != nil {
			return scored, err
		}
		scored += len(scores)
	}
}

// scores computes the scores of datasets.
func (s *Scorer) scores(ctx context.Context, ds []*catalog.Dataset) ([]catalog.Score, error) {
	var all []string
	for _, d := range ds {
		all = append(all, Addresses(d)...)
	}
	known, err := s.Desk.known(ctx, all)
	if err != nil {
		return nil, err
	}
	out := make([]catalog.Score, 0, len(ds))
	for _, d := range ds {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		card := dcat.ScoreCard(d, s.Desk.reach(d, known))
		body, err := json.Marshal(card.Counts())
		if err != nil {
			return nil, fmt.Errorf("keep the score of %s: %w", d.ID, err)
		}
		out = append(out, catalog.Score{Dataset: d.ID, Revision: d.Revision, Scheme: dcat.Scheme(), Rated: s.now(), Points: card.Points(), Body: body})
	}
	return out, nil
}

func (s *Scorer) now() time.Time {
	if s.Now != nil {
		return s.Now().UTC()
	}
	return time.Now().UTC()
}
