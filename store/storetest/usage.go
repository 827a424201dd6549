package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var (
	monday  = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	tuesday = monday.AddDate(0, 0, 1)
)

func usage(t *testing.T, s Store) {
	a := put(t, s, &catalog.Dataset{Name: "a"})
	b := put(t, s, &catalog.Dataset{Name: "b"})
	hidden := put(t, s, &catalog.Dataset{Name: "hidden", Private: true})
	add := func(uses ...catalog.Use) { must(t, s.AddUsage(asSystem(t), uses)) }
	add(catalog.Use{Dataset: a.ID, Kind: catalog.UseView, Day: monday.Add(13 * time.Hour), N: 2},
		catalog.Use{Dataset: a.ID, Distribution: "r", Kind: catalog.UseDownload, Day: tuesday, N: 1},
		catalog.Use{Dataset: b.ID, Kind: catalog.UseView, Day: tuesday, N: 6},
		catalog.Use{Dataset: hidden.ID, Kind: catalog.UseView, Day: tuesday, N: 100},
		catalog.Use{Dataset: "nowhere", Kind: catalog.UseView, Day: tuesday, N: 7})
	add(catalog.Use{Dataset: a.ID, Kind: catalog.UseView, Day: monday, N: 3})

	of, err := s.UsageOf(t.Context(), "a", monday)
	want := []catalog.Use{
		{Dataset: a.ID, Kind: catalog.UseView, Day: monday, N: 5},
		{Dataset: a.ID, Distribution: "r", Kind: catalog.UseDownload, Day: tuesday, N: 1},
	}
	if diff := cmp.Diff(want, of); diff != "" || err != nil {
		t.Error(diff, err)
	}
	_, err = s.UsageOf(t.Context(), "hidden", monday)
	wantKind(t, "the numbers of a hidden dataset", err, catalog.Denied)

	mostUsed(t, s, a, b)
	byDay, err := s.UsageByDay(t.Context(), tuesday)
	if diff := cmp.Diff([]catalog.Use{{Kind: catalog.UseDownload, Day: tuesday, N: 1}, {Kind: catalog.UseView, Day: tuesday, N: 6}}, byDay); diff != "" || err != nil {
		t.Error(diff, err)
	}
	eachUsage(t, s)
}

// mostUsed asks which dataset was used most: a on Monday, b on Tuesday and on
// both days. Those that are hidden or gone are in no list.
func mostUsed(t *testing.T, s Store, a, b *catalog.Dataset) {
	most, err := s.MostUsed(t.Context(), catalog.UseView, monday, tuesday.AddDate(0, 0, 1), 10)
	wantMost := []catalog.UseTotal{
		{Dataset: b.ID, N: map[catalog.UseKind]int64{catalog.UseView: 6}},
		{Dataset: a.ID, N: map[catalog.UseKind]int64{catalog.UseView: 5, catalog.UseDownload: 1}},
	}
	if diff := cmp.Diff(wantMost, most); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if most, err = s.MostUsed(t.Context(), catalog.UseView, tuesday, tuesday.AddDate(0, 0, 1), 1); err != nil || len(most) != 1 || most[0].Dataset != b.ID {
		t.Errorf("on tuesday %v, %v", most, err)
	}
	if most, err = s.MostUsed(t.Context(), catalog.UseView, monday, tuesday, 9); err != nil || len(most) != 1 || most[0].Dataset != a.ID {
		t.Errorf("on monday %v, %v", most, err)
	}
}

func eachUsage(t *testing.T, s Store) {
	for _, test := range []struct {
		who  string
		from time.Time
		want int64
	}{{"a stranger", monday, 12}, {"a stranger on tuesday", tuesday, 7}} {
		var n int64
		err := s.EachUsage(t.Context(), test.from, func(u catalog.Use) error { n += u.N; return nil })
		if err != nil || n != test.want {
			t.Errorf("%s counts %d, %v; want %d", test.who, n, err, test.want)
		}
	}
	var n int64
	if err := s.EachUsage(asSystem(t), monday, func(u catalog.Use) error { n += u.N; return nil }); err != nil || n != 112 {
		t.Errorf("the system counts %d, %v", n, err)
	}
}
