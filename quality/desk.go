package quality

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"portico/catalog"
	"portico/dcat"
)

// A Desk answers for the quality of what is in the catalog. Links and Scores
// may be nil: then nothing is known of addresses, and catalogues have no score.
type Desk struct {
	Site   catalog.Site
	Links  catalog.Links
	Scores catalog.Scores
}

// A Report is the quality of the metadata of one dataset.
type Report struct {
	Card     dcat.Scorecard
	Points   int
	Stars    int // 1 to dcat.MostGrade
	Lost     []dcat.Metric
	Findings []dcat.Finding // what the validator says of the RDF that is fed
	Fed      bool           // it is in RDF feeds, as far as its quality goes
	// Quarantine is why it is not, for those who may change the dataset; nil
	// for all others.
	Quarantine []catalog.Problem
	Links      map[string]*catalog.Link // by address; not those that nobody has tried
}

// Report returns the quality of d, which the actor of ctx was shown.
func (q *Desk) Report(ctx context.Context, d *catalog.Dataset) (*Report, error) {
	known, err := q.known(ctx, Addresses(d))
	if err != nil {
		return nil, err
	}
	card := dcat.ScoreCard(d, q.reach(d, known))
	r := &Report{
		Card: card, Points: card.Points(), Stars: card.Grade(), Lost: card.Lost(),
		Findings: dcat.FindingsOf(d, q.Site), Fed: len(d.Quarantine) == 0, Links: known,
	}
	if MayMend(catalog.ActorOf(ctx), d) {
		r.Quarantine = d.Quarantine
	}
	return r, nil
}

// MayMend reports whether an actor may change d, and so is told why it is kept
// out of feeds.
func MayMend(a catalog.Actor, d *catalog.Dataset) bool {
	return a.May(d.Organization, catalog.RoleEditor) || d.Organization == "" && a.ID != "" && a.ID == d.Creator
}

// known returns what is known of addresses, without those that were never tried.
func (q *Desk) known(ctx context.Context, addresses []string) (map[string]*catalog.Link, error) {
	if q.Links == nil || len(addresses) == 0 {
		return nil, nil
	}
	known, err := q.Links.LinksOf(ctx, addresses)
	if err != nil {
		return nil, err
	}
	for a, l := range known {
		if l.Checked.IsZero() {
			delete(known, a)
		}
	}
	return known, nil
}

// LinkOf returns what is known of an address, or nil.
func (q *Desk) LinkOf(ctx context.Context, address string) (*catalog.Link, error) {
	known, err := q.known(ctx, []string{address})
	return known[address], err
}

// reach tells of the addresses of d whether they answer: our own by what we
// have, others by what the checker found.
func (q *Desk) reach(d *catalog.Dataset, known map[string]*catalog.Link) dcat.Links {
	return func(address string) dcat.Reach {
		if path, ok := ownPath(q.Site, address); ok {
			return ownReach(d, path)
		}
		l := known[address]
		switch {
		case l == nil || l.Answered.IsZero() && !l.Broken():
			return dcat.NotTried
		case l.Broken():
			return dcat.Unreached
		}
		return dcat.Reached
	}
}

// A Summary is the quality of the metadata of many datasets.
type Summary struct {
	Datasets int     // that have a score
	Mean     float64 // of their points
	Stars    int     // of the mean
	// Spread says how many datasets have 1 to dcat.MostGrade stars; [0] is none.
	Spread [dcat.MostGrade + 1]int
	Card   dcat.Scorecard // as data.europa.eu scores a catalogue: by shares, which is not the mean
	Rated  time.Time      // the latest score among them
}

// Summary returns the quality of the public datasets of an organization, given
// by its ID, or of all where it is "". It is of scores that were kept, so a
// dataset that has just changed counts as it was.
func (q *Desk) Summary(ctx context.Context, organization string) (*Summary, error) {
	s := new(Summary)
	if q.Scores == nil {
		return s, nil
	}
	var tally dcat.Tally
	sum := 0
	err := q.Scores.Scores(ctx, organization, func(v catalog.Score) error {
		if v.Scheme != dcat.Scheme() {
			return nil // of an older version of the program; it will be made anew
		}
		var counts []dcat.Count
		if err := json.Unmarshal(v.Body, &counts); err != nil {
			return fmt.Errorf("read the score of %s: %w", v.Dataset, err)
		}
		tally.Add(counts)
		sum += v.Points
		s.Spread[dcat.GradeOf(v.Points)]++
		if v.Rated.After(s.Rated) {
			s.Rated = v.Rated
		}
		return nil
	})
	if err != nil || tally.Datasets == 0 {
		return s, err
	}
	s.Datasets, s.Card = tally.Datasets, tally.Card()
	s.Mean = float64(sum) / float64(s.Datasets)
	s.Stars = dcat.GradeOf(int(s.Mean + 0.5))
	return s, nil
}

// Stamp is a number that changes when what Report and Summary say may have
// changed without a change of the catalog.
func (q *Desk) Stamp(ctx context.Context) (int64, error) {
	if q.Scores == nil {
		return 0, nil
	}
	return q.Scores.QualityStamp(ctx)
}
