package storetest

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var originChecks = []check{
	{"a record is known again by its origin", knownAgain},
	{"sources do not share their records", apart},
	{"retiring marks those asked for, of that source, once", retiring},
	{"a retired dataset that is seen again becomes Active with the same ID", reactivated},
	{"a harvest respects what people have decided", decisions},
	{"an edit of a harvested dataset is not lost", editHarvested},
	{"RecordIDs and Digest know what is there", knowsRecords},
}

func origin(source, record, digest string) catalog.Origin {
	return catalog.Origin{Source: source, Record: record, Digest: digest}
}

func knownAgain(t *testing.T, s Store) {
	first := put(t, s, &catalog.Dataset{Title: catalog.It("Uno"), Origin: origin("s", "r", "1")})
	d := &catalog.Dataset{Title: catalog.It("Altro titolo"), Name: "altro-nome", Origin: origin("s", "r", "2")}
	change, err := s.PutDataset(asSystem(t), d)
	if err != nil || change != catalog.Changed || d.ID != first.ID || d.Name != "uno" {
		t.Errorf("change %v, %v, %+v", change, err, d)
	}
	if got := stored(t, s, first.ID); got.Origin != d.Origin || got.Title.String() != "Altro titolo" {
		t.Errorf("got %+v", got)
	}
}

func apart(t *testing.T, s Store) {
	a := put(t, s, &catalog.Dataset{Title: catalog.It("Aria"), Origin: origin("s1", "r", "1")})
	b := put(t, s, &catalog.Dataset{Title: catalog.It("Aria"), Origin: origin("s2", "r", "1")})
	if a.ID == b.ID || a.Name != "aria" || b.Name != "aria-2" {
		t.Errorf("%s %s, %s %s", a.ID, a.Name, b.ID, b.Name)
	}
	page, n, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{Source: "s2", Limit: -1})
	if err != nil || n != 1 || page[0].ID != b.ID {
		t.Errorf("of s2: %v, %d, %v", namesOf(page), n, err)
	}
}

