package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var distributionChecks = []check{
	{"metadata read again do not lose the loaded table", keepsTable},
	{"a zero File or Table takes the stored one away", takesAway},
	{"a hold stays, goes with a zero one, and is told by a verb of its own", keepsHold},
	{"Updated moves for the distribution that changed, and no other", distributionUpdated},
	{"a distribution without an ID is known again by its URL", knownByURL},
	{"UpdateDistribution changes one in place", updateInPlace},
	{"UpdateDistribution that changes nothing moves nothing", updateNothing},
	{"UpdateDistribution that fails changes nothing", updateFails},
	{"a distribution leads to its dataset", leadsToDataset},
}

func keepsTable(t *testing.T, s Store) {
	first := put(t, s, Full())
	again := Full()
	again.Origin.Digest, again.Version = "2", "due"
	again.Distributions[0].File, again.Distributions[0].Table = nil, nil
	put(t, s, again)
	for _, d := range []*catalog.Dataset{again, stored(t, s, first.ID)} {
		if diff := cmp.Diff(first.Distributions, d.Distributions); diff != "" {
			t.Errorf("distributions changed:\n%s", diff)
		}
	}
}

func takesAway(t *testing.T, s Store) {
	d := put(t, s, Full())
	d.Distributions[0].File = &catalog.File{}
	put(t, s, d)
	if got := stored(t, s, d.ID).Distributions[0]; got.File != nil || got.Table == nil || d.Distributions[0].File != nil {
		t.Errorf("without its file %+v", got)
	}
	d.Distributions[0].Table, d.Distributions[1].Table = &catalog.Table{}, &catalog.Table{}
	put(t, s, d)
	for _, got := range stored(t, s, d.ID).Distributions {
		if got.File != nil || got.Table != nil {
			t.Errorf("without its table %+v", got)
		}
	}
	n := put(t, s, &catalog.Dataset{Name: "n", Distributions: []catalog.Distribution{{File: &catalog.File{}, Table: &catalog.Table{}}}})
	if got := stored(t, s, n.ID).Distributions[0]; got.File != nil || got.Table != nil {
		t.Errorf("a new one %+v", got)
	}
}

