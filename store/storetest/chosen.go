package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var chosenChecks = []check{
	{"activities are chosen by what they are of, who did them and which they are", activitiesChosen},
	{"activities of a body are its own and those of its datasets now", activitiesOfBody},
	{"activities followed are one's own and those of what one follows", activitiesFollowed},
	{"activities are paged by moments both ways", activitiesPaged},
	{"of a deleted dataset its organization is told, and nobody else", activityOfDeleted},
	{"of users each is told their own", activityOfUsers},
	{"an activity holds the dataset as it was", datasetThen},
}

// toldOf returns the activities that f chooses, the latest first, as words:
// what was done to which thing.
func toldOf(t *testing.T, s Store, f catalog.ActivityFilter, names map[string]string) []string {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = -1
	}
	acts, err := s.Activities(asSystem(t), f)
	must(t, err)
	out := []string{}
	for _, a := range acts {
		out = append(out, strings.TrimSuffix(a.Verb, " "+a.Kind)+" "+names[a.Object])
	}
	return out
}

func activitiesChosen(t *testing.T, s Store) {
	d := &catalog.Dataset{Name: "d"}
	names := map[string]string{}
	for _, who := range []string{"u", "v"} {
		d.Version = who
		_, err := s.PutDataset(catalog.WithActor(t.Context(), catalog.Actor{ID: who, Name: "name of " + who}), d)
		must(t, err)
	}
	names[d.ID], names[group(t, s, "g")] = "d", "g"
	for name, c := range map[string]struct {
		f    catalog.ActivityFilter
		want []string
	}{
		"all":          {catalog.ActivityFilter{}, []string{"new g", "changed d", "new d"}},
		"the first":    {catalog.ActivityFilter{ID: 1}, []string{"new d"}},
		"of an object": {catalog.ActivityFilter{Objects: []string{d.ID, "x"}}, []string{"changed d", "new d"}},
		"of an actor":  {catalog.ActivityFilter{ActorID: "v"}, []string{"changed d"}},
		"of a kind":    {catalog.ActivityFilter{Kinds: []string{"group", "user"}}, []string{"new g"}},
		"of a verb":    {catalog.ActivityFilter{Verbs: []string{"new dataset"}}, []string{"new d"}},
		"not a verb":   {catalog.ActivityFilter{NotVerbs: []string{"new dataset", "new group"}}, []string{"changed d"}},
		"of all":       {catalog.ActivityFilter{Objects: []string{d.ID}, ActorID: "u", Kinds: []string{"dataset"}, Verbs: []string{"new dataset"}}, []string{"new d"}},
		"a page":       {catalog.ActivityFilter{Offset: 1, Limit: 1}, []string{"changed d"}},
		"injected":     {catalog.ActivityFilter{ActorID: "' OR TRUE --"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, toldOf(t, s, c.f, names)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	acts, err := s.Activities(asSystem(t), catalog.ActivityFilter{ActorID: "u", Limit: 1})
	if err != nil || len(acts) != 1 || acts[0].Actor != "name of u" || acts[0].ActorID != "u" || acts[0].Kind != "dataset" {
		t.Errorf("told %+v, %v", acts, err)
	}
}

func activitiesOfBody(t *testing.T, s Store) {
	o, g := body(t, s, "o"), group(t, s, "g")
	a := put(t, s, &catalog.Dataset{Name: "a", Organization: o})
	b := put(t, s, &catalog.Dataset{Name: "b", Groups: []string{"g"}})
	c := put(t, s, &catalog.Dataset{Name: "c"})
	names := map[string]string{o: "o", g: "g", a.ID: "a", b.ID: "b", c.ID: "c"}
	if diff := cmp.Diff([]string{"new a", "new o"}, toldOf(t, s, catalog.ActivityFilter{Organization: o}, names)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"new b", "new g"}, toldOf(t, s, catalog.ActivityFilter{Group: g}, names)); diff != "" {
		t.Error(diff)
	}
	a.Organization, c.Organization = "", o
	put(t, s, a)
	put(t, s, c)
	if diff := cmp.Diff([]string{"changed c", "new c", "new o"}, toldOf(t, s, catalog.ActivityFilter{Organization: o}, names)); diff != "" {
		t.Error(diff)
	}
}

func activitiesFollowed(t *testing.T, s Store) {
	o, g := body(t, s, "o"), group(t, s, "g")
	names := map[string]string{o: "o", g: "g"}
	for name, d := range map[string]*catalog.Dataset{
		"a": {Organization: o}, "b": {Groups: []string{"g"}}, "c": {}, "d": {},
	} {
		d.Name = name
		names[put(t, s, d).ID] = name
	}
	for _, who := range []string{"u", "v", "w"} {
		d := &catalog.Dataset{Name: "by-" + who}
		_, err := s.PutDataset(asMember(t, who), d)
		must(t, err)
		names[d.ID] = "by " + who
	}
	follow := func(thing string) {
		must(t, s.PutRecord(asSystem(t), &catalog.Record{Kind: catalog.RecordFollow, Key: "u/" + thing, Owner: "u", About: thing}))
	}
	f := catalog.ActivityFilter{Followed: "u"}
	for _, step := range []struct{ follow, want string }{
		{"", "new by u"},
		{"v", "new by v, new by u"},
		{o, "new by v, new by u, new a, new o"},
		{g, "new by v, new by u, new b, new a, new g, new o"},
		{stored(t, s, "c").ID, "new by v, new by u, new c, new b, new a, new g, new o"},
	} {
		if step.follow != "" {
			follow(step.follow)
		}
		// The datasets were put in no order.
		got, want := toldOf(t, s, f, names), strings.Split(step.want, ", ")
		if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
			t.Errorf("%s: %s", step.want, diff)
		}
	}
}

func activitiesPaged(t *testing.T, s Store) {
	names := map[string]string{}
	var at []time.Time
	for _, name := range []string{"a", "b", "c", "d"} {
		names[put(t, s, &catalog.Dataset{Name: name}).ID] = name
		time.Sleep(2 * time.Millisecond)
	}
	acts, err := s.Activities(asSystem(t), catalog.ActivityFilter{Limit: -1})
	must(t, err)
	for _, a := range acts {
		at = append(at, a.At)
	}
	for name, c := range map[string]struct {
		f    catalog.ActivityFilter
		want []string
	}{
		"before, the latest of them": {catalog.ActivityFilter{Before: at[0], Limit: 2}, []string{"new c", "new b"}},
		"after, the next to it":      {catalog.ActivityFilter{After: at[3], Limit: 2}, []string{"new c", "new b"}},
		"between":                    {catalog.ActivityFilter{After: at[3], Before: at[0], Limit: 1}, []string{"new c"}},
		"after the last":             {catalog.ActivityFilter{After: at[0]}, []string{}},
	} {
		if diff := cmp.Diff(c.want, toldOf(t, s, c.f, names)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func activityOfDeleted(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a", Organization: "o"})
	must(t, s.SetDatasetState(asSystem(t), d.ID, catalog.Deleted, ""))
	all := catalog.ActivityFilter{Limit: -1}
	if acts, err := s.Activities(asMember(t, "u", "o"), all); err != nil || len(acts) != 2 || acts[0].Verb != "deleted dataset" {
		t.Errorf("a member is told %v, %v", acts, err)
	}
	if acts, err := s.Activities(t.Context(), all); err != nil || len(acts) != 0 {
		t.Errorf("a visitor is told %v, %v", acts, err)
	}
	if acts, err := s.Activities(asMember(t, "u", "p"), all); err != nil || len(acts) != 0 {
		t.Errorf("a member of another is told %v, %v", acts, err)
	}
}

func activityOfUsers(t *testing.T, s Store) {
	u, v := user(t, s, "u"), user(t, s, "v")
	must(t, s.PutToken(asMember(t, u), &catalog.Token{User: u, Hash: "h"}))
	for who, want := range map[string]int{u: 2, v: 1, "": 0, "x": 0} {
		if acts, err := s.Activities(asMember(t, who), catalog.ActivityFilter{Limit: -1}); err != nil || len(acts) != want {
			t.Errorf("%q is told %v, %v; want %d", who, acts, err, want)
		}
	}
}

func datasetThen(t *testing.T, s Store) {
	d := put(t, s, Full())
	first := stored(t, s, d.ID)
	d.Title, d.Private = catalog.It("Altro"), true
	put(t, s, d)
	must(t, s.PurgeDataset(asSystem(t), d.ID))
	acts, err := s.Activities(asSystem(t), catalog.ActivityFilter{Limit: -1})
	must(t, err)
	if len(acts) != 3 || acts[0].Dataset != nil || acts[1].Dataset == nil || acts[2].Dataset == nil {
		t.Fatalf("told %v", acts)
	}
	first.Origin.Digest = ""   // which is nobody's concern
	first.Updated = acts[2].At // when it was told
	if diff := cmp.Diff(first, acts[2].Dataset); diff != "" {
		t.Errorf("then: %s", diff)
	}
	if then := acts[1].Dataset; then.Title.String() != "Altro" || !then.Private || then.Revision != 2 {
		t.Errorf("later %+v", then)
	}
}
