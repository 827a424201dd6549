package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var qualityChecks = []check{
	{"a link that was seen is due, and what is known of it comes back", linkBack},
	{"links come by what is due, what fails, and how many there are", linksChosen},
	{"links that no dataset has are forgotten, and those that it has stay", linksForgotten},
	{"very many and very long addresses are kept", linksMany},
	{"a dataset is scored once for each revision and scheme", scoresOnce},
	{"only what everybody sees is scored, by organization", scoresVisible},
	{"the score of a purged dataset goes with it", scoresPurged},
	{"the stamp moves with every link tried and every dataset scored", stampMoves},
}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func linkBack(t *testing.T, s Store) {
	const a = "https://esempio.it/dati è.csv?x=1&y=\"<2>\""
	must(t, s.SeeLinks(asSystem(t), []string{a, "https://esempio.it/b"}, noon))
	due, err := s.DueLinks(t.Context(), noon, 10)
	must(t, err)
	if len(due) != 2 || due[0].Checked != (time.Time{}) || !due[0].Due.Equal(noon) {
		t.Fatalf("due: %+v", due)
	}
	l := &catalog.Link{
		Address: a, Checked: noon, Answered: noon.Add(-time.Hour), Status: 404, Method: "GET", Reason: catalog.Text{"it": "è <b>", "en": "x"},
		Since: noon, Struck: noon, Strikes: 1, Due: noon.Add(24 * time.Hour),
	}
	must(t, s.PutLink(asSystem(t), l))
	must(t, s.SeeLinks(asSystem(t), []string{a}, noon.Add(time.Hour))) // seen again: nothing else changes
	got, err := s.LinksOf(t.Context(), []string{a, "https://esempio.it/b", "https://esempio.it/c"})
	must(t, err)
	if diff := cmp.Diff(l, got[a]); diff != "" || len(got) != 2 {
		t.Errorf("%d links; %s", len(got), diff)
	}
	must(t, s.PutLink(asSystem(t), &catalog.Link{Address: "https://esempio.it/c"}))
	if got, err := s.LinksOf(t.Context(), []string{"https://esempio.it/c"}); err != nil || len(got) != 0 {
		t.Errorf("a link that nobody saw is kept: %v %v", got, err)
	}
}

func linksChosen(t *testing.T, s Store) {
	for i := range 4 {
		a := fmt.Sprint("https://esempio.it/", i)
		must(t, s.SeeLinks(asSystem(t), []string{a}, noon.Add(time.Duration(i)*time.Minute)))
		if i > 0 {
			must(t, s.PutLink(asSystem(t), &catalog.Link{
				Address: a, Checked: noon, Strikes: i, Since: noon.Add(-time.Duration(i) * time.Hour), Due: noon.Add(time.Duration(i) * time.Minute),
			}))
		}
	}
	names := func(ls []*catalog.Link, err error) string {
		must(t, err)
		var out strings.Builder
		for _, l := range ls {
			out.WriteString(strings.TrimPrefix(l.Address, "https://esempio.it/"))
		}
		return out.String()
	}
	for _, c := range []struct{ what, got, want string }{
		{"due at noon", names(s.DueLinks(t.Context(), noon, 10)), "0"},
		{"due later", names(s.DueLinks(t.Context(), noon.Add(2*time.Minute), 10)), "012"},
		{"some of them", names(s.DueLinks(t.Context(), noon.Add(2*time.Minute), 2)), "01"},
		{"failing", names(s.FailingLinks(t.Context(), 0)), "321"},
		{"broken", names(s.FailingLinks(t.Context(), catalog.MostStrikes)), "3"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, c.got, c.want)
		}
	}
	n, err := s.CountLinks(t.Context())
	if want := (catalog.LinkCount{All: 4, Tried: 3, Failing: 3, Broken: 1}); err != nil || n != want {
		t.Errorf("%+v %v", n, err)
	}
}

func linksForgotten(t *testing.T, s Store) {
	must(t, s.SeeLinks(asSystem(t), []string{"https://esempio.it/a", "https://esempio.it/b"}, noon))
	must(t, s.SeeLinks(asSystem(t), []string{"https://esempio.it/b"}, noon.Add(time.Hour)))
	n, err := s.ForgetLinks(asSystem(t), noon.Add(time.Minute))
	left, errLeft := s.LinksOf(t.Context(), []string{"https://esempio.it/a", "https://esempio.it/b"})
	if err != nil || errLeft != nil || n != 1 || left["https://esempio.it/b"] == nil || len(left) != 1 {
		t.Errorf("%d forgotten, left %v, %v %v", n, left, err, errLeft)
	}
}

