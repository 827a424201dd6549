package storetest

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var sourceChecks = []check{
	{"a source comes back, by ID and by name", sourceBack},
	{"a source's name is its own", sourceNames},
	{"removing a source leaves its datasets", sourceRemoved},
	{"runs are told, the latest first", runs},
	{"a run that was left running is interrupted by the next", interrupted},
}

func sourceBack(t *testing.T, s Store) {
	ctx := asSystem(t)
	src := &catalog.Source{Title: "Dati di X", Kind: "ckan", URL: "https://example.org", Organization: "o", Draft: true, Options: json.RawMessage(`{"a":1}`)}
	must(t, s.PutSource(ctx, src))
	if src.ID == "" || src.Name != "dati-di-x" || src.Created.IsZero() {
		t.Errorf("put %+v", src)
	}
	for _, ref := range []string{src.ID, src.Name} {
		got, err := s.Source(ctx, ref)
		if diff := cmp.Diff(src, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", ref, err, diff)
		}
	}
	changed := *src
	changed.Paused, changed.Name = true, ""
	must(t, s.PutSource(ctx, &changed))
	must(t, s.PutSource(ctx, &changed))
	got, err := s.Source(ctx, src.ID)
	if diff := cmp.Diff(&changed, got); diff != "" || err != nil || got.Name != src.Name {
		t.Errorf("changed: %v %s", err, diff)
	}
	acts, err := s.Activities(ctx, catalog.ActivityFilter{Objects: []string{src.ID}, Limit: -1})
	must(t, err)
	if len(acts) != 2 {
		t.Errorf("activities %v", acts)
	}
	_, err = s.Source(ctx, "nowhere")
	wantKind(t, "nowhere", err, catalog.NotFound)
}

func sourceNames(t *testing.T, s Store) {
	ctx := asSystem(t)
	must(t, s.PutSource(ctx, &catalog.Source{Name: "b"}))
	a := &catalog.Source{Name: "a"}
	must(t, s.PutSource(ctx, a))
	wantKind(t, "a second b", s.PutSource(ctx, &catalog.Source{Name: "b"}), catalog.Invalid)
	wantKind(t, "a renamed to b", s.PutSource(ctx, &catalog.Source{ID: a.ID, Name: "b"}), catalog.Invalid)
	made := &catalog.Source{Title: "B"}
	must(t, s.PutSource(ctx, made))
	list, err := s.Sources(ctx)
	if err != nil || len(list) != 3 || list[0].Name != "a" || list[1].Name != "b" || list[2].Name != "b-2" {
		t.Errorf("list %+v, %v", list, err)
	}
}

func sourceRemoved(t *testing.T, s Store) {
	ctx := asSystem(t)
	src := &catalog.Source{Name: "a"}
	must(t, s.PutSource(ctx, src))
	if _, err := s.StartRun(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	put(t, s, &catalog.Dataset{Name: "d", Origin: origin(src.ID, "1", "")})
	must(t, s.RemoveSource(ctx, "a"))
	wantKind(t, "again", s.RemoveSource(ctx, "a"), catalog.NotFound)
	if got := stored(t, s, "d"); got.Origin.Source != src.ID || got.State != catalog.Active {
		t.Errorf("its dataset %+v", got)
	}
	if all, err := s.Runs(ctx, "", -1); err != nil || len(all) != 0 {
		t.Errorf("runs %v, %v", all, err)
	}
}

func runs(t *testing.T, s Store) {
	ctx := asSystem(t)
	for _, name := range []string{"a", "b"} {
		must(t, s.PutSource(ctx, &catalog.Source{Name: name}))
	}
	var ids []string
	for _, source := range []string{"a", "b", "a"} {
		r, err := s.StartRun(ctx, source)
		must(t, err)
		r.Status, r.Error, r.Report = catalog.RunFailed, "it's \"over\"", json.RawMessage(`{"read":1}`)
		must(t, s.FinishRun(ctx, r))
		ids = append(ids, r.ID)
		got, err := s.Runs(ctx, source, 1)
		must(t, err)
		r.Finished = got[0].Finished // kept to the microsecond
		if diff := cmp.Diff(r, got[0]); diff != "" || got[0].Finished.IsZero() {
			t.Error(diff)
		}
	}
	for source, want := range map[string][]string{"": {ids[2], ids[1], ids[0]}, "a": {ids[2], ids[0]}} {
		list, err := s.Runs(ctx, source, -1)
		must(t, err)
		var got []string
		for _, r := range list {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("runs of %q: %s", source, diff)
		}
	}
	_, err := s.StartRun(ctx, "nowhere")
	wantKind(t, "a run of no source", err, catalog.NotFound)
	_, err = s.Runs(ctx, "nowhere", 1)
	wantKind(t, "runs of no source", err, catalog.NotFound)
	wantKind(t, "a run that is not there", s.FinishRun(ctx, &catalog.Run{ID: "nowhere"}), catalog.NotFound)
}

func interrupted(t *testing.T, s Store) {
	ctx := asSystem(t)
	for _, name := range []string{"a", "b"} {
		must(t, s.PutSource(ctx, &catalog.Source{Name: name}))
	}
	for _, source := range []string{"b", "a", "a"} {
		if _, err := s.StartRun(ctx, source); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Runs(ctx, "", -1)
	must(t, err)
	want := []catalog.RunStatus{catalog.RunRunning, catalog.RunInterrupted, catalog.RunRunning}
	for i, r := range list {
		if r.Status != want[i] || (r.Status == catalog.RunInterrupted) == r.Finished.IsZero() {
			t.Errorf("run %d: %+v, want %s", i, r, want[i])
		}
	}
}
