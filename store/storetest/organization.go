package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var organizationChecks = []check{
	{"an organization comes back, by ID and by name", organizationBack},
	{"a group comes back, by ID and by name", groupBack},
	{"putting by name replaces, putting the same changes nothing", organizationAgain},
	{"organizations and groups share their names", sharedNames},
	{"counts are of what the actor may see", counts},
	{"a deleted organization is Gone and its name free", organizationGone},
}

func organizationBack(t *testing.T, s Store) {
	o := &catalog.Organization{
		Name: "comune-x", Title: catalog.Text{"it": "Comune di X", "en": "X"}, Identifier: "c_x", Email: "x@example.org",
		Extras: []catalog.Extra{{Key: "k", Value: "v"}},
	}
	must(t, s.PutOrganization(asSystem(t), o))
	if o.ID == "" || o.Created.IsZero() || o.State != catalog.Active {
		t.Errorf("put %+v", o)
	}
	for _, ref := range []string{o.ID, "comune-x"} {
		got, err := s.Organization(t.Context(), ref)
		if diff := cmp.Diff(o, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", ref, err, diff)
		}
		_, err = s.Group(t.Context(), ref)
		wantKind(t, "as a group", err, catalog.NotFound)
	}
	must(t, s.PutOrganization(asSystem(t), &catalog.Organization{Title: catalog.It("Àlba")}))
	list, err := s.Organizations(t.Context())
	if err != nil || len(list) != 2 || list[0].Name != "alba" || list[1].Name != "comune-x" {
		t.Errorf("list %+v, %v", list, err)
	}
}

func groupBack(t *testing.T, s Store) {
	g := &catalog.Group{Name: "ambiente", Title: catalog.It("Ambiente"), Theme: "ENVI"}
	must(t, s.PutGroup(asSystem(t), g))
	for _, ref := range []string{g.ID, "ambiente"} {
		got, err := s.Group(t.Context(), ref)
		if diff := cmp.Diff(g, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", ref, err, diff)
		}
		_, err = s.Organization(t.Context(), ref)
		wantKind(t, "as an organization", err, catalog.NotFound)
	}
	if list, err := s.Groups(t.Context()); err != nil || len(list) != 1 || list[0].ID != g.ID {
		t.Errorf("list %+v, %v", list, err)
	}
}

func organizationAgain(t *testing.T, s Store) {
	ctx := asSystem(t)
	first := &catalog.Organization{Name: "x", Title: catalog.It("X")}
	must(t, s.PutOrganization(ctx, first))
	d := put(t, s, &catalog.Dataset{Name: "a", Organization: first.ID})
	clearStale(t, s)
	rev, err := s.Revision(ctx)
	must(t, err)
	again := &catalog.Organization{Name: "x", Title: catalog.It("X")}
	must(t, s.PutOrganization(ctx, again))
	if now, err := s.Revision(ctx); err != nil || now != rev || again.ID != first.ID || !again.Created.Equal(first.Created) {
		t.Errorf("revision %d then %d, %v; %+v", rev, now, err, again)
	}
	must(t, s.PutOrganization(ctx, &catalog.Organization{Name: "x", Title: catalog.It("Y")}))
	got, err := s.Organization(ctx, first.ID)
	must(t, err)
	if now, err := s.Revision(ctx); err != nil || now <= rev || got.Title.String() != "Y" {
		t.Errorf("revision %d then %d, %v; %+v", rev, now, err, got)
	}
	if diff := cmp.Diff([]string{d.ID}, staleIDs(t, s)); diff != "" {
		t.Errorf("its datasets show its title, but stale are %s", diff)
	}
	must(t, s.PutOrganization(ctx, &catalog.Organization{ID: first.ID, Name: "nuovo"}))
	if got, err := s.Organization(ctx, "nuovo"); err != nil || got.ID != first.ID {
		t.Errorf("renamed: %+v, %v", got, err)
	}
}

