package storetest

import (
	"errors"
	"strings"
	"testing"

	"portico/catalog"
)

var nameChecks = []check{
	{"a name of another dataset is Invalid, and says so of the field", nameTaken},
	{"names made of titles are numbered from 2", numbered},
	{"a title without letters still gives a name", noLetters},
	{"a deleted dataset's name is free again", freedName},
	{"a retired or withdrawn dataset keeps its name", keptName},
	{"a deleted dataset comes back by its name, or by its ID where another took the name", comesBackIfFree},
}

func nameTaken(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "a"})
	b := put(t, s, &catalog.Dataset{Name: "b"})
	for _, d := range []*catalog.Dataset{{Name: "a"}, {ID: b.ID, Name: "a"}, {Name: "a", Origin: catalog.Origin{Source: "s", Record: "1"}}} {
		_, err := s.PutDataset(asSystem(t), d)
		wantKind(t, "put", err, catalog.Invalid)
		if e, ok := errors.AsType[*catalog.Error](err); !ok || len(e.Fields["name"]) != 1 || e.MsgIT == "" {
			t.Errorf("error %#v", err)
		}
	}
}

func numbered(t *testing.T, s Store) {
	for i, want := range []string{"uguale", "uguale-2", "uguale-3", "uguale-4", "uguale-5"} {
		if d := put(t, s, &catalog.Dataset{Title: catalog.It("Uguale")}); d.Name != want {
			t.Errorf("dataset %d is %s, want %s", i, d.Name, want)
		}
	}
	long := put(t, s, &catalog.Dataset{Title: catalog.It(strings.Repeat("lungo ", 50))})
	if len(long.Name) == 0 || len(long.Name) > 100 {
		t.Errorf("name %s", long.Name)
	}
}

func noLetters(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{{}, {Title: catalog.It("日本語")}, {Title: catalog.It("!!!"), Identifier: "id 7"}} {
		put(t, s, d)
	}
	names, err := s.DatasetNames(t.Context(), 0, -1)
	must(t, err)
	if got := strings.Join(names, " "); got != "dataset dataset-2 id-7" {
		t.Errorf("names %s", got)
	}
}

func freedName(t *testing.T, s Store) {
	ctx := asSystem(t)
	first := put(t, s, &catalog.Dataset{Name: "a", Title: catalog.It("Primo")})
	must(t, s.SetDatasetState(ctx, "a", catalog.Deleted, ""))
	_, err := s.Dataset(t.Context(), "a")
	wantKind(t, "the name before it is used again", err, catalog.Gone)
	second := put(t, s, &catalog.Dataset{Name: "a"})
	if got, err := s.Dataset(t.Context(), "a"); err != nil || got.ID != second.ID {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = s.Dataset(t.Context(), first.ID)
	wantKind(t, "the deleted one by ID", err, catalog.Gone)
	must(t, s.SetDatasetState(ctx, "a", catalog.Deleted, ""))
	if d, err := s.Tombstone(t.Context(), "a"); err != nil || d.ID != second.ID {
		t.Errorf("the latest of two deleted: %+v, %v", d, err)
	}
}

func keptName(t *testing.T, s Store) {
	for _, state := range []catalog.State{catalog.Withdrawn, catalog.Retired} {
		name := string(state)
		put(t, s, &catalog.Dataset{Name: name})
		must(t, s.SetDatasetState(asSystem(t), name, state, ""))
		_, err := s.PutDataset(asSystem(t), &catalog.Dataset{Name: name})
		wantKind(t, name, err, catalog.Invalid)
	}
}

func comesBackIfFree(t *testing.T, s Store) {
	ctx := asSystem(t)
	first := put(t, s, &catalog.Dataset{Name: "a"})
	must(t, s.SetDatasetState(ctx, first.ID, catalog.Deleted, ""))
	must(t, s.SetDatasetState(ctx, first.ID, catalog.Active, ""))
	if got := stored(t, s, "a"); got.ID != first.ID {
		t.Errorf("got %+v", got)
	}
	must(t, s.SetDatasetState(ctx, first.ID, catalog.Deleted, ""))
	second := put(t, s, &catalog.Dataset{Name: "b"})
	second.Name = "a"
	put(t, s, second)
	if got := stored(t, s, first.ID); got.Name != first.ID || got.State != catalog.Deleted {
		t.Errorf("the deleted one is %+v", got)
	}
	must(t, s.SetDatasetState(ctx, first.ID, catalog.Active, ""))
	if got := stored(t, s, "a"); got.ID != second.ID {
		t.Errorf("got %+v", got)
	}
	if names, err := s.DatasetNames(t.Context(), 0, -1); err != nil || len(names) != 2 {
		t.Errorf("names %v, %v", names, err)
	}
}
