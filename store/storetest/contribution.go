package storetest

import (
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

func contributions(t *testing.T, s Store) {
	ctx := t.Context()
	var added []*catalog.Contribution
	for _, c := range []catalog.Contribution{
		{Kind: catalog.Rating, Dataset: "d", Stars: 5, State: catalog.Accepted},
		{Kind: catalog.Rating, Dataset: "d", Stars: 2, State: catalog.Accepted},
		{Kind: catalog.Rating, Dataset: "d", Stars: 1, State: catalog.Pending},
		{Kind: catalog.Report, Dataset: "d", Text: "La riga 3 è doppia.", Email: "anna@example.org", State: catalog.Pending},
		{Kind: catalog.Request, Title: "Orari delle scuole", State: catalog.Pending},
	} {
		must(t, s.AddContribution(ctx, &c))
		added = append(added, &c)
	}
	for i, c := range added {
		for _, ref := range []string{c.ID, strconv.Itoa(i + 1)} {
			got, err := s.Contribution(ctx, ref)
			if diff := cmp.Diff(c, got); diff != "" || err != nil {
				t.Errorf("%s: %s, %v", ref, diff, err)
			}
		}
	}
	_, err := s.Contribution(ctx, "77")
	wantKind(t, "one that is not there", err, catalog.NotFound)
	if r, err := s.RatingOf(ctx, "d"); err != nil || r.N != 2 || r.Mean != 3.5 {
		t.Errorf("rating %+v, %v", r, err)
	}
	if r, err := s.RatingOf(ctx, "other"); err != nil || r != (catalog.RatingOf{}) {
		t.Errorf("rating of none %+v, %v", r, err)
	}
	listContributions(t, s)
	changeContribution(t, s, added[3])
}

func listContributions(t *testing.T, s Store) {
	for _, test := range []struct {
		f     catalog.ContributionFilter
		want  []int64
		total int
	}{
		{catalog.ContributionFilter{Limit: -1}, []int64{5, 4, 3, 2, 1}, 5},
		{catalog.ContributionFilter{Limit: 2, Offset: 1}, []int64{4, 3}, 5},
		{catalog.ContributionFilter{Kind: catalog.Rating, State: catalog.Accepted, Limit: 10}, []int64{2, 1}, 2},
		{catalog.ContributionFilter{Dataset: "d", State: catalog.Pending, Limit: 10}, []int64{4, 3}, 2},
		{catalog.ContributionFilter{State: catalog.Pending}, nil, 3},
	} {
		cs, total, err := s.Contributions(t.Context(), test.f)
		var got []int64
		for _, c := range cs {
			got = append(got, c.Number)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || total != test.total || err != nil {
			t.Errorf("%+v: %s, %d, %v", test.f, diff, total, err)
		}
	}
}

func changeContribution(t *testing.T, s Store, c *catalog.Contribution) {
	stop := errors.New("stop")
	if _, err := s.ChangeContribution(t.Context(), c.ID, func(c *catalog.Contribution) error {
		c.Text = ""
		return stop
	}); !errors.Is(err, stop) {
		t.Errorf("a change that fails: %v", err)
	}
	got, err := s.ChangeContribution(t.Context(), c.ID, func(c *catalog.Contribution) error {
		c.State, c.ID, c.Number = catalog.Accepted, "other", 1000
		return nil
	})
	want := *c
	want.State = catalog.Accepted
	if diff := cmp.Diff(&want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, total, err := s.Contributions(t.Context(), catalog.ContributionFilter{Kind: catalog.Report, State: catalog.Accepted}); total != 1 || err != nil {
		t.Errorf("%d accepted reports, %v", total, err)
	}
}