func retiring(t *testing.T, s Store) {
	for _, o := range []catalog.Origin{origin("s", "1", "x"), origin("s", "2", "x"), origin("other", "2", "x")} {
		put(t, s, &catalog.Dataset{Name: o.Source + o.Record, Origin: o})
	}
	for _, want := range []int{1, 0} {
		if n, err := s.RetireDatasets(asSystem(t), "s", []string{"2", "nowhere"}, catalog.Retired); err != nil || n != want {
			t.Errorf("retired %d, %v; want %d", n, err, want)
		}
	}
	if got := stored(t, s, "s2"); got.State != catalog.Retired || got.Revision != 2 {
		t.Errorf("got %+v", got)
	}
	names, err := s.DatasetNames(t.Context(), 0, -1)
	if diff := cmp.Diff([]string{"other2", "s1"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if acts, err := s.Activities(asSystem(t), catalog.ActivityFilter{Objects: []string{stored(t, s, "s2").ID}, Limit: 1}); err != nil || acts[0].Verb != "retired dataset" || acts[0].Source != "s" {
		t.Errorf("activities %v, %v", acts, err)
	}
}

func reactivated(t *testing.T, s Store) {
	for i, digest := range []string{"1", "2"} { // the same record as before, and one that changed meanwhile
		o := origin("s", strconv.Itoa(i), "1")
		first := put(t, s, &catalog.Dataset{Title: catalog.It("Uno"), Origin: o})
		if n, err := s.RetireDatasets(asSystem(t), "s", []string{o.Record}, catalog.Retired); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		_, err := s.Dataset(t.Context(), first.ID)
		wantKind(t, "retired", err, catalog.Gone)
		again := &catalog.Dataset{Title: catalog.It("Uno"), Origin: origin("s", o.Record, digest)}
		change, err := s.PutDataset(asSystem(t), again)
		if err != nil || change != catalog.Changed || again.ID != first.ID || again.Name != first.Name || again.State != catalog.Active {
			t.Errorf("change %v, %v, %+v", change, err, again)
		}
		if _, err := s.Dataset(t.Context(), first.ID); err != nil {
			t.Error(err)
		}
	}
}

func decisions(t *testing.T, s Store) {
	ctx := asSystem(t)
	for _, state := range []catalog.State{catalog.Draft, catalog.Withdrawn} {
		name := string(state)
		put(t, s, &catalog.Dataset{Name: name, Origin: origin("s", name, "1")})
		must(t, s.SetDatasetState(ctx, name, state, ""))
		put(t, s, &catalog.Dataset{Version: "2", State: catalog.Active, Origin: origin("s", name, "2")})
		if got := stored(t, s, name); got.State != state || got.Version != "2" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// What a person has published stays so, though its source makes drafts.
	d := put(t, s, &catalog.Dataset{Name: "a", State: catalog.Draft, Origin: origin("s", "a", "1")})
	must(t, s.SetDatasetState(ctx, "a", catalog.Active, ""))
	put(t, s, &catalog.Dataset{Version: "2", State: catalog.Draft, Origin: origin("s", "a", "2")})
	if got := stored(t, s, "a"); got.State != catalog.Active {
		t.Errorf("published: %+v", got)
	}
	// What a person has hidden stays hidden.
	put(t, s, &catalog.Dataset{ID: d.ID, Private: true})
	put(t, s, &catalog.Dataset{Version: "3", Origin: origin("s", "a", "3")})
	if got := stored(t, s, "a"); !got.Private || got.Version != "3" {
		t.Errorf("hidden: %+v", got)
	}
	// What a person has deleted stays deleted.
	must(t, s.SetDatasetState(ctx, "a", catalog.Deleted, ""))
	if change, err := s.PutDataset(ctx, &catalog.Dataset{Version: "4", Origin: origin("s", "a", "4")}); err != nil || change != catalog.Unchanged {
		t.Errorf("deleted: %v, %v", change, err)
	}
	if got := stored(t, s, d.ID); got.State != catalog.Deleted || got.Version != "3" {
		t.Errorf("deleted: %+v", got)
	}
}

func editHarvested(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "a", Title: catalog.It("Uno"), Origin: origin("s", "r", "1")})
	d := stored(t, s, "a")
	d.Title = catalog.It("Corretto")
	if change, err := s.PutDataset(asSystem(t), d); err != nil || change != catalog.Changed {
		t.Errorf("edit: %v, %v", change, err)
	}
	again := &catalog.Dataset{Title: catalog.It("Uno"), Origin: origin("s", "r", "1")}
	if change, err := s.PutDataset(asSystem(t), again); err != nil || change != catalog.Unchanged {
		t.Errorf("harvest of the same record: %v, %v", change, err)
	}
	if got := stored(t, s, "a"); got.Title.String() != "Corretto" {
		t.Errorf("got %+v", got)
	}
}

func knowsRecords(t *testing.T, s Store) {
	a := put(t, s, &catalog.Dataset{Origin: origin("s", "1", "x")})
	b := put(t, s, &catalog.Dataset{Origin: origin("s", "2", "y"), State: catalog.Draft})
	put(t, s, &catalog.Dataset{Origin: origin("t", "1", "z")})
	put(t, s, &catalog.Dataset{Origin: origin("s", "3", "w")})
	if _, err := s.RetireDatasets(asSystem(t), "s", []string{"3"}, catalog.Retired); err != nil {
		t.Fatal(err)
	}
	put(t, s, &catalog.Dataset{Name: "fatto-qui"})
	for source, want := range map[string]map[string]string{"s": {"1": a.ID, "2": b.ID}, "": {}} {
		got, err := s.RecordIDs(t.Context(), source)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(source, diff, err)
		}
	}
	if digest, id, ok, err := s.Digest(t.Context(), "s", "1"); digest != "x" || id != a.ID || !ok || err != nil {
		t.Error(digest, id, ok, err)
	}
	for _, record := range []string{"3", "9"} {
		if _, _, ok, err := s.Digest(t.Context(), "s", record); ok || err != nil {
			t.Errorf("%s: %v, %v", record, ok, err)
		}
	}
}
