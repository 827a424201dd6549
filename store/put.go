package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/google/uuid"

	"portico/catalog"
)

// PutDataset implements catalog.Datasets. Nothing of d is changed when it
// fails.
//
// A dataset that comes from its source (with an Origin, and without an ID or
// with a new digest) is not the word of a person: it keeps the name, the
// creator and the state that the dataset has here, unless that is Retired,
// and does not make public what a person has made private. A deleted one
// stays deleted and is Unchanged.
func (s *Store) PutDataset(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	if err := checkDataset(d); err != nil {
		return catalog.Unchanged, err
	}
	var change catalog.Change
	var put catalog.Dataset
	err := s.inTx(ctx, func(x tx) error {
		put = *d
		put.Distributions = slices.Clone(d.Distributions)
		old, err := x.known(ctx, d)
		if err != nil {
			return err
		}
		if old == nil {
			change = catalog.Created
			return x.create(ctx, &put)
		}
		change, err = x.replace(ctx, old, &put)
		return err
	})
	if err != nil {
		return catalog.Unchanged, err
	}
	*d = put
	return change, nil
}

func checkDataset(d *catalog.Dataset) error {
	keys := map[string]string{
		"id": d.ID, "name": d.Name, "organization": d.Organization, "creator": d.Creator, "source": d.Origin.Source,
		"record": d.Origin.Record, "digest": d.Origin.Digest, "holder": d.Holder.Identifier,
	}
	for _, g := range d.Groups {
		keys["groups"] = g
		if err := checkKeys(keys); err != nil {
			return err
		}
	}
	ids := map[string]bool{}
	for _, x := range d.Distributions {
		keys["distributions"] = x.ID
		if err := checkKeys(keys); err != nil {
			return err
		}
		if x.ID != "" && ids[x.ID] {
			return invalid("distributions", "two have the same ID", "due hanno lo stesso ID")
		}
		ids[x.ID] = true
	}
	if err := checkKeys(keys); err != nil {
		return err
	}
	return checkState(d.State)
}

func checkState(st catalog.State) error {
	switch st {
	case "", catalog.Active, catalog.Draft, catalog.Withdrawn, catalog.Retired, catalog.Deleted:
		return nil
	}
	return invalid("state", "there is no such state", "stato sconosciuto")
}

// known returns the dataset that d is to replace: with its ID, else with its
// Origin, or nil.
func (x tx) known(ctx context.Context, d *catalog.Dataset) (*row, error) {
	if d.ID != "" {
		var r row
		err := x.one(ctx, r.into(), `SELECT `+rowColumns+` FROM datasets WHERE id = ?`, d.ID)
		if !errors.Is(err, sql.ErrNoRows) {
			return &r, err
		}
	}
	if d.Origin.Source == "" {
		return nil, nil
	}
	var r row
	err := x.one(ctx, r.into(), `SELECT `+rowColumns+` FROM datasets WHERE source <> '' AND source = ? AND record = ?`,
		d.Origin.Source, d.Origin.Record)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &r, err
}

func (x tx) create(ctx context.Context, d *catalog.Dataset) (err error) {
	if d.ID == "" {
		d.ID = uuid.NewString()
	}
	if d.Name == "" {
		if d.Name, err = x.freeName(ctx, datasetNames, d.Title.String(), d.Identifier); err != nil {
			return err
		}
	} else if err := x.checkName(ctx, datasetNames, d.ID, d.Name); err != nil {
		return err
	}
	if d.State == "" {
		d.State = catalog.Active
	}
	d.Created = now()
	d.Updated, d.Revision = d.Created, 1
	if err := merge(nil, d, d.Created); err != nil {
		return err
	}
	r, err := rowOf(d, false)
	if err != nil {
		return err
	}
	if _, err := x.exec(ctx, `INSERT INTO datasets (`+rowColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.values()...); err != nil {
		return err
	}
	if err := x.takeName(ctx, r); err != nil {
		return err
	}
	if err := x.link(ctx, &catalog.Dataset{}, d); err != nil {
		return err
	}
	return x.told(ctx, r, "new dataset")
}

func (x tx) replace(ctx context.Context, old *row, d *catalog.Dataset) (catalog.Change, error) {
	was, err := old.dataset()
	if err != nil {
		return catalog.Unchanged, err
	}
	given := d.ID != ""
	if given && d.Revision > 0 && d.Revision != was.Revision {
		return catalog.Unchanged, catalog.Errorf(catalog.Conflict, "dataset %s was changed meanwhile: read it again and repeat the change", short(was.Name)).
			Italian("il dataset %s è stato modificato nel frattempo: rileggilo e ripeti la modifica", short(was.Name))
	}
	d.ID, d.Created, d.Updated, d.Revision = was.ID, was.Created, was.Updated, was.Revision
	switch {
	case d.Origin.Source == "" || given && d.Origin.Digest == was.Origin.Digest:
		keepRest(was, d)
	case settled(was, d, given):
		d.Name = was.Name
		return catalog.Unchanged, nil
	default:
		keepDecisions(was, d)
	}
	at := after(was.Updated)
	if err := merge(was.Distributions, d, at); err != nil {
		return catalog.Unchanged, err
	}
	same, err := equal(old, was, d)
	if err != nil {
		return catalog.Unchanged, err
	}
	if same {
		return catalog.Unchanged, x.keepDigest(ctx, old, d)
	}
	d.Updated = at
	return catalog.Changed, x.rewrite(ctx, old, was, d, verbOf(was, d))
}

// goneDigest marks what was deleted for the source no longer had it: unlike
// what a person has deleted, it comes back with its record.
const goneDigest = "gone"