func keepsHold(t *testing.T, s Store) {
	first := put(t, s, Full())
	set := func(h *catalog.HoldNote) func(*catalog.Distribution) error {
		return func(x *catalog.Distribution) error { x.Hold = h; return nil }
	}
	held := &catalog.HoldNote{State: catalog.Held, Since: first.Created, Kinds: []string{"iban"}}
	must(t, s.UpdateDistribution(asSystem(t), first.ID, "d1", set(held)))
	again := Full()
	again.Origin.Digest, again.Version = "2", "due"
	put(t, s, again)
	if diff := cmp.Diff(held, stored(t, s, first.ID).Distributions[0].Hold); diff != "" {
		t.Errorf("metadata read again:\n%s", diff)
	}
	must(t, s.UpdateDistribution(asSystem(t), first.ID, "d1", set(&catalog.HoldNote{State: catalog.Released, Since: first.Created, Basis: "l. 1"})))
	d := stored(t, s, first.ID)
	d.Distributions[0].Hold = &catalog.HoldNote{State: catalog.Masked, Dropped: []string{"cf"}}
	put(t, s, d)
	d.Distributions[0].Hold = &catalog.HoldNote{}
	put(t, s, d)
	if h := stored(t, s, first.ID).Distributions[0].Hold; h != nil {
		t.Errorf("taken away: %+v", h)
	}
	all, err := s.Activities(asSystem(t), catalog.ActivityFilter{Objects: []string{first.ID}, Limit: -1})
	must(t, err)
	got := ""
	for _, a := range all {
		got = a.Verb + ", " + got
	}
	if want := "new dataset, held data, changed dataset, released data, masked data, changed dataset, "; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func distributionUpdated(t *testing.T, s Store) {
	first := put(t, s, Full())
	d := Full()
	d.Origin.Digest, d.Distributions[1].Format = "2", "XLSX"
	d.Distributions = append(d.Distributions, catalog.Distribution{ID: "d3"})
	put(t, s, d)
	got := stored(t, s, d.ID).Distributions
	if !got[0].Updated.Equal(first.Created) || !got[1].Updated.After(first.Created) || !got[1].Created.Equal(first.Created) || !got[2].Created.After(first.Created) {
		t.Errorf("first at %v, now %v %v %v", first.Created, got[0].Updated, got[1].Updated, got[2].Created)
	}
}

func knownByURL(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a", Distributions: []catalog.Distribution{{AccessURL: "https://example.org/1"}, {AccessURL: "https://example.org/2"}}})
	if d.Distributions[0].ID == "" || d.Distributions[0].ID == d.Distributions[1].ID {
		t.Fatalf("IDs %q, %q", d.Distributions[0].ID, d.Distributions[1].ID)
	}
	again := put(t, s, &catalog.Dataset{ID: d.ID, Distributions: []catalog.Distribution{{AccessURL: "https://example.org/2"}, {AccessURL: "https://example.org/3"}}})
	if again.Distributions[0].ID != d.Distributions[1].ID || again.Distributions[1].ID == d.Distributions[0].ID {
		t.Errorf("before %+v, then %+v", d.Distributions, again.Distributions)
	}
}

func updateInPlace(t *testing.T, s Store) {
	first := put(t, s, Full())
	must(t, s.UpdateDistribution(asSystem(t), "aria", "d2", func(d *catalog.Distribution) error {
		d.Table = &catalog.Table{Hash: "cc", Rows: 9}
		d.ID = "not for f to change"
		return nil
	}))
	got := stored(t, s, "aria")
	if got.Distributions[1].ID != "d2" || got.Distributions[1].Table.Hash != "cc" || got.Revision != 2 ||
		!got.Updated.After(first.Updated) || !got.Distributions[1].Updated.Equal(got.Updated) {
		t.Errorf("got %+v", got)
	}
	if stale, err := s.Stale(t.Context(), 9); err != nil || len(stale) != 1 {
		t.Errorf("stale %v, %v", stale, err)
	}
	wantKind(t, "of a distribution that is not there", s.UpdateDistribution(asSystem(t), "aria", "d9", nil), catalog.NotFound)
}

func updateNothing(t *testing.T, s Store) {
	first := put(t, s, Full())
	must(t, s.UpdateDistribution(asSystem(t), "aria", "d1", func(d *catalog.Distribution) error {
		table := *d.Table
		d.Table = &table
		return nil
	}))
	if got := stored(t, s, "aria"); got.Revision != 1 || !got.Updated.Equal(first.Updated) {
		t.Errorf("got %+v", got)
	}
}

func updateFails(t *testing.T, s Store) {
	put(t, s, Full())
	no := errors.New("no")
	err := s.UpdateDistribution(asSystem(t), "aria", "d1", func(d *catalog.Distribution) error {
		d.Table.Rows = 99
		return no
	})
	if !errors.Is(err, no) {
		t.Errorf("error %v", err)
	}
	if got := stored(t, s, "aria"); got.Revision != 1 || got.Distributions[0].Table.Rows != 2 {
		t.Errorf("got %+v", got)
	}
}

func leadsToDataset(t *testing.T, s Store) {
	d := put(t, s, Full())
	if id, err := s.DatasetOfDistribution(t.Context(), "d1"); err != nil || id != d.ID {
		t.Errorf("d1 is in %q, %v", id, err)
	}
	// Another source may use the same ID: the dataset to be seen goes first.
	must(t, s.SetDatasetState(asSystem(t), d.ID, catalog.Withdrawn, ""))
	other := put(t, s, &catalog.Dataset{Name: "altro", Distributions: []catalog.Distribution{{ID: "d1"}}})
	if id, err := s.DatasetOfDistribution(t.Context(), "d1"); err != nil || id != other.ID {
		t.Errorf("d1 is in %q, %v", id, err)
	}
	put(t, s, &catalog.Dataset{ID: other.ID, Distributions: []catalog.Distribution{{ID: "d7"}}})
	if id, err := s.DatasetOfDistribution(t.Context(), "d1"); err != nil || id != d.ID {
		t.Errorf("d1 is in %q, %v", id, err)
	}
	must(t, s.PurgeDataset(asSystem(t), d.ID))
	_, err := s.DatasetOfDistribution(t.Context(), "d1")
	wantKind(t, "after the purge", err, catalog.NotFound)
}