func sharedNames(t *testing.T, s Store) {
	ctx := asSystem(t)
	must(t, s.PutOrganization(ctx, &catalog.Organization{Name: "x"}))
	wantKind(t, "a group of that name", s.PutGroup(ctx, &catalog.Group{Name: "x"}), catalog.Invalid)
	y := &catalog.Organization{Name: "y"}
	must(t, s.PutOrganization(ctx, y))
	wantKind(t, "renaming to it", s.PutOrganization(ctx, &catalog.Organization{ID: y.ID, Name: "x"}), catalog.Invalid)
	g := &catalog.Group{Title: catalog.It("X")}
	must(t, s.PutGroup(ctx, g))
	if g.Name != "x-2" {
		t.Errorf("name %s", g.Name)
	}
	wantKind(t, "a NUL", s.PutGroup(ctx, &catalog.Group{Name: "a\x00"}), catalog.Invalid)
	wantKind(t, "a NUL within", s.PutGroup(ctx, &catalog.Group{Title: catalog.It("a\x00")}), catalog.Invalid)
	// As in CKAN, any word is a state; what has one that is not "active" is in no list.
	odd := &catalog.Group{Name: "strano", State: "nonsense"}
	must(t, s.PutGroup(ctx, odd))
	if all, err := s.Groups(ctx); err != nil || slices.ContainsFunc(all, func(g *catalog.Group) bool { return g.ID == odd.ID }) {
		t.Errorf("a group in an odd state is listed: %v", err)
	}
}

func counts(t *testing.T, s Store) {
	ctx := asSystem(t)
	o := &catalog.Organization{ID: "o1", Name: "uno"}
	must(t, s.PutOrganization(ctx, o))
	must(t, s.PutGroup(ctx, &catalog.Group{Name: "g"}))
	must(t, s.PutGroup(ctx, &catalog.Group{Name: "vuoto"}))
	for _, d := range []*catalog.Dataset{
		{Name: "a", Organization: "o1", Groups: []string{"g", "altro", "g"}},
		{Name: "b", Organization: "o1", Groups: []string{"g"}, Private: true},
		{Name: "c", Organization: "o1", Groups: []string{"g"}, State: catalog.Draft},
		{Name: "d", Organization: "o1", Groups: []string{"g"}},
		{Name: "e", Groups: []string{"g"}},
		{Name: "f", Organization: "o1"},
	} {
		put(t, s, d)
	}
	must(t, s.SetDatasetState(ctx, "d", catalog.Deleted, ""))
	f := stored(t, s, "f")
	f.Groups = []string{"vuoto"}
	put(t, s, f)
	f = stored(t, s, "f")
	f.Groups = nil
	put(t, s, f)
	for who, c := range map[string]struct {
		ctx    context.Context
		org, g int
	}{
		"a visitor": {t.Context(), 2, 2},
		"a member":  {asMember(t, "u", "o1"), 3, 3},
		"System":    {ctx, 3, 3},
	} {
		one, err := s.Organization(c.ctx, "uno")
		must(t, err)
		all, err := s.Organizations(c.ctx)
		must(t, err)
		group, err := s.Group(c.ctx, "g")
		must(t, err)
		groups, err := s.Groups(c.ctx)
		must(t, err)
		if one.Datasets != c.org || all[0].Datasets != c.org || group.Datasets != c.g || groups[0].Datasets != c.g || groups[1].Datasets != 0 {
			t.Errorf("%s: organization %d and %d, want %d; group %d and %d, want %d; empty group %d", who,
				one.Datasets, all[0].Datasets, c.org, group.Datasets, groups[0].Datasets, c.g, groups[1].Datasets)
		}
	}
}

func organizationGone(t *testing.T, s Store) {
	ctx := asSystem(t)
	o := &catalog.Organization{Name: "x", Title: catalog.It("X")}
	must(t, s.PutOrganization(ctx, o))
	must(t, s.PutOrganization(ctx, &catalog.Organization{ID: o.ID, Title: o.Title, State: catalog.Deleted}))
	for _, ref := range []string{o.ID, "x"} {
		_, err := s.Organization(t.Context(), ref)
		wantKind(t, ref, err, catalog.Gone)
	}
	if list, err := s.Organizations(ctx); err != nil || len(list) != 0 {
		t.Errorf("list %v, %v", list, err)
	}
	n := &catalog.Organization{Name: "x"}
	must(t, s.PutOrganization(ctx, n))
	if got, err := s.Organization(t.Context(), "x"); err != nil || got.ID != n.ID || n.ID == o.ID {
		t.Errorf("got %+v, %v", got, err)
	}
	acts, err := s.Activities(ctx, catalog.ActivityFilter{Objects: []string{o.ID}, Limit: -1})
	var verbs []string
	for _, a := range acts {
		verbs = append(verbs, a.Verb)
	}
	if got := strings.Join(verbs, ", "); err != nil || got != "deleted organization, new organization" {
		t.Errorf("activities %s, %v", got, err)
	}
}
