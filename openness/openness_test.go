package openness_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/openness"
	"portico/store"
)

const ccby = "https://creativecommons.org/licenses/by/4.0/"

func TestTheFormula(t *testing.T) {
	weights := 0
	for _, p := range openness.Parts() {
		weights += p.Weight
		if p.Label["it"] == "" || p.Label["en"] == "" || p.Rule["it"] == "" || p.Rule["en"] == "" {
			t.Errorf("%s is not explained in both languages", p.Key)
		}
	}
	if weights != 100 {
		t.Fatalf("the weights are %d in all", weights)
	}
	for name, c := range map[string]struct {
		of    openness.Facts
		parts []float64 // datasets, stars, formats, api, fresh, hvd, mqa
		total float64
	}{
		"nobody has nothing":          {openness.Facts{}, []float64{0, 0, 0, 0, 0, 0, 0}, 0},
		"one poor dataset is little":  {openness.Facts{Datasets: 1, Awaited: 1}, []float64{15, 0, 0, 0, 0, 0, 0}, 2.3},
		"one perfect dataset is much": {openness.Facts{Datasets: 1, Stars: 4, Formats: 1, API: 1, Awaited: 1, Fresh: 1, HighValue: 1, Whole: 1, Points: 405}, []float64{15, 100, 100, 100, 100, 100, 100}, 87.3},
		"a hundred perfect ones are all": {
			openness.Facts{Datasets: 100, Stars: 400, Formats: 100, API: 100, Awaited: 100, Fresh: 100, HighValue: 10, Whole: 10, Points: 40500}, []float64{100, 100, 100, 100, 100, 100, 100}, 100,
		},
		"more than a hundred are no more": {
			openness.Facts{Datasets: 1000, Stars: 4000, Formats: 1000, API: 1000, Awaited: 1000, Fresh: 1000, HighValue: 1, Whole: 1, Points: 405000}, []float64{100, 100, 100, 100, 100, 100, 100}, 100,
		},
		"a middling town": {
			openness.Facts{Datasets: 20, Stars: 60, Formats: 10, API: 5, Awaited: 16, Fresh: 12, HighValue: 4, Whole: 1, Points: 4860}, []float64{66, 75, 50, 25, 75, 25, 60}, 58.9,
		},
		"who promises nothing is not late, nor on time": {openness.Facts{Datasets: 2, Stars: 6}, []float64{23.8, 75, 0, 0, 0, 0, 0}, 18.6},
	} {
		s := c.of.Score()
		if diff := cmp.Diff(c.parts, s.Parts); diff != "" || s.Total != c.total {
			t.Errorf("%s: total %v, want %v; parts (-want +got):\n%s", name, s.Total, c.total, diff)
		}
	}
}

func TestWhatADatasetCounts(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	table := &catalog.Table{Hash: "ab", Rows: 1}
	for name, c := range map[string]struct {
		d    catalog.Dataset
		want openness.Facts
	}{
		"nothing is known of it": {catalog.Dataset{}, openness.Facts{Datasets: 1, Awaited: 1}},
		"an XLSX that was read is an API and two formats": {
			catalog.Dataset{Frequency: "ANNUAL", Modified: "2026-05-01", License: ccby, Distributions: []catalog.Distribution{{Format: "XLSX", Table: table}}},
			openness.Facts{Datasets: 1, Stars: 3, Formats: 1, API: 1, Awaited: 1, Fresh: 1},
		},
		"a CSV elsewhere is one format and no API": {
			catalog.Dataset{Frequency: "MONTHLY", Modified: "2026-05-01", License: ccby, Distributions: []catalog.Distribution{{Format: "CSV", DownloadURL: "https://a.example/x.csv"}}},
			openness.Facts{Datasets: 1, Stars: 3, Awaited: 1},
		},
		"what never changes is not awaited": {
			catalog.Dataset{Frequency: "NEVER", Modified: "2016-05-01", License: ccby, Distributions: []catalog.Distribution{{Format: "CSV"}, {Format: "JSON"}}},
			openness.Facts{Datasets: 1, Stars: 3, Formats: 1},
		},
		"high value with all that the law asks": {
			catalog.Dataset{Frequency: "NEVER", HVD: []string{"c_b79e35eb"}, License: ccby, Distributions: []catalog.Distribution{{Format: "CSV", Table: table}}},
			openness.Facts{Datasets: 1, Stars: 3, Formats: 1, API: 1, HighValue: 1, Whole: 1},
		},
		"high value without an API": {
			catalog.Dataset{Frequency: "NEVER", HVD: []string{"c_b79e35eb"}, License: ccby, Distributions: []catalog.Distribution{{Format: "CSV", DownloadURL: "https://a.example/x.csv"}}},
			openness.Facts{Datasets: 1, Stars: 3, HighValue: 1},
		},
	} {
		if diff := cmp.Diff(c.want, openness.FactsOf(&c.d, 0, now)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAMonthIsKeptOnce(t *testing.T) {
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	ctx := catalog.WithActor(t.Context(), catalog.System)
	put := func(name, holder string, private bool) {
		t.Helper()
		d := &catalog.Dataset{Name: name, Title: catalog.It(name), Holder: catalog.Agent{Identifier: holder, Name: catalog.It("Comune " + holder)}, State: catalog.Active, Private: private}
		if _, err := st.PutDataset(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.PutOrganization(ctx, &catalog.Organization{Name: "a", Title: catalog.It("Comune di A"), Identifier: "c_a", State: catalog.Active}); err != nil {
		t.Fatal(err)
	}
	put("uno", "c_a", false)
	put("due", "c_a", false)
	put("segreto", "c_a", true)
	put("nostro", "c_a", false)
	put("altro", "", false)
	at := time.Date(2026, 10, 31, 2, 0, 0, 0, time.UTC)
	k := openness.Keeper{
		Datasets: st, Organizations: st, Scores: st, Records: st, Now: func() time.Time { return at },
		Skip: func(d *catalog.Dataset) bool { return d.Name == "nostro" },
	}
	for _, day := range []int{0, 1, 1, 2} { // once in October, three times in November
		at = time.Date(2026, 10, 31+day, 2, 0, 0, 0, time.UTC)
		if _, err := k.Take(ctx); err != nil {
			t.Fatal(err)
		}
	}
	all, err := openness.Snapshots(ctx, st)
	if err != nil || len(all) != 2 || all[0].Month != "2026-10" || all[1].Month != "2026-11" || all[1].Taken.Day() != 2 {
		t.Fatalf("%d months, %v", len(all), err)
	}
	b := all[1].Body("c_a")
	if b == nil || b.Facts.Datasets != 2 || b.Page != "a" || b.Name.String() != "Comune di A" || all[1].All().Datasets != 3 {
		t.Errorf("%+v", all[1])
	}
	rows := 0
	err = openness.WriteRows(all, func(cells []string) error {
		rows++
		if len(cells) != len(openness.Header()) {
			t.Errorf("%d cells: %v", len(cells), cells)
		}
		return nil
	})
	if told := openness.Told(all); err != nil || rows != 5 || len(told.Months) != 2 || len(told.Parts) != 7 {
		t.Errorf("%d rows, %+v, %v", rows, told, err)
	}
}
