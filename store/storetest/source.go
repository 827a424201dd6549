package storetest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var sourceChecks = []check{
	{"a source comes back, by ID and by name", sourceBack},
	{"a source's name is its own", sourceNames},
	{"removing a source leaves its datasets", sourceRemoved},
	{"runs are told, the latest first", runs},
	{"a source has one run at a time, which can be stopped", oneRun},
	{"a moment of the schedule is harvested once", slots},
	{"a run that has lost its source writes nothing more", fence},
	{"what is known of a source is no activity", sourceStates},
	{"the runs of a source can be forgotten", historyForgotten},
	{"datasets of one holder with one identifier are twins", twins},
	{"what was deleted for its source had it no more comes back with it", deletedAtSource},
	{"uses are added up by day, and told of what may be seen", usage},
	{"what people say is kept, listed and decided on", contributions},
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
	if _, err := s.StartRun(ctx, "a", time.Time{}); err != nil {
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
		r, err := s.StartRun(ctx, source, time.Time{})
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
	_, err := s.StartRun(ctx, "nowhere", time.Time{})
	wantKind(t, "a run of no source", err, catalog.NotFound)
	_, err = s.Runs(ctx, "nowhere", 1)
	wantKind(t, "runs of no source", err, catalog.NotFound)
	wantKind(t, "a run that is not there", s.FinishRun(ctx, &catalog.Run{ID: "nowhere"}), catalog.NotFound)
}

func oneRun(t *testing.T, s Store) {
	ctx := asSystem(t)
	for _, name := range []string{"a", "b"} {
		must(t, s.PutSource(ctx, &catalog.Source{Name: name}))
	}
	_, err := s.StartRun(ctx, "b", time.Time{})
	must(t, err)
	r, err := s.StartRun(ctx, "a", time.Time{})
	must(t, err)
	_, err = s.StartRun(ctx, "a", time.Time{})
	wantKind(t, "a second run", err, catalog.Conflict)
	if dead, err := s.Interrupt(ctx); err != nil || len(dead) != 0 {
		t.Errorf("interrupted %v, %v", dead, err)
	}
	stopped(t, s, r)
	r.Status = catalog.RunCancelled
	must(t, s.FinishRun(ctx, r))
	over(t, s, r)
}

// stopped stops a run twice, and looks when it is told.
func stopped(t *testing.T, s Store, r *catalog.Run) {
	ctx := asSystem(t)
	if stop, err := s.Beat(ctx, r.ID); err != nil || stop {
		t.Errorf("beat %v, %v", stop, err)
	}
	for range 2 {
		if was, err := s.StopRun(ctx, "a"); err != nil || !was {
			t.Errorf("stop %v, %v", was, err)
		}
	}
	if stop, err := s.Beat(ctx, r.ID); err != nil || !stop {
		t.Errorf("beat %v, %v", stop, err)
	}
}

// over asks a run that has ended for what only a running one can do.
func over(t *testing.T, s Store, r *catalog.Run) {
	ctx := asSystem(t)
	wantKind(t, "finished twice", s.FinishRun(ctx, r), catalog.Conflict)
	_, err := s.Beat(ctx, r.ID)
	wantKind(t, "a beat after the end", err, catalog.Conflict)
	if was, err := s.StopRun(ctx, "a"); err != nil || was {
		t.Errorf("stop after the end %v, %v", was, err)
	}
	if got, err := s.Run(ctx, r.ID); err != nil || got.Status != catalog.RunCancelled {
		t.Errorf("run %+v, %v", got, err)
	}
	_, err = s.Run(ctx, "nowhere")
	wantKind(t, "no such run", err, catalog.NotFound)
}

func slots(t *testing.T, s Store) {
	ctx := asSystem(t)
	must(t, s.PutSource(ctx, &catalog.Source{Name: "a"}))
	at := time.UnixMicro(1_000_000).UTC()
	r, err := s.StartRun(ctx, "a", at)
	must(t, err)
	r.Status = catalog.RunInterrupted
	must(t, s.FinishRun(ctx, r))
	if r, err = s.StartRun(ctx, "a", at); err != nil {
		t.Fatalf("what was interrupted is not begun again: %v", err)
	}
	r.Status = catalog.RunDone
	must(t, s.FinishRun(ctx, r))
	_, err = s.StartRun(ctx, "a", at)
	wantKind(t, "the same moment again", err, catalog.Conflict)
	if got, err := s.Run(ctx, r.ID); err != nil || !got.Slot.Equal(at) {
		t.Errorf("slot %v, %v", got.Slot, err)
	}
	if _, err := s.StartRun(ctx, "a", at.Add(time.Second)); err != nil {
		t.Errorf("the next moment: %v", err)
	}
}

func fence(t *testing.T, s Store) {
	ctx := asSystem(t)
	src := &catalog.Source{Name: "a"}
	must(t, s.PutSource(ctx, src))
	r, err := s.StartRun(ctx, "a", time.Time{})
	must(t, err)
	mine := catalog.WithFence(ctx, r.ID)
	d := &catalog.Dataset{Name: "d", Origin: origin(src.ID, "1", "1")}
	_, err = s.PutDataset(mine, d)
	must(t, err)
	r.Status = catalog.RunDone
	must(t, s.FinishRun(ctx, r))
	before, err := s.Fingerprint(ctx)
	must(t, err)
	_, err = s.PutDataset(mine, &catalog.Dataset{Name: "e"})
	wantKind(t, "a late dataset", err, catalog.Conflict)
	_, err = s.RetireDatasets(mine, src.ID, []string{"1"}, catalog.Retired)
	wantKind(t, "a late retirement", err, catalog.Conflict)
	wantKind(t, "a late organization", s.PutOrganization(mine, &catalog.Organization{Name: "o"}), catalog.Conflict)
	after, err := s.Fingerprint(ctx)
	if err != nil || after != before {
		t.Errorf("a late write got through, %v", err)
	}
}

// historyForgotten: the runs of a source can be forgotten, but for the one that
// goes on.
func historyForgotten(t *testing.T, s Store) {
	ctx := asSystem(t)
	src := &catalog.Source{Name: "a"}
	must(t, s.PutSource(ctx, src))
	must(t, s.PutSource(ctx, &catalog.Source{Name: "b"}))
	for _, name := range []string{"a", "a", "b"} {
		r, err := s.StartRun(ctx, name, time.Time{})
		must(t, err)
		r.Status = catalog.RunDone
		must(t, s.FinishRun(ctx, r))
	}
	running, err := s.StartRun(ctx, "a", time.Time{})
	must(t, err)
	if n, err := s.ForgetRuns(ctx, "a"); err != nil || n != 2 {
		t.Errorf("%d runs forgotten, %v", n, err)
	}
	left, err := s.Runs(ctx, "", -1)
	must(t, err)
	if len(left) != 2 || left[0].ID != running.ID {
		t.Errorf("left are %d", len(left))
	}
	if st, err := s.SourceState(ctx, src.ID); err != nil || st.Runs != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	_, err = s.ForgetRuns(ctx, "nowhere")
	wantKind(t, "runs of no source", err, catalog.NotFound)
	must(t, s.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordRaw, Key: "d", About: "d", Owner: src.ID, Body: []byte("{}")}))
	must(t, s.RemoveSource(ctx, "a"))
	_, err = s.Record(ctx, catalog.RecordRaw, "d")
	wantKind(t, "a record of a source that is there no more", err, catalog.NotFound)
}

