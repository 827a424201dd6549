package store

import (
	"bytes"
	"reflect"
	"time"

	"github.com/google/uuid"

	"portico/catalog"
)

// keepDecisions makes d, which comes from its source, keep what people have
// decided here about the dataset that it replaces.
func keepDecisions(was, d *catalog.Dataset) {
	d.Name = was.Name
	d.Private = d.Private || was.Private
	if d.Creator == "" {
		d.Creator = was.Creator
	}
	if d.Successor == "" {
		d.Successor = was.Successor
	}
	switch {
	case !goneAtSource(was):
		d.State = was.State
	case d.State == "":
		d.State = catalog.Active
	}
}

// keepRest completes d, which a person has edited, with what an edit need not
// say.
func keepRest(was, d *catalog.Dataset) {
	if d.Origin == (catalog.Origin{}) {
		d.Origin = was.Origin
	}
	if d.State == "" {
		d.State = was.State
	}
	if d.Creator == "" {
		d.Creator = was.Creator
	}
	if d.Name == "" {
		d.Name = was.Name
	}
}

// merge completes the distributions of d from those that were there before. A
// stored File, Table or Hold stays when d has none, for metadata read again must not
// lose what was loaded; a zero one takes it away. Created stays, Updated moves to at with a change.
func merge(was []catalog.Distribution, d *catalog.Dataset, at time.Time) error {
	before := pairs(was, d.Distributions)
	for i := range d.Distributions {
		x, old := &d.Distributions[i], before[i]
		if old == nil {
			x.File, x.Table, x.Hold = kept(x.File, nil), kept(x.Table, nil), kept(x.Hold, nil)
			if x.ID == "" {
				x.ID = uuid.NewString()
			}
			if x.Created.IsZero() || x.Created.After(at) || d.Origin.Source != "" {
				x.Created = at
			}
			x.Updated = at
			continue
		}
		x.ID, x.Created, x.Updated = old.ID, old.Created, old.Updated
		x.File, x.Table, x.Hold = kept(x.File, old.File), kept(x.Table, old.Table), kept(x.Hold, old.Hold)
		same, err := sameJSON(x, old)
		if err != nil {
			return err
		}
		if !same {
			x.Updated = at
		}
	}
	return nil
}

// kept returns what a distribution has after a change: what is given or, where
// that is nil, what was stored. A zero value that is given takes it away.
func kept[T any](is, was *T) *T {
	switch {
	case is == nil:
		return was
	case reflect.ValueOf(*is).IsZero():
		return nil
	}
	return is
}

// pairs returns for each distribution the one that it replaces, or nil: the
// one with its ID or, where it has none, one with its URL that is not taken.
func pairs(was, is []catalog.Distribution) []*catalog.Distribution {
	out := make([]*catalog.Distribution, len(is))
	free := make(map[string]*catalog.Distribution, len(was))
	for i := range was {
		free[was[i].ID] = &was[i]
	}
	for i := range is {
		if old := free[is[i].ID]; old != nil {
			out[i] = old
			delete(free, old.ID)
		}
	}
	for i := range is {
		if is[i].ID != "" || is[i].URL() == "" {
			continue
		}
		for j := range was {
			if free[was[j].ID] != nil && was[j].URL() == is[i].URL() {
				out[i] = &was[j]
				delete(free, was[j].ID)
				break
			}
		}
	}
	return out
}

// equal reports whether d, merged, says just what is stored.
func equal(old *row, was, d *catalog.Dataset) (bool, error) {
	if d.Name != was.Name || d.Organization != was.Organization || d.State != was.State || d.Private != was.Private ||
		d.Creator != was.Creator || d.Origin.Source != was.Origin.Source || d.Origin.Record != was.Origin.Record {
		return false, nil
	}
	body, err := encode(d)
	if err != nil {
		return false, err
	}
	if bytes.Equal(body, old.body) {
		return true, nil
	}
	// What is stored may have been written by an older program, which wrote the
	// same in another way.
	stored, err := encode(was)
	return bytes.Equal(body, stored), err
}

func sameJSON(a, b any) (bool, error) {
	x, err := encode(a)
	if err != nil {
		return false, err
	}
	y, err := encode(b)
	return bytes.Equal(x, y), err
}

// after returns the present, but later than the time before: clocks may stand
// still or be set back, and Updated must move.
func after(before time.Time) time.Time {
	if t := now(); t.After(before) {
		return t
	}
	return before.Add(time.Microsecond)
}
