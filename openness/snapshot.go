package openness

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

// A Body is one that holds data, with the counts of its datasets.
type Body struct {
	ID    string       `json:"id"` // the holder's identifier, else made of its name
	Name  catalog.Text `json:"name,omitempty"`
	Page  string       `json:"page,omitempty"` // name of the organization that publishes as this body; "" = none
	Facts Facts        `json:"facts"`
}

// A Snapshot is how all bodies stood at the end of a month, or stand now.
type Snapshot struct {
	Month  string    `json:"month"` // such as "2026-11"
	Taken  time.Time `json:"taken"`
	Bodies []Body    `json:"bodies"` // by ID
}

// All returns the counts of all bodies together.
func (s *Snapshot) All() Facts {
	var f Facts
	for _, b := range s.Bodies {
		f.Add(b.Facts)
	}
	return f
}

// Body returns the one with an ID, or nil.
func (s *Snapshot) Body(id string) *Body {
	if s == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(s.Bodies, id, func(b Body, id string) int { return strings.Compare(b.ID, id) })
	if !ok {
		return nil
	}
	return &s.Bodies[i]
}

// A Keeper counts, and keeps a Snapshot of each month.
type Keeper struct {
	Datasets      catalog.DatasetReads
	Organizations catalog.Organizations
	Scores        catalog.Scores // nil = the points are made anew
	Records       catalog.Records
	Skip          func(*catalog.Dataset) bool // what is not counted; nil = nothing
	Now           func() time.Time            // nil = time.Now
}

func (k *Keeper) now() time.Time {
	if k.Now != nil {
		return k.Now().UTC()
	}
	return time.Now().UTC()
}

// Take counts what everybody sees now and keeps it as the snapshot of the
// month, in the place of an earlier one of the same.
func (k *Keeper) Take(ctx context.Context) (*Snapshot, error) {
	s, err := k.count(catalog.WithActor(ctx, catalog.Actor{}))
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("keep the openness index: %w", err)
	}
	return s, k.Records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordOpenness, Key: s.Month, Body: body})
}

// Snapshots returns those that were kept, the oldest first.
func Snapshots(ctx context.Context, records catalog.Records) ([]*Snapshot, error) {
	rs, err := records.Records(ctx, catalog.RecordOpenness, "", "")
	if err != nil {
		return nil, err
	}
	out := make([]*Snapshot, 0, len(rs))
	for _, r := range rs {
		s := new(Snapshot)
		if err := json.Unmarshal(r.Body, s); err != nil {
			return nil, fmt.Errorf("read the openness index of %s: %w", r.Key, err)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *Snapshot) int { return strings.Compare(a.Month, b.Month) })
	return out, nil
}

const page = 500

func (k *Keeper) count(ctx context.Context) (*Snapshot, error) {
	points, err := k.points(ctx)
	if err != nil {
		return nil, err
	}
	now := k.now()
	bodies := make(map[string]*Body)
	for after := ""; ; {
		ds, _, err := k.Datasets.ListDatasets(ctx, catalog.DatasetFilter{After: after, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			after = d.ID
			if k.Skip == nil || !k.Skip(d) {
				bodyOf(bodies, d).Facts.Add(FactsOf(d, pointsOf(points, d), now))
			}
		}
		if len(ds) < page {
			break
		}
	}
	if err := k.pages(ctx, bodies); err != nil {
		return nil, err
	}
	s := &Snapshot{Month: now.Format("2006-01"), Taken: now.Truncate(time.Second), Bodies: []Body{}}
	for _, id := range slices.Sorted(maps.Keys(bodies)) {
		s.Bodies = append(s.Bodies, *bodies[id])
	}
	return s, nil
}

// bodyOf returns the body that holds d. What nobody holds is nobody's: it has
// the ID "".
func bodyOf(bodies map[string]*Body, d *catalog.Dataset) *Body {
	id := cmp.Or(strings.ToLower(d.Holder.Identifier), catalog.Slug(d.Holder.Name.String(), 60))
	b := bodies[id]
	if b == nil {
		b = &Body{ID: id, Name: d.Holder.Name}
		bodies[id] = b
	}
	return b
}

// pages finds the organizations that publish as these bodies.
func (k *Keeper) pages(ctx context.Context, bodies map[string]*Body) error {
	os, err := k.Organizations.Organizations(ctx)
	for _, o := range os {
		if b := bodies[strings.ToLower(o.Identifier)]; b != nil && o.Identifier != "" {
			b.Page = o.Name
			if len(o.Title) > 0 {
				b.Name = o.Title
			}
		}
	}
	return err
}

// points returns the points of the datasets that were scored, by ID.
func (k *Keeper) points(ctx context.Context) (map[string]int, error) {
	out := make(map[string]int)
	if k.Scores == nil {
		return out, nil
	}
	err := k.Scores.Scores(ctx, "", func(s catalog.Score) error {
		if s.Scheme == dcat.Scheme() {
			out[s.Dataset] = s.Points
		}
		return nil
	})
	return out, err
}

func pointsOf(points map[string]int, d *catalog.Dataset) int {
	if n, ok := points[d.ID]; ok {
		return n
	}
	return dcat.ScoreCard(d, nil).Points()
}

// FactsOf counts one dataset, whose metadata have so many points.
func FactsOf(d *catalog.Dataset, points int, now time.Time) Facts {
	stars, fresh := dcat.Stars(d), dcat.FreshnessOf(d, now)
	return Facts{
		Datasets: 1, Stars: min(stars, mostStars), Points: min(points, MostPoints),
		Formats: one(openFormats(d) >= 2), API: one(hasAPI(d)),
		Awaited: one(fresh.Promised || untold(d)), Fresh: one(fresh.Promised && !fresh.Late),
		HighValue: one(len(d.HVD) > 0), Whole: one(len(d.HVD) > 0 && hasAPI(d) && hasDownload(d) && stars > 0),
	}
}

func one(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// untold reports whether d does not say how often it is updated.
func untold(d *catalog.Dataset) bool {
	f, told := vocab.Frequency(d.Frequency)
	return !told || f.Code == "UNKNOWN" || f.Code == "OTHER"
}

func hasAPI(d *catalog.Dataset) bool {
	return slices.ContainsFunc(d.Distributions, func(x catalog.Distribution) bool { return x.Table.Active() || len(x.Services) > 0 })
}

func hasDownload(d *catalog.Dataset) bool {
	return slices.ContainsFunc(d.Distributions, func(x catalog.Distribution) bool {
		return x.Table.Active() || x.DownloadURL != "" || x.File != nil && x.File.Hash != ""
	})
}
