package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"portico/catalog"
	"portico/store"
	"portico/store/storetest"
)

var engines = []struct {
	name string
	open func(testing.TB) *store.Store
}{{"sqlite", openSQLite}, {"postgres", openPostgres}}

// like returns dataset n of a catalog of ordinary ones, some 3 KB each.
func like(n int) *catalog.Dataset {
	d := storetest.Full()
	d.Name, d.Title["it"] = "", fmt.Sprint("Dataset numero ", n)
	d.Description = catalog.It(strings.Repeat("Una descrizione come tante altre. ", 20))
	d.Organization = fmt.Sprint("o", n%50)
	d.Origin = catalog.Origin{Source: "s", Record: fmt.Sprint(n), Digest: "1"}
	for i := range d.Distributions {
		d.Distributions[i].ID = catalog.StableID(fmt.Sprint(n, i))
	}
	return d
}

func fill(b *testing.B, s *store.Store, n int) (ids, names []string) {
	b.Helper()
	for i := range n {
		d := like(i)
		if _, err := s.PutDataset(system(b), d); err != nil {
			b.Fatal(err)
		}
		ids, names = append(ids, d.ID), append(names, d.Name)
	}
	return ids, names
}

func system(t testing.TB) context.Context {
	return catalog.WithActor(t.Context(), catalog.System)
}

func each(b *testing.B, f func(b *testing.B, s *store.Store)) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) { f(b, e.open(b)) })
	}
}

// BenchmarkPutNew is to stay under 0.5 ms on SQLite.
func BenchmarkPutNew(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		n := 0
		for b.Loop() {
			if _, err := s.PutDataset(system(b), like(n)); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}

func BenchmarkPutChanged(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		fill(b, s, 100)
		n := 0
		for b.Loop() {
			d := like(n % 100)
			d.Version, d.Origin.Digest = fmt.Sprint(n), fmt.Sprint("v", n)
			if _, err := s.PutDataset(system(b), d); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}

func BenchmarkPutUnchanged(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		fill(b, s, 100)
		n := 0
		for b.Loop() {
			if _, err := s.PutDataset(system(b), like(n%100)); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}

// BenchmarkDataset is to stay under 60 µs on SQLite.
func BenchmarkDataset(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		_, names := fill(b, s, 2000)
		n := 0
		for b.Loop() {
			if _, err := s.Dataset(b.Context(), names[n%len(names)]); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}

func BenchmarkDatasetsByID1000(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		ids, _ := fill(b, s, 1000)
		for b.Loop() {
			if ds, err := s.DatasetsByID(b.Context(), ids); err != nil || len(ds) != len(ids) {
				b.Fatal(len(ds), err)
			}
		}
	})
}

func BenchmarkListPage(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		fill(b, s, 10000)
		for name, f := range map[string]catalog.DatasetFilter{
			"first by updated": {Sort: catalog.ByUpdated, Limit: 10},
			"deep by name":     {Sort: catalog.ByName, Limit: 10, Offset: 9000},
			"keyset, fed":      {Fed: true, After: "8", Limit: 100},
		} {
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					if _, _, err := s.ListDatasets(b.Context(), f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run("organizations", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Organizations(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkActivities reads pages of the log of 10,000 datasets, as an
// ordinary member and as a visitor.
func BenchmarkActivities(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store) {
		ids, _ := fill(b, s, 10_000)
		if err := s.PutRecord(system(b), &catalog.Record{Kind: catalog.RecordFollow, Key: "k", Owner: "u", About: ids[7]}); err != nil {
			b.Fatal(err)
		}
		member := catalog.Actor{ID: "u", Roles: map[string]catalog.Role{"o1": catalog.RoleMember}}
		for name, f := range map[string]catalog.ActivityFilter{
			"latest":       {},
			"dataset":      {Objects: ids[5:6]},
			"organization": {Organization: "o7"},
			"no group":     {Group: "nowhere"},
			"actor":        {ActorID: "u"},
			"followed":     {Followed: "u"},
			"deep":         {Offset: 9000},
		} {
			f.Limit = 31
			for who, a := range map[string]catalog.Actor{"visitor": {}, "member": member} {
				b.Run(name+" "+who, func(b *testing.B) {
					for b.Loop() {
						if _, err := s.Activities(catalog.WithActor(b.Context(), a), f); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	})
}
