package store

import (
	"encoding/json"
	"slices"
	"time"

	"portico/catalog"
)

const kindDataset = "dataset" // of the object of an activity

// A snapshot is a dataset as the activity log keeps it: its columns, and the
// body in the form of its time.
type snapshot struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"`
	Organization string          `json:"organization"`
	State        catalog.State   `json:"state"`
	Private      bool            `json:"private"`
	Creator      string          `json:"creator"`
	Source       string          `json:"source"`
	Record       string          `json:"record"`
	Created      int64           `json:"created"` // microseconds; 0 in what was written before it was kept
	Revision     int64           `json:"revision"`
	BodyVersion  int             `json:"body_version"`
	Body         json.RawMessage `json:"body,omitempty"`
}

// snapshot returns a dataset in JSON, as it is told.
func (r *row) snapshot() ([]byte, error) {
	head, err := json.Marshal(snapshot{
		ID: r.id, Name: r.name, Organization: r.organization, State: catalog.State(r.state), Private: r.private,
		Creator: r.creator, Source: r.source, Record: r.record, Created: r.created, Revision: r.revision, BodyVersion: r.bodyVersion,
	})
	if err != nil {
		return nil, err
	}
	return slices.Concat(head[:len(head)-1], []byte(`,"body":`), r.body, []byte(`}`)), nil
}

// datasetThen returns the dataset that a snapshot taken at a moment holds.
func datasetThen(b []byte, at time.Time) (*catalog.Dataset, error) {
	var snap snapshot
	if err := json.Unmarshal(b, &snap); err != nil {
		return nil, err
	}
	d := new(catalog.Dataset)
	if err := datasetForm.read(snap.Body, snap.BodyVersion, d); err != nil {
		return nil, err
	}
	d.ID, d.Name, d.Organization = snap.ID, snap.Name, snap.Organization
	d.State, d.Private, d.Creator = snap.State, snap.Private, snap.Creator
	d.Origin = catalog.Origin{Source: snap.Source, Record: snap.Record}
	d.Created, d.Updated, d.Revision = moment(snap.Created), at, snap.Revision
	return d, nil
}

// snapshot returns an organization or group in JSON, as it is told: its body
// with the columns in it.
func (o *org) snapshot() ([]byte, error) {
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(o.body, &m); err != nil {
		return nil, err
	}
	for key, value := range map[string]string{"id": o.id, "name": o.name, "state": o.state} {
		b, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		m[key] = b
	}
	return json.Marshal(m)
}
