package quality_test

import (
	"testing"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/quality"
)

// good gives d what brings points at once.
func good(d *catalog.Dataset) {
	d.Keywords, d.Themes = []catalog.Keyword{{Name: "civici"}}, []catalog.Theme{{Code: "GOVE"}}
	d.Spatial, d.Temporal = []catalog.Place{{Name: catalog.It("Esempio")}}, []catalog.Period{{Start: "2024-01-01"}}
	for i := range d.Distributions {
		d.Distributions[i].Format, d.Distributions[i].License = "CSV", "https://creativecommons.org/licenses/by/4.0/"
	}
}

func (w *world) report(d *catalog.Dataset) *quality.Report {
	w.t.Helper()
	r, err := w.desk.Report(w.system(), d)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func metric(t *testing.T, c dcat.Scorecard, name string) dcat.Metric {
	t.Helper()
	for _, m := range c.Metrics {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("no metric %s", name)
	return dcat.Metric{}
}

func TestABrokenLinkCostsPointsAndAFailingOneDoesNot(t *testing.T) {
	w := newWorld(t)
	d := w.put("d", good, w.web.URL+"/gone")
	untried := w.report(d)
	w.set("/gone", 404)
	for day, want := range []int{50, 50, 0} {
		w.run()
		m := metric(t, w.report(d).Card, "access-url-status")
		if int(m.Points()) != want || (m.Presumed > 0) != (want > 0) {
			t.Errorf("day %d: %+v", day+1, m)
		}
		w.clock = w.clock.Add(24 * time.Hour)
	}
	if broken := w.report(d); broken.Points != untried.Points-50 || len(broken.Lost) != len(untried.Lost)+1 {
		t.Errorf("%d points, before %d", broken.Points, untried.Points)
	}
}

func TestOurOwnAddressesAreJudgedByWhatWeHave(t *testing.T) {
	w := newWorld(t)
	const site = "https://dati.esempio.it"
	d := w.put("d", nil, "https://esempio.org/x")
	id := d.Distributions[0].ID
	with := *d
	with.Distributions = []catalog.Distribution{d.Distributions[0]}
	with.Distributions[0].File = &catalog.File{Name: "x.csv"}
	with.Distributions[0].Table = &catalog.Table{Hash: "ab"}
	for _, tc := range []struct {
		name, address string
		d             *catalog.Dataset
		want, tried   int
	}{
		{"the page of the dataset", site + "/dataset/d", d, 50, 1},
		{"the page in English", site + "/en/dataset/d", d, 50, 1},
		{"the page of the file", site + "/dataset/d/resource/" + id, d, 50, 1},
		{"a file that is kept", site + "/dataset/d/resource/" + id + "/download/x.csv", &with, 50, 1},
		{"a file that is not kept", site + "/dataset/d/resource/" + id + "/download/x.csv", d, 0, 1},
		{"a table that is kept", site + "/dataset/d/resource/" + id + "/data.csv", &with, 50, 1},
		{"a table that is not kept", site + "/dataset/d/resource/" + id + "/data.csv", d, 0, 1},
		{"a file that is none of the dataset's", site + "/dataset/d/resource/other", d, 0, 1},
		{"another page of the host", site + "/altro/x.csv", d, 50, 0},
	} {
		x := *tc.d
		x.Distributions = []catalog.Distribution{tc.d.Distributions[0]}
		x.Distributions[0].AccessURL = tc.address
		m := metric(t, w.report(&x).Card, "access-url-status")
		if int(m.Points()) != tc.want || (m.Presumed == 0) != (tc.tried == 1) {
			t.Errorf("%s: %v points, %d presumed", tc.name, m.Points(), m.Presumed)
		}
	}
}

func TestQuarantineIsToldToWhoMayMend(t *testing.T) {
	w := newWorld(t)
	d := w.put("d", func(d *catalog.Dataset) {
		d.Organization = "o"
		d.Quarantine = []catalog.Problem{catalog.Problemf("dct:license", "", "license-missing", "Manca la licenza.", "The licence is missing.")}
	}, "https://esempio.org/x")
	for _, tc := range []struct {
		name  string
		actor catalog.Actor
		told  bool
	}{
		{"a visitor", catalog.Actor{}, false},
		{"a member", catalog.Actor{ID: "u", Roles: map[string]catalog.Role{"o": catalog.RoleMember}}, false},
		{"an editor of another organization", catalog.Actor{ID: "u", Roles: map[string]catalog.Role{"p": catalog.RoleEditor}}, false},
		{"an editor", catalog.Actor{ID: "u", Roles: map[string]catalog.Role{"o": catalog.RoleEditor}}, true},
		{"a sysadmin", catalog.Actor{ID: "s", Sysadmin: true}, true},
	} {
		r, err := w.desk.Report(catalog.WithActor(t.Context(), tc.actor), d)
		if err != nil || r.Fed || (len(r.Quarantine) > 0) != tc.told {
			t.Errorf("%s: %+v, %v", tc.name, r.Quarantine, err)
		}
	}
}

func (w *world) score() int {
	w.t.Helper()
	n, err := (&quality.Scorer{Desk: w.desk, Datasets: w.store, Now: w.checker.Now}).Run(w.system())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) summary(org string) *quality.Summary {
	w.t.Helper()
	s, err := w.desk.Summary(w.t.Context(), org)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestTheScoresOfACatalogueAreKeptUpToDate(t *testing.T) {
	w := newWorld(t)
	if s := w.summary(""); s.Datasets != 0 {
		t.Errorf("an empty catalogue: %+v", s)
	}
	a := w.put("a", good, w.web.URL+"/gone")
	b := w.put("b", func(d *catalog.Dataset) { d.Organization = "o" }, w.web.URL+"/b")
	w.put("secret", func(d *catalog.Dataset) { d.Private, d.Organization = true, "o" }, w.web.URL+"/c")
	if n := w.score(); n != 2 {
		t.Errorf("%d scored", n)
	}
	if n := w.score(); n != 0 {
		t.Errorf("%d scored again", n)
	}
	pa, pb := w.report(a).Points, w.report(b).Points
	if s := w.summary(""); s.Datasets != 2 || int(s.Mean*2) != pa+pb || s.Spread[dcat.GradeOf(pa)] == 0 {
		t.Errorf("%+v, want the mean of %d and %d", s, pa, pb)
	}
	if s := w.summary("o"); s.Datasets != 1 || int(s.Mean) != pb {
		t.Errorf("%+v, want %d", s, pb)
	}
	b.Keywords = []catalog.Keyword{{Name: "civici"}}
	if _, err := w.store.PutDataset(w.system(), b); err != nil {
		t.Fatal(err)
	}
	if n := w.score(); n != 1 || int(w.summary("o").Mean) != pb+30 {
		t.Errorf("%d scored, %v", n, w.summary("o").Mean)
	}
	w.set("/gone", 404)
	for range catalog.MostStrikes {
		w.run()
		w.clock = w.clock.Add(24 * time.Hour)
	}
	if n := w.score(); n != 2 || int(w.summary("").Mean*2) != pa-50+pb+30 {
		t.Errorf("a link broke: %d scored, %v", n, w.summary("").Mean)
	}
}
