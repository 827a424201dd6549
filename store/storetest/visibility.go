package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var visibilityChecks = []check{
	{"each sees what is theirs to see, by every read", visibility},
	{"a zero actor sees nothing of an empty organization ID", emptyOrganization},
}

// scene holds one dataset of each kind, named by what it is.
func scene(t *testing.T, s Store) []string {
	var ids []string
	for _, d := range []*catalog.Dataset{
		{Name: "aperto", Organization: "o1"},
		{Name: "privato", Organization: "o1", Private: true},
		{Name: "bozza", Organization: "o1", State: catalog.Draft, Creator: "u1"},
		{Name: "altrui", Organization: "o2", Private: true, Creator: "u1"},
		{Name: "mio", Private: true, Creator: "u1"},
		{Name: "ritirato", Organization: "o1"},
	} {
		ids = append(ids, put(t, s, d).ID)
	}
	must(t, s.SetDatasetState(asSystem(t), "ritirato", catalog.Withdrawn, ""))
	return ids
}

func visibility(t *testing.T, s Store) {
	ids := scene(t, s)
	for who, c := range map[string]struct {
		ctx    context.Context
		active []string // that lists show
		also   []string // that lists of any state show beside them
		gone   bool     // whether what is withdrawn is shown to whoever asks for it by name
	}{
		"a visitor":               {t.Context(), []string{"aperto"}, nil, false},
		"a member":                {asMember(t, "u2", "o1", "o9"), []string{"aperto", "privato"}, []string{"bozza"}, true},
		"a member of another":     {asMember(t, "u2", "o2"), []string{"altrui", "aperto"}, nil, false},
		"a creator who has left":  {asMember(t, "u1"), []string{"aperto", "mio"}, nil, false},
		"System":                  {asSystem(t), []string{"altrui", "aperto", "mio", "privato"}, []string{"bozza", "ritirato"}, true},
		"a user with a bad name":  {asMember(t, "' OR TRUE --", "') OR TRUE --"), []string{"aperto"}, nil, false},
		"a user without anything": {asMember(t, ""), []string{"aperto"}, nil, false},
	} {
		t.Run(who, func(t *testing.T) {
			readable := slices.Sorted(slices.Values(slices.Concat(c.active, c.also)))
			names, err := s.DatasetNames(c.ctx, 0, -1)
			if diff := cmp.Diff(c.active, names); diff != "" || err != nil {
				t.Errorf("DatasetNames: %v %s", err, diff)
			}
			wantList(t, c.ctx, s, catalog.DatasetFilter{}, c.active)
			wantList(t, c.ctx, s, catalog.DatasetFilter{AnyState: true}, readable)
			some, err := s.DatasetsByID(c.ctx, ids)
			if diff := cmp.Diff(readable, slices.Sorted(slices.Values(namesOf(some)))); diff != "" || err != nil {
				t.Errorf("DatasetsByID: %v %s", err, diff)
			}
			for _, name := range []string{"altrui", "aperto", "bozza", "mio", "privato", "ritirato"} {
				_, err := s.Dataset(c.ctx, name)
				switch {
				case slices.Contains(readable, name), name == "ritirato" && c.gone:
					must(t, err)
				case name == "ritirato":
					wantKind(t, name, err, catalog.Gone)
				default:
					wantKind(t, name, err, catalog.Denied)
				}
			}
		})
	}
}

// wantList checks a list and its count, also where the count alone is asked.
func wantList(t *testing.T, ctx context.Context, s Store, f catalog.DatasetFilter, want []string) { //nolint:revive // t goes first in tests
	t.Helper()
	f.Sort = catalog.ByName
	if _, total, err := s.ListDatasets(ctx, f); err != nil || total != len(want) {
		t.Errorf("count of %+v: %d, %v", f, total, err)
	}
	f.Limit = -1
	page, total, err := s.ListDatasets(ctx, f)
	if diff := cmp.Diff(want, namesOf(page)); diff != "" || err != nil || total != len(want) {
		t.Errorf("list of %+v: %v %d %s", f, err, total, diff)
	}
}

func emptyOrganization(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "a", Private: true})
	_, err := s.Dataset(asMember(t, "u", ""), "a")
	wantKind(t, "member of the organization without an ID", err, catalog.Denied)
	_, err = s.Dataset(asMember(t, ""), "a")
	wantKind(t, "nobody", err, catalog.Denied)
}
