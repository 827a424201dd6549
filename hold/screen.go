package hold

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"portico/catalog"
)

// PutDataset is that of catalog.Datasets. Files and tables that are new in d
// are looked into first; of those that hold personal data the dataset says that
// they are held, and keeps offering what it offered.
func (k *Desk) PutDataset(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	if k.Mode == Off || !slices.ContainsFunc(d.Distributions, brings) {
		return k.Datasets.PutDataset(ctx, d)
	}
	put := *d
	put.Distributions = slices.Clone(d.Distributions)
	var files []*file // as they were, should the dataset not be kept
	for i := range put.Distributions {
		x := &put.Distributions[i]
		if !brings(*x) {
			continue
		}
		if x.ID == "" {
			x.ID = uuid.NewString()
		}
		s, err := k.screen(ctx, x)
		if err != nil {
			return catalog.Unchanged, errors.Join(err, k.restore(ctx, files))
		}
		if s.was != nil {
			files = append(files, s.was)
		}
	}
	change, err := k.Datasets.PutDataset(ctx, &put)
	if err != nil {
		return change, errors.Join(err, k.restore(ctx, files))
	}
	*d = put
	return change, nil
}

// restore keeps files as they were.
func (k *Desk) restore(ctx context.Context, files []*file) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, k.save(context.WithoutCancel(ctx), f))
	}
	return errors.Join(errs...)
}

// brings reports whether x says what its data are.
func brings(x catalog.Distribution) bool {
	return x.File != nil || x.Table != nil && x.Table.Hash != ""
}

// UpdateDistribution is that of catalog.Datasets. When f makes x offer what
// holds personal data, x stays as it was but for a note that it is held, and
// the error is catalog.ErrHeld. F may be called twice.
func (k *Desk) UpdateDistribution(ctx context.Context, dataset, distribution string, f func(*catalog.Distribution) error) error {
	if k.Mode == Off {
		return k.Datasets.UpdateDistribution(ctx, dataset, distribution, f)
	}
	d, err := k.Datasets.Dataset(asSystem(ctx), dataset)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Distributions, func(x catalog.Distribution) bool { return x.ID == distribution })
	if i < 0 || f(&d.Distributions[i]) != nil || !brings(d.Distributions[i]) { // the store says what is wrong
		return k.Datasets.UpdateDistribution(ctx, dataset, distribution, f)
	}
	x := &d.Distributions[i]
	s, err := k.screen(ctx, x)
	if err != nil {
		return err
	}
	err = k.Datasets.UpdateDistribution(ctx, dataset, distribution, func(to *catalog.Distribution) error {
		if err := f(to); err != nil {
			return err
		}
		to.File, to.Table, to.Hold, to.ByteSize = present(x.File), present(x.Table), present(x.Hold), x.ByteSize
		return nil
	})
	if err != nil {
		if s.was != nil {
			err = errors.Join(err, k.restore(ctx, []*file{s.was}))
		}
		return err
	}
	if s.withheld {
		return heldError(x.Hold)
	}
	return nil
}

// present returns nil for what says by its zero value that there is none, for
// UpdateDistribution keeps things as they are given.
func present[T any](v *T) *T {
	if v == nil || isZero(*v) {
		return nil
	}
	return v
}

// A screened tells what screen did.
type screened struct {
	was      *file // what was known of the holds, where that has changed
	withheld bool  // what x brought is kept aside
}

// screen makes x offer what may be public of what it brings.
func (k *Desk) screen(ctx context.Context, x *catalog.Distribution) (s screened, err error) {
	old, err := k.stored(ctx, x.ID)
	if err != nil {
		return s, err
	}
	f, err := k.load(ctx, x.ID)
	if err != nil {
		return s, err
	}
	was := *f
	was.Decisions = slices.Clone(f.Decisions)
	var changed bool
	switch {
	case x.File != nil && isZero(*x.File):
		changed = takenAway(f, old, x)
	case knows(old, x):
		return s, nil
	default:
		if changed, err = k.judge(ctx, f, old, x); err != nil {
			return s, err
		}
		s.withheld = x.Hold != nil && x.Hold.State == catalog.Held && f.Held != nil && !f.Held.Rows
	}
	if changed {
		s.was, err = &was, k.save(ctx, f)
	}
	return s, err
}

// takenAway forgets what waits when the file of x is taken away.
func takenAway(f *file, old, x *catalog.Distribution) (changed bool) {
	if f.Held == nil || f.Held.Rows {
		return false
	}
	f.Held = nil
	if x.Hold != nil || old.Hold != nil {
		x.Hold = &catalog.HoldNote{}
	}
	return true
}

