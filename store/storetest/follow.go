package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var followChecks = []check{
	{"datasets follow a group that changes its name", groupRenamed},
	{"datasets stay, in none, when their organization or group is purged", bodyPurged},
	{"purging a deleted group leaves the datasets of the one with its name", namesakePurged},
	{"a deleted organization keeps its datasets", organizationDeleted},
	{"an ID of a body is told by ID and by name, in any state", bodyID},
	{"a body is told by ID and by name, in any state, to anybody", bodyItself},
}

func groupRenamed(t *testing.T, s Store) {
	ctx := asSystem(t)
	g := group(t, s, "vecchio")
	group(t, s, "altro")
	in := put(t, s, &catalog.Dataset{Name: "a", Groups: []string{"altro", "vecchio"}})
	out := put(t, s, &catalog.Dataset{Name: "b", Groups: []string{"altro"}})
	clearStale(t, s)
	must(t, s.PutGroup(ctx, &catalog.Group{ID: g, Name: "nuovo"}))
	got := stored(t, s, "a")
	if diff := cmp.Diff([]string{"altro", "nuovo"}, got.Groups); diff != "" || !got.Updated.Equal(in.Updated) || got.Revision != in.Revision+1 {
		t.Errorf("%s %+v", diff, got)
	}
	if stale := staleIDs(t, s); len(stale) != 1 || stale[0] != in.ID {
		t.Errorf("stale %v", stale)
	}
	if got := stored(t, s, "b"); got.Revision != out.Revision {
		t.Errorf("the other %+v", got)
	}
	if g, err := s.Group(t.Context(), "nuovo"); err != nil || g.Datasets != 1 {
		t.Errorf("group %+v, %v", g, err)
	}
	wantKind(t, "a name that is taken", s.PutGroup(ctx, &catalog.Group{ID: g, Name: "altro"}), catalog.Invalid)
	if diff := cmp.Diff([]string{"altro", "nuovo"}, stored(t, s, "a").Groups); diff != "" {
		t.Error(diff)
	}
}

func bodyPurged(t *testing.T, s Store) {
	ctx := asSystem(t)
	o, g, u := body(t, s, "o"), group(t, s, "g"), user(t, s, "u")
	join(t, s, o, u, catalog.RoleAdmin)
	join(t, s, g, u, catalog.RoleAdmin)
	must(t, s.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordFollow, Key: "1", About: o, Owner: u}))
	d := put(t, s, &catalog.Dataset{Name: "a", Organization: o, Groups: []string{"g", "h"}})
	clearStale(t, s)
	must(t, s.PurgeBody(ctx, "o"))
	must(t, s.PurgeBody(ctx, g))
	got := stored(t, s, "a")
	if got.Organization != "" || cmp.Diff([]string{"h"}, got.Groups) != "" || got.Revision != 3 || !got.Updated.Equal(d.Updated) {
		t.Errorf("got %+v", got)
	}
	if stale := staleIDs(t, s); len(stale) != 1 {
		t.Errorf("stale %v", stale)
	}
	for _, id := range []string{o, g} {
		_, _, _, err := s.BodyID(t.Context(), id)
		wantKind(t, "the purged", err, catalog.NotFound)
		if members, err := s.Members(t.Context(), id); err != nil || len(members) != 0 {
			t.Errorf("members %v, %v", members, err)
		}
		acts, err := s.Activities(t.Context(), catalog.ActivityFilter{Objects: []string{id}, Limit: 1})
		if err != nil || len(acts) != 1 || acts[0].Verb != "purged "+acts[0].Kind {
			t.Errorf("told %v, %v", acts, err)
		}
	}
	wantRecords(t, s, "purged: ", "")
	wantKind(t, "again", s.PurgeBody(ctx, o), catalog.NotFound)
}

func namesakePurged(t *testing.T, s Store) {
	old := group(t, s, "g")
	must(t, s.PutGroup(asSystem(t), &catalog.Group{ID: old, State: catalog.Deleted}))
	group(t, s, "g")
	put(t, s, &catalog.Dataset{Name: "a", Groups: []string{"g"}})
	must(t, s.PurgeBody(asSystem(t), old))
	if g, err := s.Group(t.Context(), "g"); err != nil || g.Datasets != 1 || g.ID == old {
		t.Errorf("group %+v, %v", g, err)
	}
}

func organizationDeleted(t *testing.T, s Store) {
	o := body(t, s, "o")
	put(t, s, &catalog.Dataset{Name: "a", Organization: o})
	must(t, s.PutOrganization(asSystem(t), &catalog.Organization{ID: o, State: catalog.Deleted}))
	if d, err := s.Dataset(t.Context(), "a"); err != nil || d.Organization != o {
		t.Errorf("got %+v, %v", d, err)
	}
}

func bodyID(t *testing.T, s Store) {
	o, g, gone := body(t, s, "o"), group(t, s, "g"), body(t, s, "gone")
	must(t, s.PutOrganization(asSystem(t), &catalog.Organization{ID: gone, State: catalog.Deleted}))
	for name, c := range map[string]struct {
		id           string
		organization bool
		state        catalog.State
	}{"o": {o, true, catalog.Active}, "g": {g, false, catalog.Active}, "gone": {gone, true, catalog.Deleted}} {
		for _, ref := range []string{name, c.id} {
			id, is, state, err := s.BodyID(t.Context(), ref)
			if id != c.id || is != c.organization || state != c.state || err != nil {
				t.Errorf("%s: %s %v %s %v", ref, id, is, state, err)
			}
		}
	}
	_, _, _, err := s.BodyID(t.Context(), "nobody")
	wantKind(t, "nobody", err, catalog.NotFound)
	g2 := group(t, s, "gone")
	if id, _, _, err := s.BodyID(t.Context(), "gone"); id != g2 || err != nil {
		t.Errorf("the living before the deleted: %s, %v", id, err)
	}
}

func bodyItself(t *testing.T, s Store) {
	org := &catalog.Organization{Name: "o", Title: catalog.It("O"), State: catalog.Deleted}
	must(t, s.PutOrganization(asSystem(t), org))
	grp := &catalog.Group{Name: "g", Title: catalog.It("G"), Theme: "ENVI"}
	must(t, s.PutGroup(asSystem(t), grp))
	put(t, s, &catalog.Dataset{Name: "a", Groups: []string{"g"}})
	for _, ref := range []string{"o", org.ID} {
		o, none, err := s.Body(t.Context(), ref)
		if diff := cmp.Diff(org, o); diff != "" || none != nil || err != nil {
			t.Errorf("organization: %v %s", err, diff)
		}
	}
	for _, ref := range []string{"g", grp.ID} {
		none, g, err := s.Body(t.Context(), ref)
		if diff := cmp.Diff(grp, g); diff != "" || none != nil || err != nil {
			t.Errorf("group: %v %s", err, diff)
		}
	}
	_, _, err := s.Body(asSystem(t), "nobody")
	wantKind(t, "nobody", err, catalog.NotFound)
}
