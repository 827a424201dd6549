package storetest

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"portico/catalog"
)

var activityChecks = []check{
	{"every change of a dataset is told, the latest first", activityTold},
	{"what an actor may not see is not told", activityHidden},
}

func activityTold(t *testing.T, s Store) {
	ctx := catalog.WithActor(t.Context(), catalog.Actor{ID: "u", Name: "maria", Sysadmin: true})
	d := &catalog.Dataset{Name: "a", State: catalog.Draft, Origin: origin("s", "r", "1")}
	for _, title := range []string{"Uno", "Due", "Due"} {
		d.Title = catalog.It(title)
		_, err := s.PutDataset(ctx, d)
		must(t, err)
	}
	for _, state := range []catalog.State{catalog.Active, catalog.Withdrawn, catalog.Active, catalog.Deleted} {
		must(t, s.SetDatasetState(ctx, d.ID, state, ""))
	}
	must(t, s.PutUser(ctx, &catalog.User{Name: "altro"}))
	acts, err := s.Activities(ctx, catalog.ActivityFilter{Objects: []string{d.ID}, Limit: -1})
	must(t, err)
	var verbs []string
	last := int64(math.MaxInt64)
	for _, a := range acts {
		verbs = append(verbs, a.Verb)
		if a.ID >= last || a.At.IsZero() || [3]string{a.Actor, a.Object, a.Source} != [3]string{"maria", d.ID, "s"} {
			t.Errorf("activity %+v", a)
		}
		last = a.ID
	}
	const want = "deleted dataset, restored dataset, withdrawn dataset, published dataset, changed dataset, new dataset"
	if got := strings.Join(verbs, ", "); got != want {
		t.Errorf("verbs %s, want %s", got, want)
	}
	wantBody(t, acts[len(acts)-1].Body)
	if all, err := s.Activities(ctx, catalog.ActivityFilter{Limit: 2}); err != nil || len(all) != 2 || all[0].Verb != "new user" {
		t.Errorf("of all: %v, %v", all, err)
	}
}

// wantBody checks the body of the first activity of activityTold.
func wantBody(t *testing.T, b []byte) {
	t.Helper()
	var body struct {
		Name string
		Body catalog.Dataset
	}
	if err := json.Unmarshal(b, &body); err != nil || body.Name != "a" || body.Body.Title.String() != "Uno" {
		t.Errorf("body of the first: %s, %v", b, err)
	}
}

func activityHidden(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a", State: catalog.Draft, Organization: "o"})
	p := put(t, s, &catalog.Dataset{Name: "b", Private: true})
	must(t, s.PutUser(asSystem(t), &catalog.User{Name: "maria"}))
	if acts, err := s.Activities(t.Context(), catalog.ActivityFilter{Limit: -1}); err != nil || len(acts) != 0 {
		t.Errorf("a visitor is told %v, %v", acts, err)
	}
	if acts, err := s.Activities(asMember(t, "u", "o"), catalog.ActivityFilter{Limit: -1}); err != nil || len(acts) != 1 || acts[0].Object != d.ID {
		t.Errorf("a member is told %v, %v", acts, err)
	}
	must(t, s.SetDatasetState(asSystem(t), d.ID, catalog.Active, ""))
	// Of its time as a draft a visitor learns nothing even now.
	if acts, err := s.Activities(t.Context(), catalog.ActivityFilter{Limit: -1}); err != nil || len(acts) != 1 || acts[0].Verb != "published dataset" {
		t.Errorf("a visitor is told %v, %v", acts, err)
	}
	if acts, err := s.Activities(t.Context(), catalog.ActivityFilter{Objects: []string{p.ID}, Limit: -1}); err != nil || len(acts) != 0 {
		t.Errorf("of the private one a visitor is told %v, %v", acts, err)
	}
}
