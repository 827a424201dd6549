package dcat_test

import (
	"slices"
	"testing"

	"portico/catalog"
	"portico/dcat"
)

// best is a dataset to which nothing is to be added.
func best() *catalog.Dataset {
	d := full(1)
	d.Description = catalog.It("I numeri civici del Comune, rilevati sul posto e aggiornati ogni settimana dall'ufficio toponomastica.")
	d.Contacts, d.Distributions = d.Contacts[:1], d.Distributions[:1]
	return d
}

func names(ms []dcat.Metric) []string {
	var out []string
	for _, m := range ms {
		out = append(out, m.Name)
	}
	return out
}

func TestTheWeightsAreThoseOfDataEuropaEU(t *testing.T) {
	c := dcat.ScoreCard(best(), nil)
	total := 0
	for d, want := range map[dcat.Dimension]int{dcat.Findability: 100, dcat.Accessibility: 100, dcat.Interoperability: 110, dcat.Reusability: 75, dcat.Contextuality: 20, dcat.Italian: 0} {
		_, most := c.In(d)
		if most != want {
			t.Errorf("%s has %d points, want %d", d, most, want)
		}
		total += most
	}
	if total != dcat.MaxScore {
		t.Errorf("%d points in all", total)
	}
}

func TestABestDatasetHasThemAll(t *testing.T) {
	c := dcat.ScoreCard(best(), func(string) dcat.Reach { return dcat.Reached })
	if c.Points() != dcat.MaxScore || len(c.Lost()) > 0 {
		t.Errorf("%d points, lost %v", c.Points(), names(c.Lost()))
	}
	if c := dcat.ScoreCard(best(), nil); c.Rating() != "excellent" || c.Stars != 3 || c.Points() != 405 {
		t.Errorf("%s, %d stars, %d points", c.Rating(), c.Stars, c.Points())
	}
}

func TestEachPointCanBeLost(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(d *catalog.Dataset)
		lost  string
		want  int
	}{
		{"keywords", func(d *catalog.Dataset) { d.Keywords = nil }, "keyword-availability", 375},
		{"a theme", func(d *catalog.Dataset) { d.Themes = nil }, "category-availability", 345}, // and compliance
		{"a place", func(d *catalog.Dataset) { d.Spatial = nil }, "spatial-availability", 385},
		{"a period", func(d *catalog.Dataset) { d.Temporal = nil }, "temporal-availability", 385},
		{"the download address", func(d *catalog.Dataset) { d.Distributions[0].DownloadURL = "" }, "download-url-availability", 355},
		{"the media type", func(d *catalog.Dataset) { d.Distributions[0].MediaType = "" }, "media-type-availability", 390},
		{"an open format", func(d *catalog.Dataset) { d.Distributions[0].Format = "XLS" }, "non-proprietary", 385},
		{"a format for machines", func(d *catalog.Dataset) { d.Distributions[0].Format = "PDF" }, "machine-readable", 365},
		{"a known licence", func(d *catalog.Dataset) {
			d.Distributions[0].License = "https://creativecommons.org/licenses/by/3.0/it/"
		}, "known-licence", 395},
		{"access rights", func(d *catalog.Dataset) { d.AccessRights = "" }, "access-rights-availability", 390},
		{"a contact", func(d *catalog.Dataset) { d.Contacts = nil }, "contact-point-availability", 385},
		{"a publisher", func(d *catalog.Dataset) { d.Publisher = catalog.Agent{} }, "publisher-availability", 395},
		{"rights", func(d *catalog.Dataset) { d.Distributions[0].Rights = "" }, "rights-availability", 400},
		{"a size", func(d *catalog.Dataset) { d.Distributions[0].ByteSize = 0 }, "byte-size-availability", 400},
		{"a date of issue", func(d *catalog.Dataset) { d.Issued = "" }, "date-of-issue-availability", 400},
		{"a sub-theme", func(d *catalog.Dataset) { d.Themes = []catalog.Theme{{Code: "GOVE"}} }, "sub-theme", 405},
		{"a frequency", func(d *catalog.Dataset) { d.Frequency = "UNKNOWN" }, "known-frequency", 405},
		{"a description", func(d *catalog.Dataset) { d.Description = d.Title }, "telling-description", 405},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := best()
			tc.spoil(d)
			c := dcat.ScoreCard(d, nil)
			points, lost := c.Points(), c.Lost()
			if points != tc.want || !slices.Contains(names(lost), tc.lost) {
				t.Errorf("%d points, want %d; lost %v", points, tc.want, names(lost))
			}
			for _, m := range lost {
				if m.Mend["it"] == "" || m.Mend["en"] == "" || m.Message["it"] == "" || m.Message["en"] == "" {
					t.Errorf("%s does not say what to do in both languages", m.Name)
				}
			}
		})
	}
}

func TestDeadLinksCost(t *testing.T) {
	d := best()
	d.Distributions = append(d.Distributions, d.Distributions[0])
	d.Distributions[1].AccessURL, d.Distributions[1].DownloadURL = "https://example.org/rotto", "https://example.org/rotto.csv"
	c := dcat.ScoreCard(d, func(u string) dcat.Reach {
		if u == "https://example.org/rotto" || u == "https://example.org/rotto.csv" {
			return dcat.Unreached
		}
		return dcat.Reached
	})
	points, lost := c.Points(), c.Lost()
	if points != 405-25-15 || lost[0].Name != "access-url-status" || lost[0].Passed != 1 || lost[0].Of != 2 {
		t.Errorf("%d points, lost %+v", points, lost)
	}
	for _, m := range dcat.ScoreCard(d, nil).Metrics {
		if m.Name == "access-url-status" && m.Presumed != 2 {
			t.Errorf("%d links that nobody tried", m.Presumed)
		}
	}
}

// TestACatalogueIsScoredByShares repeats data.europa.eu's sum: metric by
// metric over all distributions, not the mean of the datasets.
func TestACatalogueIsScoredByShares(t *testing.T) {
	one, three := best(), best()
	three.Distributions = []catalog.Distribution{three.Distributions[0], three.Distributions[0], three.Distributions[0]}
	for i := range three.Distributions {
		x := &three.Distributions[i]
		x.Format, x.URI, x.ID = "PDF", "", catalog.StableID("file", x.URI, string(rune('a'+i)))
	}
	cards := []dcat.Scorecard{dcat.ScoreCard(one, nil), dcat.ScoreCard(three, nil)}
	var all, none dcat.Tally
	for _, c := range cards {
		all.Add(c.Counts())
	}
	if got := all.Card().Points(); got != 405-30 { // machine-readable and non-proprietary: 1 of 4 files
		t.Errorf("%d points; the datasets have %d and %d", got, cards[0].Points(), cards[1].Points())
	}
	if got := none.Card().Points(); got != 0 {
		t.Errorf("an empty catalogue has %d points", got)
	}
}

func TestADatasetWithoutAnythingIsBad(t *testing.T) {
	c := dcat.ScoreCard(&catalog.Dataset{}, nil)
	if c.Points() != 0 || c.Rating() != "bad" || c.Stars != 0 {
		t.Errorf("%d points, %s, %d stars", c.Points(), c.Rating(), c.Stars)
	}
}

func BenchmarkScore(b *testing.B) {
	d := best()
	b.ReportAllocs()
	for b.Loop() {
		dcat.ScoreCard(d, nil).Points()
	}
}
