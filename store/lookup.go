package store

import (
	"context"
	"database/sql"
	"errors"

	"portico/catalog"
)

// DatasetID implements catalog.Datasets.
func (s *Store) DatasetID(ctx context.Context, ref string) (id string, state catalog.State, err error) {
	for _, where := range waysTo(ref) {
		err := s.reading().one(ctx, []any{&id, &state}, `SELECT id, state FROM datasets WHERE `+where, ref)
		if !errors.Is(err, sql.ErrNoRows) {
			return id, state, s.trouble(err)
		}
	}
	return "", "", notFound("dataset", "il dataset", ref)
}

// waysToBody are the ways to find an organization or group, as waysTo.
var waysToBody = []string{
	`id = ?`,
	`name = ? AND state <> 'deleted'`,
	`name = ? AND state = 'deleted' ORDER BY created DESC, id LIMIT 1`,
}

// BodyID implements catalog.Organizations.
func (s *Store) BodyID(ctx context.Context, ref string) (id string, organization bool, state catalog.State, err error) {
	var kind string
	for _, where := range waysToBody {
		err := s.reading().one(ctx, []any{&id, &kind, &state}, `SELECT id, kind, state FROM organizations WHERE `+where, ref)
		if !errors.Is(err, sql.ErrNoRows) {
			return id, kind == kindOrganization, state, s.trouble(err)
		}
	}
	return "", false, "", notFound("organization or group", "l'organizzazione o il gruppo", ref)
}

// Body returns the organization or group with the given ID or name, the other
// being nil, whoever asks and in any state, or NotFound. It does not count
// datasets, which takes longer than all the rest.
func (s *Store) Body(ctx context.Context, ref string) (*catalog.Organization, *catalog.Group, error) {
	found, err := s.reading().findOrg(ctx, ref)
	if err != nil {
		return nil, nil, s.trouble(err)
	}
	if found.kind == kindGroup {
		g, err := found.group()
		return nil, g, err
	}
	o, err := found.organization()
	return o, nil, err
}

// findOrg finds an organization or group by ID or name, in any state, without
// the number of its datasets.
func (c conn) findOrg(ctx context.Context, ref string) (*org, error) {
	for _, where := range waysToBody {
		var o org
		err := c.one(ctx, o.into(), `SELECT id, kind, name, state, created, body_version, body, 0 FROM organizations WHERE `+where, ref)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		return &o, err
	}
	return nil, notFound("organization or group", "l'organizzazione o il gruppo", ref)
}
