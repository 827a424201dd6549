package api

import (
	"context"

	"portico/catalog"
)

// Datasets is what a Server asks of the store of datasets.
type Datasets interface {
	catalog.Datasets

	// DatasetOfDistribution returns the ID of the dataset that has the given
	// distribution, or NotFound.
	DatasetOfDistribution(ctx context.Context, id string) (string, error)
}

// distribution returns the distribution with the given ID and its dataset, as
// the actor of ctx may see it.
func (s *Server) distribution(ctx context.Context, id string) (*catalog.Dataset, *catalog.Distribution, error) {
	ref, err := s.datasets.DatasetOfDistribution(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.dataset(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	if x := distributionOf(d, id); x != nil {
		return d, x, nil
	}
	return nil, nil, noDistribution()
}

func noDistribution() error {
	return catalog.Errorf(catalog.NotFound, "no such distribution").Italian("distribuzione non trovata")
}

func distributionOf(d *catalog.Dataset, id string) *catalog.Distribution {
	for i := range d.Distributions {
		if d.Distributions[i].ID == id {
			return &d.Distributions[i]
		}
	}
	return nil
}
