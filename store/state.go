package store

import (
	"context"
	"slices"

	"portico/catalog"
)

// SetDatasetState implements catalog.Datasets. A Deleted dataset may come back
// under its name if that is still free; else the name is Invalid.
func (s *Store) SetDatasetState(ctx context.Context, ref string, state catalog.State, successor string) error {
	if state == "" {
		return invalid("state", "must be given", "è obbligatorio")
	}
	if err := checkState(state); err != nil {
		return err
	}
	return s.inTx(ctx, func(x tx) error {
		old, err := x.find(ctx, ref)
		if err != nil {
			return err
		}
		was, err := old.dataset()
		if err != nil {
			return err
		}
		if was.State == state && was.Successor == successor {
			return nil
		}
		d := *was
		d.State, d.Successor = state, successor
		return x.rewrite(ctx, old, was, &d, verbOf(was, &d))
	})
}

// verbOf names a change for the activity log.
func verbOf(was, is *catalog.Dataset) string {
	from, to := was.State, is.State
	switch {
	case from == to:
		return holdVerb(was, is)
	case to == catalog.Active && from == catalog.Draft:
		return "published dataset"
	case to == catalog.Active:
		return "restored dataset"
	case to == catalog.Draft:
		return "unpublished dataset"
	}
	return string(to) + " dataset"
}

// holdVerb names a change that leaves the state as it is: what was decided of
// personal data is told by a word of its own.
func holdVerb(was, is *catalog.Dataset) string {
	before := make(map[string]catalog.HoldState, len(was.Distributions))
	for i := range was.Distributions {
		before[was.Distributions[i].ID] = holdOf(&was.Distributions[i])
	}
	for i := range is.Distributions {
		x := &is.Distributions[i]
		if now := holdOf(x); now != "" && now != before[x.ID] {
			return string(now) + " data"
		}
	}
	return "changed dataset"
}

func holdOf(x *catalog.Distribution) catalog.HoldState {
	if x.Hold == nil {
		return ""
	}
	return x.Hold.State
}

// PurgeDataset implements catalog.Datasets.
func (s *Store) PurgeDataset(ctx context.Context, ref string) error {
	return s.inTx(ctx, func(x tx) error {
		old, err := x.find(ctx, ref)
		if err != nil {
			return err
		}
		had, err := collect(ctx, x.conn, scanID, `SELECT id FROM distributions WHERE dataset = ?`, old.id)
		if err != nil {
			return err
		}
		if _, err := x.exec(ctx, `DELETE FROM datasets WHERE id = ?`, old.id); err != nil {
			return err
		}
		if err := x.forgetDataset(ctx, old.id, had); err != nil {
			return err
		}
		if err := x.stale(ctx, old.id); err != nil {
			return err
		}
		return x.activity(ctx, act{verb: "purged dataset", kind: kindDataset, object: old.id, source: old.source})
	})
}

// UpdateDistribution implements catalog.Datasets. Every writer waits for f.
func (s *Store) UpdateDistribution(ctx context.Context, dataset, distribution string, f func(*catalog.Distribution) error) error {
	return s.inTx(ctx, func(x tx) error {
		old, err := x.find(ctx, dataset)
		if err != nil {
			return err
		}
		was, err := old.dataset()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(was.Distributions, func(d catalog.Distribution) bool { return d.ID == distribution })
		if i < 0 {
			return notFound("distribution", "la distribuzione", distribution)
		}
		d, err := old.dataset() // apart from was, so that f may change what it points to
		if err != nil {
			return err
		}
		dist, before := &d.Distributions[i], &was.Distributions[i]
		if err := f(dist); err != nil {
			return err
		}
		dist.ID, dist.Created, dist.Updated = before.ID, before.Created, before.Updated
		if same, err := sameJSON(dist, before); same || err != nil {
			return err
		}
		d.Updated = after(was.Updated)
		dist.Updated = d.Updated
		return x.rewrite(ctx, old, was, d, verbOf(was, d))
	})
}
