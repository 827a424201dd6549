package search_test

import (
	"slices"
	"testing"

	"portico/catalog"
	"portico/search"
)

func TestAuditFindsWhatIsNotAsTheCatalogHasItAndRepairMendsIt(t *testing.T) {
	s := shelves()
	e := filled(t, s)
	drift := func() search.Drift {
		t.Helper()
		d, err := search.Audit(t.Context(), e, s, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(d.Lacking)
		return d
	}
	if d := drift(); !d.Equal() || d.Datasets != 3 {
		t.Errorf("%+v, want none of 3", d)
	}
	s.datasets[0].Title = catalog.It("Acqua nuova") // and nobody marked it
	s.datasets[2].State = catalog.Active
	if err := e.Put(t.Context(), search.Document{ID: "nobody's"}); err != nil {
		t.Fatal(err)
	}
	d := drift()
	if !slices.Equal(d.Lacking, []string{"draft", "public"}) || !slices.Equal(d.Extra, []string{"nobody's"}) {
		t.Errorf("%+v", d)
	}
	s.stale = []catalog.Stale{{ID: "draft"}}
	if d := drift(); !slices.Equal(d.Lacking, []string{"public"}) {
		t.Errorf("what is stale is no drift: %+v", d)
	}
	if err := search.Repair(t.Context(), e, s, d); err != nil {
		t.Fatal(err)
	}
	if d := drift(); !d.Equal() || d.Datasets != 3 {
		t.Errorf("after the repair: %+v", d)
	}
}

func TestRebuildTellsHowFarItIsAndSwapsAtTheEnd(t *testing.T) {
	s := shelves()
	e := filled(t, s)
	s.datasets[0].State = catalog.Withdrawn
	told := 0
	err := search.Rebuild(t.Context(), e, s, func(done, total int) {
		told = done
		if n, _ := e.Len(t.Context()); n != 3 || total != 2 {
			t.Errorf("%d documents while %d of %d are done, want the old 3", n, done, total)
		}
	})
	if n, _ := e.Len(t.Context()); err != nil || n != 2 || told != 2 {
		t.Errorf("%v, %d documents, told of %d", err, n, told)
	}
}