func goneAtSource(d *catalog.Dataset) bool {
	return d.State == catalog.Retired || d.State == catalog.Deleted && d.Origin.Digest == goneDigest
}

// settled reports whether what comes from a source need not be looked into: a
// person has deleted it, or it reads as it did.
func settled(was, d *catalog.Dataset, given bool) bool {
	sameDigest := !given && d.Origin.Digest != "" && d.Origin.Digest == was.Origin.Digest
	return was.State == catalog.Deleted && !goneAtSource(was) || sameDigest && was.State != catalog.Retired
}

// rewrite writes d, which has changed from was, as one step of its history.
func (x tx) rewrite(ctx context.Context, old *row, was, d *catalog.Dataset, verb string) error {
	if !d.Updated.After(was.Updated) {
		d.Updated = after(was.Updated)
	}
	d.Revision = was.Revision + 1
	r, err := rowOf(d, old.published)
	if err != nil {
		return err
	}
	if catalog.State(old.state) == catalog.Deleted && d.State != catalog.Deleted || r.name != old.name {
		if err := x.checkName(ctx, datasetNames, r.id, r.name); err != nil {
			return err
		}
		if err := x.takeName(ctx, r); err != nil {
			return err
		}
	}
	if err := x.update(ctx, r); err != nil {
		return err
	}
	if err := x.link(ctx, was, d); err != nil {
		return err
	}
	return x.told(ctx, r, verb)
}

// takeName gives the deleted dataset that had the name of r, if any, its ID
// for a name, as CKAN does: should it come back, it clashes with nobody.
func (x tx) takeName(ctx context.Context, r *row) error {
	if catalog.State(r.state) == catalog.Deleted {
		return nil
	}
	ids, err := collect(ctx, x.conn, scanID, `SELECT id FROM datasets WHERE name = ? AND state = 'deleted' AND id <> ?`, r.name, r.id)
	for _, id := range ids { // asked for first: an update opens every index, even to find none
		if _, err := x.exec(ctx, `UPDATE datasets SET name = id, revision = revision + 1 WHERE id = ?`, id); err != nil {
			return err
		}
	}
	return err
}

func (x tx) update(ctx context.Context, r *row) error {
	_, err := x.exec(ctx, `UPDATE datasets SET name = ?, organization = ?, state = ?, private = ?, published = ?,
			quarantined = ?, creator = ?, source = ?, record = ?, digest = ?, holder = ?, title_sort = ?, created = ?,
			updated = ?, revision = ?, body_version = ?, body = ? WHERE id = ?`,
		append(r.values()[1:], r.id)...)
	return err
}

// keepDigest notes that a record reads differently at its source though it
// says the same, so that the next harvest need not look into it.
func (x tx) keepDigest(ctx context.Context, old *row, d *catalog.Dataset) error {
	if d.Origin.Digest == old.digest {
		return nil
	}
	_, err := x.exec(ctx, `UPDATE datasets SET digest = ? WHERE id = ?`, d.Origin.Digest, old.id)
	return err
}

// unlinked deletes what link has written for a dataset, if it has.
func (x tx) unlinked(ctx context.Context, table string, before int, dataset string) error {
	if before == 0 {
		return nil
	}
	_, err := x.exec(ctx, `DELETE FROM `+table+` WHERE dataset = ?`, dataset)
	return err
}

// link writes by what the twins of a dataset are known, in which groups it is
// and which distributions it has.
func (x tx) link(ctx context.Context, was, d *catalog.Dataset) error {
	if err := x.identify(ctx, was, d); err != nil {
		return err
	}
	if !slices.Equal(was.Groups, d.Groups) {
		if err := x.unlinked(ctx, "dataset_groups", len(was.Groups), d.ID); err != nil {
			return err
		}
		for _, g := range d.Groups {
			if _, err := x.exec(ctx, `INSERT INTO dataset_groups (dataset, name) VALUES (?, ?) ON CONFLICT DO NOTHING`, d.ID, g); err != nil {
				return err
			}
		}
	}
	if err := x.markRNDT(ctx, was, d); err != nil {
		return err
	}
	had, has := distributionIDs(was), distributionIDs(d)
	if slices.Equal(had, has) {
		return nil
	}
	if err := x.unlinked(ctx, "distributions", len(had), d.ID); err != nil {
		return err
	}
	for _, id := range has {
		if _, err := x.exec(ctx, `INSERT INTO distributions (id, dataset) VALUES (?, ?)`, id, d.ID); err != nil {
			return err
		}
	}
	return x.forget(ctx, slices.DeleteFunc(had, func(id string) bool { return slices.Contains(has, id) }))
}

// markRNDT keeps which datasets the RNDT describes, for lists to leave out.
func (x tx) markRNDT(ctx context.Context, was, d *catalog.Dataset) (err error) {
	switch {
	case d.InRNDT(): // always, for it may have been written by a version that kept no marks
		_, err = x.exec(ctx, `INSERT INTO records (`+recordColumns+`) VALUES ('rndt', ?, ?, '', 0, ?, '')
			ON CONFLICT (kind, key) DO NOTHING`, d.ID, d.ID, micros(now()))
	case was.InRNDT():
		_, err = x.exec(ctx, `DELETE FROM records WHERE kind = 'rndt' AND key = ?`, d.ID)
	}
	return err
}

func distributionIDs(d *catalog.Dataset) []string {
	ids := make([]string, len(d.Distributions))
	for i := range d.Distributions {
		ids[i] = d.Distributions[i].ID
	}
	slices.Sort(ids)
	return ids
}
