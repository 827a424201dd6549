package storetest

import (
	"slices"
	"testing"

	"portico/catalog"
)

var indexChecks = []check{
	{"what changed is stale until it is indexed", staleUntilIndexed},
	{"a change while indexing is not lost", changeWhileIndexing},
	{"a slow follower cannot take off a later mark", slowFollower},
	{"all can be marked stale", markAll},
	{"the revision moves with every change and only then", revisionMoves},
}

func clearStale(t *testing.T, s Store) {
	t.Helper()
	stale, err := s.Stale(t.Context(), -1)
	must(t, err)
	must(t, s.Indexed(t.Context(), stale))
}

func staleIDs(t *testing.T, s Store) []string {
	t.Helper()
	stale, err := s.Stale(t.Context(), 100)
	must(t, err)
	ids := []string{}
	for _, x := range stale {
		ids = append(ids, x.ID)
	}
	return ids
}

func staleUntilIndexed(t *testing.T, s Store) {
	a := put(t, s, &catalog.Dataset{Name: "a"})
	b := put(t, s, &catalog.Dataset{Name: "b"})
	if got := staleIDs(t, s); len(got) != 2 || got[0] != a.ID || got[1] != b.ID {
		t.Errorf("stale %v, want %s and %s", got, a.ID, b.ID)
	}
	if one, err := s.Stale(t.Context(), 1); err != nil || len(one) != 1 {
		t.Errorf("one: %v, %v", one, err)
	}
	clearStale(t, s)
	put(t, s, stored(t, s, "a")) // says the same
	if got := staleIDs(t, s); len(got) != 0 {
		t.Errorf("still stale: %v", got)
	}
	must(t, s.SetDatasetState(asSystem(t), "a", catalog.Withdrawn, ""))
	if got := staleIDs(t, s); len(got) != 1 || got[0] != a.ID {
		t.Errorf("stale %v, want %s", got, a.ID)
	}
	must(t, s.Indexed(t.Context(), nil))
}

func changeWhileIndexing(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a"})
	first, err := s.Stale(t.Context(), 10)
	must(t, err)
	d.Version = "2"
	put(t, s, d)
	must(t, s.Indexed(t.Context(), first))
	if got := staleIDs(t, s); len(got) != 1 {
		t.Errorf("stale %v", got)
	}
}

func slowFollower(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a"})
	slow, err := s.Stale(t.Context(), 10)
	must(t, err)
	clearStale(t, s) // by a faster one
	d.Version = "2"
	put(t, s, d)
	must(t, s.Indexed(t.Context(), slow))
	if got := staleIDs(t, s); len(got) != 1 {
		t.Errorf("stale %v", got)
	}
}

func markAll(t *testing.T, s Store) {
	must(t, s.MarkAllStale(t.Context()))
	for _, name := range []string{"a", "b", "c"} {
		put(t, s, &catalog.Dataset{Name: name})
	}
	stale, err := s.Stale(t.Context(), 2)
	must(t, err)
	must(t, s.Indexed(t.Context(), stale))
	must(t, s.MarkAllStale(t.Context()))
	if got := staleIDs(t, s); len(got) != 3 {
		t.Errorf("stale %v", got)
	}
}

