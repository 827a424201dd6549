package hold

import (
	"context"

	"portico/catalog"
)

// A Guarded is the store of datasets behind a Desk: it reads as the store does,
// and writes through the Desk.
type Guarded struct {
	Datasets
	desk *Desk
}

// Guard returns the store of datasets behind k.
func (k *Desk) Guard() Guarded { return Guarded{Datasets: k.Datasets, desk: k} }

// PutDataset implements catalog.Datasets.
func (g Guarded) PutDataset(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	return g.desk.PutDataset(ctx, d)
}

// UpdateDistribution implements catalog.Datasets.
func (g Guarded) UpdateDistribution(ctx context.Context, dataset, distribution string, f func(*catalog.Distribution) error) error {
	return g.desk.UpdateDistribution(ctx, dataset, distribution, f)
}
