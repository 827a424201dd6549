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
		return x.rewrite(ctx, old, was, &d, verbOf(was.State, state))
	})
}

// verbOf names a change of state for the activity log.
func verbOf(from, to catalog.State) string {
	switch {
	case from == to:
		return "changed dataset"
	case to == catalog.Active && from == catalog.Draft:
		return "published dataset"
	case to == catalog.Active:
		return "restored dataset"
	case to == catalog.Draft:
		return "unpublished dataset"
	}
	return string(to) + " dataset"
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
		return x.rewrite(ctx, old, was, d, "changed dataset")
	})
}
