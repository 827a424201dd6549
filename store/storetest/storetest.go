// Package storetest says how package store must behave on every engine. The
// comments of catalog/store.go are the law; this is the court.
package storetest

import (
	"context"
	"io"
	"slices"
	"testing"

	"portico/catalog"
)

// A Store is all that the catalog keeps, on one engine.
type Store interface {
	catalog.Datasets
	catalog.Origins
	catalog.Organizations
	catalog.Index
	catalog.Snapshots
	Harvests
	People
	Rest
}

// Harvests is where datasets come from, and who harvests just now.
type Harvests interface {
	catalog.Sources
	catalog.Secrets
	catalog.Twins
}

// People is who uses the catalog, what they did, and what they keep in it.
type People interface {
	catalog.Users
	catalog.Members
	catalog.Records
	catalog.Activities
	catalog.Usages
	catalog.Contributions
	catalog.Links
	catalog.Scores
}

// Rest is what package store has beside the interfaces of the catalog.
type Rest interface {
	Tombstone(ctx context.Context, ref string) (*catalog.Dataset, error)
	DatasetOfDistribution(ctx context.Context, id string) (string, error)
	DatasetIDs(ctx context.Context, f catalog.DatasetFilter) (page []string, total int, err error)
	Body(ctx context.Context, ref string) (*catalog.Organization, *catalog.Group, error)
	Dump(ctx context.Context, w io.Writer) error
	Load(ctx context.Context, r io.Reader) error
	Fingerprint(ctx context.Context) (string, error)
	Ping(ctx context.Context) error
}

// A check is one thing that must hold, named by a sentence.
type check struct {
	name string
	run  func(t *testing.T, s Store)
}

// Run tests the engine that open opens. Each call of open must give an empty
// catalog.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, checks := range [][]check{
		datasetChecks, distributionChecks, nameChecks, stateChecks, originChecks, visibilityChecks, listChecks,
		organizationChecks, indexChecks, snapshotChecks, sourceChecks, userChecks, memberChecks, recordChecks, followChecks, activityChecks, chosenChecks, textChecks, concurrencyChecks, dumpChecks, qualityChecks,
	} {
		for _, c := range checks {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, open(t))
			})
		}
	}
}

// asSystem returns a context that sees everything.
func asSystem(t *testing.T) context.Context {
	return catalog.WithActor(t.Context(), catalog.System)
}

// asMember returns a context of a user of the given organizations.
func asMember(t *testing.T, id string, orgs ...string) context.Context {
	roles := map[string]catalog.Role{}
	for _, o := range orgs {
		roles[o] = catalog.RoleMember
	}
	return catalog.WithActor(t.Context(), catalog.Actor{ID: id, Name: id, Roles: roles})
}

// put puts d as the program and fails t when that fails.
func put(t *testing.T, s Store, d *catalog.Dataset) *catalog.Dataset {
	t.Helper()
	if _, err := s.PutDataset(asSystem(t), d); err != nil {
		t.Fatalf("put %s: %v", d.Name, err)
	}
	return d
}

// stored returns a dataset as the program sees it.
func stored(t *testing.T, s Store, ref string) *catalog.Dataset {
	t.Helper()
	d, err := s.Dataset(asSystem(t), ref)
	if err != nil {
		t.Fatalf("dataset %s: %v", ref, err)
	}
	return d
}

func wantKind(t *testing.T, what string, err error, want catalog.Kind) {
	t.Helper()
	if err == nil || catalog.KindOf(err) != want {
		t.Errorf("%s: %v (kind %d), want kind %d", what, err, catalog.KindOf(err), want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func namesOf(ds []*catalog.Dataset) []string {
	out := []string{}
	for _, d := range ds {
		out = append(out, d.Name)
	}
	return out
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
