package api

import (
	"context"

	"portico/api/schema"
	"portico/catalog"
)

// nothing is the result of actions that have none.
func nothing() result { return one([]byte("null")) }

func (s *Server) packageDelete(ctx context.Context, in *args) (result, error) {
	if err := schema.Required(in.given, "id"); err != nil {
		return nil, err
	}
	d, err := s.anyDataset(ctx, in.text("id"))
	if err != nil {
		return nil, err
	}
	if err := s.mayUpdate(ctx, d, nil); err != nil {
		return nil, err
	}
	if d.State != catalog.Deleted {
		if err := s.datasets.SetDatasetState(ctx, d.ID, catalog.Deleted, d.Successor); err != nil {
			return nil, err
		}
	}
	return nothing(), nil
}

func (s *Server) datasetPurge(ctx context.Context, in *args) (result, error) {
	if err := schema.Required(in.given, "id"); err != nil {
		return nil, err
	}
	d, err := s.anyDataset(ctx, in.text("id"))
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, withDetail(catalog.NotFound, "Dataset was not found")
	}
	if err != nil {
		return nil, err
	}
	if !catalog.ActorOf(ctx).Sysadmin {
		return nil, catalog.Errorf(catalog.Denied, "not for this actor")
	}
	if err := s.datasets.PurgeDataset(ctx, d.ID); err != nil {
		return nil, err
	}
	return nothing(), nil
}
