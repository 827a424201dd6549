package store

import (
	"context"
	"slices"

	"portico/catalog"
)

// PurgeBody implements catalog.Organizations.
func (s *Store) PurgeBody(ctx context.Context, ref string) error {
	return s.inTx(ctx, func(x tx) error {
		o, err := x.findOrg(ctx, ref)
		if err != nil {
			return err
		}
		if o.kind == kindGroup {
			err = x.followGroup(ctx, o, "")
		} else {
			err = x.follow(ctx, `organization = ?`, o.id, func(d *catalog.Dataset) { d.Organization = "" })
		}
		if err != nil {
			return err
		}
		for _, q := range []string{
			`DELETE FROM members WHERE kind = 'group' AND object = ?`,
			`DELETE FROM records WHERE kind IN ` + aboutThings + ` AND about = ?`,
			`DELETE FROM organizations WHERE id = ?`, // its members go with it
		} {
			if _, err := x.exec(ctx, q, o.id); err != nil {
				return err
			}
		}
		if _, err := x.moved(ctx); err != nil {
			return err
		}
		return x.activity(ctx, act{verb: "purged " + o.kind, kind: o.kind, object: o.id, public: true})
	})
}

// followGroup moves the datasets of a group to its new name, or out of it where
// that is "". They say themselves in which groups they are, by name; the name
// of a deleted group may be another's by now, and then they are the other's.
func (x tx) followGroup(ctx context.Context, old *org, name string) error {
	taken, err := x.hasName(ctx, organizationNames, old.id, old.name)
	if err != nil || taken {
		return err
	}
	return x.follow(ctx, inGroup, old.name, func(d *catalog.Dataset) {
		groups := make([]string, 0, len(d.Groups))
		for _, g := range d.Groups {
			if g == old.name {
				g = name
			}
			if g != "" && !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
		d.Groups = groups
	})
}

// inGroup holds for the datasets that are in the group with a name.
const inGroup = `id IN (SELECT dataset FROM dataset_groups WHERE name = ?)`

// follow changes the datasets that where chooses because the body that they
// are in has changed. That is no edit of theirs: Updated stays and no activity
// tells it, but Revision grows, for whoever has read them has read the past.
func (x tx) follow(ctx context.Context, where, key string, change func(*catalog.Dataset)) error {
	ids, err := collect(ctx, x.conn, scanID, `SELECT id FROM datasets WHERE `+where+` ORDER BY id`, key)
	if err != nil {
		return err
	}
	for _, id := range ids { // one at a time, for they may be many and large
		var old row
		if err := x.one(ctx, old.into(), `SELECT `+rowColumns+` FROM datasets WHERE id = ?`, id); err != nil {
			return err
		}
		was, err := old.dataset()
		if err != nil {
			return err
		}
		d := *was
		change(&d)
		d.Revision++
		r, err := rowOf(&d, old.published)
		if err != nil {
			return err
		}
		if err := x.update(ctx, r); err != nil {
			return err
		}
		if err := x.link(ctx, was, &d); err != nil {
			return err
		}
		if err := x.stale(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