// stored returns the distribution as it is stored, or a zero one.
func (k *Desk) stored(ctx context.Context, id string) (*catalog.Distribution, error) {
	ctx = asSystem(ctx)
	ref, err := k.Datasets.DatasetOfDistribution(ctx, id)
	if err == nil {
		var d *catalog.Dataset
		if d, err = k.Datasets.Dataset(ctx, ref); err == nil {
			for i := range d.Distributions {
				if d.Distributions[i].ID == id {
					return &d.Distributions[i], nil
				}
			}
		}
	}
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		return nil, err
	}
	return &catalog.Distribution{}, nil
}

// knows reports whether old offers already what x brings: the same bytes, and
// no table but of them.
func knows(old, x *catalog.Distribution) bool {
	if x.File != nil && (old.File == nil || old.File.Hash != x.File.Hash || old.File.Name == "" && x.File.Hash == "") {
		return false
	}
	if x.Table == nil || x.Table.Hash == "" || old.Table != nil && old.Table.Hash == x.Table.Hash {
		return true
	}
	return old.File != nil && old.File.Hash != "" && x.Table.File == old.File.Hash
}

// judge is the one place where it is decided whether data become public. It
// changes x so that it offers no more than may be, and f, which it reports.
func (k *Desk) judge(ctx context.Context, f *file, old, x *catalog.Distribution) (changed bool, err error) {
	v := &version{File: x.File, Table: x.Table, Since: k.moment()}
	if d := f.decided(v.hash()); d != nil {
		waited := f.Held != nil
		f.Held = nil
		d.apply(x)
		return waited, nil
	}
	if f.waits(v) {
		renewed := v.Table != nil && f.Held.Table == nil
		if renewed {
			f.Held.Table = v.Table
		}
		withhold(x, old, f.Held)
		return renewed, nil
	}
	if v.Report, err = k.inspect(ctx, v); err != nil {
		return false, err
	}
	if !v.Report.Holds() || k.Mode == Warn {
		k.warn(ctx, x, v)
		return f.passed(old, x), nil
	}
	if d := f.last(); d != nil && d.State == catalog.Masked && subset(v.Report.Columns(), d.Dropped) {
		if again, err := k.maskedLike(ctx, v, d); err == nil {
			f.Held, f.Decisions = nil, append(f.Decisions, *again)
			again.apply(x)
			return true, nil
		}
	}
	f.Held = v
	withhold(x, old, v)
	k.Log.WarnContext(ctx, "data held for they seem to be personal", "distribution", x.ID, "kinds", kindsOf(v.Report))
	return true, nil
}

// waits reports whether v is what waits already.
func (f *file) waits(v *version) bool {
	return f.Held != nil && v.hash() != "" && f.Held.hash() == v.hash()
}

// passed notes that x may be public as it is, in the place of what waited, and
// reports whether something did.
func (f *file) passed(old, x *catalog.Distribution) (waited bool) {
	if waited = f.Held != nil && !f.Held.Rows; waited {
		f.Held = nil
	}
	if f.Held == nil && (x.Hold != nil || old.Hold != nil) {
		x.Hold = &catalog.HoldNote{}
	}
	return waited
}

func (k *Desk) warn(ctx context.Context, x *catalog.Distribution, v *version) {
	if v.Report.Holds() {
		k.Log.WarnContext(ctx, "data published though they seem to be personal", "distribution", x.ID, "kinds", kindsOf(v.Report))
	}
}

// apply makes x offer what was decided that it may.
func (d *decision) apply(x *catalog.Distribution) {
	x.Hold = d.note()
	if d.State != catalog.Masked {
		return
	}
	x.File, x.Table, x.ByteSize = d.File, d.Table, d.File.Size
	x.Checksum = catalog.Checksum{}
	if d.Version.File.MediaType != d.File.MediaType {
		x.Format, x.FormatLabel, x.MediaType = "CSV", "CSV", "text/csv"
	}
}

// withhold makes x offer what old did, and say that v waits. Where nothing was
// public, the file has a name and no bytes.
func withhold(x, old *catalog.Distribution, v *version) {
	x.Hold = v.note()
	x.Table = old.Table
	if x.Table == nil {
		x.Table = &catalog.Table{}
	}
	switch {
	case old.File != nil && (old.File.Hash != "" || v.File != nil && old.File.Name == v.File.Name):
		x.File, x.ByteSize = old.File, old.ByteSize
	case v.File != nil:
		empty := *v.File
		empty.Hash = ""
		x.File = &empty
	}
}

func subset(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
