package datastore

import "context"

// Version returns what changes with every change of the table of a
// distribution, without reading its rows.
func (t *Tables) Version(ctx context.Context, id string) (string, error) {
	h, _, err := t.head(ctx, id)
	if err != nil {
		return "", err
	}
	return h.Version, nil
}
