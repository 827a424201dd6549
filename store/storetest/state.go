package storetest

import (
	"errors"
	"strings"
	"testing"

	"portico/catalog"
)

var stateChecks = []check{
	{"what was public answers Gone with its title, and leaves a tombstone", gone},
	{"what was never public is NotFound once it is gone", neverPublic},
	{"a state can be taken back", backAgain},
	{"setting the same state changes nothing", sameState},
	{"a purged dataset is forgotten, but for its activity", purged},
}

func gone(t *testing.T, s Store) {
	for _, state := range []catalog.State{catalog.Withdrawn, catalog.Retired, catalog.Deleted} {
		d := put(t, s, &catalog.Dataset{Title: catalog.It("Titolo " + string(state))})
		must(t, s.SetDatasetState(asSystem(t), d.Name, state, "successore"))
		for _, ref := range []string{d.ID, d.Name} {
			_, err := s.Dataset(t.Context(), ref)
			wantKind(t, ref, err, catalog.Gone)
			if e, ok := errors.AsType[*catalog.Error](err); ok && (!strings.Contains(e.Msg, d.Title.String()) || !strings.Contains(e.MsgIT, d.Title.String())) {
				t.Errorf("message %q / %q", e.Msg, e.MsgIT)
			}
			tomb, err := s.Tombstone(t.Context(), ref)
			if err != nil || tomb.ID != d.ID || tomb.State != state || tomb.Successor != "successore" {
				t.Errorf("tombstone %+v, %v", tomb, err)
			}
		}
	}
	d := put(t, s, &catalog.Dataset{})
	_, err := s.Tombstone(asSystem(t), d.ID)
	wantKind(t, "tombstone of one that is there", err, catalog.NotFound)
}

func neverPublic(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{{Name: "privato", Private: true}, {Name: "bozza", State: catalog.Draft}} {
		put(t, s, d)
		must(t, s.SetDatasetState(asSystem(t), d.ID, catalog.Withdrawn, ""))
		_, err := s.Dataset(t.Context(), d.Name)
		wantKind(t, d.Name, err, catalog.NotFound)
		_, err = s.Tombstone(t.Context(), d.Name)
		wantKind(t, d.Name+"'s tombstone", err, catalog.NotFound)
	}
}

func backAgain(t *testing.T, s Store) {
	ctx := asSystem(t)
	d := put(t, s, &catalog.Dataset{Name: "a"})
	for i, state := range []catalog.State{catalog.Withdrawn, catalog.Active, catalog.Retired, catalog.Active, catalog.Draft, catalog.Active, catalog.Deleted, catalog.Active} {
		must(t, s.SetDatasetState(ctx, d.ID, state, ""))
		if got := stored(t, s, "a"); got.State != state || got.Revision != int64(i+2) {
			t.Errorf("after %s: %+v", state, got)
		}
	}
	wantKind(t, "nonsense", s.SetDatasetState(ctx, d.ID, "nonsense", ""), catalog.Invalid)
	wantKind(t, "no state", s.SetDatasetState(ctx, d.ID, "", ""), catalog.Invalid)
}

func sameState(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a"})
	must(t, s.SetDatasetState(asSystem(t), d.ID, catalog.Active, ""))
	if got := stored(t, s, "a"); got.Revision != 1 || !got.Updated.Equal(d.Updated) {
		t.Errorf("got %+v", got)
	}
}

func purged(t *testing.T, s Store) {
	d := put(t, s, Full())
	must(t, s.SetDatasetState(asSystem(t), d.ID, catalog.Deleted, ""))
	must(t, s.PurgeDataset(asSystem(t), "aria"))
	for _, ref := range []string{d.ID, "aria"} {
		_, err := s.Dataset(asSystem(t), ref)
		wantKind(t, ref, err, catalog.NotFound)
	}
	if stale, err := s.Stale(t.Context(), 9); err != nil || len(stale) != 1 || stale[0].ID != d.ID {
		t.Errorf("stale %v, %v", stale, err)
	}
	if acts, err := s.Activities(asSystem(t), catalog.ActivityFilter{Objects: []string{d.ID}, Limit: -1}); err != nil || len(acts) != 3 || acts[0].Verb != "purged dataset" {
		t.Errorf("activities %v, %v", acts, err)
	}
	// It may be harvested anew.
	if change, err := s.PutDataset(asSystem(t), Full()); err != nil || change != catalog.Created {
		t.Errorf("change %v, %v", change, err)
	}
}
