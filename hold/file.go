package hold

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"portico/catalog"
	"portico/tabular/personal"
)

// A file is all that is known of the holds of one distribution: what waits now,
// and what was decided before. It is the body of a catalog.RecordHold.
type file struct {
	Distribution string     `json:"distribution"`
	Held         *version   `json:"held,omitempty"`
	Decisions    []decision `json:"decisions,omitempty"` // the oldest first
}

// A version is what a distribution would offer.
type version struct {
	File   *catalog.File   `json:"file,omitempty"`
	Table  *catalog.Table  `json:"table,omitempty"`
	Rows   bool            `json:"rows,omitempty"` // written through the API
	Since  time.Time       `json:"since"`
	Report personal.Report `json:"report"`
}

// A decision is what was decided of one version.
type decision struct {
	State   catalog.HoldState `json:"state"`
	Version version           `json:"version"`
	Basis   string            `json:"basis,omitempty"`
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
	Dropped []string          `json:"dropped,omitempty"`
	Asked   []string          `json:"asked,omitempty"` // the dropped columns as they were named
	File    *catalog.File     `json:"file,omitempty"`  // what is public instead, of what was masked
	Table   *catalog.Table    `json:"table,omitempty"` // the same
}

// maxDecisions is how many decisions of one distribution are kept; the activity
// log keeps all.
const maxDecisions = 50

// hash returns the hash of the bytes of v, or "".
func (v *version) hash() string {
	if v == nil || v.File == nil {
		return ""
	}
	return v.File.Hash
}

// load returns what is known of the holds of a distribution.
func (k *Desk) load(ctx context.Context, distribution string) (*file, error) {
	r, err := k.Records.Record(ctx, catalog.RecordHold, distribution)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return &file{Distribution: distribution}, nil
	}
	if err != nil {
		return nil, err
	}
	return readFile(r)
}

func readFile(r *catalog.Record) (*file, error) {
	f := &file{}
	if err := json.Unmarshal(r.Body, f); err != nil {
		return nil, fmt.Errorf("read the hold of %s: %w", r.Key, err)
	}
	return f, nil
}

// save keeps f, or forgets it when it says nothing.
func (k *Desk) save(ctx context.Context, f *file) error {
	if f.Held == nil && len(f.Decisions) == 0 {
		err := k.Records.RemoveRecord(ctx, catalog.RecordHold, f.Distribution)
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			return nil
		}
		return err
	}
	if n := len(f.Decisions) - maxDecisions; n > 0 {
		f.Decisions = f.Decisions[n:]
	}
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("write the hold of %s: %w", f.Distribution, err)
	}
	return k.Records.PutRecord(ctx, &catalog.Record{
		Kind: catalog.RecordHold, Key: f.Distribution, About: f.Distribution, Owner: string(f.state()), Body: body,
	})
}

func (f *file) state() catalog.HoldState {
	switch d := f.last(); {
	case f.Held != nil:
		return catalog.Held
	case d != nil:
		return d.State
	}
	return ""
}

// last returns the latest decision, or nil.
func (f *file) last() *decision {
	if len(f.Decisions) == 0 {
		return nil
	}
	return &f.Decisions[len(f.Decisions)-1]
}

// decided returns what was decided last of the bytes with the given hash.
func (f *file) decided(hash string) *decision {
	for i := range slices.Backward(f.Decisions) {
		if d := &f.Decisions[i]; hash != "" && d.Version.hash() == hash {
			return d
		}
	}
	return nil
}

// note is what everybody may know of a decision.
func (d *decision) note() *catalog.HoldNote {
	return &catalog.HoldNote{State: d.State, Since: d.At, Kinds: kindsOf(d.Version.Report), Basis: d.Basis, Dropped: d.Dropped}
}

func (v *version) note() *catalog.HoldNote {
	return &catalog.HoldNote{State: catalog.Held, Since: v.Since, Kinds: kindsOf(v.Report)}
}
