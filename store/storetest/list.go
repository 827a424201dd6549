package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var listChecks = []check{
	{"orders are by code point and total", orders},
	{"pages follow each other without gap or overlap", pages},
	{"filters choose", filters},
	{"names are sorted by code point and paged", namePages},
}

func orders(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{
		{Name: "b", Title: catalog.It("Zeta")},
		{Name: "a-1", Title: catalog.It("alfa")},
		{Name: "a_1", Title: catalog.It("Èta")},
		{Name: "a1", Title: catalog.It("Alfa")},
		{Name: "c", Title: catalog.It("Alfa")},
	} {
		put(t, s, d)
	}
	must(t, s.SetDatasetState(asSystem(t), "a1", catalog.Draft, ""))
	must(t, s.SetDatasetState(asSystem(t), "a1", catalog.Active, "")) // now the latest
	for sort, want := range map[catalog.DatasetSort]string{
		catalog.ByName:       "a-1 a1 a_1 b c",
		catalog.ByNameDesc:   "c b a_1 a1 a-1",
		catalog.ByUpdated:    "a1 c a_1 a-1 b",
		catalog.ByUpdatedAsc: "b a-1 a_1 c a1",
		catalog.ByCreated:    "c a1 a_1 a-1 b",
		catalog.ByCreatedAsc: "b a-1 a_1 a1 c",
	} {
		page, total, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{Sort: sort, Limit: -1})
		if got := strings.Join(namesOf(page), " "); got != want || total != 5 || err != nil {
			t.Errorf("order %d: %s (%d, %v), want %s", sort, got, total, err, want)
		}
	}
	for sort, want := range map[catalog.DatasetSort]string{
		catalog.ByTitle:     "Alfa Alfa Zeta alfa Èta",
		catalog.ByTitleDesc: "Èta alfa Zeta Alfa Alfa",
	} {
		page, _, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{Sort: sort, Limit: -1})
		must(t, err)
		var titles []string
		for i, d := range page {
			titles = append(titles, d.Title.String())
			if i > 0 && d.Title.String() == page[i-1].Title.String() && d.ID < page[i-1].ID {
				t.Errorf("order %d: a tie is not broken by ID", sort)
			}
		}
		if got := strings.Join(titles, " "); got != want {
			t.Errorf("order %d: %s, want %s", sort, got, want)
		}
	}
	_, _, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{Sort: 99})
	wantKind(t, "an order that is not there", err, catalog.Invalid)
}

// idsAlone wants DatasetIDs to list the same page.
func idsAlone(t *testing.T, s Store, f catalog.DatasetFilter, want []string) {
	t.Helper()
	got, total, err := s.DatasetIDs(t.Context(), f)
	must(t, err)
	if !slices.Equal(got, want) || total != 25 {
		t.Errorf("order %d at %d: the IDs alone are %q of %d, want %q", f.Sort, f.Offset, got, total, want)
	}
}

func pages(t *testing.T, s Store) {
	var ids []string
	for i := range 25 {
		ids = append(ids, put(t, s, &catalog.Dataset{Name: fmt.Sprintf("n%02d", i)}).ID)
	}
	slices.Sort(ids)
	for _, sort := range []catalog.DatasetSort{catalog.ByID, catalog.ByName, catalog.ByUpdated, catalog.ByTitle} {
		var seen []string
		for offset := 0; offset < 30; offset += 7 {
			f := catalog.DatasetFilter{Sort: sort, Offset: offset, Limit: 7}
			page, total, err := s.ListDatasets(t.Context(), f)
			must(t, err)
			if total != 25 {
				t.Errorf("order %d at %d: total %d", sort, offset, total)
			}
			var own []string
			for _, d := range page {
				own = append(own, d.ID)
			}
			seen = append(seen, own...)
			idsAlone(t, s, f, own)
		}
		slices.Sort(seen)
		if diff := cmp.Diff(ids, seen); diff != "" {
			t.Errorf("order %d: %s", sort, diff)
		}
	}
	var seen []string
	for after := ""; ; after = seen[len(seen)-1] {
		page, _, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{After: after, Limit: 10})
		must(t, err)
		for _, d := range page {
			seen = append(seen, d.ID)
		}
		if len(page) < 10 {
			break
		}
	}
	if diff := cmp.Diff(ids, seen); diff != "" {
		t.Errorf("by keyset: %s", diff)
	}
}

func filters(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{
		{Name: "a", Organization: "o", Holder: catalog.Agent{Identifier: "c_x"}},
		{Name: "b", Organization: "o", Origin: origin("s", "1", ""), Extras: []catalog.Extra{{Key: catalog.RNDTExtra, Value: "true"}}},
		{Name: "c", Quarantine: []catalog.Problem{{Rule: "x"}}},
		{Name: "d", State: catalog.Draft},
		{Name: "e", Private: true},
		{Name: "f", State: catalog.Withdrawn},
	} {
		put(t, s, d)
	}
	for name, c := range map[string]struct {
		f    catalog.DatasetFilter
		want string
	}{
		"everything":              {catalog.DatasetFilter{}, "a b c e"},
		"any state":               {catalog.DatasetFilter{AnyState: true}, "a b c d e f"},
		"drafts, too":             {catalog.DatasetFilter{Drafts: true}, "a b c d e"},
		"organization":            {catalog.DatasetFilter{Organization: "o"}, "a b"},
		"source":                  {catalog.DatasetFilter{Source: "s"}, "b"},
		"holder":                  {catalog.DatasetFilter{Holder: "c_x"}, "a"},
		"fed":                     {catalog.DatasetFilter{Fed: true}, "a b"},
		"fed, in any state":       {catalog.DatasetFilter{Fed: true, AnyState: true}, "a b"},
		"fed, not in the RNDT":    {catalog.DatasetFilter{Fed: true, NotRNDT: true}, "a"},
		"in the RNDT alone":       {catalog.DatasetFilter{RNDT: true}, "b"},
		"in quarantine":           {catalog.DatasetFilter{Quarantined: true}, "c"},
		"organization and source": {catalog.DatasetFilter{Organization: "o", Source: "s"}, "b"},
		"nothing matches":         {catalog.DatasetFilter{Organization: "s"}, ""},
		"an injection":            {catalog.DatasetFilter{Organization: "' OR '1'='1", Holder: "x'; DROP TABLE datasets; --"}, ""},
		"a NUL":                   {catalog.DatasetFilter{Source: "s\x00"}, ""},
	} {
		c.f.Sort, c.f.Limit = catalog.ByName, -1
		page, total, err := s.ListDatasets(asSystem(t), c.f)
		if got := strings.Join(namesOf(page), " "); got != c.want || err != nil || total != len(page) {
			t.Errorf("%s: %s (%d, %v), want %s", name, got, total, err, c.want)
		}
	}
}

func namePages(t *testing.T, s Store) {
	for _, name := range []string{"b", "a", "z", "a-b", "ab", "a_b"} {
		put(t, s, &catalog.Dataset{Name: name})
	}
	for _, c := range []struct {
		offset, limit int
		want          string
	}{
		{0, -1, "a a-b a_b ab b z"},
		{0, 2, "a a-b"},
		{4, 9, "b z"},
		{9, 2, ""},
		{0, 0, ""},
		{-3, 1, "a"},
	} {
		names, err := s.DatasetNames(t.Context(), c.offset, c.limit)
		if got := strings.Join(names, " "); got != c.want || err != nil {
			t.Errorf("from %d, %d: %s, %v; want %s", c.offset, c.limit, got, err, c.want)
		}
	}
}
