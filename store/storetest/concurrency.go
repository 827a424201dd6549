package storetest

import (
	"fmt"
	"sync"
	"testing"

	"portico/catalog"
)

var concurrencyChecks = []check{
	{"writers of the same record make one dataset", sameRecord},
	{"writers of the same title get names of their own", sameTitle},
	{"no change of several writers is lost", noLostChange},
	{"readers see whole changes while writers write", readersAndWriters},
	{"a reader can be served while a writer's transaction is open", readWhileWriting},
}

// together runs f n times at once and fails t with the first error.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	for _, err := range errs {
		must(t, err)
	}
}

func sameRecord(t *testing.T, s Store) {
	ctx := asSystem(t)
	ids, changes := make([]string, 8), make([]catalog.Change, 8)
	together(t, len(ids), func(i int) (err error) {
		d := &catalog.Dataset{Title: catalog.It("Aria"), Origin: origin("s", "r", "1")}
		changes[i], err = s.PutDataset(ctx, d)
		ids[i] = d.ID
		return err
	})
	made := 0
	for i, id := range ids {
		if id != ids[0] {
			t.Errorf("IDs %s and %s", ids[0], id)
		}
		if changes[i] == catalog.Created {
			made++
		}
	}
	if names, err := s.DatasetNames(ctx, 0, -1); made != 1 || err != nil || len(names) != 1 {
		t.Errorf("made %d, names %v, %v", made, names, err)
	}
}

func sameTitle(t *testing.T, s Store) {
	together(t, 8, func(int) error {
		_, err := s.PutDataset(asSystem(t), &catalog.Dataset{Title: catalog.It("Aria")})
		return err
	})
	names, err := s.DatasetNames(t.Context(), 0, -1)
	if err != nil || len(names) != 8 || names[0] != "aria" || names[7] != "aria-8" {
		t.Errorf("names %v, %v", names, err)
	}
}

func noLostChange(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a", Distributions: []catalog.Distribution{{ID: "x"}}})
	const writers, each = 4, 10
	together(t, writers, func(int) error {
		for range each {
			if err := s.UpdateDistribution(asSystem(t), d.ID, "x", func(d *catalog.Distribution) error {
				d.ByteSize++
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if got := stored(t, s, "a"); got.Distributions[0].ByteSize != writers*each || got.Revision != writers*each+1 {
		t.Errorf("size %d, revision %d", got.Distributions[0].ByteSize, got.Revision)
	}
}

// readersAndWriters checks that the two parts of a change are seen together.
func readersAndWriters(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a", Version: "0", Identifier: "0"})
	ctx := asSystem(t)
	together(t, 4, func(i int) error {
		for n := range 20 {
			if i == 0 {
				v := fmt.Sprint(n + 1)
				if _, err := s.PutDataset(ctx, &catalog.Dataset{ID: d.ID, Version: v, Identifier: v}); err != nil {
					return err
				}
				continue
			}
			got, err := s.Dataset(ctx, "a")
			if err != nil {
				return err
			}
			page, total, err := s.ListDatasets(ctx, catalog.DatasetFilter{Limit: 1})
			if err != nil {
				return err
			}
			if got.Version != got.Identifier || total != 1 || page[0].Version != page[0].Identifier {
				return fmt.Errorf("half a change: %s, %s", got.Version, got.Identifier)
			}
		}
		return nil
	})
}

func readWhileWriting(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a", Distributions: []catalog.Distribution{{ID: "x"}}})
	must(t, s.UpdateDistribution(asSystem(t), d.ID, "x", func(x *catalog.Distribution) error {
		x.ByteSize = 7
		got, err := s.Dataset(t.Context(), "a")
		if err == nil && got.Distributions[0].ByteSize != 0 {
			err = fmt.Errorf("a reader sees what is not committed")
		}
		return err
	}))
}