func sourceStates(t *testing.T, s Store) {
	ctx := asSystem(t)
	src := &catalog.Source{Name: "a"}
	must(t, s.PutSource(ctx, src))
	acts, err := s.Activities(ctx, catalog.ActivityFilter{Limit: -1})
	must(t, err)
	if st, err := s.SourceState(ctx, src.ID); err != nil || !cmp.Equal(st, catalog.SourceState{}) {
		t.Errorf("at first %+v, %v", st, err)
	}
	want := catalog.SourceState{Due: time.UnixMicro(7).UTC(), Failures: 3, Memo: json.RawMessage(`{"a":1}`)}
	must(t, s.UpdateSourceState(ctx, src.ID, func(st *catalog.SourceState) { *st = want }))
	r, err := s.StartRun(ctx, "a", time.Time{})
	must(t, err)
	r.Status = catalog.RunDone
	must(t, s.FinishRun(ctx, r))
	want.Runs = 1
	got, err := s.SourceState(ctx, src.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	secrets(t, s, src)
	if after, err := s.Activities(ctx, catalog.ActivityFilter{Limit: -1}); err != nil || len(after) != len(acts) {
		t.Errorf("%d activities, %v", len(after)-len(acts), err)
	}
	must(t, s.RemoveSource(ctx, "a"))
	if st, err := s.SourceState(ctx, src.ID); err != nil || st.Failures != 0 {
		t.Errorf("after its source %+v, %v", st, err)
	}
	wantKind(t, "of no source", s.UpdateSourceState(ctx, "nowhere", func(*catalog.SourceState) {}), catalog.NotFound)
}

func secrets(t *testing.T, s Store, src *catalog.Source) {
	ctx := asSystem(t)
	for _, want := range []string{"sealed", "sealed anew", ""} {
		must(t, s.PutSecret(ctx, src.Name, want))
		if sealed, err := s.Secret(ctx, src.ID); err != nil || sealed != want {
			t.Errorf("secret %q, %v; want %q", sealed, err, want)
		}
	}
	wantKind(t, "a secret of no source", s.PutSecret(ctx, "nowhere", "x"), catalog.NotFound)
}

func twins(t *testing.T, s Store) {
	ctx := asSystem(t)
	holder := catalog.Agent{Identifier: "c_a001"}
	a := put(t, s, &catalog.Dataset{Name: "a", Title: catalog.It("A"), Holder: holder, Identifier: "1", Origin: origin("s1", "1", "")})
	b := put(t, s, &catalog.Dataset{Name: "b", Title: catalog.It("B"), Holder: holder, Identifier: "1", Origin: origin("s2", "1", "")})
	put(t, s, &catalog.Dataset{Name: "c", Holder: catalog.Agent{Identifier: "c_b002"}, Identifier: "1"})
	put(t, s, &catalog.Dataset{Name: "p", Holder: holder, Identifier: "1", Private: true})
	put(t, s, &catalog.Dataset{Name: "long", Holder: holder, Identifier: strings.Repeat("x", 5000)})
	for _, test := range []struct {
		of   string
		ctx  context.Context
		want []string
	}{{a.ID, t.Context(), []string{"b"}}, {b.ID, t.Context(), []string{"a"}}, {a.ID, ctx, []string{"b", "p"}}} {
		ts, err := s.Twins(test.ctx, test.of)
		var got []string
		for _, x := range ts {
			got = append(got, x.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: %s, %v", test.of, diff, err)
		}
	}
	changed := stored(t, s, "b")
	changed.Identifier = "2"
	put(t, s, changed)
	if ts, err := s.Twins(t.Context(), a.ID); err != nil || len(ts) != 0 {
		t.Errorf("after the change %v, %v", ts, err)
	}
}

func deletedAtSource(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "d", Origin: origin("s", "1", "1")})
	put(t, s, &catalog.Dataset{Name: "e", Origin: origin("s", "2", "1")})
	if n, err := s.RetireDatasets(asSystem(t), "s", []string{"1"}, catalog.Deleted); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	must(t, s.SetDatasetState(asSystem(t), "e", catalog.Deleted, ""))
	for _, record := range []string{"1", "2"} {
		put(t, s, &catalog.Dataset{Origin: origin("s", record, "1")})
	}
	if got := stored(t, s, "d"); got.State != catalog.Active {
		t.Errorf("what the source has again is %s", got.State)
	}
	if got := stored(t, s, "e"); got.State != catalog.Deleted {
		t.Errorf("what a person has deleted is %s", got.State)
	}
	_, err := s.RetireDatasets(asSystem(t), "s", []string{"1"}, catalog.Draft)
	wantKind(t, "retired to a draft", err, catalog.Invalid)
}