func revisionMoves(t *testing.T, s Store) {
	ctx := asSystem(t)
	var last int64
	moved := func(what string, want bool) {
		t.Helper()
		rev, err := s.Revision(t.Context())
		must(t, err)
		if (rev > last) != want || rev < last {
			t.Errorf("after %s: %d then %d", what, last, rev)
		}
		last = rev
	}
	moved("nothing", false)
	d := put(t, s, &catalog.Dataset{Name: "a", Distributions: []catalog.Distribution{{ID: "x"}}, Origin: origin("s", "r", "1")})
	moved("a new dataset", true)
	put(t, s, stored(t, s, "a"))
	moved("the same", false)
	must(t, s.UpdateDistribution(ctx, "a", "x", func(d *catalog.Distribution) error { d.ByteSize = 1; return nil }))
	moved("a distribution", true)
	must(t, s.SetDatasetState(ctx, d.ID, catalog.Draft, ""))
	moved("a state", true)
	if _, err := s.RetireDatasets(ctx, "s", []string{"r"}, catalog.Retired); err != nil {
		t.Fatal(err)
	}
	moved("retiring", true)
	must(t, s.PurgeDataset(ctx, "a"))
	moved("purging", true)
	must(t, s.PutOrganization(ctx, &catalog.Organization{Name: "o"}))
	moved("an organization", true)
	must(t, s.PutGroup(ctx, &catalog.Group{Name: "g"}))
	moved("a group", true)
	must(t, s.PutUser(ctx, &catalog.User{Name: "u"}))
	moved("a user", false)
	if _, err := s.PutDataset(ctx, &catalog.Dataset{State: "nonsense"}); err == nil {
		t.Error("put nonsense")
	}
	moved("a failure", false)
}

var snapshotChecks = []check{
	{"a snapshot is caught up with what changed since it was begun", snapshotCaughtUp},
	{"a snapshot that broke off leaves the older one whole", snapshotBrokeOff},
	{"a snapshot that nobody began is not known", snapshotUnknown},
}

func wantStale(t *testing.T, s Store, want ...string) {
	t.Helper()
	if got := staleIDs(t, s); !slices.Equal(got, want) {
		t.Errorf("stale %v, want %v", got, want)
	}
	if n, err := s.StaleCount(t.Context()); err != nil || n != len(want) {
		t.Errorf("%d stale, %v; want %d", n, err, len(want))
	}
}

func wantKnown(t *testing.T, s Store, token string, want bool) {
	t.Helper()
	if known, err := s.SnapshotRead(t.Context(), token); err != nil || known != want {
		t.Errorf("%s known: %v, %v; want %v", token, known, err, want)
	}
}

func snapshotCaughtUp(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "a"})
	clearStale(t, s)
	must(t, s.SnapshotBegun(t.Context(), "one"))
	b := put(t, s, &catalog.Dataset{Name: "b"})
	clearStale(t, s)
	must(t, s.SnapshotKept(t.Context(), "one"))
	c := put(t, s, &catalog.Dataset{Name: "c"})
	clearStale(t, s)
	wantStale(t, s)
	wantKnown(t, s, "one", true)
	wantStale(t, s, b.ID, c.ID)

	must(t, s.SnapshotBegun(t.Context(), "two"))
	clearStale(t, s)
	must(t, s.SnapshotKept(t.Context(), "two"))
	wantKnown(t, s, "one", false)
	wantKnown(t, s, "two", true)
	wantStale(t, s)
	must(t, s.PurgeDataset(asSystem(t), "c"))
	clearStale(t, s)
	wantKnown(t, s, "two", true)
	wantStale(t, s, c.ID) // to be deleted
}

func snapshotBrokeOff(t *testing.T, s Store) {
	must(t, s.SnapshotBegun(t.Context(), "old"))
	must(t, s.SnapshotKept(t.Context(), "old"))
	a := put(t, s, &catalog.Dataset{Name: "a"})
	must(t, s.SnapshotBegun(t.Context(), "new"))
	clearStale(t, s)
	wantKnown(t, s, "new", true)
	wantStale(t, s)
	wantKnown(t, s, "old", true)
	wantStale(t, s, a.ID)
}

func snapshotUnknown(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "a"})
	clearStale(t, s)
	wantKnown(t, s, "none", false)
	wantStale(t, s)
	must(t, s.SnapshotBegun(t.Context(), "one"))
	put(t, s, &catalog.Dataset{Name: "b"})
	clearStale(t, s)
	must(t, s.SnapshotsGone(t.Context()))
	wantKnown(t, s, "one", false)
	wantStale(t, s)
}