func linksMany(t *testing.T, s Store) {
	var all []string
	for i := range 1201 {
		all = append(all, fmt.Sprintf("https://esempio.it/%d/%s", i, strings.Repeat("x", 1+i*7)))
	}
	must(t, s.SeeLinks(asSystem(t), all, noon))
	got, err := s.LinksOf(t.Context(), all)
	if err != nil || len(got) != len(all) {
		t.Errorf("%d of %d: %v", len(got), len(all), err)
	}
}

func unscored(t *testing.T, s Store, scheme string) string {
	t.Helper()
	ids, err := s.Unscored(t.Context(), scheme, 10)
	must(t, err)
	return strings.Join(sorted(ids), " ")
}

func score(t *testing.T, s Store, d *catalog.Dataset, points int) {
	t.Helper()
	must(t, s.PutScores(asSystem(t), []catalog.Score{{Dataset: d.ID, Revision: d.Revision, Scheme: "1", Rated: noon, Points: points, Body: []byte(`[[1,2]]`)}}))
}

func scoresOnce(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{ID: "d", Name: "d"})
	if got := unscored(t, s, "1"); got != "d" {
		t.Errorf("unscored %q", got)
	}
	score(t, s, d, 300)
	if got, other := unscored(t, s, "1"), unscored(t, s, "2"); got != "" || other != "d" {
		t.Errorf("scored: %q, in another scheme %q", got, other)
	}
	d.Version = "2"
	put(t, s, d)
	if got := unscored(t, s, "1"); got != "d" {
		t.Errorf("changed: %q", got)
	}
	score(t, s, d, 310)
	must(t, s.RescoreAll(asSystem(t)))
	if got := unscored(t, s, "1"); got != "d" {
		t.Errorf("all to be scored again: %q", got)
	}
	must(t, s.Scores(t.Context(), "", func(v catalog.Score) error {
		if v.Points != 310 || string(v.Body) != `[[1,2]]` || !v.Rated.Equal(noon) || v.Scheme != "1" {
			t.Errorf("%+v", v)
		}
		return nil
	}))
	must(t, s.PutScores(asSystem(t), []catalog.Score{{Dataset: "nobody", Scheme: "1", Body: []byte(`[]`)}}))
}

func scoresVisible(t *testing.T, s Store) {
	for _, o := range []string{"o", "p"} {
		must(t, s.PutOrganization(asSystem(t), &catalog.Organization{ID: o, Name: "ente-" + o, State: catalog.Active}))
	}
	for name, d := range map[string]*catalog.Dataset{
		"a": {Organization: "o"}, "b": {Organization: "p"}, "private": {Organization: "o", Private: true},
		"draft": {Organization: "o", State: catalog.Draft},
	} {
		d.ID, d.Name = name, name
		put(t, s, d)
		if d.Private {
			score(t, s, d, 1) // it was public a moment ago
		}
	}
	if got := unscored(t, s, "1"); got != "a b" {
		t.Errorf("unscored %q", got)
	}
	score(t, s, stored(t, s, "a"), 100)
	score(t, s, stored(t, s, "b"), 200)
	for org, want := range map[string]int{"": 300, "o": 100, "p": 200, "q": 0} {
		sum := 0
		must(t, s.Scores(t.Context(), org, func(v catalog.Score) error { sum += v.Points; return nil }))
		if sum != want {
			t.Errorf("of %q: %d points, want %d", org, sum, want)
		}
	}
}

func scoresPurged(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{ID: "d", Name: "d"})
	score(t, s, d, 1)
	must(t, s.PurgeDataset(asSystem(t), "d"))
	must(t, s.Scores(asSystem(t), "", func(v catalog.Score) error { t.Errorf("%+v", v); return nil }))
}

func stampMoves(t *testing.T, s Store) {
	stamp := func() int64 {
		v, err := s.QualityStamp(t.Context())
		must(t, err)
		return v
	}
	if stamp() != 0 {
		t.Error("a stamp of nothing")
	}
	d := put(t, s, &catalog.Dataset{ID: "d", Name: "d"})
	score(t, s, d, 1)
	scored := stamp()
	must(t, s.SeeLinks(asSystem(t), []string{"https://esempio.it/"}, noon))
	must(t, s.PutLink(asSystem(t), &catalog.Link{Address: "https://esempio.it/", Checked: noon.Add(time.Second)}))
	if tried := stamp(); scored == 0 || tried <= scored {
		t.Errorf("scored %d, tried %d", scored, tried)
	}
}
