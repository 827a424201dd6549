package hold

import (
	"context"
	"io"
	"time"

	"portico/catalog"
	"portico/datastore"
	"portico/tabular/personal"
)

// A View is a hold as those may see it who may change the dataset.
type View struct {
	ID           string            `json:"id"` // of the resource
	Dataset      string            `json:"package_id"`
	Name         string            `json:"package_name"`
	Organization string            `json:"owner_org,omitempty"`
	Title        string            `json:"title"` // of the resource, else of the dataset
	State        catalog.HoldState `json:"state"`
	Since        time.Time         `json:"since"`
	File         string            `json:"file,omitempty"`
	Size         int64             `json:"size,omitempty"`
	Rows         bool              `json:"written_by_api,omitempty"`
	Checked      int64             `json:"rows"` // that were looked into
	Findings     []Finding         `json:"findings"`
	Reason       catalog.Text      `json:"reason"`
	Decisions    []Decided         `json:"decisions"`

	d *catalog.Dataset
}

// Package returns the dataset of v, by which it is decided who may see v.
func (v *View) Package() *catalog.Dataset { return v.d }

// A Finding is what was found in one column, with words for people.
type Finding struct {
	personal.Finding
	Reason catalog.Text `json:"reason"`
}

// A Decided is a decision of the past.
type Decided struct {
	State   catalog.HoldState `json:"state"`
	Basis   string            `json:"basis,omitempty"`
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
	Dropped []string          `json:"dropped,omitempty"`
	Hash    string            `json:"hash,omitempty"` // of the bytes that it was about
}

// View returns the hold of a distribution, whoever asks, or NotFound: its
// caller asks who may see it.
func (k *Desk) View(ctx context.Context, distribution string) (*View, error) {
	f, err := k.load(ctx, distribution)
	if err != nil {
		return nil, err
	}
	if f.state() == "" {
		return nil, nothingHeld(distribution)
	}
	return k.view(ctx, f)
}

// List returns the holds in a state, the oldest first; "" = those that wait for
// a decision. Whoever asks is told of all: its caller leaves out what they may
// not see.
func (k *Desk) List(ctx context.Context, state catalog.HoldState) ([]*View, error) {
	if state == "" {
		state = catalog.Held
	}
	records, err := k.Records.Records(ctx, catalog.RecordHold, "", string(state))
	if err != nil {
		return nil, err
	}
	out := make([]*View, 0, len(records))
	for _, r := range records {
		f, err := readFile(r)
		if err != nil {
			return nil, err
		}
		v, err := k.view(ctx, f)
		if err != nil && catalog.KindOf(err) == catalog.NotFound { // its resource is gone
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (k *Desk) view(ctx context.Context, f *file) (*View, error) {
	ctx = asSystem(ctx)
	ref, err := k.Datasets.DatasetOfDistribution(ctx, f.Distribution)
	if err != nil {
		return nil, err
	}
	d, err := k.Datasets.Dataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	v := &View{
		ID: f.Distribution, Dataset: d.ID, Name: d.Name, Organization: d.Organization, Title: d.Title.String(), d: d,
		State: f.state(), Findings: []Finding{}, Decisions: []Decided{},
	}
	for i := range d.Distributions {
		if x := &d.Distributions[i]; x.ID == f.Distribution && x.Title.String() != "" {
			v.Title = x.Title.String()
		}
	}
	about := f.Held
	if about == nil && f.last() != nil {
		about = &f.last().Version
	}
	v.tell(about)
	if last := f.last(); f.Held == nil && last != nil {
		v.Since = last.At
	}
	for _, x := range f.Decisions {
		v.Decisions = append(v.Decisions, Decided{State: x.State, Basis: x.Basis, By: x.By, At: x.At, Dropped: x.Dropped, Hash: x.Version.hash()})
	}
	return v, nil
}

// tell says what was found in a version.
func (v *View) tell(about *version) {
	if about == nil {
		return
	}
	v.Since, v.Rows, v.Checked = about.Since, about.Rows, about.Report.Rows
	if about.File != nil {
		v.File, v.Size = about.File.Name, about.File.Size
	}
	v.Reason = Names(kindsOf(about.Report))
	for _, x := range about.Report.Findings {
		v.Findings = append(v.Findings, Finding{Finding: x, Reason: reason(x)})
	}
}

// Original opens the file that waits, for those who may decide, with what is
// known of it, or NotFound.
func (k *Desk) Original(ctx context.Context, distribution string) (io.ReadSeekCloser, *catalog.File, error) {
	f, err := k.load(ctx, distribution)
	if err != nil {
		return nil, nil, err
	}
	if f.Held.hash() == "" {
		return nil, nil, nothingHeld(distribution)
	}
	r, err := k.Blobs.Open(ctx, f.Held.File.Hash)
	return r, f.Held.File, err
}

// Used calls keep with the hash of every blob that waits, that was decided on,
// or that is public in the place of another.
func (k *Desk) Used(ctx context.Context, keep func(hash string)) error {
	records, err := k.Records.Records(ctx, catalog.RecordHold, "", "")
	if err != nil {
		return err
	}
	for _, r := range records {
		f, err := readFile(r)
		if err != nil {
			return err
		}
		used(f.Held, keep)
		for i := range f.Decisions {
			d := &f.Decisions[i]
			used(&d.Version, keep)
			used(&version{File: d.File, Table: d.Table}, keep)
		}
	}
	return nil
}

func used(v *version, keep func(hash string)) {
	if v == nil {
		return
	}
	if v.File != nil {
		keep(v.File.Hash)
	}
	datastore.UsedBy(v.Table, keep)
}
